//! One module per command.

pub mod surface;
