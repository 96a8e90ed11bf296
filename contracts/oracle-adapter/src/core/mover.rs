//! A value that follows a target at a bounded speed: the slow price and the regime multiplier.

/// Seconds of one step never count beyond this, so silence earns no leap.
pub const MAX_STEP_SECONDS: u64 = 60;

/// `current` moved towards `target` by at most `up` or `down`.
pub const fn toward(current: u64, target: u64, up: u64, down: u64) -> u64 {
    if target > current {
        let gap = target.saturating_sub(current);
        current.saturating_add(if gap < up { gap } else { up })
    } else {
        let gap = current.saturating_sub(target);
        current.saturating_sub(if gap < down { gap } else { down })
    }
}

/// `value * rate * seconds`, rounded down; the rate per second in units of 10^-18.
///
/// Values are below 2^56, rates at most 10^15, seconds at most 60: the product stays below 2^112.
pub fn step(value: u64, rate: u64, seconds: u64) -> u64 {
    let seconds = u128::from(seconds.min(MAX_STEP_SECONDS));
    let product = u128::from(value)
        .saturating_mul(u128::from(rate))
        .saturating_mul(seconds);
    u64::try_from(product.checked_div(protocol_api::decimal::ONE).unwrap_or(0)).unwrap_or(u64::MAX)
}

/// The regime multipliers of the initial and the maintenance set, units of `2^-24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Regime {
    /// Initial set.
    pub initial: u32,
    /// Maintenance set, never above the initial one.
    pub maintenance: u32,
}

/// The initial multiplier rises by one in 256 seconds.
const RISE_PER_SECOND: u64 = 1 << 16;
/// The maintenance multiplier rises sixteen times more slowly.
const MAINTENANCE_RISE_PER_SECOND: u64 = 1 << 12;
/// Both fall by a quarter a day.
const FALL_PER_SECOND: u64 = 48;

/// The multipliers `seconds` later, when realised vol asks for `target`.
pub fn regime(before: Regime, target: u32, seconds: u64) -> Regime {
    let seconds = seconds.min(MAX_STEP_SECONDS);
    let follow = |from: u32, rise: u64| {
        let up = rise.saturating_mul(seconds);
        let down = FALL_PER_SECOND.saturating_mul(seconds);
        let next = toward(u64::from(from), u64::from(target), up, down);
        u32::try_from(next).unwrap_or(u32::MAX)
    };
    let initial = follow(before.initial, RISE_PER_SECOND);
    let maintenance = follow(before.maintenance, MAINTENANCE_RISE_PER_SECOND).min(initial);
    Regime {
        initial,
        maintenance,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reaches_the_target_and_no_further() {
        assert_eq!(toward(100, 110, 5, 1), 105);
        assert_eq!(toward(100, 103, 5, 1), 103);
        assert_eq!(toward(100, 50, 5, 1), 99);
        assert_eq!(toward(100, 100, 5, 1), 100);
    }

    #[test]
    fn steps_are_rate_times_time_and_silence_counts_a_minute() {
        // 0.01 % per second of 100,000 over 5 s is 50.
        assert_eq!(step(100_000, 100_000_000_000_000, 5), 50);
        assert_eq!(step(100_000, 100_000_000_000_000, 86_400), 600);
    }

    #[test]
    fn the_regime_rises_in_minutes_and_falls_in_days() {
        const ONE: u32 = 1 << 24;
        let mut now = Regime {
            initial: ONE,
            maintenance: ONE,
        };
        for _ in 0..60 {
            now = regime(now, 2 * ONE, 5);
        }
        assert_eq!(now.initial, 2 * ONE);
        assert_eq!(now.maintenance, ONE + 300 * (1 << 12));
        let mut days = 0;
        while now.initial > ONE {
            for _ in 0..1_440 {
                now = regime(now, ONE, 60);
            }
            days += 1;
            assert!(now.maintenance <= now.initial);
        }
        assert_eq!(days, 5, "a whole unit falls in a little over four days");
    }
}
