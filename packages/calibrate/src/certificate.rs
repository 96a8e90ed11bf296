//! The finite proof that a later slice nowhere undercuts an earlier one.

use pricing::calendar::{CalendarError, EPSILON, MAX_POINTS, POINT_BITS, certify};
use pricing::shock::{PreparedSlice, VALUE_ONE};
use pricing::slice::{Slice, SliceError};

use crate::mixture::Mixture;
use crate::round::IntegerSlice;

/// Share of the accepted slack that the search uses; the rest covers the chain's rounding.
const CARE: f64 = 0.98;
/// Times that a cell the chain refuses is halved.
const HALVINGS: usize = 24;

impl IntegerSlice {
    /// Hands the integers to the on-chain test of a slice.
    ///
    /// # Errors
    /// What the chain would refuse it for.
    pub fn accept(&self) -> Result<Slice, SliceError> {
        Slice::new(self.components.clone())
    }
}

/// Why two slices have no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The chain would not accept one of them.
    #[error(transparent)]
    Slice(#[from] SliceError),
    /// The chain's test says so of the best points found.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

/// Finds the points that prove the calendar condition between two neighbouring slices, as few as
/// a greedy walk needs, and has the chain's own test confirm them.
///
/// # Errors
/// [`CertificateError`].
pub fn certificate(near: &IntegerSlice, far: &IntegerSlice) -> Result<Vec<u32>, CertificateError> {
    let mark = |s: &IntegerSlice| PreparedSlice::new(&s.accept()?).mark();
    let (first, second) = (mark(near)?, mark(far)?);
    let mut points = walk(&near.mixture(), &far.mixture());
    for _ in 0..HALVINGS {
        let verdict = certify(&first, &second, &points);
        let Err(CalendarError::Cell { index }) = verdict else {
            return Ok(verdict.map(|()| points)?);
        };
        let middle = points[index].midpoint(points[index + 1]);
        if middle == points[index] || points.len() == MAX_POINTS {
            return Err(CalendarError::Cell { index }.into());
        }
        points.insert(index + 1, middle);
    }
    Ok(certify(&first, &second, &points).map(|()| points)?)
}

/// Moneyness of a point.
fn moneyness(point: u32) -> f64 {
    f64::from(point) / f64::from(1u32 << POINT_BITS)
}

/// Greedy walk: from each point the longest cell that still proves itself.
fn walk(near: &Mixture, far: &Mixture) -> Vec<u32> {
    let slack = CARE * EPSILON as f64 / VALUE_ONE as f64;
    let top = u32::MAX;
    // The first point leaves puts worth no more than the slack, the last one calls.
    let first = last_true(1, top, |p| near.put(moneyness(p)) <= slack);
    let end = last_true(1, top, |p| near.call(moneyness(p)) > slack).saturating_add(1);
    let mut points = vec![first];
    let mut at = first;
    while at < end && points.len() < MAX_POINTS {
        let proved = |p: u32| cell_proved(near, far, (moneyness(at), moneyness(p)), slack);
        let next = last_true(at + 1, end, proved);
        points.push(next);
        at = next;
    }
    points
}

/// The last value in `[low, high]` for which a condition that turns false once still holds;
/// `low` when it never does.
fn last_true(low: u32, high: u32, holds: impl Fn(u32) -> bool) -> u32 {
    if holds(high) {
        return high;
    }
    let (mut low, mut high) = (low, high);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// Whether the chord of the near call, less the slack, stays below the greater supporting line
/// of the far call between two points.
fn cell_proved(near: &Mixture, far: &Mixture, (a, b): (f64, f64), slack: f64) -> bool {
    let chord = (near.call(a) - slack, near.call(b) - slack);
    let left = (far.call(a), far.call(a) - far.above(a) * (b - a));
    let right = (far.call(b) + far.above(b) * (b - a), far.call(b));
    if chord.0 > left.0 || chord.1 > right.1 {
        return false;
    }
    // Where the two lines cross, the chord must not be above them.
    let (drop, rise) = (left.0 - right.0, right.1 - left.1);
    if drop <= 0.0 || rise <= 0.0 {
        return true;
    }
    let share = drop / (drop + rise);
    let lines = left.0 + share * (left.1 - left.0);
    chord.0 + share * (chord.1 - chord.0) <= lines
}
