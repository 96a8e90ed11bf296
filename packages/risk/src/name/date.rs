//! Expiries in names: `25DEC26`, or `25DEC26T1432` when not at 08:00 UTC.

use super::digits;
use crate::RiskError;

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const MINUTES_PER_DAY: u32 = 1_440;
/// 08:00 UTC.
const USUAL_MINUTE: u32 = 480;
/// 2000-01-01 and 2099-12-31 in days since 1970-01-01.
const FIRST_DAY: u32 = 10_957;
const LAST_DAY: u32 = 47_481;

/// The expiry as names write it.
///
/// # Errors
/// [`RiskError::Expiry`] outside the years 2000 to 2099.
pub fn format_expiry(minutes: u32) -> Result<String, RiskError> {
    let days = minutes / MINUTES_PER_DAY;
    let minute = minutes % MINUTES_PER_DAY;
    if !(FIRST_DAY..=LAST_DAY).contains(&days) {
        return Err(RiskError::Expiry { minutes });
    }
    let mut rest = days.saturating_sub(FIRST_DAY);
    let mut year = 0;
    while rest >= year_length(year) {
        rest = rest.saturating_sub(year_length(year));
        year = u32::saturating_add(year, 1);
    }
    let mut name = "DEC";
    for (index, month) in MONTHS.iter().enumerate() {
        let length = month_length(index, year);
        if rest < length {
            name = month;
            break;
        }
        rest = rest.saturating_sub(length);
    }
    let date = format!("{}{name}{year:02}", rest.saturating_add(1));
    if minute == USUAL_MINUTE {
        return Ok(date);
    }
    Ok(format!("{date}T{:02}{:02}", minute / 60, minute % 60))
}

/// The expiry that is written so, in unix minutes.
///
/// # Errors
/// [`RiskError::Name`] for anything that [`format_expiry`] does not write.
pub fn parse_expiry(text: &str) -> Result<u32, RiskError> {
    // A time is the last T with four digits behind it; OCT has a T of its own.
    let (date, time) = match text.rsplit_once('T') {
        Some((date, time)) if time.len() == 4 => (date, Some(digits(time)?)),
        _ => (text, None),
    };
    let minute = time.map_or(u64::from(USUAL_MINUTE), |clock| {
        (clock / 100).saturating_mul(60).saturating_add(clock % 100)
    });
    let (day, month, year) = split_date(date)?;
    let years: u32 = (0..year).map(year_length).sum();
    let months: u32 = (0..month).map(|index| month_length(index, year)).sum();
    let days = [FIRST_DAY, years, months, day.saturating_sub(1)]
        .iter()
        .sum::<u32>();
    let total = u64::from(days)
        .saturating_mul(u64::from(MINUTES_PER_DAY))
        .saturating_add(minute);
    let total = u32::try_from(total).map_err(|_| RiskError::Name)?;
    // One spelling per expiry: leading zeros, a written 0800 or the 31st of June do not come back.
    match format_expiry(total) {
        Ok(back) if back == text => Ok(total),
        _ => Err(RiskError::Name),
    }
}

/// Day, month from 0, year of the century.
fn split_date(date: &str) -> Result<(u32, usize, u32), RiskError> {
    let cut = date
        .find(|c: char| c.is_ascii_uppercase())
        .ok_or(RiskError::Name)?;
    let (day, rest) = date.split_at(cut);
    let (month, year) = rest.split_at_checked(3).ok_or(RiskError::Name)?;
    let month = MONTHS
        .iter()
        .position(|name| *name == month)
        .ok_or(RiskError::Name)?;
    if day.len() > 2 || year.len() != 2 {
        return Err(RiskError::Name);
    }
    let narrow = |value: u64| u32::try_from(value).map_err(|_| RiskError::Name);
    Ok((narrow(digits(day)?)?, month, narrow(digits(year)?)?))
}

const fn year_length(year: u32) -> u32 {
    // Every fourth year from 2000 to 2096 is a leap year, 2000 included.
    if year.is_multiple_of(4) { 366 } else { 365 }
}

const fn month_length(index: usize, year: u32) -> u32 {
    match index {
        1 if year.is_multiple_of(4) => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}
