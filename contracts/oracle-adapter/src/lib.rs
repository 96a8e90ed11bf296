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
//! | `AddFeed`, `SetPolicy`, `RotateSigners`, `SetGuardian`, `LiftQuarantine` | owner | within hard ranges; a policy from a stated time on |
//! | `Quarantine` | guardian | no opening trades for a while; changes no price and no fixing |
//! | `ProposeOwner`, `CancelOwnerProposal`, `AcceptOwner` | owner, proposed owner | ownership in two steps |
//!
//! Invariants (`docs/invariants.md`): ORA-1 only a quorum changes a record; ORA-2 report times strictly rise; ORA-3 bands
//! are ordered, bounded and never clipped, and fewer than three live sources give no median; ORA-4 no slice and no
//! pair of neighbours held can be arbitraged; ORA-5 a fixing never changes and always comes; ORA-6 whatever is stored
//! decodes into margin's state.
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
mod tape;

// For tools: the artefact's bytes do not change for them.
#[cfg(not(target_arch = "wasm32"))]
pub use crate::core::mover::{Regime, regime};
