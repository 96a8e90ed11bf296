//! Decimal text and the number type.

use fixed_math::Fx;

use crate::error::{CliError, Result};

/// Reads a decimal number, rounded to the nearest 2^-64; for clap.
///
/// # Errors
/// When the text is no decimal number or does not fit.
pub fn parse(text: &str) -> std::result::Result<Fx, String> {
    let plain = text.trim();
    let digits = plain.trim_start_matches(['-', '+']);
    let sound = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    if !sound {
        return Err("not a decimal number".to_owned());
    }
    plain.parse::<Fx>().map_err(|e| e.to_string())
}

/// Writes a number with 18 decimals, to nearest, without trailing zeros.
pub fn show(value: Fx) -> String {
    trim(&format!("{value:.18}"))
}

/// Writes an integer count of units of `10^-decimals` as a decimal.
pub fn units(amount: i128, decimals: u32) -> String {
    let one = 10u128.pow(decimals);
    let (whole, rest) = (amount.unsigned_abs() / one, amount.unsigned_abs() % one);
    let sign = if amount < 0 { "-" } else { "" };
    trim(&format!(
        "{sign}{whole}.{rest:0width$}",
        width = decimals as usize
    ))
}

/// Writes a number with at most so many significant digits, without trailing zeros.
pub fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return trim(&value.to_string());
    }
    let magnitude = value.abs().log10().floor() as i32;
    let places = (digits as i32 - 1 - magnitude).max(0);
    trim(&format!("{value:.places$}", places = places as usize))
}

/// Drops zeros at the end of a fraction.
pub fn trim(text: &str) -> String {
    if !text.contains('.') {
        return text.to_owned();
    }
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" {
        "0".to_owned()
    } else {
        short.to_owned()
    }
}

/// A whole number of `10^-decimals` units from the text of a JSON value, exactly.
///
/// # Errors
/// When it is no number, finer than the unit, or beyond 127 bits of units.
pub fn to_units(text: &str, decimals: u32, what: &str) -> Result<i128> {
    let refuse = || {
        CliError::input(format!(
            "{what}: {text} is not a number with at most {decimals} decimals"
        ))
    };
    exact_units(text, decimals).ok_or_else(refuse)
}

fn exact_units(text: &str, decimals: u32) -> Option<i128> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let places = i64::try_from(fraction.len()).ok()? - i64::from(exponent);
    let shift = i64::from(decimals) - places;
    if digits == 0 {
        return Some(0);
    }
    let scale = 10i128.checked_pow(u32::try_from(shift.unsigned_abs()).ok()?)?;
    if shift >= 0 {
        digits.checked_mul(scale)
    } else {
        (digits % scale == 0).then_some(digits / scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_exact() {
        let exact = |text: &str| to_units(text, 4, "x").ok();
        assert_eq!(exact("1.5"), Some(15_000));
        assert_eq!(exact("-3"), Some(-30_000));
        assert_eq!(exact("1e3"), Some(10_000_000));
        assert_eq!(exact("120e-2"), Some(12_000));
        assert_eq!((exact("0e100"), exact("-0.0")), (Some(0), Some(0)));
        assert_eq!(exact(&format!("1.{}", "0".repeat(60))), Some(10_000));
        // Digits that a float has not.
        let long = "12345678901234567890.1234";
        assert_eq!(exact(long), Some(123_456_789_012_345_678_901_234));
        for wrong in [
            "0.00001",
            "1.00000000000000001",
            "1e-2147483648",
            "1e2147483648",
            "1e999",
            "\"1\"",
            "null",
            "[1]",
        ] {
            assert_eq!(exact(wrong), None, "{wrong}");
        }
        assert_eq!(units(-1_500_000, 6), "-1.5");
        assert_eq!(units(7, 6), "0.000007");
    }

    #[test]
    fn significant_digits_are_counted_from_the_first() {
        assert_eq!(significant(0.000_012_345_678, 3), "0.0000123");
        assert_eq!(significant(-39.695_254_7, 4), "-39.7");
        assert_eq!(significant(123_456.7, 3), "123457");
        assert_eq!(significant(0.0, 3), "0");
    }
}
