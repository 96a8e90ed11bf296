//! What prices do: real or made-up chains at their times, a seeded bridge between them.

use std::ops::RangeInclusive;

use calibrate::realized_vol;
use risk::{Book, Context};

use super::coin::Coin;
use crate::data::chain::{Chain, YEAR};
use crate::error::Result;
use crate::fitted::FittedChain;
use crate::margined::in_regime;
use crate::random::Random;

/// Seconds before its expiry from which an option is no longer priced here.
pub const LAST: u64 = 2_700;
/// Annual volatility of the bridge.
const BRIDGE_VOL: f64 = 0.6;

/// How the price gets from one chain to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By a Brownian bridge, its surface in steps.
    Bridge,
    /// By a bridge around where it is, then in one jump at a random time; the surface comes at once with the next chain.
    Jump,
    /// From the first chain only: up by so many per cent within one report, and no way back.
    Leap(u32),
}

/// A time at which a keeper may look.
#[derive(Debug, Clone, Copy)]
pub struct Tick {
    /// Unix seconds.
    pub time: u64,
    /// USD.
    pub spot: f64,
    /// The chain before.
    pub chain: usize,
    /// Whether a price is published.
    pub priced: bool,
    /// Whether keepers are awake.
    pub kept: bool,
    /// Since when prices have come without a gap.
    pub live_since: u64,
}

/// A stretch of time without prices or without keepers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silence {
    /// Seconds without prices from the start of the worst fall.
    pub oracle: u64,
    /// Seconds without keepers from the start of the worst fall.
    pub keeper: u64,
}

impl Silence {
    /// Seconds of it.
    fn length(self) -> u64 {
        self.oracle.max(self.keeper)
    }
}

/// A coin's price through time.
pub struct Path<'a> {
    coin: &'a Coin,
    way: Way,
    /// Ascending in time.
    pub ticks: Vec<Tick>,
}

impl<'a> Path<'a> {
    /// The chains joined, a tick every `seconds`.
    pub fn new(coin: &'a Coin, seconds: u64, way: Way, seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x5bd1);
        let mut ticks = Vec::new();
        let pairs = match way {
            Way::Leap(_) => 1,
            Way::Bridge | Way::Jump => usize::MAX,
        };
        for (at, pair) in coin.chains.windows(2).enumerate().take(pairs) {
            let [(a, _), (b, _)] = pair else { continue };
            let count = (b.time - a.time).div_ceil(seconds).max(1) as usize;
            let spots = joined((a.index, b.index), count, b.time - a.time, way, &mut random);
            for (step, spot) in spots.into_iter().enumerate() {
                ticks.push(Tick {
                    time: a.time + seconds * step as u64,
                    spot,
                    chain: at,
                    priced: true,
                    kept: true,
                    live_since: 0,
                });
            }
        }
        Self { coin, way, ticks }
    }

    /// Where the worst fall between two chains starts.
    fn worst(&self) -> u64 {
        let falls = self.coin.chains.windows(2).filter_map(|pair| match pair {
            [(a, _), (b, _)] => Some((b.index / a.index, a.time)),
            _ => None,
        });
        let worst = falls.min_by(|a, b| a.0.total_cmp(&b.0));
        worst.map_or(0, |worst| worst.1)
    }

    /// Takes prices and keepers away.
    pub fn silenced(mut self, silence: Silence) -> Self {
        let start = self.worst();
        let inside = |time: u64, seconds: u64| (start..start + seconds).contains(&time);
        let resumed = self.ticks.iter().find(|t| t.time >= start + silence.oracle);
        let resumed = resumed.map_or(0, |t| t.time);
        for tick in &mut self.ticks {
            tick.priced = !inside(tick.time, silence.oracle);
            tick.kept = !inside(tick.time, silence.keeper);
            if silence.oracle > 0 && tick.time >= resumed {
                tick.live_since = resumed;
            }
        }
        self
    }

    /// What margin is computed from at a tick; none without a price.
    ///
    /// # Errors
    /// When a carried slice is refused by the on-chain test.
    pub fn context(&self, at: usize) -> Result<Option<Context>> {
        let tick = self.ticks[at];
        if !tick.priced {
            return Ok(None);
        }
        let regime = self.coin.regimes[tick.chain];
        let mut context = in_regime(&self.surface(at).carried(tick.time, tick.spot)?, regime);
        for underlying in &mut context.underlyings {
            underlying.state.live_since = tick.live_since;
        }
        Ok(Some(context))
    }

    /// The chain's surface, on a bridge as far on its way to the next as it has come, before it is carried to a tick, without what is about to expire.
    pub fn surface(&self, at: usize) -> FittedChain {
        let tick = self.ticks[at];
        let passed = |step: &&FittedChain| step.time <= tick.time;
        let mut on_the_way = self.coin.between[tick.chain].iter();
        let newest = match self.way {
            Way::Bridge => on_the_way.rfind(passed),
            Way::Jump | Way::Leap(_) => None,
        };
        let mut fitted = newest.unwrap_or(&self.coin.chains[tick.chain].1).clone();
        fitted.expiries.retain(|e| e.expiry > tick.time + LAST);
        fitted
    }

    /// The first tick of a chain.
    pub fn tick_of(&self, chain: usize) -> usize {
        self.ticks.partition_point(|tick| tick.chain < chain)
    }

    /// Realised vol of the index prices up to a tick's chain.
    pub fn realized_vol(&self, at: usize) -> f64 {
        let chains = &self.coin.chains[..=self.ticks[at].chain];
        let observed: Vec<(u64, f64)> = chains.iter().map(|(c, _)| (c.time, c.index)).collect();
        realized_vol(&observed)
    }

    /// The chains at which accounts that live for so many seconds may enter: all but the last; where something falls silent,
    /// those from which an account may still be alive then.
    pub fn entrances(&self, life: u64, silence: Silence) -> RangeInclusive<usize> {
        let last = self.chains().len().saturating_sub(2);
        if silence.length() == 0 {
            return 0..=last;
        }
        let start = self.worst();
        let until = |time: u64| {
            self.chains()
                .partition_point(|(chain, _)| chain.time <= time)
        };
        let first = until(start.saturating_sub(life)).min(last);
        first..=until(start).saturating_sub(1).clamp(first, last)
    }

    /// Baskets found at these chains.
    pub fn baskets(&self, entrances: &RangeInclusive<usize>) -> Vec<&'a (usize, Book)> {
        let all = self.coin.baskets.iter();
        all.filter(|(at, _)| entrances.contains(at)).collect()
    }

    /// The chains that it joins.
    pub fn chains(&self) -> &[(Chain, FittedChain)] {
        let last = self.ticks.last().map_or(0, |tick| tick.chain + 2);
        &self.coin.chains[..last]
    }
}

/// Spots from the first to just before the last.
fn joined(
    (from, to): (f64, f64),
    count: usize,
    seconds: u64,
    way: Way,
    random: &mut Random,
) -> Vec<f64> {
    let (jump_at, after) = match way {
        Way::Bridge => (count, to),
        Way::Jump => (1 + random.below(count), to),
        Way::Leap(percent) => (count.div_ceil(6), from * (1.0 + f64::from(percent) / 100.0)),
    };
    let dt = seconds as f64 / count as f64 / YEAR;
    let target = match way {
        Way::Bridge => (to / from).ln(),
        Way::Jump | Way::Leap(_) => 0.0,
    };
    let mut x = 0.0_f64;
    let mut spots = Vec::with_capacity(count);
    for step in 0..count {
        let base = if step >= jump_at { after } else { from };
        spots.push(base * x.exp());
        let left = (count - step) as f64;
        let noise = BRIDGE_VOL * (dt * (left - 1.0) / left).sqrt() * random.normal();
        x += (target - x) / left + noise;
    }
    spots
}
