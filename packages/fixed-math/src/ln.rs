//! ln x.

use crate::limb::{self, Limbs};
use crate::{Fx, MathError, wide};

/// Error of [`limb::ln`] in units of 2^-112.
const ERROR: i64 = 3;

/// ln x rounded to the nearest, ties up, for every x > 0.
///
/// # Errors
/// `LnDomain` for x <= 0.
pub fn ln(x: Fx) -> Result<Fx, MathError> {
    match limb::round_nearest(evaluate(x)?, ERROR) {
        Some(result) => Ok(result),
        None => Ok(wide::ln(x)?.nearest),
    }
}

/// A multiple of 2^-64 not above ln x, less than 2 ulp below it.
///
/// # Errors
/// `LnDomain` for x <= 0.
pub fn ln_lo(x: Fx) -> Result<Fx, MathError> {
    Ok(limb::round_down(evaluate(x)?, ERROR))
}

/// A multiple of 2^-64 not below ln x, less than 2 ulp above it.
///
/// # Errors
/// `LnDomain` for x <= 0.
pub fn ln_hi(x: Fx) -> Result<Fx, MathError> {
    Ok(limb::round_up(evaluate(x)?, ERROR))
}

/// Checks the domain and evaluates to 112 bits.
fn evaluate(x: Fx) -> Result<Limbs, MathError> {
    if x.to_bits() <= 0 {
        return Err(MathError::LnDomain);
    }
    Ok(limb::ln(x))
}
