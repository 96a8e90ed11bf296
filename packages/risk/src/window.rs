//! Where an expiry can still settle once its fixing window has begun.
//!
//! The pricings know the mean of what was observed, the ladder pays some other price between the lowest and the highest of it
//! (`docs/spec/margin.md`, *Windows*).

use crate::expiry::{Live, Slots, spot_units};
use crate::scenario::SPOT_ONE;

/// A lower and an upper price over the unmoved forward, units of `2^-40`.
pub(crate) type Range = [i64; 2];

/// Lowest price over the forward that a window is priced at: `2^-8`, units of `2^-40`.
const LEAST_PRICE: i64 = 1 << 32;
/// More than what a strike may be away from where it is said to be, units of `2^-40`: so far from one no payoff has the wrong
/// sign, and every book knows the same prices beside it.
const STRIKE_ERROR: i64 = 10;

/// Both ends of a range and what lies in it to both sides of each strike.
pub(crate) fn beside(strikes: &[i64], [low, high]: Range) -> Vec<i64> {
    let mut points = vec![low, high];
    for strike in strikes {
        points.push(strike.saturating_sub(STRIKE_ERROR));
        points.push(strike.saturating_add(STRIKE_ERROR));
    }
    let error = STRIKE_ERROR.unsigned_abs();
    points.retain(|point| {
        (low..=high).contains(point) && strikes.iter().all(|k| k.abs_diff(*point) >= error)
    });
    points
}

impl Live {
    /// In the window the prices between which the expiry can settle at a spot factor: those observed, and, while any are
    /// still to come, today's, all moved as far as the forward is.
    pub(crate) fn settles_at(&self, spot: u64) -> Option<Range> {
        let [mut low, mut high] = self.observed?;
        if self.moving(SPOT_ONE) > 0 {
            let today = spot_units(SPOT_ONE);
            (low, high) = (low.min(today), high.max(today));
        }
        let moved = self
            .forward_at(spot)
            .saturating_sub(self.forward_at(SPOT_ONE));
        let low = low.saturating_add(moved).max(LEAST_PRICE);
        let high = high.saturating_add(moved);
        (low < high).then_some([low, high])
    }

    /// In the window the payoffs at every price that can be the worst of those at which it can still settle; none otherwise.
    pub(crate) fn settled(&self, spot: u64) -> Vec<Slots> {
        let prices = self.settlements(spot).into_iter();
        prices
            .map(|price| self.settled_by(|part| part.settled(price, spot)))
            .collect()
    }

    /// The prices of [`Self::settled`]: the ends of the range, and to both sides of each strike in it.
    pub(crate) fn settlements(&self, spot: u64) -> Vec<i64> {
        let Some([low, high]) = self.settles_at(spot) else {
            return Vec::new();
        };
        let mut strikes = Vec::new();
        for part in &self.groups {
            part.group.add_kinks(&mut strikes);
        }
        beside(&strikes, [low, high])
    }
}
