//! Values that change at a stated time.

use std::ops::RangeInclusive;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::binary::Record;

/// Longest notice of a change, seconds: a year.
const MAX_NOTICE: u64 = 366 * 86_400;

/// When a change decided at `now` may take effect: `notice` seconds later at the soonest, a year later at the latest.
#[must_use]
pub const fn effective_range(now: u64, notice: u64) -> RangeInclusive<u64> {
    now.saturating_add(notice)..=now.saturating_add(MAX_NOTICE)
}

/// A value and what replaces it, and when.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Timed<T> {
    /// In force until `next`.
    pub current: T,
    /// From when (unix seconds) the next value is in force.
    pub next: Option<(u64, T)>,
}

impl<T: Record> Record for Timed<T> {
    const VERSION: u8 = T::VERSION;
}

impl<T: Clone> Timed<T> {
    /// A value with nothing planned.
    pub const fn new(current: T) -> Self {
        Self {
            current,
            next: None,
        }
    }

    /// The value in force at `now`.
    pub fn at(&self, now: u64) -> &T {
        match &self.next {
            Some((from, next)) if *from <= now => next,
            _ => &self.current,
        }
    }

    /// What is planned and not yet in force, and from when.
    pub fn planned(&self, now: u64) -> Option<&(u64, T)> {
        self.next.as_ref().filter(|(from, _)| now < *from)
    }

    /// Plans `next` from `from`; replaces what was planned and not yet in force.
    pub fn plan(&mut self, next: T, from: u64, now: u64) {
        self.current = self.at(now).clone();
        self.next = Some((from, next));
    }

    /// Lets what is in force by `now` take the place of what it replaced, and says whether it did: a record that is read often
    /// need not carry both for ever.
    pub fn catch_up(&mut self, now: u64) -> bool {
        match self.next.take() {
            Some((from, next)) if from <= now => {
                self.current = next;
                true
            }
            planned => {
                self.next = planned;
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_takes_effect_at_its_second_and_replaces_an_older_plan() {
        let mut timed = Timed::new(1);
        timed.plan(2, 20, 10);
        assert_eq!((*timed.at(19), *timed.at(20)), (1, 2));
        timed.plan(3, 30, 15);
        assert_eq!((*timed.at(20), *timed.at(30)), (1, 3), "2 never came");
        timed.plan(4, 40, 35);
        assert_eq!((*timed.at(35), *timed.at(40)), (3, 4));
    }

    #[test]
    fn catching_up_drops_what_was_replaced_and_nothing_else() {
        let mut timed = Timed::new(1);
        assert!(!timed.catch_up(10), "nothing is planned");
        timed.plan(2, 20, 10);
        let planned = timed.clone();
        assert!(!timed.catch_up(19));
        assert_eq!(timed, planned);
        assert!(timed.catch_up(20));
        assert_eq!(timed, Timed::new(2));
        assert!(!timed.catch_up(20));
    }
}
