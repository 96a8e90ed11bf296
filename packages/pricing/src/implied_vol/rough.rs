//! Positive numbers of 31 bits with an exponent: enough for a first guess, a few instructions each.

use fixed_math::limb::{Float, Limbs};
use fixed_math::{Fx, Product, Proved, Signed};

/// `mantissa * 2^exponent` with a mantissa in `[2^30, 2^31)`, or zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rough {
    mantissa: i64,
    exponent: i64,
}

/// `ln 2` in units of `2^-30`.
const LN_TWO: i64 = 744_261_118;

impl Rough {
    const ZERO: Self = Self {
        mantissa: 0,
        exponent: -4_096,
    };

    /// A non-negative integer times `2^-fraction`.
    pub fn from_fixed(bits: i64, fraction: i64) -> Self {
        if bits <= 0 {
            return Self::ZERO;
        }
        let zeros = i64::from(bits.leading_zeros());
        // To 63 bits, then to 31.
        let shift = zeros.minus(1);
        let mantissa = bits.wrapping_shl(low_bits(shift)) >> 32;
        Self {
            mantissa,
            exponent: 32i64.minus(shift).minus(fraction),
        }
    }

    /// A positive number of the fixed-point type.
    pub fn from_fx(x: Fx) -> Self {
        if x <= Fx::ZERO {
            return Self::ZERO;
        }
        let Float { mantissa, exponent } = Float::from_fx(x);
        Self {
            mantissa: (mantissa.l3 << 3) | (mantissa.l2 >> 25),
            exponent: exponent.minus(31),
        }
    }

    /// The number as limbs and an exponent.
    pub fn to_float(self) -> Float {
        Float {
            mantissa: Limbs::raw(0, 0, (self.mantissa & 7) << 25, self.mantissa >> 3),
            exponent: self.exponent.plus(31),
        }
    }

    /// From 32 bits at most.
    fn trimmed(mantissa: i64, exponent: i64) -> Self {
        let over = mantissa >> 31;
        Self {
            mantissa: mantissa.wrapping_shr(low_bits(over)),
            exponent: exponent.plus(over),
        }
    }

    /// Product.
    pub fn times(self, other: Self) -> Self {
        let mantissa = self.mantissa.times(other.mantissa) >> 30;
        Self::trimmed(mantissa, self.exponent.plus(other.exponent).plus(30))
    }

    /// Quotient by a number that is not zero.
    pub fn over(self, other: Self) -> Self {
        let mantissa = (self.mantissa << 31)
            .checked_div(other.mantissa)
            .unwrap_or(0);
        Self::trimmed(mantissa, self.exponent.minus(other.exponent).minus(31))
    }

    /// Sum.
    pub fn plus(self, other: Self) -> Self {
        let (high, low) = if self.exponent >= other.exponent {
            (self, other)
        } else {
            (other, self)
        };
        let gap = high.exponent.minus(low.exponent).min(62);
        let mantissa = high.mantissa.plus(low.mantissa.wrapping_shr(low_bits(gap)));
        Self::trimmed(mantissa, high.exponent)
    }

    /// Difference, zero where it would be negative.
    pub fn less(self, other: Self) -> Self {
        let gap = self.exponent.minus(other.exponent);
        if gap < 0 {
            return Self::ZERO;
        }
        let low = other.mantissa.wrapping_shr(low_bits(gap.min(62)));
        Self::from_fixed(self.mantissa.minus(low), self.exponent.opposite())
    }

    /// The number times `2^power`.
    pub fn scale(self, power: i64) -> Self {
        Self {
            mantissa: self.mantissa,
            exponent: self.exponent.plus(power),
        }
    }

    /// Square root.
    pub fn root(self) -> Self {
        if self.mantissa <= 0 {
            return Self::ZERO;
        }
        let up = 30i64.plus(self.exponent & 1);
        let square = self.mantissa.wrapping_shl(low_bits(up)).unsigned_abs();
        let root = square.isqrt();
        Self {
            mantissa: i64::try_from(root).unwrap_or(0),
            exponent: self.exponent.minus(up) >> 1,
        }
    }

    /// The number in units of `2^-30`, for numbers below `2^32`.
    pub fn to_fixed(self) -> i64 {
        let shift = self.exponent.plus(30);
        if shift >= 0 {
            self.mantissa.wrapping_shl(low_bits(shift.min(31)))
        } else {
            self.mantissa
                .wrapping_shr(low_bits(shift.opposite().min(62)))
        }
    }

    /// Whether the number is below one half.
    pub fn below_half(self) -> bool {
        self.exponent < -31
    }

    /// Whether this number is at most the other one.
    pub fn at_most(self, other: Self) -> bool {
        (self.exponent, self.mantissa) <= (other.exponent, other.mantissa)
    }

    /// `-ln(1 - self)` for numbers up to one half: `2 atanh(x / (2 - x))`, five terms.
    pub fn minus_ln_of_rest(self) -> Self {
        let two = Self::from_fixed(2, 0);
        let z = self.over(two.less(self));
        z.times(Self::from_fixed(atanh_over(z.times(z).to_fixed()), 30))
            .scale(1)
    }

    /// `-ln(self)` for numbers below one.
    pub fn minus_ln(self) -> Self {
        let one = 1i64 << 31;
        let (top, bottom) = (one.minus(self.mantissa), one.plus(self.mantissa));
        let z = (top << 30).checked_div(bottom).unwrap_or(0);
        let series = z.times(atanh_over(z.times(z) >> 30)) >> 29;
        let turns = self.exponent.plus(31).opposite();
        Self::from_fixed(turns.times(LN_TWO).plus(series), 30)
    }
}

/// A shift count below 64.
fn low_bits(shift: i64) -> u32 {
    u32::try_from(shift & 63).unwrap_or(0)
}

/// `atanh(z) / z` from `z^2 <= 1/9`, units of `2^-30`.
fn atanh_over(square: i64) -> i64 {
    let one = 1i64 << 30;
    let step = |sum: i64, term: i64| (square.times(sum) >> 30).plus(term);
    step(step(step(step(one / 9, one / 7), one / 5), one / 3), one)
}

/// `sinh(v) / v` from `v^2 <= 16`, both in units of `2^-26`.
pub(super) fn sinh_over(square: i64) -> i64 {
    [210, 156, 110, 72, 42, 20, 6]
        .into_iter()
        .fold(1 << 26, |sum, divisor: i64| {
            let term = square.times(sum) >> 26;
            term.checked_div(divisor).unwrap_or(0).plus(1 << 26)
        })
}

/// `cosh(v)` from `v^2 <= 16`, both in units of `2^-26`.
pub(super) fn cosh(square: i64) -> i64 {
    [182, 132, 90, 56, 30, 12, 2]
        .into_iter()
        .fold(1 << 26, |sum, divisor: i64| {
            let term = square.times(sum) >> 26;
            term.checked_div(divisor).unwrap_or(0).plus(1 << 26)
        })
}
