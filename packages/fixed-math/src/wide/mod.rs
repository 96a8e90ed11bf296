//! The slow path that always decides: enclosures by multiple precision, widened until they do.
//!
//! A correctly rounded function has to know on which side of a tie the real value lies. The fast
//! kernels know the value to some 105 bits, which decides all but a few inputs in 2^40. For those
//! few this module computes the value as a ball (a middle and a proved radius), looks whether the
//! ball lies clear of every multiple of half an ulp, and doubles the precision while it does not
//! (Ziv's strategy). Integers only, the same steps on every machine.
//!
//! The loop ends wherever the value is no multiple of half an ulp. For `exp` and `ln` that is proved:
//! but for `exp 0 = 1` and `ln 1 = 0`, answered before it starts, their values here are irrational
//! (Lindemann). For the normal law and what is built on it (its quantile, Black's values) it is
//! expected, not proved; the exact cases known, `cdf 0 = 1/2` and `quantile 1/2 = 0`, are answered before
//! as well. Square roots need no loop. Should precisions up to `2^13` bits not decide, the result is the
//! typed error [`WideError::Undecided`] and never a guess.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "big integers do not overflow; the remaining arithmetic is on bit counts below 2^20"
)]

mod ball;
pub mod black;
mod constants;
mod elementary;
mod normal;

use ball::Ball;
use fixed::types::I64F64;
use num_bigint::{BigInt, Sign};
use thiserror::Error;

/// Fraction bits of the number type.
const FRACTION: u32 = 64;
/// Precision of the first attempt, in fraction bits.
const FIRST: u32 = 192;
/// Precision at which the loop gives up.
const LAST: u32 = 1 << 13;

/// A real number rounded to multiples of `2^-64` in the three ways that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounded {
    /// Largest multiple that is not above the value.
    pub floor: I64F64,
    /// Nearest multiple, the upper one at a tie.
    pub nearest: I64F64,
    /// Smallest multiple that is not below the value.
    pub ceil: I64F64,
}

/// Why there is no rounded value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WideError {
    /// The function is not defined at this input.
    #[error("E_MATH_WIDE_DOMAIN: the function is not defined at this input")]
    Domain,
    /// A rounded value does not fit the number type.
    #[error("E_MATH_WIDE_RANGE: the result does not fit the number type")]
    Range,
    /// The precision limit was reached before the rounding was decided.
    #[error("E_MATH_WIDE_UNDECIDED: the rounding is not decided at the precision limit")]
    Undecided,
}

/// Three integers in units of `2^-64`: the rounded value before it is fitted to the type.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    floor: BigInt,
    nearest: BigInt,
    ceil: BigInt,
}

impl Parts {
    /// A value that is itself a multiple of `2^-64`.
    fn exact(bits: BigInt) -> Self {
        Self {
            floor: bits.clone(),
            nearest: bits.clone(),
            ceil: bits,
        }
    }

    /// The value plus a multiple of `2^-64`.
    fn plus(self, bits: &BigInt) -> Self {
        Self {
            floor: self.floor + bits,
            nearest: self.nearest + bits,
            ceil: self.ceil + bits,
        }
    }

    /// `top - value`, for a value that is not at a tie: one that the loop has decided.
    fn subtracted_from(self, top: &BigInt) -> Self {
        Self {
            floor: top - self.ceil,
            nearest: top - self.nearest,
            ceil: top - self.floor,
        }
    }

    /// Into the number type.
    fn fit(&self) -> Result<Rounded, WideError> {
        let bits = |value: &BigInt| i128::try_from(value).map_err(|_| WideError::Range);
        Ok(Rounded {
            floor: I64F64::from_bits(bits(&self.floor)?),
            nearest: I64F64::from_bits(bits(&self.nearest)?),
            ceil: I64F64::from_bits(bits(&self.ceil)?),
        })
    }
}

/// What is known of the value besides its ball.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing more than that it is no multiple of half an ulp.
    Signed,
    /// It is no multiple of half an ulp, and above zero.
    Positive,
}

/// Rounds when the ball decides all three roundings.
fn decide(ball: &Ball, kind: Kind) -> Option<Parts> {
    let shift = ball.prec.checked_sub(FRACTION + 1)?;
    let mut low = ball.low();
    let clipped = kind == Kind::Positive && low.sign() != Sign::Plus;
    if clipped {
        low = BigInt::ZERO;
    }
    // In half ulps: both ends must lie strictly inside the same one.
    let half = &low >> shift;
    if ball.high() >= (&half + 1u32) << shift || (!clipped && low == &half << shift) {
        return None;
    }
    let floor = &half >> 1u32;
    let nearest = (half + 1u32) >> 1u32;
    Some(Parts {
        ceil: &floor + 1u32,
        floor,
        nearest,
    })
}

/// Evaluates at growing precision until the rounding is decided.
fn ziv(kind: Kind, evaluate: impl Fn(u32) -> Option<Ball>) -> Result<Parts, WideError> {
    ziv_from(FIRST, kind, evaluate)
}

/// [`ziv`] from a precision of one's own: hardly any input needs more than the usual one.
fn ziv_from(
    first: u32,
    kind: Kind,
    evaluate: impl Fn(u32) -> Option<Ball>,
) -> Result<Parts, WideError> {
    let mut prec = first;
    while prec <= LAST {
        if let Some(parts) = evaluate(prec).and_then(|ball| decide(&ball, kind)) {
            return Ok(parts);
        }
        prec *= 2;
    }
    Err(WideError::Undecided)
}

/// The value of an I64F64 as a ball.
fn ball_of(x: I64F64, prec: u32) -> Ball {
    Ball::from_bits(&BigInt::from(x.to_bits()), FRACTION, prec)
}

/// `1.0` in units of `2^-64`.
fn unit() -> BigInt {
    BigInt::from(1u32) << FRACTION
}

/// `e^x` for any `x`; an error when a rounded value does not fit.
///
/// # Errors
/// [`WideError::Range`] above about 43.668.
pub fn exp(x: I64F64) -> Result<Rounded, WideError> {
    if x == I64F64::ZERO {
        return Parts::exact(unit()).fit();
    }
    if x > I64F64::from_num(44) {
        return Err(WideError::Range);
    }
    ziv(Kind::Positive, |prec| elementary::exp(&ball_of(x, prec)))?.fit()
}

/// Natural logarithm.
///
/// # Errors
/// [`WideError::Domain`] for `x <= 0`.
pub fn ln(x: I64F64) -> Result<Rounded, WideError> {
    if x <= I64F64::ZERO {
        return Err(WideError::Domain);
    }
    if x == I64F64::ONE {
        return Parts::exact(BigInt::ZERO).fit();
    }
    let bits = BigInt::from(x.to_bits());
    ziv(Kind::Signed, |prec| elementary::ln(&bits, FRACTION, prec))?.fit()
}

/// Square root, by the integer root and its residual.
///
/// # Errors
/// [`WideError::Domain`] for `x < 0`.
pub fn sqrt(x: I64F64) -> Result<Rounded, WideError> {
    if x < I64F64::ZERO {
        return Err(WideError::Domain);
    }
    let square = BigInt::from(x.to_bits()) << FRACTION;
    let floor = square.sqrt();
    let residual: BigInt = &square - &floor * &floor;
    if residual.sign() == Sign::NoSign {
        return Parts::exact(floor).fit();
    }
    // sqrt >= floor + 1/2  <=>  residual >= floor + 1/4  <=>  residual > floor.
    let nearest = if residual > floor {
        &floor + 1u32
    } else {
        floor.clone()
    };
    Parts {
        ceil: &floor + 1u32,
        floor,
        nearest,
    }
    .fit()
}

/// Density of the standard normal law.
///
/// # Errors
/// [`WideError::Undecided`] only.
pub fn norm_pdf(x: I64F64) -> Result<Rounded, WideError> {
    ziv(Kind::Positive, |prec| normal::density(&ball_of(x, prec)))?.fit()
}

/// Distribution function of the standard normal law; right of zero it is one less the tail.
///
/// # Errors
/// [`WideError::Undecided`] only.
pub fn norm_cdf(x: I64F64) -> Result<Rounded, WideError> {
    if x == I64F64::ZERO {
        return Parts::exact(unit() >> 1u32).fit();
    }
    let left = x < I64F64::ZERO;
    let tail = ziv(Kind::Positive, |prec| {
        let ball = ball_of(x, prec);
        if left {
            normal::lower_tail(&ball)
        } else {
            normal::upper_tail(&ball)
        }
    })?;
    if left {
        tail.fit()
    } else {
        tail.subtracted_from(&unit()).fit()
    }
}

/// Inverse of the normal distribution function.
///
/// A candidate comes from Newton steps on `ln cdf`; the result is then read off comparisons of
/// `cdf` at candidate multiples of half an ulp with `p`, each decided by enclosures.
///
/// # Errors
/// [`WideError::Domain`] unless `0 < p < 1`.
pub fn norm_quantile(p: I64F64) -> Result<Rounded, WideError> {
    if p <= I64F64::ZERO || p >= I64F64::ONE {
        return Err(WideError::Domain);
    }
    let half = unit() >> 1u32;
    let bits = BigInt::from(p.to_bits());
    if bits == half {
        return Parts::exact(BigInt::ZERO).fit();
    }
    if bits < half {
        return left_quantile(&bits)?.fit();
    }
    left_quantile(&(unit() - bits))?
        .subtracted_from(&BigInt::ZERO)
        .fit()
}

/// True when `cdf(halves / 2^65) < p`; `halves <= 0`, `p` in units of `2^-64`.
fn cdf_is_below(halves: &BigInt, p: &BigInt) -> Result<bool, WideError> {
    let mut prec = FIRST;
    while prec <= LAST {
        let point = Ball::from_bits(halves, FRACTION + 1, prec);
        if let Some(tail) = normal::lower_tail(&point) {
            let gap = tail.sub(&Ball::from_bits(p, FRACTION, prec));
            if gap.is_positive() {
                return Ok(false);
            }
            if gap.is_negative() {
                return Ok(true);
            }
        }
        prec *= 2;
    }
    Err(WideError::Undecided)
}

/// The quantile of `p < 1/2`, in three roundings.
fn left_quantile(p: &BigInt) -> Result<Parts, WideError> {
    let guess = newton_quantile(p).ok_or(WideError::Undecided)?;
    // In half ulps: the largest `below` with cdf(below) < p.
    let mut below = guess;
    while !cdf_is_below(&below, p)? {
        below -= 1;
    }
    loop {
        let next: BigInt = &below + 1u32;
        if next.sign() != Sign::Minus || !cdf_is_below(&next, p)? {
            break;
        }
        below = next;
    }
    let floor = &below >> 1u32;
    let nearest = (below + 1u32) >> 1u32;
    Ok(Parts {
        ceil: &floor + 1u32,
        floor,
        nearest,
    })
}

/// Newton on `ln cdf`, concave and increasing: from the left of the root it never overshoots.
/// The start `-sqrt(-2 ln 2p)` is left of it because `cdf(x) <= exp(-x^2/2) / 2` for `x <= 0`.
fn newton_quantile(p: &BigInt) -> Option<BigInt> {
    let log_p = elementary::ln(p, FRACTION, FIRST)?;
    let start = log_p.add(&constants::ln_two(FIRST)).mul_int(-2);
    let mut x = Ball {
        mid: magnitude_of(&start),
        rad: BigInt::ZERO,
        prec: FIRST,
    }
    .sqrt()?
    .neg();
    for _ in 0..12 {
        x.rad = BigInt::ZERO;
        let tail = normal::lower_tail(&x)?;
        let log_tail = elementary::ln(&tail.mid, FIRST, FIRST)?;
        let slope = normal::density(&x)?.div(&tail)?;
        let step = log_tail.sub(&log_p).div(&slope)?;
        x = x.sub(&step);
        if step.mid.bits() < u64::from(FIRST) / 4 {
            break;
        }
    }
    Some(x.mid >> (FIRST - FRACTION - 1))
}

/// Absolute value of the middle of a ball.
fn magnitude_of(ball: &Ball) -> BigInt {
    ball::magnitude(&ball.mid)
}

macro_rules! nearest_twins {
    ($($(#[$doc:meta])* $name:ident => $function:ident;)*) => {
        $($(#[$doc])*
        ///
        /// # Errors
        /// As the function that gives all three roundings.
        pub fn $name(x: I64F64) -> Result<I64F64, WideError> {
            $function(x).map(|rounded| rounded.nearest)
        })*
    };
}

nearest_twins! {
    /// `e^x` rounded to nearest, ties up.
    nearest_exp => exp;
    /// Natural logarithm rounded to nearest, ties up.
    nearest_ln => ln;
    /// Square root rounded to nearest, ties up.
    nearest_sqrt => sqrt;
    /// Normal density rounded to nearest, ties up.
    nearest_norm_pdf => norm_pdf;
    /// Normal distribution function rounded to nearest, ties up.
    nearest_norm_cdf => norm_cdf;
    /// Normal quantile rounded to nearest, ties up.
    nearest_norm_quantile => norm_quantile;
}

#[cfg(test)]
mod tests;
