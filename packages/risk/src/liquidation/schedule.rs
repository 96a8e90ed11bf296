//! The reward that a buyer is offered, as a function of time alone.

use super::PPM;

/// Most that a reward may lie below zero, parts per million: a price above equity.
pub const MAX_DISCOUNT: i32 = 100_000;

/// Most seconds that a lull counts for, whatever the schedule: as many as prices may be silent without a gap.
const MOST_LULL: u32 = 300;

/// Linear from `start` to `knee`, then to `end`, flat from there on; parts per million of maintenance margin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// At once; a little below zero.
    pub start: i32,
    /// After `knee_after` seconds.
    pub knee: i32,
    /// After `end_after` seconds.
    pub end: i32,
    /// Seconds from the auction's start.
    pub knee_after: u32,
    /// Seconds from the auction's start.
    pub end_after: u32,
}

impl Schedule {
    /// Whether rewards lie in `[-MAX_DISCOUNT, PPM]` and, like the times, never fall.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        -MAX_DISCOUNT <= self.start
            && self.start <= self.knee
            && self.knee <= self.end
            && self.end <= PPM
            && self.knee_after <= self.end_after
    }

    /// How many of the seconds between two steps count: a sixth of the schedule, five minutes at most.
    #[must_use]
    pub const fn lull(&self) -> u32 {
        let sixth = self.end_after / 6;
        if sixth < MOST_LULL { sixth } else { MOST_LULL }
    }

    /// The reward `elapsed` seconds after the start, rounded down: towards the seller.
    #[must_use]
    pub fn reward(&self, elapsed: u64) -> i32 {
        let Some(elapsed) = u32::try_from(elapsed)
            .ok()
            .filter(|elapsed| *elapsed < self.end_after)
        else {
            return self.end;
        };
        if elapsed < self.knee_after {
            between(self.start, self.knee, elapsed, self.knee_after)
        } else {
            let (since, span) = (
                elapsed.saturating_sub(self.knee_after),
                self.end_after.saturating_sub(self.knee_after),
            );
            between(self.knee, self.end, since, span)
        }
    }
}

/// `from + (to - from) x part / whole`, rounded down.
fn between(from: i32, to: i32, part: u32, whole: u32) -> i32 {
    let rise = i64::from(to)
        .saturating_sub(i64::from(from))
        .saturating_mul(i64::from(part));
    let rise = rise.checked_div_euclid(i64::from(whole)).unwrap_or(0);
    i32::try_from(i64::from(from).saturating_add(rise)).unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: Schedule = Schedule {
        start: -20_000,
        knee: 50_000,
        end: 1_000_000,
        knee_after: 600,
        end_after: 3_600,
    };

    #[test]
    fn spec_example_the_reward_rises_with_time_alone() {
        let rewards = [0, 1, 300, 600, 1_800, 3_600, u64::MAX].map(|at| SPEC.reward(at));
        assert_eq!(
            rewards,
            [
                -20_000, -19_884, 15_000, 50_000, 430_000, 1_000_000, 1_000_000
            ]
        );
    }

    #[test]
    fn a_lull_counts_for_a_sixth_of_the_schedule_and_five_minutes_at_most() {
        let lull = |end_after| Schedule { end_after, ..SPEC }.lull();
        let found = [60, 119, 1_799, 1_800, 3_600, 86_400].map(lull);
        assert_eq!(found, [10, 19, 299, 300, 300, 300]);
    }

    #[test]
    fn steps_and_flat_schedules_are_fine() {
        let step = Schedule {
            knee_after: 0,
            end_after: 0,
            ..SPEC
        };
        assert_eq!(step.reward(0), 1_000_000);
        let cliff = Schedule {
            knee_after: 600,
            end_after: 600,
            ..SPEC
        };
        assert_eq!([cliff.reward(599), cliff.reward(600)], [49_883, 1_000_000]);
    }

    #[test]
    fn what_falls_or_leaves_the_range_is_invalid() {
        assert!(SPEC.is_valid());
        let bad = [
            Schedule {
                start: -100_001,
                ..SPEC
            },
            Schedule {
                start: 50_001,
                ..SPEC
            },
            Schedule {
                knee: 1_000_001,
                end: 1_000_001,
                ..SPEC
            },
            Schedule {
                end: 49_999,
                ..SPEC
            },
            Schedule {
                knee_after: 3_601,
                ..SPEC
            },
        ];
        assert!(bad.iter().all(|schedule| !schedule.is_valid()));
    }
}
