//! Why the exchange refuses: one variant per reason a caller can act on.

use cosmwasm_std::StdError;
use protocol_api::exchange::{MAX_PRUNED, MAX_QUOTE_LEGS, MAX_QUOTES};
use protocol_std::binary::StoreError;
use protocol_std::funds::FundsError;
use protocol_std::version::VersionError;
use thiserror::Error;

/// The exchange's errors; each message starts with a stable code.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ContractError {
    /// The order names no quote.
    #[error("E_EXCHANGE_NO_QUOTES: the order names no quote")]
    NoQuotes,
    /// The order names too many quotes.
    #[error("E_EXCHANGE_TOO_MANY_QUOTES: at most {most}", most = MAX_QUOTES)]
    TooManyQuotes,
    /// The same quote stands twice in one order.
    #[error("E_EXCHANGE_DUPLICATE_QUOTE: account {account} nonce {nonce} is given twice")]
    DuplicateQuote {
        /// The maker's account.
        account: u64,
        /// The quote's nonce.
        nonce: u64,
    },
    /// The legs are not one to sixteen distinct series of one market with ratios other than zero.
    #[error("E_EXCHANGE_BAD_LEGS: want 1 to {most} distinct series of one market, no zero ratio", most = MAX_QUOTE_LEGS)]
    BadLegs,
    /// The quotes of one order are for different legs.
    #[error("E_EXCHANGE_LEGS_DIFFER: all quotes of an order must have the same legs and ratios")]
    LegsDiffer,
    /// The quote's time is over.
    #[error("E_EXCHANGE_EXPIRED: the quote could be taken before {expires_at}, it is {now}")]
    Expired {
        /// When the quote ended.
        expires_at: u64,
        /// Block time.
        now: u64,
    },
    /// The maker cancelled the nonce.
    #[error("E_EXCHANGE_CANCELLED: nonce {nonce} is cancelled")]
    Cancelled {
        /// The quote's nonce.
        nonce: u64,
    },
    /// Nothing is left of the quote.
    #[error("E_EXCHANGE_FILLED: nothing is left of nonce {nonce}")]
    Filled {
        /// The quote's nonce.
        nonce: u64,
    },
    /// The quote is reserved for another account.
    #[error("E_EXCHANGE_NOT_FOR_TAKER: the quote is reserved for account {reserved}")]
    NotForTaker {
        /// The account it is reserved for.
        reserved: u64,
    },
    /// Maker and taker are one account.
    #[error("E_EXCHANGE_SELF_TRADE: maker and taker are account {account}")]
    SelfTrade {
        /// The account.
        account: u64,
    },
    /// Key or signature malformed, or not over this quote on this chain and exchange.
    #[error(
        "E_EXCHANGE_SIGNATURE: not a valid low-s signature over this quote on this chain and exchange"
    )]
    Signature,
    /// The order asks for nothing, or for fewer lots than its own minimum.
    #[error("E_EXCHANGE_ZERO_LOTS: lots must be above zero and at least the minimum")]
    ZeroLots,
    /// The quotes hold fewer lots than the taker's minimum.
    #[error("E_EXCHANGE_TOO_FEW_LOTS: {available} available, {wanted} wanted")]
    TooFewLots {
        /// Lots the quotes hold.
        available: u64,
        /// The taker's minimum.
        wanted: u64,
    },
    /// The average price is worse than the taker's limit.
    #[error("E_EXCHANGE_LIMIT: the fill costs {cost} ticks, the limit allows {bound}")]
    Limit {
        /// Net ticks the taker would pay.
        cost: i128,
        /// Limit x lots.
        bound: i128,
    },
    /// A cancel range that ends before it starts.
    #[error("E_EXCHANGE_BAD_RANGE: {from} to {to}")]
    BadRange {
        /// First nonce.
        from: u64,
        /// Last nonce.
        to: u64,
    },
    /// The nonce lies too far above the account's floor.
    #[error("E_EXCHANGE_FAR_NONCE: nonce {nonce} is out of reach, it must be below {limit}")]
    FarNonce {
        /// The nonce.
        nonce: u64,
        /// The first nonce out of reach.
        limit: u64,
    },
    /// Too many separate cancelled ranges.
    #[error("E_EXCHANGE_TOO_MANY_RANGES: at most {most}; cancel a range that joins them")]
    TooManyRanges {
        /// The most that are kept.
        most: usize,
    },
    /// Too many nonces in one prune.
    #[error("E_EXCHANGE_TOO_MANY_NONCES: at most {most}", most = MAX_PRUNED)]
    TooManyNonces,
    /// The sender may not do this.
    #[error("E_EXCHANGE_UNAUTHORIZED: the sender may not do this")]
    Unauthorized,
    /// Coins came along.
    #[error(transparent)]
    Funds(#[from] FundsError),
    /// An amount passes its integer type.
    #[error("E_EXCHANGE_OVERFLOW: an amount is too large")]
    Overflow,
    /// The stored contract is another one, or not older.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// A stored record.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The chain's own error.
    #[error("E_EXCHANGE_CHAIN: {0}")]
    Chain(String),
}

impl From<StdError> for ContractError {
    fn from(error: StdError) -> Self {
        Self::Chain(error.to_string())
    }
}
