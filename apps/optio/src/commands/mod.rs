//! One module per command.

pub mod margin;
pub mod math;
pub mod price;
pub mod surface;
