//! A small market to price books in, and random books over it.
#![allow(dead_code)]

use fixed_math::Fx;
use pricing::slice::{Component, Slice};
use proptest::prelude::*;
use risk::{
    Band, Beta, Book, Coin, Context, ExpiryState, Feed, FixingStage, FixingState, Kind, Leg,
    MarketTerms, Regime, SeriesKey, Style, Underlying, UnderlyingState, WEIGHT_ONE,
    default_profile,
};

pub const NOW: u64 = 1_795_000_000;
pub const BTC: u16 = 1;
pub const ETH: u16 = 2;
pub const SOL: u16 = 3;
/// Linear BTC, inverse BTC, linear ETH, linear SOL.
pub const LINEAR: u16 = 10;
pub const INVERSE: u16 = 11;
pub const ETH_LINEAR: u16 = 20;
pub const SOL_LINEAR: u16 = 30;
/// Days to the four expiries.
pub const DAYS: [u32; 4] = [1, 7, 35, 180];

pub fn expiry(days: u32) -> u32 {
    (NOW / 60) as u32 + days * 1_440
}

/// A slice of one, two or three lognormals with annual vol near `vol` over `days`.
pub fn slice(days: u32, vol: f64, parts: usize) -> Slice {
    let v = vol * (f64::from(days) / 365.0).sqrt();
    let one = 4_294_967_296.0;
    let component = |weight: u32, f: f64, s: f64| Component {
        weight,
        forward: (f * one) as u64,
        total_vol: (s * one) as u64,
    };
    let mut list = match parts {
        1 => vec![component(65_536, 1.0, v)],
        2 => vec![
            component(16_384, (-0.8 * v).exp(), 1.3 * v),
            component(49_152, 1.0, 0.8 * v),
        ],
        _ => vec![
            component(8_192, (-1.2 * v).exp(), 1.5 * v),
            component(40_960, (-0.05 * v).exp(), 0.8 * v),
            component(16_384, 1.0, 0.9 * v),
        ],
    };
    // The last component takes what makes the forwards sum exactly.
    let last = list.len() - 1;
    let rest: u64 = list[..last]
        .iter()
        .map(|c| u64::from(c.weight) * c.forward)
        .sum();
    let open = (1_u64 << 48) - rest;
    let weight = u64::from(list[last].weight);
    list[last].forward = open / weight;
    // Whatever is left goes to the first by single units of a component whose weight divides it.
    let left = open % weight;
    if left > 0 {
        list[last].forward += 1;
        let over = weight - left;
        let first = u64::from(list[0].weight);
        assert_eq!(over % first, 0);
        list[0].forward -= over / first;
    }
    list.sort_by_key(|c| c.forward);
    Slice::new(list).unwrap()
}

pub fn state(underlying: u16, spot: f64, vol: f64, parts: usize) -> UnderlyingState {
    let price = Fx::from_num(spot);
    UnderlyingState {
        underlying,
        sequence: 7,
        publish_time: NOW - 20,
        live_since: NOW - 86_400,
        spot: Band {
            low: price * Fx::from_num(0.9995),
            mid: price,
            high: price * Fx::from_num(1.0005),
        },
        slow: price,
        regime: Regime::CALM,
        expiries: DAYS
            .iter()
            .map(|days| ExpiryState {
                expiry: expiry(*days),
                forward: Fx::from_num(spot * (1.0 + 0.0001 * f64::from(*days))),
                discount: Fx::ONE - Fx::from_bits((i128::from(*days) * 200_000) << 32),
                slice: slice(*days, vol, parts),
                confidence: 655,
            })
            .collect(),
        fixings: Vec::new(),
    }
}

pub fn market(id: u16) -> MarketTerms {
    let linear = MarketTerms {
        id,
        underlying: BTC,
        settle_coin: 0,
        style: Style::Linear,
        multiplier: 10_000,
        tick_value: 10_000,
        strike_step: Fx::from_num(1_000),
        digital_payout: Fx::from_num(1_000),
    };
    match id {
        LINEAR => linear,
        INVERSE => MarketTerms {
            settle_coin: 1,
            style: Style::Inverse,
            multiplier: 1_000_000,
            tick_value: 100,
            ..linear
        },
        ETH_LINEAR => MarketTerms {
            underlying: ETH,
            multiplier: 100_000,
            strike_step: Fx::from_num(50),
            digital_payout: Fx::from_num(100),
            ..linear
        },
        _ => MarketTerms {
            underlying: SOL,
            multiplier: 1_000_000,
            strike_step: Fx::from_num(3),
            digital_payout: Fx::from_num(10),
            ..linear
        },
    }
}

pub fn coins() -> Vec<Coin> {
    let coin = |id, feed, scale, weight_initial, weight_maintenance, depeg| Coin {
        id,
        feed,
        scale,
        weight_initial,
        weight_maintenance,
        depeg,
    };
    vec![
        coin(0, Feed::Quote, 1_000_000, WEIGHT_ONE, WEIGHT_ONE, 0),
        coin(1, Feed::Underlying(BTC), 100_000_000, 58_982, 62_259, 0),
        coin(
            2,
            Feed::Underlying(ETH),
            1_000_000_000_000_000_000,
            55_705,
            60_293,
            0,
        ),
        coin(3, Feed::Quote, 1_000_000, 62_259, 64_225, 6_553),
    ]
}

pub fn context_with(parts: usize) -> Context {
    let underlying = |state| Underlying {
        state,
        profile: default_profile(),
    };
    Context {
        now: NOW,
        markets: vec![market(LINEAR), market(INVERSE), market(ETH_LINEAR)],
        coins: coins(),
        underlyings: vec![
            underlying(state(BTC, 87_654.25, 0.5, parts)),
            underlying(state(ETH, 2_987.5, 0.7, parts)),
        ],
        beta: Beta::default(),
    }
}

pub fn context() -> Context {
    context_with(3)
}

/// BTC on a whole minute: spot and forwards 100,000, no discount, one lognormal a date (days to expiry, total vol).
pub fn lognormals(dates: &[(u32, f64)]) -> Context {
    let mut context = context();
    context.now -= context.now % 60;
    let price = Fx::from_num(100_000);
    let state = &mut context.underlyings[0].state;
    (state.spot.low, state.spot.mid, state.spot.high) = (price, price, price);
    (state.slow, state.publish_time) = (price, context.now);
    let entry = |(days, vol): &(u32, f64)| ExpiryState {
        expiry: expiry(*days),
        forward: price,
        discount: Fx::ONE,
        slice: Slice::new(vec![Component {
            weight: 65_536,
            forward: 1 << 32,
            total_vol: (vol * 4_294_967_296.0) as u64,
        }])
        .unwrap(),
        confidence: 0,
    };
    state.expiries = dates.iter().map(entry).collect();
    context
}

/// A third underlying with a market and a coin; grids of moves that do not fit each other, regimes that differ by `heat`, and
/// betas by driver and follower.
pub fn three(betas: &[(u16, u16, i32)], heat: u32) -> Context {
    let mut context = context();
    let mut state = state(SOL, 175.5, 0.9, 3);
    for (n, underlying) in (0_u32..).zip(&mut context.underlyings) {
        let regime = WEIGHT_ONE + n * heat;
        underlying.state.regime = Regime {
            maintenance: regime,
            initial: regime + heat,
        };
    }
    state.regime.initial = WEIGHT_ONE + heat / 3;
    let profile = default_profile();
    context.underlyings.push(Underlying { state, profile });
    context.underlyings[1].profile.spot_moves =
        vec![-2_000, -1_500, -1_000, -500, 0, 300, 900, 2_100];
    context.underlyings[1].profile.smile_moves = vec![-500, 0, 900];
    context.underlyings[1].profile.tails.remove(1);
    context.underlyings[2].profile.spot_moves = vec![-2_400, -1_500, -900, 0, 900, 1_800];
    context.underlyings[2].profile.smile_moves = vec![0];
    context.markets.push(market(SOL_LINEAR));
    context.coins.push(Coin {
        id: 4,
        feed: Feed::Underlying(SOL),
        scale: 1_000_000_000,
        weight_initial: 45_000,
        weight_maintenance: 52_000,
        depeg: 0,
    });
    let entry = |(driver, follower, beta): &(u16, u16, i32)| risk::BetaEntry {
        driver: *driver,
        follower: *follower,
        beta: *beta,
    };
    context.beta.entries = betas.iter().map(entry).collect();
    context
}

/// How far the nearest expiry is.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// A day.
    DayBefore,
    /// Nine hours.
    LastDay,
    /// Ten minutes, and half of its fixing window has passed.
    Window,
    /// Ten minutes ago, and it is not fixed yet.
    Unfixed,
}

/// The market at a moment.
pub fn context_at(moment: Moment) -> Context {
    let mut context = context();
    let end = u64::from(expiry(1)) * 60;
    match moment {
        Moment::DayBefore => {}
        Moment::LastDay => context.now = end - 9 * 3_600,
        Moment::Window => {
            context.now = end - 600;
            for underlying in &mut context.underlyings {
                let state = &mut underlying.state;
                let mean = state.spot.mid * Fx::from_num(0.99);
                let observed = Band {
                    low: mean * Fx::from_num(0.995),
                    mid: mean,
                    high: mean * Fx::from_num(1.004),
                };
                let passed = WEIGHT_ONE / 2;
                let stage = FixingStage::Window { passed, observed };
                let expiry = expiry(1);
                state.fixings.push(FixingState { expiry, stage });
            }
        }
        Moment::Unfixed => {
            context.now = end + 600;
            for underlying in &mut context.underlyings {
                let state = &mut underlying.state;
                let mid = state.spot.mid;
                let hull = Band {
                    low: mid * Fx::from_num(0.97),
                    mid: mid * Fx::from_num(0.99),
                    high: mid * Fx::from_num(1.02),
                };
                let stage = FixingStage::Pending { hull };
                let expiry = expiry(1);
                state.fixings.push(FixingState { expiry, stage });
            }
        }
    }
    context
}

pub fn key(market: u16, days: u32, strike: u32, kind: Kind) -> SeriesKey {
    SeriesKey {
        market,
        expiry: expiry(days),
        strike,
        kind,
    }
}

pub fn leg(market: u16, days: u32, strike: u32, kind: Kind, quantity: i64) -> Leg {
    Leg {
        key: key(market, days, strike, kind),
        quantity,
    }
}

pub fn book(cash: &[(u16, i128)], legs: &[Leg]) -> Book {
    Book {
        cash: cash.to_vec(),
        legs: legs.to_vec(),
    }
}

pub fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![
        4 => Just(Kind::Call),
        4 => Just(Kind::Put),
        1 => Just(Kind::DigitalCall),
        1 => Just(Kind::DigitalPut),
        1 => Just(Kind::Future),
    ]
}

/// A leg of the nearest expiry, or any; at a strike near the money of one of the underlyings, or any.
pub fn legs_of(markets: &'static [u16]) -> impl Strategy<Value = Leg> {
    let market = proptest::sample::select(markets);
    let days = prop_oneof![Just(1), proptest::sample::select(&DAYS[..])];
    let strike = prop_oneof![74_u32..102, 46_u32..72, 30_u32..160];
    (market, days, strike, kinds(), -3_000_i64..3_000)
        .prop_map(|(m, d, k, kind, q)| leg(m, d, k, kind, q))
}

/// A book over these markets with up to `most` legs.
pub fn books(markets: &'static [u16], most: usize) -> impl Strategy<Value = Book> {
    let cash = (
        -1_000_000_000_000_i128..1_000_000_000_000,
        -500_000_000_i128..500_000_000,
    );
    (cash, proptest::collection::vec(legs_of(markets), 0..most))
        .prop_map(|((usd, btc), legs)| merge(&book(&[(0, usd), (1, btc)], &[]), &book(&[], &legs)))
}

/// Butterflies, and calendars of them, of the nearest two expiries: what a set of moves easily misses.
pub fn butterflies(most: usize) -> impl Strategy<Value = Book> {
    let market = proptest::sample::select(&[(LINEAR, 80_u32), (INVERSE, 80), (ETH_LINEAR, 52)][..]);
    let days = prop_oneof![4 => Just(1), 1 => Just(7)];
    let kind = prop_oneof![Just(Kind::Call), Just(Kind::Put), Just(Kind::DigitalCall)];
    let fly = (market, days, kind, (0_u32..16, 1_u32..4), -2_000_i64..2_000);
    let fly = fly.prop_map(|((m, first), d, kind, (low, wide), q)| {
        let at = |n: u32, q| leg(m, d, first + low + n * wide, kind, q);
        book(&[], &[at(0, q), at(1, -2 * q), at(2, q)])
    });
    proptest::collection::vec(fly, 1..most).prop_map(|all| {
        let none = book(&[], &[]);
        all.iter().fold(none, |sum, fly| merge(&sum, fly))
    })
}

/// Two books in one account.
pub fn merge(a: &Book, b: &Book) -> Book {
    let mut merged = Book::default();
    for (coin, amount) in a.cash.iter().chain(&b.cash) {
        match merged.cash.iter_mut().find(|entry| entry.0 == *coin) {
            Some(entry) => entry.1 += amount,
            None => merged.cash.push((*coin, *amount)),
        }
    }
    for leg in a.legs.iter().chain(&b.legs) {
        match merged.legs.iter_mut().find(|other| other.key == leg.key) {
            Some(other) => other.quantity += leg.quantity,
            None => merged.legs.push(*leg),
        }
    }
    merged.legs.retain(|leg| leg.quantity != 0);
    merged
}

/// A window that has observed one price.
pub fn only(price: u64) -> Band {
    let price = Fx::from_num(price);
    Band {
        low: price,
        mid: price,
        high: price,
    }
}
