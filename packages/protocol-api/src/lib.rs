//! Messages, responses, events and binary records of the Optio contracts.
//!
//! | module | what it has |
//! |---|---|
//! | [`engine`], [`exchange`], [`liquidation`], [`oracle`], [`lens`] | a contract each: messages, queries, answers, events, who may send what |
//! | [`record`] | the oracle's market record, and what margin reads in it |
//! | [`access`], [`governance`] | roles; owners and planned changes |
//! | [`event`], [`decimal`] | typed events; decimals of integers |

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
