//! Decisions on plain data: no storage, no chain types.

pub mod account;
pub mod calendar;
pub mod cap;
pub mod fees;
pub mod ledger;
pub mod loss;
pub mod market;
pub mod num;
pub mod queue;
pub mod sale;
