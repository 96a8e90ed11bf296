//! The shared part of every Black-76 number, in 112-bit limbs.
//!
//! With `x = |ln(F/K)|`, `a = s/2 - x/s` and `b = s/2 + x/s` the out-of-the-money price is
//! `A [R(-a) - R(b)]` for `a < 0` and `min(F, K) - A [R(a) + R(b)]` for `a >= 0`, where
//! `A = F n(d1) = K n(d2)` and `R(y) = (1 - N(y)) / n(y)` is the Mills ratio. One exponential, two Mills
//! ratios, and no cancellation but that of the two ratios, which costs as many bits as `s` is small.
//!
//! Errors are counted in `u = 2^-112`. From the functions used: `ln` 2.5 u each, the reciprocal square
//! root 10 u, the reciprocal 8 u relative, `e^-y` 8 u relative, `32 R` 45 u, a product 4.01 u. They are carried as
//! - `log` (5 u): moves the price by at most `min(F,K) N(a)` times itself;
//! - `s` (relative 48 u), at a fixed `x/s`: moves it by at most `A s + x N(a) min(F,K)` times itself;
//! - `x/s` beyond what follows from these: 14 + 8 x + 12 u before scaling, times `s N(a) min(F,K)`;
//! - `A` (relative 33 u and as many u as the argument `d` of `n(d)`, its own cut in it: [`Core::price`] shows
//!   that this counts as 40 u at most), `R`, and the last product.

use super::BlackError;
use super::scaled::Scaled;
use fixed_math::limb::{Float, LN_SQRT_2PI, Limbs, exp_neg, ln, mills32, recip, rsqrt};
use fixed_math::{Fx, Product, Proved, Signed};

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
pub(crate) fn product(left: Float, right: Float) -> Float {
    Float {
        mantissa: left.mantissa.times(right.mantissa),
        exponent: left.exponent.plus(right.exponent),
    }
}

impl Total {
    /// `s = vol sqrt(years)`: one reciprocal square root of `s^2` gives both.
    #[inline(always)]
    pub fn annual(vol: Fx, years: Fx) -> Result<Self, BlackError> {
        if (vol <= Fx::ZERO) | (years <= Fx::ZERO) {
            return Err(BlackError::Vol);
        }
        let (vol, years) = (Float::from_fx(vol), Float::from_fx(years));
        let square = vol.mantissa.squared().times(years.mantissa);
        let exponent = vol.exponent.times(2).plus(years.exponent);
        // square lies in [1/8, 1), the top limbs' product alone being at least 1/8: half of it goes up
        // by 0 to 3 bits to lie in [1/4, 1) with an even exponent.
        let zeros = i64::from(square.l3 < 1 << 27).plus(i64::from(square.l3 < 1 << 26));
        let up = zeros.plus(exponent.plus(1).minus(zeros) & 1);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 3"
        )]
        let square = square.shl(up as u32).shr_small(1);
        let half = exponent.plus(1).minus(up) >> 1;
        let inverse = rsqrt(square);
        Self {
            value: Float {
                mantissa: square.times(inverse),
                exponent: half,
            },
            inverse: Float {
                mantissa: inverse,
                exponent: half.opposite(),
            },
        }
        .check()
    }

    /// From `s` itself.
    #[inline(always)]
    pub fn given(total: Fx) -> Result<Self, BlackError> {
        if total <= Fx::ZERO {
            return Err(BlackError::Vol);
        }
        Self::of(Float::from_fx(total)).check()
    }

    /// From `s` as a float.
    #[inline(always)]
    pub fn of(value: Float) -> Self {
        let exponent = value.exponent.opposite();
        Self {
            value,
            inverse: Float {
                mantissa: recip(value.mantissa),
                exponent,
            },
        }
    }

    /// Refuses `s` outside `[2^-20, 8]` (edges included, to within `2^-55` of them).
    #[inline(always)]
    fn check(self) -> Result<Self, BlackError> {
        // [2^-20, 8) at one look.
        if !(-19..=3).contains(&self.value.exponent) && !self.is_an_edge() {
            return Err(BlackError::TotalVol);
        }
        Ok(self)
    }

    /// Whether `s` is 8, or stands for `2^-20` because the product was cut just under it.
    #[inline(never)]
    fn is_an_edge(&self) -> bool {
        let Float { mantissa, exponent } = self.value;
        let upper = exponent == 4 && mantissa.l3 <= 1 << 27 && mantissa.l2 == 0;
        let full = (1 << 28) - 1;
        upper
            || (exponent == 4 && mantissa.l3 < 1 << 27)
            || (exponent == -20 && mantissa.l3 == full && mantissa.l2 == full)
    }
}

/// `|ln(F/K)|`, within 5 u.
#[inline(always)]
pub(crate) fn log_moneyness(forward: Fx, strike: Fx) -> Result<Limbs, BlackError> {
    let log = ln(forward).minus(ln(strike)).magnitude();
    if log.l3 >= 8 << 28 && log != Limbs::raw(0, 0, 0, 8 << 28) {
        return Err(BlackError::Moneyness);
    }
    Ok(log)
}

/// The magnitude without a branch.
#[inline(always)]
pub(crate) fn magnitude(x: Limbs) -> Limbs {
    let sign = x.l3 >> 63;
    Limbs::raw(
        (x.l0 ^ sign).minus(sign),
        (x.l1 ^ sign).minus(sign),
        (x.l2 ^ sign).minus(sign),
        (x.l3 ^ sign).minus(sign),
    )
    .carry()
}

impl Place {
    /// Also far out, where `a` and `b` only tell that they are.
    #[inline(always)]
    pub fn new(log: Limbs, total: &Total) -> Self {
        // s is in [2^-21, 16): exponents of -20 to 4.
        let power = total.inverse.exponent;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 24, power being -4 to 20"
        )]
        let (down, half_down) = (20i64.minus(power) as u32, power.plus(4) as u32);
        // x/s: log * (1/s) is below 16, below 2^24 with the shift.
        let steps = log.times(total.inverse.mantissa).shl(20).shr_small(down);
        let half = total.value.mantissa.shl(3).shr_small(half_down);
        let (a, b) = (half.minus(steps), half.plus(steps));
        let log_ceil = (log.l3 >> 28).plus(1);
        let direct = log_ceil.times(8).plus(26) << (power & !(power >> 63));
        // 48 u relative error of s and 1/s; two cuts of less than a unit each, and 2 u to spare.
        let relative = (b.l3 >> 28).plus(1).times(48);
        Self {
            a,
            b,
            error: direct.plus(relative).plus(4),
            log_ceil,
        }
    }

    /// Whether both arguments are inside the Mills ratio's table.
    #[inline(always)]
    pub fn is_near(&self) -> bool {
        self.b.l3 < TWELVE
    }

    /// `-a` as a whole number, rounded down, 40 at most.
    #[inline(always)]
    pub fn depth(&self) -> i64 {
        (self.a.l3.opposite().minus(1) >> 28).clamp(0, 40)
    }
}

/// `n(d)` for `0 <= d < 15.9`: `17 + d` u relative, the argument taken as exact.
///
/// The exponent: half a unit lost in `d/2` is `d/2` u of its square, which is cut by 4.01 u, and both twice;
/// 0.5 u of the constant. The exponential itself has 8 u: 16.52 u and `d` u.
#[inline(always)]
pub(crate) fn density(d: Limbs) -> Float {
    // d^2/2 = 2 (d/2)^2, because a square needs |d/2| <= 11.
    let half = d.shr_small(1);
    exp_neg(half.squared().shl(1).plus(LN_SQRT_2PI))
}

impl Core {
    /// For `b < 12`.
    #[inline(always)]
    pub fn new(forward: Fx, call_is_out: bool, place: Place) -> Self {
        let size = magnitude(place.a);
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
        let exponent = self.amount.exponent.minus(3);
        let below = self.place.a.is_negative();
        // near - far for a < 0, near + far otherwise.
        let sign = !(self.place.a.l3 >> 63);
        let flip = |limb: i64| (limb ^ !sign).minus(!sign);
        let far = Limbs::raw(
            flip(self.far.l0),
            flip(self.far.l1),
            flip(self.far.l2),
            flip(self.far.l3),
        );
        // A quarter of it, at most 20.1: what the rounding takes.
        let bracket = self.near.plus_lazy(far).carry().shr_small(2);
        // a < 0, relative to A: 1.26 (40 + 5 + 26 + 8 x) + 48 s (2 + 0.63 s) + few, with s^2 <= 2 x,
        // because x R(-a) = s (s/2 - a) R(-a) <= s (1 + 0.63 s); 8 for the scale of the bracket.
        // The first 40 stand for 33 + d: d (R(-a) - R(b)) <= 1 + 1.26 s < 1.26 * 7, because y R(y) <= 1, d is
        // -a or -a + s, and s < 4.
        // a >= 0, relative to low: 40 + 5 + 26 + 8 x + 48 (s n(a) + x) + few, and s n(a) <= 1.7; in units
        // of A at most 2^14 times as much, because n(a) >= n(4), and 2^3 for the scale of the bracket.
        // Here 33 + d are below 36: d n(a) (R(a) + R(b)) <= b N(-a) + n(a) <= 2.4, as b^2 = a^2 + 2 x.
        let log_ceil = self.place.log_ceil;
        let error = if below {
            log_ceil.times(128).plus(224).times(8)
        } else {
            let gap = Float::from_fx(low).exponent.minus(exponent);
            log_ceil.times(64).plus(192) << (gap & 31)
        };
        Scaled {
            value: self.amount.mantissa.times(bracket),
            exponent,
            error,
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

/// `n(d) R(d)`: the error of `d` counts once, `n` is within `17 + d` u relative. With `32 R` below 40.2 and
/// `d R` below 1 that makes `17 * 40.2 + 32` u; `32 R` adds 45 u and the product 4.01 u: below 770 u.
#[inline(always)]
fn tail(density: Float, ratio: Limbs, place_error: i64) -> Scaled {
    Scaled {
        value: density.mantissa.times(ratio),
        exponent: density.exponent.minus(5),
        error: place_error.times(33).plus(1_100),
    }
}
