//! Plain arithmetic for kernels outside this crate whose ranges are proved beside them.
//!
//! An overflow check costs fourteen plain instructions on the chain, so this crate ships without them (every other one has
//! them) and what is computed by these methods is compiled here: unchecked in an artefact, checked in every native test and tool. A
//! wrong proof fails a test.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "ranges are proved where these are called, and tested with checks on"
)]

use crate::Fx;

/// Sums and differences that are proved to fit.
pub trait Proved: Copy {
    /// `self + other`.
    #[must_use]
    fn plus(self, other: Self) -> Self;
    /// `self - other`.
    #[must_use]
    fn minus(self, other: Self) -> Self;
}

/// Products that are proved to fit.
pub trait Product: Proved {
    /// `self x other`.
    #[must_use]
    fn times(self, other: Self) -> Self;
}

/// Opposites that are proved to fit.
pub trait Signed: Proved {
    /// `-self`.
    #[must_use]
    fn opposite(self) -> Self;
}

macro_rules! proved {
    ($($number:ty)*) => {$(
        impl Proved for $number {
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self + other
            }
            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self - other
            }
        }

        impl Product for $number {
            #[inline(always)]
            fn times(self, other: Self) -> Self {
                self * other
            }
        }
    )*};
}

macro_rules! signed {
    ($($number:ty)*) => {$(
        impl Signed for $number {
            #[inline(always)]
            fn opposite(self) -> Self {
                -self
            }
        }
    )*};
}

proved!(i64 i128 u32 u64 u128 usize);
signed!(i64 i128);

// By their bits: the operators of `Fx` are another crate's, and checked.
impl Proved for Fx {
    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self::from_bits(self.to_bits() + other.to_bits())
    }
    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        Self::from_bits(self.to_bits() - other.to_bits())
    }
}

impl Signed for Fx {
    #[inline(always)]
    fn opposite(self) -> Self {
        Self::from_bits(-self.to_bits())
    }
}
