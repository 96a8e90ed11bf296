//! The calendar certificate between neighbouring expiries, and the envelope a new slice must stay in.
//!
//! With `c_e(k)` the undiscounted call over its own forward at moneyness `k`, a later expiry must
//! satisfy `c_2(k) >= c_1(k) - eps` for **every** `k`. Both are convex, decreasing, with slope in
//! `[-1, 0]`, so finitely many points prove it: on each cell the chord of `c_1` lies above `c_1`, the
//! two supporting lines of `c_2` below `c_2`, and straight lines are compared exactly in integers.

use fixed_math::{Proved, grid};

use crate::shock::{ShockedSlice, StrikePoint, VALUE_ONE};

/// Slack of the calendar condition, `1e-5` of the forward, units of `2^-40` (floored).
pub const EPSILON: i64 = 10_995_116;
/// Most points in a certificate.
pub const MAX_POINTS: usize = 128;
/// A certificate's moneyness of one is `2^24`.
pub const POINT_BITS: u32 = 24;
/// Where the envelope is tested, in at-the-money total vols of log-moneyness.
pub const ENVELOPE_STEPS: [i64; 9] = [-5, -3, -2, -1, 0, 1, 2, 3, 5];

/// Why a certificate does not prove the calendar condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Fewer than two points or more than [`MAX_POINTS`].
    #[error("E_CALENDAR_COUNT: a certificate has 2 to 128 points, not {count}")]
    Count {
        /// Points given.
        count: usize,
    },
    /// A point of zero, or not above the one before.
    #[error("E_CALENDAR_ORDER: point {index} is not above the one before")]
    Order {
        /// Position of the point.
        index: usize,
    },
    /// The earlier put at the first point is worth more than the slack.
    #[error("E_CALENDAR_FIRST: the first point leaves puts of the earlier expiry unproved")]
    First,
    /// The earlier call at the last point is worth more than the slack.
    #[error("E_CALENDAR_LAST: the last point leaves calls of the earlier expiry unproved")]
    Last,
    /// The later call is too cheap at a point.
    #[error("E_CALENDAR_POINT: the later call is below the earlier one at point {index}")]
    Point {
        /// Position of the point.
        index: usize,
    },
    /// The points prove nothing about the cell between them: too far apart, or the condition fails there.
    #[error("E_CALENDAR_CELL: the cell after point {index} is not proved")]
    Cell {
        /// Position of the cell's left point.
        index: usize,
    },
}

/// Proves `c_2(k) >= c_1(k) - 1e-5` for every `k >= 0` from the given points (ascending moneyness, units
/// of `2^-24`), with all rounding against the proof. Both slices are marks: unshocked, forward one.
///
/// # Errors
/// [`CalendarError`]: the first thing that fails.
pub fn certify(
    earlier: &ShockedSlice,
    later: &ShockedSlice,
    points: &[u32],
) -> Result<(), CalendarError> {
    if points.len() < 2 || points.len() > MAX_POINTS {
        return Err(CalendarError::Count {
            count: points.len(),
        });
    }
    let mut before: Option<Knot> = None;
    let last = points.len().minus(1);
    for (index, &moneyness) in points.iter().enumerate() {
        let floor = before.as_ref().map_or(0, |knot| knot.moneyness);
        if i64::from(moneyness) <= floor {
            return Err(CalendarError::Order { index });
        }
        let knot = Knot::new(earlier, later, moneyness);
        if index == 0 && knot.earlier_put() > EPSILON {
            return Err(CalendarError::First);
        }
        if knot.earlier > knot.later.saturating_add(EPSILON) {
            return Err(CalendarError::Point { index });
        }
        if before.as_ref().is_some_and(|left| !cell_holds(left, &knot)) {
            return Err(CalendarError::Cell {
                index: index.minus(1),
            });
        }
        if index == last && knot.earlier > EPSILON {
            return Err(CalendarError::Last);
        }
        before = Some(knot);
    }
    Ok(())
}

/// Both slices at one point, rounded against the proof; units of `2^-40`.
struct Knot {
    /// Units of `2^-24`.
    moneyness: i64,
    /// Not below the earlier call.
    earlier: i64,
    /// Not above the later call.
    later: i64,
    /// Bounds of the later digital: the slope of the later call is its opposite.
    slope_lo: i64,
    slope_hi: i64,
}

impl Knot {
    fn new(earlier: &ShockedSlice, later: &ShockedSlice, moneyness: u32) -> Self {
        let point = StrikePoint::from_moneyness(
            u64::from(moneyness) << (grid::MONEYNESS_BITS - POINT_BITS),
        );
        let second = later.bounds(&point);
        Self {
            moneyness: i64::from(moneyness),
            earlier: earlier.call_hi(&point),
            later: second.call_lo,
            slope_lo: second.digital_lo,
            slope_hi: second.digital_hi,
        }
    }

    /// Not below the earlier put: `c - 1 + k`.
    fn earlier_put(&self) -> i64 {
        let k = self.moneyness << (grid::VALUE_BITS - POINT_BITS);
        self.earlier.saturating_sub(VALUE_ONE).saturating_add(k)
    }
}

/// Whether the chord of `c_1` less the slack stays below the greater of the two supporting lines of
/// `c_2` on the whole cell.
///
/// A line is given by its values at the two ends. The chord is below the maximum of two lines
/// everywhere if and only if it is, at both ends, below one weighted mean of the two; such a weight
/// exists if and only if a lower and an upper bound on it do not cross, an integer comparison.
fn cell_holds(left: &Knot, right: &Knot) -> bool {
    let width = i128::from(right.moneyness.saturating_sub(left.moneyness));
    let slope_hi = i128::from(left.slope_hi).saturating_mul(width);
    let slope_lo = i128::from(right.slope_lo).saturating_mul(width);
    // The line through the left knot falls by at most the ceiling; the right one rises to the left by the floor.
    let (l0, r1) = (i128::from(left.later), i128::from(right.later));
    let l1 = l0.saturating_add(slope_hi.saturating_neg() >> POINT_BITS);
    let r0 = r1.saturating_add(slope_lo >> POINT_BITS);
    let slack = i128::from(EPSILON);
    let t0 = i128::from(left.earlier).saturating_sub(slack);
    let t1 = i128::from(right.earlier).saturating_sub(slack);
    let below = |a: i128, b: i128| t0 <= a && t1 <= b;
    if below(l0, l1) || below(r0, r1) {
        return true;
    }
    // Neither line does it alone: weight w on the left one needs
    // w (l0 - r0) >= t0 - r0 and w (r1 - l1) <= r1 - t1, with both differences positive.
    let (d0, d1) = (l0.saturating_sub(r0), r1.saturating_sub(l1));
    if d0 <= 0 || d1 <= 0 || t0 > l0 || t1 > r1 {
        return false;
    }
    let low = t0.saturating_sub(r0).saturating_mul(d1);
    let high = r1.saturating_sub(t1).saturating_mul(d0);
    low <= high
}

/// The strikes of the envelope test for an at-the-money total vol (units of `2^-32`): moneyness
/// `e^(j v)` for the steps of [`ENVELOPE_STEPS`].
#[must_use]
pub fn envelope_points(atm_total_vol: u64) -> [StrikePoint; 9] {
    let v = i64::try_from(atm_total_vol.min(3 << 32) << 12).unwrap_or(i64::MAX);
    ENVELOPE_STEPS.map(|step| {
        // Moneyness in units of 2^-40, at most e^15; the kernel's own cap follows.
        StrikePoint::from_moneyness(grid::exp(v.saturating_mul(step)) >> 4)
    })
}

/// Whether a new slice lies, at every point, within the envelope of the pricings the last accepted slice
/// promised to cover. `Err` carries the first point (index into [`ENVELOPE_STEPS`] order) outside it.
///
/// A value counts as outside only when its enclosure is, so rounding never invalidates a slice.
///
/// # Errors
/// The index of the point; the last accepted slice's level is then *jumped*.
pub fn within_envelope(
    new: &ShockedSlice,
    pricings: &[ShockedSlice],
    points: &[StrikePoint],
) -> Result<(), usize> {
    for (index, point) in points.iter().enumerate() {
        let now = new.bounds(point);
        let (mut low, mut high) = (i64::MAX, i64::MIN);
        for pricing in pricings {
            let then = pricing.bounds(point);
            low = low.min(then.call_lo);
            high = high.max(then.call_hi);
        }
        if now.call_hi < low || now.call_lo > high {
            return Err(index);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
