//! Slice, forward and discount of any listed date: its own, or brought from the surface.
//!
//! A date without a slice takes the shape of the nearest date's and a total variance of its own: linear in time between two
//! dates of the surface, so never outside theirs, and proportional to time before the first and after the last. In the fixing
//! window what is left of it shrinks with the time left. Forward and discount are linear in time too, from the spot price and
//! one when the record was published through the dates of the surface. Beyond the last they stay: a line drawn on would make
//! a basis point of a near date many of a far one.

use fixed_math::Fx;
use fixed_math::int::{mul_div_floor, umul_div_floor};
use pricing::shock::PreparedSlice;

use crate::build::seconds;
use crate::{ExpiryState, Underlying, UnderlyingState};

/// A ratio of variances of one.
const RATIO_ONE: u128 = 1 << 48;

/// The slice of an expiry, or the one nearest in time.
pub(crate) fn nearest(underlying: &Underlying, expiry: u32) -> Option<&ExpiryState> {
    underlying
        .state
        .expiries
        .iter()
        .min_by_key(|state| state.expiry.abs_diff(expiry))
}

/// What a date is priced by beside its slice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Carried {
    /// Forward, USD.
    pub forward: Fx,
    /// Discount factor.
    pub discount: Fx,
    /// By how much the forward may be off for want of a date of its own, units of `2^-32` of it.
    pub apart: u64,
}

/// What is known of one date.
#[derive(Clone, Copy)]
struct Point {
    /// Unix seconds.
    time: u64,
    forward: Fx,
    discount: Fx,
}

impl Point {
    fn of(date: &ExpiryState) -> Self {
        Self {
            time: seconds(date.expiry),
            forward: date.forward,
            discount: date.discount,
        }
    }
}

/// Beyond the last date a basis goes on as it was, but as if that date were no nearer than this: 30 days.
const LEAST_BASIS_SECONDS: u64 = 30 * 86_400;

/// Forward and discount of an expiry; those of the nearest date where it is that date's own.
pub(crate) fn carried(underlying: &Underlying, near: &ExpiryState, expiry: u32) -> Carried {
    let mut own = Carried {
        forward: near.forward,
        discount: near.discount,
        apart: 0,
    };
    let state = &underlying.state;
    if near.expiry == expiry {
        return own;
    }
    let before = state.expiries.iter().rfind(|other| other.expiry < expiry);
    let after = state.expiries.iter().find(|other| other.expiry > expiry);
    let spot = state.spot.mid;
    let published = Point {
        time: state.publish_time,
        forward: spot,
        discount: Fx::ONE,
    };
    let (before, after) = match (before, after) {
        (before, Some(after)) => (before.map_or(published, Point::of), Point::of(after)),
        (before, None) => {
            let last = before.map_or(state.publish_time, |last| seconds(last.expiry));
            let time = last
                .saturating_sub(state.publish_time)
                .max(LEAST_BASIS_SECONDS);
            let beyond = seconds(expiry).saturating_sub(last);
            let basis = share_between(near.forward, spot);
            own.apart = scaled(basis, beyond, time);
            return own;
        }
    };
    let way = (
        seconds(expiry).saturating_sub(before.time),
        after.time.saturating_sub(before.time),
    );
    let forward = line([before.forward, after.forward], way);
    Carried {
        forward,
        discount: line([before.discount, after.discount], way).min(Fx::ONE),
        apart: share_between(forward, near.forward),
    }
}

/// How far apart two prices are, units of `2^-32` of the second, rounded down.
fn share_between(a: Fx, b: Fx) -> u64 {
    let moved = a.to_bits().abs_diff(b.to_bits());
    let share = umul_div_floor(moved, 1 << 32, b.to_bits().unsigned_abs());
    share.map_or(u64::MAX, |share| u64::try_from(share).unwrap_or(u64::MAX))
}

/// `value part / whole`, rounded down.
fn scaled(value: u64, part: u64, whole: u64) -> u64 {
    let scaled = umul_div_floor(value.into(), part.into(), whole.into());
    scaled.map_or(u64::MAX, |scaled| u64::try_from(scaled).unwrap_or(u64::MAX))
}

/// `a + (b - a) part / whole`, rounded down by less than `2^-64`, alike for long and short; `b` where there is no way.
fn line([a, b]: [Fx; 2], (part, whole): (u64, u64)) -> Fx {
    let rise = b.to_bits().saturating_sub(a.to_bits());
    let part = mul_div_floor(rise, part.into(), whole.into()).unwrap_or(rise);
    Fx::from_bits(a.to_bits().saturating_add(part))
}

/// The slice of `near` brought to `expiry`; `window` is the block time once the fixing window has begun.
pub(crate) fn brought(
    state: &UnderlyingState,
    near: &ExpiryState,
    expiry: u32,
    window: Option<u64>,
) -> PreparedSlice {
    let published = state.publish_time;
    let mut ratio = variance_ratio(state, near, expiry);
    if let Some(now) = window {
        let left = seconds(expiry).saturating_sub(now.max(published));
        ratio = times(ratio, left, seconds(expiry).saturating_sub(published));
    }
    let factor = u64::try_from(ratio.isqrt()).unwrap_or(u64::MAX);
    PreparedSlice::new(&near.slice).stretched(factor)
}

/// Total variance at `expiry` over that of the nearest slice, units of `2^-48`, rounded down.
fn variance_ratio(state: &UnderlyingState, near: &ExpiryState, expiry: u32) -> u128 {
    if near.expiry == expiry {
        return RATIO_ONE;
    }
    let dates = &state.expiries;
    let far = if expiry > near.expiry {
        dates.iter().find(|other| other.expiry > near.expiry)
    } else {
        dates.iter().rfind(|other| other.expiry < near.expiry)
    };
    let Some(far) = far else {
        let published = state.publish_time;
        let until = |date: u32| seconds(date).saturating_sub(published);
        return times(RATIO_ONE, until(expiry), until(near.expiry));
    };
    // A total vol is below 2^35 units and at least 2^12: the quotient stays below 2^47, its square below 2^94.
    let vol = |state: &ExpiryState| u128::from(state.slice.atm_total_vol());
    let quotient = (vol(far) << 24).checked_div(vol(near)).unwrap_or(0);
    let whole = u64::from(far.expiry.abs_diff(near.expiry));
    let here = times(RATIO_ONE, far.expiry.abs_diff(expiry).into(), whole);
    let there = times(
        quotient.saturating_mul(quotient),
        near.expiry.abs_diff(expiry).into(),
        whole,
    );
    here.saturating_add(there)
}

/// `ratio a / b`, rounded down; `b = 0` counts as one.
fn times(ratio: u128, a: u64, b: u64) -> u128 {
    umul_div_floor(ratio, a.into(), b.max(1).into()).unwrap_or(u128::MAX)
}
