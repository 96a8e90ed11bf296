//! What `Publish` and `Refresh` share: advance the record, keep the observation, follow windows, emit. The first report
//! after a new policy took effect also writes `feed`.

use cosmwasm_std::{Binary, Response, Storage};
use protocol_api::event::TypedEvent;
use protocol_api::oracle::{ReportAccepted, Validity};
use protocol_api::record::{MAX_PENDING, MarketRecord, PackedExpiry};

use crate::core::advance::{self, Incoming, Observed, Outcome};
use crate::core::feed::{Feed, from_stored};
use crate::error::ContractError;
use crate::state::{self, TapeEntry};
use crate::tape;

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
    // Once a policy: every report to come would read what was replaced.
    if feed.is_behind {
        state::save_feed(storage, id, feed)?;
    }
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
    /// At most [`MAX_PENDING`] are followed, of the surface; any other is known from the tape all the same.
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
            record
                .pending
                .push(tape::progress(storage, self.id, self.feed, expiry)?);
        }
        record.pending.sort_unstable_by_key(|entry| entry.expiry);
        Ok(())
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
            let valid = tape::last_valid(storage, self.id, self.feed, observed.bucket)?;
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
            let (first, _) = tape::bucket_range(self.feed.window(oldest.expiry)?.range());
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
