//! An independent model of the margin: written from `docs/spec/margin.md`, in floating point, leg by
//! leg without netting, products of choices enumerated. It imports none of the crates it checks.
//!
//! Everything that the page defines on integers (spot factors, vol factors, weights, the nearest
//! counterpart) is taken on the same integers; prices are `f64`. So it agrees with the contracts' margin
//! up to the kernel's error and the final rounding, which the test that uses it bounds by the gross.

mod black;

use std::collections::BTreeMap;

pub use black::{norm_cdf, norm_cdf_table};

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
pub struct Market {
    /// Underlying that prices it.
    pub underlying: u16,
    /// Settles in the underlying's coin instead of USD.
    pub inverse: bool,
    /// Settlement coin.
    pub coin: u16,
    /// Base units of that coin per quantity unit and 1.0 of price (inverse: per coin).
    pub multiplier: f64,
    /// USD.
    pub payout: f64,
}

/// A coin.
#[derive(Clone, Debug)]
pub struct Coin {
    /// Number; 0 is the quote coin.
    pub id: u16,
    /// Underlying that prices it; none: worth 1 USD.
    pub feed: Option<u16>,
    /// Base units per coin.
    pub scale: f64,
    /// Weight of positive value, units of 2^-16.
    pub weight: u32,
    /// Loss of positive value off its peg, units of 2^-16.
    pub depeg: u32,
}

/// A lognormal: weight, relative forward, total vol.
pub type Lognormal = (f64, f64, f64);

/// A slice with its forward and discount.
#[derive(Clone, Debug)]
pub struct Expiry {
    /// Unix minutes.
    pub minutes: u32,
    /// USD.
    pub forward: f64,
    /// Discount factor.
    pub discount: f64,
    /// Components.
    pub parts: Vec<Lognormal>,
    /// Half width of the vol, units of 2^-16.
    pub confidence: u32,
}

/// State of a fixing.
#[derive(Clone, Debug)]
pub enum Fixing {
    /// Share passed; lowest, mean and highest price so far.
    Window(f64, [f64; 3]),
    /// Possible prices, the middle first.
    Pending([f64; 3]),
    /// The price.
    Final(f64),
}

/// Profile numbers, basis points.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Spot moves.
    pub moves: Vec<i64>,
    /// (days, up, down).
    pub vols: Vec<(u64, u64, u64)>,
    /// (move, share).
    pub tails: Vec<(i64, f64)>,
    /// Share of the payoff at zero.
    pub zero: f64,
    /// Share of the slope at infinity.
    pub infinity: f64,
    /// Spot moves of the smile row.
    pub smile_moves: Vec<i64>,
    /// Share of the vol shock there.
    pub smile_share: u64,
    /// Skew and curvature exponents.
    pub skew: u64,
    /// Curvature exponent.
    pub curvature: u64,
    /// Move of a forward against the others, and what a year adds to it.
    pub forward: (u64, u64),
    /// Seconds.
    pub theta: u64,
    /// Multiples of the at-the-money total vol.
    pub gammas: Vec<u64>,
    /// Share of the stand-alone margins.
    pub alpha: f64,
}

/// An underlying.
#[derive(Clone, Debug)]
pub struct Underlying {
    /// Number.
    pub id: u16,
    /// Low, middle, high.
    pub spot: [f64; 3],
    /// Slow price.
    pub slow: f64,
    /// Scan multipliers to add, units of 2^-16 (one: none).
    pub regimes: Vec<i64>,
    /// Unix seconds.
    pub published: u64,
    /// Ascending.
    pub expiries: Vec<Expiry>,
    /// By expiry.
    pub fixings: BTreeMap<u32, Fixing>,
    /// The set.
    pub rules: Rules,
}

/// A leg.
#[derive(Clone, Debug)]
pub struct Position {
    /// Index into [`World::markets`].
    pub market: usize,
    /// Unix minutes.
    pub expiry: u32,
    /// Kind.
    pub pays: Pays,
    /// USD.
    pub strike: f64,
    /// Signed.
    pub quantity: f64,
}

/// Everything.
#[derive(Clone, Debug)]
pub struct World {
    /// Unix seconds.
    pub now: u64,
    /// Initial or maintenance: adds the band and confidence rows.
    pub initial: bool,
    /// Markets.
    pub markets: Vec<Market>,
    /// Coins with the level's weights.
    pub coins: Vec<Coin>,
    /// Underlyings.
    pub underlyings: Vec<Underlying>,
    /// (driver, follower) to beta in units of 2^-16; absent: one.
    pub betas: BTreeMap<(u16, u16), i64>,
}

/// Cash and legs.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// Base units per coin.
    pub cash: BTreeMap<u16, f64>,
    /// Legs.
    pub legs: Vec<Position>,
}

const ONE: i64 = 1 << 32;
const FACTOR: f64 = 16_777_216.0;

/// Totals per coin in quote base units; every alternative of a pricing is one.
type Totals = BTreeMap<u16, f64>;

/// One pricing: row, vol choice, spot factor, and its alternatives.
#[derive(Clone, Debug)]
struct Pricing {
    row: u8,
    vol: u8,
    spot: i64,
    alternatives: Vec<Totals>,
    /// Share of its moves that followers take; for the rest they are at their mark.
    led: f64,
    /// A pin: the two pricings of its set that it lies between, and how far.
    pin: Option<(usize, usize, f64)>,
}

/// Surplus and equity in quote base units, not rounded.
#[derive(Clone, Copy, Debug)]
pub struct Margin {
    /// Lowest weighted value.
    pub surplus: f64,
    /// Value at mark, weights one.
    pub equity: f64,
    /// Driver (0: apart or off peg), row, vol and spot factor of the lowest.
    pub worst: (u16, u8, u8, i64),
}

/// The margin of a book.
pub fn margin(book: &Holdings, world: &World) -> Margin {
    let quote = world
        .coins
        .iter()
        .find(|c| c.id == 0)
        .map_or(1.0, |c| c.scale);
    let mut sets = Vec::new();
    let mut equity = 0.0;
    for underlying in &world.underlyings {
        let mut view = View {
            world,
            underlying,
            book,
            quote,
            slices: Vec::new(),
        };
        view.slices = view
            .dates(true)
            .into_iter()
            .map(|date| (date, view.slice(date)))
            .collect();
        if !view.is_held() {
            continue;
        }
        equity += view.equity();
        sets.push((underlying, view.pricings()));
    }
    let (mut fixed, mut off_peg) = (0.0, 0.0);
    for coin in world.coins.iter().filter(|c| c.feed.is_none()) {
        let value = book.cash.get(&coin.id).copied().unwrap_or(0.0) * quote / coin.scale;
        equity += value;
        fixed += weigh(value, coin, 1.0);
        off_peg += weigh(value, coin, kept(coin));
    }
    let least = |pricing: &Pricing| lowest(&pricing.alternatives, world, |_| 1.0);
    let mut surplus = f64::INFINITY;
    let mut worst = (0, MARK, FLAT, ONE);
    for (driver, own) in &sets {
        let others = sets.iter().filter(|(other, _)| other.id != driver.id);
        let others: Vec<_> = others.collect();
        for pricing in own {
            let total = least(pricing) + followed(world, &others, (driver.id, own), pricing);
            if total < surplus {
                surplus = total;
                worst = (driver.id, pricing.row, pricing.vol, pricing.spot);
            }
        }
    }
    let all: Vec<_> = sets.iter().collect();
    for driver in phantoms(world, &all) {
        for pricing in moves_of_phantom(world, &all, driver) {
            let total = followed(world, &all, (driver, &[]), &pricing);
            if total < surplus {
                surplus = total;
                worst = (driver, pricing.row, pricing.vol, pricing.spot);
            }
        }
    }
    if sets.is_empty() {
        surplus = 0.0;
    }
    if sets.len() > 1 {
        let apart = |(underlying, set): &(&Underlying, Vec<Pricing>)| {
            set.iter()
                .map(|p| {
                    lowest(
                        &mixed(
                            &set[0].alternatives,
                            &p.alternatives,
                            underlying.rules.alpha,
                        ),
                        world,
                        |_| 1.0,
                    )
                })
                .fold(f64::INFINITY, f64::min)
        };
        let total = sets.iter().map(apart).sum();
        if total < surplus {
            surplus = total;
            worst = (0, MARK, FLAT, ONE);
        }
    }
    let pegless: f64 = sets
        .iter()
        .map(|(_, set)| lowest(&set[0].alternatives, world, kept))
        .sum();
    Margin {
        surplus: (surplus + fixed).min(pegless + off_peg),
        equity,
        worst,
    }
}

/// Underlyings that a book holds, and their pricings.
type Sets<'a> = [&'a (&'a Underlying, Vec<Pricing>)];

fn beta(world: &World, driver: u16, follower: u16) -> i64 {
    if driver == follower {
        return 65_536;
    }
    let named = world.betas.get(&(driver, follower));
    named.copied().unwrap_or(65_536)
}

/// What these are worth while a driver is in a pricing.
fn followed(
    world: &World,
    followers: &Sets<'_>,
    (driver, own): (u16, &[Pricing]),
    pricing: &Pricing,
) -> f64 {
    followers
        .iter()
        .map(|(other, set)| {
            let beta = beta(world, driver, other.id);
            let worth = |of: &Pricing| lowest(&of.alternatives, world, |_| 1.0);
            let follows = |at: &Pricing| {
                let moved = worth(counterpart(set, at, beta));
                (1.0 - at.led) * worth(&set[0]) + at.led * moved
            };
            match pricing.pin {
                Some((i, j, t)) => (1.0 - t) * follows(&own[i]) + t * follows(&own[j]),
                None => follows(pricing),
            }
        })
        .sum()
}

/// Every driver that a beta names, and one that none does, leads a book of several underlyings and is worth nothing; what it
/// stands for, if the book holds it, follows like any other.
fn phantoms(world: &World, sets: &Sets<'_>) -> Vec<u16> {
    if sets.len() < 2 {
        return Vec::new();
    }
    let mut drivers: Vec<u16> = world.betas.keys().map(|(driver, _)| *driver).collect();
    drivers.push(u16::MAX);
    drivers.dedup();
    drivers
}

/// A phantom moves by anything, in any row and vol: a follower changes its pricing half way between two of its
/// own moves, so a little to the left and to the right of every half way is enough.
fn moves_of_phantom(world: &World, sets: &Sets<'_>, driver: u16) -> Vec<Pricing> {
    let mut found = Vec::new();
    let mut rows: Vec<(u8, u8)> = Vec::new();
    for (_, set) in sets {
        rows.extend(set.iter().map(|p| (p.row, p.vol)));
    }
    rows.retain(|(row, _)| *row != PIN);
    rows.sort_unstable();
    rows.dedup();
    for (row, vol) in rows {
        let mut spots = vec![ONE / 100, 7 * ONE];
        for (other, set) in sets {
            let beta = beta(world, driver, other.id) as f64 / 65_536.0;
            let of = |row: u8| set.iter().filter(move |p| p.row == row && p.vol == vol);
            let rows = [row, if row == REGIME_INITIAL { REGIME } else { row }, SCAN];
            let Some(row) = rows.into_iter().find(|row| of(*row).count() > 0) else {
                continue;
            };
            let mut own: Vec<i64> = of(row).map(|p| p.spot - ONE).collect();
            own.push(0);
            own.sort_unstable();
            own.dedup();
            for (n, low) in own.iter().enumerate() {
                for high in &own[n + 1..] {
                    let half_way = (low + high) as f64 / 2.0 / beta;
                    let aside = 4.0 + 4.0 / beta.abs();
                    spots.extend([half_way - aside, half_way + aside].map(|x| x as i64 + ONE));
                }
            }
        }
        spots.retain(|spot| (ONE / 100..=7 * ONE).contains(spot));
        spots.sort_unstable();
        spots.dedup();
        found.extend(spots.into_iter().map(|spot| Pricing {
            row,
            vol,
            spot,
            alternatives: Vec::new(),
            led: 1.0,
            pin: None,
        }));
    }
    found
}

fn kept(coin: &Coin) -> f64 {
    1.0 - f64::from(coin.depeg) / 65_536.0
}

/// `g` with the weight cut by `kept`, the product floored to 2^-16 when it is not one.
fn weigh(value: f64, coin: &Coin, kept: f64) -> f64 {
    let weight = (f64::from(coin.weight) * kept).floor() / 65_536.0;
    value.min(value * weight)
}

fn lowest(alternatives: &[Totals], world: &World, kept: impl Fn(&Coin) -> f64) -> f64 {
    let value = |totals: &Totals| -> f64 {
        totals
            .iter()
            .map(|(id, value)| {
                let coin = world.coins.iter().find(|c| c.id == *id).expect("coin");
                weigh(*value, coin, kept(coin))
            })
            .sum()
    };
    alternatives.iter().map(value).fold(f64::INFINITY, f64::min)
}

fn counterpart<'a>(set: &'a [Pricing], pricing: &Pricing, beta: i64) -> &'a Pricing {
    let wanted = ((pricing.spot - ONE) * beta) >> 16;
    let in_row = |row: u8| {
        let alike = || set.iter().filter(|p| p.vol == pricing.vol);
        alike().find(|p| p.row == row)?;
        let unmoved = |p: &Pricing| (p.row == MARK || p.row == SCAN) && p.spot == ONE;
        alike()
            .filter(|p| p.row == row || unmoved(p))
            .min_by_key(|p| ((p.spot - ONE - wanted).abs(), p.row != row, p.spot))
    };
    let row = match pricing.row {
        LAST_DAY => SCAN,
        ZERO | INFINITY if beta <= 0 => return &set[0],
        row => row,
    };
    let calmer = || {
        if row == REGIME_INITIAL {
            in_row(REGIME)
        } else {
            None
        }
    };
    in_row(row)
        .or_else(calmer)
        .or_else(|| in_row(SCAN))
        .unwrap_or(&set[0])
}

/// Every mix of an alternative of `a` with one of `b`.
fn mixed(a: &[Totals], b: &[Totals], share: f64) -> Vec<Totals> {
    let mut all = Vec::new();
    for x in a {
        for y in b {
            all.push(sum(&scale(x, 1.0 - share), &scale(y, share)));
        }
    }
    all
}

fn scale(totals: &Totals, by: f64) -> Totals {
    totals.iter().map(|(k, v)| (*k, v * by)).collect()
}

fn sum(a: &Totals, b: &Totals) -> Totals {
    let mut total = a.clone();
    for (k, v) in b {
        *total.entry(*k).or_insert(0.0) += v;
    }
    total
}

/// Every sum of one of `a` and one of `b`, but those that another undercuts in every coin: weights only grow, so they
/// never are the lowest, whatever is added.
fn product(a: Vec<Totals>, b: &[Totals]) -> Vec<Totals> {
    let mut low: Vec<Totals> = Vec::new();
    for next in a.iter().flat_map(|x| b.iter().map(|y| sum(x, y))) {
        if low.iter().any(|other| undercuts(other, &next)) {
            continue;
        }
        low.retain(|other| !undercuts(&next, other));
        low.push(next);
    }
    low
}

fn undercuts(a: &Totals, b: &Totals) -> bool {
    let of = |totals: &Totals, coin: &u16| totals.get(coin).copied().unwrap_or(0.0);
    let mut coins = a.keys().chain(b.keys());
    coins.all(|coin| of(a, coin) <= of(b, coin))
}

const MARK: u8 = 0;
const SCAN: u8 = 1;
const TAIL: u8 = 2;
const ZERO: u8 = 3;
const INFINITY: u8 = 4;
const SMILE: u8 = 5;
const THETA: u8 = 6;
const LAST_DAY: u8 = 7;
const BAND: u8 = 8;
const CONFIDENCE: u8 = 9;
const REGIME: u8 = 10;
const REGIME_INITIAL: u8 = 11;
const PIN: u8 = 12;

const DOWN: u8 = 0;
const FLAT: u8 = 1;
const UP: u8 = 2;

/// What happens to a slice: how far its forward moves against the others (signed, units of 2^-32), vol factor, exponents,
/// and a lognormal mixed in.
#[derive(Clone, Copy)]
struct Twist {
    forward: i64,
    vol: f64,
    skew: f64,
    curvature: f64,
    mix: Option<Mix>,
}

/// A lognormal mixed in: its weight in units of 2^-16, the logarithm of its forward and its total vol in units of the slice's own.
#[derive(Clone, Copy)]
struct Mix {
    weight: f64,
    place: f64,
    width: f64,
}

const PLAIN: Twist = Twist {
    forward: 0,
    vol: 1.0,
    skew: 1.0,
    curvature: 1.0,
    mix: None,
};

struct View<'a> {
    world: &'a World,
    underlying: &'a Underlying,
    book: &'a Holdings,
    quote: f64,
    /// Live dates with their slices.
    slices: Vec<(u32, Slice)>,
}

impl View<'_> {
    fn is_held(&self) -> bool {
        self.coins()
            .any(|c| self.book.cash.get(&c.id).is_some_and(|v| *v != 0.0))
            || self.legs().next().is_some()
    }

    fn coins(&self) -> impl Iterator<Item = &Coin> {
        let id = self.underlying.id;
        self.world.coins.iter().filter(move |c| c.feed == Some(id))
    }

    fn legs(&self) -> impl Iterator<Item = &Position> {
        let id = self.underlying.id;
        self.book
            .legs
            .iter()
            .filter(move |leg| self.world.markets[leg.market].underlying == id)
    }

    fn dates(&self, live: bool) -> Vec<u32> {
        let mut dates: Vec<u32> = self.legs().map(|leg| leg.expiry).collect();
        dates.sort_unstable();
        dates.dedup();
        dates.retain(|date| self.is_live(*date) == live);
        dates
    }

    fn is_live(&self, date: u32) -> bool {
        let fixed = matches!(self.underlying.fixings.get(&date), Some(Fixing::Final(_)));
        u64::from(date) * 60 > self.world.now && !fixed
    }

    /// Cash at a spot factor.
    fn cash(&self, spot: f64) -> Totals {
        self.coins()
            .map(|coin| {
                let held = self.book.cash.get(&coin.id).copied().unwrap_or(0.0);
                (
                    coin.id,
                    held * self.quote / coin.scale * self.underlying.spot[1] * spot,
                )
            })
            .collect()
    }

    /// Alternatives of expired legs at a spot factor: per expiry one per possible price.
    fn expired(&self, spot: f64) -> Vec<Totals> {
        let mut all = vec![Totals::new()];
        for date in self.dates(false) {
            let prices = self.possible(date);
            let each: Vec<Totals> = prices
                .iter()
                .map(|p| self.settled(date, *p, spot))
                .collect();
            all = product(all, &each);
        }
        all
    }

    /// Prices an expired date is priced at, the mark first: ends and middle of what can still come, and every strike between,
    /// with the prices just beside it.
    fn possible(&self, date: u32) -> Vec<f64> {
        let [mid, low, high] = match self.underlying.fixings.get(&date) {
            Some(Fixing::Final(price)) => return vec![*price],
            Some(Fixing::Pending(hull)) => *hull,
            _ => {
                let [low, mid, high] = self.underlying.spot;
                let slow = self.underlying.slow;
                [mid, low.min(slow), high.max(slow)]
            }
        };
        let mut all = vec![mid, low, high, (low + high) / 2.0];
        let mut strikes: Vec<f64> = self
            .legs()
            .filter(|leg| leg.expiry == date && leg.pays != Pays::Future)
            .map(|leg| leg.strike)
            .collect();
        strikes.sort_by(f64::total_cmp);
        strikes.dedup();
        for strike in strikes {
            let beside = [strike * (1.0 - 1e-15), strike, strike * (1.0 + 1e-15)];
            all.extend(beside.iter().filter(|at| low <= **at && **at <= high));
        }
        all
    }

    fn settled(&self, date: u32, price: f64, spot: f64) -> Totals {
        let mut totals = Totals::new();
        for leg in self.legs().filter(|leg| leg.expiry == date) {
            let market = &self.world.markets[leg.market];
            let units = settled_units(leg, market, price);
            let value = if market.inverse {
                let coin = self
                    .world
                    .coins
                    .iter()
                    .find(|c| c.id == market.coin)
                    .expect("coin");
                units * self.quote / coin.scale * self.underlying.spot[1] * spot
            } else {
                units
            };
            *totals.entry(market.coin).or_insert(0.0) += value * leg.quantity;
        }
        totals
    }

    /// Value of live legs of one expiry: `value` is undiscounted USD per unit, and inverse legs are worth
    /// spot over forward times that.
    fn live(
        &self,
        (date, slice): &(u32, Slice),
        (spot, forward): (f64, f64),
        value: impl Fn(&Position, &Market) -> f64,
    ) -> Totals {
        let mut totals = Totals::new();
        for leg in self.legs().filter(|leg| leg.expiry == *date) {
            let market = &self.world.markets[leg.market];
            let mut per_unit = value(leg, market) * slice.discount * market.multiplier;
            if market.inverse {
                let coin = self
                    .world
                    .coins
                    .iter()
                    .find(|c| c.id == market.coin)
                    .expect("coin");
                // At zero without anything fixed both are zero: the coin keeps its share of the forward.
                let share = match slice.window {
                    None if spot == 0.0 => 1.0 / slice.forward,
                    _ if forward > 0.0 => spot / forward,
                    _ => 0.0,
                };
                per_unit *= self.quote / coin.scale * self.underlying.spot[1] * share;
            }
            *totals.entry(market.coin).or_insert(0.0) += per_unit * leg.quantity;
        }
        totals
    }

    /// Value of live legs of one expiry under a twist and a spot factor.
    fn twisted(&self, live: &(u32, Slice), spot: i64, twist: &Twist) -> Totals {
        let share = (spot * twist.forward.abs()) >> 32;
        let twisted = live
            .1
            .twisted(twist, ratio(spot + share * twist.forward.signum()));
        self.live(live, (ratio(spot), twisted.forward), |leg, market| {
            twisted.price(leg, market)
        })
    }

    fn slice(&self, date: u32) -> Slice {
        let nearest = self
            .underlying
            .expiries
            .iter()
            .min_by_key(|e| e.minutes.abs_diff(date))
            .expect("a slice");
        let published = self.underlying.published;
        let end = u64::from(date) * 60;
        let window = match self.underlying.fixings.get(&date) {
            Some(Fixing::Window(passed, [_, mean, _])) if *passed > 0.0 => {
                Some((*passed, *mean / self.carried(date, nearest).0))
            }
            _ => None,
        };
        let mut variance = self.variance(date) / at_the_money(nearest).powi(2);
        if window.is_some() {
            variance *= (end - self.world.now.max(published)) as f64 / (end - published) as f64;
        }
        let stretch = variance.sqrt();
        let left = end - self.world.now;
        let (down, up) = self.vols(left);
        let rules = &self.underlying.rules;
        let theta = root_floor(left.saturating_sub(rules.theta), left);
        let (forward, discount, off) = self.carried(date, nearest);
        Slice {
            forward,
            discount,
            parts: nearest
                .parts
                .iter()
                .map(|(w, f, s)| (*w, f.powf(stretch), stretch * s))
                .collect(),
            atm: stretch * at_the_money(nearest),
            dispersed: dispersed(nearest),
            window,
            down,
            up,
            theta,
            basis: (basis(rules.forward, left) + (off * ONE as f64) as i64).min(ONE / 4),
            confidence: nearest.confidence,
        }
    }

    /// Forward and discount of a date and what the forward may be off by: its own, or linear in time through those of the surface,
    /// from spot and one at publication; beyond the last that one's, off by what the basis may go on to.
    fn carried(&self, date: u32, nearest: &Expiry) -> (f64, f64, f64) {
        if nearest.minutes == date {
            return (nearest.forward, nearest.discount, 0.0);
        }
        let (published, spot) = (self.underlying.published as f64, self.underlying.spot[1]);
        let mut points = vec![(published, spot, 1.0)];
        let known = self.underlying.expiries.iter();
        points.extend(known.map(|e| (f64::from(e.minutes) * 60.0, e.forward, e.discount)));
        let at = f64::from(date) * 60.0;
        let Some(pair) = points.windows(2).find(|pair| at < pair[1].0) else {
            let (last, forward, discount) = points[points.len() - 1];
            let time = (last - published).max(30.0 * 86_400.0);
            let off = (forward / spot - 1.0).abs() * (at - last) / time;
            return (forward, discount, off);
        };
        let (a, b) = (pair[0], pair[1]);
        let way = (at - a.0) / (b.0 - a.0);
        let forward = a.1 + (b.1 - a.1) * way;
        let discount = a.2 + (b.2 - a.2) * way;
        (forward, discount, (forward / nearest.forward - 1.0).abs())
    }

    /// Total variance of a date: linear in time through the dates of the surface, from zero at publication and on beyond the last.
    fn variance(&self, date: u32) -> f64 {
        let moment =
            |minutes: u32| u64::from(minutes) as f64 * 60.0 - self.underlying.published as f64;
        let known = self.underlying.expiries.iter();
        let mut points = vec![(0.0, 0.0)];
        points.extend(known.map(|e| (moment(e.minutes), at_the_money(e).powi(2))));
        let time = moment(date);
        let last = points[points.len() - 1];
        match points.windows(2).find(|pair| time <= pair[1].0) {
            Some(pair) => {
                let ((t0, v0), (t1, v1)) = (pair[0], pair[1]);
                v0 + (v1 - v0) * (time - t0) / (t1 - t0)
            }
            None => last.1 * time / last.0,
        }
    }

    /// Vol factors down and up, basis points to nearest, then units of 2^-24 rounded down.
    fn vols(&self, left: u64) -> (f64, f64) {
        let table = &self.underlying.rules.vols;
        let before = table.iter().rfind(|row| row.0 * 86_400 <= left);
        let after = table.iter().find(|row| row.0 * 86_400 > left);
        let (up, down) = match (before, after) {
            (Some(a), Some(b)) => {
                let (from, to) = (a.0 * 86_400, b.0 * 86_400);
                let mix = |x: u64, y: u64| {
                    (x * (to - left) + y * (left - from) + (to - from) / 2) / (to - from)
                };
                (mix(a.1, b.1), mix(a.2, b.2))
            }
            (Some(a), None) | (None, Some(a)) => (a.1, a.2),
            (None, None) => (10_000, 10_000),
        };
        (quantised(down), quantised(up))
    }

    /// All alternatives of one shock for every expiry, cash and expired legs included.
    fn shocked(&self, spot: i64, twist: impl Fn(&Slice) -> Twist) -> Vec<Totals> {
        let x = ratio(spot);
        let mut all = vec![self.cash(x)];
        for live in &self.slices {
            let own = self.twisted(live, spot, &twist(&live.1));
            all = product(all, &self.alternatives(live, spot, own));
        }
        product(all, &self.expired(x))
    }

    /// What an expiry is worth, and in its window also what it pays wherever it can still settle.
    fn alternatives(&self, live: &(u32, Slice), spot: i64, own: Totals) -> Vec<Totals> {
        let mut all = vec![own];
        let Some([low, high]) = self.settles_at(live, spot) else {
            return all;
        };
        let mut points = vec![low, high];
        for leg in self.legs().filter(|leg| leg.expiry == live.0) {
            points.extend([leg.strike * (1.0 - 1e-11), leg.strike * (1.0 + 1e-11)]);
        }
        for f in points.into_iter().filter(|f| low <= *f && *f <= high) {
            all.push(self.live(live, (ratio(spot), f), |leg, market| {
                at_expiry(leg, market, f)
            }));
        }
        all
    }

    fn pricings(&self) -> Vec<Pricing> {
        let rules = &self.underlying.rules;
        let mut list = Vec::new();
        let mark = self.shocked(ONE, |_| PLAIN);
        push(&mut list, (MARK, FLAT, ONE), mark.clone());
        for x in &rules.moves {
            self.scan(&mut list, SCAN, moved(*x), 65_536);
        }
        for (x, share) in &rules.tails {
            let spot = moved(*x);
            let far = self.shocked(spot, |_| PLAIN);
            push(&mut list, (TAIL, FLAT, spot), mixed(&mark, &far, *share));
        }
        push(
            &mut list,
            (ZERO, FLAT, ONE),
            mixed(&mark, &self.zero(), rules.zero),
        );
        push(&mut list, (INFINITY, FLAT, ONE), self.infinity(&mark));
        for x in &rules.smile_moves {
            push(&mut list, (SMILE, FLAT, moved(*x)), self.smile(moved(*x)));
        }
        let theta = self.shocked(ONE, |slice| Twist {
            vol: slice.theta,
            ..PLAIN
        });
        push(&mut list, (THETA, FLAT, ONE), theta);
        self.last_day(&mut list);
        self.pins(&mut list);
        for (multiplier, row) in self.underlying.regimes.iter().zip([REGIME, REGIME_INITIAL]) {
            if *multiplier > 65_536 {
                for x in &rules.moves {
                    let wide = (x * multiplier).div_euclid(65_536);
                    self.scan(&mut list, row, moved(wide), *multiplier);
                }
            }
        }
        if self.world.initial {
            self.initial(&mut list);
        }
        list
    }

    fn scan(&self, list: &mut Vec<Pricing>, row: u8, spot: i64, multiplier: i64) {
        for vol in [DOWN, FLAT, UP] {
            if row == SCAN && spot == ONE && vol == FLAT {
                continue;
            }
            let found = self.shocked(spot, |slice| Twist {
                vol: widened(slice.factor(vol), multiplier),
                ..PLAIN
            });
            push(list, (row, vol, spot), found);
        }
    }

    fn last_day(&self, list: &mut Vec<Pricing>) {
        let rules = &self.underlying.rules;
        let limit = moved(*rules.moves.last().unwrap_or(&0)) - ONE;
        let gaps = rules
            .moves
            .windows(2)
            .map(|pair| moved(pair[1]) - moved(pair[0]));
        let gap = gaps.max().unwrap_or(0);
        let mark = list[0].alternatives.clone();
        let live = self
            .underlying
            .expiries
            .iter()
            .filter(|e| u64::from(e.minutes) * 60 > self.world.now);
        for expiry in live {
            let v = (black::at_the_money(&expiry.parts) * ONE as f64).floor() as i64;
            let led = ((3 * gap - 2 * v).max(0) * 10_000 / gap).min(10_000);
            for multiple in &rules.gammas {
                let size = (v * (*multiple as i64) / 10_000).min(limit);
                if size == 0 || led == 0 {
                    continue;
                }
                for spot in [ONE - size, ONE + size] {
                    for vol in [DOWN, FLAT] {
                        let found = self.shocked(spot, |slice| Twist {
                            vol: slice.factor(vol),
                            ..PLAIN
                        });
                        let led = led as f64 / 10_000.0;
                        push(list, (LAST_DAY, vol, spot), mixed(&mark, &found, led));
                        list.last_mut().expect("pushed").led = led;
                    }
                }
            }
        }
    }

    /// Every expiry of the day settles somewhere between two moves of the scan.
    fn pins(&self, list: &mut Vec<Pricing>) {
        let day = self.underlying.rules.theta;
        let mut moves: Vec<usize> = (0..list.len())
            .filter(|at| (list[*at].row == MARK || list[*at].row == SCAN) && list[*at].vol == FLAT)
            .collect();
        moves.sort_by_key(|at| list[*at].spot);
        for live in &self.slices {
            let left = u64::from(live.0) * 60 - self.world.now;
            if left >= day {
                continue;
            }
            let weight = (20_000 * (day - left) / day).min(10_000) as f64 / 10_000.0;
            for beside in moves.windows(2) {
                let ends = [beside[0], beside[1]];
                let spots = ends.map(|end| list[end].spot);
                for (t, spot, alternatives) in self.cell(live, spots, weight) {
                    push(list, (PIN, FLAT, spot), alternatives);
                    let last = list.len() - 1;
                    list[last].pin = Some((ends[0], ends[1], t));
                }
            }
        }
    }

    /// Everything but one expiry at a move.
    fn but(&self, date: u32, spot: i64) -> Vec<Totals> {
        let mut all = vec![self.cash(ratio(spot))];
        for live in self.slices.iter().filter(|live| live.0 != date) {
            let own = self.twisted(live, spot, &PLAIN);
            all = product(all, &self.alternatives(live, spot, own));
        }
        product(all, &self.expired(ratio(spot)))
    }

    /// In the window, at one move: what was observed, and the date's forward while any is to come, moved as the estimate is.
    fn settles_at(&self, live: &(u32, Slice), spot: i64) -> Option<[f64; 2]> {
        let Some(Fixing::Window(passed, [mut low, _, mut high])) =
            self.underlying.fixings.get(&live.0).cloned()
        else {
            return None;
        };
        live.1.window?;
        if passed < 1.0 {
            (low, high) = (low.min(live.1.forward), high.max(live.1.forward));
        }
        let at = |spot: i64| live.1.twisted(&PLAIN, ratio(spot)).forward;
        let moved = at(spot) - at(ONE);
        let range = [(low + moved).max(live.1.forward / 256.0), high + moved];
        (range[0] < range[1]).then_some(range)
    }

    /// Between two moves: at both ends, at every strike, and just below it.
    fn cell(
        &self,
        live: &(u32, Slice),
        spots: [i64; 2],
        weight: f64,
    ) -> Vec<(f64, i64, Vec<Totals>)> {
        let [x, y] = spots.map(ratio);
        let [low, high] = spots.map(|end| live.1.twisted(&PLAIN, ratio(end)).forward);
        // What a coin is worth over the settlement price, linear between the moves once the window is open.
        let rates = live.1.window.map(|_| (x / low, y / high));
        let mut points = vec![low, high];
        for leg in self.legs().filter(|leg| leg.expiry == live.0) {
            let mut at = leg.strike;
            if let (Some((p, q)), true) = (rates, self.world.markets[leg.market].inverse) {
                // Where spot over the rate is the strike.
                at = low + (high - low) * (leg.strike * p - x) / ((y - x) - leg.strike * (q - p));
            }
            points.extend([at * (1.0 - 1e-11), at * (1.0 + 1e-11)]);
        }
        let inside = points.into_iter().filter(|f| low <= *f && *f <= high);
        let own = spots.map(|end| self.twisted(live, end, &PLAIN));
        let rest = spots.map(|end| self.but(live.0, end));
        let pin = |f: f64| {
            let t = (f - low) / (high - low);
            let legs = sum(&scale(&own[0], 1.0 - t), &scale(&own[1], t));
            let spot = x + (y - x) * t;
            let settles = rates.map_or(f, |(p, q)| spot / (p + (q - p) * t));
            let mut payoff = self.live(live, (spot, settles), |leg, market| {
                at_expiry(leg, market, settles)
            });
            let linear = self.live(live, (spot, f), |leg, market| at_expiry(leg, market, f));
            payoff.extend(linear.get(&0).map(|value| (0, *value)));
            let pinned = sum(&scale(&legs, 1.0 - weight), &scale(&payoff, weight));
            let between = mixed(&rest[0], &rest[1], t);
            let all = between.iter().map(|totals| sum(totals, &pinned)).collect();
            let spot = spots[0] + ((spots[1] - spots[0]) as f64 * t).floor() as i64;
            (t, spot, all)
        };
        inside.filter(|_| high > low).map(pin).collect()
    }

    fn initial(&self, list: &mut Vec<Pricing>) {
        let moves = &self.underlying.rules.moves;
        let [low, mid, high] = self.underlying.spot;
        let half = ((high - low) / mid * ONE as f64 / 2.0).floor() as i64;
        let half = half.min(ONE);
        for spot in [moved(moves[0]) - half, moved(moves[moves.len() - 1]) + half] {
            for vol in [DOWN, FLAT, UP] {
                let found = self.shocked(spot, |slice| Twist {
                    vol: slice.factor(vol),
                    ..PLAIN
                });
                push(list, (BAND, vol, spot), found);
            }
        }
        for vol in [DOWN, UP] {
            let found = self.shocked(ONE, |slice| Twist {
                vol: slice.confident(vol),
                ..PLAIN
            });
            push(list, (CONFIDENCE, vol, ONE), found);
        }
    }

    fn zero(&self) -> Vec<Totals> {
        let mut all = vec![self.cash(0.0)];
        for live in &self.slices {
            let fixed = live.1.window.map_or(0.0, |(passed, mean)| passed * mean) * live.1.forward;
            let own = self.live(live, (0.0, fixed), |leg, market| {
                at_expiry(leg, market, fixed)
            });
            all = product(all, &self.alternatives(live, 0, own));
        }
        product(all, &self.expired(0.0))
    }

    fn infinity(&self, mark: &[Totals]) -> Vec<Totals> {
        let mut slope = self.cash(1.0);
        for live in &self.slices {
            let forward = live.1.forward;
            let moving = live.1.window.map_or(1.0, |(passed, _)| 1.0 - passed);
            // In the window too a coin is counted by the unmoved forward here.
            let part = self.live(live, (1.0, forward), |leg, _| {
                let rises = matches!(leg.pays, Pays::Call | Pays::Future);
                if rises { forward * moving } else { 0.0 }
            });
            slope = sum(&slope, &part);
        }
        let share = self.underlying.rules.infinity;
        mark.iter().map(|m| sum(m, &scale(&slope, share))).collect()
    }

    fn smile(&self, spot: i64) -> Vec<Totals> {
        let x = ratio(spot);
        let mut all = product(vec![self.cash(x)], &self.expired(x));
        for live in &self.slices {
            let twists = self.twists(&live.1);
            let mut each: Vec<Totals> = twists
                .iter()
                .map(|twist| self.twisted(live, spot, twist))
                .collect();
            let mark = each[0].clone();
            each.extend(self.alternatives(live, spot, mark));
            all = product(all, &each);
        }
        all
    }

    fn twists(&self, slice: &Slice) -> Vec<Twist> {
        let rules = &self.underlying.rules;
        let share = |factor: f64| {
            let distance = ((factor - 1.0).abs() * FACTOR * rules.smile_share as f64 / 10_000.0)
                .floor()
                / FACTOR;
            1.0 + distance.copysign(factor - 1.0)
        };
        let (a, b) = (quantised(rules.skew), quantised(rules.curvature));
        let mixed = |mix| Twist {
            mix: Some(mix),
            ..PLAIN
        };
        let skewed = |power: f64, place: f64| {
            if slice.dispersed {
                Twist {
                    skew: power,
                    ..PLAIN
                }
            } else {
                mixed(Mix {
                    weight: 1_311.0,
                    place,
                    width: 1.0,
                })
            }
        };
        let bumps = (-3..=3).map(|k| {
            let place = f64::from(k);
            let thinner = (place.max(0.0) * slice.atm).exp();
            mixed(Mix {
                weight: (3_277.0 / thinner).floor(),
                place,
                width: 0.5,
            })
        });
        let own = [
            PLAIN,
            Twist {
                vol: share(slice.up),
                ..PLAIN
            },
            Twist {
                vol: share(slice.down),
                ..PLAIN
            },
            skewed(1.0 + a, 1.5),
            skewed(1.0 - a, -1.5),
            Twist {
                curvature: 1.0 + b,
                ..PLAIN
            },
            Twist {
                curvature: 1.0 - b,
                ..PLAIN
            },
            Twist {
                forward: slice.basis,
                ..PLAIN
            },
            Twist {
                forward: -slice.basis,
                ..PLAIN
            },
        ];
        own.into_iter().chain(bumps).collect()
    }

    fn equity(&self) -> f64 {
        let mut live = self.cash(1.0);
        for part in &self.slices {
            live = sum(&live, &self.twisted(part, ONE, &PLAIN));
        }
        let mut equity: f64 = live.values().sum();
        for date in self.dates(false) {
            equity += self
                .settled(date, self.possible(date)[0], 1.0)
                .values()
                .sum::<f64>();
        }
        equity
    }
}

fn push(list: &mut Vec<Pricing>, (row, vol, spot): (u8, u8, i64), alternatives: Vec<Totals>) {
    list.push(Pricing {
        row,
        vol,
        spot,
        alternatives,
        led: 1.0,
        pin: None,
    });
}

/// `floor(2^32 (1 + x))` between 1/100 and 7.
fn moved(bps: i64) -> i64 {
    ((10_000 + bps).max(0) * ONE / 10_000).clamp(ONE / 100, 7 * ONE)
}

fn ratio(spot: i64) -> f64 {
    spot as f64 / ONE as f64
}

fn quantised(bps: u64) -> f64 {
    (bps as f64 * FACTOR / 10_000.0).floor() / FACTOR
}

fn at_the_money(expiry: &Expiry) -> f64 {
    black::at_the_money(&expiry.parts)
}

fn dispersed(expiry: &Expiry) -> bool {
    let forwards = || expiry.parts.iter().map(|p| p.1);
    let spread = forwards().fold(0.0, f64::max) - forwards().fold(9.0, f64::min);
    spread >= at_the_money(expiry) / 4.0
}

/// `sqrt(a / b)` in units of 2^-24, rounded down.
fn root_floor(a: u64, b: u64) -> f64 {
    ((a as f64 / b as f64).sqrt() * FACTOR).floor() / FACTOR
}

/// `at + per_year T` of basis points, each rounded down to 2^-32, a quarter at most.
fn basis((at, per_year): (u64, u64), left: u64) -> i64 {
    let bits = |bps: u64| bps * ONE as u64 / 10_000;
    let year = u128::from(bits(per_year)) * u128::from(left) / 31_536_000;
    (i128::from(bits(at)) + year as i128).min(i128::from(ONE / 4)) as i64
}

/// A vol factor at a multiple of its distance from one.
fn widened(factor: f64, multiplier: i64) -> f64 {
    if multiplier == 65_536 {
        return factor;
    }
    let distance = ((factor - 1.0).abs() * FACTOR * multiplier as f64 / 65_536.0).floor() / FACTOR;
    (1.0 + distance.copysign(factor - 1.0)).max((factor * FACTOR / 10.0).floor() / FACTOR)
}

/// What settlement pays per quantity unit, whole base units: the price is rounded down once (linear), the
/// strike over the price rounded up (inverse).
fn settled_units(leg: &Position, market: &Market, price: f64) -> f64 {
    let m = market.multiplier;
    let (above, payout) = if market.inverse {
        (
            m - (leg.strike * m / price).ceil(),
            (market.payout * m / price).floor(),
        )
    } else {
        (
            (price * m).floor() - leg.strike * m,
            (market.payout * m).floor(),
        )
    };
    let reached = if market.inverse {
        price >= leg.strike
    } else {
        above >= 0.0
    };
    match leg.pays {
        Pays::Call => above.max(0.0),
        Pays::Put => (-above).max(0.0),
        Pays::DigitalCall => {
            if reached {
                payout
            } else {
                0.0
            }
        }
        Pays::DigitalPut => {
            if reached {
                0.0
            } else {
                payout
            }
        }
        Pays::Future => above,
    }
}

fn at_expiry(leg: &Position, market: &Market, price: f64) -> f64 {
    match leg.pays {
        Pays::Call => (price - leg.strike).max(0.0),
        Pays::Put => (leg.strike - price).max(0.0),
        Pays::DigitalCall if price >= leg.strike => market.payout,
        Pays::DigitalPut if price < leg.strike => market.payout,
        Pays::DigitalCall | Pays::DigitalPut => 0.0,
        Pays::Future => price - leg.strike,
    }
}

struct Slice {
    forward: f64,
    discount: f64,
    parts: Vec<Lognormal>,
    atm: f64,
    /// Whether the published forwards differ enough for a skew power to act.
    dispersed: bool,
    window: Option<(f64, f64)>,
    down: f64,
    up: f64,
    theta: f64,
    /// How far the forward moves against the others, units of 2^-32.
    basis: i64,
    confidence: u32,
}

/// Lognormals in USD: weight, forward, total vol.
struct Twisted {
    parts: Vec<Lognormal>,
    forward: f64,
}

impl Slice {
    fn factor(&self, vol: u8) -> f64 {
        match vol {
            DOWN => self.down,
            FLAT => 1.0,
            _ => self.up,
        }
    }

    fn confident(&self, vol: u8) -> f64 {
        let half = f64::from(self.confidence.min(65_536)) / 65_536.0;
        let factor = self.factor(vol);
        let other = if vol == DOWN { 1.0 - half } else { 1.0 + half };
        (factor * other * FACTOR).floor() / FACTOR
    }

    /// The slice under a twist and a spot factor, the window applied.
    fn twisted(&self, twist: &Twist, spot: f64) -> Twisted {
        let c = twist.vol;
        let mean = self.parts.iter().map(|p| p.0 * p.2).sum::<f64>();
        let mut parts: Vec<Lognormal> = self
            .parts
            .iter()
            .map(|(w, f, s)| {
                let bent = s * (s / mean).powf(twist.curvature - 1.0);
                (*w, f.powf(twist.skew * c), c * bent)
            })
            .collect();
        if let Some(mix) = twist.mix {
            let mut taken = 0.0;
            for part in &mut parts {
                let off = (part.0 * mix.weight).floor() / 65_536.0;
                taken += off;
                part.0 -= off;
            }
            let v = self.atm * c;
            if taken > 0.0 {
                parts.push((taken, (mix.place * v).exp(), mix.width * v));
            }
        }
        let sum: f64 = parts.iter().map(|(w, f, _)| w * f).sum();
        let (passed, mean) = self.window.unwrap_or((0.0, 0.0));
        let live = (1.0 - passed) * spot;
        for part in &mut parts {
            let moving = live * part.1 / sum;
            let whole = passed * mean + moving;
            part.2 *= moving / whole;
            part.1 = whole * self.forward;
        }
        let forward = (passed * mean + live) * self.forward;
        Twisted { parts, forward }
    }
}

impl Twisted {
    fn price(&self, leg: &Position, market: &Market) -> f64 {
        let expected = |value: fn(f64, f64, f64) -> f64| -> f64 {
            self.parts
                .iter()
                .map(|(w, f, s)| w * value(*f, leg.strike, *s))
                .sum()
        };
        match leg.pays {
            Pays::Call => expected(black::call),
            Pays::Put => expected(black::put),
            Pays::DigitalCall => market.payout * expected(black::above),
            Pays::DigitalPut => market.payout * (1.0 - expected(black::above)),
            Pays::Future => self.forward - leg.strike,
        }
    }
}
