//! An auction's clock: it runs while steps touch it, counts a lull between two of them for little, and starts anew after a
//! long one.

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_api::engine::AuctionStart;
use protocol_std::binary::Record;

/// Since when an account is for sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Auction {
    /// When it began, unix seconds: which one it is, whatever its clock says.
    pub began: u64,
    /// Its clock when it was last touched: `touched - at` was its age.
    pub at: u64,
    /// Publish time of the newest price seen then, unix seconds.
    pub price_time: u64,
    /// When a step last touched it, unix seconds.
    pub touched: u64,
}

impl Record for Auction {
    const VERSION: u8 = 1;
}

impl Auction {
    /// One that begins, or begins anew.
    #[must_use]
    pub const fn new(start: &AuctionStart, touched: u64) -> Self {
        Self {
            began: start.at,
            at: start.at,
            price_time: start.price_time,
            touched,
        }
    }

    /// What the engine goes by, of one that is touched now.
    #[must_use]
    pub const fn start(&self) -> AuctionStart {
        AuctionStart {
            at: self.at,
            price_time: self.price_time,
        }
    }

    /// The auction touched now. Of the seconds since it was touched last at most `lull` count; the rest moves its clock.
    #[must_use]
    pub const fn touched(self, now: u64, lull: u32) -> Self {
        let idle = now.saturating_sub(self.touched);
        let lost = idle.saturating_sub(lull as u64);
        Self {
            at: self.at.saturating_add(lost),
            touched: now,
            ..self
        }
    }

    /// From when the next step starts it anew.
    #[must_use]
    pub const fn restarts_at(&self, tail: u32) -> u64 {
        self.touched.saturating_add(tail as u64)
    }

    /// Whether it still runs.
    #[must_use]
    pub const fn runs(&self, now: u64, tail: u32) -> bool {
        now < self.restarts_at(tail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spec_example_of_a_lull_only_so_much_counts_and_no_touch_takes_age_away() {
        let start = AuctionStart {
            at: 1_000,
            price_time: 990,
        };
        let age = |touches: &[u64]| {
            let mut auction = Auction::new(&start, 1_000);
            for now in touches {
                auction = auction.touched(*now, 300);
                assert_eq!(auction.start().price_time, 990);
                assert_eq!((auction.began, auction.touched), (1_000, *now));
            }
            auction.touched - auction.at
        };
        assert_eq!(age(&[1_300]), 300);
        assert_eq!(age(&[1_599]), 300);
        assert_eq!(age(&[1_250, 1_599]), 550);
        assert_eq!(
            age(&[1_250, 1_250, 1_300, 1_599]),
            599,
            "more touches, more age"
        );
        assert_eq!(age(&[u64::MAX]), 300);
    }

    #[test]
    fn an_untouched_auction_ends_at_the_second_its_tail_does() {
        let auction = Auction {
            began: 10,
            at: 10,
            price_time: 9,
            touched: 100,
        };
        assert!(auction.runs(159, 60));
        assert!(!auction.runs(160, 60));
        let last = Auction {
            touched: u64::MAX,
            ..auction
        };
        assert!(!last.runs(u64::MAX, 60), "time itself ends");
    }
}
