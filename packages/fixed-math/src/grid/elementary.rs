//! Logarithm, exponential and normal cdf in one word.

use super::tables::{
    EXP_POLY, EXP2, INV_LN2_OVER_128_20, LN_POLY, LN_RECIPROCAL, LN2_50, LN2_OVER_128_56, NORM_CDF,
    RECIPROCAL,
};

/// ln 2 in units of `2^-44`, rounded to nearest.
pub const LN_2: i64 = (LN2_50 + 32) >> 6;

/// `n ln 2` in units of `2^-44`, within one unit for `|n| < 2^12`.
#[inline]
#[must_use]
pub const fn ln_2_times(n: i64) -> i64 {
    (n * LN2_50 + 32) >> 6
}

/// Bound of `|norm_cdf(x) - Phi(x 2^-36)|` in units of `2^-64`: `2^-38.5`.
///
/// `2^-39.3` for the committed polynomials (certified), and the evaluation: with `|t| <= 2^-6` the two
/// inner floors (`2^-32`) reach the result through `t^3` and `t^2` (`2^-50`, `2^-44`), the third is rounded
/// to nearest (`2^-34`) and reaches it through `t` (`2^-40`), the last is a floor (`2^-44`). Outside
/// `[-8, 8)` the argument is clamped, which costs at most `Phi(-8) < 2^-50`.
pub const NORM_CDF_ERROR: u64 = super::tables::NORM_CDF_POLYNOMIAL_ERROR + (1 << 24) + (1 << 21);

/// Natural logarithm of a positive integer, units of `2^-44`; `ln(0)` is taken as `ln(1)`.
///
/// Error below `2^-42`: the mantissa `m` in `[1, 2)` is cut to 54 fraction bits (`2^-54`), the
/// product with the 9-bit reciprocal is exact, so `z` is; `z` is floored to `2^-44` in the linear
/// term and to `2^-38` in the square (`2 |z| 2^-38 / 2 < 2^-45`), `z^2 q` is floored to `2^-44`, the
/// table is within `2^-45`, the multiple of ln 2 within `64 2^-51 + 2^-44`, the polynomial within
/// `2^-51`: together under `3.6 2^-44`.
#[inline]
#[must_use]
pub fn ln(x: u64) -> i64 {
    let x = x.max(1);
    let shift = x.leading_zeros();
    let mantissa = x << shift;
    let row = ((mantissa >> 56) & 127) as usize;
    let product = (mantissa >> 9).wrapping_mul(u64::from(RECIPROCAL[row]));
    // z in units of 2^-63, |z| < 2^-7.7.
    let z = product.wrapping_sub(1 << 63) as i64;
    let short = z >> 25;
    let square = (short * short) >> 30;
    // |q| < 0.51, Horner in units of 2^-30 with z of 2^-38.
    let mut q = LN_POLY[3];
    q = LN_POLY[2] + ((q * short) >> 38);
    q = LN_POLY[1] + ((q * short) >> 38);
    q = LN_POLY[0] + ((q * short) >> 38);
    let exponent = i64::from(63 - shift);
    (z >> 19) + ((square * q) >> 32) + LN_RECIPROCAL[row] + ((exponent * LN2_50) >> 6)
}

/// Least argument of [`exp`] before it is clamped: -27.7, units of `2^-44`.
const EXP_LEAST: i64 = -487_000_000_000_000;
/// Greatest argument of [`exp`] before it is clamped: 15, units of `2^-44`.
const EXP_GREATEST: i64 = 15 << 44;

/// `e^y` for `y` in units of `2^-44`, result in units of `2^-40`; `y` is clamped to `[-27.68, 15]`.
///
/// Error below `2^-38` relative plus `2^-40` (the last floor): the remainder is within `2^-44` of the
/// true one, the polynomial within `2^-44` of its exponential (`r^2` floored, `q` of `2^-30`), and the
/// product with the table rounded to 30 bits within `2^-31 2^-8.5 + 2^-40`: together under `2^-38.6`.
#[inline]
#[must_use]
pub fn exp(y: i64) -> u64 {
    let y = y.clamp(EXP_LEAST, EXP_GREATEST);
    // n = y 128 / ln 2 to nearest, |n| < 5,200.
    let n = ((y >> 30) * INV_LN2_OVER_128_20 + (1 << 33)) >> 34;
    // Remainder in units of 2^-56, |r| < ln 2 / 256 + 2^-14.
    let r = (y << 12) - n * LN2_OVER_128_56;
    let short = r >> 18;
    let square = (short * short) >> 28;
    let q = EXP_POLY[1] + ((EXP_POLY[2] * short) >> 38);
    let q = EXP_POLY[0] + ((q * short) >> 38);
    // e^r - 1 in units of 2^-44.
    let excess = (r >> 12) + ((square * q) >> 34);
    let power = EXP2[(n & 127) as usize];
    let rounded = (power + (1 << 13)) >> 14;
    let mantissa = power + ((rounded * (excess >> 4)) >> 26);
    // 2^(n >> 7) in [2^-40, 2^21].
    ((mantissa as u64) << 18) >> (22 - (n >> 7))
}

/// Standard normal cdf of `x` in units of `2^-36`; result in units of `2^-44`.
///
/// Clamped to `[-8, 8)`. Not clipped to `[0, 1]`: near the ends it may leave it by its error bound,
/// [`NORM_CDF_ERROR`].
#[inline(always)]
#[must_use]
pub fn norm_cdf(x: i64) -> i64 {
    let shifted = (x + (8 << 36)).clamp(0, (16 << 36) - 1);
    let segment = &NORM_CDF[((shifted >> 31) & 511) as usize];
    // Distance from the segment's middle, units of 2^-36, |t| <= 2^30.
    let t = (shifted & ((1 << 31) - 1)) - (1 << 30);
    let a = i64::from(segment.c3) + ((i64::from(segment.c4) * t) >> 36);
    let a = i64::from(segment.c2) + ((a * t) >> 36);
    // |c1| < 2^31.7 in units of 2^-33, so the last product stays under 2^61.8.
    let a = i64::from(segment.c1) + ((a * t + (1 << 34)) >> 35);
    segment.c0 + ((a * t) >> 25)
}
