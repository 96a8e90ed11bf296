//! The ledger of one coin, and the only ways cash moves.
//!
//! `held` = cash + fees + reserved + insurance + backstop + escrow + interest + unsettled. Cash of
//! all accounts is not stored: it is what remains, and tests compare it with the sum over accounts.

use super::account::{Account, Cash};
use super::num::{add, mul_div_ceil, mul_div_floor, neg, signed, sub, unsigned};
use crate::error::EngineError;

/// Seconds of an interest year: 365 days.
pub const YEAR: u128 = 31_536_000;
/// One, in units of a share or rate (`10^-18`, as `Decimal`).
pub const DECIMAL_ONE: u128 = 1_000_000_000_000_000_000;

/// The terms of one coin's ledger, base units, all but `unsettled` at least zero.
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
    /// Backstop.
    pub backstop: u128,
    /// Escrow.
    pub escrow: u128,
    /// Interest taken from debtors and not yet taken by positive accounts.
    pub interest: u128,
    /// Over fixed series, payoff x net quantity not yet settled.
    pub unsettled: i128,
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
            self.backstop,
            self.escrow,
            self.interest,
        ];
        let mut cash = sub(signed(self.held)?, self.unsettled)?;
        for term in others {
            cash = sub(cash, signed(term)?)?;
        }
        Ok(cash)
    }

    /// What is there for cash to be paid from: `held` less what belongs to no account.
    pub fn available(&self) -> Result<i128, EngineError> {
        add(self.cash()?, self.unsettled)
    }

    /// Counts interest up to `now` at `rate` (simple, per year, `10^-18`).
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
            let whole = DECIMAL_ONE.checked_mul(YEAR).ok_or(EngineError::Overflow)?;
            let step = mul_div_floor(scaled, 1 << 64, whole)?;
            self.debt_index = self
                .debt_index
                .checked_add(step)
                .ok_or(EngineError::Overflow)?;
        }
        Ok(())
    }

    /// Interest counts from `at` on: another rate is in force.
    pub fn start(&mut self, at: u32) {
        self.indexed_at = self.indexed_at.max(at);
    }

    /// Brings one account's interest up to date: a debtor pays rounded up, a creditor takes rounded
    /// down, the difference stays in `interest`.
    pub fn touch(&mut self, cash: &mut Cash) -> Result<(), EngineError> {
        let index = if cash.amount < 0 {
            self.debt_index
        } else {
            self.pay_index
        };
        let grown = index.saturating_sub(cash.index);
        let size = cash.amount.unsigned_abs();
        cash.index = index;
        if grown == 0 || size == 0 {
            return Ok(());
        }
        if cash.amount > 0 {
            let gain = mul_div_floor(size, grown, 1 << 64)?.min(self.interest);
            self.interest = self
                .interest
                .checked_sub(gain)
                .ok_or(EngineError::Overflow)?;
            cash.amount = add(cash.amount, signed(gain)?)?;
            return Ok(());
        }
        let owed = mul_div_ceil(size, grown, 1 << 64)?;
        // Half-way through a message terms and accounts may differ: then nobody is counted.
        let positive = add(self.cash()?, signed(self.debt)?)?.max(0);
        let positive = unsigned(positive)?;
        cash.amount = sub(cash.amount, signed(owed)?)?;
        self.debt = self.debt.checked_add(owed).ok_or(EngineError::Overflow)?;
        self.interest = self
            .interest
            .checked_add(owed)
            .ok_or(EngineError::Overflow)?;
        if positive > 0 {
            let step = mul_div_floor(owed, 1 << 64, positive)?;
            self.pay_index = self
                .pay_index
                .checked_add(step)
                .ok_or(EngineError::Overflow)?;
        }
        Ok(())
    }

    /// Adds `amount` to an account's cash. The caller moves the same amount out of another term (or
    /// another account): the commit checks that it did.
    pub fn post(
        &mut self,
        account: &mut Account,
        coin: u16,
        amount: i128,
        now: u32,
    ) -> Result<(), EngineError> {
        let cash = account.entry(coin)?;
        self.touch(cash)?;
        let owed = debt_of(cash.amount)?;
        cash.amount = add(cash.amount, amount)?;
        let owes = debt_of(cash.amount)?;
        if owes == 0 {
            cash.since = 0;
        } else if owed == 0 {
            cash.since = now;
        }
        cash.index = if owes > 0 {
            self.debt_index
        } else {
            self.pay_index
        };
        let debt = self
            .debt
            .checked_sub(owed)
            .and_then(|debt| debt.checked_add(owes));
        self.debt = debt.ok_or(EngineError::Overflow)?;
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
    use super::*;

    #[test]
    fn posting_keeps_debt_and_its_age() {
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
    fn spec_example_interest_goes_from_debtors_to_creditors_and_conserves() {
        // Two accounts, +3,000,000 and -1,000,000, 10 % a year, half a year: the debtor owes 50,000,
        // the creditor gains 50,000 less rounding.
        let mut ledger = Ledger {
            held: 2_000_000,
            ..Ledger::default()
        };
        let (mut rich, mut poor) = (Account::default(), Account::default());
        ledger.post(&mut rich, 0, 3_000_000, 0).unwrap();
        ledger.post(&mut poor, 0, -1_000_000, 0).unwrap();
        ledger.start(1);
        let half = u32::try_from(YEAR / 2).unwrap() + 1;
        ledger.accrue(DECIMAL_ONE / 10, half).unwrap();
        ledger.post(&mut poor, 0, 0, half).unwrap();
        ledger.post(&mut rich, 0, 0, half).unwrap();
        assert_eq!(poor.amount(0), -1_050_000);
        assert!((3_049_999..=3_050_000).contains(&rich.amount(0)));
        assert_eq!(ledger.cash().unwrap(), rich.amount(0) + poor.amount(0));
        assert_eq!(ledger.debt, 1_050_000);
    }
}
