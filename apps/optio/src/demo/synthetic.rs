//! A market made up from a seed: skewed smiles, a term structure, quotes with noise.

use calibrate::{Lognormal, Mixture};

use super::pace::Pace;
use crate::data::chain::{Chain, Expiry, Strike, YEAR};
use crate::data::snapshot::{Instrument, Row, Side};
use crate::random::Random;

/// What a made-up coin looks like at one time.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    /// Spot, USD.
    pub spot: f64,
    /// Long-run at-the-money volatility.
    pub vol: f64,
    /// Extra volatility of the nearest days, as a share; grows in a fall.
    pub stress: f64,
    /// Annual carry inside the forwards.
    pub carry: f64,
}

/// Noise of a quoted volatility, relative.
const NOISE: f64 = 0.003;
/// Strikes on each side of the forward.
const STRIKES: i32 = 14;

/// The made-up smile of an expiry: three lognormals with a heavy lower one.
fn smile(vol: f64, years: f64) -> Mixture {
    let s = vol * years.sqrt();
    let shape = [(0.07, -1.7, 1.7), (0.33, -0.3, 1.15), (0.60, 0.28, 0.8)];
    let raw = shape.map(|(weight, x, width): (f64, f64, f64)| Lognormal {
        weight,
        forward: (x * s).exp(),
        total_vol: width * s,
    });
    let mixture = Mixture {
        parts: raw.to_vec(),
    }
    .shrunk(1.0);
    let scale = s / mixture.atm_total_vol();
    mixture.shrunk(scale)
}

/// A round distance between strikes.
fn strike_step(spread: f64, grid: f64) -> f64 {
    let rough = (spread / f64::from(STRIKES)).max(grid);
    (rough / grid).round().max(1.0) * grid
}

/// One strike with both its options as the mixture prices them.
fn priced(
    (coin, expiry, strike): (&str, u64, f64),
    (index, forward): (f64, f64),
    mixture: &Mixture,
    mark_iv: f64,
) -> Strike {
    let k = strike / forward;
    let row = |side: Side| {
        let call = side == Side::Call;
        let mark = if call {
            mixture.call(k)
        } else {
            mixture.put(k)
        };
        Row {
            instrument: Instrument {
                coin: coin.to_owned(),
                expiry,
                strike,
                side,
            },
            underlying: forward,
            bid: Some(mark * 0.985),
            ask: Some(mark * 1.015),
            mark,
            mark_iv,
            delta: mixture.call_delta(k) - if call { 0.0 } else { 1.0 },
            index,
        }
    };
    Strike {
        strike,
        call: Some(row(Side::Call)),
        put: Some(row(Side::Put)),
    }
}

/// The chain of a coin at `now`; strikes lie on multiples of `grid`.
pub fn chain(
    (coin, grid): (&str, f64),
    (now, pace): (u64, &Pace),
    weather: &Weather,
    expiries: &[u64],
    random: &mut Random,
) -> Chain {
    let make = |expiry: &u64| {
        let minutes = pace.minutes(*expiry, now);
        let years = minutes as f64 * 60.0 / YEAR;
        let forward = weather.spot * (weather.carry * years).exp();
        let vol = weather.vol * (1.0 + weather.stress * (-20.0 * years).exp());
        let mixture = smile(vol, years);
        let step = strike_step(3.2 * vol * years.sqrt() * forward, grid);
        let middle = (forward / step).round();
        let strike = |i: i32| {
            let strike = (middle + f64::from(i)) * step;
            let k = strike / forward;
            let total = mixture.implied_total_vol(k)?;
            let mark_iv = total / years.sqrt() * (1.0 + NOISE * random.normal());
            let places = (coin, *expiry, strike);
            let at = priced(places, (weather.spot, forward), &mixture, mark_iv);
            (strike > 0.0).then_some(at)
        };
        let strikes = (-STRIKES..=STRIKES).filter_map(strike).collect();
        Expiry {
            expiry: *expiry,
            forward,
            minutes,
            strikes,
        }
    };
    let (coin, index) = (coin.to_owned(), weather.spot);
    let mut ahead: Vec<Expiry> = Vec::new();
    let mut make = make;
    for expiry in expiries.iter().filter(|e| **e > now) {
        ahead.push(make(expiry));
    }
    Chain {
        coin,
        time: now,
        index,
        expiries: ahead,
    }
}
