//! The slice of any listed date: its own, or one borrowed from the surface.
//!
//! A date without a slice takes the shape of the nearest date's and a total variance of its own: linear in time between two
//! dates of the surface, so never outside theirs, and proportional to time before the first and after the last. In the fixing
//! window what is left of it shrinks with the time left.

use fixed_math::int::umul_div_floor;
use pricing::shock::PreparedSlice;

use crate::build::seconds;
use crate::{ExpiryState, Underlying};

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

/// The slice of `near` brought to `expiry`; `window` is the block time once the fixing window has begun.
pub(crate) fn brought(
    underlying: &Underlying,
    near: &ExpiryState,
    expiry: u32,
    window: Option<u64>,
) -> PreparedSlice {
    let published = underlying.state.publish_time;
    let mut ratio = variance_ratio(underlying, near, expiry);
    if let Some(now) = window {
        let left = seconds(expiry).saturating_sub(now.max(published));
        ratio = times(ratio, left, seconds(expiry).saturating_sub(published));
    }
    let factor = u64::try_from(ratio.isqrt()).unwrap_or(u64::MAX);
    PreparedSlice::new(&near.slice).stretched(factor)
}

/// Total variance at `expiry` over that of the nearest slice, units of `2^-48`, rounded down.
fn variance_ratio(underlying: &Underlying, near: &ExpiryState, expiry: u32) -> u128 {
    if near.expiry == expiry {
        return RATIO_ONE;
    }
    let dates = &underlying.state.expiries;
    let far = if expiry > near.expiry {
        dates.iter().find(|other| other.expiry > near.expiry)
    } else {
        dates.iter().rfind(|other| other.expiry < near.expiry)
    };
    let Some(far) = far else {
        let published = underlying.state.publish_time;
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
