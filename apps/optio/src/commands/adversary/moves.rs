//! Joint moves of a coin's surface.

use crate::error::Result;
use crate::fitted::{FittedChain, FittedExpiry};

/// Longest time between two snapshots that is still one move, seconds.
pub const LONGEST: u64 = 8 * 3_600;
/// Real moves chosen by spot, and as many by vol.
pub const CHOSEN: usize = 12;
/// Time left below which an expiry's vol says nothing about a move's, years.
const LEAST_YEARS: f64 = 0.5 / 365.0;
/// The vol by which moves are ranked: that of thirty days.
const RANKED_YEARS: f64 = 30.0 / 365.0;

/// Where a move comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// What happened to this chain until its next snapshot, every slice in its real shape.
    Next,
    /// The same with every forward moved by the spot alone: less what forwards did against each other.
    Shapes,
    /// What happened to others: spot by its ratio, each vol by its ratio at that time to expiry.
    Other,
    /// One expiry's vol by 15 % either way.
    OneVol,
    /// Two neighbouring expiries, one vol up 10 %, the other down 10 %.
    Neighbours,
}

/// The next surface with the forwards that the one before had, moved by the spot.
pub fn shapes_alone(before: &FittedChain, next: &FittedChain) -> FittedChain {
    let mut moved = next.clone();
    for e in &mut moved.expiries {
        if let Some(old) = before.expiry(e.expiry) {
            e.forward = old.forward * next.index / before.index;
        }
    }
    moved
}

/// A real move as ratios.
#[derive(Debug, Clone)]
pub struct RealMove {
    seconds: u64,
    spot: f64,
    /// Years to expiry and ratio of the at-the-money vol, ascending.
    vols: Vec<(f64, f64)>,
}

impl RealMove {
    fn between(before: &FittedChain, after: &FittedChain) -> Option<Self> {
        let seconds = after.time.checked_sub(before.time)?;
        let ratio = |e: &FittedExpiry| {
            let old = before.expiry(e.expiry)?;
            (e.years > LEAST_YEARS).then(|| (e.years, vol(e) / vol(old)))
        };
        let vols: Vec<(f64, f64)> = after.expiries.iter().filter_map(ratio).collect();
        (seconds <= LONGEST && !vols.is_empty()).then(|| Self {
            seconds,
            spot: after.index / before.index,
            vols,
        })
    }

    /// The largest moves of a coin: first by spot, then by vol.
    pub fn largest(fits: &[Result<FittedChain>]) -> Vec<Self> {
        let moves = fits.windows(2).filter_map(|pair| match pair {
            [Ok(a), Ok(b)] => Self::between(a, b),
            _ => None,
        });
        let mut moves: Vec<Self> = moves.collect();
        let size = |ratio: f64| ratio.ln().abs();
        moves.sort_by(|a, b| size(b.spot).total_cmp(&size(a.spot)));
        let rest = moves.split_off(moves.len().min(CHOSEN));
        let mut rest: Vec<(f64, Self)> = rest
            .into_iter()
            .map(|m| (size(m.vol_ratio(RANKED_YEARS)), m))
            .collect();
        rest.sort_by(|a, b| b.0.total_cmp(&a.0));
        moves.extend(rest.into_iter().take(CHOSEN).map(|r| r.1));
        moves
    }

    /// Linear between in the logarithm of time, flat outside.
    fn vol_ratio(&self, years: f64) -> f64 {
        let after = self.vols.iter().find(|v| v.0 > years);
        let before = self.vols.iter().rfind(|v| v.0 <= years);
        match (before, after) {
            (Some(a), Some(b)) => {
                let share = (years / a.0).ln() / (b.0 / a.0).ln();
                a.1 + share * (b.1 - a.1)
            }
            (Some(only), None) | (None, Some(only)) => only.1,
            (None, None) => 1.0,
        }
    }

    /// Another surface after this move.
    ///
    /// # Errors
    /// When a moved slice is none.
    pub fn of(&self, chain: &FittedChain) -> Result<FittedChain> {
        let carried = chain.carried(chain.time + self.seconds, chain.index * self.spot)?;
        carried.stretched(|_, e| self.vol_ratio(e.years))
    }
}

/// Annual at-the-money vol.
fn vol(e: &FittedExpiry) -> f64 {
    e.mixture.atm_total_vol() / e.years.sqrt()
}

/// Each expiry's vol by 15 % up and down.
///
/// # Errors
/// When a moved slice is none.
pub fn one_vol(chain: &FittedChain) -> Result<Vec<(Family, FittedChain)>> {
    let moves = (0..chain.expiries.len()).flat_map(|one| [(one, 1.15), (one, 0.85)]);
    let stretch = |(one, by): (usize, f64)| {
        let moved = chain.stretched(|at, _| if at == one { by } else { 1.0 })?;
        Ok((Family::OneVol, moved))
    };
    moves.map(stretch).collect()
}

/// Each pair of neighbours, the first's vol by 10 % one way, the second's the other.
///
/// # Errors
/// When a moved slice is none.
pub fn neighbours(chain: &FittedChain) -> Result<Vec<(Family, FittedChain)>> {
    let moves = (1..chain.expiries.len()).flat_map(|two| [(two, 0.1), (two, -0.1)]);
    let stretch = |(two, by): (usize, f64)| {
        let moved = chain.stretched(|at, _| match at + 1 {
            next if next == two => 1.0 + by,
            next if next == two + 1 => 1.0 - by,
            _ => 1.0,
        })?;
        Ok((Family::Neighbours, moved))
    };
    moves.map(stretch).collect()
}
