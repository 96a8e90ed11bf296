//! A guardian's brake. It only tightens: named bits, for at most seven days, then it rests.
//!
//! A contract declares the bits that exist (`allowed`). What must never stop (reducing,
//! settling, repaying, liquidating) simply has no bit. After a pause ends the guardian must wait as
//! long as the pause lasted before the next one; the owner may lift a pause at any time.

use borsh::{BorshDeserialize, BorshSerialize};
use thiserror::Error;

/// The longest pause: 7 days.
pub const MAX_PAUSE_SECONDS: u64 = 7 * 24 * 3_600;

/// Why a pause is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PauseError {
    /// No bit, or a bit that does not exist.
    #[error("E_PAUSE_BITS: bits {bits:#x} are not within {allowed:#x}")]
    Bits {
        /// The bits asked for.
        bits: u32,
        /// The bits that exist.
        allowed: u32,
    },
    /// Zero seconds, or more than seven days.
    #[error("E_PAUSE_TIME: a pause lasts 1 to {MAX_PAUSE_SECONDS} seconds, not {seconds}")]
    Time {
        /// The seconds asked for.
        seconds: u64,
    },
    /// The guardian must rest.
    #[error("E_PAUSE_REST: the next pause is possible at {ready_at}")]
    Rest {
        /// When the next pause may start, unix seconds.
        ready_at: u64,
    },
    /// The action is paused.
    #[error("E_PAUSED: paused until {until}")]
    Paused {
        /// When the pause ends by itself, unix seconds.
        until: u64,
    },
}

/// A pause, running or over. The default is "never paused".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Pause {
    /// What is paused.
    pub bits: u32,
    /// When it ends by itself, unix seconds; at this second it is over.
    pub until: u64,
    /// When the guardian may pause again, unix seconds.
    pub ready_at: u64,
}

impl Pause {
    /// The guardian pauses `bits` for `seconds`, counted from `now`.
    ///
    /// # Errors
    /// [`PauseError::Bits`], [`PauseError::Time`], [`PauseError::Rest`].
    pub fn impose(
        self,
        bits: u32,
        allowed: u32,
        seconds: u64,
        now: u64,
    ) -> Result<Self, PauseError> {
        if bits == 0 || bits & !allowed != 0 {
            return Err(PauseError::Bits { bits, allowed });
        }
        if seconds == 0 || seconds > MAX_PAUSE_SECONDS {
            return Err(PauseError::Time { seconds });
        }
        if now < self.ready_at {
            return Err(PauseError::Rest {
                ready_at: self.ready_at,
            });
        }
        let until = now.saturating_add(seconds);
        Ok(Self {
            bits,
            until,
            ready_at: until.saturating_add(seconds),
        })
    }

    /// The owner ends the pause; the guardian's rest stays as it was.
    #[must_use]
    pub const fn lift(self) -> Self {
        Self {
            bits: 0,
            until: 0,
            ready_at: self.ready_at,
        }
    }

    /// Whether any of `bits` is paused at `now`.
    #[must_use]
    pub const fn holds(&self, bits: u32, now: u64) -> bool {
        now < self.until && self.bits & bits != 0
    }

    /// Passes when none of `bits` is paused at `now`.
    ///
    /// # Errors
    /// [`PauseError::Paused`].
    pub const fn check(&self, bits: u32, now: u64) -> Result<(), PauseError> {
        if self.holds(bits, now) {
            Err(PauseError::Paused { until: self.until })
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 3_600;

    #[test]
    fn attack_risk_36_a_pause_ends_by_itself_and_cannot_be_chained() {
        let paused = Pause::default().impose(1, 3, 7 * DAY, 1_000).unwrap();
        assert!(paused.holds(1, 1_000) && paused.holds(3, 1_000 + 7 * DAY - 1));
        assert!(!paused.holds(2, 1_000));
        assert!(!paused.holds(1, 1_000 + 7 * DAY));
        let again = paused.impose(2, 3, 1, 1_000 + 7 * DAY);
        assert_eq!(
            again,
            Err(PauseError::Rest {
                ready_at: 1_000 + 14 * DAY
            })
        );
        assert!(paused.impose(2, 3, 1, 1_000 + 14 * DAY).is_ok());
        let lifted = paused.lift();
        assert_eq!(lifted.check(1, 1_001), Ok(()));
        assert!(lifted.impose(1, 3, 1, 1_001).is_err());
    }

    #[test]
    fn only_existing_bits_and_bounded_times() {
        let none = Pause::default();
        assert_eq!(
            none.impose(0, 3, 1, 0),
            Err(PauseError::Bits {
                bits: 0,
                allowed: 3
            })
        );
        assert_eq!(
            none.impose(4, 3, 1, 0),
            Err(PauseError::Bits {
                bits: 4,
                allowed: 3
            })
        );
        assert_eq!(
            none.impose(1, 3, 0, 0),
            Err(PauseError::Time { seconds: 0 })
        );
        let long = 7 * DAY + 1;
        assert_eq!(
            none.impose(1, 3, long, 0),
            Err(PauseError::Time { seconds: long })
        );
    }
}
