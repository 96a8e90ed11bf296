//! Cash and escrow of the accounts on the desk, and how old their debts are.

use risk::QUOTE_COIN;

use super::{Desk, Records, second};
use crate::core::account::Cash;
use crate::core::num::{add_signed, neg, signed};
use crate::error::EngineError;

impl Desk<'_> {
    /// Adds `amount` to an open account's cash, and keeps the sum of debts and when this one began.
    pub fn post(&mut self, id: u64, coin: u16, amount: i128) -> Result<(), EngineError> {
        let now = second(self.now);
        self.ledger(coin)?;
        let ledger = self
            .records
            .ledgers
            .get_mut(&coin)
            .ok_or(EngineError::Corrupt)?;
        let account = self.records.accounts.get_mut(&id);
        let account = account.ok_or(EngineError::NoAccount { account: id })?;
        ledger.post(account, coin, amount, now)
    }

    /// Moves quote coins into an open account's escrow, or out of it. The caller takes them out of cash, or puts them there.
    pub fn move_escrow(&mut self, id: u64, amount: i128) -> Result<(), EngineError> {
        let with = self.config.liquidators;
        let account = self.account_mut(id)?;
        let held = account.escrow;
        let left = held.checked_add_signed(amount);
        account.escrow = left.ok_or(EngineError::Escrow { held })?;
        account.escrow_with = if account.escrow > 0 { with } else { 0 };
        let ledger = self.ledger(QUOTE_COIN)?;
        let left = ledger.escrow.checked_add_signed(amount);
        ledger.escrow = left.ok_or(EngineError::Overflow)?;
        Ok(())
    }

    /// Gives an account being opened back what a liquidation contract that was replaced holds of it: nobody else could.
    pub(super) fn end_old_escrow(&mut self, id: u64) -> Result<(), EngineError> {
        let account = self.account(id)?;
        if account.escrow == 0 || account.escrow_with == self.config.liquidators {
            return Ok(());
        }
        let amount = signed(account.escrow)?;
        self.move_escrow(id, neg(amount)?)?;
        self.post(id, QUOTE_COIN, amount)
    }

    /// Sets how old an open account's debts are, from what it owed before this message, interest included: what was added is
    /// new, what was repaid leaves the rest as old, and what only passed through counts for nothing.
    pub(super) fn age_debts(&mut self, id: u64) -> Result<(), EngineError> {
        let now = second(self.now);
        let Records {
            accounts, ledgers, ..
        } = &mut self.records;
        let Some(held) = accounts.0.iter_mut().find(|held| held.key == id) else {
            return Ok(());
        };
        for cash in held.now.cash.iter_mut().filter(|cash| cash.amount < 0) {
            let owed = |was: &&Cash| was.coin == cash.coin && was.amount < 0;
            let was = held.before.cash.iter().find(owed);
            if let (Some(was), Some(ledger)) = (was, ledgers.held(&cash.coin)) {
                let old = add_signed(was.amount, ledger.now.earned(was)?)?.unsigned_abs();
                cash.since = cash.since_in_the_mean(old, was.since, now)?;
            }
        }
        Ok(())
    }
}
