//! Graded Horner steps: `p = p * w + c` where p grows from one limb to four.
//!
//! All sums are kept in absolute units, so the first steps, whose terms are small, need few
//! limbs and few products. The variable `w`, |w| <= 1, is held in balanced digits, which
//! centres the products that are cut. The generator sums what each step may lose; its certified
//! totals stand at the head of each table.
//!
//! Ranges: |w3| <= 2^28, the other digits of w are in [-2^27, 2^27]; limbs of p below its top
//! are at most 1.5 * 2^28 and its top is below 2^34, so that a column of four products
//! stays below 2^62 + 3 * 2^57 < 2^63.

use super::{Limbs, MASK};

/// The variable of a polynomial, in balanced digits (lowest first), |w| <= 1.
#[derive(Clone, Copy)]
pub(crate) struct Variable(i64, i64, i64, i64);

/// Half a limb: added before a cut to make it a rounding.
const HALF: i64 = 1 << 27;

impl Variable {
    /// Balanced digits of a number given by limbs below 2^62, not necessarily canonical.
    #[inline(always)]
    pub(crate) const fn balance(l0: i64, l1: i64, l2: i64, l3: i64) -> Self {
        let l0 = l0 + HALF;
        let l1 = l1 + HALF + (l0 >> 28);
        let l2 = l2 + HALF + (l1 >> 28);
        Self(
            (l0 & MASK) - HALF,
            (l1 & MASK) - HALF,
            (l2 & MASK) - HALF,
            l3 + (l2 >> 28),
        )
    }

    /// One limb in, one limb out: `p * w + c`.
    #[inline(always)]
    pub(crate) const fn step1(self, p: [i64; 1], c: [i64; 1]) -> [i64; 1] {
        [((p[0] * self.3) >> 28) + c[0]]
    }

    /// Two limbs: `p * w + c`.
    #[inline(always)]
    pub(crate) const fn step2(self, p: [i64; 2], c: [i64; 2]) -> [i64; 2] {
        let c4 = p[1] * self.3 + ((p[0] * self.3 + p[1] * self.2) >> 28);
        [(c4 & MASK) + c[0], (c4 >> 28) + c[1]]
    }

    /// Three limbs: `p * w + c`.
    #[inline(always)]
    pub(crate) const fn step3(self, p: [i64; 3], c: [i64; 3]) -> [i64; 3] {
        let c3 = p[0] * self.3 + p[1] * self.2 + p[2] * self.1;
        let c4 = p[1] * self.3 + p[2] * self.2 + (c3 >> 28);
        let c5 = p[2] * self.3 + (c4 >> 28);
        [(c4 & MASK) + c[0], (c5 & MASK) + c[1], (c5 >> 28) + c[2]]
    }

    /// Four limbs: `p * w + c`.
    #[inline(always)]
    pub(crate) const fn step4(self, p: [i64; 4], c: [i64; 4]) -> [i64; 4] {
        let r = self.times(p);
        [r.l0 + c[0], r.l1 + c[1], r.l2 + c[2], r.l3 + c[3]]
    }

    /// Four limbs: `p * w`, canonical, cut as in [`Limbs::times`].
    #[inline(always)]
    pub(crate) const fn times(self, p: [i64; 4]) -> Limbs {
        let c3 = p[0] * self.3 + p[1] * self.2 + p[2] * self.1 + p[3] * self.0;
        let c4 = p[1] * self.3 + p[2] * self.2 + p[3] * self.1 + (c3 >> 28);
        let c5 = p[2] * self.3 + p[3] * self.2 + (c4 >> 28);
        let c6 = p[3] * self.3 + (c5 >> 28);
        Limbs::raw(c4 & MASK, c5 & MASK, c6 & MASK, c6 >> 28)
    }

    /// The variable as a number.
    #[inline(always)]
    pub(crate) const fn value(self) -> Limbs {
        Limbs::raw(self.0, self.1, self.2, self.3)
    }
}
