//! The settlement fixing: from observations in a window to one price, by a ladder that always ends.
//!
//! ```text
//! bucket   = median over the live sources (three at least) of the first report in the bucket
//! centre   = median of the buckets        w_i = bucket_i clamped to [0.99, 1.01] centre
//! rung 1     mean of w_i, if 90 % of the buckets are filled
//! rung 2     the same over the buckets confirmed by a second source family within 1 %, if they are half
//! rung 3     from 24 h after the expiry: the middle of the lowest and the highest bucket observed
//! rung 4     from 7 days after the expiry: the last valid price before the window
//! ```
//!
//! Every rung is a function of plain data. Prices are positive; a mean is rounded to nearest (ties up), the middle of
//! two prices down, the winsorising bounds towards the centre: nobody is favoured, both sides of a
//! series multiply by the same number.

mod hull;
mod ladder;
mod observe;
#[cfg(test)]
mod tests;

pub use hull::{Beside, Progress, hull, share_passed};
pub use ladder::{
    Fixing, FixingError, Observation, Rung, fix, rung_before_window, rung_buckets, rung_confirmed,
    rung_hull_middle, winsorised_mean,
};
pub(crate) use observe::middle;
pub use observe::{MIN_SOURCES, Quote, median, observe, within_one_percent};

/// Fewest buckets of a window.
pub const MIN_BUCKETS: u32 = 6;
/// Most buckets of a window.
pub const MAX_BUCKETS: u32 = 240;
/// When rung 3 opens: seconds after the expiry.
pub const HULL_AFTER: u64 = 24 * 3_600;
/// When rung 4 opens: seconds after the expiry.
pub const LAST_RESORT_AFTER: u64 = 7 * 24 * 3_600;

/// The window of one expiry: `buckets` buckets of `bucket_seconds`, the last ending at the expiry.
///
/// A bucket is numbered by unix time divided by its length; the length divides a minute and expiries are
/// whole minutes, so windows of all expiries share one numbering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The expiry, unix seconds, a whole minute.
    pub expiry: u64,
    /// Number of buckets.
    pub buckets: u32,
    /// Seconds in a bucket; divides 60.
    pub bucket_seconds: u32,
}

impl Window {
    /// A window, if its terms are allowed: 6 to 240 buckets whose length divides a minute.
    #[must_use]
    pub fn new(expiry_minutes: u32, buckets: u32, bucket_seconds: u32) -> Option<Self> {
        let divides = 60_u32.checked_rem(bucket_seconds) == Some(0);
        let counted = (MIN_BUCKETS..=MAX_BUCKETS).contains(&buckets);
        let expiry = u64::from(expiry_minutes).saturating_mul(60);
        (divides && counted).then_some(Self {
            expiry,
            buckets,
            bucket_seconds,
        })
    }

    /// Start of the window, unix seconds.
    #[must_use]
    pub fn start(&self) -> u64 {
        let length = u64::from(self.buckets).saturating_mul(u64::from(self.bucket_seconds));
        self.expiry.saturating_sub(length)
    }

    /// The bucket of a moment: unix time divided by the bucket's length.
    #[must_use]
    pub fn bucket_of(&self, time: u64) -> u64 {
        time.checked_div(u64::from(self.bucket_seconds))
            .unwrap_or(0)
    }

    /// Numbers of the first bucket and of the one after the last.
    #[must_use]
    pub fn range(&self) -> (u64, u64) {
        (self.bucket_of(self.start()), self.bucket_of(self.expiry))
    }

    /// Whether a moment lies in the window: from its start up to, not including, the expiry.
    #[must_use]
    pub fn contains(&self, time: u64) -> bool {
        (self.start()..self.expiry).contains(&time)
    }
}
