//! Fine money: quote-coin base units with 32 fraction bits in an `i128`.
//!
//! Values saturate at `+-2^110` (`2^78` base units), so that every operation here is total. What is traded stays far
//! below that ([`crate::MAX_GROSS`]). Divisions floor: an account is never given what is cut off.

use fixed_math::{Fx, Product, Proved};

use crate::BPS_ONE;

/// Fraction bits of fine money.
pub(crate) const FINE_BITS: u32 = 32;
/// Where fine money saturates.
pub(crate) const FINE_LIMIT: i128 = 1 << 110;
/// Where whole base units saturate.
const UNIT_LIMIT: i128 = 1 << 78;
const UNIT_LEAST: i128 = -(1 << 78);
const FINE_LEAST: i128 = -(1 << 110);

/// Clamps to the range of fine money.
pub(crate) fn clamp(value: i128) -> i128 {
    value.clamp(FINE_LEAST, FINE_LIMIT)
}

/// Sum of two fine amounts.
pub(crate) fn add(a: i128, b: i128) -> i128 {
    clamp(a.saturating_add(b))
}

/// Whole base units to fine money.
pub(crate) fn from_units(units: i128) -> i128 {
    units.clamp(UNIT_LEAST, UNIT_LIMIT) << FINE_BITS
}

/// Fine money to whole base units, rounded down.
pub(crate) const fn to_units(value: i128) -> i128 {
    value >> FINE_BITS
}

/// Whole base units times a discount in units of `2^-32`: exact fine money.
pub(crate) fn discounted(units: i128, discount: u64) -> i128 {
    let units = units.clamp(UNIT_LEAST, UNIT_LIMIT);
    // 2^78 times at most 2^32.
    clamp(units.saturating_mul(i128::from(discount)))
}

/// `a * b / 2^shift` rounded down, saturating at the range of fine money.
pub(crate) fn mul_shift(a: i128, b: u64, shift: i32) -> i128 {
    let factor = i128::from(b);
    // |a >> 64| <= 2^63 and b < 2^64: the product stays within i128.
    let high = (a >> 64).times(factor);
    let low = (a.cast_unsigned() & u128::from(u64::MAX)).times(u128::from(b));
    let carried = i128::try_from(low >> 64).unwrap_or(0);
    let top = high.plus(carried);
    let bottom = low & u128::from(u64::MAX);
    match shift {
        ..-63 => {
            let product = mul_shift(a, b, 0);
            let lifted = shift_left(product, shift.unsigned_abs());
            lifted.map_or_else(|| saturate(product), clamp)
        }
        -63..=63 => join(top, bottom, shift),
        _ => {
            let down = shift.saturating_sub(64).clamp(0, 127);
            clamp(top >> down)
        }
    }
}

/// `(top 2^64 + bottom) / 2^shift` for `-63 <= shift <= 63`.
fn join(top: i128, bottom: u128, shift: i32) -> i128 {
    let up = 64_i32.saturating_sub(shift).cast_unsigned();
    let Some(lifted) = shift_left(top, up) else {
        return saturate(top);
    };
    let rest = if shift >= 0 {
        bottom >> shift.cast_unsigned()
    } else {
        bottom << shift.unsigned_abs()
    };
    add(lifted, i128::try_from(rest).unwrap_or(i128::MAX))
}

fn shift_left(value: i128, by: u32) -> Option<i128> {
    // Leading bits beyond one sign bit.
    let room = if value < 0 {
        (!value).leading_zeros()
    } else {
        value.leading_zeros()
    };
    (room > by).then(|| value << by)
}

/// The end of the range on the value's side.
const fn saturate(value: i128) -> i128 {
    match value {
        0 => 0,
        ..0 => FINE_LEAST,
        _ => FINE_LIMIT,
    }
}

/// `value * weight / 2^16`, rounded down.
pub(crate) fn weigh(value: i128, weight: u32) -> i128 {
    if weight == crate::WEIGHT_ONE {
        return value;
    }
    mul_shift(value, u64::from(weight), 16)
}

/// `(1 - share) a + share b` for a share in basis points, rounded down.
pub(crate) fn mix(a: i128, b: i128, share: u32) -> i128 {
    let share = i128::from(share.min(BPS_ONE));
    let rest = i128::from(BPS_ONE).saturating_sub(share);
    let sum = a
        .saturating_mul(rest)
        .saturating_add(b.saturating_mul(share));
    sum.div_euclid(i128::from(BPS_ONE))
}

/// A positive factor `mantissa * 2^exponent`; zero when the mantissa is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Factor {
    mantissa: u64,
    exponent: i32,
}

impl Factor {
    /// A non-negative price; bits beyond the first 64 are cut off, a negative price counts as zero.
    pub(crate) fn price(price: Fx) -> Self {
        Self::normalised(u128::try_from(price.to_bits()).unwrap_or(0), -64)
    }

    /// A non-negative integer; bits beyond the first 64 are cut off.
    pub(crate) fn integer(value: u128) -> Self {
        Self::normalised(value, 0)
    }

    fn normalised(bits: u128, exponent: i32) -> Self {
        let over = 64_i32.saturating_sub(bits.leading_zeros().cast_signed());
        if bits == 0 {
            return Self {
                mantissa: 0,
                exponent: 0,
            };
        }
        let mantissa = if over >= 0 {
            bits >> over.cast_unsigned()
        } else {
            bits << over.unsigned_abs()
        };
        Self {
            mantissa: u64::try_from(mantissa).unwrap_or(u64::MAX),
            exponent: exponent.saturating_add(over),
        }
    }

    /// Times an integer, cut to 64 bits.
    pub(crate) fn times(self, by: u64) -> Self {
        let product = u128::from(self.mantissa).saturating_mul(u128::from(by));
        Self::normalised(product, self.exponent)
    }

    /// Times `2^by`.
    pub(crate) const fn scaled(self, by: i32) -> Self {
        Self {
            mantissa: self.mantissa,
            exponent: self.exponent.saturating_add(by),
        }
    }

    /// Times another, cut to 64 bits.
    pub(crate) fn by(self, other: Self) -> Self {
        let product = u128::from(self.mantissa).saturating_mul(u128::from(other.mantissa));
        Self::normalised(product, self.exponent.saturating_add(other.exponent))
    }

    /// Over another, cut to 64 bits; zero over zero.
    pub(crate) fn per(self, other: Self) -> Self {
        let quotient = self.over(other.mantissa);
        quotient.scaled(other.exponent.saturating_neg())
    }

    /// Over an integer, cut to 64 bits.
    pub(crate) fn over(self, by: u64) -> Self {
        let numerator = u128::from(self.mantissa) << 63;
        let quotient = numerator.checked_div(u128::from(by)).unwrap_or(0);
        Self::normalised(quotient, self.exponent.saturating_sub(63))
    }

    /// `value` with `fraction` bits after the point, times this, as fine money rounded down.
    pub(crate) fn apply(self, value: i128, fraction: u32) -> i128 {
        let shift = fraction
            .cast_signed()
            .saturating_sub(FINE_BITS.cast_signed())
            .saturating_sub(self.exponent);
        mul_shift(value, self.mantissa, shift)
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn mul_shift_is_the_floor_or_saturates(a: i128, b: u64, shift in -200_i32..250, small in any::<bool>()) {
            let (a, b) = if small { (a % 4, b % 4) } else { (a, b) };
            let product = BigInt::from(a) * BigInt::from(b);
            let exact: BigInt = if shift >= 0 { product >> shift } else { product << -shift };
            let limit = BigInt::from(FINE_LIMIT);
            let expected = exact.clamp(-limit.clone(), limit);
            prop_assert_eq!(BigInt::from(mul_shift(a, b, shift)), expected);
        }

        #[test]
        fn mix_lies_between(a in -FINE_LIMIT..FINE_LIMIT, b in -FINE_LIMIT..FINE_LIMIT, share in 0_u32..=10_000) {
            let mixed = mix(a, b, share);
            prop_assert!(mixed >= a.min(b) && mixed <= a.max(b));
        }
    }

    #[test]
    fn factors_multiply_and_divide() {
        let price = Factor::price(Fx::from_num(87_654.25));
        assert_eq!(price.apply(4, 0), ((4 * 8_765_425) << 32) / 100);
        assert_eq!(
            price.times(1_000).over(8).apply(1, 0),
            (87_654_250_i128 << 32) / 8
        );
        assert_eq!(Factor::price(Fx::ZERO).apply(i128::MAX, 0), 0);
        assert_eq!(price.apply(i128::MAX, 0), FINE_LIMIT);
        assert_eq!(price.apply(i128::MIN, 0), -FINE_LIMIT);
    }
}
