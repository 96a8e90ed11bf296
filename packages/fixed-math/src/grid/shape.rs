//! One-word helpers that build the parts of a shocked mixture.

use super::elementary::exp;
use super::mixture::MAX_PARTS;

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
    let (mut rest, mut quotient) = (a, 0_u64);
    for _ in 0..5 {
        let wide = rest << 8;
        quotient = (quotient << 8) + wide / b;
        rest = wide % b;
    }
    quotient
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

/// Splits `scale` (units of `2^-40`, at most 8) among parts in proportion to `weight * e^log`; the sum
/// is exactly `scale`, every part at least one unit (if `scale` allows), floors going to the largest.
///
/// `weights` sum to `2^16`; `logs` in units of `2^-44`. Parts beyond `weights.len()` stay zero.
#[must_use]
pub fn split(scale: i64, weights: &[u32], logs: &[i64]) -> [i64; MAX_PARTS] {
    let mut shares = [0_u64; MAX_PARTS];
    let mut masses = [0_i64; MAX_PARTS];
    let Some(&top) = logs.iter().max() else {
        return masses;
    };
    let mut total = 0_u64;
    for ((share, weight), log) in shares.iter_mut().zip(weights).zip(logs) {
        // At most 2^16 2^40; the sum too.
        *share = u64::from(*weight) * exp(log - top);
        total += *share;
    }
    let (mut rest, mut largest) = (scale, 0);
    for index in 0..weights.len().min(MAX_PARTS) {
        masses[index] = (multiply(ratio(shares[index], total.max(1)), scale as u64) as i64).max(1);
        rest -= masses[index];
        if masses[index] > masses[largest] {
            largest = index;
        }
    }
    masses[largest] += rest;
    masses
}
