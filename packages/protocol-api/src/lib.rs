//! Messages, responses, events and binary records of the Optio contracts.

pub mod engine;
pub mod exchange;
