//! `ln 2` and `pi` to some five hundred bits, summed when the crate is compiled: on the VM a series of big integers costs more
//! than all that is done with it.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    clippy::indexing_slicing,
    reason = "words are cut to 32 bits on purpose; all of it runs in the compiler, where a wrong index is an error"
)]

use super::ball::Ball;
use super::elementary;
use num_bigint::{BigInt, Sign};

/// Words of 32 bits; the integer part lies above them in the top one.
const WORDS: usize = 18;
/// Fraction bits.
const BITS: u32 = 32 * (WORDS as u32 - 1);
/// Both constants are within `2^14` units of their last bit: a series of at most 120 terms loses `3 * 120 + 4`, and the factors
/// before the series sum to 28.
const ERROR_BITS: u32 = 14;

/// An integer, lowest word first.
type Words = [u32; WORDS];

const LN_TWO: Words = sum([(26, 18), (4_801, -2), (8_749, 8)], false);
const PI: Words = sum([(5, 16), (239, -4), (1, 0)], true);

/// `ln 2`.
pub(super) fn ln_two(prec: u32) -> Ball {
    known(&LN_TWO, prec).unwrap_or_else(|| elementary::ln_two(prec))
}

/// `pi`.
pub(super) fn pi(prec: u32) -> Ball {
    known(&PI, prec).unwrap_or_else(|| elementary::pi(prec))
}

/// A constant at a precision that its error does not reach.
fn known(words: &Words, prec: u32) -> Option<Ball> {
    let cut = BITS.checked_sub(prec).filter(|cut| *cut > ERROR_BITS)?;
    Some(Ball {
        mid: BigInt::from_slice(Sign::Plus, words) >> cut,
        rad: BigInt::from(2u32),
        prec,
    })
}

/// The sum of `factor * arc(1 / inverse)`, arc being atan when `alternating` and else atanh.
const fn sum(series: [(u64, i64); 3], alternating: bool) -> Words {
    let mut total = [0; WORDS];
    let mut index = 0;
    while index < series.len() {
        let (inverse, factor) = series[index];
        if factor != 0 {
            total = plus(total, arc(inverse, alternating), factor);
        }
        index += 1;
    }
    total
}

/// As [`elementary`]'s series, and with its error.
const fn arc(inverse: u64, alternating: bool) -> Words {
    let mut one = [0; WORDS];
    one[WORDS - 1] = 1;
    let mut power = over(one, inverse);
    let mut sum = [0; WORDS];
    let mut index = 0;
    while !is_zero(power) {
        let sign = if alternating && index % 2 == 1 { -1 } else { 1 };
        sum = plus(sum, over(power, 2 * index + 1), sign);
        power = over(over(power, inverse), inverse);
        index += 1;
    }
    sum
}

const fn is_zero(a: Words) -> bool {
    let mut index = 0;
    while index < WORDS {
        if a[index] != 0 {
            return false;
        }
        index += 1;
    }
    true
}

/// `a + factor b`, not below zero.
const fn plus(a: Words, b: Words, factor: i64) -> Words {
    let mut sum = [0; WORDS];
    let mut carry = 0;
    let mut index = 0;
    while index < WORDS {
        let part = a[index] as i64 + b[index] as i64 * factor + carry;
        sum[index] = part as u32;
        carry = part >> 32;
        index += 1;
    }
    sum
}

/// `a / divisor` rounded down, for a divisor below `2^32`.
const fn over(a: Words, divisor: u64) -> Words {
    let mut quotient = [0; WORDS];
    let mut rest = 0;
    let mut index = WORDS;
    while index > 0 {
        index -= 1;
        let part = rest << 32 | a[index] as u64;
        quotient[index] = (part / divisor) as u32;
        rest = part % divisor;
    }
    quotient
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the same series in balls, and against each other's precisions.
    #[test]
    fn constants_lie_within_their_radius() {
        for prec in [64, 192, 256, 300, 448, 520, 700] {
            for (known, series) in [
                (ln_two(prec), elementary::ln_two(prec)),
                (pi(prec), elementary::pi(prec)),
            ] {
                let gap = known.sub(&series);
                assert!(!gap.is_positive() && !gap.is_negative(), "{prec}");
                assert!(known.rad <= series.rad, "{prec}");
            }
        }
        assert!(known(&PI, BITS - ERROR_BITS).is_none());
    }
}
