//! Withdrawals that wait for coins.

use super::Desk;
use crate::core::num::{signed, unsigned};
use crate::core::queue::{Claim, Queue};
use crate::error::EngineError;
use crate::state::{self, ClaimKey};

impl Desk<'_> {
    /// The withdrawal queue of a coin.
    pub fn queue(&mut self, coin: u16) -> Result<&mut Queue, EngineError> {
        let load = || state::load_queue(self.storage, coin);
        self.records.queues.get(coin, load)
    }

    /// Puts a withdrawal into its coin's queue.
    pub fn join_queue(&mut self, key: ClaimKey, amount: u128) -> Result<(), EngineError> {
        let mut claim = core::mem::take(self.claim(key)?);
        self.queue(key.0)?.join(&mut claim, amount)?;
        *self.claim(key)? = claim;
        Ok(())
    }

    /// Takes what is due to a claim out of its coin's queue.
    pub fn pay_claim(&mut self, key: ClaimKey) -> Result<u128, EngineError> {
        let mut claim = core::mem::take(self.claim(key)?);
        let due = self.queue(key.0)?.pay(&mut claim)?;
        *self.claim(key)? = claim;
        Ok(due)
    }

    fn claim(&mut self, key: ClaimKey) -> Result<&mut Claim, EngineError> {
        let load = || state::load_claim(self.storage, &key);
        self.records.claims.get(key, load)
    }

    /// Allots what has come in to those who wait for a coin.
    pub fn serve_queue(&mut self, coin: u16) -> Result<(), EngineError> {
        if self.ledger(coin)?.reserved == 0 {
            return Ok(());
        }
        // What waits is in `reserved` but its coins are not there yet: count them back in.
        let waiting = self.queue(coin)?.waiting;
        let free = self
            .ledger(coin)?
            .available()?
            .saturating_add(signed(waiting)?);
        let free = if free > 0 { unsigned(free)? } else { 0 };
        self.queue(coin)?.allot(free)?;
        Ok(())
    }
}
