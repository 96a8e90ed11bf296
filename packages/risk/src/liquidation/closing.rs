//! Auto-deleveraging: what legs that nobody takes are worth to the account that loses them, who gives up his other side,
//! and in which order.

use core::cmp::Reverse;

use fixed_math::int::mul_div_ceil;

use super::Health;
use crate::assess::{Level, MAX_GROSS, assess};
use crate::build::unit_gross;
use crate::{Book, Context, Leg, RiskError, SeriesKey};

/// Fraction bits of a unit price.
const UNIT_BITS: u32 = 32;
/// Of a leg this power of two of units is priced, fewer where they are worth more than is counted exactly: so what one is
/// worth does not depend on how many are left.
const MOST_SAMPLE_BITS: u32 = 20;

/// Who can close less than one in so many units of each leg holds dust.
const DUST_PARTS: u64 = 64;

/// One unit of a leg, `2^-32` quote base units.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unit {
    key: SeriesKey,
    /// What the account gets for it.
    worth: i128,
    /// The most of a deficit that it may bear.
    reach: i128,
}

/// Prices at which an account's legs are closed: those who hold the other sides bear its deficit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// What they bear if every unit goes, quote base units, rounded down.
    pub shared: u128,
    units: Vec<Unit>,
}

impl Closing {
    /// Every leg at its own mark; it may bear as much as the maintenance margin that it needs by itself. Neither depends on
    /// what else the account holds, so what is left of it has the same prices.
    ///
    /// # Errors
    /// As [`crate::assess()`].
    pub fn at_mark(legs: &[Leg], context: &Context) -> Result<Self, RiskError> {
        let mut units = Vec::with_capacity(legs.len());
        for leg in legs {
            let bits = sample_bits(leg, context)?;
            let quantity = leg.quantity.signum() << bits;
            let sample = Book {
                cash: Vec::new(),
                legs: vec![Leg { quantity, ..*leg }],
            };
            let found = assess(&sample, context, Level::Maintenance)?;
            let unit = |value: i128| value.saturating_mul(1 << UNIT_BITS) >> bits;
            units.push(Unit {
                key: leg.key,
                worth: unit(found.equity),
                reach: unit(found.margin),
            });
        }
        Ok(Self { shared: 0, units })
    }

    /// A leg goes at `mark + phi reach`, `phi = min(1, deficit / reach of all legs)`, a unit rounded up: the account gains. So
    /// the shifts of all legs add up to the deficit as far as they reach, those of some legs to their part of it, and the rest
    /// has the same `phi` for what is still missing.
    #[must_use]
    pub fn sharing(mut self, legs: &[Leg], deficit: u128) -> Self {
        let most = self.reach(legs);
        let deficit = i128::try_from(deficit).unwrap_or(i128::MAX);
        let shared = deficit.saturating_mul(1 << UNIT_BITS).min(most);
        for unit in &mut self.units {
            let shift = mul_div_ceil(unit.reach, shared, most).unwrap_or(0);
            unit.worth = unit.worth.saturating_add(shift);
        }
        self.shared = (shared >> UNIT_BITS).unsigned_abs();
        self
    }

    /// The most of a deficit that legs may bear, `2^-32` quote base units.
    #[must_use]
    pub fn reach(&self, legs: &[Leg]) -> i128 {
        self.sum(legs, |unit| unit.reach)
    }

    /// What the account gets for legs that it loses, quote base units, rounded up for it; negative: what it pays.
    #[must_use]
    pub fn proceeds_ceil(&self, lost: &[Leg]) -> i128 {
        let sum = self.sum(lost, |unit| unit.worth);
        (sum.saturating_neg() >> UNIT_BITS).saturating_neg()
    }

    fn sum(&self, legs: &[Leg], of: fn(&Unit) -> i128) -> i128 {
        let part = |leg: &Leg| {
            let unit = self.units.iter().find(|unit| unit.key == leg.key);
            let size = i128::from(leg.quantity.unsigned_abs());
            unit.map_or(0, |unit| of(unit).saturating_mul(size))
        };
        legs.iter().map(part).fold(0, i128::saturating_add)
    }
}

/// The largest sample whose margin cannot saturate ([`MAX_GROSS`]); by the market's terms and the spot price alone.
fn sample_bits(leg: &Leg, context: &Context) -> Result<u32, RiskError> {
    let beyond = unit_gross(leg, context)?.saturating_add(1);
    let units = MAX_GROSS.checked_div(beyond).unwrap_or(0);
    Ok(units.checked_ilog2().unwrap_or(0).min(MOST_SAMPLE_BITS))
}

/// What of an account's legs somebody who holds `held` can close: of each leg whose other side he holds, the smaller
/// quantity, signed as the account has it.
#[must_use]
pub fn other_side(legs: &[Leg], held: &[Leg]) -> Vec<Leg> {
    let closed = |leg: &Leg| {
        let other = held.iter().find(|other| other.key == leg.key)?.quantity;
        let quantity = if leg.quantity < 0 {
            leg.quantity.max(other.saturating_neg()).min(0)
        } else {
            leg.quantity.min(other.saturating_neg()).max(0)
        };
        (quantity != 0).then_some(Leg { quantity, ..*leg })
    };
    legs.iter().filter_map(closed).collect()
}

/// Whether what somebody can close is less than a 64th of each of the account's legs.
#[must_use]
pub fn is_dust(legs: &[Leg], closed: &[Leg]) -> bool {
    let whole = |part: &Leg| {
        let leg = legs.iter().find(|leg| leg.key == part.key);
        leg.map_or(0, |leg| leg.quantity.unsigned_abs())
    };
    let small = |part: &Leg| part.quantity.unsigned_abs().saturating_mul(DUST_PARTS) < whole(part);
    closed.iter().all(small)
}

/// Who is closed first: the smallest of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// He can close less than a 64th of each leg ([`is_dust`]): after all who can close more, so units fill no seats.
    pub dust: bool,
    /// The account would need more maintenance margin for what it keeps: a hedge would go.
    pub unhedges: bool,
    /// His maintenance margin would rise without these legs: a matched spread, last of all.
    pub spread: bool,
    /// Net profit in the markets concerned, quote base units: the largest first.
    pub profit: Reverse<i128>,
    /// The account's number.
    pub account: u64,
}

/// Whether losing legs left somebody no worse than the rule allows: not below maintenance, or no deeper below it.
#[must_use]
pub fn is_spared(before: &Health, after: &Health) -> bool {
    after.surplus() >= before.surplus().min(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    fn leg(strike: u32, quantity: i64) -> Leg {
        Leg {
            key: SeriesKey {
                market: 1,
                expiry: 30_000_000,
                strike,
                kind: Kind::Call,
            },
            quantity,
        }
    }

    /// A leg of the quantity, worth so much at mark, and the margin that it needs by itself.
    fn closing(legs: &[(u32, i64, i128, i128)]) -> (Closing, Vec<Leg>) {
        let unit =
            |amount: i128, size: i64| mul_div_ceil(amount << UNIT_BITS, 1, size.abs().into());
        let units = legs.iter().map(|(strike, quantity, mark, margin)| Unit {
            key: leg(*strike, *quantity).key,
            worth: unit(*mark, *quantity).unwrap(),
            reach: unit(*margin, *quantity).unwrap(),
        });
        let held = legs
            .iter()
            .map(|(strike, quantity, ..)| leg(*strike, *quantity));
        let closing = Closing {
            shared: 0,
            units: units.collect(),
        };
        (closing, held.collect())
    }

    #[test]
    fn spec_example_shifts_add_up_to_the_deficit() {
        // Ten short calls worth -10,000 that need 6,000 by themselves, four long ones worth 2,000 that need 1,000.
        let (at_mark, legs) = closing(&[(90, -10, -10_000, 6_000), (95, 4, 2_000, 1_000)]);
        assert_eq!(at_mark.proceeds_ceil(&legs), -8_000);
        assert_eq!(at_mark.reach(&legs) >> UNIT_BITS, 7_000);
        // phi = 1,400 / 7,000: the ten go at -8,800, the four at 2,200.
        let closing = at_mark.clone().sharing(&legs, 1_400);
        assert_eq!(closing.shared, 1_400);
        assert_eq!(closing.proceeds_ceil(&legs[..1]), -8_800);
        assert_eq!(closing.proceeds_ceil(&legs[1..]), 2_200);
        let first = [leg(90, -3), leg(95, 1)];
        assert_eq!(closing.proceeds_ceil(&first), -2_640 + 550);
        // 990 of the deficit are left, and seven and three units for them: the same prices.
        let rest = [leg(90, -7), leg(95, 3)];
        assert_eq!(at_mark.reach(&rest) >> UNIT_BITS, 4_950);
        assert_eq!(
            at_mark.clone().sharing(&rest, 990),
            Closing {
                shared: 990,
                ..closing
            }
        );
        // Nothing is missing: at mark. More is missing than any price within their margins gives: that price.
        let at = |deficit| {
            at_mark
                .clone()
                .sharing(&legs, deficit)
                .proceeds_ceil(&legs[..1])
        };
        assert_eq!(
            [at(0), at(7_000), at(7_001), at(u128::MAX)],
            [-10_000, -4_000, -4_000, -4_000]
        );
    }

    #[test]
    fn a_leg_that_needs_no_margin_goes_at_mark_whatever_is_missing() {
        let (still, legs) = closing(&[(90, -10, -10_000, 0)]);
        let still = still.sharing(&legs, 500);
        assert_eq!(
            (still.shared, still.proceeds_ceil(&[leg(90, -1)])),
            (0, -1_000)
        );
    }

    #[test]
    fn parts_of_a_unit_are_the_accounts() {
        // -10 over three units: -10/3 is -3 for one, and -6 for two.
        let (closing, _) = closing(&[(90, -3, -10, 10)]);
        assert_eq!(
            [1, 2, 3].map(|n| closing.proceeds_ceil(&[leg(90, -n)])),
            [-3, -6, -9]
        );
        assert_eq!(closing.proceeds_ceil(&[leg(91, 1)]), 0, "unknown");
    }

    #[test]
    fn spec_example_whoever_holds_the_other_side_gives_the_smaller_quantity() {
        let legs = [leg(1, -10), leg(2, 4), leg(3, 7), leg(4, -1)];
        let held = [leg(1, 3), leg(2, -9), leg(3, 5), leg(5, 8)];
        assert_eq!(other_side(&legs, &held), [leg(1, -3), leg(2, 4)]);
        assert_eq!(
            other_side(&legs, &[leg(1, i64::MAX), leg(2, i64::MIN)]),
            [leg(1, -10), leg(2, 4)]
        );
        assert_eq!(other_side(&legs, &legs), []);
    }

    #[test]
    fn spec_example_the_largest_profit_goes_first_and_spreads_last() {
        let rank = |spread, profit, account| Rank {
            dust: false,
            unhedges: false,
            spread,
            profit: Reverse(profit),
            account,
        };
        let mut ranks = [
            rank(true, 900, 1),
            rank(false, -5, 2),
            rank(false, 40, 7),
            rank(false, 40, 3),
        ];
        ranks.sort_unstable();
        assert_eq!(ranks.map(|rank| rank.account), [3, 7, 2, 1]);
        // Who takes a hedge away comes after the spreads, and dust after everybody.
        ranks[0].dust = true;
        ranks[1].unhedges = true;
        ranks.sort_unstable();
        assert_eq!(ranks.map(|rank| rank.account), [2, 1, 7, 3]);
    }

    #[test]
    fn spec_example_dust_is_less_than_a_64th_of_each_leg() {
        let legs = [leg(1, -640), leg(2, 65)];
        assert!(is_dust(&legs, &[leg(1, -9), leg(2, 1)]));
        assert!(!is_dust(&legs, &[leg(1, -10)]), "a 64th");
        assert!(!is_dust(&legs, &[leg(1, -9), leg(2, 2)]), "of one of them");
        assert!(!is_dust(&[leg(1, 64)], &[leg(1, 1)]));
    }

    #[test]
    fn nobody_falls_below_maintenance_or_deeper() {
        let at = |equity| Health {
            equity,
            margin: 100,
        };
        assert!(is_spared(&at(150), &at(100)) && !is_spared(&at(150), &at(99)));
        assert!(is_spared(&at(70), &at(70)) && !is_spared(&at(70), &at(69)));
    }
}
