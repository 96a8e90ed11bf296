//! Off-chain search for books that the scenario set misses.
//!
//! Random books hide holes, an optimiser finds them: among all books over a list of series whose margin is at most a
//! given share of their gross contracts, [`PricingSet::worst`] finds the one that loses most under a given move, by
//! linear programming (docs/spec/margin.md). Values are in basis points of one contract's notional, books in
//! contracts, their gross (the sum of absolute quantities) at most one. Nothing here is trusted by a contract.
#![allow(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "off-chain search in floating point; what it finds is checked by the margin's own integers"
)]

mod search;
mod set;

pub use search::{SearchError, Worst};
pub use set::{Notional, PricingSet, marks};
