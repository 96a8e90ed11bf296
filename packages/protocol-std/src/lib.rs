//! Small stateful helpers shared by the Optio contracts.
//!
//! What every contract needs around its decisions:
//!
//! | module | what it gives |
//! |---|---|
//! | [`binary`] | versioned borsh records: [`binary::Item`], [`binary::Map`] |
//! | [`ownership`] | two-step ownership: propose, accept before it expires, any address |
//! | [`pause`] | a guardian's brake: only named bits, at most seven days, then a rest |
//! | [`expiry`] | an expiry in seconds and in minutes |
//! | [`funds`] | exact coins, one coin, or nothing at all |
//! | [`message`] | one small JSON reader: messages have one spelling, answers may know more |
//! | [`pagination`] | bounded page sizes |
//! | [`reply`] | the data a message answered with |
//! | [`signature`] | secp256k1 signatures, low s only |
//! | [`timed`] | values that change at a stated time |
//! | [`version`] | the version stamp and the gate every migration passes |
//!
//! Chain crates are the only dependencies.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::unwrap_used,
        clippy::indexing_slicing
    )
)]

pub mod binary;
pub mod expiry;
pub mod funds;
pub mod message;
pub mod ownership;
pub mod pagination;
pub mod pause;
pub mod reply;
pub mod signature;
pub mod timed;
pub mod version;
