//! Why the engine refuses: one variant per reason a caller can act on.

use cosmwasm_std::StdError;
use protocol_api::record::RecordError;
use protocol_std::binary::StoreError;
use protocol_std::funds::FundsError;
use protocol_std::ownership::OwnershipError;
use protocol_std::pause::PauseError;
use protocol_std::version::VersionError;
use risk::RiskError;
use thiserror::Error;

/// The engine's errors; each message starts with a stable code.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum EngineError {
    /// The sender may not do this.
    #[error("E_ENGINE_UNAUTHORIZED: the sender may not do this")]
    Unauthorized,
    /// No account has this number.
    #[error("E_ENGINE_NO_ACCOUNT: there is no account {account}")]
    NoAccount {
        /// The number given.
        account: u64,
    },
    /// Whoever consented is neither owner nor a live delegate with the scope.
    #[error("E_ENGINE_CONSENT: no valid consent for account {account}")]
    Consent {
        /// The account.
        account: u64,
    },
    /// The calling venue has not been admitted by the account.
    #[error("E_ENGINE_VENUE: account {account} has not admitted the venue")]
    VenueNotAdmitted {
        /// The account.
        account: u64,
    },
    /// A list in a message is empty, too long or names something twice.
    #[error("E_ENGINE_LIST: `{field}` is empty, too long or names something twice")]
    List {
        /// The list.
        field: &'static str,
    },
    /// A value outside its hard range.
    #[error("E_ENGINE_RANGE: `{field}` is outside its hard range")]
    Range {
        /// The field.
        field: &'static str,
    },
    /// A name or symbol that is already taken.
    #[error("E_ENGINE_TAKEN: `{name}` exists already")]
    Taken {
        /// The name.
        name: String,
    },
    /// A name of nothing known; one that does not parse is `E_RISK_NAME`.
    #[error("E_ENGINE_UNKNOWN: there is no `{name}`")]
    Unknown {
        /// The name.
        name: String,
    },
    /// A series that is off the market's grid or calendar, or past.
    #[error("E_ENGINE_GRID: `{series}` is not on the market's grid and calendar")]
    Grid {
        /// Its name.
        series: String,
    },
    /// The market's fixing terms are not those of its feed.
    #[error(
        "E_ENGINE_FIXING_TERMS: the feed of `{series}` fixes on other terms than its market says"
    )]
    FixingTerms {
        /// The series asked for.
        series: String,
    },
    /// The feed that would fix the series has no record, or none that can be read.
    #[error("E_ENGINE_NO_RECORD: the feed of `{series}` has no record that can be read")]
    NoRecord {
        /// The series asked for.
        series: String,
    },
    /// The wrong listing fee came along.
    #[error("E_ENGINE_LISTING_FEE: exactly {due} of the quote coin is due")]
    ListingFee {
        /// What is due, base units of the quote coin.
        due: u128,
    },
    /// The expiry holds as many series as it may.
    #[error("E_ENGINE_SERIES_CAP: the expiry of `{series}` is full")]
    SeriesCap {
        /// The series asked for.
        series: String,
    },
    /// The market is closed to new series.
    #[error("E_ENGINE_MARKET_CLOSED: the market takes no new series")]
    MarketClosed,
    /// The series was never listed.
    #[error("E_ENGINE_NOT_LISTED: `{series}` is not listed")]
    NotListed {
        /// Its name.
        series: String,
    },
    /// The series has expired; it can only be settled.
    #[error("E_ENGINE_EXPIRED: `{series}` has expired")]
    Expired {
        /// Its name.
        series: String,
    },
    /// Maker and taker are one account.
    #[error("E_ENGINE_SELF_TRADE: both sides are account {account}")]
    SelfTrade {
        /// The account.
        account: u64,
    },
    /// The legs of one fill settle in different coins.
    #[error("E_ENGINE_MIXED_COINS: the legs of a fill must settle in one coin")]
    MixedCoins,
    /// A quantity of zero or beyond the type, or a negative option price.
    #[error("E_ENGINE_LEG: bad quantity or price of `{series}`")]
    Leg {
        /// Its name.
        series: String,
    },
    /// An account would hold too many legs.
    #[error("E_ENGINE_LEG_LIMIT: account {account} would hold too many legs")]
    LegLimit {
        /// The account.
        account: u64,
    },
    /// An account would hold legs in too many markets.
    #[error(
        "E_ENGINE_MARKET_LIMIT: account {account} would hold legs in more than 32 markets: close one, or use another account"
    )]
    MarketLimit {
        /// The account.
        account: u64,
    },
    /// A fee above what the side allows.
    #[error("E_ENGINE_FEE: the fee of account {account} is {fee}, it allows {allowed}")]
    Fee {
        /// The account.
        account: u64,
        /// The fee.
        fee: u128,
        /// What the side allows.
        allowed: u128,
    },
    /// The open interest would pass the series' cap.
    #[error("E_ENGINE_OI_CAP: open interest of `{series}` would be {would}, the cap is {cap}")]
    OiCap {
        /// Its name.
        series: String,
        /// Open interest after the fill.
        would: u64,
        /// The cap.
        cap: u64,
    },
    /// Somebody else's deposit of a coin that the account neither holds nor owes.
    #[error(
        "E_ENGINE_GIFT: only who trades for the account brings it a coin that it does not hold: `{denom}`"
    )]
    Gift {
        /// The coin.
        denom: String,
    },
    /// A trade or withdrawal that would leave a net vega past its limit, and larger than what counted before.
    #[error(
        "E_ENGINE_VEGA_LIMIT: net vega of account {account} in underlying {underlying} would be {vega}, the limit is {limit}"
    )]
    VegaLimit {
        /// The account.
        account: u64,
        /// The underlying.
        underlying: u16,
        /// What the account would gain by a rise of every vol, quote-coin base units.
        vega: i128,
        /// The limit, either sign.
        limit: u64,
    },
    /// A trade that does not only reduce, a withdrawal, a bid or a slice that would leave strikes, spot prices and coins of
    /// `2^72` quote base units or more: sums could saturate.
    #[error("E_ENGINE_SIZE_LIMIT: account {account} would be too large to be margined: reduce")]
    SizeLimit {
        /// The account.
        account: u64,
    },
    /// Openings that would pass the cap on negative cash.
    #[error("E_ENGINE_DEBT_CAP: negative cash of `{denom}` would pass its cap")]
    DebtCap {
        /// The coin.
        denom: String,
    },
    /// The initial surplus would be negative.
    #[error("E_ENGINE_MARGIN: account {account} would miss {missing} of initial margin")]
    Margin {
        /// The account.
        account: u64,
        /// What is missing, base units of the quote coin.
        missing: i128,
    },
    /// Neither covered nor reducing, and no price is valid for the action.
    #[error(
        "E_ENGINE_NO_PRICE: account {account} is not covered and underlying {underlying} has no price for this"
    )]
    NoPrice {
        /// The account.
        account: u64,
        /// The underlying whose record does not allow it.
        underlying: u16,
    },
    /// Only reducing is allowed and the fill does not reduce.
    #[error("E_ENGINE_REDUCE_ONLY: account {account} may only reduce")]
    ReduceOnly {
        /// The account.
        account: u64,
    },
    /// An account with negative cash cannot withdraw or buy collateral.
    #[error("E_ENGINE_DEBTOR: account {account} has negative cash")]
    Debtor {
        /// The account.
        account: u64,
    },
    /// Coins sent to the engine itself would belong to nobody.
    #[error("E_ENGINE_RECIPIENT: the engine cannot pay itself")]
    Recipient,
    /// More than the cash held.
    #[error("E_ENGINE_CASH: account {account} holds {held} of `{denom}`")]
    Cash {
        /// The account.
        account: u64,
        /// The coin.
        denom: String,
        /// Cash held.
        held: i128,
    },
    /// The protocol's total holding would pass the coin's cap.
    #[error("E_ENGINE_DEPOSIT_CAP: the engine may hold {cap} of `{denom}`")]
    DepositCap {
        /// The coin.
        denom: String,
        /// The cap.
        cap: u128,
    },
    /// The oracle has not fixed the price yet.
    #[error("E_ENGINE_NOT_FIXED: the settlement price is not final")]
    NotFixed,
    /// The expiry was already fixed.
    #[error("E_ENGINE_ALREADY_FIXED: the expiry was fixed before")]
    AlreadyFixed,
    /// It owes nothing, or what it has may still pay: cash, escrow, gains withheld, legs that may cost or have no price.
    #[error("E_ENGINE_ALIVE: account {account} is no dead debtor")]
    Alive {
        /// The account.
        account: u64,
    },
    /// The debt may not be bought yet, or there is none.
    #[error("E_ENGINE_NO_SALE: the collateral of account {account} is not for sale")]
    NoSale {
        /// The account.
        account: u64,
    },
    /// The price is above what the buyer pays at most.
    #[error("E_ENGINE_MAX_PAY: the collateral costs {price}")]
    MaxPay {
        /// The price, base units of the debt's coin.
        price: u128,
    },
    /// Nothing is there to be paid.
    #[error("E_ENGINE_NOTHING_DUE: nothing is due")]
    NothingDue,
    /// No offer stands for the caller.
    #[error("E_ENGINE_NO_OFFER: no offer of account {account} stands for the sender")]
    NoOffer {
        /// The account.
        account: u64,
    },
    /// The account's record, or its legs, are no longer those that were named.
    #[error("E_ENGINE_FINGERPRINT: account {account} has changed")]
    Fingerprint {
        /// The account.
        account: u64,
    },
    /// A taker who insists got nothing: the reward is below what he accepts, or others took all there was.
    #[error("E_ENGINE_NOT_TAKEN: nothing could be sold to account {account}")]
    NotTaken {
        /// His account.
        account: u64,
    },
    /// Healthy, without legs, or its schedule has not ended: it is sold, not closed against others.
    #[error("E_ENGINE_NO_DELEVERAGE: account {account} is not to be deleveraged now")]
    NoDeleverage {
        /// The account.
        account: u64,
    },
    /// More than the account has in escrow.
    #[error("E_ENGINE_ESCROW: escrow holds {held}")]
    Escrow {
        /// What it holds, base units of the quote coin.
        held: u128,
    },
    /// A market's deficits exceed its insurance: who has a sum or a leg there and is not covered waits.
    #[error("E_ENGINE_SHORTFALL: deficits in {market} exceed its insurance")]
    Shortfall {
        /// The market's symbol.
        market: String,
    },
    /// A market's loss is shared over gains, or a deficit will be: they stay until they are counted.
    #[error(
        "E_ENGINE_GAINS: account {account} must keep {required} {denom} for losses of its markets"
    )]
    Gains {
        /// The account.
        account: u64,
        /// The coin.
        denom: String,
        /// Base units that must stay in cash.
        required: i128,
    },
    /// No treasury account is named.
    #[error("E_ENGINE_NO_TREASURY: no treasury account is named")]
    NoTreasury,
    /// A time that does not lie where it must.
    #[error("E_ENGINE_TIME: `{field}` must lie from {earliest} to {latest}")]
    Time {
        /// The field.
        field: &'static str,
        /// Earliest allowed.
        earliest: u64,
        /// Latest allowed.
        latest: u64,
    },
    /// An amount passes its integer type.
    #[error("E_ENGINE_OVERFLOW: an amount is too large")]
    Overflow,
    /// The books would not balance: a defect, never a caller's fault.
    #[error("E_ENGINE_IMBALANCE: the ledger of coin {coin} does not balance")]
    Imbalance {
        /// The coin's number.
        coin: u16,
    },
    /// A stored record that cannot be read.
    #[error("E_ENGINE_CORRUPT: a stored record cannot be read")]
    Corrupt,
    /// Wrong coins sent along.
    #[error(transparent)]
    Funds(#[from] FundsError),
    /// A stored record.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Ownership of the engine.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// The guardian's brake.
    #[error(transparent)]
    Pause(#[from] PauseError),
    /// Migration gate.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// Margin.
    #[error(transparent)]
    Risk(#[from] RiskError),
    /// The oracle's record.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The chain's own error.
    #[error("E_ENGINE_CHAIN: {0}")]
    Chain(String),
}

impl EngineError {
    /// Whether an underlying lacks a price: none that is usable, or none for an expiry.
    pub const fn is_no_price(&self) -> bool {
        matches!(
            self,
            Self::NoPrice { .. } | Self::Risk(RiskError::NoPrice { .. })
        )
    }

    /// Whether a trade is refused for the risk it leaves: one that only reduces risk is allowed nevertheless.
    pub const fn allows_reducing(&self) -> bool {
        matches!(
            self,
            Self::Margin { .. }
                | Self::NoPrice { .. }
                | Self::VegaLimit { .. }
                | Self::SizeLimit { .. }
                | Self::Gains { .. }
        )
    }
}

impl From<StdError> for EngineError {
    fn from(error: StdError) -> Self {
        Self::Chain(error.to_string())
    }
}

impl From<pricing::payoff::PayoffError> for EngineError {
    fn from(error: pricing::payoff::PayoffError) -> Self {
        Self::Risk(error.into())
    }
}
