//! Liquidation on the wire: what the liquidation contract asks of the engine (docs/spec/liquidation.md).

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Binary, Int128, Uint128};

use super::{AccountId, AccountResponse, Consent, LegView};

/// One, in parts per million: the unit of rewards and shares.
pub const PPM: u32 = 1_000_000;
/// Most takers in one [`LiquidateOrder`].
pub const MAX_TAKERS: usize = 4;
/// Most counterparties in one [`DeleverageOrder`].
pub const MAX_COUNTERPARTIES: usize = 16;
/// Rewards lie in `[-MAX_DISCOUNT, PPM]` parts per million of maintenance margin.
pub const MAX_DISCOUNT: i32 = 100_000;
/// Most penalty, parts per million of the payment.
pub const MAX_PENALTY: u32 = 50_000;
/// Target health lies between one and this, parts per million.
pub const MAX_TARGET: u32 = 1_500_000;

/// How the asked reward rises with time: linear from `start` to `knee`, then to `end`, flat from there on.
#[cw_serde]
pub struct Schedule {
    /// Reward at once, parts per million of maintenance; below zero: a price above equity.
    pub start: i32,
    /// Reward after `knee_after` seconds.
    pub knee: i32,
    /// Reward after `end_after` seconds.
    pub end: i32,
    /// Seconds from the start of the auction.
    pub knee_after: u32,
    /// Seconds from the start of the auction.
    pub end_after: u32,
}

/// Terms of a liquidation; each within a hard range of the engine.
#[cw_serde]
pub struct LiquidationTerms {
    /// The reward as a function of time.
    pub schedule: Schedule,
    /// Health that a slice aims at, parts per million, above one.
    pub target: u32,
    /// Penalty on top of a positive payment, parts per million of it.
    pub penalty: u32,
    /// Maintenance margin, quote base units, below which a rest is taken whole.
    pub dust: Uint128,
    /// Part of the penalty that the keeper gets whatever the size, quote base units.
    pub tip: Uint128,
    /// Part of the penalty that the keeper gets per payment, parts per million.
    pub chip: u32,
}

/// An auction as the liquidation contract keeps it.
#[cw_serde]
pub struct AuctionStart {
    /// Its clock, unix seconds: now less its age.
    pub at: u64,
    /// Publish time of the newest price that was seen when it began, unix seconds.
    pub price_time: u64,
}

/// Who takes a slice.
#[cw_serde]
pub struct Taker {
    /// His account; it must admit the liquidation contract as a venue.
    pub account: AccountId,
    /// Who consents for it.
    pub consent: Consent,
    /// The reward he asks, parts per million; absent: whatever the step gives. Out of escrow he gets no other, and one above
    /// what the step gives is passed over; else it is the most he gets. A step gives what the schedule says now, as far
    /// as the account's equity can pay it.
    pub reward: Option<i32>,
    /// The least reward he accepts. A taker who names one insists: a step that sells him nothing fails with the reason,
    /// while others are passed over.
    pub least_reward: Option<i32>,
    /// The most he pays in all, penalty included, quote base units.
    pub budget: Uint128,
    /// True: the budget lies in escrow and what is not spent stays there.
    pub escrowed: bool,
}

/// One step of a liquidation.
#[cw_serde]
pub struct LiquidateOrder {
    /// The account that is below maintenance.
    pub account: AccountId,
    /// Its auction; absent: it starts now.
    pub auction: Option<AuctionStart>,
    /// The terms.
    pub terms: LiquidationTerms,
    /// Takers by rising reward; neighbours with one reward share pro rata to their budgets.
    pub takers: Vec<Taker>,
    /// Fails unless the account's legs still have this fingerprint ([`LiquidationStateResponse`]).
    pub legs_fingerprint: Option<Binary>,
    /// Who gets the keeper's part of the penalty; absent: insurance does.
    pub keeper: Option<AccountId>,
}

/// How an account stands in liquidation.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Standing {
    /// Not below maintenance: it cannot be liquidated.
    Healthy,
    /// Below maintenance, health at least 0.95: a second, later price must confirm.
    Shallow,
    /// Health below 0.95.
    Deep,
    /// Health below two thirds: the backstop may take.
    Critical,
    /// Equity below zero.
    Insolvent,
}

/// What one taker took.
#[cw_serde]
pub struct Taken {
    /// The taker's account.
    pub account: AccountId,
    /// The reward, parts per million.
    pub reward: i32,
    /// What he paid, penalty included, quote base units; negative: what insurance paid him.
    pub paid: Int128,
}

/// Data of the response to `Liquidate`, JSON.
#[cw_serde]
pub struct LiquidateData {
    /// How the account stood before.
    pub before: Standing,
    /// How it stands now.
    pub after: Standing,
    /// The auction to keep while `after` is not healthy: restarted when prices had a gap.
    pub auction: AuctionStart,
    /// Who took what; empty: nothing moved.
    pub taken: Vec<Taken>,
    /// Accounts of takers that were passed over although the step gives what they ask: they no longer consent or
    /// admit the contract, would fail their margin or leg limit, or have too little for a whole unit. A taker who was not
    /// needed is not among them.
    pub passed_over: Vec<AccountId>,
    /// The keeper's reward, quote base units.
    pub keeper_reward: Uint128,
}

/// Answer to `PreviewLiquidate`.
#[cw_serde]
pub struct LiquidatePreview {
    /// What the step would answer.
    pub done: LiquidateData,
    /// The account, and after it those who would take, once each, as the step would leave them: every leg and coin.
    pub accounts: Vec<AccountResponse>,
}

/// Closes an account that nobody took against those who hold the other sides of its legs.
#[cw_serde]
pub struct DeleverageOrder {
    /// The account that is below maintenance.
    pub account: AccountId,
    /// Its auction.
    pub auction: AuctionStart,
    /// The schedule's length, seconds: the auction must be as old.
    pub end_after: u32,
    /// Who may be closed, at most [`MAX_COUNTERPARTIES`] distinct accounts; the engine ranks them.
    pub counterparties: Vec<AccountId>,
}

/// Who can give up the other side, in the order in which they do.
#[cw_serde]
pub struct Counterparty {
    /// The account.
    pub account: AccountId,
    /// It can close less than a 64th of each of the account's legs: after all who can close more.
    pub dust: bool,
    /// The account would need more maintenance margin for what it keeps: only where it is insolvent and nobody else who
    /// stands beside it is closed.
    pub unhedges: bool,
    /// Its maintenance margin would rise without these legs: after all who have no such spread.
    pub spread: bool,
    /// Its net profit in the account's markets, quote base units: the largest first.
    pub profit: Int128,
    /// What it paid for its part, quote base units; negative: what it got. Absent: it was no longer needed.
    pub paid: Option<Int128>,
    /// The account's legs that closed against it, signed as the account held them.
    pub closed: Vec<LegView>,
}

/// Data of the response to `Deleverage`, JSON.
#[cw_serde]
pub struct DeleverageData {
    /// How the account stood before.
    pub before: Standing,
    /// How it stands now.
    pub after: Standing,
    /// What the prices put on the counterparties beyond the mark if every leg goes, quote base units.
    pub shared: Uint128,
    /// What insurance paid, quote base units.
    pub insured: Uint128,
    /// Those named who hold another side and may be closed.
    pub counterparties: Vec<Counterparty>,
}

/// One of the answers to `LiquidationStates`: what a bot needs to decide.
#[cw_serde]
pub struct LiquidationStateResponse {
    /// The account.
    pub account: AccountId,
    /// SHA-256 of its stored record, for who takes over the account.
    pub fingerprint: Binary,
    /// SHA-256 of its legs, what is fixed settled, for who takes a slice: a gift of coins leaves it.
    pub legs_fingerprint: Binary,
    /// Absent where no price is known, or margin cannot be told; equity and maintenance then too.
    pub standing: Option<Standing>,
    /// Value at mark, quote base units.
    pub equity: Option<Int128>,
    /// Maintenance margin, quote base units.
    pub maintenance: Option<Uint128>,
    /// Whether prices allow a sale now (a shallow one once confirmed).
    pub allowed: bool,
    /// Publish time of the oldest price that matters, unix seconds; absent while a coin is left out of equity or a feed
    /// is of a level at which a deep account would not be sold at once.
    pub price_time: Option<u64>,
}

/// Answer to `BelowHealth`: one page by account number.
#[cw_serde]
pub struct BelowHealthResponse {
    /// Accounts below the bound.
    pub accounts: Vec<LiquidationStateResponse>,
    /// The last account looked at; absent: there are no more.
    pub last: Option<AccountId>,
}

/// Answer to `Insurance`.
#[cw_serde]
pub struct InsuranceResponse {
    /// The market's symbol.
    pub market: String,
    /// What it holds, quote base units.
    pub balance: Uint128,
    /// What it may pay in one message now.
    pub available: Uint128,
    /// When the hour ends, unix seconds.
    pub hour_ends: u64,
    /// Its part of the deficits of accounts that were seen insolvent and are not wound up; beyond `balance` it is short.
    pub shortfall: Uint128,
}

/// Most accounts in one `ShareLoss`.
pub const MAX_SHARERS: usize = 16;

/// Whom the next `ShareLoss` names so that its round goes on looking at all: from the account whose turn it is down, as many as it takes.
#[must_use]
pub fn turn_from(unseen: AccountId) -> Vec<AccountId> {
    (1..=unseen).rev().take(MAX_SHARERS).collect()
}

/// Answer to `Loss`; base units of the market's settlement coin.
#[cw_serde]
pub struct LossResponse {
    /// The market's symbol.
    pub market: String,
    /// Written off and not yet paid by anyone.
    pub lost: Uint128,
    /// Paid to who gained by fixed series before who lost by them was settled: as much of gains stays until `SettleAccounts` or
    /// `SettlePage` has settled these.
    pub uncollected: Uint128,
    /// The round that runs, or the next one.
    pub round: u32,
    /// When it ends, unix seconds, if all accounts have been looked at by then. Absent: none runs.
    pub ends_at: Option<u64>,
    /// When it ends whether or not they have, unix seconds. Absent: none runs.
    pub ends_at_latest: Option<u64>,
    /// The account whose turn it is to be looked at, by `ShareLoss` or its own withdrawal: from the last one that was open when the round began
    /// down to the first. Absent: all have been.
    pub unseen: Option<AccountId>,
    /// Of the loss, what it shares.
    pub due: Uint128,
    /// Gains counted in it.
    pub gains: Uint128,
    /// Withheld in it.
    pub withheld: Uint128,
    /// The account's part; absent when none was named.
    pub account: Option<LossPart>,
}

/// An account's part in `Loss`.
#[cw_serde]
pub struct LossPart {
    /// Its gains as counted.
    pub gains: Uint128,
    /// What is withheld of them.
    pub withheld: Uint128,
    /// What it pays if the round ends as it is.
    pub cut: Uint128,
    /// What its cash changes by now: withheld (negative), or given back of an ended round.
    pub moved: Int128,
}
