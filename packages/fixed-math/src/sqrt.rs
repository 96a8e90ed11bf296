//! The square root.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_sign_loss,
    reason = "roots are below 2^96 and exponents in [-31, 32]"
)]

use crate::int::wide_mul;
use crate::limb::{self, Float, Limbs};
use crate::{Fx, MathError};

/// Error of the root of a mantissa in units of 2^-112: 10 u of the reciprocal root times a
/// mantissa below 1, 2 u of the cut mantissa times at most 2, 4.1 u of the product.
const ERROR: i64 = 21;

/// The square root rounded to the nearest, ties up, for every x >= 0.
///
/// There are no ties: with N = x 2^128, an integer, sqrt N = k + 1/2 would make N = k^2 + k + 1/4.
/// Where 112 bits do not decide, the integer residual does.
///
/// # Errors
/// `SqrtDomain` for x < 0.
pub fn sqrt(x: Fx) -> Result<Fx, MathError> {
    let (value, error) = evaluate(x)?;
    if let Some(result) = limb::round_nearest(value, error) {
        return Ok(result);
    }
    let floor = floor_root(x, limb::round_down(value, error));
    // Up when N > k^2 + k, that is when the residual N - k^2 exceeds k.
    let up = residual(x, floor) > floor.to_bits().unsigned_abs();
    Ok(if up { floor + Fx::DELTA } else { floor })
}

/// The square root rounded down.
///
/// # Errors
/// `SqrtDomain` for x < 0.
pub fn sqrt_lo(x: Fx) -> Result<Fx, MathError> {
    let (value, error) = evaluate(x)?;
    Ok(floor_root(x, limb::round_down(value, error)))
}

/// The square root rounded up.
///
/// # Errors
/// `SqrtDomain` for x < 0.
pub fn sqrt_hi(x: Fx) -> Result<Fx, MathError> {
    let floor = sqrt_lo(x)?;
    Ok(if residual(x, floor) == 0 {
        floor
    } else {
        floor + Fx::DELTA
    })
}

/// Checks the domain and evaluates to 112 bits, with the error in units of 2^-112.
fn evaluate(x: Fx) -> Result<(Limbs, i64), MathError> {
    if x < Fx::ZERO {
        return Err(MathError::SqrtDomain);
    }
    if x == Fx::ZERO {
        // Zero lies on no tie: any error bound decides it.
        return Ok((Limbs::ZERO, 1));
    }
    let Float { mantissa, exponent } = Float::from_fx(x);
    let odd = exponent & 1;
    // [1/4, 1): half the mantissa of an odd exponent. The lost bit is within the error.
    let mantissa = if odd == 1 {
        mantissa.shr_small(1)
    } else {
        mantissa
    };
    let root = mantissa.times(limb::rsqrt(mantissa));
    let exponent = (exponent + odd) >> 1;
    let value = Float {
        mantissa: root,
        exponent,
    }
    .to_limbs();
    let error = if exponent > 0 {
        ERROR << exponent
    } else {
        ERROR + 1
    };
    Ok((value, error))
}

/// N - k^2 with N = x 2^128, for k^2 <= N < (k + 2)^2: below 2^98.
fn residual(x: Fx, k: Fx) -> u128 {
    let bits = x.to_bits() as u128;
    let k = k.to_bits() as u128;
    let (_, square) = wide_mul(k, k);
    (bits << 64).wrapping_sub(square)
}

/// The largest k with k^2 <= N, from one at most 1 below it (never above).
fn floor_root(x: Fx, start: Fx) -> Fx {
    let start = start.max(Fx::ZERO);
    // (k + 1)^2 <= N exactly when N - k^2 >= 2 k + 1.
    let k = start.to_bits().unsigned_abs();
    if residual(x, start) > 2 * k {
        start + Fx::DELTA
    } else {
        start
    }
}
