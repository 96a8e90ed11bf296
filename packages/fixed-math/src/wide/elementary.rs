//! Exponential, logarithm and the constants they need, as balls.
//!
//! Series with rational arguments and explicit remainders; the only table, `ln 2` and `pi`, is summed from the same series.

use super::ball::{Ball, magnitude};
use super::constants;
use num_bigint::{BigInt, Sign};

/// Sum of `(+-1)^i z^(2i+1) / (2i+1)` for `z = 1/inverse`: atanh, or atan when `alternating`.
fn arc_of_inverse(inverse: u64, alternating: bool, prec: u32) -> Ball {
    let one = BigInt::from(1u32) << prec;
    let square = inverse * inverse;
    let mut power = one / inverse;
    let mut sum = BigInt::ZERO;
    let mut index = 0u64;
    while power.sign() == Sign::Plus {
        let term = &power / (2 * index + 1);
        if alternating && index % 2 == 1 {
            sum -= term;
        } else {
            sum += term;
        }
        power /= square;
        index += 1;
    }
    // Each power is low by less than 1/(1 - 1/square) < 2 units, each term by one more; all that
    // follows the last term is below four units.
    Ball {
        mid: sum,
        rad: BigInt::from(3 * index + 4),
        prec,
    }
}

/// `ln 2 = 18 atanh(1/26) - 2 atanh(1/4801) + 8 atanh(1/8749)`.
pub(super) fn ln_two(prec: u32) -> Ball {
    let first = arc_of_inverse(26, false, prec).mul_int(18);
    let second = arc_of_inverse(4801, false, prec).mul_int(-2);
    let third = arc_of_inverse(8749, false, prec).mul_int(8);
    first.add(&second).add(&third)
}

/// `pi = 16 atan(1/5) - 4 atan(1/239)` (Machin).
pub(super) fn pi(prec: u32) -> Ball {
    arc_of_inverse(5, true, prec)
        .mul_int(16)
        .sub(&arc_of_inverse(239, true, prec).mul_int(4))
}

/// `sqrt(2 pi)`.
pub(super) fn sqrt_two_pi(prec: u32) -> Option<Ball> {
    constants::pi(prec).mul_int(2).sqrt()
}

/// `e^x` for `|x| <= 1/2`, exact input, by halving `HALVINGS` times, Taylor and squaring back.
fn exp_small(reduced: &Ball) -> Ball {
    const HALVINGS: u32 = 12;
    let prec = reduced.prec + 2 * HALVINGS;
    let small = Ball {
        prec,
        mid: reduced.mid.clone() << HALVINGS,
        rad: reduced.rad.clone() << HALVINGS,
    };
    // Now |small| <= 2^-13 (the radius of the reduced argument is far below that), and the
    // remainder after the power n is at most 2 * 2^(-13 (n + 1)).
    let degree = u64::from((prec + 1) / (HALVINGS + 1) + 1);
    let one = Ball::integer(1, prec);
    let mut sum = one.clone();
    for index in (1..=degree).rev() {
        sum = one.add(&sum.mul(&small).div_int(index));
    }
    sum = sum.widen(1);
    for _ in 0..HALVINGS {
        sum = sum.square();
    }
    sum.at(reduced.prec)
}

/// `e^x`; `None` when the ball is too wide for the bound on its spread.
pub(super) fn exp(x: &Ball) -> Option<Ball> {
    let prec = x.prec;
    let unit = BigInt::from(1u32) << prec;
    // Below -prec the value is under e^-prec < 2^-prec: one unit encloses it.
    if x.high() < -(BigInt::from(prec) << prec) {
        return Some(Ball {
            mid: BigInt::ZERO,
            rad: BigInt::from(1u32),
            prec,
        });
    }
    // Above 2^12 no caller has a use for the value.
    if x.mid >= (BigInt::from(1u32) << (prec + 12)) || x.rad > (&unit >> 1u32) {
        return None;
    }
    let work = prec + 64;
    let exact = Ball {
        mid: x.mid.clone(),
        rad: BigInt::ZERO,
        prec,
    }
    .at(work);
    let two = constants::ln_two(work);
    let turns = i64::try_from(
        (&exact.mid + (&two.mid >> 1u32)) / &two.mid - i64::from(exact.mid.sign() == Sign::Minus),
    )
    .ok()?;
    let reduced = exact.sub(&two.mul_int(turns));
    // |reduced| <= ln 2 whatever the rounding of `turns`; one halving more brings it under 1/2.
    let value = exp_small(&reduced.scale(-1)).square().scale(turns).at(prec);
    if x.rad.sign() == Sign::NoSign {
        return Some(value);
    }
    // |e^d - 1| <= 2 |d| for |d| <= 1/2.
    let spread = (((magnitude(&value.mid) + &value.rad) * &x.rad * 2u32) >> prec) + 1u32;
    Some(Ball {
        rad: value.rad + spread,
        mid: value.mid,
        prec,
    })
}

/// `ln(bits * 2^-frac)` for `bits > 0`.
pub(super) fn ln(bits: &BigInt, frac: u32, prec: u32) -> Option<Ball> {
    ln_ratio(bits, &(BigInt::from(1u32) << frac), prec)
}

/// `ln(a / b)` for `a > 0` and `b > 0`.
pub(super) fn ln_ratio(a: &BigInt, b: &BigInt, prec: u32) -> Option<Ball> {
    let work = prec + 32;
    // t = a / (b 2^turns) lies in (1/2, 2), then in [23/32, 23/16).
    let mut turns = i64::try_from(a.bits()).ok()? - i64::try_from(b.bits()).ok()?;
    let (top, bottom) = apart(a, b, turns);
    if &top << 5u32 < &bottom * 23u32 {
        turns -= 1;
    } else if &top << 4u32 >= bottom * 23u32 {
        turns += 1;
    }
    let (top, bottom) = apart(a, b, turns);
    // z = (t - 1) / (t + 1), one division; |z| < 0.18 and z^2 < 2^-4.9.
    let z = Ball {
        mid: ((&top - &bottom) << work) / (top + bottom),
        rad: BigInt::from(1u32),
        prec: work,
    };
    let z_square = z.square();
    // A term gains these bits: z^2 is below 2^-gain, and gain at least 4.
    let gain = 2 * (u64::from(work) - z.mid.bits());
    let terms = u64::from(work) / gain + 1;
    let mut sum = Ball::integer(0, work);
    for index in (0..=terms).rev() {
        let inverse = Ball::integer(1, work).div_int(2 * index + 1);
        sum = inverse.add(&sum.mul(&z_square));
    }
    // The remainder after the last term is below 2 z^(2 terms + 2) < 1 unit.
    let fraction = sum.widen(2).mul(&z).scale(1);
    let whole = constants::ln_two(work).mul_int(turns);
    Some(whole.add(&fraction).at(prec))
}

/// `a` and `b 2^turns`, both times the power of two that makes them whole.
fn apart(a: &BigInt, b: &BigInt, turns: i64) -> (BigInt, BigInt) {
    let by = turns.unsigned_abs();
    if turns >= 0 {
        (a.clone(), b << by)
    } else {
        (a << by, b.clone())
    }
}
