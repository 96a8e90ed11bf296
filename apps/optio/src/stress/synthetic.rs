//! A made-up coin that falls and jumps: chains every six hours from a seed.

use crate::data::chain::Chain;
use crate::demo::pace::Pace;
use crate::demo::synthetic::{Listing, Weather};
use crate::random::Random;

/// 1 January 2026, 08:00 UTC.
pub const START: u64 = 1_767_254_400;
/// Seconds between two chains.
const EVERY: u64 = 21_600;
/// Days to expiry of what is listed when the story starts, and every day anew for the nearest.
const DAYS: [u64; 6] = [2, 4, 9, 30, 58, 93];
/// Annual volatility of what is not a jump.
const CALM: f64 = 0.45;
/// Chance of a jump between two chains, and its size.
const JUMPS: (f64, f64) = (0.12, 0.07);

/// Chains of a coin over so many days, strikes on multiples of the grid.
pub fn chains(coin: &str, grid: f64, spot: f64, days: u64, seed: u64) -> Vec<Chain> {
    let mut random = Random::new(seed);
    let mut weather = Weather {
        spot,
        vol: 0.5,
        stress: 0.2,
        carry: 0.03,
    };
    let pace = Pace::calm(START);
    let expiries: Vec<u64> = listed(days);
    let mut made = Vec::new();
    for at in 0..=days * 4 {
        let now = START + EVERY * at;
        let ahead: Vec<u64> = expiries
            .iter()
            .copied()
            .filter(|e| *e > now + 3_600)
            .collect();
        let listing = Listing {
            coin,
            grid,
            expiries: &ahead,
        };
        made.push(listing.chain(now, &pace, &weather, &mut random));
        let moved = step(&mut random);
        weather.spot *= moved.exp();
        // Fear comes at once and fades over days.
        weather.vol = 0.5 + 0.85 * (weather.vol - 0.5) + (-1.5 * moved).max(0.0);
        weather.stress = 0.2 + 0.85 * (weather.stress - 0.2) + 3.0 * moved.abs();
    }
    made
}

/// Daily expiries as long as the story lasts, and the longer ones.
fn listed(days: u64) -> Vec<u64> {
    let daily = (1..=days + 2).map(|day| START + day * 86_400);
    let far = DAYS.iter().map(|day| START + (days + day) * 86_400);
    let mut all: Vec<u64> = daily.step_by(2).chain(far).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A move between two chains, in the logarithm.
fn step(random: &mut Random) -> f64 {
    let share = EVERY as f64 / 31_536_000.0;
    let calm = CALM * share.sqrt() * random.normal();
    if random.unit() < JUMPS.0 {
        // Jumps are falls three times out of four.
        let sign = if random.unit() < 0.75 { -1.0 } else { 1.0 };
        calm + sign * JUMPS.1 * (0.5 + random.unit())
    } else {
        calm
    }
}
