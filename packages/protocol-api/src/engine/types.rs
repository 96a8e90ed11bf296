//! Wire types shared by messages and responses of the engine.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Binary, Int64, Uint128};

/// An account number. Accounts are numbered from 1 and never reused.
pub type AccountId = u64;

/// Most legs that one `SettleFills` may carry over all its fills.
pub const MAX_FILL_LEGS: usize = 128;

/// Who consents for one side of a fill, as established by the venue.
///
/// The engine trusts the venue for *who* spoke and decides itself whether that party may trade
/// for the account: it must be the owner or a delegate with [`Scope::Trade`] that has not expired.
#[cw_serde]
pub enum Consent {
    /// A compressed secp256k1 key (33 bytes) whose signature the venue verified.
    Key {
        /// The key, compressed, 33 bytes.
        public_key: Binary,
    },
    /// An address that called the venue, or that the venue derived from a verified signature.
    Address {
        /// The address in the chain's own form.
        address: String,
    },
}

/// One side of a fill.
#[cw_serde]
pub struct FillSide {
    /// The account that trades.
    pub account: AccountId,
    /// Who agreed to it.
    pub consent: Consent,
    /// The most this side pays in fees for this fill, in base units of the settlement coin;
    /// a higher fee fails the fill. Absent: no limit.
    pub max_fee: Option<Uint128>,
    /// True: this account must satisfy the reducing rule once all fills are in, whatever its margin.
    pub reduce_only: bool,
}

/// One leg of a fill, seen by the taker.
#[cw_serde]
pub struct FillLeg {
    /// The series' canonical name, such as `BTC-25DEC26-100000-C`.
    pub series: String,
    /// Signed count of quantity units: positive when the taker buys. Never zero.
    pub quantity: Int64,
    /// Price in ticks per quantity unit; zero or more for options and digitals. For a linear future
    /// the premium that moves is (price - reference price); for an inverse one the price is that
    /// signed premium itself, in coin.
    pub price_ticks: Int64,
}

/// A trade between two accounts: all legs settle in one coin.
#[cw_serde]
pub struct Fill {
    /// The side that quoted; it takes every leg with the opposite sign.
    pub maker: FillSide,
    /// The side that took the quote.
    pub taker: FillSide,
    /// The legs from the taker's view, at least one, no series twice.
    pub legs: Vec<FillLeg>,
}

/// What a delegate may do.
#[cw_serde]
#[derive(Copy)]
pub enum Scope {
    /// Consent to fills and buy collateral.
    Trade,
    /// Withdraw to the owner's address, nowhere else.
    WithdrawToOwner,
}

/// Who a delegation is given to.
#[cw_serde]
pub enum DelegateId {
    /// An address (it calls messages itself).
    Address {
        /// The address in the chain's own form.
        address: String,
    },
    /// A compressed secp256k1 key (33 bytes) that signs quotes off chain.
    Key {
        /// The key, compressed, 33 bytes.
        public_key: Binary,
    },
}

/// What a delegate was given.
#[cw_serde]
pub struct Grant {
    /// What he may do, no scope twice.
    pub scopes: Vec<Scope>,
    /// When the grant ends, unix seconds, exclusive.
    pub expires_at: u64,
}

/// A delegate and his grant.
#[cw_serde]
pub struct Delegate {
    /// Who.
    pub id: DelegateId,
    /// What, and until when.
    pub grant: Grant,
}

/// How a market settles.
#[cw_serde]
#[derive(Copy)]
pub enum MarketStyle {
    /// In the quote coin: payoff in USD x multiplier.
    Linear,
    /// In the underlying coin: payoff in USD / settlement price x multiplier.
    Inverse,
}

/// What a leg pays.
#[cw_serde]
#[derive(Copy)]
pub enum SeriesKind {
    /// max(S - K, 0)
    Call,
    /// max(K - S, 0)
    Put,
    /// The market's digital payout if S >= K, else nothing.
    DigitalCall,
    /// The market's digital payout if S < K, else nothing.
    DigitalPut,
    /// S - reference price.
    Future,
}
