//! Decisions on plain data: no storage, no querier, no clock.

pub mod advance;
pub mod feed;
pub mod mover;
pub mod signers;
pub mod spot;
pub mod surface;
