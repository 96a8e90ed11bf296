//! The command against real nodes: deployment killed at every step, the demo, and the demo under faults.
//!
//! Each test has a network of its own (`scripts/localnet`), so all are ignored unless asked for: `scripts/test chain`
//! runs those of one node, `scripts/test faults` the rest.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    missing_docs,
    reason = "test code: it fails loudly"
)]

mod chain;
mod faults;
mod localnet;
mod proxy;
