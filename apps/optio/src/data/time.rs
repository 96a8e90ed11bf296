//! Calendar dates and unix seconds (proleptic Gregorian, UTC).

/// Days since 1970-01-01 of a civil date.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // Count from March, so that the leap day ends the year.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let in_era = shifted.rem_euclid(400);
    let from_march = (month + 9) % 12;
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + in_era * 365 + in_era / 4 - in_era / 100 + day_of_year - 719_468
}

/// Civil date (year, month, day) of a day number.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day = shifted.rem_euclid(146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let civil_day = day_of_year - (153 * from_march + 2) / 5 + 1;
    (era * 400 + year + i64::from(month <= 2), month, civil_day)
}

/// Unix seconds of a UTC date and time of day; none for a date that no calendar has.
fn unix(year: i64, month: i64, day: i64, second_of_day: i64) -> Option<u64> {
    let days = days_from_civil(year, month, day);
    if civil_from_days(days) != (year, month, day) {
        return None;
    }
    u64::try_from(days * 86_400 + second_of_day).ok()
}

/// Parses `2026-02-05T04:29:52Z`, a year from 1970 to 9999; no other spelling of a time.
pub fn parse_timestamp(text: &str) -> Option<u64> {
    let (date, time) = text.trim().strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let valid = hour < 24 && minute < 60 && second < 60;
    let second_of_day = valid.then_some(hour * 3600 + minute * 60 + second)?;
    unix(year, month, day, second_of_day)
}

/// Three numbers between marks, each of digits alone and as many as its width: so small that no sum of them is beyond the range.
fn numbers(text: &str, mark: char, widths: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(mark);
    let mut found = [0; 3];
    for (slot, width) in found.iter_mut().zip(widths) {
        let part = parts.next()?;
        let plain = part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
        *slot = part.parse().ok().filter(|_| plain)?;
    }
    parts.next().is_none().then_some(found)
}

/// Writes unix seconds as `2026-02-05T04:29:52Z`.
pub fn format_timestamp(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil_from_days(i64::try_from(days).unwrap_or(0));
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

/// Parses the expiry of an instrument name as the contracts do: `25DEC26` as 08:00 UTC of that day, `25DEC26T1432` as that minute of it.
pub fn parse_expiry(text: &str) -> Option<u64> {
    let minutes = risk::name::parse_expiry(text).ok()?;
    Some(u64::from(minutes) * 60)
}

/// Writes an expiry as in instrument names: `25DEC26` for that day's 08:00, `25DEC26T1432` for another time of it.
pub fn format_expiry(seconds: u64) -> String {
    let (year, month, day) = civil_from_days(i64::try_from(seconds / 86_400).unwrap_or(0));
    let name = usize::try_from(month - 1)
        .ok()
        .and_then(|m| MONTHS.get(m))
        .unwrap_or(&"???");
    let minute = seconds % 86_400 / 60;
    let time = if minute == 8 * 60 {
        String::new()
    } else {
        format!("T{:02}{:02}", minute / 60, minute % 60)
    };
    format!("{day}{name}{:02}{time}", year.rem_euclid(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants() {
        // From `date -u -d ... +%s`.
        assert_eq!(parse_timestamp("2026-02-05T04:29:52Z"), Some(1_770_265_792));
        assert_eq!(parse_expiry("25DEC26"), Some(1_798_185_600));
        assert_eq!(parse_timestamp("2024-02-29T00:00:00Z"), Some(1_709_164_800));
        assert_eq!(parse_timestamp("2026-13-05T04:29:52Z"), None);
        assert_eq!(parse_timestamp("2026-02-05"), None);
        assert_eq!(parse_expiry("DEC26"), None);
    }

    #[test]
    fn dates_and_times_that_no_clock_shows_are_refused() {
        for text in ["31FEB26", "29FEB26", "31APR26", "0MAY26", "32MAY26"] {
            assert_eq!(parse_expiry(text), None, "{text}");
        }
        for time in ["T2400", "T1260", "T143", "T14320", "T+143", "T", "T14T2"] {
            assert_eq!(parse_expiry(&format!("25DEC26{time}")), None, "{time}");
        }
        for date in ["2026-02-30", "2025-02-29", "2026-00-01", "2026-04-31"] {
            assert_eq!(parse_timestamp(&format!("{date}T00:00:00Z")), None);
        }
        assert!(parse_expiry("29FEB24").is_some());
    }

    #[test]
    fn only_digits_of_one_width_are_a_date() {
        for text in [
            "300000000000-01-01T00:00:00Z",
            "2026-9223372036854775807-01T00:00:00Z",
            "2026-01-9223372036854775807T00:00:00Z",
            "2026-2-5T04:29:52Z",
            "+026-02-05T04:29:52Z",
            "2026-02-05T04:29Z",
            "2026-02-05T04:29:52:00Z",
            "2026-02-05T-4:29:52Z",
            "1969-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "2026-99-99T00:00:00Z",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
        for text in [
            "9223372036854775807FEB26",
            "+13FEB26",
            "13FEB+26",
            "13FEB026",
            "13FEB9223372036854775807",
            "013FEB26",
            "FEB26",
            "",
        ] {
            assert_eq!(parse_expiry(text), None, "{text}");
        }
        let last = parse_timestamp("9999-12-31T23:59:59Z");
        assert_eq!(last, Some(253_402_300_799));
    }

    #[test]
    fn an_expiry_at_another_time_of_the_day_comes_back() {
        // 08:00 of the day, and six hours and 32 minutes.
        let at = 1_798_185_600 + 6 * 3_600 + 32 * 60;
        assert_eq!(format_expiry(at), "25DEC26T1432");
        assert_eq!(parse_expiry("25DEC26T1432"), Some(at));
        for minute in 0..1_440 {
            let at = 1_798_156_800 + minute * 60;
            assert_eq!(parse_expiry(&format_expiry(at)), Some(at));
        }
    }

    #[test]
    fn there_and_back() {
        for day in 0..40_000u64 {
            let seconds = day * 86_400 + 28_800;
            assert_eq!(parse_timestamp(&format_timestamp(seconds)), Some(seconds));
            if (10_957..47_000).contains(&day) {
                assert_eq!(parse_expiry(&format_expiry(seconds)), Some(seconds));
            }
        }
    }
}
