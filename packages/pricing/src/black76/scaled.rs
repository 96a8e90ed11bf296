//! A limb number with a power of two and a proved error, and its ways into the number type.

use super::core::magnitude;
use fixed_math::limb::{Float, Limbs, round_down, round_float, round_nearest, round_up};
use fixed_math::wide::Rounded;
use fixed_math::{Fx, Product, Proved, Signed};

/// Which multiple of `2^-64` is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rounding {
    /// The nearest one, ties up, decided.
    Nearest,
    /// One within an ulp.
    Faithful,
    /// One that is not above, within 2 ulp of its upper twin.
    Down,
    /// One that is not below.
    Up,
}

impl Rounding {
    /// The rounding of `v` that gives this rounding of `top - v`, `v` never being at a tie.
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Down => Self::Up,
            Self::Up => Self::Down,
            same => same,
        }
    }

    /// A positive number below half an ulp, rounded.
    pub const fn of_trace(self) -> Fx {
        if matches!(self, Self::Up) {
            Fx::DELTA
        } else {
            Fx::ZERO
        }
    }

    /// The one asked for, of three.
    pub const fn pick(self, rounded: &Rounded) -> Fx {
        match self {
            Self::Nearest | Self::Faithful => rounded.nearest,
            Self::Down => rounded.floor,
            Self::Up => rounded.ceil,
        }
    }
}

/// A real number within `error * 2^-112 * 2^exponent` of `value * 2^exponent`; `|value| < 64`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scaled {
    pub value: Limbs,
    pub exponent: i64,
    pub error: i64,
}

/// Largest exponent at which the value can be moved into place inside the limbs.
const LIMB_EXPONENT: i64 = 27;
/// Errors must stay below a quarter of the ulp of an `Fx`, 2^48 u.
const LARGEST_ERROR: i64 = 1 << 46;

impl Scaled {
    /// From a mantissa and exponent.
    #[inline(always)]
    pub const fn new(float: Float, error: i64) -> Self {
        Self {
            value: float.mantissa,
            exponent: float.exponent,
            error,
        }
    }

    /// The opposite.
    #[inline(always)]
    pub const fn opposite(self) -> Self {
        Self {
            value: self.value.opposite(),
            exponent: self.exponent,
            error: self.error,
        }
    }

    /// The value times `2^power`, error and all.
    #[inline(always)]
    pub fn scale(self, power: i64) -> Self {
        let exponent = self.exponent.plus(power);
        Self {
            value: self.value,
            exponent,
            error: self.error,
        }
    }

    /// The product with a number of mantissa at most 1.02 in magnitude, itself within `error` u, when
    /// this value is at most 1.02 in magnitude too.
    ///
    /// Both errors count at most 1.02 times, and the cut is 4.01 u.
    #[inline(always)]
    pub fn times(self, factor: Float, error: i64) -> Self {
        let both = self.error.plus(error);
        Self {
            value: self.value.times(factor.mantissa),
            exponent: self.exponent.plus(factor.exponent),
            error: both.plus(both >> 5).plus(6),
        }
    }

    /// The sum; the number of lower exponent is cut to the units of the other.
    pub fn plus(self, other: Self) -> Self {
        let (high, low) = if self.exponent >= other.exponent {
            (self, other)
        } else {
            (other, self)
        };
        let gap = high.exponent.minus(low.exponent);
        let distance = u32::try_from(gap).unwrap_or(200).min(200);
        Self {
            value: high.value.plus(low.value.shr(distance)),
            exponent: high.exponent,
            error: high
                .error
                .saturating_add(low.error >> distance.min(63))
                .saturating_add(2),
        }
    }

    /// Whether a number of (0, 32) is above a positive one below `2^48`; `None` when the error leaves it open.
    #[inline(always)]
    pub fn is_above(self, other: Fx) -> Option<bool> {
        let Float { mantissa, exponent } = Float::from_fx(other);
        let gap = exponent.minus(self.exponent);
        if gap > 6 {
            // The other is at least 2^6 in the units of this exponent.
            return Some(false);
        }
        let up = u32::try_from(gap).unwrap_or(0);
        let down = u32::try_from(gap.opposite()).unwrap_or(0).min(119);
        let difference = self.value.minus(mantissa.shl(up).shr(down));
        let Limbs { l0, l1, l2, l3 } = magnitude(difference);
        // The shift may have cut one unit.
        let decided = (l3 | l2) != 0 || ((l1 << 28) | l0) > self.error.plus(1);
        decided.then_some(!difference.is_negative())
    }

    /// Into the number type; `None` when the error is too large to do what is asked.
    #[inline(always)]
    pub fn round(self, rounding: Rounding) -> Option<Fx> {
        // The usual case: up by 27 bits, down by 27 - exponent, at most 28.
        let down = LIMB_EXPONENT.minus(self.exponent);
        let error = (self.error << 27) >> (down & 63);
        if !(0..=28).contains(&down) | (self.error >= 1 << 36) | (error >= LARGEST_ERROR - 2) {
            return self.round_unusual(rounding);
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 28"
        )]
        let distance = down as u32;
        let value = self.value.shl(27).shr_small(distance);
        place(value, error.plus(2), rounding)
    }

    /// The same for a value in (0, 32): a nearest rounding without a branch.
    #[inline(always)]
    pub fn round_positive(self, rounding: Rounding) -> Option<Fx> {
        if !matches!(rounding, Rounding::Nearest) {
            return self.round(rounding);
        }
        if self.error >= 1 << 28 {
            return None;
        }
        round_float(
            Float {
                mantissa: self.value,
                exponent: self.exponent,
            },
            self.error,
        )
    }

    /// The same for small numbers, large numbers and large errors.
    #[inline(never)]
    fn round_unusual(self, rounding: Rounding) -> Option<Fx> {
        if self.exponent > LIMB_EXPONENT {
            return self.round_large(rounding);
        }
        let up = u32::try_from(self.exponent).unwrap_or(0);
        if self.error >= LARGEST_ERROR >> up {
            return None;
        }
        if up > 0 {
            return place(self.value.shl(up), (self.error << up).plus(2), rounding);
        }
        let down = u32::try_from(self.exponent.opposite())
            .unwrap_or(200)
            .min(200);
        let error = (self.error >> down.min(63)).plus(2);
        place(self.value.shr(down), error, rounding)
    }

    /// The same for exponents of 28 to 46 in 128-bit integers; above that only the slow path serves.
    fn round_large(self, rounding: Rounding) -> Option<Fx> {
        let shift = u32::try_from(48i64.checked_sub(self.exponent)?).ok()?;
        if shift < 2 {
            return None;
        }
        let Limbs { l0, l1, l2, l3 } = self.value;
        // |value| < 64: below 2^118 in units of 2^-112.
        let bits = [l3, l2, l1, l0]
            .into_iter()
            .fold(0i128, |sum, limb| (sum << 28).plus(i128::from(limb)));
        let half = 1i128 << shift.minus(1);
        let error = i128::from(self.error);
        if error > half >> 1 {
            return None;
        }
        let moved = match rounding {
            Rounding::Nearest | Rounding::Faithful => bits.plus(half),
            Rounding::Down => bits.minus(error),
            Rounding::Up => bits.plus(error).plus(half.times(2)).minus(1),
        };
        let rounded = moved >> shift;
        let rest = moved.minus(rounded << shift);
        let undecided = rest <= error || rest.plus(error) >= half.times(2);
        if rounding == Rounding::Nearest && undecided {
            return None;
        }
        Some(Fx::from_bits(rounded))
    }
}

/// Rounds a limb number below 2^34 that is within `error` u, `error` below [`LARGEST_ERROR`].
#[inline(always)]
const fn place(value: Limbs, error: i64, rounding: Rounding) -> Option<Fx> {
    match rounding {
        Rounding::Nearest => round_nearest(value, error),
        Rounding::Faithful => Some(value.plus(Limbs::raw(0, 1 << 19, 0, 0)).floor_fx()),
        Rounding::Down => Some(round_down(value, error)),
        Rounding::Up => Some(round_up(value, error)),
    }
}
