//! Section 2, *Pins*: an expiry of the last day settles at every price f between the ends of the scan,
//! `V_f = (1 - t) R_i + t R_j + (1 - w) ((1 - t) E_i + t E_j) + w Y(f)`.
//!
//! Between strikes that is linear in f. So f goes through the moves and just beside every strike.

use super::held::Held;
use super::model::Leg;
use super::real::Real;
use super::scenarios::{Between, Pricing, PricingId, Row, Vol};
use super::shock::Shock;
use super::slice::Slice;
use super::totals::{Totals, mix, mixes, sum};
use super::units::{BPS_ONE, ratio};

/// Between two neighbouring moves of the scan, vol flat.
struct Cell<'a, R> {
    slice: &'a Slice<R>,
    /// Spot factors of the moves.
    spots: [i64; 2],
    /// F_i, F_j
    forwards: [R; 2],
    /// E_i, E_j
    legs: [Totals<R>; 2],
    /// R_i, R_j
    rest: [Vec<Totals<R>>; 2],
    /// w
    weight: R,
}

impl<R: Real> Held<'_, R> {
    /// `set`: the rows before, the scan among them.
    pub(super) fn pins(&self, set: &[Pricing<R>]) -> Vec<Pricing<R>> {
        let is_move =
            |id: PricingId| (id.row == Row::Mark || id.row == Row::Scan) && id.vol == Vol::Flat;
        let mut moves: Vec<usize> = (0..set.len()).filter(|i| is_move(set[*i].id)).collect();
        moves.sort_by_key(|i| set[*i].id.spot);
        let mut pins = Vec::new();
        for slice in &self.slices {
            let weight = self.payoff_weight(slice);
            if weight == R::ZERO {
                continue;
            }
            for pair in moves.windows(2) {
                let (left, right) = (pair[0], pair[1]);
                let cell = self.cell(slice, [set[left].id.spot, set[right].id.spot], weight);
                for f in cell.settlement_prices(self) {
                    let t = cell.share(f);
                    let id = PricingId::flat(Row::Pin, cell.spot(t));
                    pins.push(Pricing {
                        pin: Some(Between { left, right, t }),
                        ..Pricing::new(id, self.settled_at(&cell, f))
                    });
                }
            }
        }
        pins
    }

    /// `w = min(1, 2 (1 - T / delta))`, basis points rounded down.
    fn payoff_weight(&self, slice: &Slice<R>) -> R {
        let delta = self.underlying.profile.theta_seconds;
        let left = u64::from(slice.date) * 60 - self.world.now;
        let bps = BPS_ONE as u64;
        let weight = (2 * bps * delta.saturating_sub(left)).checked_div(delta);
        R::ratio(weight.unwrap_or(0).min(bps), bps)
    }

    fn cell<'a>(&self, slice: &'a Slice<R>, spots: [i64; 2], weight: R) -> Cell<'a, R> {
        Cell {
            slice,
            spots,
            forwards: spots.map(|spot| slice.shocked(&Shock::NONE, ratio(spot)).forward),
            legs: spots.map(|spot| self.shocked(slice, spot, &Shock::NONE)),
            rest: spots.map(|spot| self.everything_but(Some(slice.date), spot, |_| Shock::NONE)),
            weight,
        }
    }

    /// `V_f`
    fn settled_at(&self, cell: &Cell<'_, R>, f: R) -> Vec<Totals<R>> {
        let t = cell.share(f);
        let legs = mix(&cell.legs[0], &cell.legs[1], t);
        let pinned = mix(&legs, &self.pin_payoff(cell, f), cell.weight);
        let rest = mixes(&cell.rest[0], &cell.rest[1], t);
        rest.iter().map(|rest| sum(rest, &pinned)).collect()
    }

    /// `Y(f)`. Inverse legs settle at spot over the rate once the window is open.
    fn pin_payoff(&self, cell: &Cell<'_, R>, f: R) -> Totals<R> {
        let [x, y] = cell.spots.map(ratio::<R>);
        let t = cell.share(f);
        let spot = x + (y - x) * t;
        let settles = cell.rates().map_or(f, |[p, q]| spot / (p + (q - p) * t));
        let mut payoff = self.payoff(cell.slice, spot, settles);
        let linear = self.payoff(cell.slice, spot, f);
        payoff.extend(linear.get(&0).map(|y| (0, *y)));
        payoff
    }
}

impl<R: Real> Cell<'_, R> {
    /// At both moves, and beside every strike between them.
    fn settlement_prices(&self, held: &Held<'_, R>) -> Vec<R> {
        let [low, high] = self.forwards;
        if high <= low {
            return Vec::new();
        }
        let legs = held.legs_of(self.slice.date);
        let beside = legs.flat_map(|leg| {
            let at = self.bend(leg, held.market(leg).inverse);
            at.beside()
        });
        let points = [low, high].into_iter().chain(beside);
        points.filter(|f| low <= *f && *f <= high).collect()
    }

    /// The f at which a leg bends: its strike; in the window of an inverse market where spot over the rate is the strike.
    fn bend(&self, leg: &Leg<R>, inverse: bool) -> R {
        let (Some([p, q]), true) = (self.rates(), inverse) else {
            return leg.strike;
        };
        let [low, high] = self.forwards;
        let [x, y] = self.spots.map(ratio::<R>);
        low + (high - low) * (leg.strike * p - x) / ((y - x) - leg.strike * (q - p))
    }

    /// In the window, `(1 + x) / f` at the two moves: what a coin is worth over the settlement price. It is linear between them.
    fn rates(&self) -> Option<[R; 2]> {
        let [x, y] = self.spots.map(ratio::<R>);
        let [low, high] = self.forwards;
        self.slice.window.map(|_| [x / low, y / high])
    }

    /// `t = (f - F_i) / (F_j - F_i)`
    fn share(&self, f: R) -> R {
        let [low, high] = self.forwards;
        (f - low) / (high - low)
    }

    /// The spot factor that names the pin.
    fn spot(&self, t: R) -> i64 {
        let [x, y] = self.spots;
        x + (R::of(y - x) * t).floor().whole()
    }
}
