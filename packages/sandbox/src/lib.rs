//! The protocol deployed on a chain, in this process or behind a node: keys, signed reports and quotes, traders.
//!
//! Off chain only: the demo, the replay and the tests drive the contracts through [`Sandbox`]. What a publisher or a
//! maker signs is made in [`report`] and [`quote`], which know no chain.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    reason = "off chain: it ships in no contract, and a wrong set-up should fail loudly"
)]

pub mod codes;
pub mod keys;
pub mod network;
pub mod plan;
pub mod quote;
pub mod random;
pub mod report;
mod sandbox;
pub mod setup;

pub use network::Network;
pub use sandbox::{Sandbox, Trader};
