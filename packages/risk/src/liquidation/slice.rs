//! Whole units: what a share of a book is, what it costs, and whether it is taken.

use fixed_math::int::{umul_div_ceil, umul_div_floor};

use super::health::reward_of;
use super::{Health, Standing};
use crate::{Book, Leg};

/// How many units more are tried, where a share moves too little, before all of an account goes.
pub const UNITS_MORE: usize = 2;

/// A share of a book, a multiple of `2^-64` from none to all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u128);

impl Share {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Everything.
    pub const WHOLE: Self = Self(1 << 64);

    /// `part / whole` rounded down, at most everything; everything when `whole` is zero.
    #[must_use]
    pub fn floor(part: u128, whole: u128) -> Self {
        umul_div_floor(part, Self::WHOLE.0, whole)
            .map_or(Self::WHOLE, |share| Self(share.min(Self::WHOLE.0)))
    }

    /// The least share above this one of which a long leg moves a unit more; everything where there is none.
    #[must_use]
    pub fn next(self, book: &Book) -> Self {
        let more = longs(book).map(|units| units_of(self.of_floor(units).saturating_add(1), units));
        more.min().unwrap_or(Self::WHOLE)
    }

    /// The least share of which the largest long leg moves as many units as of this one; this one where it moves none.
    #[must_use]
    pub fn snapped(self, book: &Book) -> Self {
        let largest = longs(book).max().unwrap_or(0);
        match self.of_floor(largest) {
            0 => self,
            moved => units_of(moved, largest).min(self),
        }
    }

    /// `self x part / whole` rounded down, at most `self`; `self` when `whole` is zero.
    #[must_use]
    pub fn part(self, part: u128, whole: u128) -> Self {
        umul_div_floor(self.0, part, whole).map_or(self, |share| self.min(Self(share)))
    }

    /// This share of an amount, rounded down.
    #[must_use]
    pub fn of_floor(self, amount: u128) -> u128 {
        umul_div_floor(amount, self.0, Self::WHOLE.0).unwrap_or(amount)
    }

    /// This share of an amount, rounded up.
    #[must_use]
    pub fn of_ceil(self, amount: u128) -> u128 {
        umul_div_ceil(amount, self.0, Self::WHOLE.0).unwrap_or(amount)
    }

    /// What moves of a signed amount: longs rounded down, shorts up, both in the seller's favour.
    fn of(self, amount: i128) -> i128 {
        if amount < 0 {
            let moved = self.of_ceil(amount.unsigned_abs());
            i128::try_from(moved).map_or(amount, i128::saturating_neg)
        } else {
            i128::try_from(self.of_floor(amount.unsigned_abs())).unwrap_or(amount)
        }
    }
}

fn longs(book: &Book) -> impl Iterator<Item = u128> {
    let quantities = book
        .legs
        .iter()
        .map(|leg| leg.quantity.max(0).unsigned_abs());
    quantities.filter(|units| *units > 0).map(u128::from)
}

/// The least share that moves so many of a leg's units; everything where it has no more.
fn units_of(moved: u128, units: u128) -> Share {
    let share = umul_div_ceil(moved, Share::WHOLE.0, units).unwrap_or(Share::WHOLE.0);
    Share(share).min(Share::WHOLE)
}

/// The part of a book that a share moves. Longs and positive cash round down, shorts and debts up; what would be zero
/// is left out.
#[must_use]
pub fn slice(book: &Book, share: Share) -> Book {
    cut(book, |amount| share.of(amount))
}

/// The same with everything rounded down: what a third party pays for must not be more than its share.
#[must_use]
pub fn slice_down(book: &Book, share: Share) -> Book {
    cut(book, |amount| {
        let size = i128::try_from(share.of_floor(amount.unsigned_abs())).unwrap_or(i128::MAX);
        size.saturating_mul(amount.signum())
    })
}

fn cut(book: &Book, part: impl Fn(i128) -> i128) -> Book {
    let legs = book.legs.iter().map(|leg| Leg {
        key: leg.key,
        quantity: i64::try_from(part(leg.quantity.into())).unwrap_or(leg.quantity),
    });
    let cash = book
        .cash
        .iter()
        .map(|(coin, amount)| (*coin, part(*amount)));
    Book {
        cash: cash.filter(|entry| entry.1 != 0).collect(),
        legs: legs.filter(|leg| leg.quantity != 0).collect(),
    }
}

/// What a slice leaves of the book it was cut from.
#[must_use]
pub fn rest_of(book: &Book, moved: &Book) -> Book {
    let taken = |leg: &Leg| {
        let same = moved.legs.iter().find(|other| other.key == leg.key);
        same.map_or(0, |other| other.quantity)
    };
    let spent = |coin: u16| {
        let same = moved.cash.iter().find(|other| other.0 == coin);
        same.map_or(0, |other| other.1)
    };
    let legs = book.legs.iter().map(|leg| Leg {
        key: leg.key,
        quantity: leg.quantity.saturating_sub(taken(leg)),
    });
    let cash = book
        .cash
        .iter()
        .map(|(coin, amount)| (*coin, amount.saturating_sub(spent(*coin))));
    Book {
        cash: cash.filter(|entry| entry.1 != 0).collect(),
        legs: legs.filter(|leg| leg.quantity != 0).collect(),
    }
}

/// What a slice costs: the equity that moved less the reward for the margin that moved, rounded up for the seller.
/// `rest` is what is left, before it is paid.
#[must_use]
pub fn slice_price(before: &Health, rest: &Health, reward: i32) -> i128 {
    let equity = before.equity.saturating_sub(rest.equity);
    let margin = before.margin.saturating_sub(rest.margin);
    equity.saturating_sub(reward_of(margin, reward))
}

/// What others pay of `missing`, all that an account lacks, for a slice that leaves `rest`: the part that the margin that moves
/// is of all margin, rounded up, so that the account's health stays. Nothing where there is no margin.
#[must_use]
pub fn relief_ceil(missing: u128, before: &Health, rest: &Health) -> u128 {
    let (all, left) = (
        before.margin.unsigned_abs(),
        rest.margin.max(0).unsigned_abs(),
    );
    umul_div_ceil(missing, all.saturating_sub(left), all.max(1)).unwrap_or(missing)
}

/// Whether a slice that aims at the target may leave this rest, paid for: less margin than before, and a healthy account
/// that is worth keeping (`dust`: margin below which it is not). Where not, the account goes whole.
#[must_use]
pub fn is_worth_leaving(before: &Health, rest: &Health, dust: i128) -> bool {
    rest.margin < before.margin && rest.margin >= dust && rest.standing() == Standing::Healthy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, SeriesKey};

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

    #[test]
    fn spec_example_longs_round_down_and_shorts_up() {
        let book = Book {
            cash: vec![(0, -7), (1, 7), (2, 2)],
            legs: vec![leg(1, 5), leg(2, -3), leg(3, 2)],
        };
        let share = Share::floor(4, 10);
        let moved = Book {
            cash: vec![(0, -3), (1, 2)],
            legs: vec![leg(1, 1), leg(2, -2)],
        };
        // 0.4 rounded down to a multiple of 2^-64: 5 x 0.4 is just below 2.
        assert_eq!(slice(&book, share), moved);
        let rest = Book {
            cash: vec![(0, -4), (1, 5), (2, 2)],
            legs: vec![leg(1, 4), leg(2, -1), leg(3, 2)],
        };
        assert_eq!(rest_of(&book, &moved), rest);
        let down = Book {
            cash: vec![(0, -2), (1, 2)],
            legs: vec![leg(1, 1), leg(2, -1)],
        };
        assert_eq!(slice_down(&book, share), down);
        assert_eq!(slice_down(&book, Share::WHOLE), book);
        assert_eq!(slice(&book, Share::WHOLE), book);
        assert_eq!(rest_of(&book, &book), Book::default());
        assert_eq!(slice(&book, Share::NONE), Book::default());
    }

    #[test]
    fn spec_example_a_slice_is_priced_by_what_moved() {
        let (before, rest) = (
            Health {
                equity: 9_000,
                margin: 10_000,
            },
            Health {
                equity: 7_300,
                margin: 8_050,
            },
        );
        // Equity 1,700, margin 1,950: the reward of 97.5 is 97.
        assert_eq!(slice_price(&before, &rest, 50_000), 1_603);
        let paid = Health {
            equity: 8_903,
            ..rest
        };
        assert!(is_worth_leaving(&before, &paid, 1_000));
        assert!(is_worth_leaving(&before, &paid, 8_050));
        assert!(!is_worth_leaving(&before, &paid, 8_051), "dust");
        assert!(
            !is_worth_leaving(&before, &rest, 1_000),
            "below maintenance"
        );
        assert!(!is_worth_leaving(&paid, &paid, 0), "no less margin");
    }

    #[test]
    fn spec_example_insurance_pays_the_part_of_the_margin_that_goes() {
        let health = |equity, margin| Health { equity, margin };
        let before = health(-1_001, 10_000);
        // 3,000 of 10,000 go: 300.3 of 1,001. What is left lacks 700 of 7,000.
        assert_eq!(relief_ceil(1_001, &before, &health(-701, 7_000)), 301);
        assert_eq!(relief_ceil(1_001, &before, &health(0, 0)), 1_001);
        assert_eq!(relief_ceil(1_001, &before, &before), 0);
        assert_eq!(relief_ceil(1_001, &health(-1_001, 0), &health(0, 0)), 0);
    }

    #[test]
    fn shares_step_from_unit_to_unit_of_the_longs() {
        let book = Book {
            cash: vec![],
            legs: vec![leg(1, 9), leg(2, 12), leg(3, -40)],
        };
        // 12 x 0.1 is a unit already, 9 x 0.1 none.
        let share = Share::floor(1, 10);
        let next = share.next(&book);
        assert_eq!(slice(&book, next).legs, [leg(1, 1), leg(2, 1), leg(3, -5)]);
        assert_eq!(
            slice(&book, next.next(&book)).legs,
            [leg(1, 1), leg(2, 2), leg(3, -7)]
        );
        assert_eq!(Share::WHOLE.next(&book), Share::WHOLE);
        assert_eq!(share.next(&Book::default()), Share::WHOLE);
        // The least share that still moves a twelfth.
        let snapped = share.snapped(&book);
        assert!(snapped < share && snapped == Share::NONE.next(&book));
        assert_eq!(snapped.snapped(&book), snapped);
        assert_eq!(Share::floor(1, 13).snapped(&book), Share::floor(1, 13));
        assert_eq!(Share::WHOLE.snapped(&book), Share::WHOLE);
    }

    #[test]
    fn shares_of_shares_never_grow() {
        let half = Share::floor(1, 2);
        assert_eq!(half.part(1, 4), Share::floor(1, 8));
        assert_eq!(half.part(9, 4), half);
        assert_eq!(half.part(u128::MAX, u128::MAX), half);
        assert_eq!(half.part(7, 0), half);
        assert_eq!(Share::floor(7, 0), Share::WHOLE);
        assert_eq!(Share::floor(u128::MAX, 1), Share::WHOLE);
        assert_eq!(Share::WHOLE.of_ceil(u128::MAX), u128::MAX);
    }
}
