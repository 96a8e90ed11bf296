//! From quotes of single sources to one band with a validity level.

use protocol_api::decimal;
use protocol_api::oracle::Validity;
use protocol_api::record::{PackedBand, price_to_fx};
use risk::fixing::{self, Observation};

use super::feed::Feed;

/// What one source says, in the feed's stored units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourcePrice {
    /// Position in the policy.
    pub source: u8,
    /// Price.
    pub price: u64,
    /// Half-width of the source's band.
    pub half_width: u64,
    /// When it was observed, unix seconds.
    pub time: u64,
}

/// What the live sources say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// The band.
    pub band: PackedBand,
    /// *No quorum*, *uncertain* or *valid*; jumps are judged later.
    pub level: Validity,
    /// The observation for fixings: `None` with fewer than three live sources.
    pub observation: Option<Observation>,
}

/// Whether a source's price counts at `time`: inside the bounds (never clipped to them), fresh and certain enough.
///
/// A contract is asked at block time, so its price may be as new as the block.
fn is_live(feed: &Feed, quote: &SourcePrice, time: u64, now: u64) -> bool {
    let policy = feed.policy();
    let oldest = time.saturating_sub(u64::from(policy.source_age));
    (policy.min_price..=policy.max_price).contains(&quote.price)
        && (oldest..=time.max(now)).contains(&quote.time)
        && share_at_most(quote.half_width, quote.price, policy.max_confidence)
}

/// Whether `part <= whole * ratio`, the ratio in units of 10^-18.
pub fn share_at_most(part: u64, whole: u64, ratio: u64) -> bool {
    let left = u128::from(part).saturating_mul(decimal::ONE);
    left <= u128::from(whole).saturating_mul(u128::from(ratio))
}

/// Middle of the sorted values; of an even number the mean of the two middle ones, rounded down.
fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    let half = values.len() >> 1;
    let upper = *values.get(half)?;
    if values.len() & 1 == 1 {
        return Some(upper);
    }
    values
        .get(half.checked_sub(1)?)
        .map(|lower| lower.midpoint(upper))
}

/// The band that the live sources give; `None` when there is none.
///
/// Three and more: the median, with the greater of the median half-width and the median deviation to each
/// side. Two: their hull. One: its own band.
pub fn assess(feed: &Feed, quotes: &[SourcePrice], time: u64, now: u64) -> Option<Spot> {
    let live: Vec<SourcePrice> = quotes
        .iter()
        .filter(|quote| is_live(feed, quote, time, now))
        .copied()
        .collect();
    let spot = match live.as_slice() {
        [] => return None,
        [only] => Spot {
            band: around(only.price, only.half_width),
            level: Validity::NoQuorum,
            observation: None,
        },
        [a, b] => Spot {
            band: hull(a, b),
            level: Validity::Uncertain,
            observation: None,
        },
        _ => by_median(feed, &live)?,
    };
    Some(spot)
}

fn around(mid: u64, half: u64) -> PackedBand {
    PackedBand {
        low: mid.saturating_sub(half).max(1),
        mid,
        high: mid.saturating_add(half),
    }
}

fn hull(a: &SourcePrice, b: &SourcePrice) -> PackedBand {
    let (first, second) = (around(a.price, a.half_width), around(b.price, b.half_width));
    PackedBand {
        low: first.low.min(second.low),
        mid: a.price.midpoint(b.price),
        high: first.high.max(second.high),
    }
}

fn by_median(feed: &Feed, live: &[SourcePrice]) -> Option<Spot> {
    let mid = median(live.iter().map(|quote| quote.price).collect())?;
    let width = median(live.iter().map(|quote| quote.half_width).collect())?;
    let deviation = median(live.iter().map(|quote| quote.price.abs_diff(mid)).collect())?;
    let half = width.max(deviation);
    let enough = live.len() >= usize::from(feed.policy().min_sources);
    let narrow = share_at_most(half, mid, feed.policy().uncertain_above);
    let level = if enough && narrow {
        Validity::Valid
    } else {
        Validity::Uncertain
    };
    Some(Spot {
        band: around(mid, half),
        level,
        observation: observation(feed, live),
    })
}

fn observation(feed: &Feed, live: &[SourcePrice]) -> Option<Observation> {
    let quotes: Option<Vec<fixing::Quote>> = live
        .iter()
        .map(|quote| {
            let source = feed.policy().sources.get(usize::from(quote.source))?;
            let price = price_to_fx(quote.price, feed.price_bits)?;
            Some(fixing::Quote {
                price,
                family: source.family,
            })
        })
        .collect();
    fixing::observe(&quotes?)
}
