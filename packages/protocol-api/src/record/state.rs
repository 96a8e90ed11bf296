//! From stored integers to what margin computes with.

use fixed_math::Fx;
use risk::fixing::{Beside, Progress, Window, hull, share_passed};
use risk::{Band, ExpiryState, FixingStage, FixingState, Regime, UnderlyingState};

use crate::oracle::ProgressResponse;

use super::{MarketRecord, PackedExpiry, PackedPending, RecordError, price_to_fx};

/// A regime multiplier of one, as stored.
pub const REGIME_ONE: u32 = 1 << 24;
/// The spot band widens by this share of each edge, and the half-width of every vol by as much, per second of age beyond the
/// trade age, `2^-32`: `2^-13`, about 1.2 basis points.
pub const WIDENING_PER_SECOND: u64 = 1 << 19;
/// The widening stops at 1/16.
pub const MAX_WIDENING: u64 = 1 << 28;

/// What margin knows of the underlying at `now`.
///
/// The band and the half-widths of the vols are the published ones, widened by age: nothing else depends on `now` but the
/// stage of fixings.
///
/// # Errors
/// [`RecordError::Corrupt`] when a slice or a price is not one the adapter would have stored.
pub fn to_state(
    feed: u16,
    record: &MarketRecord,
    now: u64,
) -> Result<UnderlyingState, RecordError> {
    let widening = widening(record, now);
    let spot = widened_band(record, widening)?;
    let slow = price(record, record.slow)?;
    let expiries: Result<Vec<_>, _> = record
        .expiries
        .iter()
        .map(|packed| expiry(record, packed, widening))
        .collect();
    Ok(UnderlyingState {
        underlying: feed,
        sequence: u64::from(record.sequence),
        publish_time: u64::from(record.publish_time),
        live_since: u64::from(record.live_since),
        spot,
        slow,
        regime: Regime {
            initial: record.regime >> 8,
            maintenance: record.regime_maintenance >> 8,
        },
        expiries: expiries?,
        fixings: fixings(record, &Known { spot, slow, now })?,
    })
}

struct Known {
    spot: Band,
    slow: Fx,
    now: u64,
}

fn price(record: &MarketRecord, stored: u64) -> Result<Fx, RecordError> {
    price_to_fx(stored, record.price_bits).ok_or(RecordError::Corrupt)
}

/// What age adds to half-widths, `2^-32`.
fn widening(record: &MarketRecord, now: u64) -> u32 {
    let age = now.saturating_sub(u64::from(record.publish_time));
    let late = age.saturating_sub(u64::from(record.ages.aging));
    let share = late.saturating_mul(WIDENING_PER_SECOND).min(MAX_WIDENING);
    u32::try_from(share).unwrap_or(u32::MAX)
}

/// `low (1 - w)` rounded down, at least one bit, and `high (1 + w)` rounded up.
fn widened_band(record: &MarketRecord, widening: u32) -> Result<Band, RecordError> {
    let widening = i128::from(widening);
    let extra = |edge: Fx| {
        let product = (edge.to_bits() >> 32)
            .checked_add(1)?
            .checked_mul(widening)?;
        Some(if widening == 0 { 0 } else { product })
    };
    let low = price(record, record.band.low)?;
    let high = price(record, record.band.high)?;
    let shift = |edge: Fx, by: Option<i128>| {
        by.and_then(|by| edge.to_bits().checked_add(by))
            .map(Fx::from_bits)
    };
    Ok(Band {
        low: shift(low, extra(low).map(|by| by.saturating_neg()))
            .map(|low| low.max(Fx::from_bits(1)))
            .ok_or(RecordError::Corrupt)?,
        mid: price(record, record.band.mid)?,
        high: shift(high, extra(high)).ok_or(RecordError::Corrupt)?,
    })
}

fn expiry(
    record: &MarketRecord,
    packed: &PackedExpiry,
    widening: u32,
) -> Result<ExpiryState, RecordError> {
    let slice = packed.slice.checked().map_err(|_| RecordError::Corrupt)?;
    Ok(ExpiryState {
        expiry: packed.expiry,
        forward: price(record, packed.forward)?,
        discount: discount(packed.discount_deficit),
        slice,
        // Whole multiples of 2^-16: a second adds eight.
        confidence: (u32::from(packed.confidence) << 8).saturating_add(widening >> 16),
    })
}

/// `1 - deficit / 2^32`, exact.
fn discount(deficit: u32) -> Fx {
    Fx::from_bits((1_i128 << 64).saturating_sub(i128::from(deficit) << 32))
}

/// Fixings the record follows, and expiries of the surface whose window began after the last report.
fn fixings(record: &MarketRecord, known: &Known) -> Result<Vec<FixingState>, RecordError> {
    let mut out = Vec::with_capacity(record.pending.len());
    for entry in &record.pending {
        out.push(stage(record, entry, known)?);
    }
    for listed in &record.expiries {
        if record
            .pending
            .iter()
            .any(|entry| entry.expiry == listed.expiry)
        {
            continue;
        }
        if known.now >= window(record, listed.expiry)?.start() {
            let unseen = PackedPending {
                expiry: listed.expiry,
                filled: 0,
                confirmed: 0,
                sum: 0,
                lowest: 0,
                highest: 0,
                before: record.band.mid,
            };
            out.push(stage(record, &unseen, known)?);
        }
    }
    Ok(out)
}

fn window(record: &MarketRecord, expiry: u32) -> Result<Window, RecordError> {
    let terms = (u32::from(record.buckets), u32::from(record.bucket_seconds));
    Window::new(expiry, terms.0, terms.1).ok_or(RecordError::Corrupt)
}

fn stage(
    record: &MarketRecord,
    entry: &PackedPending,
    known: &Known,
) -> Result<FixingState, RecordError> {
    let window = window(record, entry.expiry)?;
    let progress = entry.progress(record)?;
    let stage = if known.now < window.expiry {
        let passed = share_passed(&window, &progress, known.now);
        FixingStage::Window {
            passed,
            observed: progress.observed,
        }
    } else {
        let late = window.expiry.saturating_add(record.ages.stale.into());
        let beside = Beside {
            spot: known.spot,
            slow: known.slow,
            before: price(record, entry.before)?,
            closed: u64::from(record.report_time) >= window.expiry || known.now > late,
        };
        FixingStage::Pending {
            hull: hull(&window, &progress, &beside),
        }
    };
    Ok(FixingState {
        expiry: entry.expiry,
        stage,
    })
}

impl MarketRecord {
    /// Whether the record lacks what is to be known of the window of an expiry: it follows the windows of
    /// its surface alone, those that a report has met, and not more than [`super::MAX_PENDING`]. Margin
    /// then asks the adapter for its progress and adds it to [`Self::pending`].
    #[must_use]
    pub fn misses(&self, expiry: u32, now: u64) -> bool {
        let Ok(window) = window(self, expiry) else {
            return false;
        };
        let listed = self.expiries.iter().any(|entry| entry.expiry == expiry);
        // What is on the surface is followed from the first report of its window on; before that nothing was observed. After
        // the expiry the last valid price before the window counts, which only the adapter knows.
        let unseen = listed && u64::from(self.report_time) < window.start() && now < window.expiry;
        let followed = self.pending.iter().any(|entry| entry.expiry == expiry);
        now >= window.start() && !unseen && !followed
    }
}

impl PackedPending {
    /// The entry of a window whose progress was asked for.
    #[must_use]
    pub const fn of(expiry: u32, progress: &ProgressResponse) -> Self {
        Self {
            expiry,
            filled: progress.filled,
            confirmed: progress.confirmed,
            sum: progress.sum.u64(),
            lowest: progress.lowest.u64(),
            highest: progress.highest.u64(),
            before: progress.before.u64(),
        }
    }

    /// The progress as `risk::fixing` knows it; the mean is rounded down to a stored unit.
    ///
    /// # Errors
    /// [`RecordError::Corrupt`] when a price does not fit.
    pub fn progress(&self, record: &MarketRecord) -> Result<Progress, RecordError> {
        let filled = u64::from(self.filled);
        let mean = self.sum.checked_div(filled).unwrap_or(record.band.mid);
        let observed = if filled == 0 {
            let mid = price(record, record.band.mid)?;
            Band {
                low: mid,
                mid,
                high: mid,
            }
        } else {
            Band {
                low: price(record, self.lowest)?,
                mid: price(record, mean)?,
                high: price(record, self.highest)?,
            }
        };
        let newest = u64::from(record.newest_bucket);
        Ok(Progress {
            filled: u32::from(self.filled),
            confirmed: u32::from(self.confirmed),
            newest,
            observed,
        })
    }
}
