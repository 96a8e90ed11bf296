//! The limb number itself: conversions, sums, products, shifts.

use super::{MASK, WORD};
use crate::Fx;

/// A signed number with 112 fraction bits.
///
/// Its value is `l3 * 2^-28 + l2 * 2^-56 + l1 * 2^-84 + l0 * 2^-112`. It is canonical when
/// `l0`, `l1` and `l2` lie in `[0, 2^28)`; the sign is then that of `l3`. Every function here
/// takes and returns canonical numbers unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limbs {
    /// Weight 2^-112.
    pub l0: i64,
    /// Weight 2^-84.
    pub l1: i64,
    /// Weight 2^-56.
    pub l2: i64,
    /// Weight 2^-28, signed, holds the integer part as well.
    pub l3: i64,
}

/// ln(sqrt(2 pi)) rounded to the nearest multiple of 2^-112.
pub const LN_SQRT_2PI: Limbs = crate::tables::exponential::LN_SQRT_2PI;

impl Limbs {
    /// Zero.
    pub const ZERO: Self = Self::raw(0, 0, 0, 0);
    /// One half.
    pub const HALF: Self = Self::raw(0, 0, 0, 1 << 27);
    /// One.
    pub const ONE: Self = Self::raw(0, 0, 0, 1 << 28);

    /// A number from its limbs, lowest first.
    #[must_use]
    pub const fn raw(l0: i64, l1: i64, l2: i64, l3: i64) -> Self {
        Self { l0, l1, l2, l3 }
    }

    /// Exact conversion of an `Fx` with |x| < 2^34 (what the top limb holds without overflow;
    /// products ask for less).
    #[inline(always)]
    #[must_use]
    pub const fn from_fx(x: Fx) -> Self {
        Self::from_words((x.to_bits() >> 64) as i64, x.to_bits() as u64)
    }

    /// The number `whole + fraction * 2^-64`, for |whole| < 2^34.
    #[inline(always)]
    #[must_use]
    pub const fn from_words(whole: i64, fraction: u64) -> Self {
        Self {
            l0: 0,
            l1: ((fraction & 0xFF) << 20) as i64,
            l2: ((fraction >> 8) as i64) & MASK,
            l3: (whole << 28) | (fraction >> 36) as i64,
        }
    }

    /// The largest multiple of 2^-64 not above this number, as an `Fx`; exact range |x| < 2^34.
    #[inline(always)]
    #[must_use]
    pub const fn floor_fx(self) -> Fx {
        let fraction =
            ((self.l3 & MASK) << 36) as u64 | (self.l2 << 8) as u64 | (self.l1 >> 20) as u64;
        Fx::from_bits(((self.l3 >> 28) as i128) << 64 | fraction as i128)
    }

    /// Moves what overflows a limb into the next one: canonical out, for any limbs below 2^62.
    #[inline(always)]
    #[must_use]
    pub const fn carry(self) -> Self {
        let l1 = self.l1 + (self.l0 >> 28);
        let l2 = self.l2 + (l1 >> 28);
        let l3 = self.l3 + (l2 >> 28);
        Self {
            l0: self.l0 & MASK,
            l1: l1 & MASK,
            l2: l2 & MASK,
            l3,
        }
    }

    /// The exact sum.
    #[inline(always)]
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        self.plus_lazy(other).carry()
    }

    /// The exact difference.
    #[inline(always)]
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self {
            l0: self.l0 - other.l0,
            l1: self.l1 - other.l1,
            l2: self.l2 - other.l2,
            l3: self.l3 - other.l3,
        }
        .carry()
    }

    /// The exact sum, limb by limb without carries: not canonical.
    #[inline(always)]
    #[must_use]
    pub const fn plus_lazy(self, other: Self) -> Self {
        Self {
            l0: self.l0 + other.l0,
            l1: self.l1 + other.l1,
            l2: self.l2 + other.l2,
            l3: self.l3 + other.l3,
        }
    }

    /// The exact opposite.
    #[inline(always)]
    #[must_use]
    pub const fn opposite(self) -> Self {
        Self::ZERO.minus(self)
    }

    /// Whether the number is below zero.
    #[inline(always)]
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.l3 < 0
    }

    /// Whether the number is zero.
    #[inline(always)]
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.l0 | self.l1 | self.l2 | self.l3 == 0
    }

    /// The magnitude.
    #[inline(always)]
    #[must_use]
    pub const fn magnitude(self) -> Self {
        if self.is_negative() {
            self.opposite()
        } else {
            self
        }
    }

    /// The product, cut: the result lies in (exact - 4.01 u, exact].
    ///
    /// Needs |a| <= 32, |b| <= 32 and |a b| <= 64. The sums of products then stay below
    /// 2 * 2^33 * 2^28 + 2 * 2^56 < 2^63. Columns of weight 2^-168 and less are dropped: three
    /// products below 2^56 and smaller ones, in all less than 3.01 u; the final cut takes < 1 u.
    #[inline(always)]
    #[must_use]
    pub const fn times(self, other: Self) -> Self {
        let (a, b) = (self, other);
        let c3 = a.l0 * b.l3 + a.l1 * b.l2 + a.l2 * b.l1 + a.l3 * b.l0;
        let c4 = a.l1 * b.l3 + a.l2 * b.l2 + a.l3 * b.l1 + (c3 >> 28);
        let c5 = a.l2 * b.l3 + a.l3 * b.l2 + (c4 >> 28);
        let c6 = a.l3 * b.l3 + (c5 >> 28);
        Self {
            l0: c4 & MASK,
            l1: c5 & MASK,
            l2: c6 & MASK,
            l3: c6 >> 28,
        }
    }

    /// The square, cut as in [`Limbs::times`]; needs |a| <= 11 (the last column, below
    /// 11^2 * 2^56 + 2^36 < 2^63, is what binds). Halve a larger number first.
    #[inline(always)]
    #[must_use]
    pub const fn squared(self) -> Self {
        let a = self;
        let c3 = 2 * (a.l0 * a.l3 + a.l1 * a.l2);
        let c4 = 2 * (a.l1 * a.l3) + a.l2 * a.l2 + (c3 >> 28);
        let c5 = 2 * (a.l2 * a.l3) + (c4 >> 28);
        let c6 = a.l3 * a.l3 + (c5 >> 28);
        Self {
            l0: c4 & MASK,
            l1: c5 & MASK,
            l2: c6 & MASK,
            l3: c6 >> 28,
        }
    }

    /// The exact product with a small integer, |k| < 2^27 and |k a| < 2^34.
    #[inline(always)]
    #[must_use]
    pub const fn times_int(self, k: i64) -> Self {
        Self {
            l0: self.l0 * k,
            l1: self.l1 * k,
            l2: self.l2 * k,
            l3: self.l3 * k,
        }
        .carry()
    }

    /// The exact product with 2^n, 0 <= n <= 27 and |a| 2^n < 2^34.
    #[inline(always)]
    #[must_use]
    pub const fn shl(self, n: u32) -> Self {
        Self {
            l0: self.l0 << n,
            l1: self.l1 << n,
            l2: self.l2 << n,
            l3: self.l3 << n,
        }
        .carry()
    }

    /// Division by 2^n for 0 <= n <= 28, rounded down to a multiple of u.
    #[inline(always)]
    #[must_use]
    pub const fn shr_small(self, n: u32) -> Self {
        let up = 28 - n;
        Self {
            l0: (self.l0 >> n) | ((self.l1 << up) & MASK),
            l1: (self.l1 >> n) | ((self.l2 << up) & MASK),
            l2: (self.l2 >> n) | ((self.l3 << up) & MASK),
            l3: self.l3 >> n,
        }
    }

    /// Division by 2^n for any n, rounded down to a multiple of u.
    ///
    /// Free of branches: two words of 56 bits are moved and shifted.
    #[inline(always)]
    #[must_use]
    pub const fn shr(self, n: u32) -> Self {
        let n = if n > 119 { 119 } else { n };
        let whole = n >= 56;
        let n = if whole { n - 56 } else { n };
        let (high, low) = (self.l3 << 28 | self.l2, self.l1 << 28 | self.l0);
        let moved = high >> n;
        let spilt = (low >> n) | ((high << (56_u32.wrapping_sub(n) & 63)) & WORD);
        let low = if whole { moved & WORD } else { spilt };
        let high = if whole { moved >> 56 } else { moved };
        Self {
            l0: low & MASK,
            l1: low >> 28,
            l2: high & MASK,
            l3: high >> 28,
        }
    }
}
