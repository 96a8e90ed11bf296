//! A faint lognormal mixed into a slice.

use fixed_math::{Signed, grid};

use crate::slice::WEIGHT_ONE;

/// Farthest place and greatest width, halves of `v`: 4 v. With `v` under 16 that is under 64, and the kernel scales logarithms up to 128.
const MOST_HALVES: u8 = 8;

/// A faint lognormal mixed into a slice. Place and width are in halves of `v`, the slice's at-the-money total vol, and a vol shock
/// scales both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mix {
    /// Its weight, units of `2^-16`, below half.
    pub weight: u32,
    /// Logarithm of its forward over the slice's, halves of `v`, within `+-8`.
    pub place: i8,
    /// Its total vol, halves of `v`, at most 8.
    pub width: u8,
}

impl Mix {
    /// The same where it lies above the forward with its weight over its forward, rounded down: then no more than a share `weight` of the
    /// forward lies in it either, and to a holder of the coin it weighs above what its mirror image weighs below.
    #[must_use]
    pub fn faint(self, atm: u64) -> Self {
        if self.place <= 0 {
            return self;
        }
        // Units of 2^-40, at most one.
        let inverse = grid::exp(self.log(atm).opposite());
        let weight = u64::from(self.weight).saturating_mul(inverse) >> 40;
        Self {
            weight: u32::try_from(weight).unwrap_or(self.weight),
            ..self
        }
    }

    pub(super) const fn is_in_domain(&self) -> bool {
        self.weight < WEIGHT_ONE / 2
            && self.place.unsigned_abs() <= MOST_HALVES
            && self.width <= MOST_HALVES
    }

    /// Logarithm of its forward over the slice's, units of `2^-44`.
    pub(super) fn log(&self, atm: u64) -> i64 {
        let half = i64::try_from(atm << 11).unwrap_or(i64::MAX);
        half.saturating_mul(i64::from(self.place))
    }

    /// Its total vol, units of `2^-32`, rounded down.
    pub(super) fn total_vol(&self, atm: u64) -> u64 {
        atm.saturating_mul(u64::from(self.width)) >> 1
    }
}
