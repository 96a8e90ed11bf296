//! Section 2, first paragraph: spot factors on integers, vol factors rounded down.

use super::real::Real;

/// A spot factor of one.
pub(super) const SPOT_ONE: i64 = 1 << 32;
/// Least and greatest spot factor.
pub(super) const SPOT_LEAST: i64 = SPOT_ONE / 100;
pub(super) const SPOT_GREATEST: i64 = 7 * SPOT_ONE;
/// A weight, a beta or a multiplier of one.
pub(super) const WEIGHT_ONE: i64 = 65_536;
/// All of it, in basis points.
pub(super) const BPS_ONE: i64 = 10_000;

/// Bits of a vol factor.
const VOL_BITS: u32 = 24;

/// `1 + x = floor(2^32 (10,000 + bps) / 10,000)`, within its range.
pub(super) fn moved(bps: i64) -> i64 {
    ((BPS_ONE + bps).max(0) * SPOT_ONE / BPS_ONE).clamp(SPOT_LEAST, SPOT_GREATEST)
}

/// A spot factor as a number.
pub(super) fn ratio<R: Real>(spot: i64) -> R {
    R::ratio(spot, SPOT_ONE)
}

/// Rounded down to a whole `2^-bits`.
pub(super) fn floor_to<R: Real>(bits: u32, x: R) -> R {
    let one = R::of(1_i128 << bits);
    (x * one).floor() / one
}

/// A vol factor, rounded down.
pub(super) fn vol_floor<R: Real>(c: R) -> R {
    floor_to(VOL_BITS, c)
}

/// Basis points as a vol factor.
pub(super) fn vol_of_bps<R: Real>(bps: u64) -> R {
    vol_floor(R::ratio(bps, BPS_ONE))
}

/// A vol factor at `share / whole` of its distance from one.
pub(super) fn toward<R: Real>(c: R, share: i64, whole: i64) -> R {
    let distance = vol_floor((c - R::ONE).abs() * R::of(share) / R::of(whole));
    if c < R::ONE {
        R::ONE - distance
    } else {
        R::ONE + distance
    }
}
