//! Who stands nominated against an account that nobody took, and when it may be closed.

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_std::binary::Record;

/// A table of nominees.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Table {
    /// When the auction began that it belongs to, unix seconds.
    pub auction: u64,
    /// When the first were nominated, unix seconds.
    pub opened: u64,
    /// Accounts, best ranked first when somebody last nominated.
    pub nominees: Vec<u64>,
}

impl Record for Table {
    const VERSION: u8 = 1;
}

impl Table {
    /// An empty table that opens now.
    #[must_use]
    pub const fn new(auction: u64, opened: u64) -> Self {
        Self {
            auction,
            opened,
            nominees: Vec::new(),
        }
    }

    /// From when the account may be closed.
    #[must_use]
    pub const fn ripe_at(&self, nomination: u32) -> u64 {
        self.opened.saturating_add(nomination as u64)
    }

    /// From when it counts no more: a tail after it was ripe.
    #[must_use]
    pub const fn lapses_at(&self, nomination: u32, tail: u32) -> u64 {
        self.ripe_at(nomination).saturating_add(tail as u64)
    }

    /// Whether it belongs to the auction that began at `auction` and has not lapsed.
    #[must_use]
    pub const fn stands(&self, auction: u64, now: u64, nomination: u32, tail: u32) -> bool {
        self.auction == auction && now < self.lapses_at(nomination, tail)
    }

    /// Who stands, and these behind them, each once.
    #[must_use]
    pub fn with(&self, candidates: &[u64]) -> Vec<u64> {
        let mut all = self.nominees.clone();
        for candidate in candidates {
            if !all.contains(candidate) {
                all.push(*candidate);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_ripe_after_its_time_and_lapses_a_tail_later() {
        let table = Table::new(7, 1_000);
        assert_eq!(table.ripe_at(600), 1_600);
        assert_eq!(table.lapses_at(600, 7_200), 8_800);
        assert!(table.stands(7, 8_799, 600, 7_200));
        assert!(!table.stands(7, 8_800, 600, 7_200), "it lapsed");
        assert!(!table.stands(8, 1_000, 600, 7_200), "another auction's");
        assert_eq!(Table::new(0, u64::MAX).lapses_at(1, 1), u64::MAX);
    }

    #[test]
    fn nobody_stands_twice() {
        let table = Table {
            nominees: vec![5, 3],
            ..Table::new(7, 1_000)
        };
        assert_eq!(table.with(&[3, 9, 9, 1]), [5, 3, 9, 1]);
    }
}
