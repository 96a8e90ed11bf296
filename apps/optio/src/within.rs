//! Numbers on the command line that lie in a range.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A parser of numbers in a range, for `value_parser`.
pub fn within<T>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
where
    T: FromStr<Err: Display> + Display + PartialOrd + Clone + Send + Sync + 'static,
{
    move |text| {
        let number: T = text.parse().map_err(|e: T::Err| e.to_string())?;
        if range.contains(&number) {
            Ok(number)
        } else {
            Err(format!("it lies in {} to {}", range.start(), range.end()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_lies_in_its_range() {
        let parse = within(1_u64..=10);
        assert_eq!((parse("1"), parse("10")), (Ok(1), Ok(10)));
        for text in ["0", "11", "-1", "1.5", "", "18446744073709551616"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(within(-5_i32..=5)("-6"), Err("it lies in -5 to 5".into()));
    }
}
