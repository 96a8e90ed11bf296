//! What can be wrong with the inputs of this crate.

use pricing::payoff::PayoffError;

/// Why a risk question was refused. Nothing has changed when one is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RiskError {
    /// An expiry that does not pack or that no name can carry.
    #[error("E_RISK_EXPIRY: no series can expire at unix minute {minutes}")]
    Expiry {
        /// The expiry given, unix minutes.
        minutes: u32,
    },
    /// Stored bytes whose kind bits name no kind.
    #[error("E_RISK_KIND: no payoff kind has the number {code}")]
    Kind {
        /// The number found.
        code: u8,
    },
    /// A strike of `2^40` USD or more, or off the market's grid.
    #[error("E_RISK_STRIKE: strike count {count} is out of range")]
    Strike {
        /// The strike as a count of steps.
        count: u32,
    },
    /// A quantity that does not fit six bytes.
    #[error("E_RISK_QUANTITY: the quantity is out of range")]
    Quantity,
    /// More than [`crate::MAX_LEGS`] legs.
    #[error("E_RISK_LEG_LIMIT: {legs} legs are more than a book may hold")]
    LegLimit {
        /// Legs given.
        legs: usize,
    },
    /// A series or coin that a book names twice.
    #[error("E_RISK_DUPLICATE: a series or coin is named twice")]
    Duplicate,
    /// A market the context does not hold.
    #[error("E_RISK_MARKET: the context has no market {market}")]
    UnknownMarket {
        /// The market's number.
        market: u16,
    },
    /// A coin the context does not hold.
    #[error("E_RISK_COIN_UNKNOWN: the context has no coin {coin}")]
    UnknownCoin {
        /// The coin's number.
        coin: u16,
    },
    /// An underlying the context does not hold.
    #[error("E_RISK_UNDERLYING: the context has no underlying {underlying}")]
    UnknownUnderlying {
        /// The underlying's number.
        underlying: u16,
    },
    /// An underlying without any slice, or whose prices are not positive.
    #[error("E_RISK_NO_PRICE: underlying {underlying} has no usable price record")]
    NoPrice {
        /// The underlying's number.
        underlying: u16,
    },
    /// Market terms out of range or at odds with the settlement coin.
    #[error("E_RISK_TERMS: the terms of market {market} are out of range")]
    Terms {
        /// The market's number.
        market: u16,
    },
    /// A coin whose weights, scale or depeg are out of range.
    #[error("E_RISK_COIN: the terms of coin {coin} are out of range")]
    Coin {
        /// The coin's number.
        coin: u16,
    },
    /// More than three coins settle inverse legs of one underlying.
    #[error("E_RISK_SETTLE_COINS: coin {coin} is one too many to settle legs of an underlying")]
    SettleCoins {
        /// The first coin without room.
        coin: u16,
    },
    /// The pricing kernel refused a forward, a strike or a shock.
    #[error("E_RISK_PRICING: a forward, strike or shock is out of the kernel's range")]
    Pricing,
    /// A profile value outside its hard range.
    #[error("E_RISK_PROFILE: {field} is outside its hard range")]
    Profile {
        /// The field.
        field: &'static str,
    },
    /// A series name that does not parse.
    #[error("E_RISK_NAME: not a series name")]
    Name,
    /// The payoff engine refused a leg.
    #[error(transparent)]
    Payoff(#[from] PayoffError),
}
