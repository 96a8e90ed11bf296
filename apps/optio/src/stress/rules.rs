//! What a run goes by: the terms of liquidation, who watches, who buys.

use risk::liquidation::{PPM, Schedule};

/// Terms of liquidation as the sandbox's, and the people around them.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Reward by time.
    pub schedule: Schedule,
    /// Health aimed at, parts per million.
    pub target: u32,
    /// Penalty on a positive payment, parts per million.
    pub penalty: u32,
    /// Margin below which a rest is taken whole, quote base units.
    pub dust: i128,
    /// The keeper's part of the penalty: so much, quote base units, ...
    pub tip: u128,
    /// ... and so much of the payment, parts per million.
    pub chip: u32,
    /// Seconds after which an untouched auction starts anew.
    pub tail: u64,
    /// The least reward that buyers accept, parts per million of margin.
    pub appetite: i32,
    /// Seconds from when an account falls below maintenance until a keeper acts.
    pub delay: u64,
    /// Whether keepers name counterparties once the schedule has ended.
    pub closes: bool,
    /// Healthy accounts are looked at in every so many ticks.
    pub scan: usize,
}

impl Rules {
    /// The terms that the sandbox's liquidation contract starts with; a keeper who acts at once.
    pub fn standard() -> Self {
        let terms = sandbox::setup::liquidation_terms();
        let auction = terms.auction;
        let schedule = &auction.schedule;
        Self {
            schedule: Schedule {
                start: schedule.start,
                knee: schedule.knee,
                end: schedule.end,
                knee_after: schedule.knee_after,
                end_after: schedule.end_after,
            },
            target: auction.target,
            penalty: auction.penalty,
            dust: i128::try_from(auction.dust.u128()).unwrap_or(i128::MAX),
            tip: auction.tip.u128(),
            chip: auction.chip,
            tail: terms.tail.into(),
            appetite: 20_000,
            delay: 0,
            closes: true,
            scan: 1,
        }
    }

    /// The keeper's part of a penalty on what was paid.
    pub fn keeper_part(&self, paid: u128, penalty: u128) -> u128 {
        let chip = paid * u128::from(self.chip) / PPM.unsigned_abs() as u128;
        (self.tip + chip).min(penalty)
    }
}
