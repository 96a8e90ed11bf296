//! Which expiries anyone may list: a calendar counted in whole days.

/// Seconds of a day.
const DAY: u64 = 86_400;

/// How far ahead each kind of expiry may be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// Seconds after midnight UTC.
    pub at: u32,
    /// Days, weeks, months and quarters ahead.
    pub ahead: [u16; 4],
}

impl Horizon {
    /// Whether `expiry` (unix seconds) may be listed by anyone at `now`: it lies ahead, at the
    /// calendar's time of day, and is a daily, Friday, last-Friday or quarter's last-Friday expiry
    /// within the number of days, weeks, months or quarters ahead.
    pub fn allows(&self, expiry: u64, now: u64) -> bool {
        let Some(midnight) = expiry.checked_sub(u64::from(self.at)) else {
            return false;
        };
        let (day, rest) = (midnight / DAY, midnight % DAY);
        if rest != 0 || expiry <= now {
            return false;
        }
        let [days, weeks, months, quarters] = self.ahead.map(u64::from);
        let ahead = day.saturating_sub(now / DAY);
        if ahead <= days {
            return true;
        }
        if !is_friday(day) {
            return false;
        }
        if ahead <= weeks.saturating_mul(7) {
            return true;
        }
        let (month, last) = (month_number(day), is_last_of_month(day));
        let month_ahead = month.saturating_sub(month_number(now / DAY));
        let is_quarter = month % 3 == 2;
        last && (month_ahead <= months || (is_quarter && month_ahead <= quarters.saturating_mul(3)))
    }
}

/// Day 0 was a Thursday.
const fn is_friday(day: u64) -> bool {
    day % 7 == 1
}

/// Whether a Friday is the last one of its month: seven days later another month has begun.
fn is_last_of_month(day: u64) -> bool {
    month_number(day.saturating_add(7)) != month_number(day)
}

/// Months since January of year 0 (proleptic Gregorian), from days since 1970-01-01. The year is
/// counted from March, so that the leap day comes last; 153 days are five months from March.
fn month_number(day: u64) -> u64 {
    let shifted = day.saturating_add(719_468);
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let leap = (of_era / 1_460).saturating_add(of_era / 146_096);
    let year_of_era = of_era.saturating_add(of_era / 36_524).saturating_sub(leap) / 365;
    let year = year_of_era.saturating_add(era.saturating_mul(400));
    let before = year_of_era
        .saturating_mul(365)
        .saturating_add(year_of_era / 4)
        .saturating_sub(year_of_era / 100);
    let day_of_year = of_era.saturating_sub(before);
    let from_march = day_of_year.saturating_mul(5).saturating_add(2) / 153;
    year.saturating_mul(12)
        .saturating_add(from_march)
        .saturating_add(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EIGHT: u32 = 28_800;
    // 2026-11-21 00:00 UTC is day 20,778 (date -d 2026-11-21 +%s = 1795219200).
    const NOW: u64 = 1_795_219_200 + 3_600;

    fn horizon(ahead: [u16; 4]) -> Horizon {
        Horizon { at: EIGHT, ahead }
    }

    #[test]
    fn months_match_a_calendar() {
        // From `date -u -d ... +%s`: 1970-01-01, 2000-02-29, 2000-03-01, 2026-12-31, 2100-03-01.
        for (seconds, year, month) in [
            (0, 1970, 1),
            (951_782_400, 2000, 2),
            (951_868_800, 2000, 3),
            (1_798_675_200, 2026, 12),
            (4_107_542_400, 2100, 3),
        ] {
            assert_eq!(
                month_number(seconds / DAY),
                year * 12 + month - 1,
                "{year}-{month}"
            );
        }
    }

    #[test]
    fn calendar_expiries_and_no_others() {
        let friday_25_dec_26 = 1_798_156_800 + u64::from(EIGHT);
        let friday_4_dec_26 = 1_796_342_400 + u64::from(EIGHT);
        let tomorrow = 1_795_305_600 + u64::from(EIGHT);
        // The last Friday of December: quarterly, monthly, and weekly once close enough.
        assert!(horizon([0, 0, 0, 1]).allows(friday_25_dec_26, NOW));
        assert!(horizon([0, 0, 1, 0]).allows(friday_25_dec_26, NOW));
        assert!(horizon([0, 5, 0, 0]).allows(friday_25_dec_26, NOW));
        assert!(!horizon([0, 4, 0, 0]).allows(friday_25_dec_26, NOW));
        // An ordinary Friday is only weekly or daily.
        assert!(horizon([0, 2, 0, 0]).allows(friday_4_dec_26, NOW));
        assert!(!horizon([0, 0, 12, 8]).allows(friday_4_dec_26, NOW));
        assert!(horizon([1, 0, 0, 0]).allows(tomorrow, NOW));
        assert!(
            !horizon([1, 9, 9, 9]).allows(tomorrow + 60, NOW),
            "not at eight"
        );
        assert!(!horizon([9, 9, 9, 9]).allows(NOW - NOW % DAY + u64::from(EIGHT) - DAY, NOW));
    }
}
