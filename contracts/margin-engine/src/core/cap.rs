//! How much of a coin the engine accepts: a raised cap waits, then grows.

use borsh::{BorshDeserialize, BorshSerialize};

use super::num::{add_unsigned, mul_div_floor};
use crate::error::EngineError;

/// Longest ramp: 30 days.
pub const MAX_RAMP: u32 = 30 * 86_400;

/// A cap in base units and what it was raised from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Cap {
    /// What was accepted when this cap came into force.
    pub from: u128,
    /// What is accepted in the end.
    pub to: u128,
    /// When it came into force, unix seconds.
    pub since: u64,
}

impl Cap {
    /// What is accepted at `now`, rounded down: for `ramp` seconds what was before, then growing evenly for as long
    /// again. A lowered cap counts at once.
    pub fn at(&self, now: u64, ramp: u32) -> Result<u128, EngineError> {
        let Some(rise) = self.to.checked_sub(self.from) else {
            return Ok(self.to);
        };
        let ramp = u64::from(ramp);
        let grown = now.saturating_sub(self.since).saturating_sub(ramp);
        if grown >= ramp {
            return Ok(if now < self.since { self.from } else { self.to });
        }
        let part = mul_div_floor(rise, grown.into(), ramp.into())?;
        add_unsigned(self.from, part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAMP: u32 = 604_800;

    #[test]
    fn spec_example_a_new_cap_waits_a_week_and_grows_for_a_week() {
        let cap = Cap {
            from: 0,
            to: 1_000,
            since: 1_000_000,
        };
        let week = u64::from(RAMP);
        let at = |after: u64| cap.at(1_000_000 + after, RAMP).unwrap();
        assert_eq!([at(0), at(week), at(week + 605)], [0, 0, 1]);
        assert_eq!(
            [at(week + week / 2), at(2 * week - 1), at(2 * week)],
            [500, 999, 1_000]
        );
    }

    #[test]
    fn a_raise_keeps_what_was_and_a_lower_cap_counts_at_once() {
        let raised = Cap {
            from: 600,
            to: 1_000,
            since: 50,
        };
        assert_eq!(raised.at(60, 100).unwrap(), 600);
        assert_eq!(raised.at(200, 100).unwrap(), 800);
        let lowered = Cap {
            from: 600,
            to: 10,
            since: 50,
        };
        assert_eq!(lowered.at(50, 100).unwrap(), 10);
        let whole = Cap {
            from: 7,
            to: 7,
            since: 0,
        };
        assert_eq!(whole.at(0, RAMP).unwrap(), 7);
        assert_eq!(raised.at(50, 0).unwrap(), 1_000);
        assert_eq!(raised.at(49, 0).unwrap(), 600);
    }
}
