//! Real option chains: reading snapshots and recovering what the marks were made of.

pub mod chain;
pub mod snapshot;
pub mod time;
