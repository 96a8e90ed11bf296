//! e^x to 206 bits: the second step of Ziv's strategy, for arguments that 112 bits leave open.
//!
//! Eight limbs of 28 bits, `v = 2^-224`. No table: a Taylor series after halvings, and `ln 2` from its own series
//! when the crate is compiled. It costs some twenty times the first step and a fraction of big integers.

use super::{LIMB_BITS, MASK};
use crate::Fx;
use crate::wide::Rounded;

/// Limbs, and fraction bits.
const LIMBS: usize = 8;
const BITS: u32 = LIMB_BITS * LIMBS as u32;
/// The reduced argument is halved this often before the series.
const HALVINGS: u32 = 8;
/// Degree of the series: `2^-9.5` to the 19th over 19! is below `2^-236`.
const DEGREE: i64 = 18;
/// Proved error of the mantissa in v, from its parts in [`mantissa`].
const ERROR: i64 = 1 << 18;

/// A signed number of 224 fraction bits, lowest limb first; canonical as [`super::Limbs`] is.
type Long = [i64; LIMBS];

const ONE: Long = [0, 0, 0, 0, 0, 0, 0, 1 << LIMB_BITS];

/// `ln 2`, within 2,000 v.
const LN_TWO: Long = ln_two();

/// e^x in three roundings, x being no zero and in the domain of `exp`; `None` where 206 bits do not decide them either.
#[must_use]
pub fn exp(x: Fx) -> Option<Rounded> {
    let (value, power) = mantissa(x);
    // In half ulps: value >> (223 - 64 - power), at most 2^128.
    let distance = u32::try_from(i64::from(BITS) - 65 - power).ok()?;
    let half = floor_shift(&moved(&value, -ERROR), distance);
    if half != floor_shift(&moved(&value, ERROR), distance) {
        return None;
    }
    let floor = (half >> 1) as i128;
    Some(Rounded {
        floor: Fx::from_bits(floor),
        nearest: Fx::from_bits(floor + (half & 1) as i128),
        ceil: Fx::from_bits(floor + 1),
    })
}

/// `m` and `k` with `e^x = m 2^k`, `m` within [`ERROR`] and in `[0.7, 1.42]`.
///
/// `r = x - k ln 2` is within `64 * 2,000 v`, and `|r| < 0.35`. With `z = r / 2^8` each step of the series loses at most 9.2 v in the
/// product, 1 v in the quotient and a `2^-9.5` of what was lost before: 10.3 v. A squaring doubles what is lost and adds 8.2 v:
/// below `2^8 e^r (10.3 + 8.2) v`. In all `1.42 (128,000 + 4,800) v < 2^18 v`.
fn mantissa(x: Fx) -> (Long, i64) {
    // k = x / ln 2 to nearest, from the leading bits: 94,548 / 2^16 is 1 / ln 2 within 2^-17.
    let leading = (x.to_bits() >> 48) as i64;
    let power = (leading * 94_548 + (1 << 31)) >> 32;
    let mut z = from_fx(x);
    for (limb, part) in z.iter_mut().zip(LN_TWO) {
        *limb -= part * power;
    }
    z = carried(z);
    z = halved(&z, HALVINGS);
    let mut sum = ONE;
    for index in (1..=DEGREE).rev() {
        sum = quotient(&product(&sum, &z), index);
        sum[LIMBS - 1] += ONE[LIMBS - 1];
    }
    for _ in 0..HALVINGS {
        sum = product(&sum, &sum);
    }
    (sum, power)
}

/// The exact value of an `Fx` below `2^34` in magnitude.
const fn from_fx(x: Fx) -> Long {
    let super::Limbs { l1, l2, l3, .. } = super::Limbs::from_fx(x);
    [0, 0, 0, 0, 0, l1, l2, l3]
}

/// Moves what overflows a limb into the next one.
const fn carried(mut a: Long) -> Long {
    let mut index = 0;
    while index < LIMBS - 1 {
        a[index + 1] += a[index] >> LIMB_BITS;
        a[index] &= MASK;
        index += 1;
    }
    a
}

/// `a` with `by` v added.
const fn moved(a: &Long, by: i64) -> Long {
    let mut a = *a;
    a[0] += by;
    carried(a)
}

/// The product of numbers below 2, cut: in `(exact - 8.2 v, exact]`.
///
/// A column is a sum of at most eight products below `2^58`, so below `2^61` with its carry. The columns dropped hold
/// unsigned limbs alone: 7 v and less than 1/8 v, and the last cut is below 1 v.
const fn product(a: &Long, b: &Long) -> Long {
    let mut result = [0; LIMBS];
    let mut carry = 0;
    let mut column = LIMBS - 1;
    while column < 2 * LIMBS - 1 {
        let mut sum = carry;
        let mut index = column.saturating_sub(LIMBS - 1);
        while index < LIMBS && index <= column {
            sum += a[index] * b[column - index];
            index += 1;
        }
        if column >= LIMBS {
            result[column - LIMBS] = sum & MASK;
        }
        carry = sum >> LIMB_BITS;
        column += 1;
    }
    result[LIMBS - 1] = carry;
    result
}

/// `a / divisor` rounded down, for a divisor below `2^14`.
const fn quotient(a: &Long, divisor: i64) -> Long {
    let mut result = [0; LIMBS];
    let mut rest = 0;
    let mut index = LIMBS;
    while index > 0 {
        index -= 1;
        let part = (rest << LIMB_BITS) + a[index];
        result[index] = part.div_euclid(divisor);
        rest = part.rem_euclid(divisor);
    }
    result
}

/// `a / 2^by` rounded down, `by` at most 28.
const fn halved(a: &Long, by: u32) -> Long {
    let mut result = *a;
    let mut index = 0;
    while index < LIMBS - 1 {
        result[index] = (a[index] >> by) | ((a[index + 1] << (LIMB_BITS - by)) & MASK);
        index += 1;
    }
    result[LIMBS - 1] = a[LIMBS - 1] >> by;
    result
}

/// `floor(a 2^224 / 2^distance)` for a positive number, when it is below `2^128`.
fn floor_shift(a: &Long, distance: u32) -> u128 {
    let mut sum = 0;
    for (position, limb) in (0..).zip(a) {
        let (at, limb) = (position * LIMB_BITS, *limb as u128);
        sum |= if at >= distance {
            limb << (at - distance)
        } else {
            limb >> (distance - at).min(127)
        };
    }
    sum
}

/// `18 atanh(1/26) - 2 atanh(1/4801) + 8 atanh(1/8749)`.
///
/// Each power of a series is low by less than 2 v, each term by one more, and what is left out is below 4 v: with at most 24 terms
/// `18 * 76 + 2 * 40 + 8 * 40 < 2,000 v`.
const fn ln_two() -> Long {
    let (a, b, c) = (arc(26), arc(4_801), arc(8_749));
    let mut sum = [0; LIMBS];
    let mut index = 0;
    while index < LIMBS {
        sum[index] = 18 * a[index] - 2 * b[index] + 8 * c[index];
        index += 1;
    }
    carried(sum)
}

/// `atanh(1 / inverse)`.
const fn arc(inverse: i64) -> Long {
    let mut power = quotient(&ONE, inverse);
    let mut sum = [0; LIMBS];
    let mut odd = 1;
    // The slowest series loses 9.4 bits a term.
    while odd < 50 {
        let term = quotient(&power, odd);
        let mut index = 0;
        while index < LIMBS {
            sum[index] += term[index];
            index += 1;
        }
        power = quotient(&quotient(&power, inverse), inverse);
        odd += 2;
    }
    carried(sum)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::exp::{EXP_MAX, EXP_MIN};
    use crate::wide;

    #[test]
    fn ln_two_is_the_published_constant() {
        // ln 2 x 2^128, rounded down (OEIS A002162 in binary): its upper limbs.
        let published: u128 = 235_865_763_225_513_294_137_944_142_764_154_484_399;
        assert_eq!(floor_shift(&LN_TWO, BITS - 128), published);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn it_agrees_with_big_integers(bits in EXP_MIN.to_bits()..=EXP_MAX.to_bits()) {
            let x = Fx::from_bits(bits);
            prop_assume!(x != Fx::ZERO);
            prop_assert_eq!(exp(x), wide::exp(x).ok());
        }
    }

    /// The ends of the domain, small arguments, and both sides of every change of the power of two.
    #[test]
    fn it_agrees_at_edges() {
        let mut edges = vec![EXP_MIN, EXP_MAX, Fx::DELTA, -Fx::DELTA, Fx::from_num(1)];
        for power in -63..63 {
            let middle = (f64::from(power) + 0.5) * std::f64::consts::LN_2;
            edges.extend((-2..=2).map(|off| Fx::from_num(middle) + Fx::from_bits(off << 40)));
        }
        for x in edges
            .into_iter()
            .filter(|x| (EXP_MIN..=EXP_MAX).contains(x))
        {
            assert_eq!(exp(x), wide::exp(x).ok(), "{x}");
        }
    }
}
