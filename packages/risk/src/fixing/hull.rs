//! What is known of a fixing before it is final.

use fixed_math::Fx;

use super::{Window, middle};
use crate::Band;

/// What a window has seen so far, without its single observations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Buckets filled.
    pub filled: u32,
    /// Of them, those that a second source family confirmed.
    pub confirmed: u32,
    /// Newest filled bucket, by its number; not read while `filled` is 0.
    pub newest: u64,
    /// Lowest, mean (not winsorised) and highest of the filled buckets; not read while `filled` is 0.
    pub observed: Band,
}

/// Share of the final mean that is already observed, units of `2^-16`, rounded down.
///
/// With `m` buckets filled and `r` still to come the mean is `(m A + r S) / (m + r)`, so the share is
/// `m / (m + r)`: a bucket that stayed empty counts for neither side. After the window it is one, or zero if nothing
/// was seen.
#[must_use]
pub fn share_passed(window: &Window, progress: &Progress, now: u64) -> u32 {
    if progress.filled == 0 {
        return 0;
    }
    let (first, end) = window.range();
    let next = window
        .bucket_of(now)
        .max(progress.newest.saturating_add(1))
        .clamp(first, end);
    let left = end.saturating_sub(next);
    let filled = u64::from(progress.filled);
    let share = (filled << 16)
        .checked_div(filled.saturating_add(left))
        .unwrap_or(0);
    u32::try_from(share)
        .unwrap_or(crate::WEIGHT_ONE)
        .min(crate::WEIGHT_ONE)
}

/// What is known beside the observations of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Spot band.
    pub spot: Band,
    /// Slow price.
    pub slow: Fx,
    /// Last valid price before the window.
    pub before: Fx,
    /// Whether no report of the window can come any more.
    pub closed: bool,
}

impl Progress {
    /// Whether rung 1 or 2 gives the price, if nothing more comes: a mean.
    const fn has_mean(&self, window: &Window) -> bool {
        let (filled, confirmed) = (
            self.filled.saturating_mul(10),
            self.confirmed.saturating_mul(2),
        );
        filled >= window.buckets.saturating_mul(9) || confirmed >= window.buckets
    }
}

/// After the expiry: lowest, expected and highest price the ladder can still return.
///
/// With any observation rungs 1 to 3 stay between the lowest and the highest bucket, and rung 4 is never
/// reached; the mean is the expected price, or halfway where rung 3 is known to decide. A last bucket that may still be filled
/// can take in the spot band. Without any observation only rung 4 is left: the last valid price before the window, widened by
/// the spot band and the slow price.
#[must_use]
pub fn hull(window: &Window, progress: &Progress, beside: &Beside) -> Band {
    let Beside {
        spot,
        slow,
        before,
        closed,
    } = *beside;
    if progress.filled == 0 {
        return Band {
            low: spot.low.min(slow).min(before),
            mid: before,
            high: spot.high.max(slow).max(before),
        };
    }
    let Band { low, mid, high } = progress.observed;
    if !closed && progress.newest.saturating_add(1) < window.range().1 {
        return Band {
            low: low.min(spot.low),
            mid,
            high: high.max(spot.high),
        };
    }
    let mid = if closed && !progress.has_mean(window) {
        middle(low, high)
    } else {
        mid
    };
    Band { low, mid, high }
}
