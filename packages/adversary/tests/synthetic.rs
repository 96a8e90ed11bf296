//! The search on a seeded synthetic chain: the scenario set stays within its budgets, and a set with rows taken out
//! does not.

use adversary::{Notional, PricingSet, Worst, marks};
use calibrate::{Lognormal, Mixture, round_mixture};
use fixed_math::Fx;
use risk::{
    Band, Beta, Book, Coin, Context, ExpiryState, Feed, Kind, Leg, Level, MAX_LEGS, MarketTerms,
    Profile, QUOTE_COIN, Regime, SeriesKey, Style, Underlying, UnderlyingState, WEIGHT_ONE, assess,
    default_profile,
};

const NOW: u64 = 1_795_000_000;
const SPOT: f64 = 87_654.25;
/// Vol of the chain.
const VOL: f64 = 0.5;
/// Days to the expiries.
const DAYS: [u32; 4] = [1, 7, 35, 180];
/// Quote base units of one quantity unit per USD of price.
const MULTIPLIER: u64 = 10_000;
const NOTIONAL: Notional = Notional(SPOT * MULTIPLIER as f64);

/// A move of the chain: relative spot move, days that pass, and a vol factor per expiry.
#[derive(Clone, Debug)]
struct Move {
    spot: f64,
    days: f64,
    vols: [f64; 4],
}

const STILL: Move = Move {
    spot: 0.0,
    days: 0.0,
    vols: [1.0; 4],
};

struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal: the sum of twelve uniforms.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// Seeded six-hour moves: spot at the chain's vol with every fourth one doubled, vols falling and rising with it,
/// near ones more, each expiry with noise of its own.
fn six_hours() -> Vec<Move> {
    let mut dice = Dice(2_026);
    (0..24)
        .map(|index| {
            let fat = if index % 4 == 0 { 2.0 } else { 1.0 };
            let spot = fat * dice.normal() * VOL * (0.25_f64 / 365.0).sqrt();
            let common = 0.02 * fat * dice.normal() - 0.8 * spot;
            let vols = DAYS.map(|days| {
                let near = (30.0 / f64::from(days)).powf(0.3);
                (near * common + 0.008 * near * dice.normal()).exp()
            });
            Move {
                spot,
                days: 0.25,
                vols,
            }
        })
        .collect()
}

/// One expiry's vol by 15 % either way.
fn single_vols() -> Vec<Move> {
    let one = |index: usize, factor: f64| {
        let mut vols = [1.0; 4];
        vols[index] = factor;
        Move { vols, ..STILL }
    };
    (0..4).flat_map(|i| [one(i, 1.15), one(i, 0.85)]).collect()
}

/// Neighbouring expiries +10 % and -10 %.
fn neighbours() -> Vec<Move> {
    let pair = |index: usize, by: f64| {
        let mut vols = [1.0; 4];
        (vols[index], vols[index + 1]) = (1.0 + by, 1.0 - by);
        Move { vols, ..STILL }
    };
    (0..3).flat_map(|i| [pair(i, 0.1), pair(i, -0.1)]).collect()
}

fn expiry(days: u32) -> u32 {
    (NOW / 60) as u32 + days * 1_440
}

/// Three lognormals, the lowest heavy and wide: a skewed smile.
fn expiry_state(days: u32, moved: &Move, factor: f64) -> ExpiryState {
    let left = 1.0 - moved.days / f64::from(days);
    let v = VOL * factor * (f64::from(days) / 365.0 * left).sqrt();
    let shape = [(0.125, -1.2, 1.5), (0.625, -0.05, 0.8), (0.25, 0.2, 0.9)];
    let parts = shape.map(|(weight, x, width): (f64, f64, f64)| Lognormal {
        weight,
        forward: (x * v).exp(),
        total_vol: width * v,
    });
    let mixture = Mixture {
        parts: parts.to_vec(),
    };
    // Scaling by one makes the mean one.
    let integers = round_mixture(&mixture.shrunk(1.0)).unwrap();
    ExpiryState {
        expiry: expiry(days),
        forward: Fx::from_num(SPOT * (1.0 + moved.spot) * (1.0 + 0.0001 * f64::from(days))),
        discount: Fx::ONE,
        slice: integers.accept().unwrap(),
        confidence: 0,
    }
}

fn chain(moved: &Move, profile: Profile) -> Context {
    let spot = Fx::from_num(SPOT * (1.0 + moved.spot));
    let expiries = DAYS.iter().zip(moved.vols);
    let state = UnderlyingState {
        underlying: 1,
        sequence: 1,
        publish_time: NOW,
        live_since: 0,
        spot: Band {
            low: spot,
            mid: spot,
            high: spot,
        },
        slow: spot,
        regime: Regime::CALM,
        expiries: expiries
            .map(|(days, vol)| expiry_state(*days, moved, vol))
            .collect(),
        fixings: Vec::new(),
    };
    let market = MarketTerms {
        id: 1,
        underlying: 1,
        settle_coin: QUOTE_COIN,
        style: Style::Linear,
        multiplier: MULTIPLIER,
        tick_value: MULTIPLIER,
        strike_step: Fx::from_num(1_000),
        digital_payout: Fx::from_num(1_000),
    };
    Context {
        now: NOW,
        markets: vec![market],
        coins: vec![Coin {
            id: QUOTE_COIN,
            feed: Feed::Quote,
            scale: 1_000_000,
            weight_initial: WEIGHT_ONE,
            weight_maintenance: WEIGHT_ONE,
            depeg: 0,
        }],
        underlyings: vec![Underlying { state, profile }],
        beta: Beta::default(),
    }
}

fn series() -> Vec<SeriesKey> {
    let mut list = Vec::new();
    for days in DAYS {
        let v = VOL * (f64::from(days) / 365.0).sqrt();
        let key = |strike: u32, kind: Kind| SeriesKey {
            market: 1,
            expiry: expiry(days),
            strike,
            kind,
        };
        for z in [-2.5, -1.75, -1.0, -0.5, 0.0, 0.5, 1.0, 1.75, 2.5_f64] {
            list.push(key(
                (SPOT / 1_000.0 * (z * v).exp()).round() as u32,
                Kind::Call,
            ));
        }
        list.push(key(88, Kind::Future));
    }
    list
}

fn set(profile: Profile) -> PricingSet {
    PricingSet::new(
        &series(),
        &chain(&STILL, profile),
        Level::Maintenance,
        NOTIONAL,
    )
    .unwrap()
}

fn worst(set: &PricingSet, moved: &Move, margin: f64) -> Worst {
    let after = marks(set, &chain(moved, default_profile()), NOTIONAL).unwrap();
    set.worst(&after, margin).unwrap()
}

/// The largest loss over moves, basis points of gross.
fn largest(set: &PricingSet, moves: &[Move], margin: f64) -> f64 {
    let losses = moves.iter().map(|moved| worst(set, moved, margin).loss);
    losses.fold(0.0, f64::max)
}

/// Budgets: 5 bp of gross without margin; 1.5 times a margin of 1 %, 3 times one of 0.2 %.
#[test]
fn an_optimiser_stays_within_the_budgets() {
    let set = set(default_profile());
    for (name, moves) in [
        ("six hours", six_hours()),
        ("one vol", single_vols()),
        ("neighbours", neighbours()),
    ] {
        let none = largest(&set, &moves, 0.0);
        let one = largest(&set, &moves, 100.0) / 100.0;
        let small = largest(&set, &moves, 20.0) / 20.0;
        println!("{name}: {none:.2} bp at no margin, {one:.2} x at 1 %, {small:.2} x at 0.2 %");
        assert!(
            none <= 5.0 && one <= 1.5 && small <= 3.0,
            "{name}: {none} {one} {small}"
        );
    }
}

/// The search does find holes: without the smile rows a calendar spread is nearly free.
#[test]
fn a_set_without_the_smile_breaks_them() {
    let blind = Profile {
        smile_moves: Vec::new(),
        ..default_profile()
    };
    let loss = largest(&set(blind), &neighbours(), 0.0);
    println!("neighbours, no smile rows: {loss:.1} bp at no margin");
    assert!(loss > 20.0, "{loss}");
}

/// What the program says of the book it found is what the margin itself and the marks say. The margin, basis points of gross.
fn agreed_margin(set: &PricingSet, moved: &Move, chain: impl Fn(&Move) -> Context) -> f64 {
    let gross = 1e7;
    let unit = NOTIONAL.0 * gross / 10_000.0;
    let after = marks(set, &chain(moved), NOTIONAL).unwrap();
    let found = set.worst(&after, 20.0).unwrap();
    let leg = |(key, held): &(SeriesKey, f64)| Leg {
        key: *key,
        quantity: (held * gross).round() as i64,
    };
    let book = Book {
        cash: Vec::new(),
        legs: found.book.iter().map(leg).collect(),
    };
    let assess = |context| assess(&book, &context, Level::Maintenance).unwrap();
    let (before, after) = (assess(chain(&STILL)), assess(chain(moved)));
    let loss = (before.equity - after.equity) as f64 / unit;
    assert!(
        (loss - found.loss).abs() < 0.01,
        "{loss} and {}",
        found.loss
    );
    let margin = before.margin as f64 / unit;
    assert!(margin <= 20.01, "{margin}");
    margin
}

#[test]
fn the_book_found_has_that_margin_and_that_loss() {
    let set = set(default_profile());
    let moves = [single_vols(), neighbours()].concat();
    let margins = moves
        .iter()
        .map(|moved| agreed_margin(&set, moved, |moved| chain(moved, default_profile())));
    // Margin is what stops the adversary.
    assert!(margins.fold(0.0, f64::max) > 19.9);
}

/// More series than an account may hold, the first date to be pinned: the pins are among the pricings of all.
#[test]
fn the_book_found_among_many_series_has_that_margin_and_that_loss() {
    let late = |moved: &Move| Context {
        now: NOW + 43_200,
        ..chain(moved, default_profile())
    };
    let key = |days: u32, strike: u32, kind: Kind| SeriesKey {
        market: 1,
        expiry: expiry(days),
        strike,
        kind,
    };
    let strikes = |days| (70..106).map(move |strike| key(days, strike, Kind::Call));
    let options = DAYS.into_iter().flat_map(strikes);
    let futures = DAYS.map(|days| key(days, 88, Kind::Future));
    let series: Vec<SeriesKey> = options.chain(futures).collect();
    assert!(series.len() > MAX_LEGS);
    let set = PricingSet::new(&series, &late(&STILL), Level::Maintenance, NOTIONAL).unwrap();
    let margins = six_hours()
        .into_iter()
        .map(|moved| agreed_margin(&set, &moved, late));
    assert!(margins.fold(0.0, f64::max) > 19.9);
}
