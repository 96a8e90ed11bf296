//! The withdrawal queue: everyone who waits is paid the same part at the same time.
//!
//! The queue keeps one factor, the share that is still waiting of what waited when the round began.
//! Allotting `a` of `w` multiplies it by `(w - a) / w`, rounded up; a claim of `x` that joined at factor
//! `f0` still waits for `ceil(x f / f0)`, so nobody is ever paid more than his part. When nothing waits
//! the round ends and every claim in it is due in full, to the last unit.
//!
//! The factor is stored as 128 significant bits and a number of halvings, so it never wears out: an allotment
//! is wrong by less than `w / 2^127` in all, whatever came before it in the round.

use super::num::{
    add_signed, add_unsigned, mul_div_ceil, signed, sub_signed, sub_unsigned, unsigned,
};
use crate::error::EngineError;

/// Factor at the beginning of a round.
const WHOLE: u128 = 1 << 127;

/// The withdrawal queue of one coin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Still to be allotted, base units.
    pub waiting: u128,
    /// Allotted and not yet claimed, base units.
    pub allotted: u128,
    /// Share of the round that still waits, `2^-(127 + halvings)`; its top bit is set.
    pub factor: u128,
    /// How often the factor was doubled to keep its top bit set.
    pub halvings: u64,
    /// Number of the round.
    pub round: u64,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            waiting: 0,
            allotted: 0,
            factor: WHOLE,
            halvings: 0,
            round: 0,
        }
    }
}

/// Whom a claim pays: his canonical address, padded.
pub type Recipient = [u8; 32];

/// What an account queued of one coin for one recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// The round it belongs to.
    pub round: u64,
    /// What waited when it last joined, base units.
    pub amount: u128,
    /// The queue's factor then.
    pub factor: u128,
    /// The queue's halvings then.
    pub halvings: u64,
    /// Allotted before then, less what was paid, base units; below zero once more than that was paid.
    pub due: i128,
}

impl Queue {
    /// Allots at most `available` to the claims; returns what was allotted.
    pub fn allot(&mut self, available: u128) -> Result<u128, EngineError> {
        let amount = available.min(self.waiting);
        if amount == 0 {
            return Ok(0);
        }
        let left = sub_unsigned(self.waiting, amount)?;
        if left == 0 {
            self.factor = WHOLE;
            self.halvings = 0;
            self.round = self.round.checked_add(1).ok_or(EngineError::Overflow)?;
        } else {
            let factor = mul_div_ceil(self.factor, left, self.waiting)?;
            let doublings = factor.leading_zeros();
            let full = factor.checked_shl(doublings);
            self.factor = full.ok_or(EngineError::Overflow)?;
            self.halvings = self.halvings.saturating_add(doublings.into());
        }
        self.waiting = left;
        self.allotted = add_unsigned(self.allotted, amount)?;
        Ok(amount)
    }

    /// Adds `amount` to a claim.
    pub fn join(&mut self, claim: &mut Claim, amount: u128) -> Result<(), EngineError> {
        claim.due = self.owed(claim)?;
        claim.amount = add_unsigned(self.waiting_of(claim)?, amount)?;
        (claim.factor, claim.halvings) = (self.factor, self.halvings);
        claim.round = self.round;
        self.waiting = add_unsigned(self.waiting, amount)?;
        Ok(())
    }

    /// Takes what is due to a claim out of the queue. A claim that still waits is not counted anew: however
    /// often it is paid, it is rounded once.
    pub fn pay(&mut self, claim: &mut Claim) -> Result<u128, EngineError> {
        let due = self.due_of(claim)?;
        claim.due = sub_signed(claim.due, signed(due)?)?;
        if self.waiting_of(claim)? == 0 {
            (claim.amount, claim.due) = (0, 0);
        }
        self.allotted = sub_unsigned(self.allotted, due)?;
        Ok(due)
    }

    /// What of a claim still waits, rounded up.
    pub fn waiting_of(&self, claim: &Claim) -> Result<u128, EngineError> {
        if claim.round != self.round || claim.amount == 0 {
            return Ok(0);
        }
        let halvings = self.halvings.saturating_sub(claim.halvings);
        let halvings = u32::try_from(halvings).unwrap_or(u32::MAX);
        // Both factors have their top bit set: less than twice the claim, which fits.
        let whole = mul_div_ceil(claim.amount, self.factor, claim.factor)?;
        let less = whole.saturating_sub(1).checked_shr(halvings).unwrap_or(0);
        Ok(less.saturating_add(1).min(claim.amount))
    }

    /// What is due to a claim now.
    pub fn due_of(&self, claim: &Claim) -> Result<u128, EngineError> {
        unsigned(self.owed(claim)?)
    }

    fn owed(&self, claim: &Claim) -> Result<i128, EngineError> {
        let waits = signed(self.waiting_of(claim)?)?;
        add_signed(claim.due, sub_signed(signed(claim.amount)?, waits)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn attack_risk_31_spec_example_first_and_last_get_the_same_rate() {
        let mut queue = Queue::default();
        let (mut first, mut last) = (Claim::default(), Claim::default());
        queue.join(&mut first, 1_000).unwrap();
        queue.join(&mut last, 3_000).unwrap();
        assert_eq!(queue.allot(1_000).unwrap(), 1_000);
        assert_eq!(
            (
                queue.pay(&mut first).unwrap(),
                queue.pay(&mut last).unwrap()
            ),
            (250, 750)
        );
        // A newcomer shares only in what comes later.
        let mut new = Claim::default();
        queue.join(&mut new, 3_000).unwrap();
        queue.allot(3_000).unwrap();
        let paid: Vec<u128> = [&mut first, &mut last, &mut new]
            .map(|claim| queue.pay(claim).unwrap())
            .into();
        assert_eq!(paid, [375, 1_125, 1_500]);
        assert_eq!(queue.allot(9_999).unwrap(), 3_000);
        let rest: Vec<u128> = [&mut first, &mut last, &mut new]
            .map(|claim| queue.pay(claim).unwrap())
            .into();
        assert_eq!(rest, [375, 1_125, 1_500]);
        assert_eq!((queue.waiting, queue.allotted), (0, 0));
    }

    #[test]
    fn a_claim_that_is_paid_often_is_rounded_once() {
        let mut queue = Queue::default();
        let (mut small, mut rest) = (Claim::default(), Claim::default());
        queue.join(&mut small, 1_000_000).unwrap();
        queue.join(&mut rest, 999_000_000).unwrap();
        let mut paid = 0;
        for _ in 0..500 {
            queue.allot(1_999).unwrap();
            paid += queue.pay(&mut small).unwrap();
        }
        // A thousandth of 999,500, rounded down.
        assert_eq!(paid, 999);
    }

    /// Numbers that look random and are always the same.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, bound: u128) -> u128 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            u128::from(self.0 >> 11) % bound
        }
    }

    /// A round of 10^5 allotments that an adversary keeps alive by joining again and again, against plain shares in
    /// units of `2^-40`: nobody ever waits for a unit more, or gets more, than his part.
    #[test]
    fn attack_risk_31_no_round_wears_the_factor_out() {
        const FINE: u32 = 40;
        let mut dice = Dice(7);
        let mut queue = Queue::default();
        let mut adversary = Claim::default();
        let mut honest = vec![(Claim::default(), 0_u128); 3];
        for _ in 0..100_000 {
            queue
                .join(&mut adversary, 1 + dice.below(1_000_000_000_000))
                .unwrap();
            for (claim, fair) in &mut honest {
                if *fair >> FINE == 0 && dice.below(4) == 0 {
                    queue.pay(claim).unwrap();
                    let left = queue.waiting_of(claim).unwrap();
                    let amount = 1 + dice.below(1_000_000_000_000);
                    queue.join(claim, amount).unwrap();
                    *fair = (left + amount) << FINE;
                }
            }
            let waiting = queue.waiting;
            let amount = match dice.below(4) {
                0 => waiting / 2,
                1 => waiting - 1,
                2 => 1,
                _ => dice.below(waiting),
            };
            queue.allot(amount).unwrap();
            for (claim, fair) in &mut honest {
                *fair -= *fair * amount / waiting;
                let waits = queue.waiting_of(claim).unwrap() << FINE;
                let slack = 1 << (FINE / 2);
                assert!(waits + slack >= *fair, "{waits} {fair}");
                assert!(waits <= *fair + (1 << FINE) + slack, "{waits} {fair}");
            }
        }
        assert_eq!(queue.round, 0, "all in one round");
    }

    proptest! {
        /// Whatever happens, nobody gets more than he claimed, the queue never pays more than it was
        /// allotted, and in the end everybody has everything.
        #[test]
        fn queues_conserve(steps in prop::collection::vec((0_usize..4, 0_u8..3, 1_u128..1_000_000_000_000), 1..60)) {
            let mut queue = Queue::default();
            let mut claims = vec![Claim::default(); 4];
            let (mut asked, mut got) = ([0_u128; 4], [0_u128; 4]);
            for (who, what, amount) in steps {
                match what {
                    0 => { queue.join(&mut claims[who], amount).unwrap(); asked[who] += amount; }
                    1 => { queue.allot(amount).unwrap(); }
                    _ => got[who] += queue.pay(&mut claims[who]).unwrap(),
                }
                let total: u128 = asked.iter().sum::<u128>() - got.iter().sum::<u128>();
                prop_assert_eq!(queue.waiting + queue.allotted, total);
            }
            queue.allot(u128::MAX).unwrap();
            for who in 0..4 {
                got[who] += queue.pay(&mut claims[who]).unwrap();
                prop_assert_eq!(got[who], asked[who]);
            }
            prop_assert_eq!((queue.waiting, queue.allotted), (0, 0));
        }
    }
}
