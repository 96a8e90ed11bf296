//! One Householder step of fourth order on the logarithm of the price, in relative steps of the vol.
//!
//! With `c` the out-of-the-money price over the smaller of forward and strike, `f = ln c - ln c*` and
//! `v = -f c / (s n(a))` the Newton step of `ln s` for `a < 0`, `f = ln(1 - c) - ln(1 - c*)` and
//! `v = f (1 - c) / (s n(a))` for `a >= 0`, `Q = -a b` (from the second derivative) and
//! `Q' = -3 (x/s)^2 - s^2/4` (from the third):
//! ```text
//! w = Q v + f        s' = s (1 + v (1 + w/2) / (1 + w + (w^2 + Q' v^2 + f w) / 6))
//! ```
//! Nothing here has to be proved: the certificate afterwards judges the result.

use crate::black76::{Place, Total, magnitude};
use fixed_math::Proved;
use fixed_math::limb::{Float, LN_SQRT_2PI, Limbs, ln_bits, mills32, recip};

/// The equation to solve.
#[derive(Clone, Copy)]
pub(super) struct Target {
    /// `|ln(F/K)|`.
    pub log: Limbs,
    /// `ln` of the out-of-the-money price over the smaller of forward and strike.
    pub price: Limbs,
    /// `ln` of one less that ratio.
    pub rest: Limbs,
}

/// `ln(2^53 sqrt(2 pi))`.
const LN_53_PDF: Limbs = ln_bits(1 << 117).plus(LN_SQRT_2PI);
/// `1/6`.
const SIXTH: Limbs = Limbs::raw(178_956_970, 178_956_970, 178_956_970, 44_739_242);

/// A non-negative limb number below 2^15 in units of `2^-112`.
fn bits(x: Limbs) -> u128 {
    let word = |limb: i64| u128::from(limb.unsigned_abs());
    (word(x.l3) << 84) | (word(x.l2) << 56) | (word(x.l1) << 28) | word(x.l0)
}

/// `x * 2^power`; `None` where the limbs do not hold it.
fn shift(x: Limbs, power: i64) -> Option<Limbs> {
    let size = u32::try_from(power.unsigned_abs()).ok()?;
    if power < 0 {
        return Some(x.shr(size));
    }
    let room = x.magnitude().l3.wrapping_shr(33u32.checked_sub(size)?);
    if room != 0 { None } else { Some(x.shl(size)) }
}

/// `f` and the Newton step of `ln s`.
fn newton(place: &Place, total: &Total, target: &Target) -> Option<(Limbs, Limbs)> {
    let size = magnitude(place.a);
    let (near, far) = (mills32(size), mills32(place.b));
    let below = place.a.is_negative();
    // 32 times c or 1 - c over n(a): the difference or the sum of the two ratios, at most 80.3.
    let (bracket, wanted) = if below {
        (near.minus(far), target.price)
    } else {
        (near.plus(far), target.rest)
    };
    let square = size.shr_small(1).squared().shl(1);
    let f = ln_bits(bits(bracket))
        .minus(LN_53_PDF)
        .minus(square)
        .minus(wanted);
    if f.magnitude().l3 >= 16 << 28 {
        return None;
    }
    let ratio = bracket.shr_small(5).times(total.inverse.mantissa);
    let v = shift(f.times(ratio), total.inverse.exponent)?;
    let v = if below { v.opposite() } else { v };
    if v.magnitude().l3 >= 1 << 28 {
        None
    } else {
        Some((f, v))
    }
}

/// The factor that the higher derivatives put on the Newton step.
fn factor(place: &Place, f: Limbs, v: Limbs) -> Option<Limbs> {
    let (a, b) = (place.a, place.b);
    let q = a.shr_small(2).times(b.shr_small(2));
    let w = f.minus(q.times(v).shl(4));
    if w.magnitude().l3 >= 2 << 28 {
        return None;
    }
    let (steps, half) = (b.minus(a).shr_small(3), b.plus(a).shr_small(3));
    let third = steps.squared().times_int(3).plus(half.squared());
    let cubic = third.times(v).times(v).shl(4);
    let sixth = w.squared().plus(f.times(w)).minus(cubic).times(SIXTH);
    let below = w.plus(sixth);
    let bottom = Limbs::ONE.plus(below);
    let gap = w.shr_small(1).minus(below);
    let inverse = if bottom.l3 >= 1 << 29 || bottom.l3 < 1 << 27 {
        return None;
    } else if bottom.l3 >= 1 << 28 {
        recip(bottom.shr_small(1)).shr_small(1)
    } else {
        recip(bottom)
    };
    Some(Limbs::ONE.plus(gap.times(inverse)))
}

/// A better total vol, or `None` where the step leaves the kernel's reach.
pub(super) fn improve(s: Float, target: &Target) -> Option<Float> {
    let total = Total::of(s);
    let place = Place::new(target.log, &total);
    if !place.is_near() {
        return None;
    }
    let (f, v) = newton(&place, &total, target)?;
    let growth = Limbs::ONE.plus(v.times(factor(&place, f, v)?));
    let mantissa = s.mantissa.times(growth);
    let (mantissa, exponent) = match mantissa.l3 {
        low if low < 1 << 25 => return None,
        low if low < 1 << 26 => (mantissa.shl(2), s.exponent.minus(2)),
        low if low < 1 << 27 => (mantissa.shl(1), s.exponent.minus(1)),
        high if high >= 1 << 28 => (mantissa.shr_small(1), s.exponent.plus(1)),
        _ => (mantissa, s.exponent),
    };
    if (-20..=4).contains(&exponent) {
        Some(Float { mantissa, exponent })
    } else {
        None
    }
}
