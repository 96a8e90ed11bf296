//! The exponential of a limb number.

use super::{Float, Limbs, horner::Variable};
use crate::tables::exponential::{C1, C2, C3, C4, POWERS, STEPS, TWO_LN2};

/// e^-y for -62 <= y <= 127, as `mantissa * 2^exponent` with a mantissa in (0.49, 1.01].
///
/// Relative error at most 8 u (u = 2^-112): the input is taken as exact.
///
/// y = k ln2/128 - z with |z| < 0.7/256, so e^-y = 2^-n 2^(-j/128) e^z with k = 128 n + j. The product
/// k * 2 ln 2 is exact but for a cut below u of 256 z; the polynomial is certified (see its table)
/// to 14 units of 2^-124; the power of two is within u/2, the last product and shift within 1.1 u.
#[must_use]
pub const fn exp_neg(y: Limbs) -> Float {
    // |y.l3| < 2^35 and STEPS < 2^27.6: the product is below 2^62.6. k < 2^14.6.
    let k = (y.l3 * STEPS + (1 << 47)) >> 48;
    let [a0, a1, a2, a3, a4] = TWO_LN2;
    let w = Variable::balance(
        k * a1 + ((k * a0) >> 28) - (y.l0 << 8),
        k * a2 - (y.l1 << 8),
        k * a3 - (y.l2 << 8),
        k * a4 - (y.l3 << 8),
    );
    let q = series(w);
    let [t0, t1, t2, t3] = POWERS[(k & 127) as usize];
    let power = Limbs::raw(t0 as i64, t1 as i64, t2 as i64, t3 as i64);
    let rest = power.times(q).shr_small(12);
    Float {
        mantissa: power.plus(rest),
        exponent: -(k >> 7),
    }
}

/// 2^12 (e^z - 1) in units of 2^-112, for w = 256 z, |w| <= 0.7.
#[inline(always)]
const fn series(w: Variable) -> Limbs {
    let [p0] = w.step1(C1[0], [C2[0][0]]);
    let p = w.step2([p0, C2[0][1]], C2[1]);
    let p = w.step2(p, C2[2]);
    let [p0, p1] = w.step2(p, [C3[0][0], C3[0][1]]);
    let p = w.step3([p0, p1, C3[0][2]], C3[1]);
    let p = w.step3(p, C3[2]);
    let [p0, p1, p2] = w.step3(p, [C4[0][0], C4[0][1], C4[0][2]]);
    let p = w.step4([p0, p1, p2, C4[0][3]], C4[1]);
    let p = w.step4(p, C4[2]);
    w.times(p)
}
