//! A market's loss on plain data: what was written off, and the round that shares it over gains.

use core::mem::take;

use risk::liquidation::{Ended, Gains, Part, Round};

use super::num::add_unsigned;
use crate::error::EngineError;

/// How long a round takes, seconds: whoever is named has so long to name others.
pub const ROUND: u64 = 86_400;
/// How long it goes on at least after more than an eighth was added to the gains counted, seconds.
const ROUND_EXTENSION: u64 = 43_200;
/// How long it takes at most, whoever was counted late or was never looked at, seconds.
const ROUND_AT_MOST: u64 = 604_800;

/// The loss of one market, base units of its settlement coin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// The round that runs, or the next one.
    pub round: u32,
    /// When it ends, unix seconds, if all accounts have been looked at; 0 when none runs.
    pub ends_at: u64,
    /// When it ends whether or not they have, unix seconds.
    pub ends_at_latest: u64,
    /// What it has counted.
    pub running: Round,
    /// Written off since it began.
    pub later: u128,
    /// The account whose turn it is to be looked at, from the last one that was open when the round began down to the first;
    /// 0: all have been.
    pub unseen: u64,
    /// Paid to who gained by fixed series before who lost by them was settled: per series `max(0, -(payoff x net not yet settled))`.
    pub uncollected: u128,
}

/// An account's part in a round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gain {
    /// The round.
    pub round: u32,
    /// The part.
    pub part: Part,
}

impl Loss {
    /// Adds what was written off; a round begins when none runs: `last` is the last account that is open.
    pub fn add(&mut self, amount: u128, now: u64, last: u64) -> Result<(), EngineError> {
        self.later = add_unsigned(self.later, amount)?;
        self.begin(now, last);
        Ok(())
    }

    /// What nobody has paid yet.
    pub fn lost(&self) -> u128 {
        self.running.due.saturating_add(self.later)
    }

    /// Counts an account into the round that runs; returns what is withheld of its gains now. Who is named late has time to
    /// name others.
    pub fn count(&mut self, gain: &mut Gain, found: Gains, now: u64) -> Result<u128, EngineError> {
        gain.round = self.round;
        let (before, lost) = (self.running.gains, self.lost());
        let more = self.running.count(&mut gain.part, found, lost);
        let added = self.running.gains.saturating_sub(before);
        if added > before / 8 {
            let extended = self.ends_at.max(now.saturating_add(ROUND_EXTENSION));
            self.ends_at = extended.min(self.ends_at_latest);
        }
        more.ok_or(EngineError::Overflow)
    }

    /// Notes that an account was looked at, if it is its turn.
    pub const fn look(&mut self, account: u64) {
        if account == self.unseen {
            self.unseen = self.unseen.saturating_sub(1);
        }
    }

    fn begin(&mut self, now: u64, last: u64) {
        if self.ends_at == 0 && self.later > 0 {
            self.running.due = take(&mut self.later);
            self.ends_at = now.saturating_add(ROUND);
            self.ends_at_latest = now.saturating_add(ROUND_AT_MOST);
            self.unseen = last;
        }
    }

    /// Whether the round that runs has ended: its loss is paid, or its time is over.
    pub const fn is_over(&self, now: u64) -> bool {
        let ends_at = if self.unseen > 0 {
            self.ends_at_latest
        } else {
            self.ends_at
        };
        self.ends_at > 0 && (now >= ends_at || self.running.due == 0)
    }

    /// Ends the round; what nobody paid is the next one's: `last` is the last account that is open.
    pub fn end(&mut self, now: u64, last: u64) -> Result<Ended, EngineError> {
        let running = take(&mut self.running);
        let ended = running.end();
        self.later = add_unsigned(self.later, running.due.saturating_sub(ended.raised))?;
        (self.ends_at, self.ends_at_latest, self.unseen) = (0, 0, 0);
        self.round = self.round.checked_add(1).ok_or(EngineError::Overflow)?;
        self.begin(now, last);
        Ok(ended)
    }
}
