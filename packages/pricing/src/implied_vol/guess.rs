//! An explicit first guess of the total vol, within some ten percent everywhere.
//!
//! Polya's approximation `N(x) = 1/2 + sign(x)/2 sqrt(1 - e^(-2 x^2/pi))` turns the price equation into a
//! quadratic that can be solved (the idea is Stefanica and Radoicic's). Written for the out-of-the-money
//! side and rearranged so that nothing cancels, with `y = |ln(F/K)|`, `c` = price over the smaller of
//! forward and strike, `t = c` times the other side over the larger one:
//! ```text
//! S = sinh((1 - 2/pi) y)    H = sinh(y/2) sinh((2/pi - 1/2) y)    C = cosh((1 - 2/pi) y)
//! M = S^2 + 2 (H + C t)     D = (H + C t)^2 + S^2 t (1 - t)       G = S^2 + 4 H + 4 t (C - 1 + t)
//! delta = G / (M + 2 sqrt D)          gamma = -pi/2 ln(1 - delta)
//! s = sqrt(gamma + y) + sqrt(gamma - y)   above the price at s = sqrt(2 y), else with a minus sign.
//! ```

use super::rough::{Rough, cosh, sinh_over};
use fixed_math::limb::{Float, Limbs};
use fixed_math::{Fx, Product, Proved};

/// What the guess is made from.
pub(super) struct Sides {
    /// Smaller of forward and strike.
    pub low: Fx,
    /// Larger of forward and strike.
    pub high: Fx,
    /// Out-of-the-money price, above zero and below `low`.
    pub out: Fx,
    /// `|ln(F/K)|`.
    pub log: Limbs,
}

/// `1 - 2/pi` and `2/pi - 1/2` in units of `2^-30`, `pi/2` in units of `2^-29`.
const H: i64 = 390_176_548;
const K: i64 = 146_694_364;
const HALF_PI: i64 = 843_314_857;
/// The price at `s = a = sqrt(2 y)` is `a (c0 + c1 a + ... + c4 a^4)` of the smaller of forward and strike,
/// within 0.6 percent for `a <= 4`; units of `2^-28`. Interpolated at Chebyshev nodes.
const EDGE: [i64; 5] = [106_698_293, -62_044_715, 23_776_236, -4_985_866, 419_982];

/// The total vol, roughly.
pub(super) fn total_vol(sides: &Sides) -> Float {
    let fixed = (sides.log.l3 << 28) | sides.log.l2;
    let y = Rough::from_fixed(fixed, 56);
    let low = Rough::from_fx(sides.low);
    let out = Rough::from_fx(sides.out);
    let gap = Rough::from_fx(sides.high.minus(sides.low));
    let c = out.over(low);
    let t = c.times(out.plus(gap)).over(Rough::from_fx(sides.high));
    let gamma = gamma(y, sides.log.l3, t);
    let wide = gamma.plus(y).root().plus(gamma.less(y).root());
    let s = if c.at_most(edge(y)) {
        y.scale(1).over(wide)
    } else {
        wide
    };
    let (least, most) = (Rough::from_fixed(1, 20), Rough::from_fixed(8, 0));
    let s = if s.at_most(least) { least } else { s };
    if most.at_most(s) {
        most.times(Rough::from_fixed(1_023, 10))
    } else {
        s
    }
    .to_float()
}

/// `gamma` of the module's formula; `y28` is `y` in units of `2^-28`.
fn gamma(y: Rough, y28: i64, t: Rough) -> Rough {
    let square = y28.times(y28) >> 30;
    let part = |factor: i64| square.times(factor.times(factor) >> 30) >> 30;
    let (at_half, at_h, at_k) = (square >> 2, part(H), part(K));
    let sinh = |factor: Rough, square: i64| {
        y.times(factor)
            .times(Rough::from_fixed(sinh_over(square), 26))
    };
    let s = sinh(Rough::from_fixed(H, 30), at_h);
    let s_square = s.times(s);
    let h = sinh(Rough::from_fixed(1, 1), at_half).times(sinh(Rough::from_fixed(K, 30), at_k));
    let cosh = cosh(at_h);
    let middle = h.plus(Rough::from_fixed(cosh, 26).times(t));
    let one = Rough::from_fixed(1, 0);
    let excess = Rough::from_fixed(cosh.minus(1 << 26), 26).plus(t);
    let g = s_square.plus(h.scale(2)).plus(t.times(excess).scale(2));
    let d = middle
        .times(middle)
        .plus(s_square.times(t).times(one.less(t)));
    let root = d.root();
    let bottom = s_square.plus(middle.scale(1)).plus(root.scale(1));
    let delta = g.over(bottom);
    let log = if delta.below_half() {
        delta.minus_ln_of_rest()
    } else {
        // 1 - delta = 2 t (1 - t) / (H + C t + sqrt D).
        t.times(one.less(t))
            .scale(1)
            .over(middle.plus(root))
            .minus_ln()
    };
    log.times(Rough::from_fixed(HALF_PI, 29))
}

/// The price at `s = sqrt(2 y)`, where the out-of-the-money side's `a` is zero.
fn edge(y: Rough) -> Rough {
    let a = y.scale(1).root();
    let fixed = a.to_fixed() >> 2;
    let sum = EDGE
        .into_iter()
        .rev()
        .fold(0i64, |sum, term| (sum.times(fixed) >> 28).plus(term));
    a.times(Rough::from_fixed(sum, 28))
}
