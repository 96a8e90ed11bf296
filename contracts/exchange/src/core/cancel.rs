//! Cancelled nonces of an account: a floor below which all are, and a few ranges above it.

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_api::exchange::{MAX_CANCELLED_RANGES, NONCE_REACH};

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

    /// The first nonce out of reach: quotes from here on cannot be taken or cancelled until the floor has risen.
    pub const fn limit(&self) -> u64 {
        self.floor.saturating_add(NONCE_REACH)
    }

    /// Adds `[from, to]`, merging what touches.
    ///
    /// Fails on `from > to`, on a range that ends out of reach, and when more than [`MAX_CANCELLED_RANGES`] ranges would
    /// remain; nothing changes then.
    pub fn with(&self, from: u64, to: u64) -> Result<Self, ContractError> {
        if from > to {
            return Err(ContractError::BadRange { from, to });
        }
        self.check_reach(to)?;
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

    /// Passes when the nonce is within reach.
    pub const fn check_reach(&self, nonce: u64) -> Result<(), ContractError> {
        let limit = self.limit();
        if nonce < limit {
            Ok(())
        } else {
            Err(ContractError::FarNonce { nonce, limit })
        }
    }

    /// Appends a range that starts at or after every kept one.
    fn push(&mut self, start: u64, end: u64) {
        // Within reach, so never the last number there is.
        let next = end.saturating_add(1);
        if start <= self.floor {
            self.floor = self.floor.max(next);
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
    }

    #[test]
    fn nothing_reaches_further_than_2_to_the_48_above_the_floor() {
        const REACH: u64 = 1 << 48;
        let low = Cancelled::default().with(0, 9).unwrap();
        let refused = ContractError::FarNonce {
            nonce: REACH + 10,
            limit: REACH + 10,
        };
        assert_eq!(low.with(20, REACH + 10), Err(refused.clone()));
        assert_eq!(low.check_reach(REACH + 10), Err(refused));
        assert_eq!(low.check_reach(REACH + 9), Ok(()));
        // The floor takes its reach along, and no series of ranges uses the numbers up before 2^16 messages.
        let mut most = low;
        for _ in 0..1_000 {
            most = most.with(0, most.limit() - 1).unwrap();
        }
        assert_eq!(most.floor, 10 + 1_000 * REACH);
        assert_eq!(most.check_reach(most.floor), Ok(()));
        // At the very end nothing wraps, and the last number is never reached.
        let end = Cancelled {
            floor: u64::MAX - 1,
            ranges: vec![],
        };
        assert_eq!(end.with(0, u64::MAX - 1).unwrap().floor, u64::MAX);
        assert!(end.with(0, u64::MAX).is_err());
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
