//! The ledger of one coin, and the only ways cash moves.
//!
//! `held` = cash + fees + reserved + insurance + escrow + withheld - lost + interest + unsettled. Cash of
//! all accounts is not stored: it is what remains, and tests compare it with the sum over accounts.

use protocol_api::decimal;

use super::account::{Account, Cash};
use super::num::{
    add_signed, add_unsigned, mul_div_ceil, mul_div_floor, neg, signed, sub_signed, sub_unsigned,
    unsigned,
};
use crate::error::EngineError;

/// Seconds of an interest year: 365 days.
pub const YEAR: u128 = 31_536_000;

/// One, as the indices of interest count it.
const INDEX_ONE: u128 = 1 << 64;

/// The terms of one coin's ledger, base units, all but `interest` and `unsettled` at least zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Coins in less coins out by the engine's own messages.
    pub held: u128,
    /// Fees not yet collected.
    pub fees: u128,
    /// Withdrawals waiting or allotted and not yet claimed.
    pub reserved: u128,
    /// Insurance.
    pub insurance: u128,
    /// Gains withheld while a loss is shared, and not yet given back.
    pub withheld: u128,
    /// Debts written off and not yet paid by anyone: cash that no coin stands behind.
    pub lost: u128,
    /// Escrow.
    pub escrow: u128,
    /// Interest charged to debtors less what positive accounts took. Below zero while these were counted first;
    /// never once everybody is counted.
    pub interest: i128,
    /// Over fixed series, payoff x net quantity not yet settled.
    pub unsettled: i128,
    /// Deficits recorded of all accounts, in the quote coin alone: no term of `held`, but tells whether a market may be short.
    pub shortfall: u128,
    /// Paid to who gained by fixed series before who lost by them was settled ([`super::loss::Loss::uncollected`], summed over the
    /// markets): no term of `held`, but tells whether gains must stay.
    pub uncollected: u128,
    /// Sum of negative cash, as a positive number.
    pub debt: u128,
    /// Interest owed per unit of debt since the beginning, `2^-64`.
    pub debt_index: u128,
    /// Interest paid per unit of positive cash since the beginning, `2^-64`.
    pub pay_index: u128,
    /// Up to when `debt_index` is counted, unix seconds.
    pub indexed_at: u32,
}

impl Ledger {
    /// Signed cash of all accounts: `held` less every other term.
    pub fn cash(&self) -> Result<i128, EngineError> {
        let others = [
            self.fees,
            self.reserved,
            self.insurance,
            self.withheld,
            self.escrow,
        ];
        let mut cash = sub_signed(
            sub_signed(signed(self.held)?, self.unsettled)?,
            self.interest,
        )?;
        cash = add_signed(cash, signed(self.lost)?)?;
        for term in others {
            cash = sub_signed(cash, signed(term)?)?;
        }
        Ok(cash)
    }

    /// What is there for cash to be paid from: `held` less what belongs to no account. Interest that is still
    /// to be charged is no coin, nor is what was lost until gains are withheld for it.
    pub fn available(&self) -> Result<i128, EngineError> {
        let there = add_signed(
            add_signed(self.cash()?, self.unsettled)?,
            self.interest.min(0),
        )?;
        sub_signed(there, signed(self.lost.saturating_sub(self.withheld))?)
    }

    /// Counts interest up to `now` at `rate` (simple, per year, `10^-18`): what all debts grow by is shared at
    /// once over positive cash, rounded down, a unit of which never earns more than a unit of debt pays.
    pub fn accrue(&mut self, rate: u128, now: u32) -> Result<(), EngineError> {
        if rate == 0 || now <= self.indexed_at {
            return Ok(());
        }
        let seconds = now.saturating_sub(self.indexed_at);
        self.indexed_at = now;
        if self.debt > 0 {
            let scaled = rate
                .checked_mul(u128::from(seconds))
                .ok_or(EngineError::Overflow)?;
            let whole = decimal::ONE
                .checked_mul(YEAR)
                .ok_or(EngineError::Overflow)?;
            let step = mul_div_floor(scaled, INDEX_ONE, whole)?;
            let positive = add_signed(self.cash()?, signed(self.debt)?)?;
            let sharers = u128::try_from(positive).unwrap_or(0).max(self.debt);
            let share = mul_div_floor(step, self.debt, sharers)?;
            self.debt_index = add_unsigned(self.debt_index, step)?;
            self.pay_index = add_unsigned(self.pay_index, share)?;
        }
        Ok(())
    }

    /// Interest counts from `at` on: another rate is in force.
    pub fn start(&mut self, at: u32) {
        self.indexed_at = self.indexed_at.max(at);
    }

    /// What interest has added to an account's cash since it was last counted: a debtor owes rounded up, a
    /// creditor takes rounded down.
    pub fn earned(&self, cash: &Cash) -> Result<i128, EngineError> {
        let size = cash.amount.unsigned_abs();
        let grown = self.index(cash.amount).saturating_sub(cash.index);
        if cash.amount < 0 {
            return neg(signed(mul_div_ceil(size, grown, INDEX_ONE)?)?);
        }
        signed(mul_div_floor(size, grown, INDEX_ONE)?)
    }

    /// What a touch that moves no cash counts, and the account's index after it: the fraction of a unit that a debtor paid
    /// too much, or a creditor took too little, counts at the next, rounded down: the ledger keeps cash / 2^64 of a unit.
    fn touched(&self, cash: &Cash) -> Result<(i128, u128), EngineError> {
        let (earned, index) = (self.earned(cash)?, self.index(cash.amount));
        let grown = index.saturating_sub(cash.index);
        let size = cash.amount.unsigned_abs();
        let part = (size % INDEX_ONE).checked_mul(grown % INDEX_ONE);
        let part = part.ok_or(EngineError::Overflow)? % INDEX_ONE;
        let size = add_signed(cash.amount, earned)?.unsigned_abs();
        let growth = |part: u128| part.checked_div(size).unwrap_or(0);
        if cash.amount < 0 {
            let ahead = growth(INDEX_ONE.saturating_sub(part) % INDEX_ONE);
            return Ok((earned, index.saturating_add(ahead).max(cash.index)));
        }
        Ok((earned, index.saturating_sub(growth(part))))
    }

    /// The index by which cash of this sign grows.
    const fn index(&self, amount: i128) -> u128 {
        if amount < 0 {
            self.debt_index
        } else {
            self.pay_index
        }
    }

    /// Adds interest up to now and `amount` to an account's cash. The caller moves the same amount out of another term (or
    /// another account): the commit checks that it did.
    pub fn post(
        &mut self,
        account: &mut Account,
        coin: u16,
        amount: i128,
        now: u32,
    ) -> Result<(), EngineError> {
        let cash = account.entry(coin)?;
        let owed = debt_of(cash.amount)?;
        // Interest first; what rounding leaves stays in `interest`.
        let (earned, counted) = if amount == 0 {
            let (earned, index) = self.touched(cash)?;
            (earned, Some(index))
        } else {
            (self.earned(cash)?, None)
        };
        self.interest = sub_signed(self.interest, earned)?;
        cash.amount = add_signed(add_signed(cash.amount, earned)?, amount)?;
        let owes = debt_of(cash.amount)?;
        if owes == 0 {
            cash.since = 0;
        } else if owed == 0 {
            cash.since = now;
        }
        cash.index = counted.unwrap_or_else(|| self.index(cash.amount));
        self.debt = add_unsigned(sub_unsigned(self.debt, owed)?, owes)?;
        Ok(())
    }
}

/// Negative cash as a positive number.
fn debt_of(amount: i128) -> Result<u128, EngineError> {
    if amount < 0 {
        unsigned(neg(amount)?)
    } else {
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against plain floats: every account grows as its cash and the others' did meanwhile, and creditors never take
        /// more than debtors are charged.
        #[test]
        fn inv_11_interest_is_shared_as_it_grows(
            steps in prop::collection::vec(
                (0_usize..4, prop_oneof![Just(0_i128), -1_000_000_000_000_i128..1_000_000_000_000], 0_u32..3_000_000), 1..60),
        ) {
            let mut ledger = Ledger::default();
            ledger.start(1);
            let mut accounts = vec![Account::default(); 4];
            let mut expected = [(0.0_f64, 0.0_f64); 4];
            let (mut now, mut touches) = (1, 0.0);
            for (who, amount, seconds) in steps {
                now += seconds;
                touches += 1.0;
                let growth = 0.2 * f64::from(seconds) / YEAR as f64;
                let sum = |sign: f64| expected.iter().map(|(base, _)| (base * sign).max(0.0)).sum::<f64>();
                let (positive, debt) = (sum(1.0), sum(-1.0));
                for (base, new) in &mut expected {
                    let share = if *base < 0.0 { 1.0 } else { debt / positive.max(debt).max(1.0) };
                    *new += *base * growth * share;
                }
                ledger.accrue(decimal::ONE / 5, now).unwrap();
                // A settlement whose other side waits.
                ledger.post(&mut accounts[who], 0, amount, now).unwrap();
                ledger.unsettled -= amount;
                let (base, new) = expected[who];
                expected[who] = (base + new + amount as f64, 0.0);
                let (mut cash, mut earned) = (0, 0);
                for (account, (base, new)) in accounts.iter().zip(expected) {
                    let Some(entry) = account.cash.first() else { continue };
                    let found = entry.amount + ledger.earned(entry).unwrap();
                    prop_assert!((found as f64 - base - new).abs() < touches + 1.0, "{} {} {}", found, base, new);
                    cash += entry.amount;
                    earned += ledger.earned(entry).unwrap();
                }
                prop_assert_eq!(cash, ledger.cash().unwrap());
                prop_assert!(ledger.interest >= earned, "{} {}", ledger.interest, earned);
            }
        }
    }

    #[test]
    fn spec_example_a_touch_counts_a_unit_once() {
        let mut ledger = Ledger::default();
        let mut account = Account::default();
        ledger.post(&mut account, 0, -1_000, 0).unwrap();
        // 2.5 units are due: three are charged, and the half is paid in advance.
        ledger.debt_index = INDEX_ONE / 400;
        ledger.post(&mut account, 0, 0, 1).unwrap();
        assert_eq!(account.amount(0), -1_003);
        let touched = account.clone();
        ledger.debt_index += INDEX_ONE / 2_007;
        ledger.post(&mut account, 0, 0, 1).unwrap();
        assert_eq!(account, touched);
        // A little more is another unit begun.
        ledger.debt_index += INDEX_ONE / 1_000_000;
        ledger.post(&mut account, 0, 0, 1).unwrap();
        assert_eq!(account.amount(0), -1_004);
        // Who moves cash gives up what he paid in advance.
        ledger.post(&mut account, 0, 4, 2).unwrap();
        assert_eq!(account.amount(0), -1_000);
        ledger.debt_index += 1;
        ledger.post(&mut account, 0, 0, 2).unwrap();
        assert_eq!(account.amount(0), -1_001);
    }

    #[test]
    fn posting_keeps_debt_and_when_it_began() {
        let mut ledger = Ledger {
            held: 1_000,
            ..Ledger::default()
        };
        let mut account = Account::default();
        ledger.post(&mut account, 0, 700, 10).unwrap();
        assert_eq!((ledger.debt, account.amount(0)), (0, 700));
        ledger.post(&mut account, 0, -900, 20).unwrap();
        assert_eq!((ledger.debt, account.cash[0].since), (200, 20));
        ledger.post(&mut account, 0, -100, 30).unwrap();
        assert_eq!((ledger.debt, account.cash[0].since), (300, 20));
        ledger.post(&mut account, 0, 300, 40).unwrap();
        assert_eq!((ledger.debt, account.cash[0].since), (0, 0));
    }

    #[test]
    fn inv_11_spec_example_interest_belongs_to_whoever_held_cash_while_the_debt_ran() {
        let mut ledger = Ledger {
            held: 2_000_000,
            ..Ledger::default()
        };
        let (mut rich, mut poor) = (Account::default(), Account::default());
        ledger.post(&mut rich, 0, 3_000_000, 0).unwrap();
        ledger.post(&mut poor, 0, -1_000_000, 0).unwrap();
        ledger.start(1);
        let half = u32::try_from(YEAR / 2).unwrap() + 1;
        ledger.accrue(decimal::ONE / 10, half).unwrap();
        let mut late = Account::default();
        ledger.held += 97_000_000;
        ledger.post(&mut late, 0, 97_000_000, half).unwrap();
        ledger.post(&mut rich, 0, 0, half).unwrap();
        assert_eq!((rich.amount(0), ledger.interest), (3_049_999, -49_999));
        assert_eq!(ledger.available().unwrap(), 99_000_000, "coins there are");
        ledger.post(&mut late, 0, 0, half).unwrap();
        ledger.post(&mut poor, 0, 0, half).unwrap();
        assert_eq!((poor.amount(0), late.amount(0)), (-1_050_000, 97_000_000));
        assert_eq!((ledger.debt, ledger.interest), (1_050_000, 1));
        let sum = rich.amount(0) + poor.amount(0) + late.amount(0);
        assert_eq!(ledger.cash().unwrap(), sum);
    }
}
