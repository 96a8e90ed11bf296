//! The four rungs, each a function of plain data, and the ladder over them.

use fixed_math::Fx;
use thiserror::Error;

use super::observe::{median, middle};
use super::{HULL_AFTER, LAST_RESORT_AFTER, Window};

/// The price of one filled bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Median over the sources; positive.
    pub price: Fx,
    /// Whether a second source family lay within 1 %.
    pub confirmed: bool,
}

/// The rung that gave a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Rung {
    /// 90 % of the buckets.
    Buckets = 1,
    /// Half of the buckets, each confirmed by a second family.
    Confirmed = 2,
    /// Middle of what was observed.
    HullMiddle = 3,
    /// Last valid price before the window.
    BeforeWindow = 4,
}

/// A final settlement price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixing {
    /// The price.
    pub price: Fx,
    /// The rung that gave it.
    pub rung: Rung,
}

/// Why there is no settlement price yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FixingError {
    /// No rung is open.
    #[error("E_FIXING_EARLY: nothing to fix before {next}")]
    TooEarly {
        /// When the next rung opens, unix seconds.
        next: u64,
    },
    /// The last rung is open and there was no price before the window.
    #[error("E_FIXING_NO_PRICE: no price was ever observed")]
    NoPrice,
}

/// `centre * 0.99` rounded up and `centre * 1.01` rounded down: both towards the centre.
fn bounds(centre: i128) -> (i128, i128) {
    // One hundredth, rounded down, is at most what may be added or taken away.
    let percent = centre.checked_div(100).unwrap_or(0);
    (
        centre.saturating_sub(percent),
        centre.saturating_add(percent),
    )
}

/// Mean of the prices, each clamped to within 1 % of their median; rounded to nearest, ties up.
/// `None` only when there are none.
#[must_use]
pub fn winsorised_mean(prices: &[Fx]) -> Option<Fx> {
    let (low, high) = bounds(median(prices)?.to_bits());
    let count = i128::try_from(prices.len()).ok()?;
    // Summed as distances from the lower bound: they are at most 2 % of a price each, so nothing overflows.
    let mut sum = 0_i128;
    for price in prices {
        sum = sum.checked_add(price.to_bits().clamp(low, high).checked_sub(low)?)?;
    }
    let doubled = sum.checked_mul(2)?.checked_add(count)?;
    let mean = doubled.checked_div_euclid(count.checked_mul(2)?)?;
    low.checked_add(mean).map(Fx::from_bits)
}

/// Rung 1: at least 90 % of the buckets are filled.
#[must_use]
pub fn rung_buckets(window: &Window, observations: &[Observation]) -> Option<Fx> {
    let filled = u32::try_from(observations.len()).ok()?;
    if filled.checked_mul(10)? < window.buckets.checked_mul(9)? {
        return None;
    }
    let prices: Vec<Fx> = observations.iter().map(|o| o.price).collect();
    winsorised_mean(&prices)
}

/// Rung 2: at least half of the buckets were confirmed by a second family; only those count.
#[must_use]
pub fn rung_confirmed(window: &Window, observations: &[Observation]) -> Option<Fx> {
    let confirmed = observations.iter().filter(|o| o.confirmed);
    let prices: Vec<Fx> = confirmed.map(|o| o.price).collect();
    let filled = u32::try_from(prices.len()).ok()?;
    if filled.checked_mul(2)? < window.buckets {
        return None;
    }
    winsorised_mean(&prices)
}

/// Rung 3: from 24 h after the expiry, the middle of the lowest and the highest bucket.
#[must_use]
pub fn rung_hull_middle(window: &Window, observations: &[Observation], now: u64) -> Option<Fx> {
    if now < window.expiry.saturating_add(HULL_AFTER) {
        return None;
    }
    let low = observations.iter().map(|o| o.price).min()?;
    let high = observations.iter().map(|o| o.price).max()?;
    Some(middle(low, high))
}

/// Rung 4: from 7 days after the expiry, the last valid price before the window.
#[must_use]
pub fn rung_before_window(window: &Window, before: Option<Fx>, now: u64) -> Option<Fx> {
    before.filter(|_| now >= window.expiry.saturating_add(LAST_RESORT_AFTER))
}

/// The settlement price by the first rung that gives one.
///
/// `observations` are all filled buckets of the window, and no more can come; `before` is the last valid
/// price observed before the window.
///
/// # Errors
/// [`FixingError::TooEarly`] until a rung is open, [`FixingError::NoPrice`] if even the last one is empty.
pub fn fix(
    window: &Window,
    observations: &[Observation],
    before: Option<Fx>,
    now: u64,
) -> Result<Fixing, FixingError> {
    if now < window.expiry {
        return Err(FixingError::TooEarly {
            next: window.expiry,
        });
    }
    let rungs = [
        (Rung::Buckets, rung_buckets(window, observations)),
        (Rung::Confirmed, rung_confirmed(window, observations)),
        (
            Rung::HullMiddle,
            rung_hull_middle(window, observations, now),
        ),
        (Rung::BeforeWindow, rung_before_window(window, before, now)),
    ];
    let first = rungs.into_iter().find_map(|(rung, price)| {
        Some(Fixing {
            price: price?,
            rung,
        })
    });
    first.ok_or_else(|| next_rung(window, observations, now))
}

fn next_rung(window: &Window, observations: &[Observation], now: u64) -> FixingError {
    let wait = if observations.is_empty() {
        LAST_RESORT_AFTER
    } else {
        HULL_AFTER
    };
    let next = window.expiry.saturating_add(wait);
    if now < next {
        FixingError::TooEarly { next }
    } else {
        FixingError::NoPrice
    }
}
