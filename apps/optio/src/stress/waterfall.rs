//! The way down of what accounts still owe when their lives are over.

use risk::liquidation::Fund;

/// Hours that insurance has to pay what is left.
const HOURS: u64 = 240;

/// Who bore a deficit, quote base units; the rungs add up to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walk {
    /// Sum of the deficits.
    pub deficit: u128,
    /// Paid by the market's insurance within its hourly caps.
    pub insurance: u128,
    /// Left for the rungs below insurance: the market's winners.
    pub winners: u128,
}

impl Walk {
    /// Walks one market's deficits down its fund, from `now` on.
    pub fn down(deficit: u128, mut fund: Fund, now: u64) -> Self {
        let mut left = deficit;
        for hour in 1..=HOURS {
            fund = fund.at(now + 3_600 * hour);
            let part = fund.available().min(left);
            let Some(paid) = fund.pay(part) else { break };
            (fund, left) = (paid, left - part);
            if left == 0 {
                break;
            }
        }
        Self {
            deficit,
            insurance: deficit - left,
            winners: left,
        }
    }

    /// Two markets' together.
    pub fn and(self, other: Self) -> Self {
        Self {
            deficit: self.deficit + other.deficit,
            insurance: self.insurance + other.insurance,
            winners: self.winners + other.winners,
        }
    }
}
