//! The Mills ratio R(x) = (1 - Phi(x)) / phi(x) in limbs.

use super::{Limbs, horner::Variable};
use crate::tables::mills::{ERROR, SEGMENTS, TABLE};

/// Error bound of [`mills32`] in u.
pub const MILLS32_ERROR: i64 = ERROR;

/// 32 R(x) for 0 <= x <= 12, within [`MILLS32_ERROR`] u: five more bits than R itself would have.
///
/// R falls from 1.2533 to 0.0828, so 32 R < 40.2 and its top limb is below 2^33.4. The input is taken
/// as exact. Above 12 the result is that of the last segment's polynomial and means nothing.
#[must_use]
pub fn mills32(x: Limbs) -> Limbs {
    // 1/8 is 2^25 in the top limb; the last segment includes its end.
    let last = SEGMENTS as i64 - 1;
    let index = x.l3 >> 25;
    let index = if index > last { last } else { index };
    // w = 16 (x - middle), |w| <= 1.
    let w = Variable::balance(
        x.l0 << 4,
        x.l1 << 4,
        x.l2 << 4,
        (x.l3 - (index << 25) - (1 << 24)) << 4,
    );
    let s = &TABLE[(index as usize) % SEGMENTS];
    let one = |c: [i32; 1]| [i64::from(c[0])];
    let two = |c: [i32; 2]| [i64::from(c[0]), i64::from(c[1])];
    let three = |c: [i32; 3]| [i64::from(c[0]), i64::from(c[1]), i64::from(c[2])];
    let four = |c: [i32; 4]| c.map(i64::from);
    let p = w.step1(one(s.c1[0]), one(s.c1[1]));
    let p = w.step1(p, one(s.c1[2]));
    let [c0, c1] = two(s.c2[0]);
    let [p0] = w.step1(p, [c0]);
    let p = w.step2([p0, c1], two(s.c2[1]));
    let p = w.step2(p, two(s.c2[2]));
    let p = w.step2(p, two(s.c2[3]));
    let [c0, c1, c2] = three(s.c3[0]);
    let [p0, p1] = w.step2(p, [c0, c1]);
    let p = w.step3([p0, p1, c2], three(s.c3[1]));
    let p = w.step3(p, three(s.c3[2]));
    let p = w.step3(p, three(s.c3[3]));
    let p = w.step3(p, three(s.c3[4]));
    let [c0, c1, c2, c3] = four(s.c4[0]);
    let [p0, p1, p2] = w.step3(p, [c0, c1, c2]);
    let p = w.step4([p0, p1, p2, c3], four(s.c4[1]));
    let p = w.step4(p, four(s.c4[2]));
    let p = w.step4(p, four(s.c4[3]));
    let p = w.step4(p, four(s.c4[4]));
    let p = w.step4(p, four(s.c4[5]));
    let [c0, c1, c2] = three(s.c0);
    let [p0, p1, p2, p3] = w.step4(p, [c0, c1, c2, s.top]);
    Limbs::raw(p0, p1, p2, p3).carry()
}
