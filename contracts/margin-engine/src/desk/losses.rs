//! Losses of markets and the rounds that share them.

use risk::QUOTE_COIN;
use risk::liquidation::Ended;

use super::Desk;
use crate::core::loss::{Gain, Loss};
use crate::error::EngineError;
use crate::state;

impl Desk<'_> {
    /// Deficits recorded of all accounts, quote base units.
    pub fn shortfall(&self) -> Result<u128, EngineError> {
        match self.records.ledgers.held(&QUOTE_COIN) {
            Some(held) => Ok(held.now.shortfall),
            None => Ok(state::load_ledger(self.storage, QUOTE_COIN)?.shortfall),
        }
    }

    /// The loss of a market.
    pub fn loss(&mut self, market: u16) -> Result<&mut Loss, EngineError> {
        let load = || state::load_loss(self.storage, market);
        self.records.losses.get(market, load)
    }

    /// A round of a market that has ended.
    pub fn ended(&mut self, market: u16, round: u32) -> Result<&mut Ended, EngineError> {
        let key = (market, round);
        let load = || state::load_ended(self.storage, key);
        self.records.ended.get(key, load)
    }

    /// What is withheld of an account's gains in a market.
    pub fn gain(&mut self, market: u16, account: u64) -> Result<&Gain, EngineError> {
        Ok(self.gain_mut(market, account)?)
    }

    /// What is withheld of an open account's gains in a market, in its settlement coin.
    pub fn withheld(&mut self, market: u16, account: u64) -> Result<u128, EngineError> {
        Ok(self.gain(market, account)?.part.withheld)
    }

    /// Replaces what is withheld of an open account's gains in a market.
    pub fn set_gain(&mut self, market: u16, id: u64, gain: Gain) -> Result<(), EngineError> {
        let holds = |gain: &Gain| u16::from(gain.part.withheld > 0);
        let is = holds(&gain);
        let record = self.gain_mut(market, id)?;
        let was = holds(record);
        *record = gain;
        let account = self.account_mut(id)?;
        let count = account.withheld_in.saturating_add(is).checked_sub(was);
        account.withheld_in = count.ok_or(EngineError::Corrupt)?;
        Ok(())
    }

    fn gain_mut(&mut self, market: u16, account: u64) -> Result<&mut Gain, EngineError> {
        let key = (market, account);
        let load = || state::load_gain(self.storage, key);
        self.records.gains.get(key, load)
    }
}
