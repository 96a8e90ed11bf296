//! The contract's messages against an engine that speaks the same wire types and does what a test tells it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    missing_docs,
    reason = "tests"
)]

mod access;
mod auctions;
mod backstop;
mod bids;
mod deleverage;
mod engine;
mod liquidate;
mod pages;
#[path = "../../../margin-engine/tests/messages/common/paging.rs"]
mod paging;
mod relay;
mod terms;
mod world;
