//! Messages, responses, events and binary records of the Optio contracts.

pub mod access;
pub mod decimal;
pub mod engine;
pub mod event;
pub mod exchange;
pub mod governance;
pub mod lens;
pub mod liquidation;
pub mod oracle;
pub mod record;
mod scheduled;

pub use scheduled::{Planned, Scheduled};
