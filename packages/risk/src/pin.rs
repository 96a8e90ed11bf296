//! Pin risk: an expiry that settles anywhere between two neighbouring moves of the scan.
//!
//! On its last day an expiry is worth its payoff, and a payoff bends at strikes: between any moves that a set may name.
//! So the set holds a pricing for every settlement price `f` within the scan, a share `t` of the way from one move to the next:
//!
//! `V_f = (1 - t) R_i + t R_j + (1 - w) ((1 - t) E_i + t E_j) + w Y(f)`
//!
//! with `E` the expiry's legs at the two moves, vol flat, `Y` their payoff and `R` everything else. Between strikes it is linear
//! in `f`, so the lowest of all lies beside a strike or at a move (`docs/spec/margin.md`, *Pins*).

use pricing::shock::{FACTOR_ONE, Shock};

use crate::assess::{PricingId, Row, VolMove};
use crate::expiry::{Live, SLOTS, Slots, add_slots};
use crate::fine;
use crate::net::Side::Against;
use crate::price::{Holding, Outcome};
use crate::scenario::{SPOT_ONE, to_bps};
use crate::theta::{Weights, total};
use crate::{BPS_ONE, RiskError};

/// More than what a strike may be away from where it is said to be, units of `2^-40`: so far from one no payoff has the wrong
/// sign, and every book knows the same prices beside it.
const STRIKE_ERROR: i64 = 10;

/// A settlement price of one expiry, and the moves beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    /// Place of the expiry among the live ones.
    pub live: usize,
    /// Settlement price over the unmoved forward, units of `2^-40`.
    pub forward: i64,
    /// Places of the two moves in the set.
    pub left: usize,
    pub right: usize,
    /// How far from left to right, units of `2^-32`.
    pub share: u64,
}

/// A move of the scan with flat vol.
#[derive(Clone, Copy)]
struct Move {
    /// Place in the set.
    place: usize,
    spot: u64,
}

/// What a move makes of a book with one expiry pinned, fine USD.
struct Side {
    spot: u64,
    /// The legs that the pin settles, by coin.
    own: Slots,
    /// Everything else, for each choice of weights.
    rest: Vec<i128>,
}

/// Weight of the payoff, basis points: rises evenly from zero when a day is left to one when half of it is.
pub(crate) fn pin_share(left: u64, day: u64) -> u32 {
    let passed = day.saturating_sub(left).saturating_mul(2);
    let share = passed
        .saturating_mul(BPS_ONE.into())
        .checked_div(day)
        .unwrap_or(0);
    u32::try_from(share).unwrap_or(BPS_ONE).min(BPS_ONE)
}

/// `(1 - share) a + share b` for a share in units of `2^-32`, rounded down.
pub(crate) fn between(a: i128, b: i128, share: u64) -> i128 {
    fine::add(a, fine::mul_shift(b.saturating_sub(a), share, 32))
}

impl PricingId {
    /// The name of a pin at a spot factor.
    pub(crate) fn pin(spot: u64) -> Self {
        Self {
            row: Row::Pin,
            spot_move: to_bps(spot),
            vol: VolMove::Flat,
        }
    }
}

impl Holding {
    /// Every pin that can be the lowest.
    pub(crate) fn pins(&self) -> Vec<Pin> {
        let moves = self.flat_moves();
        let mut pins = Vec::new();
        for (place, live) in self.pinned_dates() {
            for cell in moves.windows(2) {
                add_pins(&mut pins, (place, live), cell);
            }
        }
        pins
    }

    /// All pins, priced.
    #[inline(never)] // The VM allows 100 locals a function.
    pub(crate) fn pinned(&self, weights: &[Weights]) -> Result<Vec<Outcome>, RiskError> {
        let mut list = Vec::new();
        if self.pinned_dates().next().is_none() {
            return Ok(list);
        }
        let moves = self.flat_moves();
        let mut known = Vec::with_capacity(moves.len());
        for Move { spot, .. } in &moves {
            known.push((*spot, self.each(*spot)?));
        }
        let mut pins = Vec::new();
        for (place, live) in self.pinned_dates() {
            for (cell, known) in moves.windows(2).zip(known.windows(2)) {
                let [left, right] = known else { continue };
                let left = self.side((place, live), left, weights);
                let right = self.side((place, live), right, weights);
                pins.clear();
                add_pins(&mut pins, (place, live), cell);
                for pin in &pins {
                    list.push(outcome((live, *pin), (&left, &right), weights));
                }
            }
        }
        Ok(list)
    }

    /// Expiries whose payoff counts, with their place among the live ones.
    fn pinned_dates(&self) -> impl Iterator<Item = (usize, &Live)> {
        let all = self.live.iter().enumerate();
        all.filter(|(_, live)| live.pin_share > 0)
    }

    /// The scan's moves with flat vol, ascending.
    fn flat_moves(&self) -> Vec<Move> {
        let mut moves = Vec::new();
        for (place, scenario) in self.scenarios.iter().enumerate() {
            if scenario.id.row == Row::Scan && scenario.id.vol == VolMove::Flat {
                let spot = scenario.spot;
                moves.push(Move { place, spot });
            }
        }
        // The scan ascends; its unmoved point is the mark, the first of the set.
        let at = moves.partition_point(|below| below.spot < SPOT_ONE);
        let (place, spot) = (0, SPOT_ONE);
        moves.insert(at, Move { place, spot });
        moves
    }

    /// What a move makes of each expiry.
    fn each(&self, spot: u64) -> Result<Vec<Slots>, RiskError> {
        let shock = Shock::scan(spot, FACTOR_ONE);
        let mut each = Vec::with_capacity(self.live.len());
        for live in &self.live {
            each.push(live.value(&shock, spot, Against)?);
        }
        Ok(each)
    }

    fn side(
        &self,
        (place, live): (usize, &Live),
        (spot, each): &(u64, Vec<Slots>),
        weights: &[Weights],
    ) -> Side {
        let (mut own, mut rest) = ([0; SLOTS], [0; SLOTS]);
        for (other, slots) in each.iter().enumerate() {
            let mut left = *slots;
            if other == place {
                (own, left) = live.split(slots);
            }
            rest = add_slots(&rest, &left);
        }
        Side {
            spot: *spot,
            own,
            rest: self.close(&rest, *spot, weights),
        }
    }
}

/// The pins of one expiry between two moves: both ends, and to both sides of each strike.
fn add_pins(pins: &mut Vec<Pin>, (place, live): (usize, &Live), cell: &[Move]) {
    let [left, right] = cell else { return };
    let (low, high) = (live.forward_at(left.spot), live.forward_at(right.spot));
    let strikes = live.kinks();
    let mut points = vec![low, high];
    for strike in &strikes {
        points.push(strike.saturating_sub(STRIKE_ERROR));
        points.push(strike.saturating_add(STRIKE_ERROR));
    }
    let error = STRIKE_ERROR.unsigned_abs();
    for forward in points {
        let inside = (low..=high).contains(&forward);
        if !inside || strikes.iter().any(|k| k.abs_diff(forward) < error) {
            continue;
        }
        let way = u128::from(forward.abs_diff(low)) << 32;
        let share = way.checked_div(high.abs_diff(low).into());
        pins.extend(share.map(|share| Pin {
            live: place,
            forward,
            left: left.place,
            right: right.place,
            share: u64::try_from(share).unwrap_or(u64::MAX),
        }));
    }
}

/// A pin's value for each choice of weights. Every rounding is down.
fn outcome(
    (live, pin): (&Live, Pin),
    (left, right): (&Side, &Side),
    weights: &[Weights],
) -> Outcome {
    let (payoff, _) = live.split(&live.settled_at(pin.forward));
    let mut totals = Vec::with_capacity(weights.len());
    let sides = left.rest.iter().zip(&right.rest);
    for (weights, (low, high)) in weights.iter().zip(sides) {
        let rest = between(*low, *high, pin.share);
        let (low, high) = (total(&left.own, weights), total(&right.own, weights));
        let legs = between(low, high, pin.share);
        let legs = fine::mix(legs, total(&payoff, weights), live.pin_share);
        totals.push(fine::add(rest, legs));
    }
    let spot = spot_between(left.spot, right.spot, pin.share);
    Outcome {
        id: PricingId::pin(spot),
        spot,
        totals,
        pin: Some(pin),
    }
}

/// The spot factor a share of the way from one to another.
pub(crate) fn spot_between(a: u64, b: u64, share: u64) -> u64 {
    u64::try_from(between(a.into(), b.into(), share)).unwrap_or(SPOT_ONE)
}
