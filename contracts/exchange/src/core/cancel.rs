//! Cancelled nonces of an account: a floor below which all are, and a few ranges above it.

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_api::exchange::MAX_CANCELLED_RANGES;

use crate::error::ContractError;

/// Which nonces are cancelled. Ranges are ascending, disjoint, not touching, and above the floor.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Cancelled {
    /// Every nonce below it is cancelled.
    pub floor: u64,
    /// Further ranges, both ends included.
    pub ranges: Vec<(u64, u64)>,
}

impl Cancelled {
    /// True when the nonce is cancelled.
    pub fn contains(&self, nonce: u64) -> bool {
        nonce < self.floor
            || self
                .ranges
                .iter()
                .any(|(from, to)| (*from..=*to).contains(&nonce))
    }

    /// Adds `[from, to]`, merging what touches. The last nonce, 2^64 - 1, cannot be passed by a floor and is kept as a range.
    ///
    /// Fails on `from > to` and when more than [`MAX_CANCELLED_RANGES`] ranges would remain; nothing changes then.
    pub fn with(&self, from: u64, to: u64) -> Result<Self, ContractError> {
        if from > to {
            return Err(ContractError::BadRange { from, to });
        }
        let mut all = self.ranges.clone();
        all.push((from, to));
        all.sort_unstable();
        let mut merged = Self {
            floor: self.floor,
            ranges: Vec::new(),
        };
        for (start, end) in all {
            merged.push(start, end);
        }
        if merged.ranges.len() > MAX_CANCELLED_RANGES {
            return Err(ContractError::TooManyRanges {
                most: MAX_CANCELLED_RANGES,
            });
        }
        Ok(merged)
    }

    /// Appends a range that starts at or after every kept one.
    fn push(&mut self, start: u64, end: u64) {
        if start <= self.floor {
            match end.checked_add(1) {
                Some(next) => self.floor = self.floor.max(next),
                None => self.ranges.push((self.floor, end)),
            }
            return;
        }
        match self.ranges.last_mut() {
            Some(last) if start <= last.1.saturating_add(1) => last.1 = last.1.max(end),
            _ => self.ranges.push((start, end)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn floor_moves_and_ranges_merge() {
        let none = Cancelled::default();
        let low = none.with(0, 9).unwrap();
        assert_eq!(
            low,
            Cancelled {
                floor: 10,
                ranges: vec![]
            }
        );
        let apart = low.with(20, 29).unwrap();
        assert_eq!(apart.ranges, vec![(20, 29)]);
        assert_eq!(apart.with(30, 35).unwrap().ranges, vec![(20, 35)]);
        assert_eq!(
            apart.with(10, 19).unwrap(),
            Cancelled {
                floor: 30,
                ranges: vec![]
            }
        );
        assert_eq!(
            apart.with(5, 4),
            Err(ContractError::BadRange { from: 5, to: 4 })
        );
        let top = low.with(u64::MAX, u64::MAX).unwrap();
        assert!(top.contains(u64::MAX) && !top.contains(u64::MAX - 1));
        assert!(low.with(0, u64::MAX).unwrap().contains(u64::MAX));
    }

    #[test]
    fn ranges_are_bounded() {
        let full = (0..16).fold(Cancelled::default(), |all, k| {
            all.with(10 * k + 5, 10 * k + 6).unwrap()
        });
        assert_eq!(
            full.with(1_000, 1_000),
            Err(ContractError::TooManyRanges { most: 16 })
        );
        assert!(full.with(0, 1_000).unwrap().ranges.is_empty());
    }

    proptest! {
        /// The set equals a plain list of ranges.
        #[test]
        fn agrees_with_a_plain_list(list in prop::collection::vec((0u64..60, 0u64..8), 0..14), probe in 0u64..80) {
            let mut set = Cancelled::default();
            for (from, length) in &list {
                set = set.with(*from, from + length).unwrap();
            }
            let plain = list.iter().any(|(from, length)| (*from..=from + length).contains(&probe));
            prop_assert_eq!(set.contains(probe), plain);
        }
    }
}
