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
use crate::coin_weights::{Weights, total};
use crate::expiry::{Live, Slots};
use crate::fine;
use crate::net::Side;
use crate::price::{Dated, Holding, Outcome};
use crate::scenario::{SPOT_ONE, to_bps};
use crate::window::{Range, beside, within};
use crate::{BPS_ONE, RiskError};

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
    /// How far from left to right, units of `2^-62`.
    pub share: u64,
    /// In the window: where inverse legs settle, and what a coin is worth there.
    pub coin: Option<CoinPin>,
}

/// The settlement price of inverse legs in a pin, in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CoinPin {
    /// The price over the unmoved forward, units of `2^-40`.
    pub forward: i64,
    /// Spot factor over it, units of `2^-40`.
    pub rate: u64,
}

/// A move of the scan with flat vol.
#[derive(Clone, Copy)]
struct Move {
    /// Place in the set.
    place: usize,
    /// Place among the moves.
    at: usize,
    spot: u64,
}

/// Two neighbouring moves as one expiry sees them.
struct Cell {
    left: Move,
    right: Move,
    /// The expiry's forward at them over the unmoved one, units of `2^-40`.
    low: i64,
    high: i64,
    /// Spot factor over forward at them, units of `2^-40`.
    rates: [u64; 2],
}

/// What a move makes of each expiry.
struct Moved {
    spot: u64,
    /// One per live expiry, by coin.
    each: Vec<Slots>,
}

/// What a move makes of a book with one expiry pinned, fine USD.
struct Flank {
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

/// Bits of a share of the way between two moves: a strike's place among them is exact for any amount of money.
const SHARE_BITS: i32 = 62;
/// Halfway.
pub(crate) const HALFWAY: u64 = 1 << 61;

/// `(1 - share) a + share b` for a share in units of `2^-62`, rounded down.
pub(crate) fn between(a: i128, b: i128, share: u64) -> i128 {
    fine::add(a, fine::mul_shift(b.saturating_sub(a), share, SHARE_BITS))
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

impl Cell {
    /// All cells of one expiry.
    fn all(live: &Live, moves: &[Move]) -> Vec<Self> {
        let mut all = Vec::with_capacity(moves.len());
        for beside in moves.windows(2) {
            if let [left, right] = *beside {
                let range = [left, right].map(|end| live.forward_at(end.spot));
                all.extend(Self::new([left, right], range));
            }
        }
        all
    }

    fn new([left, right]: [Move; 2], [low, high]: Range) -> Option<Self> {
        let rate = |of: Move, forward: i64| {
            let rate = (u128::from(of.spot) << 48).checked_div(forward.unsigned_abs().into())?;
            u64::try_from(rate).ok()
        };
        Some(Self {
            left,
            right,
            low,
            high,
            rates: [rate(left, low)?, rate(right, high)?],
        })
    }

    /// In the window a coin is worth spot over the settlement price, which is not linear in that price. Between the moves
    /// the rate itself is taken as linear, and inverse legs settle at spot over it: all they pay is linear again.
    fn coin(&self, share: u64) -> Option<CoinPin> {
        let [low, high] = self.rates;
        let rate = u64::try_from(between(low.into(), high.into(), share)).ok()?;
        let spot = between(
            i128::from(self.left.spot) << 8,
            i128::from(self.right.spot) << 8,
            share,
        );
        let forward = (spot << 40).checked_div(rate.into())?;
        let forward = i64::try_from(forward).ok()?;
        Some(CoinPin { forward, rate })
    }

    /// The settlement price at which inverse legs settle at a strike; units as the strike's.
    fn coin_kink(&self, strike: i64) -> i64 {
        // Numerators and denominators in units of 2^-80, then of 2^-56.
        let [low, high] = self.rates;
        let times = |rate: u64| i128::from(strike).saturating_mul(rate.into());
        let spot = |of: Move| i128::from(of.spot) << 48;
        let (from, to) = (spot(self.left), spot(self.right));
        let short = times(low).saturating_sub(from) >> 24;
        let rise = times(high).saturating_sub(times(low));
        let speed = to.saturating_sub(from).saturating_sub(rise) >> 24;
        let width = i128::from(self.high.saturating_sub(self.low));
        let way = short.saturating_mul(width).checked_div(speed).unwrap_or(0);
        self.low
            .saturating_add(i64::try_from(way).unwrap_or(i64::MAX))
    }

    /// Where the payoff of an expiry bends or jumps.
    fn kinks(&self, live: &Live) -> Vec<i64> {
        let mut kinks = Vec::new();
        for part in &live.groups {
            let from = kinks.len();
            part.group.add_kinks(&mut kinks);
            if part.inverse && live.window.is_some() {
                for kink in kinks.iter_mut().skip(from) {
                    *kink = self.coin_kink(*kink);
                }
            }
        }
        kinks
    }

    /// The pins of one expiry: both ends, and to both sides of each strike.
    fn add_pins(&self, pins: &mut Vec<Pin>, place: usize, live: &Live) {
        let bends = beside(self.kinks(live));
        let range = [self.low, self.high];
        let bends = within(&bends, range, |bend| *bend).iter();
        for forward in range.into_iter().chain(bends.copied()) {
            let way = u128::from(forward.abs_diff(self.low)) << SHARE_BITS;
            let Some(share) = way.checked_div(self.high.abs_diff(self.low).into()) else {
                continue;
            };
            let share = u64::try_from(share).unwrap_or(u64::MAX);
            let coin = live.window.and_then(|_| self.coin(share));
            pins.push(Pin {
                live: place,
                forward,
                left: self.left.place,
                right: self.right.place,
                share,
                coin,
            });
        }
    }
}

impl Holding {
    /// Every pin that can be the lowest.
    pub(crate) fn pins(&self) -> Vec<Pin> {
        let moves = self.flat_moves();
        let mut pins = Vec::new();
        for (place, live) in self.pinned_dates() {
            for cell in Cell::all(live, &moves) {
                cell.add_pins(&mut pins, place, live);
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
            known.push(self.at_move(*spot)?);
        }
        let mut pins = Vec::new();
        for (place, live) in self.pinned_dates() {
            let flanks: Vec<Flank> = known
                .iter()
                .map(|moved| self.flank(place, moved, weights))
                .collect();
            for cell in Cell::all(live, &moves) {
                let [Some(left), Some(right)] =
                    [cell.left, cell.right].map(|end| flanks.get(end.at))
                else {
                    continue;
                };
                pins.clear();
                cell.add_pins(&mut pins, place, live);
                for pin in &pins {
                    let spot = spot_between(cell.left.spot, cell.right.spot, pin.share);
                    list.push(outcome(live, *pin, spot, (left, right), weights));
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
        let mut flat = Vec::new();
        for (place, scenario) in self.scenarios.iter().enumerate() {
            if scenario.id.row == Row::Scan && scenario.id.vol == VolMove::Flat {
                flat.push((place, scenario.spot));
            }
        }
        // The scan ascends; its unmoved point is the mark, the first of the set.
        let unmoved = flat.partition_point(|below| below.1 < SPOT_ONE);
        flat.insert(unmoved, (0, SPOT_ONE));
        let moves = flat.into_iter().enumerate();
        moves
            .map(|(at, (place, spot))| Move { place, at, spot })
            .collect()
    }

    fn at_move(&self, spot: u64) -> Result<Moved, RiskError> {
        let shock = Shock::scan(spot, FACTOR_ONE);
        let mut each = Vec::with_capacity(self.live.len());
        for live in &self.live {
            each.push(live.value(&shock, spot, Side::Against)?);
        }
        Ok(Moved { spot, each })
    }

    fn flank(&self, place: usize, moved: &Moved, weights: &[Weights]) -> Flank {
        let others = (0..).zip(&moved.each).filter(|(other, _)| *other != place);
        let rest: Vec<Dated> = others.map(|(other, slots)| (other, *slots)).collect();
        Flank {
            own: moved.each.get(place).copied().unwrap_or_default(),
            rest: self.close(&rest, moved.spot, weights),
        }
    }
}

/// A pin's value for each choice of weights. Every rounding is down.
fn outcome(
    live: &Live,
    pin: Pin,
    spot: u64,
    (left, right): (&Flank, &Flank),
    weights: &[Weights],
) -> Outcome {
    let payoff = live.settled_at(&pin);
    let mut totals = Vec::with_capacity(weights.len());
    let flanks = left.rest.iter().zip(&right.rest);
    for (weights, (low, high)) in weights.iter().zip(flanks) {
        let rest = between(*low, *high, pin.share);
        let (low, high) = (total(&left.own, weights), total(&right.own, weights));
        let legs = between(low, high, pin.share);
        let legs = fine::mix(legs, total(&payoff, weights), live.pin_share);
        totals.push(fine::add(rest, legs));
    }
    Outcome {
        id: PricingId::pin(spot),
        spot,
        totals,
        led: BPS_ONE,
        pin: Some(pin),
    }
}

/// The spot factor a share of the way from one to another.
pub(crate) fn spot_between(a: u64, b: u64, share: u64) -> u64 {
    u64::try_from(between(a.into(), b.into(), share)).unwrap_or(SPOT_ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever share of the window has passed, at whatever mean, between any two moves of the default scan.
    #[test]
    fn inverse_legs_settle_beside_the_price() {
        let spot = |bps: u64| (SPOT_ONE * (10_000 + bps) / 10_000) - SPOT_ONE * 1_600 / 10_000;
        for (passed, mean) in [(1, 90), (20, 110), (50, 100), (50, 84), (80, 95), (99, 116)] {
            for step in 0..8 {
                let [left, right] = [step, step + 1].map(|n| Move {
                    place: 0,
                    at: 0,
                    spot: spot(400 * n),
                });
                let at = |of: Move| {
                    let fixed = SPOT_ONE * passed * mean / 10_000;
                    ((of.spot * (100 - passed) / 100 + fixed) << 8).cast_signed()
                };
                let (low, high) = (at(left), at(right));
                let rate = |of: Move| {
                    let rate = (u128::from(of.spot) << 48) / u128::from(at(of).unsigned_abs());
                    u64::try_from(rate).unwrap()
                };
                let rates = [rate(left), rate(right)];
                let cell = Cell {
                    left,
                    right,
                    low,
                    high,
                    rates,
                };
                for eighth in 0..=8_u64 {
                    let coin = cell.coin(eighth << (SHARE_BITS - 3)).unwrap();
                    let price = low + (high - low) * eighth.cast_signed() / 8;
                    assert!(coin.forward.abs_diff(price) * 5_000 <= price.unsigned_abs());
                }
            }
        }
    }
}
