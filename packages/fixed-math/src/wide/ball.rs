//! Ball arithmetic on integers: a real number known to lie within `rad` of `mid`, both counted
//! in units of `2^-prec`.
//!
//! Every operation rounds the middle and then widens the radius by at least what the rounding
//! and the radii of the operands can have moved the true value. So whatever is computed here
//! encloses the real result, at any precision; that is the whole proof obligation of this file.

use num_bigint::BigInt;
use num_bigint::Sign;

/// A real number enclosed by `[mid - rad, mid + rad] * 2^-prec`.
#[derive(Clone, Debug)]
pub(super) struct Ball {
    /// Middle, in units of `2^-prec`.
    pub mid: BigInt,
    /// Radius, in the same units, never negative.
    pub rad: BigInt,
    /// Number of fraction bits.
    pub prec: u32,
}

/// The absolute value.
pub(super) fn magnitude(value: &BigInt) -> BigInt {
    if value.sign() == Sign::Minus {
        -value
    } else {
        value.clone()
    }
}

/// Quotient rounded up, for a non-negative dividend and a positive divisor.
fn ceil_div(dividend: BigInt, divisor: &BigInt) -> BigInt {
    (dividend + divisor - 1u32) / divisor
}

/// A whole number above `value * 2^-shift`, by at most one, for a non-negative value.
fn over_shift(value: BigInt, shift: u32) -> BigInt {
    (value >> shift) + 1u32
}

impl Ball {
    /// The rational number `bits * 2^-frac`; exact when `frac <= prec`.
    pub fn from_bits(bits: &BigInt, frac: u32, prec: u32) -> Self {
        if frac <= prec {
            return Self {
                mid: bits << (prec - frac),
                rad: BigInt::ZERO,
                prec,
            };
        }
        Self {
            mid: bits >> (frac - prec),
            rad: BigInt::from(1u32),
            prec,
        }
    }

    /// A whole number, exact.
    pub fn integer(value: i64, prec: u32) -> Self {
        Self::from_bits(&BigInt::from(value), 0, prec)
    }

    /// The same number at another precision.
    pub fn at(&self, prec: u32) -> Self {
        if prec >= self.prec {
            let up = prec - self.prec;
            return Self {
                mid: &self.mid << up,
                rad: &self.rad << up,
                prec,
            };
        }
        let down = self.prec - prec;
        // The floor of the middle moves by less than one unit, the radius is rounded up.
        Self {
            mid: &self.mid >> down,
            rad: over_shift(self.rad.clone(), down) + 1u32,
            prec,
        }
    }

    /// Widens the radius by `units`.
    pub fn widen(mut self, units: u32) -> Self {
        self.rad += units;
        self
    }

    /// Sum, exact on the middles.
    pub fn add(&self, other: &Self) -> Self {
        Self {
            mid: &self.mid + &other.mid,
            rad: &self.rad + &other.rad,
            prec: self.prec,
        }
    }

    /// Difference, exact on the middles.
    pub fn sub(&self, other: &Self) -> Self {
        Self {
            mid: &self.mid - &other.mid,
            rad: &self.rad + &other.rad,
            prec: self.prec,
        }
    }

    /// Opposite.
    pub fn neg(&self) -> Self {
        Self {
            mid: -&self.mid,
            rad: self.rad.clone(),
            prec: self.prec,
        }
    }

    /// Product: `|xy - ab| <= |a| ry + |b| rx + rx ry`, and the floor adds less than one unit.
    pub fn mul(&self, other: &Self) -> Self {
        let mid = (&self.mid * &other.mid) >> self.prec;
        let mut spread = BigInt::ZERO;
        if other.rad.sign() != Sign::NoSign {
            spread += magnitude(&self.mid) * &other.rad;
        }
        if self.rad.sign() != Sign::NoSign {
            spread += (magnitude(&other.mid) + &other.rad) * &self.rad;
        }
        Self {
            mid,
            rad: over_shift(spread, self.prec) + 1u32,
            prec: self.prec,
        }
    }

    /// Square.
    pub fn square(&self) -> Self {
        self.mul(self)
    }

    /// Product with a whole number, exact on the middle.
    pub fn mul_int(&self, factor: i64) -> Self {
        let rad = &self.rad * factor.unsigned_abs();
        Self {
            mid: &self.mid * factor,
            rad,
            prec: self.prec,
        }
    }

    /// Quotient by a positive whole number.
    pub fn div_int(&self, divisor: u64) -> Self {
        let rad = &self.rad / divisor + 2u32;
        Self {
            mid: &self.mid / divisor,
            rad,
            prec: self.prec,
        }
    }

    /// The number times `2^power`.
    pub fn scale(&self, power: i64) -> Self {
        let distance = u32::try_from(power.unsigned_abs()).unwrap_or(u32::MAX);
        if power >= 0 {
            return Self {
                mid: &self.mid << distance,
                rad: &self.rad << distance,
                prec: self.prec,
            };
        }
        let rad = over_shift(self.rad.clone(), distance) + 1u32;
        Self {
            mid: &self.mid >> distance,
            rad,
            prec: self.prec,
        }
    }

    /// Quotient; `None` when the divisor's ball holds zero.
    ///
    /// `|x/y - a/b| <= (rx + |a/b| ry) / (|b| - ry)`, and the truncation adds less than one unit.
    pub fn div(&self, other: &Self) -> Option<Self> {
        let floor = magnitude(&other.mid) - &other.rad;
        if floor.sign() != Sign::Plus {
            return None;
        }
        let mid = (&self.mid << self.prec) / &other.mid;
        let spread = (&self.rad << self.prec) + (magnitude(&mid) + 1u32) * &other.rad;
        Some(Self {
            mid,
            rad: ceil_div(spread, &floor) + 1u32,
            prec: self.prec,
        })
    }

    /// Square root of a non-negative number; `None` when the middle is zero and the radius not.
    ///
    /// With `m` the middle, `|sqrt x - sqrt m| = |x - m| / (sqrt x + sqrt m) <= r / sqrt m`.
    pub fn sqrt(&self) -> Option<Self> {
        if self.mid.sign() == Sign::Minus {
            return None;
        }
        let mid = (&self.mid << self.prec).sqrt();
        if self.rad.sign() == Sign::NoSign {
            return Some(Self {
                mid,
                rad: BigInt::from(1u32),
                prec: self.prec,
            });
        }
        if mid.sign() == Sign::NoSign {
            return None;
        }
        let rad = ceil_div(&self.rad << self.prec, &mid) + 1u32;
        Some(Self {
            mid,
            rad,
            prec: self.prec,
        })
    }

    /// Lowest point of the ball, in units of `2^-prec`.
    pub fn low(&self) -> BigInt {
        &self.mid - &self.rad
    }

    /// Highest point of the ball, in units of `2^-prec`.
    pub fn high(&self) -> BigInt {
        &self.mid + &self.rad
    }

    /// True when the sign of the number is known to be positive.
    pub fn is_positive(&self) -> bool {
        self.mid > self.rad
    }

    /// True when the sign of the number is known to be negative.
    pub fn is_negative(&self) -> bool {
        self.high().sign() == Sign::Minus
    }
}
