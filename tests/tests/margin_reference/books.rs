//! Random markets and books.

use std::collections::BTreeMap;

use fixed::types::I64F64;
use optio_tests::random::Random;
use pricing::slice::{Component, Slice};
use risk::{
    Band, Beta, BetaEntry, Book, Coin, Context, ExpiryState, Feed, FixingStage, FixingState, Kind,
    Leg, MarketTerms, Profile, Regime, SeriesKey, Style, Underlying, UnderlyingState,
    default_profile,
};

/// A unit of what has 32 binary digits after the point.
const ONE: f64 = 4_294_967_296.0;

type Fx = I64F64;

const BTC: u16 = 1;
const ETH: u16 = 2;
const SOL: u16 = 3;

/// Draws of the kinds that books and markets are made of.
pub struct Dice(pub Random);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0.bits() % n
    }

    fn between(&mut self, a: f64, b: f64) -> f64 {
        a + (b - a) * self.0.unit()
    }

    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// A slice with exact sums around an annual vol.
fn slice(dice: &mut Dice, days: f64) -> Slice {
    let v = dice.between(0.25, 1.1) * (days / 365.0).sqrt();
    loop {
        let count = 1 + dice.below(4) as usize;
        let mut weights: Vec<u32> = (1..count)
            .map(|_| 256 * (4 + dice.below(40) as u32))
            .collect();
        let used: u32 = weights.iter().sum();
        if used > 60_000 {
            continue;
        }
        weights.push(65_536 - used);
        // The first weights are multiples of 256, so the last can make the sum exact to one unit of 256.
        let mut parts: Vec<Component> = weights
            .iter()
            .map(|w| Component {
                weight: *w,
                forward: ((dice.between(-1.2, 0.6) * v).exp() * ONE) as u64,
                total_vol: (dice.between(0.4, 2.0) * v * ONE) as u64,
            })
            .collect();
        let last = parts.len() - 1;
        let sum: u64 = parts[..last]
            .iter()
            .map(|c| u64::from(c.weight) * c.forward)
            .sum();
        let Some(rest) = (1_u64 << 48).checked_sub(sum) else {
            continue;
        };
        let weight = u64::from(parts[last].weight);
        parts[last].forward = rest / weight;
        let mut short = rest % weight;
        if short % 256 != 0 {
            continue;
        }
        // Spread what is left in units of the weights.
        for part in &mut parts {
            let w = u64::from(part.weight);
            part.forward += short / w;
            short %= w;
        }
        if short != 0 {
            // Bezout with the first two weights is not worth it: draw again.
            continue;
        }
        parts.sort_by_key(|c| c.forward);
        if let Ok(slice) = Slice::new(parts) {
            return slice;
        }
    }
}

/// The default profile, or any that the hard ranges allow.
fn profile(dice: &mut Dice) -> Profile {
    let mut profile = default_profile();
    if dice.one_in(2) {
        return profile;
    }
    let side = |dice: &mut Dice| -> Vec<i32> {
        let steps = 1 + dice.below(6);
        let mut moves: Vec<i32> = (0..steps).map(|_| 1 + dice.below(5_999) as i32).collect();
        moves.push(500 + dice.below(5_500) as i32);
        moves
    };
    let down = side(dice).into_iter().map(|x| -x);
    let mut moves: Vec<i32> = down.chain([0]).chain(side(dice)).collect();
    moves.sort_unstable();
    moves.dedup();
    profile.smile_moves = vec![0];
    profile
        .smile_moves
        .extend(moves.iter().filter(|x| **x > 0).take(1));
    profile.spot_moves = moves;
    for shock in &mut profile.vol_shocks {
        shock.up = 10_000 + dice.below(30_001) as u32 * u32::from(!dice.one_in(4));
        shock.down = 10_000 - dice.below(9_001) as u32 * u32::from(!dice.one_in(4));
    }
    for tail in &mut profile.tails {
        tail.share = dice.below(10_001) as u32;
    }
    profile.zero_share = dice.below(1_001) as u32;
    profile.infinity_share = dice.below(1_001) as u32;
    profile.smile_vol_share = 500 + dice.below(9_501) as u32;
    profile.skew = dice.below(5_001) as u32;
    profile.curvature = dice.below(5_001) as u32;
    profile.forward = dice.below(501) as u32;
    profile.forward_per_year = dice.below(1_001) as u32;
    profile.theta_seconds = dice.below(604_801) as u32;
    profile.gamma_vols = vec![
        1_000 + dice.below(9_000) as u32,
        10_000 + dice.below(70_001) as u32,
    ];
    profile.alpha_initial = 5_000 + dice.below(5_001) as u32;
    profile.alpha_maintenance = 5_000 + dice.below(u64::from(profile.alpha_initial) - 4_999) as u32;
    profile.validate().expect("within its ranges");
    profile
}

pub struct Market {
    pub context: Context,
    minutes: Vec<Vec<u32>>,
}

const NOW: u64 = 1_795_000_000;

pub fn market(dice: &mut Dice) -> Market {
    let two = dice.one_in(2);
    let ids: &[u16] = if two { &[BTC, ETH] } else { &[BTC] };
    let mut minutes = Vec::new();
    let mut underlyings = Vec::new();
    for id in ids {
        let (state, dates) = state(dice, *id);
        minutes.push(dates);
        underlyings.push(Underlying {
            state,
            profile: profile(dice),
        });
    }
    let entry = |driver, follower, beta| BetaEntry {
        driver,
        follower,
        beta,
    };
    let beta = if dice.one_in(2) {
        Beta::default()
    } else {
        let draw = |dice: &mut Dice| (dice.between(-0.3, 1.5) * 65_536.0) as i32;
        let (a, b) = (draw(dice), draw(dice));
        let mut entries = vec![entry(BTC, ETH, a), entry(ETH, BTC, b)];
        if dice.one_in(2) {
            // One that no book here holds.
            let (a, b) = (draw(dice), draw(dice));
            entries.extend([entry(SOL, BTC, a), entry(SOL, ETH, b)]);
        }
        Beta { entries }
    };
    let coin = |id, feed, scale, weight_initial, weight_maintenance, depeg| Coin {
        id,
        feed,
        scale,
        weight_initial,
        weight_maintenance,
        depeg,
    };
    let mut coins = vec![
        coin(0, Feed::Quote, 1_000_000, 65_536, 65_536, 0),
        coin(1, Feed::Underlying(BTC), 100_000_000, 58_982, 62_259, 0),
        coin(3, Feed::Quote, 1_000_000, 62_259, 64_225, 6_553),
        coin(4, Feed::Underlying(BTC), 100_000_000, 52_000, 60_000, 9_000),
    ];
    if two {
        coins.push(coin(
            2,
            Feed::Underlying(ETH),
            1_000_000_000_000_000_000,
            55_705,
            60_293,
            0,
        ));
    }
    let linear = |id, underlying, multiplier, step, payout| MarketTerms {
        id,
        underlying,
        settle_coin: 0,
        style: Style::Linear,
        multiplier,
        tick_value: multiplier,
        strike_step: Fx::from_num(step),
        digital_payout: Fx::from_num(payout),
    };
    let mut markets = vec![
        linear(10, BTC, 10_000, 500, 1_000),
        MarketTerms {
            settle_coin: 1,
            style: Style::Inverse,
            multiplier: 1_000_000,
            ..linear(11, BTC, 10_000, 500, 1_000)
        },
    ];
    if two {
        markets.push(linear(20, ETH, 100_000, 25, 100));
        markets.push(MarketTerms {
            settle_coin: 2,
            style: Style::Inverse,
            multiplier: 100_000_000_000_000_000,
            ..linear(21, ETH, 100_000, 25, 100)
        });
    }
    let context = Context {
        now: NOW,
        markets,
        coins,
        underlyings,
        beta,
    };
    Market { context, minutes }
}

fn state(dice: &mut Dice, id: u16) -> (UnderlyingState, Vec<u32>) {
    let spot = if id == BTC {
        dice.between(20_000.0, 150_000.0)
    } else {
        dice.between(800.0, 6_000.0)
    };
    let price = Fx::from_num(spot);
    let published = NOW - dice.below(120);
    let mut expiries: Vec<ExpiryState> = Vec::new();
    let mut dates = Vec::new();
    let mut fixings = Vec::new();
    let base = (NOW / 60) as u32;
    let mut at = 0;
    for index in 0..3 {
        at += 10 + dice.below([2_000, 20_000, 200_000][index]) as u32;
        let days = f64::from(at) / 1_440.0;
        expiries.push(ExpiryState {
            expiry: base + at,
            forward: Fx::from_num(spot * (1.0 + dice.between(-0.02, 0.05) * (days / 365.0).sqrt())),
            discount: Fx::from_bits(i128::from((ONE * (1.0 - 0.04 * days / 365.0)) as u64) << 32),
            slice: slice(dice, days.max(0.02)),
            confidence: dice.below(6_000) as u32,
        });
        dates.push(base + at);
    }
    if dice.one_in(3) {
        // The nearest expiry is in its window.
        let mean = dice.between(0.98, 1.02);
        let at = |share: f64| price * Fx::from_num(mean * share);
        let observed = Band {
            low: at(1.0 - dice.between(0.0, 0.01)),
            mid: at(1.0),
            high: at(1.0 + dice.between(0.0, 0.01)),
        };
        let passed = dice.below(65_537) as u32;
        fixings.push(FixingState {
            expiry: dates[0],
            stage: FixingStage::Window { passed, observed },
        });
    }
    if dice.one_in(3) {
        // An expired one, with or without a hull.
        let expired = base - 5 - dice.below(1_000) as u32;
        dates.push(expired);
        let mid = spot * dice.between(0.97, 1.03);
        let stage = match dice.below(3) {
            0 => Some(FixingStage::Final {
                price: Fx::from_num(mid),
            }),
            1 => Some(FixingStage::Pending {
                hull: Band {
                    low: Fx::from_num(mid * 0.99),
                    mid: Fx::from_num(mid),
                    high: Fx::from_num(mid * 1.02),
                },
            }),
            _ => None,
        };
        if let Some(stage) = stage {
            fixings.push(FixingState {
                expiry: expired,
                stage,
            });
        }
    }
    if dice.one_in(4) {
        // A date without a slice of its own.
        dates.push(base + at / 2 + 77);
    }
    let maintenance = 65_536
        + if dice.one_in(3) {
            dice.below(40_000) as u32
        } else {
            0
        };
    let initial = maintenance
        + if dice.one_in(3) {
            dice.below(20_000) as u32
        } else {
            0
        };
    let state = UnderlyingState {
        underlying: id,
        sequence: 1,
        publish_time: published,
        live_since: NOW - 9_999,
        spot: Band {
            low: price * Fx::from_num(1.0 - dice.between(0.0, 0.01)),
            mid: price,
            high: price * Fx::from_num(1.0 + dice.between(0.0, 0.01)),
        },
        slow: price * Fx::from_num(dice.between(0.95, 1.05)),
        regime: Regime {
            initial,
            maintenance,
        },
        expiries,
        fixings,
    };
    (state, dates)
}

pub fn random_book(dice: &mut Dice, market: &Market, most: u64) -> Book {
    let count = 1 + dice.below(most);
    let scale = [20, 2_000, 3_000_000][dice.below(3) as usize];
    let mut legs: BTreeMap<SeriesKey, i64> = BTreeMap::new();
    for _ in 0..count {
        let terms =
            &market.context.markets[dice.below(market.context.markets.len() as u64) as usize];
        let index = usize::from(terms.underlying - 1);
        let dates = &market.minutes[index];
        let state = &market.context.underlyings[index].state;
        let step = terms.strike_step.to_num::<f64>();
        let around = state.spot.mid.to_num::<f64>() / step;
        let strike = if dice.one_in(30) {
            0.0
        } else {
            around * dice.between(-0.9, 0.9).exp()
        };
        let kind = match dice.below(12) {
            0 => Kind::Future,
            1 => Kind::DigitalCall,
            2 => Kind::DigitalPut,
            n if n % 2 == 0 => Kind::Call,
            _ => Kind::Put,
        };
        let key = SeriesKey {
            market: terms.id,
            expiry: dates[dice.below(dates.len() as u64) as usize],
            strike: strike.round() as u32,
            kind,
        };
        let quantity = dice.below(2 * scale + 1) as i64 - scale as i64;
        legs.insert(key, quantity);
    }
    let mut cash = Vec::new();
    for coin in &market.context.coins {
        if dice.one_in(2) {
            let whole = dice.between(-30.0, 60.0)
                * if coin.feed == Feed::Quote {
                    50_000.0
                } else {
                    1.0
                };
            cash.push((coin.id, (whole * coin.scale as f64) as i128));
        }
    }
    let legs = legs
        .into_iter()
        .map(|(key, quantity)| Leg { key, quantity })
        .collect();
    Book { cash, legs }
}
