//! The way down of what accounts still owe when their lives are over.

use risk::liquidation::Fund;

/// Half hours that insurance has to pay what is left: two events use up an hour's cap.
const HALF_HOURS: u64 = 480;

/// Who bore a deficit, quote base units; the rungs add up to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walk {
    /// Sum of the deficits.
    pub deficit: u128,
    /// Paid by the market's insurance within its caps an event and an hour.
    pub insurance: u128,
    /// Left for the rungs below insurance: the market's winners.
    pub winners: u128,
}

impl Walk {
    /// Walks one market's deficits down its fund, from `now` on.
    pub fn down(deficit: u128, mut fund: Fund, now: u64) -> Self {
        let mut left = deficit;
        for half in 2..HALF_HOURS + 2 {
            fund = fund.at(now + 1_800 * half);
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
