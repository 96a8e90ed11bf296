//! Section 1: what the margin of a book is computed from.

use std::collections::BTreeMap;

use super::real::Real;

/// What a leg pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pays {
    /// `max(S - K, 0)`
    Call,
    /// `max(K - S, 0)`
    Put,
    /// payout if `S >= K`
    DigitalCall,
    /// payout if `S < K`
    DigitalPut,
    /// `S - K`
    Future,
}

/// Terms of a market.
#[derive(Clone, Debug)]
pub struct Market<R> {
    /// Underlying that prices it.
    pub underlying: u16,
    /// Settles in the underlying's coin instead of USD.
    pub inverse: bool,
    /// Settlement coin.
    pub coin: u16,
    /// Base units of that coin per quantity unit and 1.0 of price (inverse: per coin).
    pub multiplier: R,
    /// USD.
    pub payout: R,
}

/// A coin.
#[derive(Clone, Debug)]
pub struct Coin<R> {
    /// Number; 0 is the quote coin.
    pub id: u16,
    /// Underlying that prices it; none: worth 1 USD.
    pub feed: Option<u16>,
    /// Base units per coin.
    pub scale: R,
    /// Weight of positive value, units of `2^-16`.
    pub weight: u32,
    /// Loss of positive value off its peg, units of `2^-16`.
    pub depeg: u32,
}

/// A component of a slice.
#[derive(Clone, Copy, Debug)]
pub struct Lognormal<R> {
    /// `w_j`; those of a slice sum to one.
    pub weight: R,
    /// `f_j`, over the expiry's forward. In USD once a pricing has moved it.
    pub forward: R,
    /// `s_j`
    pub total_vol: R,
}

/// A date of the surface.
#[derive(Clone, Debug)]
pub struct Expiry<R> {
    /// Unix minutes.
    pub minutes: u32,
    /// F, USD.
    pub forward: R,
    /// D
    pub discount: R,
    /// Its slice.
    pub components: Vec<Lognormal<R>>,
    /// v, which `surface.md` defines on integers: whole units of `2^-32`.
    pub v: R,
    /// Half width of the vol, units of `2^-16`.
    pub confidence: u32,
}

/// A price in USD with its bounds.
#[derive(Clone, Copy, Debug)]
pub struct Band<R> {
    /// Lowest.
    pub low: R,
    /// Middle, mean or expected price.
    pub mid: R,
    /// Highest.
    pub high: R,
}

/// State of a fixing.
#[derive(Clone, Copy, Debug)]
pub enum Fixing<R> {
    /// The window is open.
    Window {
        /// phi
        passed: R,
        /// l, A and h so far.
        observed: Band<R>,
    },
    /// Expired: possible prices.
    Pending(Band<R>),
    /// The price.
    Final(R),
}

/// A line of the table of vol factors, basis points.
#[derive(Clone, Copy, Debug)]
pub struct VolShock {
    /// To expiry.
    pub days: u64,
    /// Factor up.
    pub up: u64,
    /// Factor down.
    pub down: u64,
}

/// A damped tail.
#[derive(Clone, Copy, Debug)]
pub struct Tail<R> {
    /// Basis points.
    pub spot_move: i64,
    /// Of one.
    pub share: R,
}

/// How far a forward moves against the others, basis points.
#[derive(Clone, Copy, Debug)]
pub struct ForwardMove {
    /// At any time to expiry.
    pub forward: u64,
    /// More for every year to expiry.
    pub forward_per_year: u64,
}

/// The numbers of the set of an underlying; basis points, shares of one.
#[derive(Clone, Debug)]
pub struct Profile<R> {
    /// Ascending.
    pub spot_moves: Vec<i64>,
    /// By days.
    pub vol_shocks: Vec<VolShock>,
    /// Ascending.
    pub tails: Vec<Tail<R>>,
    /// Of the payoff at zero.
    pub zero_share: R,
    /// Of the slope at infinity.
    pub infinity_share: R,
    /// Some of the spot moves.
    pub smile_moves: Vec<i64>,
    /// Of the scan's vol shock, in the smile row.
    pub smile_vol_share: u64,
    /// Exponents 1 +- this.
    pub skew: u64,
    /// Exponents 1 +- this.
    pub curvature: u64,
    /// Forwards against each other.
    pub forwards: ForwardMove,
    /// delta
    pub theta_seconds: u64,
    /// The m of `LastDay`.
    pub gamma_vols: Vec<u64>,
    /// Of the stand-alone margins, at the level asked for.
    pub alpha: R,
}

/// Multipliers of the scan, units of `2^-16`.
#[derive(Clone, Copy, Debug)]
pub struct Regime {
    /// At both levels.
    pub maintenance: i64,
    /// At the initial level.
    pub initial: i64,
}

/// An underlying: its market record and its profile.
#[derive(Clone, Debug)]
pub struct Underlying<R> {
    /// Number.
    pub id: u16,
    /// S is the middle.
    pub spot: Band<R>,
    /// Slow price.
    pub slow: R,
    /// One: nothing is added to the scan.
    pub regime: Regime,
    /// Unix seconds.
    pub published: u64,
    /// Ascending.
    pub expiries: Vec<Expiry<R>>,
    /// By expiry.
    pub fixings: BTreeMap<u32, Fixing<R>>,
    /// The set.
    pub profile: Profile<R>,
}

/// A leg.
#[derive(Clone, Debug)]
pub struct Leg<R> {
    /// Index into [`World::markets`].
    pub market: usize,
    /// Unix minutes.
    pub expiry: u32,
    /// Kind.
    pub pays: Pays,
    /// K, USD.
    pub strike: R,
    /// Signed.
    pub quantity: R,
}

/// Everything but the book.
#[derive(Clone, Debug)]
pub struct World<R> {
    /// Unix seconds.
    pub now: u64,
    /// Initial level, else maintenance.
    pub initial: bool,
    /// Markets.
    pub markets: Vec<Market<R>>,
    /// Coins with the level's weights.
    pub coins: Vec<Coin<R>>,
    /// Underlyings.
    pub underlyings: Vec<Underlying<R>>,
    /// (driver, follower) to beta in units of `2^-16`; absent: one.
    pub betas: BTreeMap<(u16, u16), i64>,
}

impl<R: Real> World<R> {
    pub(super) fn coin(&self, id: u16) -> &Coin<R> {
        let coin = self.coins.iter().find(|coin| coin.id == id);
        coin.expect("a coin of this world")
    }

    /// Base units of the quote coin per USD.
    pub(super) fn quote_scale(&self) -> R {
        let quote = self.coins.iter().find(|coin| coin.id == 0);
        quote.map_or(R::ONE, |coin| coin.scale)
    }
}

/// Cash and legs.
#[derive(Clone, Debug, Default)]
pub struct Book<R> {
    /// Base units per coin.
    pub cash: BTreeMap<u16, R>,
    /// Legs.
    pub legs: Vec<Leg<R>>,
}

impl<R: Real> Book<R> {
    pub(super) fn cash_in(&self, coin: u16) -> R {
        self.cash.get(&coin).copied().unwrap_or(R::ZERO)
    }
}
