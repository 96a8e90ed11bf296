//! What `Publish` and `Refresh` share: advance the record, keep the observation, follow windows, emit.

use cosmwasm_std::{Binary, Response, Storage};
use protocol_api::event::TypedEvent;
use protocol_api::oracle::{ReportAccepted, Validity};
use protocol_api::record::{MAX_PENDING, MarketRecord, PackedExpiry, PackedPending};

use crate::core::advance::{self, Incoming, Observed, Outcome};
use crate::core::feed::{Feed, from_stored};
use crate::error::ContractError;
use crate::state::{self, TapeEntry};

/// Observations are kept this long: 10 days, which is longer than any rung needs.
const RETENTION_SECONDS: u32 = 10 * 24 * 3_600;

/// Stores a checked report.
pub fn run(
    storage: &mut dyn Storage,
    id: u16,
    feed: &Feed,
    held: Option<MarketRecord>,
    incoming: Incoming,
) -> Result<Response, ContractError> {
    let time = u64::from(incoming.time);
    let before = held.unwrap_or_else(|| advance::blank(feed, incoming.evidence));
    let held_expiries = before.expiries.clone();
    let Outcome {
        mut record,
        observed,
    } = advance::advance(feed, before, incoming);

    let target = Target { id, feed };
    target.follow(storage, &mut record, &held_expiries, time)?;
    if let Some(observed) = observed {
        target.observe(storage, &mut record, &observed)?;
    }
    state::save_record(storage, id, &record)?;
    Ok(Response::new().add_event(event(id, feed, &record).to_event()))
}

fn event(id: u16, feed: &Feed, record: &MarketRecord) -> ReportAccepted {
    ReportAccepted {
        feed: id,
        sequence: record.sequence,
        time: record.report_time,
        validity: Validity::from_byte(record.level),
        mid: from_stored(record.band.mid, feed.price_bits),
        epoch: record.evidence.epoch,
        signers: record.evidence.signers,
        digest: Binary::from(record.evidence.digest),
    }
}

struct Target<'a> {
    id: u16,
    feed: &'a Feed,
}

impl Target<'_> {
    /// Begins to follow the fixings whose window has begun.
    ///
    /// At most [`MAX_PENDING`] are followed; one beyond is fixed from the tape all the same.
    fn follow(
        &self,
        storage: &dyn Storage,
        record: &mut MarketRecord,
        held: &[PackedExpiry],
        time: u64,
    ) -> Result<(), ContractError> {
        for expiry in advance::beginning(self.feed, record, held, time) {
            if record.pending.len() >= MAX_PENDING
                || state::fixing(storage, self.id, expiry)?.is_some()
            {
                continue;
            }
            record.pending.push(self.begin(storage, expiry)?);
        }
        record.pending.sort_unstable_by_key(|entry| entry.expiry);
        Ok(())
    }

    /// What the tape already holds of a window.
    fn begin(&self, storage: &dyn Storage, expiry: u32) -> Result<PackedPending, ContractError> {
        let window = self.feed.window(expiry)?;
        let range = bucket_range(window.range());
        let before = last_valid(storage, self.id, self.feed, range.0)?;
        let before = before.unwrap_or(self.feed.reference);
        let mut entry = PackedPending {
            expiry,
            filled: 0,
            confirmed: 0,
            sum: 0,
            lowest: 0,
            highest: 0,
            before,
        };
        let most = usize::from(self.feed.buckets);
        for (bucket, seen) in state::tape_between(storage, self.id, range, most)? {
            let jumped = seen.jumped();
            let TapeEntry {
                price, confirmed, ..
            } = seen;
            advance::count(
                &mut entry,
                &Observed {
                    bucket,
                    price,
                    confirmed,
                    jumped,
                },
            );
        }
        Ok(entry)
    }

    /// Writes the observation to the tape and adds it to the windows it belongs to.
    fn observe(
        &self,
        storage: &mut dyn Storage,
        record: &mut MarketRecord,
        observed: &Observed,
    ) -> Result<(), ContractError> {
        let evidence = record.evidence;
        let mut valid_before = None;
        if observed.jumped {
            let valid = last_valid(storage, self.id, self.feed, observed.bucket)?;
            valid_before = Some(valid.unwrap_or(self.feed.reference));
        }
        let entry = TapeEntry {
            price: observed.price,
            confirmed: observed.confirmed,
            valid_before,
            epoch: evidence.epoch,
            signers: evidence.signers,
            digest: evidence.digest,
        };
        state::save_tape(storage, self.id, observed.bucket, &entry)?;
        for entry in &mut record.pending {
            if advance::belongs(&self.feed.window(entry.expiry)?, observed.bucket) {
                advance::count(entry, observed);
            }
        }
        self.prune(storage, record, observed.bucket)
    }

    /// Deletes at most one observation that no fixing can need any more.
    ///
    /// Needed are: everything younger than ten days, everything in a followed window, and one observation
    /// before that, which knows the last valid price.
    fn prune(
        &self,
        storage: &mut dyn Storage,
        record: &MarketRecord,
        bucket: u32,
    ) -> Result<(), ContractError> {
        let seconds = u32::from(self.feed.bucket_seconds);
        let kept = RETENTION_SECONDS.checked_div(seconds).unwrap_or(0);
        let mut cutoff = bucket.saturating_sub(kept);
        if let Some(oldest) = record.pending.first() {
            let (first, _) = bucket_range(self.feed.window(oldest.expiry)?.range());
            cutoff = cutoff.min(first);
        }
        let oldest = state::oldest_tape(storage, self.id, 2)?;
        if let [(first, _), (second, _)] = oldest.as_slice()
            && *second < cutoff
        {
            state::remove_tape(storage, self.id, *first);
        }
        Ok(())
    }
}

/// A window's range in the tape's numbers.
pub fn bucket_range(range: (u64, u64)) -> (u32, u32) {
    let narrow = |bucket: u64| u32::try_from(bucket).unwrap_or(u32::MAX);
    (narrow(range.0), narrow(range.1))
}

/// The last valid price below a bucket; before any observation the reference price, for expiries after the
/// feed was added.
pub fn last_valid(
    storage: &dyn Storage,
    id: u16,
    feed: &Feed,
    bucket: u32,
) -> Result<Option<u64>, ContractError> {
    let newest = state::tape_before(storage, id, bucket, 1)?;
    if let Some((_, entry)) = newest.first() {
        return Ok(Some(entry.last_valid()));
    }
    let length = u32::from(feed.bucket_seconds).saturating_mul(u32::from(feed.buckets));
    let start = bucket.saturating_mul(u32::from(feed.bucket_seconds));
    let known = start.saturating_add(length) > feed.added_at;
    Ok(known.then_some(feed.reference))
}
