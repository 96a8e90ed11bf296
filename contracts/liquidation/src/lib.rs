//! Auctions, standing bids and backstops: how an account below maintenance finds its buyers (docs/spec/liquidation.md).
//!
//! Anyone calls it, bots first of all. It keeps who bids and since when an account is for sale; every step is one
//! message to the margin engine, which alone prices accounts and moves legs and money. It never holds coins: budgets lie
//! in the engine's escrow, a backstop's coins in an engine account that this contract owns.
//!
//! | message | who | what |
//! |---|---|---|
//! | `Liquidate` | anyone | one step: standing bids first, then the sender if he wants |
//! | `PlaceBid`, `WithdrawBid` | owner or trading delegate of the bidder's account; of one in default anyone back | a budget at a reward |
//! | `DepositBackstop`, `WithdrawBackstop` | anyone, a holder | shares, while it holds no position |
//! | `TakeBackstop` | anyone | the backstop takes a critical or insolvent account |
//! | `Nominate`, `Deleverage` | anyone | an account that nobody took is closed against those who gained most |
//! | `CreateBackstop`, `SetTerms` | owner | within hard ranges, terms at a stated time |
//! | `ProposeOwner`, `CancelOwnerProposal`, `AcceptOwner` | owner, proposed owner | ownership in two steps |
//!
//! Invariants (docs/invariants.md): LIQ-1 the budgets of all bids add up to the engine's escrow; LIQ-2 bids fill by reward,
//! then by time, and none before its waiting time; LIQ-3 nothing stops a step; LIQ-4 shares are never issued below or
//! redeemed above what they are worth; LIQ-5 coins sent unasked change nothing.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used
    )
)]

pub mod contract;
mod core;
mod engine;
pub mod error;
mod execute;
mod holdings;
mod migrate;
mod query;
mod state;
mod step;
