//! Where an expiry can still settle once its fixing window has begun.
//!
//! The pricings know the mean of what was observed, the ladder pays some other price between the lowest and the highest of it
//! (`docs/spec/margin.md`, *Windows*).

use fixed_math::Fx;
use pricing::shock::{Shock, ShockedSlice, Window};

use crate::expiry::{Live, Slots, over_forward, quanto, spot_units};
use crate::scenario::SPOT_ONE;
use crate::term::brought;
use crate::{ExpiryState, FixingStage, RiskError, UnderlyingState};

/// A lower and an upper price over the unmoved forward, units of `2^-40`.
pub(crate) type Range = [i64; 2];

/// Lowest price over the forward that a window is priced at: `2^-8`, units of `2^-40`.
const LEAST_PRICE: i64 = 1 << 32;
/// More than what a strike may be away from where it is said to be, units of `2^-40`: so far from one no payoff has the wrong
/// sign, and every book knows the same prices beside it.
const STRIKE_ERROR: i64 = 10;

/// The fixing window of an expiry once it has begun, and what it has observed.
pub(crate) fn observed(
    state: &UnderlyingState,
    expiry: u32,
    forward: Fx,
) -> Option<(Window, Range)> {
    state.fixings.iter().find_map(|fixing| {
        let FixingStage::Window { passed, observed } = fixing.stage else {
            return None;
        };
        if fixing.expiry != expiry || passed == 0 {
            return None;
        }
        let window = Window {
            passed: u64::from(passed.min(crate::WEIGHT_ONE)) << 16,
            mean: over_forward(observed.mid, forward),
        };
        let edge = |price| (over_forward(price, forward) << 8).cast_signed();
        Some((window, [edge(observed.low), edge(observed.high)]))
    })
}

/// What margin's mark of a date of the surface is taken from once its fixing window has begun; `None` before.
///
/// # Errors
/// [`RiskError::Pricing`], never for an accepted slice.
pub fn mark_in_window(
    state: &UnderlyingState,
    date: &ExpiryState,
    now: u64,
) -> Result<Option<ShockedSlice>, RiskError> {
    let Some((window, _)) = observed(state, date.expiry, date.forward) else {
        return Ok(None);
    };
    let shock = Shock {
        window: Some(window),
        ..Shock::MARK
    };
    let slice = brought(state, date, date.expiry, Some(now)).shocked(&shock);
    slice.map(Some).map_err(|_| RiskError::Pricing)
}

/// What lies to both sides of each strike, ascending, where no strike is too near.
pub(crate) fn beside(mut strikes: Vec<i64>) -> Vec<i64> {
    strikes.sort_unstable();
    strikes.dedup();
    let mut points = Vec::with_capacity(strikes.len().saturating_mul(2));
    for strike in &strikes {
        points.push(strike.saturating_sub(STRIKE_ERROR));
        points.push(strike.saturating_add(STRIKE_ERROR));
    }
    points.retain(|point| is_clear(&strikes, *point));
    points.sort_unstable();
    points
}

/// The part of ascending points that lies in a range.
pub(crate) fn within<T>(points: &[T], [low, high]: Range, at: impl Fn(&T) -> i64) -> &[T] {
    let from = points.partition_point(|point| at(point) < low);
    let to = points.partition_point(|point| at(point) <= high);
    points.get(from..to).unwrap_or_default()
}

/// Whether no strike, ascending, is so near that it may lie to either side.
fn is_clear(strikes: &[i64], point: i64) -> bool {
    let below = strikes.partition_point(|strike| *strike < point);
    let mut neighbours = strikes.iter().skip(below.saturating_sub(1)).take(2);
    neighbours.all(|strike| strike.abs_diff(point) >= STRIKE_ERROR.unsigned_abs())
}

impl Live {
    /// In the window the prices between which the expiry can settle at a spot factor: those observed, and, while any are
    /// still to come, the unmoved forward, all moved as far as the forward of the estimate is.
    pub(crate) fn settles_at(&self, spot: u64) -> Option<Range> {
        let [mut low, mut high] = self.observed?;
        if self.moving(SPOT_ONE) > 0 {
            let forward = spot_units(SPOT_ONE);
            (low, high) = (low.min(forward), high.max(forward));
        }
        let moved = self
            .forward_at(spot)
            .saturating_sub(self.forward_at(SPOT_ONE));
        let low = low.saturating_add(moved).max(LEAST_PRICE);
        let high = high.saturating_add(moved);
        (low < high).then_some([low, high])
    }

    /// In the window every price that can be the worst of those at which it can still settle, with the payoffs there: the ends
    /// of the range, and to both sides of each strike in it; none otherwise.
    pub(crate) fn settlements(&self, spot: u64) -> Vec<(i64, Slots)> {
        let Some(range) = self.settles_at(spot) else {
            return Vec::new();
        };
        let mut found: Vec<(i64, Slots)> = range.map(|price| (price, self.payoff(price))).into();
        found.extend_from_slice(within(&self.bends, range, |bend| bend.0));
        for (price, slots) in &mut found {
            for value in slots.iter_mut().skip(1).filter(|value| **value != 0) {
                *value = quanto(*value, spot, *price);
            }
        }
        found
    }

    /// Payoffs to both sides of each strike: the same in every pricing, so they are counted once.
    pub(crate) fn add_bends(&mut self) {
        let mut strikes = Vec::new();
        for part in &self.groups {
            part.group.add_kinks(&mut strikes);
        }
        let bends = beside(strikes).into_iter();
        self.bends = bends.map(|price| (price, self.payoff(price))).collect();
    }

    /// Payoffs at a settlement price in USD, at the unmoved price of a coin.
    fn payoff(&self, price: i64) -> Slots {
        self.settled_by(|part| part.group.value(&part.group.sums_certain(price)))
    }
}
