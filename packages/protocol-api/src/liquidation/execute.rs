//! What the liquidation contract can be told, and its terms.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Binary, Uint128};

use crate::engine::{AccountId, LiquidationTerms};

/// Every bid's reward is a multiple of this, parts per million: so there are few slots, whatever the terms say.
pub const SLOT_GRID: u32 = 5_000;
/// Most bids that the terms may allow one account.
pub const MAX_BIDS: u32 = 16;
/// Most accounts that stand nominated against one account, and that one message names.
pub const MAX_NOMINEES: usize = 8;
/// Most markets of one backstop.
pub const MAX_GROUP_MARKETS: usize = 16;

/// Sets the contract up.
#[cw_serde]
pub struct InstantiateMsg {
    /// The owner: terms and backstops.
    pub owner: String,
    /// The margin engine; never changes. Its quote coin is the backstops' coin.
    pub engine: String,
    /// The first terms.
    pub terms: Terms,
}

/// The contract's terms; each within a hard range.
#[cw_serde]
pub struct Terms {
    /// What the engine goes by in every step.
    pub auction: LiquidationTerms,
    /// Seconds after which an auction that no step touched starts anew, 120 to 3,600. Of those between two steps five minutes
    /// at most, or a sixth of the schedule, count: the price does not fall while prices allow no sale.
    pub tail: u32,
    /// Standing bids.
    pub bids: BidTerms,
    /// The least reward at which a backstop takes an account that can pay it: at least two thirds of the penalty, at most the schedule's end.
    pub backstop_reward: u32,
    /// Seconds for which accounts are nominated before an account is deleveraged, at least 60, and 60 less than `tail` at most.
    pub nomination: u32,
}

/// Terms of standing bids.
#[cw_serde]
pub struct BidTerms {
    /// Width of a slot: a reward is a multiple of it. A multiple of [`SLOT_GRID`], at most 100,000.
    pub slot: u32,
    /// Seconds from placing to counting, 1 to 86,400.
    pub wait: u32,
    /// Most bids of one account, 1 to [`MAX_BIDS`].
    pub most: u32,
    /// The least budget; a bid of which less is left ends. One base unit to 100,000 whole quote coins.
    pub least_budget: Uint128,
}

/// A sender who takes what the standing bids leave, at the step's reward.
#[cw_serde]
pub struct Take {
    /// His account. The engine requires the sender to be its owner or trading delegate, and that it admits this contract.
    pub account: AccountId,
    /// The least reward he accepts.
    pub least_reward: i32,
    /// The most he pays in all, penalty included.
    pub max_pay: Uint128,
    /// Fails unless the liquidated account's legs still have this fingerprint (the engine's `LiquidationStates`).
    pub legs_fingerprint: Option<Binary>,
}

/// One step of a liquidation.
#[cw_serde]
pub struct Step {
    /// The account that is below maintenance.
    pub account: AccountId,
    /// The sender takes what the standing bids leave; a sale in which nothing is left for him fails. Absent: they alone
    /// take.
    pub take: Option<Take>,
    /// Who gets the keeper's part of the penalty; absent: insurance does.
    pub keeper: Option<AccountId>,
    /// How many standing bids are looked at, the first ones, 1 to [`crate::engine::MAX_TAKERS`]: fewer keep a step within a block where
    /// their accounts are dear to test. Absent: that many. Not with `take`, which comes after all there is room for.
    pub bids: Option<u32>,
}

/// Everything the contract can be told. `docs/access.md` says who may. Only `DepositBackstop` takes coins; none stay here.
#[cw_serde]
pub enum ExecuteMsg {
    // --- auctions -------------------------------------------------------------------------
    /// Anyone: one step of a liquidation. Starts the auction, restarts it, sells, or ends it, as the account stands.
    /// The response's data is [`crate::engine::LiquidateData`].
    Liquidate(Step),

    // --- standing bids --------------------------------------------------------------------
    /// Owner or trading delegate of an account that admits this contract: offers to take from any liquidation at this
    /// reward. The budget moves from the account's cash into the engine's escrow.
    PlaceBid {
        /// The bidder's account.
        account: AccountId,
        /// The reward asked: a slot, from the schedule's start to its end. One bid an account and reward.
        reward: i32,
        /// The most it pays in all.
        budget: Uint128,
    },
    /// Owner or trading delegate, anyone while the account is late with a debt, or owes and is below maintenance: takes a bid back; what is left of its budget returns to
    /// the account.
    WithdrawBid {
        /// The bidder's account.
        account: AccountId,
        /// The bid's reward.
        reward: i32,
    },

    // --- backstops ------------------------------------------------------------------------
    /// Anyone: deposits quote coins for shares, while the backstop holds no position and no debt. Other coins that it
    /// holds count at mark and a tenth on top.
    DepositBackstop {
        /// Its number.
        group: u16,
    },
    /// A holder: redeems shares for the same part of every coin, while the backstop holds no position and no debt.
    WithdrawBackstop {
        /// Its number.
        group: u16,
        /// How many of his shares.
        shares: Uint128,
    },
    /// Anyone: one step in which the backstop takes what the standing bids leave. The account must be critical or
    /// insolvent, its legs in the group's markets, the schedule at the terms' least reward, or at
    /// what the account's equity can pay of it.
    TakeBackstop {
        /// The backstop's number.
        group: u16,
        /// The account that is taken.
        account: AccountId,
        /// Who gets the keeper's part of the penalty; absent: insurance does.
        keeper: Option<AccountId>,
    },

    // --- deleveraging ---------------------------------------------------------------------
    /// Anyone: names accounts that hold the other side of legs of an account below maintenance whose schedule has ended.
    /// The engine ranks them; the best [`MAX_NOMINEES`] of all named so far stand. The first nomination opens the table.
    Nominate {
        /// The account that nobody took.
        account: AccountId,
        /// At most [`MAX_NOMINEES`] accounts.
        candidates: Vec<AccountId>,
    },
    /// Anyone, once the table has been open for the terms' time: closes the account against its nominees in their order,
    /// and ends the table. The response's data is [`crate::engine::DeleverageData`].
    Deleverage {
        /// The account.
        account: AccountId,
    },

    // --- owner ----------------------------------------------------------------------------
    /// Owner: opens a backstop with an engine account of its own.
    CreateBackstop {
        /// A number that is not taken.
        group: u16,
        /// Symbols of the markets whose legs it takes, all settled in the quote coin, at most [`MAX_GROUP_MARKETS`].
        markets: Vec<String>,
    },
    /// Owner: changes the terms.
    SetTerms {
        /// The new terms.
        terms: Terms,
        /// When they take effect, unix seconds, a day to a year ahead: whoever has a bid can withdraw it before.
        effective_at: u64,
    },
    /// Owner: offers ownership; a new offer replaces the old one.
    ProposeOwner {
        /// To whom.
        owner: String,
        /// Until when, unix seconds, at most 30 days ahead.
        expires_at: u64,
    },
    /// Owner: withdraws the offer.
    CancelOwnerProposal {},
    /// The proposed owner: takes over.
    AcceptOwner {},
}

impl ExecuteMsg {
    /// The name of the message, as in [`super::ACCESS`] and on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Liquidate(_) => "liquidate",
            Self::PlaceBid { .. } => "place_bid",
            Self::WithdrawBid { .. } => "withdraw_bid",
            Self::DepositBackstop { .. } => "deposit_backstop",
            Self::WithdrawBackstop { .. } => "withdraw_backstop",
            Self::TakeBackstop { .. } => "take_backstop",
            Self::Nominate { .. } => "nominate",
            Self::Deleverage { .. } => "deleverage",
            Self::CreateBackstop { .. } => "create_backstop",
            Self::SetTerms { .. } => "set_terms",
            Self::ProposeOwner { .. } => "propose_owner",
            Self::CancelOwnerProposal {} => "cancel_owner_proposal",
            Self::AcceptOwner {} => "accept_owner",
        }
    }
}

/// Takes nothing.
#[cw_serde]
pub struct MigrateMsg {}
