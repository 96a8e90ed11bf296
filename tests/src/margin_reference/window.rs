//! Section 2, *Windows*: in its fixing window an expiry may pay what the mean does not say.

use super::held::Held;
use super::model::Fixing;
use super::real::Real;
use super::shock::Shock;
use super::slice::Slice;
use super::totals::Totals;
use super::units::{SPOT_ONE, floor_to, ratio};

/// Prices that an expiry can still settle at.
struct Range<R> {
    low: R,
    high: R,
}

impl<R: Real> Held<'_, R> {
    /// What the pricing says of an expiry, and in its window also `Y(f)` for every f: at the ends and beside each strike.
    pub(super) fn with_window(
        &self,
        slice: &Slice<R>,
        spot: i64,
        says: Totals<R>,
    ) -> Vec<Totals<R>> {
        let mut all = vec![says];
        let Some(range) = self.settles_within(slice, spot) else {
            return all;
        };
        let strikes = self.legs_of(slice.date).map(|leg| leg.strike);
        let beside = strikes.flat_map(R::beside);
        let points = [range.low, range.high].into_iter().chain(beside);
        let within = points.filter(|f| range.low <= *f && *f <= range.high);
        all.extend(within.map(|f| self.payoff(slice, ratio(spot), f)));
        all
    }

    /// `l + F_x - B <= f <= h + F_x - B`; l and h what was observed and, while any is to come, the date's forward.
    fn settles_within(&self, slice: &Slice<R>, spot: i64) -> Option<Range<R>> {
        slice.window?;
        let (passed, observed) = match self.underlying.fixings.get(&slice.date) {
            Some(Fixing::Window { passed, observed }) => (*passed, *observed),
            _ => return None,
        };
        let known = |price: R| floor_to(32, price / slice.forward) * slice.forward;
        let (mut low, mut high) = (known(observed.low), known(observed.high));
        if passed < R::ONE {
            low = low.min(slice.forward);
            high = high.max(slice.forward);
        }
        let forward = |spot: i64| slice.shocked(&Shock::NONE, ratio(spot)).forward;
        let moved = forward(spot) - forward(SPOT_ONE);
        let low = (low + moved).max(slice.forward / R::of(256));
        let high = high + moved;
        (low < high).then_some(Range { low, high })
    }
}
