//! Exact integer helpers: products divided with the rounding in the name, and square roots.
//!
//! Intermediate products have 256 bits; a result that does not fit is an error. Division rounds
//! towards minus infinity (`floor`), plus infinity (`ceil`) or to the nearest with ties up (`nearest`).

#![allow(
    clippy::arithmetic_side_effects,
    reason = "divisors are checked not to be zero; all that could overflow says how it wraps"
)]

use core::cmp::Ordering;

use crate::MathError;

/// The full product of two 128-bit numbers as `(high, low)` words of 128 bits.
#[must_use]
pub const fn wide_mul(a: u128, b: u128) -> (u128, u128) {
    const HALF: u128 = u64::MAX as u128;
    let (a1, a0) = (a >> 64, a & HALF);
    let (b1, b0) = (b >> 64, b & HALF);
    // Products of halves are at most (2^64 - 1)^2, which leaves room for two more halves.
    let low = a0.wrapping_mul(b0);
    let m1 = a1.wrapping_mul(b0).wrapping_add(low >> 64);
    let m2 = a0.wrapping_mul(b1).wrapping_add(m1 & HALF);
    let high = a1
        .wrapping_mul(b1)
        .wrapping_add(m1 >> 64)
        .wrapping_add(m2 >> 64);
    (high, (m2 << 64) | (low & HALF))
}

/// Quotient and remainder of `high * 2^128 + low` by `d`, for `high < d`.
///
/// Schoolbook with two digits of 64 bits (Knuth's algorithm D): the divisor is shifted until its
/// top bit is set, so that a digit estimated from its upper half is at most two too large.
const fn wide_div(high: u128, low: u128, d: u128) -> (u128, u128) {
    if high == 0 {
        return (low / d, low % d);
    }
    let shift = d.leading_zeros();
    let d = d << shift;
    let (high, low) = if shift == 0 {
        (high, low)
    } else {
        (
            (high << shift) | (low >> 128_u32.wrapping_sub(shift)),
            low << shift,
        )
    };
    let (q1, rest) = digit(high, low >> 64, d);
    let (q0, rest) = digit(rest, low & u64::MAX as u128, d);
    ((q1 << 64) | q0, rest >> shift)
}

/// One digit: `(rest * 2^64 + next) / d` and its remainder, for `rest < d` and a normalised `d`.
const fn digit(rest: u128, next: u128, d: u128) -> (u128, u128) {
    let (d1, d0) = (d >> 64, d & u64::MAX as u128);
    let mut q = rest / d1;
    let mut r = rest % d1;
    while q >> 64 != 0 || q.wrapping_mul(d0) > ((r << 64) | next) {
        q = q.wrapping_sub(1);
        r = r.wrapping_add(d1);
        if r >> 64 != 0 {
            break;
        }
    }
    // The true remainder is below d < 2^128, so arithmetic modulo 2^128 gives it.
    (
        q,
        (rest << 64)
            .wrapping_add(next)
            .wrapping_sub(q.wrapping_mul(d)),
    )
}

/// Quotient and remainder of `a * b / c` over the naturals.
const fn mul_div_rem(a: u128, b: u128, c: u128) -> Result<(u128, u128), MathError> {
    if c == 0 {
        return Err(MathError::DivisionByZero);
    }
    let (high, low) = wide_mul(a, b);
    if high >= c {
        return Err(MathError::Overflow);
    }
    Ok(wide_div(high, low, c))
}

/// `a * b / c` rounded down.
///
/// # Errors
/// `DivisionByZero` for `c == 0`; `Overflow` when the result does not fit.
pub const fn umul_div_floor(a: u128, b: u128, c: u128) -> Result<u128, MathError> {
    match mul_div_rem(a, b, c) {
        Ok((quotient, _)) => Ok(quotient),
        Err(error) => Err(error),
    }
}

/// `a * b / c` rounded up.
///
/// # Errors
/// `DivisionByZero` for `c == 0`; `Overflow` when the result does not fit.
pub const fn umul_div_ceil(a: u128, b: u128, c: u128) -> Result<u128, MathError> {
    match mul_div_rem(a, b, c) {
        Ok((quotient, 0)) => Ok(quotient),
        Ok((quotient, _)) => match quotient.checked_add(1) {
            Some(up) => Ok(up),
            None => Err(MathError::Overflow),
        },
        Err(error) => Err(error),
    }
}

/// `a * b / c` rounded to the nearest integer, ties up.
///
/// # Errors
/// `DivisionByZero` for `c == 0`; `Overflow` when the result does not fit.
pub const fn umul_div_nearest(a: u128, b: u128, c: u128) -> Result<u128, MathError> {
    match mul_div_rem(a, b, c) {
        // 2 r >= c without overflow: r >= c - r.
        Ok((quotient, r)) if r >= c.wrapping_sub(r) => match quotient.checked_add(1) {
            Some(up) => Ok(up),
            None => Err(MathError::Overflow),
        },
        Ok((quotient, _)) => Ok(quotient),
        Err(error) => Err(error),
    }
}

/// Gives a magnitude its sign back.
const fn signed(magnitude: u128, negative: bool) -> Result<i128, MathError> {
    let value = if negative {
        0_i128.checked_sub_unsigned(magnitude)
    } else {
        0_i128.checked_add_unsigned(magnitude)
    };
    match value {
        Some(value) => Ok(value),
        None => Err(MathError::Overflow),
    }
}

/// `a * b / c` rounded towards minus infinity.
///
/// # Errors
/// `DivisionByZero` for `c == 0`; `Overflow` when the result does not fit.
pub const fn mul_div_floor(a: i128, b: i128, c: i128) -> Result<i128, MathError> {
    let negative = (a < 0) ^ (b < 0) ^ (c < 0);
    let (a, b, c) = (a.unsigned_abs(), b.unsigned_abs(), c.unsigned_abs());
    let magnitude = if negative {
        umul_div_ceil(a, b, c)
    } else {
        umul_div_floor(a, b, c)
    };
    match magnitude {
        Ok(magnitude) => signed(magnitude, negative),
        Err(error) => Err(error),
    }
}

/// `a * b / c` rounded towards plus infinity.
///
/// # Errors
/// `DivisionByZero` for `c == 0`; `Overflow` when the result does not fit.
pub const fn mul_div_ceil(a: i128, b: i128, c: i128) -> Result<i128, MathError> {
    let negative = (a < 0) ^ (b < 0) ^ (c < 0);
    let (a, b, c) = (a.unsigned_abs(), b.unsigned_abs(), c.unsigned_abs());
    let magnitude = if negative {
        umul_div_floor(a, b, c)
    } else {
        umul_div_ceil(a, b, c)
    };
    match magnitude {
        Ok(magnitude) => signed(magnitude, negative),
        Err(error) => Err(error),
    }
}

/// `a * b / c` rounded to the nearest integer, ties towards plus infinity.
///
/// # Errors
/// `DivisionByZero` for `c == 0`; `Overflow` when the result does not fit.
pub const fn mul_div_nearest(a: i128, b: i128, c: i128) -> Result<i128, MathError> {
    let negative = (a < 0) ^ (b < 0) ^ (c < 0);
    let (a, b, c) = (a.unsigned_abs(), b.unsigned_abs(), c.unsigned_abs());
    if !negative {
        return match umul_div_nearest(a, b, c) {
            Ok(magnitude) => signed(magnitude, false),
            Err(error) => Err(error),
        };
    }
    match mul_div_rem(a, b, c) {
        // Below zero a tie goes towards zero: up only when 2 r > c.
        Ok((quotient, r)) if r > c.wrapping_sub(r) => match quotient.checked_add(1) {
            Some(up) => signed(up, true),
            None => Err(MathError::Overflow),
        },
        Ok((quotient, _)) => signed(quotient, true),
        Err(error) => Err(error),
    }
}

/// A sum of products of two 128-bit numbers, exact: 256 bits in two's complement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProductSum {
    high: i128,
    low: u128,
}

impl ProductSum {
    /// The sum with `a * b` more.
    ///
    /// # Errors
    /// `Overflow` beyond 255 bits.
    pub fn plus(self, a: i128, b: i128) -> Result<Self, MathError> {
        let (high, low) = wide_mul(a.unsigned_abs(), b.unsigned_abs());
        // At most 2^126: the magnitude of a product of two signed numbers is at most 2^254.
        let product = Self {
            high: high.cast_signed(),
            low,
        };
        let product = if (a < 0) == (b < 0) {
            product
        } else {
            product.neg()
        };
        let (low, carry) = self.low.overflowing_add(product.low);
        let high = self.high.checked_add(product.high);
        let high = high.and_then(|high| high.checked_add(i128::from(carry)));
        Ok(Self {
            high: high.ok_or(MathError::Overflow)?,
            low,
        })
    }

    /// The other sign; the least number stays itself.
    #[must_use]
    pub const fn neg(self) -> Self {
        let (low, carry) = (!self.low).overflowing_add(1);
        Self {
            high: (!self.high).wrapping_add(carry as i128),
            low,
        }
    }

    /// Below, at or above zero.
    #[must_use]
    pub fn sign(self) -> Ordering {
        (self.high, self.low).cmp(&(0, 0))
    }

    /// The sum over `c > 0`, rounded towards minus infinity.
    ///
    /// # Errors
    /// `DivisionByZero` for `c <= 0`; `Overflow` when the result does not fit.
    pub fn div_floor(self, c: i128) -> Result<i128, MathError> {
        let c = u128::try_from(c).map_err(|_| MathError::DivisionByZero)?;
        let negative = self.sign() == Ordering::Less;
        let size = if negative { self.neg() } else { self };
        let high = size.high.cast_unsigned();
        if c == 0 {
            return Err(MathError::DivisionByZero);
        }
        if high >= c {
            return Err(MathError::Overflow);
        }
        let (quotient, rest) = wide_div(high, size.low, c);
        let up = u128::from(negative && rest != 0);
        signed(
            quotient.checked_add(up).ok_or(MathError::Overflow)?,
            negative,
        )
    }
}

/// The largest integer whose square is not above `n`.
#[must_use]
pub const fn isqrt(n: u128) -> u128 {
    n.isqrt()
}

/// The smallest integer whose square is not below `n`.
#[must_use]
pub const fn isqrt_ceil(n: u128) -> u128 {
    let root = n.isqrt();
    // root < 2^64, so neither its square nor its successor overflows.
    if root.wrapping_mul(root) == n {
        root
    } else {
        root.wrapping_add(1)
    }
}
