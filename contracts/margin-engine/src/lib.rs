//! The clearing house: accounts, collateral, positions, margin, settlement, the one money ledger.
//!
//! Venues bring fills, owners bring coins and take them out, anyone lists series and settles what has
//! been fixed. It reads prices from the oracle adapter by raw query,
//! asks it how far a window is where its record does not say, and asks no other contract.
//!
//! Invariants (docs/invariants.md): INV-1 the ledger balances per coin; INV-2 positions of an unfixed
//! series sum to zero; INV-3 nobody ends a trade or withdrawal uncovered and below initial margin, unless
//! he only reduced; INV-4 no withdrawal leaves negative cash; INV-5 a listed series keeps its terms.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used
    )
)]

pub mod audit;
mod commit;
mod consent;
pub mod contract;
mod core;
mod desk;
pub mod error;
mod execute;
mod gains;
mod gate;
mod instantiate;
mod margin;
mod migrate;
mod oracle;
mod pausable;
mod pool;
mod query;
mod state;
