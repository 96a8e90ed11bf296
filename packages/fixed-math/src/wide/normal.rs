//! The normal law as balls: density, left tail and distribution.

use super::ball::{Ball, magnitude};
use super::elementary::{exp, sqrt_two_pi};
use num_bigint::{BigInt, Sign};

/// `exp(-x^2/2) / sqrt(2 pi)`. Its slope is below 1/4, so the radius of `x` is added at the end.
pub(super) fn density(x: &Ball) -> Option<Ball> {
    let middle = Ball {
        mid: x.mid.clone(),
        rad: BigInt::ZERO,
        prec: x.prec,
    };
    let power = exp(&middle.square().scale(-1).neg())?;
    let mut value = power.div(&sqrt_two_pi(x.prec)?)?;
    value.rad += &x.rad;
    Some(value)
}

/// The tail `P(Z > m)` for an exact `m >= 0`.
///
/// `P = 1/2 - phi(m) * sum m^(2k+1) / (1 * 3 * ... * (2k+1))`, all terms positive. The sum grows like
/// `e^(m^2/2)`, so the working precision carries that many more bits.
fn tail_of_exact(middle: &BigInt, prec: u32) -> Option<Ball> {
    let exponent = (middle * middle) >> (2 * prec + 1);
    // P <= e^(-m^2/2): below e^-prec one unit encloses it.
    if exponent > BigInt::from(prec) {
        return Some(Ball {
            mid: BigInt::ZERO,
            rad: BigInt::from(1u32),
            prec,
        });
    }
    let guard = u32::try_from(exponent * 3u32 / 2u32).ok()? + 32;
    let work = prec + guard;
    let m = Ball {
        mid: middle << guard,
        rad: BigInt::ZERO,
        prec: work,
    };
    let square = m.square();
    let mut term = m.clone();
    let mut sum = m.clone();
    let mut odd = 1u64;
    let double = &square.mid >> (work - 1);
    // Past odd > 2 m^2 each term is under half of the one before it.
    while term.mid > BigInt::from(4u32) || BigInt::from(odd) <= &double + 1u32 {
        odd += 2;
        term = term.mul(&square).div_int(odd);
        sum = sum.add(&term);
    }
    // What is left out is at most the last term's highest value.
    sum.rad += term.high();
    let half = Ball::integer(1, work).scale(-1);
    Some(half.sub(&density(&m)?.mul(&sum)).at(prec))
}

/// `P(Z > x)`. The slope is below 1/2, so the radius of `x` is added at the end.
pub(super) fn upper_tail(x: &Ball) -> Option<Ball> {
    let mut tail = tail_of_exact(&magnitude(&x.mid), x.prec)?;
    if x.mid.sign() == Sign::Minus {
        tail = Ball::integer(1, x.prec).sub(&tail);
    }
    tail.rad += &x.rad;
    Some(tail)
}

/// `P(Z < x)`.
pub(super) fn lower_tail(x: &Ball) -> Option<Ball> {
    upper_tail(&x.neg())
}
