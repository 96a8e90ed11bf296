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
    /// How long a new or raised cap of a coin waits, and then grows evenly, seconds, 0 to 2,592,000. Fixed for the
    /// engine's life; a week leaves time to see a hostile listing. The quote coin's first cap counts at once.
    pub cap_ramp: u64,
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
    /// Largest discount below the band's low edge in `BuyCollateral`, 0 to 0.05: the least spot move of a profile. None is
    /// given where the sale would leave the debtor below maintenance.
    pub collateral_discount: Decimal,
    /// Time over which that discount grows from 0 after the grace, seconds, 0 to 604,800.
    pub discount_ramp: u64,
    /// Fee for listing one series, in base units of the quote coin; the owner pays none.
    pub listing_fee: Uint128,
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
    /// Share of the value that a holding loses in the depeg pricing, 0 to 1; 0 for floating coins.
    pub depeg: Decimal,
    /// Most the engine accepts in all, base units; checked at deposit only.
    pub cap: Uint128,
    /// Most that accounts may owe in all before openings stop, base units.
    pub debt_cap: Uint128,
}

/// Which expiries anyone may list: always at `at` seconds after midnight UTC. Weekly expiries
/// are Fridays, monthly the last Friday of a month, quarterly that of March, June, September and
/// December. The running day, month or quarter counts as 0 ahead, so a 0 still admits what is left of it. The owner may list any whole minute.
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
/// before the expiry, both as the underlying's feed has them. A listing term: fixed when the expiry is first listed.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct FixingTerms {
    /// Number of buckets, 6 to 240.
    pub buckets: u16,
    /// Length of a bucket in seconds; divides 60.
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
    /// Most series of one expiry that anyone may list, 0 to 2,000; the owner may list 2,000.
    pub expiry_series: u16,
    /// False: no new series and only reducing fills.
    pub open: bool,
}

/// Margin profile of an underlying: its scenario set as data, in basis points (1 / 10,000) unless
/// said otherwise. Ranges are those of the risk library.
#[cw_serde]
pub struct Profile {
    /// Relative spot moves of the scan, ascending, containing 0.
    pub spot_moves: Vec<i32>,
    /// Vol factors by days to expiry, ascending days.
    pub vol_shocks: Vec<VolShock>,
    /// Far tails, ascending moves.
    pub tails: Vec<Tail>,
    /// Weight of the pricing at a price of zero.
    pub zero_share: u32,
    /// Weight of the slope at infinity.
    pub infinity_share: u32,
    /// Spot moves of the smile and term row, ascending, containing 0, each a move of the scan.
    pub smile_moves: Vec<i32>,
    /// Share of the scan's vol shock in the smile row.
    pub smile_vol_share: u32,
    /// Skew twist.
    pub skew: u32,
    /// Curvature twist.
    pub curvature: u32,
    /// Move of one expiry's forward against the others.
    pub forward: u32,
    /// What a year to the expiry adds to it.
    pub forward_per_year: u32,
    /// Time that passes in the theta pricing, and before an expiry in which it may settle anywhere within the scan, seconds.
    pub theta_seconds: u32,
    /// Last-day moves in at-the-money total vols.
    pub gamma_vols: Vec<u32>,
    /// Share of stand-alone margins that counts over several underlyings, initial.
    pub alpha_initial: u32,
    /// Share of stand-alone margins that counts over several underlyings, maintenance.
    pub alpha_maintenance: u32,
    /// Most that an account may gain or lose by a rise of every vol as in the scan (its net vega in this underlying) after a
    /// trade or withdrawal, unless it counted before and was no smaller; quote-coin base units. Covered accounts have no limit.
    pub vega_limit: Uint64,
}

/// Vol factors at a number of days to expiry, basis points.
#[cw_serde]
#[derive(Copy)]
pub struct VolShock {
    /// Days to expiry.
    pub days: u16,
    /// When it rises, at least 10,000.
    pub up: u32,
    /// When it falls, at most 10,000.
    pub down: u32,
}

/// A far move, damped.
#[cw_serde]
#[derive(Copy)]
pub struct Tail {
    /// Relative spot move, basis points.
    pub spot_move: i32,
    /// Weight of the moved pricing, basis points.
    pub share: u32,
}

/// When the driver moves by x, the follower moves by beta x.
#[cw_serde]
#[derive(Copy)]
pub struct BetaEntry {
    /// The underlying that moves first, below 65,535: that stands for all that are not named.
    pub driver: u16,
    /// The underlying that follows.
    pub follower: u16,
    /// Relative move per relative move, basis points, -40,000 to 40,000.
    pub beta: i32,
}

impl From<&risk::Profile> for Profile {
    fn from(profile: &risk::Profile) -> Self {
        let shock = |v: &risk::VolShock| VolShock {
            days: v.days,
            up: v.up,
            down: v.down,
        };
        let tail = |t: &risk::Tail| Tail {
            spot_move: t.spot_move,
            share: t.share,
        };
        Self {
            spot_moves: profile.spot_moves.clone(),
            vol_shocks: profile.vol_shocks.iter().map(shock).collect(),
            tails: profile.tails.iter().map(tail).collect(),
            zero_share: profile.zero_share,
            infinity_share: profile.infinity_share,
            smile_moves: profile.smile_moves.clone(),
            smile_vol_share: profile.smile_vol_share,
            skew: profile.skew,
            curvature: profile.curvature,
            forward: profile.forward,
            forward_per_year: profile.forward_per_year,
            theta_seconds: profile.theta_seconds,
            gamma_vols: profile.gamma_vols.clone(),
            alpha_initial: profile.alpha_initial,
            alpha_maintenance: profile.alpha_maintenance,
            vega_limit: profile.vega_limit.into(),
        }
    }
}

impl From<&Profile> for risk::Profile {
    fn from(profile: &Profile) -> Self {
        let shock = |v: &VolShock| risk::VolShock {
            days: v.days,
            up: v.up,
            down: v.down,
        };
        let tail = |t: &Tail| risk::Tail {
            spot_move: t.spot_move,
            share: t.share,
        };
        Self {
            spot_moves: profile.spot_moves.clone(),
            vol_shocks: profile.vol_shocks.iter().map(shock).collect(),
            tails: profile.tails.iter().map(tail).collect(),
            zero_share: profile.zero_share,
            infinity_share: profile.infinity_share,
            smile_moves: profile.smile_moves.clone(),
            smile_vol_share: profile.smile_vol_share,
            skew: profile.skew,
            curvature: profile.curvature,
            forward: profile.forward,
            forward_per_year: profile.forward_per_year,
            theta_seconds: profile.theta_seconds,
            gamma_vols: profile.gamma_vols.clone(),
            alpha_initial: profile.alpha_initial,
            alpha_maintenance: profile.alpha_maintenance,
            vega_limit: profile.vega_limit.u64(),
        }
    }
}
