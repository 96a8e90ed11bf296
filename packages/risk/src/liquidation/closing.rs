//! Auto-deleveraging: what legs that nobody takes are worth to the account that loses them, who gives up his other side,
//! and in which order.

use core::cmp::Reverse;

use fixed_math::int::mul_div_ceil;

use super::Health;
use crate::explain::LegValue;
use crate::{Leg, SeriesKey};

/// Fraction bits of a unit price.
const UNIT_BITS: u32 = 32;

/// Prices at which an account's legs are closed: those who hold the other sides bear its deficit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// What they bear if every unit goes, quote base units.
    pub shared: u128,
    /// Per series what one unit is worth to the account, `2^-32` quote base units, rounded up: the account gains.
    units: Vec<(SeriesKey, i128)>,
}

impl Closing {
    /// A leg goes at `mark + phi max(0, mark - worst)`, `phi = min(1, deficit / sum of max(0, mark - worst))`, at mark where
    /// that sum is zero. So the shifts of all legs add up to the deficit as far as they reach, those of some legs to no more
    /// than it, and no leg moves by more than the worst pricing moves it. One price a unit, whoever is first.
    #[must_use]
    pub fn new(legs: &[LegValue], deficit: u128) -> Self {
        let reach = |leg: &LegValue| leg.mark.saturating_sub(leg.worst).max(0);
        let most = legs.iter().map(reach).fold(0, i128::saturating_add);
        let shared = i128::try_from(deficit).unwrap_or(i128::MAX).min(most);
        let unit = |leg: &LegValue| {
            let shift = mul_div_ceil(fine(reach(leg)), shared, most).unwrap_or(0);
            let worth = fine(leg.mark).saturating_add(shift);
            let size = i128::from(leg.leg.quantity.unsigned_abs());
            (leg.leg.key, mul_div_ceil(worth, 1, size).unwrap_or(0))
        };
        Self {
            shared: shared.unsigned_abs(),
            units: legs.iter().map(unit).collect(),
        }
    }

    /// What the account gets for legs that it loses, quote base units, rounded up for it; negative: what it pays.
    #[must_use]
    pub fn proceeds_ceil(&self, lost: &[Leg]) -> i128 {
        let worth = |leg: &Leg| {
            let unit = self.units.iter().find(|unit| unit.0 == leg.key);
            let size = i128::from(leg.quantity.unsigned_abs());
            unit.map_or(0, |unit| unit.1.saturating_mul(size))
        };
        let sum = lost.iter().map(worth).fold(0, i128::saturating_add);
        (sum.saturating_neg() >> UNIT_BITS).saturating_neg()
    }
}

const fn fine(amount: i128) -> i128 {
    amount.saturating_mul(1 << UNIT_BITS)
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

/// Who is closed first: the smallest of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
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

    fn value(strike: u32, quantity: i64, mark: i128, worst: i128) -> LegValue {
        LegValue {
            leg: leg(strike, quantity),
            mark,
            worst,
        }
    }

    #[test]
    fn spec_example_shifts_add_up_to_the_deficit() {
        // Ten short calls worth -10,000 that the worst pricing puts at -16,000, four long ones worth 2,000 and there 4,000.
        let legs = [value(90, -10, -10_000, -16_000), value(95, 4, 2_000, 4_000)];
        let closing = Closing::new(&legs, 1_000);
        // phi = 1,000 / 6,000: the ten go at -9,000, the four, which gain in the worst pricing, at mark.
        assert_eq!(closing.shared, 1_000);
        assert_eq!(closing.proceeds_ceil(&[leg(90, -10)]), -9_000);
        assert_eq!(closing.proceeds_ceil(&[leg(95, 4)]), 2_000);
        assert_eq!(
            closing.proceeds_ceil(&[leg(90, -3), leg(95, 1)]),
            -2_700 + 500
        );
        // Nothing is missing: at mark. More is missing than any price within the worst pricing gives: that price.
        let at = |deficit| Closing::new(&legs, deficit).proceeds_ceil(&[leg(90, -10)]);
        assert_eq!(
            [at(0), at(6_000), at(6_001), at(u128::MAX)],
            [-10_000, -4_000, -4_000, -4_000]
        );
        // A book that the worst pricing does not move is closed at mark whatever it lacks.
        let still = [value(90, -10, -10_000, -10_000)];
        assert_eq!(Closing::new(&still, 500).shared, 0);
        assert_eq!(
            Closing::new(&still, 500).proceeds_ceil(&[leg(90, -1)]),
            -1_000
        );
    }

    #[test]
    fn parts_of_a_unit_are_the_accounts() {
        // -10 over three units: -10/3 is -3 for one, and -6 for two.
        let closing = Closing::new(&[value(90, -3, -10, -20)], 0);
        assert_eq!(
            [1, 2, 3].map(|n| closing.proceeds_ceil(&[leg(90, -n)])),
            [-3, -6, -9]
        );
        assert_eq!(
            Closing::new(&[value(90, 0, 5, 1)], 9).proceeds_ceil(&[leg(91, 1)]),
            0
        );
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
