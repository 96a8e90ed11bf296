//! Reciprocal and reciprocal square root in limbs.
//!
//! Both start from a 29-bit approximation whose residual `h` is found exactly to 112 bits, because
//! a short number times a limb number needs few products, and then sum the binomial series in `h`,
//! |h| < 2^-26.9: each further term needs 28 bits less.

use super::{Limbs, MASK};
use crate::tables::roots::SEEDS;

/// A residual |h| < 2^-26.9: limbs of weight 2^-56 (signed, below 2^30), 2^-84, 2^-112.
struct Residual {
    h2: i64,
    h1: i64,
    h0: i64,
}

impl Residual {
    /// Canonical from limbs below 2^62 of weight 2^-56, 2^-84 and 2^-112.
    #[inline(always)]
    const fn carried(h2: i64, h1: i64, h0: i64) -> Self {
        let h1 = h1 + (h0 >> 28);
        Self {
            h2: h2 + (h1 >> 28),
            h1: h1 & MASK,
            h0: h0 & MASK,
        }
    }

    /// The residual in units of 2^-84, rounded down: below 2^58.
    #[inline(always)]
    const fn upper(&self) -> i64 {
        (self.h2 << 28) + self.h1
    }

    /// h^2 b in units of 2^-112, for 0 < b <= 1.01 in units of 2^-62: within `3 + 2^28 |h| (3/8 + 2 b)` u, and too
    /// high only when h is negative.
    ///
    /// With c = h b in units of 2^-87, below 2^61: c loses less than three units in cuts and in h1 b0, and h0 b, up
    /// to 8 b units; times h that is 2^25 |h| (3 + 8 b) u. The last line loses less than 3 u in cuts and in h1 c0,
    /// and h0 c, less than 2^28 |h| b u.
    #[inline(always)]
    const fn squared_times(&self, b: i64) -> i64 {
        let (b1, b0) = (b >> 31, b & 0x7FFF_FFFF);
        let c = self.h2 * b1 + ((self.h2 * b0) >> 31) + ((self.h1 * b1) >> 28);
        let (c1, c0) = (c >> 31, c & 0x7FFF_FFFF);
        self.h2 * c1 + ((self.h2 * c0) >> 31) + ((self.h1 * c1) >> 28)
    }
}

/// 1/m for m in [1/2, 1]: in [1, 2], at most 14.4 u too low or 7 u too high; relative error below 8 u.
///
/// The sum, with r = 1/m to 28 bits and x = 2^28 |h|: h is up to 1 u too high, d up to 2.4 x + 3.1 u too low
/// (0.1 u for two units of b) or, for negative h, 2.4 x too high, and the last product is cut by 1 u. Positive h
/// has x < m + 1/(2 m): too low by less than (2.4 (m + 1/(2 m)) + 3.1)/m + 1. Negative h has x <= 1/(2 m): too high
/// by less than (1 + 1.2/m)/m.
#[must_use]
pub const fn recip(m: Limbs) -> Limbs {
    // r in units of 2^-28, relative error below 2^-27: r <= 2^29.
    let r = ((1u64 << 57) / (2 * m.l3 as u64 + 1)) as i64;
    // h = 1 - m r: limb products below 2^57; the top one and 2^56 cancel to below 2^30.
    let h = Residual::carried(
        (1 << 56) - m.l3 * r - ((m.l2 * r) >> 28),
        -((m.l2 * r) & MASK) - ((m.l1 * r) >> 28),
        -((m.l1 * r) & MASK) - ((m.l0 * r) >> 28),
    );
    // 1/m = r (1 + h + h^2 (1 + h + h^2 + ...)); what is left out is below 2^-128.
    let d = h.squared_times((1 << 62) + (h.upper() >> 22) + ((h.h2 * h.h2) >> 50));
    let g = Residual::carried(h.h2, h.h1, h.h0 + d);
    Limbs::raw(((r * g.h0) >> 28) + r * g.h1, r * g.h2, 0, r).carry()
}

/// 1/sqrt(m) for m in [1/4, 1): in (1, 2], within 10 u.
///
/// The sum, with x = 2^28 |h| and r x < 2.3 (see `seed`): h is up to 2 u too high, which counts r/2 times; d is within
/// 9/8 x + 3.2 u (0.2 u for three units of b) and counts r times, below 9 u; the last cuts take less than 1 u.
#[must_use]
pub const fn rsqrt(m: Limbs) -> Limbs {
    let r = seed(m);
    // m r^2: r^2 <= 2^58 in units of 2^-56, in two limbs of which the top one has 30 bits.
    let square = r * r;
    let (q1, q0) = (square >> 28, square & MASK);
    let low = m.l2 * q0 + m.l1 * q1 + ((m.l1 * q0 + m.l0 * q1) >> 28);
    let middle = m.l3 * q0 + m.l2 * q1;
    let h = Residual::carried((1 << 56) - m.l3 * q1, -middle, -low);
    // 1/sqrt(m) = r (1 + h/2 + h^2 (3/8 + 5/16 h + ...)); what is left out is below 2^-105 h.
    let b = (3 << 59) + ((5 * h.upper()) >> 26) + ((35 * ((h.h2 * h.h2) >> 50)) >> 7);
    let d = h.squared_times(b);
    let g = Residual::carried(h.h2, h.h1, h.h0 + 2 * d);
    let low = r * g.h1 + ((r * g.h0) >> 28);
    let high = r * g.h2;
    Limbs::raw((low >> 1) + ((high & 1) << 27), high >> 1, 0, r).carry()
}

/// 1/sqrt(m) in units of 2^-28, relative error below 2^-28 1.15/r.
///
/// In units of 2^-28/r: 1/2 for the rounding, 1/4 for the cut of r h, r^3/32 for that of m32 and 1/(4 r) for the rounding
/// of r^2. The error of the first approximation is gone: squared it is below 2^-42.
#[inline(always)]
const fn seed(m: Limbs) -> i64 {
    // Segments of 1/128 = 2^21 in the top limb, w in units of 2^-20 about the middle.
    let index = ((m.l3 >> 21) - 32) as usize;
    let w = (m.l3 & 0x1F_FFFF) - (1 << 20);
    let [c0, c1, c2] = SEEDS[if index < SEEDS.len() {
        index
    } else {
        SEEDS.len() - 1
    }];
    // Units of 2^-30, relative error below 2^-21.6, at most 2^31.
    let r = c0 as i64 + (((c1 as i64 + ((c2 as i64 * w) >> 20)) * w) >> 20);
    // One Newton step: m in units of 2^-32, r^2 in units of 2^-28, the product near 2^60.
    let m32 = (m.l3 << 4) | (m.l2 >> 24);
    let h = (1 << 60) - m32 * ((r * r + (1 << 31)) >> 32);
    // r (1 + h/2) with h cut to units of 2^-40, |h| < 2^-19; then 30 to 28 bits, to nearest.
    let r = r + ((r * (h >> 20)) >> 41);
    (r + 2) >> 2
}
