//! Losses of markets and the rounds that share them.

use risk::liquidation::Ended;

use super::Desk;
use crate::core::loss::{Gain, Loss};
use crate::error::EngineError;
use crate::state;

impl Desk<'_> {
    /// The loss of a market.
    pub fn loss(&mut self, market: u16) -> Result<&mut Loss, EngineError> {
        if !self.records.losses.has(&market) {
            let stored = state::load_loss(self.storage, market)?;
            self.records.losses.put(market, stored);
        }
        self.records
            .losses
            .get_mut(&market)
            .ok_or(EngineError::Corrupt)
    }

    /// A round of a market that has ended.
    pub fn ended(&mut self, market: u16, round: u32) -> Result<&mut Ended, EngineError> {
        let key = (market, round);
        if !self.records.ended.has(&key) {
            self.records
                .ended
                .put(key, state::load_ended(self.storage, key)?);
        }
        self.records.ended.get_mut(&key).ok_or(EngineError::Corrupt)
    }

    /// What is withheld of an account's gains in a market.
    pub fn gain(&mut self, market: u16, account: u64) -> Result<&mut Gain, EngineError> {
        let key = (market, account);
        if !self.records.gains.has(&key) {
            self.records
                .gains
                .put(key, state::load_gain(self.storage, key)?);
        }
        self.records.gains.get_mut(&key).ok_or(EngineError::Corrupt)
    }
}
