//! Section 2, first paragraph: spot factors on integers, vol factors rounded down.

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
const VOL_BITS: i32 = 24;

/// `1 + x = floor(2^32 (10,000 + bps) / 10,000)`, within its range.
pub(super) fn moved(bps: i64) -> i64 {
    ((BPS_ONE + bps).max(0) * SPOT_ONE / BPS_ONE).clamp(SPOT_LEAST, SPOT_GREATEST)
}

/// A spot factor as a number.
pub(super) fn ratio(spot: i64) -> f64 {
    spot as f64 / SPOT_ONE as f64
}

/// Rounded down to a whole `2^-bits`.
pub(super) fn floor_to(bits: i32, x: f64) -> f64 {
    let one = 2_f64.powi(bits);
    (x * one).floor() / one
}

/// A vol factor, rounded down.
pub(super) fn vol_floor(c: f64) -> f64 {
    floor_to(VOL_BITS, c)
}

/// Basis points as a vol factor.
pub(super) fn vol_of_bps(bps: u64) -> f64 {
    vol_floor(bps as f64 / BPS_ONE as f64)
}

/// A vol factor at `share / whole` of its distance from one.
pub(super) fn toward(c: f64, share: i64, whole: i64) -> f64 {
    let distance = vol_floor((c - 1.0).abs() * share as f64 / whole as f64);
    1.0 + distance.copysign(c - 1.0)
}
