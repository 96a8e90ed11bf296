//! The lens: what a market looks like, in the ticker fields that traders know. It only reads.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Decimal, Empty, SignedDecimal, Uint64};

use crate::access::Role;
use crate::engine::SeriesKind;

/// Sets the lens up.
#[cw_serde]
pub struct InstantiateMsg {
    /// The margin engine whose series are shown.
    pub engine: String,
    /// The oracle adapter whose marks are shown.
    pub oracle: String,
}

/// The lens takes no messages.
pub type ExecuteMsg = Empty;

/// Who may send which message: there is none.
pub const ACCESS: &[(&str, Role)] = &[];

/// What one may ask the lens.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// The contracts it reads.
    #[returns(ConfigResponse)]
    Config {},
    /// Tickers of a market's series, by expiry, strike and kind.
    #[returns(ChainResponse)]
    Chain {
        /// The market's symbol.
        market: String,
        /// Only this expiry, unix seconds.
        expiry: Option<u64>,
        /// Go on after this series.
        start_after: Option<String>,
        /// At most this many: 1 to 50, default 30; a price costs more than other records.
        limit: Option<u32>,
    },
    /// What the settlement price of an expiry would be now, or is.
    #[returns(SettlementEstimateResponse)]
    SettlementEstimate {
        /// The market's symbol.
        market: String,
        /// The expiry, unix seconds.
        expiry: u64,
    },
}

/// Answer to `Config`.
#[cw_serde]
pub struct ConfigResponse {
    /// The margin engine.
    pub engine: String,
    /// The oracle adapter.
    pub oracle: String,
}

/// Answer to `Chain`.
#[cw_serde]
pub struct ChainResponse {
    /// The tickers.
    pub tickers: Vec<Ticker>,
}

/// Answer to `SettlementEstimate`.
#[cw_serde]
pub struct SettlementEstimateResponse {
    /// The estimated or final settlement price, USD; absent without any price. Toward zero.
    pub price: Option<Decimal>,
    /// Share of the fixing window that has passed.
    pub share_passed: Decimal,
    /// Whether the price is final.
    pub is_final: bool,
}

/// A series with the fields of a ticker. Prices are absent while the feed has no usable price.
#[cw_serde]
pub struct Ticker {
    /// Canonical name of the series.
    pub instrument_name: String,
    /// Expiry, unix seconds.
    pub expiration_timestamp: u64,
    /// What it pays.
    pub kind: SeriesKind,
    /// Strike, USD; a future's reference price.
    pub strike: Decimal,
    /// The prices are stale or lack a quorum: they are shown, nothing trades at them.
    pub indicative: bool,
    /// As margin counts it, discounted; in the fixing window of what is observed and what is still to come. Linear: USD per
    /// underlying; inverse: coin per underlying. A linear future's is the price at which a trade in it is worth nothing.
    /// Absent for a date off the surface, though margin prices it on a borrowed slice. Toward zero.
    pub mark_price: Option<SignedDecimal>,
    /// Black-76 implied vol of the mark, in percent per year (50 is 50 %); calls and puts. Absent in the fixing window: an average
    /// is priced there, and no Black vol belongs to it. Toward zero.
    pub mark_iv: Option<Decimal>,
    /// Middle of the spot band, USD.
    pub index_price: Option<Decimal>,
    /// Forward of the expiry, USD; in its fixing window the price that it is expected to settle at.
    pub underlying_price: Option<Decimal>,
    /// Sum of long quantities, quantity units.
    pub open_interest: Uint64,
    /// Black-76 Greeks at the mark's implied vol, undiscounted; calls and puts. Absent where there is no vol.
    pub greeks: Option<Greeks>,
}

/// Greeks per 1 of the underlying, USD. Toward zero.
#[cw_serde]
pub struct Greeks {
    /// Change per 1 USD of forward.
    pub delta: SignedDecimal,
    /// Change of delta per 1 USD of forward.
    pub gamma: SignedDecimal,
    /// Change per vol point (0.01).
    pub vega: SignedDecimal,
    /// Change per day.
    pub theta: SignedDecimal,
    /// Change per percent of rate.
    pub rho: SignedDecimal,
}
