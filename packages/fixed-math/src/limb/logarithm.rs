//! The logarithm in limbs.

use super::{Limbs, MASK, float::normalise, horner::Variable};
use crate::Fx;
use crate::tables::logarithm::{C1, C2, C3, C4, LN2, LOGS, RECIPROCALS};

/// ln x for x > 0: error at most 2.5 u (u = 2^-112).
///
/// Zero and negative numbers give a number of no meaning: callers decide the domain first.
#[must_use]
pub const fn ln(x: Fx) -> Limbs {
    ln_bits(x.to_bits() as u128)
}

/// ln(bits * 2^-64) for bits > 0: as [`ln`].
///
/// x = m 2^e with m in [1/2, 1); a ten-bit reciprocal r of m gives w = 128 (m r - 1), |w| < 0.7,
/// exact but for a cut below u; then ln x = e ln 2 - ln r + (128 ln(1 + w/128)) / 128. The polynomial is
/// certified to 119 units of 2^-119; table entry 0.5 u, e ln 2 and the last shift 1.1 u.
#[must_use]
pub const fn ln_bits(bits: u128) -> Limbs {
    let (high, low, e) = normalise(bits);
    let index = ((high >> 56) & 127) as usize;
    let r = RECIPROCALS[index] as i64;
    // m r 2^7 in units of 2^-112 is M r 2^-18 for the 128 bits M: limbs of M from bit 18 on.
    let w = Variable::balance(
        ((((low & 0x3_FFFF) as i64) * r) >> 18) + (((low >> 18) as i64) & MASK) * r,
        ((low >> 46) as i64 | ((high << 18) as i64 & MASK)) * r,
        ((high >> 10) as i64 & MASK) * r,
        ((high >> 38) as i64) * r - (128 << 28),
    );
    let rest = series(w).shr_small(7);
    let [t0, t1, t2, t3] = LOGS[index];
    // |e| <= 64 and LN2[0] < 2^56: the product is below 2^62.
    Limbs::raw(
        ((e * LN2[0]) >> 28) + t0 as i64 + rest.l0,
        e * LN2[1] + t1 as i64 + rest.l1,
        e * LN2[2] + t2 as i64 + rest.l2,
        e * LN2[3] + t3 as i64 + rest.l3,
    )
    .carry()
}

/// 128 ln(1 + w/128) in units of 2^-112.
#[inline(always)]
const fn series(w: Variable) -> Limbs {
    let p = w.step1(C1[0], C1[1]);
    let [p0] = w.step1(p, [C2[0][0]]);
    let p = w.step2([p0, C2[0][1]], C2[1]);
    let p = w.step2(p, C2[2]);
    let p = w.step2(p, C2[3]);
    let [p0, p1] = w.step2(p, [C3[0][0], C3[0][1]]);
    let p = w.step3([p0, p1, C3[0][2]], C3[1]);
    let p = w.step3(p, C3[2]);
    let [p0, p1, p2] = w.step3(p, [C4[0][0], C4[0][1], C4[0][2]]);
    let p = w.step4([p0, p1, p2, C4[0][3]], C4[1]);
    let p = w.step4(p, C4[2]);
    let q = w.times(p);
    w.times([q.l0, q.l1, q.l2, q.l3]).plus(w.value())
}
