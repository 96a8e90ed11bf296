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

/// Parses `2026-02-05T04:29:52Z`.
pub fn parse_timestamp(text: &str) -> Option<u64> {
    let text = text.trim().strip_suffix('Z')?;
    let (date, time) = text.split_once('T')?;
    let number = |part: &str| part.parse::<i64>().ok();
    let mut date = date.split('-').map(number);
    let mut time = time.split(':').map(number);
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let (hour, minute, second) = (
        time.next()??,
        time.next()??,
        time.next().unwrap_or(Some(0))?,
    );
    let valid = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    if !valid || date.next().is_some() || time.next().is_some() {
        return None;
    }
    unix(year, month, day, hour * 3600 + minute * 60 + second)
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

/// Parses the expiry of an instrument name: `25DEC26` as 08:00 UTC of that day, `25DEC26T1432` as that minute of it.
pub fn parse_expiry(text: &str) -> Option<u64> {
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (day, rest) = text.split_at(split);
    let (name, rest) = rest.split_at_checked(3)?;
    let (year, minute) = match rest.split_once('T') {
        None => (rest, 8 * 60),
        Some((year, time)) => (year, minute_of_day(time)?),
    };
    let month = MONTHS.iter().position(|m| *m == name)?;
    let year: i64 = year.parse().ok()?;
    if !(0..100).contains(&year) {
        return None;
    }
    let month = i64::try_from(month).ok()? + 1;
    unix(2000 + year, month, day.parse().ok()?, minute * 60)
}

/// Minutes since midnight of `1432`.
fn minute_of_day(time: &str) -> Option<i64> {
    if time.len() != 4 || !time.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let clock: i64 = time.parse().ok()?;
    let (hour, minute) = (clock / 100, clock % 100);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
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
