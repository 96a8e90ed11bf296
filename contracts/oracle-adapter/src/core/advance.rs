//! From the record held and a new report to the next record.

use protocol_api::decimal;
use protocol_api::oracle::{Action, FeedKind, Permission, Validity, permission};
use protocol_api::record::{
    Evidence, MarketRecord, PackedBand, PackedExpiry, PackedPending, REGIME_ONE,
};
use risk::fixing::Window;

use super::feed::Feed;
use super::mover::{self, Regime};
use super::spot::{Spot, share_at_most};

/// A longer gap than this ends a live stretch: 5 minutes.
pub const MAX_GAP_SECONDS: u64 = 300;
/// For so long after a slice left its envelope the record stays *jumped*: one minute.
pub const SLICE_JUMP_SECONDS: u64 = 60;
/// The guardian's only bit: no opening trades.
pub const QUARANTINE_BIT: u32 = 1;

/// For prices that no signature vouches for: contract sources, the reference price.
pub const NO_EVIDENCE: Evidence = Evidence {
    epoch: 0,
    signers: 0,
    digest: [0; 32],
};

/// What a checked report brings.
pub struct Incoming {
    /// Its time, unix seconds.
    pub time: u32,
    /// Annualised realised vol, `2^-16`.
    pub realized_vol: u32,
    /// The band, if any source is live.
    pub spot: Option<Spot>,
    /// The accepted surface.
    pub expiries: Vec<PackedExpiry>,
    /// Whether a slice left its envelope.
    pub slice_jumped: bool,
    /// Who vouched for it.
    pub evidence: Evidence,
    /// Block time, unix seconds.
    pub now: u64,
}

/// The next record and the observation to keep.
pub struct Outcome {
    /// The record.
    pub record: MarketRecord,
    /// The observation, if this is the first usable report of its bucket.
    pub observed: Option<Observed>,
}

/// One observation for the tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observed {
    /// Bucket number.
    pub bucket: u32,
    /// Median over the sources, stored units.
    pub price: u64,
    /// A second family lay within 1 %.
    pub confirmed: bool,
    /// Too far from the slow price.
    pub jumped: bool,
}

/// The record a feed starts from: the reference price, invalid until the first report.
pub fn blank(feed: &Feed, evidence: Evidence) -> MarketRecord {
    let price = feed.reference;
    MarketRecord {
        price_bits: feed.price_bits,
        level: Validity::Invalid.byte(),
        sequence: 0,
        report_time: 0,
        publish_time: 0,
        live_since: 0,
        ages: feed.ages(),
        band: PackedBand {
            low: price,
            mid: price,
            high: price,
        },
        slow: price,
        regime: REGIME_ONE,
        regime_maintenance: REGIME_ONE,
        buckets: feed.buckets,
        bucket_seconds: feed.bucket_seconds,
        expiries: Vec::new(),
        pending: Vec::new(),
        newest_bucket: 0,
        slice_jump: 0,
        evidence,
    }
}

/// The next record.
///
/// Without a live source the prices stay as they were and the record turns *invalid* at once. Otherwise everything is
/// replaced; the slow price and the regime follow within their speeds, and only a median moves the slow price.
pub fn advance(feed: &Feed, mut record: MarketRecord, incoming: Incoming) -> Outcome {
    record.sequence = record.sequence.saturating_add(1);
    record.report_time = incoming.time;
    record.evidence = incoming.evidence;
    record.ages = feed.ages();
    let Some(spot) = incoming.spot else {
        record.level = Validity::Invalid.byte();
        return Outcome {
            record,
            observed: None,
        };
    };
    let time = u64::from(incoming.time);
    let passed = elapsed(&record, time);
    follow(feed, &mut record, &spot, passed);
    let target = regime_target(feed, incoming.realized_vol);
    let before = Regime {
        initial: record.regime,
        maintenance: record.regime_maintenance,
    };
    let regime = mover::regime(before, target, passed);
    (record.regime, record.regime_maintenance) = (regime.initial, regime.maintenance);
    // By block time: a report may be as old as the stale age when the chain goes on after a halt.
    if record.publish_time == 0 || incoming.now > gap_end(&record) {
        record.live_since = u32::try_from(incoming.now).unwrap_or(incoming.time);
    }
    record.publish_time = incoming.time;
    record.band = spot.band;
    record.expiries = incoming.expiries;
    if incoming.slice_jumped {
        record.slice_jump = incoming.time;
    }
    let spot_jumped = has_jumped(feed, &record);
    let level = level(feed, &record, &spot, spot_jumped, incoming.now);
    record.level = level.byte();
    let observed = observe(feed, &mut record, &spot, spot_jumped);
    Outcome { record, observed }
}

/// Seconds since the prices held; zero for the first.
fn elapsed(record: &MarketRecord, time: u64) -> u64 {
    let since = u64::from(record.publish_time);
    if since == 0 {
        0
    } else {
        time.saturating_sub(since)
    }
}

fn gap_end(record: &MarketRecord) -> u64 {
    u64::from(record.publish_time).saturating_add(MAX_GAP_SECONDS)
}

fn follow(feed: &Feed, record: &mut MarketRecord, spot: &Spot, passed: u64) {
    if spot.observation.is_some() {
        // A least price that rose may lie above it: less than a unit would leave it there for ever.
        let least = u64::from(passed > 0);
        let step = mover::step(record.slow, feed.policy().slow_rate, passed).max(least);
        record.slow = mover::toward(record.slow, spot.band.mid, step, step);
    }
}

/// `realised / normal`, between one and the policy's bound, units of `2^-24`.
fn regime_target(feed: &Feed, realized_vol: u32) -> u32 {
    let policy = feed.policy();
    let scaled = (u128::from(realized_vol) << 8).saturating_mul(decimal::ONE);
    let ratio = scaled
        .checked_div(u128::from(policy.normal_vol))
        .unwrap_or(0);
    let most = u128::from(policy.max_regime)
        .saturating_mul(u128::from(REGIME_ONE))
        .checked_div(decimal::ONE)
        .unwrap_or(0);
    u32::try_from(ratio.min(most))
        .unwrap_or(u32::MAX)
        .max(REGIME_ONE)
}

fn has_jumped(feed: &Feed, record: &MarketRecord) -> bool {
    let gap = record.band.mid.abs_diff(record.slow);
    !share_at_most(gap, record.slow, feed.policy().jump)
}

fn level(feed: &Feed, record: &MarketRecord, spot: &Spot, spot_jumped: bool, now: u64) -> Validity {
    let calm_at = u64::from(record.slice_jump).saturating_add(SLICE_JUMP_SECONDS);
    let slice_jumped = record.slice_jump != 0 && u64::from(record.publish_time) < calm_at;
    // Without a surface nothing can be marked: spot prices and observations go on, nothing opens.
    let bare = feed.kind() == FeedKind::Market && record.expiries.is_empty();
    let quarantined = feed.quarantine.holds(QUARANTINE_BIT, now);
    if spot_jumped || slice_jumped || bare || quarantined {
        spot.level.min(Validity::Jumped)
    } else {
        spot.level
    }
}

/// The observation of a bucket, made by its first usable report; later reports of that bucket make none.
fn observe(feed: &Feed, record: &mut MarketRecord, spot: &Spot, jumped: bool) -> Option<Observed> {
    let seconds = u32::from(feed.bucket_seconds);
    let bucket = record.publish_time.checked_div(seconds)?;
    let rule = permission(Validity::from_byte(record.level), Action::Settle);
    let usable = rule != Permission::Skip && bucket > record.newest_bucket;
    if !usable {
        return None;
    }
    let observation = spot.observation.as_ref()?;
    record.newest_bucket = bucket;
    let price = spot.band.mid;
    Some(Observed {
        bucket,
        price,
        confirmed: observation.confirmed,
        jumped,
    })
}

/// Adds an observation to a fixing in progress.
pub fn count(entry: &mut PackedPending, observed: &Observed) {
    entry.lowest = if entry.filled == 0 {
        observed.price
    } else {
        entry.lowest.min(observed.price)
    };
    entry.highest = entry.highest.max(observed.price);
    entry.filled = entry.filled.saturating_add(1);
    entry.confirmed = entry.confirmed.saturating_add(u8::from(observed.confirmed));
    entry.sum = entry.sum.saturating_add(observed.price);
}

/// Whether a bucket belongs to a window.
pub fn belongs(window: &Window, bucket: u32) -> bool {
    let (first, end) = window.range();
    (first..end).contains(&u64::from(bucket))
}

/// Expiries whose window has begun by `time` and that the record does not follow yet, ascending.
pub fn beginning(feed: &Feed, record: &MarketRecord, held: &[PackedExpiry], time: u64) -> Vec<u32> {
    let listed = held
        .iter()
        .chain(&record.expiries)
        .map(|entry| entry.expiry);
    let mut begun: Vec<u32> = listed
        .filter(|expiry| {
            feed.window(*expiry)
                .is_ok_and(|window| window.start() <= time)
        })
        .filter(|expiry| record.pending.iter().all(|entry| entry.expiry != *expiry))
        .collect();
    begun.sort_unstable();
    begun.dedup();
    begun
}
