//! The oracle adapter: many sources in, one validated, aged and settled market record out.
//!
//! Publishers sign one report per underlying; anyone carries it here. The contract checks who signed, when, and
//! whether what they signed can be true, and keeps one compact record per feed: a spot band with a validity
//! level, the slow price, a volatility surface free of arbitrage, and the fixings in progress. It holds no funds and
//! knows no positions; the margin engine reads its records raw.
//!
//! | message | who | what |
//! |---|---|---|
//! | `Publish` | anyone, with a quorum's signatures | one report replaces the record of its feed |
//! | `Refresh` | anyone | reads the contract sources of a spot feed |
//! | `Fix` | anyone | makes a settlement price final, by the ladder of `risk::fixing` |
//! | `AddFeed`, `SetPolicy`, `RotateSigners`, `SetGuardian`, `LiftQuarantine` | owner | within hard ranges |
//! | `Quarantine` | guardian | no opening trades for a while; changes no price and no fixing |
//! | `ProposeOwner`, `CancelOwnerProposal`, `AcceptOwner` | owner, proposed owner | ownership in two steps |
//!
//! What always holds:
//! 1. A record changes only by a report with the signatures of a live epoch's quorum over a digest bound to chain,
//!    contract, feed, kind and layout (or, for a spot feed, by its own contract sources).
//! 2. Report times strictly rise and lie at most 5 seconds in the future.
//! 3. A source outside its bounds is dropped, never clipped; fewer than three live sources give no median.
//! 4. Every slice held is free of butterfly arbitrage, every pair of neighbours of calendar arbitrage.
//! 5. A fixing, once made, never changes; every expiry of a feed with a price gets one, at the latest 7 days on.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::unwrap_used,
        clippy::indexing_slicing
    )
)]

pub mod contract;
mod core;
mod drivers;
pub mod error;
mod execute;
mod migrate;
mod query;
mod state;

pub use protocol_api::oracle as msg;
