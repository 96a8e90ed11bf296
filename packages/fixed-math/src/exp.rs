//! e^x.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "exponents lie in [-64, 63] and errors below 2^37"
)]

use crate::limb::{self, Float, Limbs, long};
use crate::wide::Rounded;
use crate::{Fx, MathError, wide};

/// The smallest argument: -44.3 rounded down.
pub const EXP_MIN: Fx = Fx::from_bits(-817_190_762_465_333_136_589);
/// The largest argument: 43.6 rounded up.
pub const EXP_MAX: Fx = Fx::from_bits(804_278_041_613_736_450_458);

/// Relative error of [`limb::exp_neg`] as an error of its mantissa, in units of 2^-112.
const ERROR: i64 = 9;
/// Up to this exponent the value fits a limb number.
const SHORT: i64 = 33;

/// e^x rounded to the nearest, ties up.
///
/// # Errors
/// `ExpDomain` outside [`EXP_MIN`], [`EXP_MAX`].
pub fn exp(x: Fx) -> Result<Fx, MathError> {
    match limb::round_float(evaluate(x)?, ERROR) {
        Some(result) => Ok(result),
        None => Ok(rounded(x)?.nearest),
    }
}

/// A multiple of 2^-64 not above e^x, less than 2 ulp below it.
///
/// # Errors
/// `ExpDomain` outside [`EXP_MIN`], [`EXP_MAX`].
pub fn exp_lo(x: Fx) -> Result<Fx, MathError> {
    let value = evaluate(x)?;
    Ok(match value.exponent {
        ..=0 => limb::round_down(value.to_limbs(), (ERROR >> (-value.exponent).min(8)) + 1),
        1..=SHORT => limb::round_down(value.to_limbs(), ERROR << value.exponent),
        _ => rounded(x)?.floor,
    })
}

/// A multiple of 2^-64 not below e^x, less than 2 ulp above it.
///
/// # Errors
/// `ExpDomain` outside [`EXP_MIN`], [`EXP_MAX`].
pub fn exp_hi(x: Fx) -> Result<Fx, MathError> {
    let value = evaluate(x)?;
    Ok(match value.exponent {
        ..=0 => limb::round_up(value.to_limbs(), (ERROR >> (-value.exponent).min(8)) + 1),
        1..=SHORT => limb::round_up(value.to_limbs(), ERROR << value.exponent),
        _ => rounded(x)?.ceil,
    })
}

/// All three roundings where 112 bits leave one open, which they never do at zero: by 206 bits, and by as many as it
/// takes.
#[inline(never)]
fn rounded(x: Fx) -> Result<Rounded, MathError> {
    match long::exp(x) {
        Some(rounded) => Ok(rounded),
        None => Ok(wide::exp(x)?),
    }
}

/// Checks the domain and evaluates to 112 bits; |x| < 44.4 keeps the kernel's range.
fn evaluate(x: Fx) -> Result<Float, MathError> {
    if x < EXP_MIN || x > EXP_MAX {
        return Err(MathError::ExpDomain);
    }
    Ok(limb::exp_neg(Limbs::from_fx(x).opposite()))
}
