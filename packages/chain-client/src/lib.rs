//! A CosmWasm chain over its node's RPC: keys, fees, sequences, inclusion, queries.
//!
//! [`Client`] is blocking and knows nothing of the protocol. A transaction is simulated, signed once and delivered: the
//! very bytes are sent again until a block holds them or they can no longer be included, so that a lost reply neither
//! loses a message nor sends it twice. Inclusion is read off the blocks themselves, not off the node's index, which
//! may be switched off and lags after a crash.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
mod client;
mod error;
#[cfg(test)]
mod fake;
mod gov;
mod key;
mod query;
mod rpc;
mod tx;
mod watch;

pub use client::{Client, Fees, Settings};
pub use error::ClientError;
pub use key::Key;
pub use query::CodeInfo;
pub use tx::{Delivered, Message};
