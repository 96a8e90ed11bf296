//! Equity against maintenance margin: how an account stands, what it costs, how much of it must go.

use fixed_math::int::{mul_div_floor, wide_mul};

use super::{PPM, Share};

/// Equity at mark without haircut, and maintenance margin (never negative).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// Quote base units.
    pub equity: i128,
    /// Quote base units.
    pub margin: i128,
}

/// How an account stands, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// `E >= M`.
    Healthy,
    /// `0.95 M <= E < M`.
    Shallow,
    /// `2/3 M <= E < 0.95 M`.
    Deep,
    /// `0 <= E < 2/3 M`.
    Critical,
    /// `E < 0`.
    Insolvent,
}

impl Health {
    /// Maintenance surplus; an account may be liquidated when it is negative.
    #[must_use]
    pub const fn surplus(&self) -> i128 {
        self.equity.saturating_sub(self.margin)
    }

    /// This health once so many quote base units have come in; negative: gone out. Saturates.
    #[must_use]
    pub const fn with_cash(&self, amount: i128) -> Self {
        Self {
            equity: self.equity.saturating_add(amount),
            margin: self.margin,
        }
    }

    /// Decided by products: a margin of zero is as good as any other.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        let (equity, margin) = (self.equity, self.margin);
        if equity >= margin {
            Standing::Healthy
        } else if equity < 0 {
            Standing::Insolvent
        } else if equity.saturating_mul(20) >= margin.saturating_mul(19) {
            Standing::Shallow
        } else if equity.saturating_mul(3) >= margin.saturating_mul(2) {
            Standing::Deep
        } else {
            Standing::Critical
        }
    }

    /// The price of the whole account at a reward: `E - floor(reward M / 10^6)`, rounded up for the seller.
    #[must_use]
    pub fn price(&self, reward: i32) -> i128 {
        self.equity.saturating_sub(reward_of(self.margin, reward))
    }

    /// The reward of a step: what the schedule gives, where positive at most what equity can pay:
    /// `min(scheduled, floor(10^6 max(E, 0) / M))`, none without margin. So the price of a solvent account is never
    /// negative and that of an insolvent one never below its equity: a reward comes from the seller, insurance pays
    /// deficits only. Rounded down: what is left of a part per million of margin stays the seller's.
    #[must_use]
    pub fn reward(&self, scheduled: i32) -> i32 {
        let most = mul_div_floor(self.equity.max(0), PPM.into(), self.margin).unwrap_or(0);
        i32::try_from(most).map_or(scheduled, |most| scheduled.min(most.max(0)))
    }

    /// Whether `E / M` is lower than before, compared by exact products.
    #[must_use]
    pub fn falls_below(&self, before: &Self) -> bool {
        let (now, then) = (
            product(self.equity, before.margin),
            product(before.equity, self.margin),
        );
        match (now.0, then.0) {
            (true, true) => now.1 > then.1,
            (false, false) => now.1 < then.1,
            (negative, _) => negative && now.1 != then.1,
        }
    }

    /// Whether a change that only shrinks legs weakens nobody else: surplus does not fall, and what it costs is at most
    /// its part of the equity there was. Surplus alone could be kept by paying away, beyond all equity, the margin that
    /// a closed leg frees.
    #[must_use]
    pub fn is_no_weaker_than(&self, before: &Self) -> bool {
        let cheap = self.equity >= before.equity;
        self.surplus() >= before.surplus()
            && (cheap || before.equity >= 0 && !self.falls_below(before))
    }

    /// The share that must go at this reward until `E = target M`, rounded down; strictly between none and all while
    /// the price is positive. At a price of zero or less the account goes whole.
    ///
    /// `f = (target M - E) / ((target - reward) M)`, `target` in parts per million, above one and above `reward`.
    #[must_use]
    pub fn share(&self, reward: i32, target: u32) -> Share {
        let missing = self
            .margin
            .saturating_mul(target.into())
            .saturating_sub(self.equity.saturating_mul(PPM.into()));
        if missing <= 0 {
            return Share::NONE;
        }
        if self.price(reward) <= 0 {
            return Share::WHOLE;
        }
        let per = i128::from(target).saturating_sub(reward.into());
        Share::floor(
            missing.unsigned_abs(),
            self.margin.saturating_mul(per).unsigned_abs(),
        )
    }

    /// Whether equity is below `bound` parts per million of margin.
    #[must_use]
    pub fn is_below(&self, bound: u32) -> bool {
        let (equity, bound) = (
            self.equity.saturating_mul(PPM.into()),
            self.margin.saturating_mul(bound.into()),
        );
        equity < bound
    }
}

/// `floor(reward x margin / 10^6)`.
pub(super) fn reward_of(margin: i128, reward: i32) -> i128 {
    mul_div_floor(margin, reward.into(), PPM.into()).unwrap_or(i128::MAX)
}

/// Sign and magnitude of an exact product; zero is positive.
const fn product(a: i128, b: i128) -> (bool, (u128, u128)) {
    let size = wide_mul(a.unsigned_abs(), b.unsigned_abs());
    let negative = (a < 0) != (b < 0) && (size.0 | size.1) != 0;
    (negative, size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liquidation::penalty_ceil;

    const fn health(equity: i128, margin: i128) -> Health {
        Health { equity, margin }
    }

    #[test]
    fn standings_meet_at_their_bounds() {
        let at = |equity| health(equity, 600).standing();
        assert_eq!(
            [600, 599, 570, 569, 400, 399, 0, -1].map(at),
            [
                Standing::Healthy,
                Standing::Shallow,
                Standing::Shallow,
                Standing::Deep,
                Standing::Deep,
                Standing::Critical,
                Standing::Critical,
                Standing::Insolvent,
            ]
        );
        assert_eq!(health(0, 0).standing(), Standing::Healthy);
        assert_eq!(health(-1, 0).standing(), Standing::Insolvent);
    }

    #[test]
    fn a_reducing_change_costs_at_most_its_part_of_the_equity() {
        let before = health(200, 1_000);
        let may = |equity, margin| health(equity, margin).is_no_weaker_than(&before);
        assert!(may(0, 0), "all of it for a full close");
        assert!(
            !may(-1, 0) && !may(-800, 0),
            "surplus alone would allow -800"
        );
        assert!(may(100, 500) && !may(99, 500));
        assert!(
            may(1_500, 2_000) && !may(1_200, 2_001),
            "surplus counts too"
        );
        let owing = health(-50, 100);
        assert!(health(-50, 10).is_no_weaker_than(&owing));
        assert!(!health(-51, 0).is_no_weaker_than(&owing));
        assert!(health(7, 2).is_no_weaker_than(&health(5, 0)));
        assert!(!health(4, 0).is_no_weaker_than(&health(5, 0)));
    }

    #[test]
    fn spec_example_a_reward_is_what_equity_can_pay() {
        // Health 0.3: from a reward of 30 % on there is no more to give.
        let account = health(3_000_000_000, 10_000_000_000);
        let rewards = [-20_000, 50_000, 300_000, 430_000, 1_000_000].map(|at| account.reward(at));
        assert_eq!(rewards, [-20_000, 50_000, 300_000, 300_000, 300_000]);
        assert_eq!(account.price(300_000), 0);
        // Insolvent: it is priced at its equity, and dearer while the schedule is below zero.
        let account = health(-1_000, 10_000);
        assert_eq!(
            [-20_000, 0, 50_000].map(|at| account.reward(at)),
            [-20_000, 0, 0]
        );
        assert_eq!(account.price(account.reward(50_000)), -1_000);
        assert_eq!(
            [health(-7, 0), health(0, 0), health(0, 5)].map(|it| it.reward(9)),
            [0; 3]
        );
        // Two of three, rounded down: the price is one third of a unit above nothing.
        assert_eq!(health(2, 3).reward(PPM), 666_666);
        assert_eq!(health(1 << 79, 1).reward(PPM), PPM);
    }

    #[test]
    fn spec_example_price_and_share() {
        let account = health(9_000_000_000, 10_000_000_000);
        assert_eq!(account.price(50_000), 8_500_000_000);
        let share = account.share(50_000, 1_100_000);
        assert_eq!(share.of_floor(10_500_000_000), 1_999_999_999);
        assert_eq!(share.of_ceil(10_500_000_000), 2_000_000_000);
        // Pay, margin that moves and the reward for it, penalty, what is left: USD to the cent in the page.
        let (pay, margin) = (
            share.of_floor(8_500_000_000),
            share.of_floor(10_000_000_000),
        );
        assert_eq!((pay, margin), (1_619_047_619, 1_904_761_904));
        assert_eq!(reward_of(1_904_761_904, 50_000), 95_238_095);
        assert_eq!(penalty_ceil(1_619_047_619, 10_000), 16_190_477);
        let left = 9_000_000_000 - share.of_floor(9_000_000_000) + pay;
        assert_eq!(
            (left, 10_000_000_000 - margin),
            (8_904_761_905, 8_095_238_096)
        );
        assert_eq!(account.share(900_000, 1_100_000), Share::WHOLE);
        assert_eq!(account.share(900_001, 1_100_000), Share::WHOLE);
        assert_eq!(health(-1_000, 10_000).price(50_000), -1_500);
        // In the seller's favour: a reward of 2.5 units is 2.
        assert_eq!(health(0, 50).price(50_000), -2);
        assert_eq!(health(0, 50).price(-50_000), 3);
    }

    #[test]
    fn healths_compare_without_a_quotient() {
        assert!(health(1, 3).falls_below(&health(2, 3)));
        assert!(!health(2, 6).falls_below(&health(1, 3)));
        assert!(health(-2, 3).falls_below(&health(-1, 3)));
        assert!(health(-1, 0).falls_below(&health(-5, 3)));
        assert!(!health(0, 0).falls_below(&health(5, 3)));
        let big = 1_i128 << 79;
        assert!(health(big - 2, big).falls_below(&health(big - 1, big)));
    }
}
