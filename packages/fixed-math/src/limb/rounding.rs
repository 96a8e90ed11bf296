//! From 112 bits with an error bound to the nearest I64F64, when the bound decides it.

use super::{Limbs, MASK};
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
