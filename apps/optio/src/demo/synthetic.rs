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

/// What prices the options of an expiry.
struct Pricing<'a> {
    coin: &'a str,
    expiry: u64,
    index: f64,
    forward: f64,
    mixture: Mixture,
}

impl Pricing<'_> {
    /// One strike with both its options.
    fn strike(&self, strike: f64, mark_iv: f64) -> Strike {
        let k = strike / self.forward;
        let row = |side: Side| {
            let call = side == Side::Call;
            let mark = if call {
                self.mixture.call(k)
            } else {
                self.mixture.put(k)
            };
            Row {
                instrument: Instrument {
                    coin: self.coin.to_owned(),
                    expiry: self.expiry,
                    strike,
                    side,
                },
                underlying: self.forward,
                bid: Some(mark * 0.985),
                ask: Some(mark * 1.015),
                mark,
                mark_iv,
                delta: self.mixture.call_delta(k) - if call { 0.0 } else { 1.0 },
                index: self.index,
            }
        };
        Strike {
            strike,
            call: Some(row(Side::Call)),
            put: Some(row(Side::Put)),
        }
    }
}

/// What is listed of a made-up coin.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// The coin.
    pub coin: &'a str,
    /// Strikes lie on its multiples.
    pub grid: f64,
    /// Expiries, unix seconds.
    pub expiries: &'a [u64],
}

impl Listing<'_> {
    /// The chain of the coin at `now`: what has not expired.
    pub fn chain(&self, now: u64, pace: &Pace, weather: &Weather, random: &mut Random) -> Chain {
        let ahead = self.expiries.iter().filter(|expiry| **expiry > now);
        let expiries = ahead
            .map(|expiry| self.expiry(*expiry, pace.minutes(*expiry, now), weather, random))
            .collect();
        Chain {
            coin: self.coin.to_owned(),
            time: now,
            index: weather.spot,
            expiries,
        }
    }

    /// An expiry so many minutes ahead.
    fn expiry(&self, expiry: u64, minutes: u64, weather: &Weather, random: &mut Random) -> Expiry {
        let years = minutes as f64 * 60.0 / YEAR;
        let forward = weather.spot * (weather.carry * years).exp();
        let vol = weather.vol * (1.0 + weather.stress * (-20.0 * years).exp());
        let pricing = Pricing {
            coin: self.coin,
            expiry,
            index: weather.spot,
            forward,
            mixture: smile(vol, years),
        };
        let step = strike_step(3.2 * vol * years.sqrt() * forward, self.grid);
        let middle = (forward / step).round();
        let strike = |i: i32| {
            let strike = (middle + f64::from(i)) * step;
            let total = pricing.mixture.implied_total_vol(strike / forward)?;
            let mark_iv = total / years.sqrt() * (1.0 + NOISE * random.normal());
            let at = pricing.strike(strike, mark_iv);
            (strike > 0.0).then_some(at)
        };
        let strikes = (-STRIKES..=STRIKES).filter_map(strike).collect();
        Expiry {
            expiry,
            forward,
            minutes,
            strikes,
        }
    }
}
