//! An auction's clock: it runs while steps touch it, and starts anew after a silence.

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_api::engine::AuctionStart;
use protocol_std::binary::Record;

/// Since when an account is for sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Auction {
    /// When it began, unix seconds.
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
    /// What the engine goes by.
    #[must_use]
    pub const fn start(&self) -> AuctionStart {
        AuctionStart {
            at: self.at,
            price_time: self.price_time,
        }
    }

    /// The same, touched.
    #[must_use]
    pub const fn touched(self, now: u64) -> Self {
        Self {
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
    fn an_untouched_auction_ends_at_the_second_its_tail_does() {
        let auction = Auction {
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
