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

/// Unix seconds of a UTC date and time of day.
pub fn unix(year: i64, month: i64, day: i64, second_of_day: i64) -> Option<u64> {
    u64::try_from(days_from_civil(year, month, day) * 86_400 + second_of_day).ok()
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
    let valid = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..60).contains(&second);
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

/// Parses the expiry of an instrument name, `25DEC26`, as 08:00 UTC of that day.
pub fn parse_expiry(text: &str) -> Option<u64> {
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let day: i64 = text.get(..split)?.parse().ok()?;
    let name = text.get(split..split + 3)?;
    let year: i64 = text.get(split + 3..)?.parse().ok()?;
    let month = MONTHS.iter().position(|m| *m == name)?;
    if !(1..=31).contains(&day) || !(0..100).contains(&year) {
        return None;
    }
    unix(2000 + year, i64::try_from(month).ok()? + 1, day, 8 * 3600)
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
