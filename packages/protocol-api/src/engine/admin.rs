//! Instantiation, listing terms and parameters, with the hard range of each.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Decimal, Uint64, Uint128};

use super::MarketStyle;

/// What a new engine starts with.
#[cw_serde]
pub struct InstantiateMsg {
    /// The first owner (a key, a governance module, a timelock).
    pub owner: String,
    /// May pause openings, listings and deposits for a while; nothing else.
    pub guardian: Option<String>,
    /// The oracle adapter whose records margin reads. Fixed for the engine's life.
    pub oracle: String,
    /// Engine-wide parameters.
    pub params: EngineParams,
    /// The quote coin; it becomes coin 0, has weight 1 and no feed.
    pub quote_coin: QuoteCoin,
}

/// The quote coin ("USD"): everything in margin is counted in it.
#[cw_serde]
pub struct QuoteCoin {
    /// Bank denomination.
    pub denom: String,
    /// Base units per 1.0 as a power of ten, 0 to 12 (normally 6).
    pub decimals: u8,
    /// Most the engine accepts in all, base units; checked at deposit only.
    pub cap: Uint128,
    /// Most that accounts may owe in all before openings stop, base units.
    pub debt_cap: Uint128,
}

/// Engine-wide parameters. Each has a hard range in code.
#[cw_serde]
pub struct EngineParams {
    /// How old a debt must be before anyone may buy its collateral, seconds, 3,600 to 604,800.
    pub debt_grace: u64,
    /// Interest on negative cash, simple per year, 0 to 1; accrues by index to positive cash.
    pub debt_rate: Decimal,
    /// Largest discount below the band's low edge in `BuyCollateral`, 0 to 0.10.
    pub collateral_discount: Decimal,
    /// Time over which that discount grows from 0 after the grace, seconds, 0 to 604,800.
    pub discount_ramp: u64,
    /// Fee for listing one series, in base units of the quote coin; the owner pays none.
    pub listing_fee: Uint128,
    /// Beta: share of a move that other underlyings make along in joint scenarios, 0 to 1.
    pub beta: Decimal,
}

/// A collateral coin other than the quote coin.
#[cw_serde]
pub struct CoinListing {
    /// Bank denomination.
    pub denom: String,
    /// Underlying (oracle feed) that prices one whole coin.
    pub underlying: u16,
    /// Base units per 1.0 as a power of ten, 0 to 18.
    pub decimals: u8,
    /// What may change later.
    pub terms: CoinTerms,
}

/// The part of a coin's listing that may change.
#[cw_serde]
pub struct CoinTerms {
    /// Weight of a positive value in the initial test, 0 to `weight_maintenance`.
    pub weight_initial: Decimal,
    /// Weight of a positive value in the maintenance test, `weight_initial` to 1.
    pub weight_maintenance: Decimal,
    /// Most the engine accepts in all, base units; checked at deposit only.
    pub cap: Uint128,
    /// Most that accounts may owe in all before openings stop, base units.
    pub debt_cap: Uint128,
}

/// Which expiries anyone may list: always at `at` seconds after midnight UTC. Weekly expiries
/// are Fridays, monthly the last Friday of a month, quarterly that of March, June, September and
/// December. The owner may list any whole minute.
#[cw_serde]
pub struct Calendar {
    /// Seconds after midnight UTC, a whole minute (default 28,800 = 08:00).
    pub at: u32,
    /// Daily expiries up to this many days ahead, 0 to 366.
    pub daily: u16,
    /// Weekly expiries up to this many weeks ahead, 0 to 104.
    pub weekly: u16,
    /// Monthly expiries up to this many months ahead, 0 to 36.
    pub monthly: u16,
    /// Quarterly expiries up to this many quarters ahead, 0 to 20.
    pub quarterly: u16,
}

impl Default for Calendar {
    fn default() -> Self {
        Self {
            at: 28_800,
            daily: 4,
            weekly: 4,
            monthly: 3,
            quarterly: 5,
        }
    }
}

/// How the settlement price of an expiry is observed: `buckets` buckets of `bucket_seconds`
/// before the expiry. A listing term: fixed when the expiry is first listed.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct FixingTerms {
    /// Number of buckets, 6 to 240.
    pub buckets: u16,
    /// Length of a bucket in seconds, 5 to 600.
    pub bucket_seconds: u16,
}

impl Default for FixingTerms {
    fn default() -> Self {
        Self {
            buckets: 60,
            bucket_seconds: 30,
        }
    }
}

/// A new market. Only `params` may change afterwards.
#[cw_serde]
pub struct MarketListing {
    /// Unique symbol, the prefix of its series' names: `A-Z`, `0-9` and `_`, 2 to 16 characters.
    pub symbol: String,
    /// The underlying (oracle feed) whose price settles it.
    pub underlying: u16,
    /// The coin it settles in; linear markets settle in the quote coin, inverse ones in a coin
    /// whose feed is `underlying`.
    pub settle_denom: String,
    /// Linear or inverse.
    pub style: MarketStyle,
    /// Underlying per quantity unit. `unit` x base units per coin must be whole.
    pub unit: Decimal,
    /// Price tick: USD per underlying (linear), coin per underlying (inverse). `unit` x `tick` x
    /// base units per coin must be whole, so that every premium is exact.
    pub tick: Decimal,
    /// Step of the strike grid in USD.
    pub strike_step: Decimal,
    /// What a digital pays per underlying, USD.
    pub digital_payout: Decimal,
    /// Which expiries anyone may list.
    pub calendar: Calendar,
    /// Fixing terms that new expiries take.
    pub fixing: FixingTerms,
    /// What may change later.
    pub params: MarketParams,
}

/// The part of a market's listing that may change.
#[cw_serde]
pub struct MarketParams {
    /// Maker's fee as a share of the index, 0 to 0.01.
    pub maker_rate: Decimal,
    /// Taker's fee as a share of the index, 0 to 0.01.
    pub taker_rate: Decimal,
    /// Cap of both as a share of the premium, 0 to 0.25 (futures have no such cap).
    pub fee_premium_cap: Decimal,
    /// Most open interest (sum of long quantities) in one series, quantity units.
    pub series_cap: Uint64,
    /// Most series that one expiry may list, 0 to 2,000.
    pub expiry_series: u16,
    /// False: no new series and only reducing fills.
    pub open: bool,
}

/// Margin profile of an underlying: how the scenario set is scaled.
#[cw_serde]
pub struct Profile {}
