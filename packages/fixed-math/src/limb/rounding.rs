//! From 112 bits with an error bound to the nearest I64F64, when the bound decides it.

use super::{Float, Limbs, MASK, WORD};
use crate::Fx;

/// Bits of a limb number below the last place of an `Fx`, and the mask of them.
const TAIL: i64 = (1 << 48) - 1;

/// The `Fx` nearest to every real within `error` u of `value` (ties up), or `None` when they do
/// not agree. Needs 0 < error < 2^46 and |value| < 2^34.
#[inline(always)]
#[must_use]
pub const fn round_nearest(value: Limbs, error: i64) -> Option<Fx> {
    // Half an ulp of the Fx is 2^47 u = 2^19 in the second limb.
    let l1 = value.l1 + (1 << 19);
    let tail = ((l1 & 0xF_FFFF) << 28) | value.l0;
    if ((tail + error) & TAIL) < 2 * error {
        return None;
    }
    let l2 = value.l2 + (l1 >> 28);
    let l3 = value.l3 + (l2 >> 28);
    Some(
        Limbs {
            l0: 0,
            l1: l1 & MASK,
            l2: l2 & MASK,
            l3,
        }
        .floor_fx(),
    )
}

/// The largest `Fx` not above any real within `error` u of `value`.
#[inline(always)]
#[must_use]
pub const fn round_down(value: Limbs, error: i64) -> Fx {
    Limbs {
        l0: value.l0 - error,
        ..value
    }
    .carry()
    .floor_fx()
}

/// The smallest `Fx` not below any real within `error` u of `value`.
#[inline(always)]
#[must_use]
pub const fn round_up(value: Limbs, error: i64) -> Fx {
    Limbs {
        l0: value.l0 + error + TAIL,
        ..value
    }
    .carry()
    .floor_fx()
}

/// The `Fx` nearest to every real within `error` u times 2^exponent of a positive float (ties up),
/// or `None` when they do not agree, and for exponents above 42.
///
/// Needs 0 < error < 2^28, a canonical mantissa in (0, 32) and a result below 2^63. Free of
/// branches but for the last one: on the VM an `if` with an `else` costs 42 plain instructions.
#[inline(always)]
#[must_use]
pub const fn round_float(value: Float, error: i64) -> Option<Fx> {
    let m = value.mantissa;
    // The result is mantissa >> n: 112 fraction bits become 64. From 118 on it is zero.
    let n = 48 - value.exponent;
    let n = if n > 118 { 118 } else { n };
    let large = n < 6;
    // Half of the last place, in the upper or the lower word of 56 bits.
    let half = 1_i64 << (((if n > 56 { n - 57 } else { n - 1 }) as u64) & 63);
    let low = (m.l1 << 28 | m.l0) + if n > 56 { 0 } else { half };
    let high = (m.l3 << 28 | m.l2) + if n > 56 { half } else { 0 } + (low >> 56);
    let low = low & WORD;
    // Decided when value - error and value + error agree from the last place on.
    let (under, over) = (low - error, low + error);
    let above = (high + (under >> 56)) ^ (high + (over >> 56));
    let below = (under ^ over) & WORD;
    let far = n >= 56;
    let shift = (if far { n - 56 } else { n }) as u64 & 63;
    let undecided = if far {
        above >> shift
    } else {
        above | (below >> shift)
    };
    if undecided != 0 || large {
        return None;
    }
    let moved = high >> shift;
    let spilt = (high << ((56 - n) as u64 & 63)) | (low >> shift);
    let top = if far {
        0
    } else {
        high >> ((n + 8) as u64 & 63)
    };
    let tail = if far { moved } else { spilt };
    Some(Fx::from_bits((top as i128) << 64 | tail as u64 as i128))
}
