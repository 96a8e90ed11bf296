//! Real option chains: reading snapshots and recovering what the marks were made of.

pub mod chain;
mod parity;
pub mod snapshot;
pub mod time;
