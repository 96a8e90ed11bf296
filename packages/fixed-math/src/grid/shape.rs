//! One-word helpers that build the parts of a shocked mixture.

use std::num::NonZeroU64;

/// A factor or power of 1 is `2^24`; factors stay under 8.
pub const FACTOR_BITS: u32 = 24;
/// A factor of one.
pub const FACTOR_ONE: u32 = 1 << FACTOR_BITS;
/// Factors are clamped to this, just under 8.
pub const MAX_FACTOR: u32 = (8 << FACTOR_BITS) - 1;

/// `log * factor`, both signed by `log`: units of `2^-44`, floored; `|log| < 2^51`.
///
/// The factor (below `2^27`) meets the logarithm in two parts: `2^35 2^27` and `2^16 2^27`.
#[inline]
#[must_use]
pub fn scale_log(log: i64, factor: u32) -> i64 {
    let factor = i64::from(factor.min(MAX_FACTOR));
    let (high, low) = (log >> 16, log & 0xffff);
    (high * factor + ((low * factor) >> 16)) >> 8
}

/// `total_vol * factor`: from units of `2^-32` (below 8) to units of `2^-36`, floored.
#[inline]
#[must_use]
pub fn scale_vol(total_vol: u64, factor: u32) -> i64 {
    ((total_vol.min(8 << 32) * u64::from(factor.min(MAX_FACTOR))) >> 20) as i64
}

/// `floor(2^40 a / b)` for `a <= b < 2^56`, `b > 0`; otherwise `2^40`.
#[inline]
#[must_use]
pub fn ratio(a: u64, b: u64) -> u64 {
    if a >= b {
        return 1 << 40;
    }
    let Some(b) = NonZeroU64::new(b) else {
        return 1 << 40;
    };
    let (first, rest) = digit(a, b);
    let (second, rest) = digit(rest, b);
    let (third, rest) = digit(rest, b);
    let (fourth, rest) = digit(rest, b);
    let (fifth, _) = digit(rest, b);
    (first << 32) + (second << 24) + (third << 16) + (fourth << 8) + fifth
}

/// One base-256 digit of `a / b` for `a < b < 2^56`, and what remains.
#[inline(always)]
fn digit(a: u64, b: NonZeroU64) -> (u64, u64) {
    let wide = a << 8;
    let quotient = wide / b;
    (quotient, wide - quotient * b.get())
}

/// `floor(a b / 2^40)` for `a <= 2^40`, `b < 2^44`.
///
/// `b` in two parts: `2^40 2^22 + 2^40 2^22 2^-22` stays under `2^63`.
#[inline]
#[must_use]
pub fn multiply(a: u64, b: u64) -> u64 {
    let (high, low) = (b >> 22, b & ((1 << 22) - 1));
    (a * high + ((a * low) >> 22)) >> 18
}
