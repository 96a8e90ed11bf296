//! The shared part of every Black-76 number, in 112-bit limbs.
//!
//! With `x = |ln(F/K)|`, `a = s/2 - x/s` and `b = s/2 + x/s` the out-of-the-money price is
//! `A [R(-a) - R(b)]` for `a < 0` and `min(F, K) - A [R(a) + R(b)]` for `a >= 0`, where
//! `A = F n(d1) = K n(d2)` and `R(y) = (1 - N(y)) / n(y)` is the Mills ratio. One exponential, two Mills
//! ratios, and no cancellation but that of the two ratios, which costs as many bits as `s` is small.
//!
//! Errors are counted in `u = 2^-112`. From the functions used: `ln` 2.5 u each, the reciprocal square
//! root 12 u, `e^-y` 8 u relative, `32 R` 44 u, a product 4.01 u. They are carried as
//! - `log` (5 u): moves the price by at most `min(F,K) N(a)` times itself;
//! - `s` (relative 48 u), at a fixed `x/s`: moves it by at most `A s + x N(a) min(F,K)` times itself;
//! - `x/s` beyond what follows from these: 14 + 8 x + 12 u before scaling, times `s N(a) min(F,K)`;
//! - `A` (relative 40 u, its own cut in it), `R`, and the last product.

use super::BlackError;
use super::scaled::Scaled;
use fixed_math::Fx;
use fixed_math::limb::{Float, LN_SQRT_2PI, Limbs, exp_neg, ln, mills32, recip, rsqrt};

/// Total vol and its reciprocal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Total {
    /// `s`, mantissa in [1/2, 1).
    pub value: Float,
    /// `1/s`, mantissa in (1, 2].
    pub inverse: Float,
}

/// Where the strike lies, in standard deviations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// `s/2 - x/s`.
    pub a: Limbs,
    /// `s/2 + x/s`, never negative.
    pub b: Limbs,
    /// Error of both in u.
    pub error: i64,
    /// `x` rounded up to a whole number.
    pub log_ceil: i64,
}

/// `a`, `b` and what follows from them when `b < 12`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Core {
    pub place: Place,
    /// `n(d1)`.
    pub density: Float,
    /// `F n(d1)`.
    pub amount: Float,
    /// `32 R(|a|)`.
    pub near: Limbs,
    /// `32 R(b)`.
    pub far: Limbs,
}

/// `12.0` in the top limb.
const TWELVE: i64 = 12 << 28;

/// The product of two mantissas and exponents.
#[inline(always)]
pub(crate) const fn product(left: Float, right: Float) -> Float {
    Float {
        mantissa: left.mantissa.times(right.mantissa),
        exponent: left.exponent.wrapping_add(right.exponent),
    }
}

impl Total {
    /// `s = vol sqrt(years)`: one reciprocal square root of `s^2` gives both.
    pub fn annual(vol: Fx, years: Fx) -> Result<Self, BlackError> {
        if vol <= Fx::ZERO || years <= Fx::ZERO {
            return Err(BlackError::Vol);
        }
        let (vol, years) = (Float::from_fx(vol), Float::from_fx(years));
        let square = vol.mantissa.squared().times(years.mantissa);
        let exponent = vol.exponent.wrapping_mul(2).wrapping_add(years.exponent);
        // square lies in [1/8, 1): bring it to [1/4, 1) with an even exponent.
        let (square, exponent) = if exponent & 1 == 0 {
            if square.l3 < 1 << 26 {
                (square.shl(2), exponent.wrapping_sub(2))
            } else {
                (square, exponent)
            }
        } else if square.l3 < 1 << 27 {
            (square.shl(1), exponent.wrapping_sub(1))
        } else {
            (square.shr_small(1), exponent.wrapping_add(1))
        };
        let inverse = rsqrt(square);
        let half = exponent >> 1;
        Self {
            value: Float {
                mantissa: square.times(inverse),
                exponent: half,
            },
            inverse: Float {
                mantissa: inverse,
                exponent: half.wrapping_neg(),
            },
        }
        .check()
    }

    /// From `s` itself.
    pub fn given(total: Fx) -> Result<Self, BlackError> {
        if total <= Fx::ZERO {
            return Err(BlackError::Vol);
        }
        let value = Float::from_fx(total);
        let exponent = value.exponent.wrapping_neg();
        Self {
            value,
            inverse: Float {
                mantissa: recip(value.mantissa),
                exponent,
            },
        }
        .check()
    }

    /// Refuses `s` outside `[2^-20, 8]` (edges included, to within `2^-55` of them).
    fn check(self) -> Result<Self, BlackError> {
        let Float { mantissa, exponent } = self.value;
        let too_large = exponent > 4
            || (exponent == 4 && mantissa.l3 > 1 << 27)
            || (exponent == 4 && mantissa.l3 == 1 << 27 && mantissa.l2 != 0);
        // Just under a power of two the product may have been cut: then it stands for the power.
        let just_under = mantissa.l3 == (1 << 28) - 1 && mantissa.l2 == (1 << 28) - 1;
        let too_small = exponent < -20 || (exponent == -20 && !just_under);
        if too_large || too_small {
            Err(BlackError::TotalVol)
        } else {
            Ok(self)
        }
    }
}

/// `|ln(F/K)|`, within 5 u.
pub(crate) fn log_moneyness(forward: Fx, strike: Fx) -> Result<Limbs, BlackError> {
    let log = ln(forward).minus(ln(strike)).magnitude();
    if log.l3 >= 8 << 28 && log != Limbs::raw(0, 0, 0, 8 << 28) {
        return Err(BlackError::Moneyness);
    }
    Ok(log)
}

impl Place {
    /// `None` when `x/s` is 16 or more.
    pub fn new(log: Limbs, total: &Total) -> Option<Self> {
        let steps = log.times(total.inverse.mantissa);
        let power = total.inverse.exponent;
        let half = Float {
            mantissa: total.value.mantissa,
            exponent: total.value.exponent.wrapping_sub(1),
        }
        .to_limbs();
        let log_ceil = (log.l3 >> 28).wrapping_add(1);
        let mut error = log_ceil.wrapping_mul(8).wrapping_add(26);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 21, s being in [2^-20, 8]"
        )]
        let steps = if power >= 0 {
            let up = power as u32;
            if steps.l3 >> (32u32.wrapping_sub(up)) != 0 {
                return None;
            }
            error <<= up;
            steps.shl(up)
        } else {
            steps.shr_small(power.wrapping_neg() as u32)
        };
        // 48 u relative error of 1/s at x/s < 16 and of s/2 < 4, cuts.
        let error = error.wrapping_add(1_000);
        Some(Self {
            a: half.minus(steps),
            b: half.plus(steps),
            error,
            log_ceil,
        })
    }

    /// Whether both arguments are inside the Mills ratio's table.
    pub fn is_near(&self) -> bool {
        self.b.l3 < TWELVE
    }
}

/// `n(d)` for `0 <= d < 15.9`: 24 u relative, the argument taken as exact.
pub(crate) fn density(d: Limbs) -> Float {
    // d^2/2 = 2 (d/2)^2, because a square needs |d/2| <= 11.
    let half = d.shr_small(1);
    exp_neg(half.squared().shl(1).plus(LN_SQRT_2PI))
}

impl Core {
    /// For `b < 12`.
    pub fn new(forward: Fx, call_is_out: bool, place: Place) -> Self {
        let size = place.a.magnitude();
        let density = density(if call_is_out { size } else { place.b });
        Self {
            place,
            density,
            amount: product(Float::from_fx(forward), density),
            near: mills32(size),
            far: mills32(place.b),
        }
    }

    /// For `a < 0` the out-of-the-money price, for `a >= 0` what it falls short of `low = min(F, K)`.
    #[inline(always)]
    pub fn price(&self, low: Fx) -> Scaled {
        let exponent = self.amount.exponent.wrapping_sub(5);
        if self.place.a.is_negative() {
            // Relative to A: 1.26 (40 + 5 + 26 + 8 x) + 48 s (2 + 0.63 s) + few, with s^2 <= 2 x,
            // because x R(-a) = s (s/2 - a) R(-a) <= s (1 + 0.63 s).
            let error = self
                .place
                .log_ceil
                .wrapping_mul(128)
                .wrapping_add(224)
                .wrapping_mul(32);
            let bracket = self.near.minus(self.far);
            return Scaled {
                value: self.amount.mantissa.times(bracket),
                exponent,
                error,
            };
        }
        // Relative to low: 40 + 5 + 26 + 8 x + 48 (s n(a) + x) + few, and s n(a) <= 1.7.
        let error = self.place.log_ceil.wrapping_mul(64).wrapping_add(192);
        // low / 2^exponent of A: n(a) >= n(4), so at most 2^14, and 2^5 for the scale of the bracket.
        let gap = Float::from_fx(low)
            .exponent
            .wrapping_sub(exponent)
            .clamp(0, 30);
        let bracket = self.near.plus(self.far);
        Scaled {
            value: self.amount.mantissa.times(bracket),
            exponent,
            error: error << gap,
        }
    }

    /// `N(-|d1|)`.
    #[inline(always)]
    pub fn delta_tail(&self, call_is_out: bool) -> Scaled {
        let ratio = if call_is_out { self.near } else { self.far };
        tail(self.density, ratio, self.place.error)
    }

    /// `N(-|d2|)`: one more exponential.
    pub fn digital_tail(&self, call_is_out: bool) -> Scaled {
        if call_is_out {
            return tail(density(self.place.b), self.far, self.place.error);
        }
        tail(
            density(self.place.a.magnitude()),
            self.near,
            self.place.error,
        )
    }
}

/// `n(d) R(d)`: the error of `d` counts once, `n` is within 24 u relative, `32 R` below 40.2.
#[inline(always)]
fn tail(density: Float, ratio: Limbs, place_error: i64) -> Scaled {
    Scaled {
        value: density.mantissa.times(ratio),
        exponent: density.exponent.wrapping_sub(5),
        error: place_error.wrapping_mul(33).wrapping_add(1_100),
    }
}
