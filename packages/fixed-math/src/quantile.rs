//! The normal quantile, the inverse of the distribution function.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "seeds are below 2^31 and products of them below 2^62; the table index is below its size"
)]

use crate::limb::{self, Float, LN_SQRT_2PI, Limbs};
use crate::tables::quantile::{SEEDS, SEVEN_96THS, SIXTEEN_THIRDS, SIXTH};
use crate::{Fx, MathError, wide};

/// Error of the evaluation in units of 2^-112.
///
/// The correction starts from E = R(t) - q/phi(t). 32 times the quotient is within (9 u of the exponential +
/// 17 u of a product not below 0.24) * 40.2 < 1050 u, 32 R within 45 u; together 35 u of E with its shift.
/// dt/dE = 1 + t E + ... < 1.001, the two last products are cut by 4.1 u each.
const ERROR: i64 = 46;

/// Limit of |E|, 2^-25, in the top limb of 32 E; above it the series is too short.
const SERIES: i64 = 1 << 8;

/// Phi^-1(p) rounded to the nearest, ties up, for 0 < p < 1.
///
/// # Errors
/// `QuantileDomain` outside (0, 1).
pub fn norm_quantile(p: Fx) -> Result<Fx, MathError> {
    match evaluate(p)?.and_then(|value| limb::round_nearest(value, ERROR)) {
        Some(result) => Ok(result),
        None => Ok(wide::norm_quantile(p)?.nearest),
    }
}

/// A multiple of 2^-64 not above Phi^-1(p), less than 2 ulp below it.
///
/// # Errors
/// `QuantileDomain` outside (0, 1).
pub fn norm_quantile_lo(p: Fx) -> Result<Fx, MathError> {
    match evaluate(p)? {
        Some(value) => Ok(limb::round_down(value, ERROR)),
        None => Ok(wide::norm_quantile(p)?.floor),
    }
}

/// A multiple of 2^-64 not below Phi^-1(p), less than 2 ulp above it.
///
/// # Errors
/// `QuantileDomain` outside (0, 1).
pub fn norm_quantile_hi(p: Fx) -> Result<Fx, MathError> {
    match evaluate(p)? {
        Some(value) => Ok(limb::round_up(value, ERROR)),
        None => Ok(wide::norm_quantile(p)?.ceil),
    }
}

/// Checks the domain and evaluates to 112 bits; `None` when the seed is not good enough.
fn evaluate(p: Fx) -> Result<Option<Limbs>, MathError> {
    if p <= Fx::ZERO || p >= Fx::ONE {
        return Err(MathError::QuantileDomain);
    }
    let below = p.to_bits() as u64;
    let upper_half = below >> 63 == 1;
    let q = if upper_half {
        below.wrapping_neg()
    } else {
        below
    };
    if q >> 63 == 1 {
        return Ok(Some(Limbs::ZERO));
    }
    let t = tail_quantile(q);
    Ok(if upper_half {
        t
    } else {
        t.map(Limbs::opposite)
    })
}

/// t > 0 with 1 - Phi(t) = q 2^-64, for 0 < q < 2^63.
///
/// From a seed t with 28 fraction bits: E = (Q(t) - q)/phi(t), Q = 1 - Phi, and the inverse series
/// t + E + E^2 (t/2 + E (2 t^2 + 1)/6 + E^2 (6 t^3 + 7 t)/24). The next term has the factor
/// (24 t^4 + 46 t^2 + 7)/120 < 2^10.5 for t < 9.1: with |E| < 2^-25 it is below u/4, and so is all that follows.
fn tail_quantile(q: u64) -> Option<Limbs> {
    let seed = seed(q);
    let t = Limbs::raw(0, 0, 0, seed);
    let mills = limb::mills32(t);
    // t^2/2 with 56 fraction bits from the exact product: t < 9.1 has 32 bits.
    let square = seed as u64 * seed as u64;
    let half = Limbs::raw(
        0,
        ((square & 1) as i64) << 27,
        ((square >> 1) & 0xFFF_FFFF) as i64,
        (square >> 29) as i64,
    );
    let inverse_density = limb::exp_neg(half.plus(LN_SQRT_2PI).opposite());
    let q = Float::from_fx(Fx::from_bits(i128::from(q)));
    let ratio = Float {
        mantissa: inverse_density.mantissa.times(q.mantissa),
        exponent: inverse_density.exponent + q.exponent + 5,
    };
    let e32 = mills.minus(ratio.to_limbs());
    if e32.l3 >= SERIES || e32.l3 < -SERIES {
        return None;
    }
    let e = e32.shr_small(5);
    let s = t.shr_small(2);
    let s2 = s.squared();
    let quartic = s.times(s2.plus(SEVEN_96THS));
    let cubic = s2.times(SIXTEEN_THIRDS).plus(SIXTH);
    let series = s.shl(1).plus(e.times(cubic.plus(e.shl(4).times(quartic))));
    Some(t.plus(e).plus(e.times(e.times(series))))
}

/// An approximation of t with 28 fraction bits.
fn seed(q: u64) -> i64 {
    let zeros = q.leading_zeros();
    let m = q << zeros;
    let part = (m >> 60) & 7;
    let index = (zeros as usize - 1) * 8 + part as usize;
    let [c0, c1, c2, c3, c4] = SEEDS[if index < SEEDS.len() {
        index
    } else {
        SEEDS.len() - 1
    }];
    // The 60 bits after the part, as w in [-1, 1) with 30 fraction bits.
    let w = ((m >> 29) & 0x7FFF_FFFF) as i64 - (1 << 30);
    let p = i64::from(c4);
    let p = ((p * w) >> 30) + i64::from(c3);
    let p = ((p * w) >> 30) + i64::from(c2);
    let p = ((p * w) >> 30) + i64::from(c1);
    // Next to the median the seed may fall below zero by its error.
    (((p * w) >> 30) + i64::from(c0)).max(0) << 1
}
