//! The normal density and distribution function.

#![allow(clippy::arithmetic_side_effects, reason = "exponents lie in [-105, 0]")]

use crate::limb::{self, Float, LN_SQRT_2PI, Limbs};
use crate::{Fx, MathError, wide};

/// From here on the density and the tail are below 2^-73: they round to zero.
const FAR: Fx = Fx::lit("10");

/// Error of the density's mantissa in units of 2^-112: 3 u of the exponent, 8 u of the exponential,
/// relative to at most 1.01.
const DENSITY_ERROR: i64 = 12;
/// Error of the density as a fixed-point number, same units: shifted by at least one place, the shift loses a unit.
const PDF_ERROR: i64 = 7;

/// Error of 32 R phi's mantissa in units of 2^-112: 11.2 u * 40.2 + 45 u * 1.01 + 4.1 u.
const TAIL_ERROR: i64 = 500;
/// Error of the tail as a fixed-point number, same units: shifted by at least six places, the shift loses a unit.
const CDF_ERROR: i64 = 9;

/// The standard normal density at |x| < 10.
fn density(magnitude: Limbs) -> Float {
    // x^2/2 <= 50; the square is cut by at most 4.01 u, the halving by half a unit.
    limb::exp_neg(magnitude.squared().shr_small(1).plus(LN_SQRT_2PI))
}

/// 1 - Phi(|x|) at |x| < 10.
fn tail(magnitude: Limbs) -> Float {
    let Float { mantissa, exponent } = density(magnitude);
    Float {
        mantissa: mantissa.times(limb::mills32(magnitude)),
        exponent: exponent - 5,
    }
}

/// Phi(x) at |x| < 10.
fn distribution(x: Fx) -> Limbs {
    let tail = tail(Limbs::from_fx(x).magnitude()).to_limbs();
    if x > Fx::ZERO {
        Limbs::ONE.minus(tail)
    } else {
        tail
    }
}

/// Whether x is so far out that density and tail are below an ulp.
fn is_far(x: Fx) -> bool {
    x >= FAR || x <= -FAR
}

/// The standard normal density exp(-x^2/2)/sqrt(2 pi) rounded to the nearest, ties up.
///
/// # Errors
/// None but a failure of the widening evaluation, which no argument is known to cause.
pub fn norm_pdf(x: Fx) -> Result<Fx, MathError> {
    if is_far(x) {
        return Ok(Fx::ZERO);
    }
    match limb::round_float(density(Limbs::from_fx(x).magnitude()), DENSITY_ERROR) {
        Some(result) => Ok(result),
        None => Ok(wide::norm_pdf(x)?.nearest),
    }
}

/// A multiple of 2^-64 not above the standard normal density, less than 2 ulp below it.
///
/// # Errors
/// None.
pub fn norm_pdf_lo(x: Fx) -> Result<Fx, MathError> {
    if is_far(x) {
        return Ok(Fx::ZERO);
    }
    let value = density(Limbs::from_fx(x).magnitude()).to_limbs();
    Ok(limb::round_down(value, PDF_ERROR).max(Fx::ZERO))
}

/// A multiple of 2^-64 not below the standard normal density, less than 2 ulp above it.
///
/// # Errors
/// None.
pub fn norm_pdf_hi(x: Fx) -> Result<Fx, MathError> {
    if is_far(x) {
        return Ok(Fx::DELTA);
    }
    let value = density(Limbs::from_fx(x).magnitude()).to_limbs();
    Ok(limb::round_up(value, PDF_ERROR))
}

/// The standard normal distribution function rounded to the nearest, ties up.
///
/// `norm_cdf(x) + norm_cdf(-x) = 1` exactly: right of zero it is one less the rounded tail. That is the nearest
/// too, because a tail that was a tie would not be decided.
///
/// # Errors
/// None but a failure of the widening evaluation, which no argument is known to cause.
pub fn norm_cdf(x: Fx) -> Result<Fx, MathError> {
    if is_far(x) {
        return Ok(if x > Fx::ZERO { Fx::ONE } else { Fx::ZERO });
    }
    match limb::round_float(tail(Limbs::from_fx(x).magnitude()), TAIL_ERROR) {
        // Decided, so no tie, or that at zero: 1 - Phi(-x) rounds to 1 less the rounded tail.
        Some(tail) => Ok(if x > Fx::ZERO { Fx::ONE - tail } else { tail }),
        None => Ok(wide::norm_cdf(x)?.nearest),
    }
}

/// A multiple of 2^-64 not above the standard normal distribution function, less than 2 ulp below it.
///
/// # Errors
/// None.
pub fn norm_cdf_lo(x: Fx) -> Result<Fx, MathError> {
    if is_far(x) {
        return Ok(if x > Fx::ZERO {
            Fx::ONE - Fx::DELTA
        } else {
            Fx::ZERO
        });
    }
    Ok(limb::round_down(distribution(x), CDF_ERROR).max(Fx::ZERO))
}

/// A multiple of 2^-64 not below the standard normal distribution function, less than 2 ulp above it.
///
/// # Errors
/// None.
pub fn norm_cdf_hi(x: Fx) -> Result<Fx, MathError> {
    if is_far(x) {
        return Ok(if x > Fx::ZERO { Fx::ONE } else { Fx::DELTA });
    }
    Ok(limb::round_up(distribution(x), CDF_ERROR).min(Fx::ONE))
}
