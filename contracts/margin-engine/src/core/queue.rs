//! The withdrawal queue: everyone who waits is paid the same part at the same time.
//!
//! The queue keeps one factor, the share that is still waiting of what waited when the round began.
//! Allotting `a` of `w` multiplies it by `(w - a) / w`, rounded up; a claim of `x` that joined at factor
//! `f0` still waits for `ceil(x f / f0)`, so nobody is ever paid more than his part. When nothing waits
//! the round ends and every claim in it is due in full, to the last unit.

use super::num::mul_div_ceil;
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
    /// Share of the round that still waits, `2^-127`.
    pub factor: u128,
    /// Number of the round.
    pub round: u64,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            waiting: 0,
            allotted: 0,
            factor: WHOLE,
            round: 0,
        }
    }
}

/// An account's place in a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// The round it belongs to.
    pub round: u64,
    /// What waited when it was last counted, base units.
    pub amount: u128,
    /// The queue's factor then.
    pub factor: u128,
    /// Allotted before then and not yet paid, base units.
    pub due: u128,
    /// Whom to pay.
    pub to: String,
}

impl Queue {
    /// Allots at most `available` to the claims; returns what was allotted.
    pub fn allot(&mut self, available: u128) -> Result<u128, EngineError> {
        let amount = available.min(self.waiting);
        if amount == 0 {
            return Ok(0);
        }
        let left = self
            .waiting
            .checked_sub(amount)
            .ok_or(EngineError::Overflow)?;
        if left == 0 {
            self.factor = WHOLE;
            self.round = self.round.checked_add(1).ok_or(EngineError::Overflow)?;
        } else {
            self.factor = mul_div_ceil(self.factor, left, self.waiting)?;
        }
        self.waiting = left;
        self.allotted = self
            .allotted
            .checked_add(amount)
            .ok_or(EngineError::Overflow)?;
        Ok(amount)
    }

    /// Adds `amount` to a claim.
    pub fn join(&mut self, claim: &mut Claim, amount: u128) -> Result<(), EngineError> {
        self.count(claim)?;
        claim.amount = claim
            .amount
            .checked_add(amount)
            .ok_or(EngineError::Overflow)?;
        self.waiting = self
            .waiting
            .checked_add(amount)
            .ok_or(EngineError::Overflow)?;
        Ok(())
    }

    /// Takes what is due to a claim out of the queue.
    pub fn pay(&mut self, claim: &mut Claim) -> Result<u128, EngineError> {
        self.count(claim)?;
        let due = core::mem::take(&mut claim.due);
        self.allotted = self
            .allotted
            .checked_sub(due)
            .ok_or(EngineError::Overflow)?;
        Ok(due)
    }

    /// What of a claim still waits.
    pub fn waiting_of(&self, claim: &Claim) -> Result<u128, EngineError> {
        if claim.round != self.round || claim.amount == 0 {
            return Ok(0);
        }
        Ok(mul_div_ceil(claim.amount, self.factor, claim.factor)?.min(claim.amount))
    }

    /// Brings a claim up to date: what was allotted since becomes due.
    fn count(&self, claim: &mut Claim) -> Result<(), EngineError> {
        let waits = self.waiting_of(claim)?;
        let paid = claim
            .amount
            .checked_sub(waits)
            .ok_or(EngineError::Overflow)?;
        claim.due = claim.due.checked_add(paid).ok_or(EngineError::Overflow)?;
        claim.amount = waits;
        claim.factor = self.factor;
        claim.round = self.round;
        Ok(())
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
