//! Signed quotes, verified here and settled by the margin engine (docs/spec/exchange.md).
//!
//! Who calls it: takers with quotes that makers signed off chain; makers, to cancel. It calls one contract, the
//! margin engine, which decides whether the parties named may trade for their accounts and moves everything.
//! It holds no funds and has no parameter.
//!
//! Invariants: a quote is never filled beyond its lots; a cancelled or expired quote is never filled; a failed
//! fill leaves no trace; no average price beyond the taker's limit.

#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        reason = "tests may use plain arithmetic"
    )
)]

pub mod contract;
mod core;
pub mod error;
mod execute;
mod migrate;
mod query;
mod signature;
mod state;
