//! Decisions on plain data.

pub mod auction;
pub mod bids;
pub mod shares;
pub mod table;
pub mod terms;
