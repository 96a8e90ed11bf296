//! Decisions on plain data.

pub mod cancel;
pub mod order;
