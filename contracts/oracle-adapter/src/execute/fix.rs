//! `Fix`: makes a settlement price final. Writes `fixing`, and `record` if it followed the window.

use cosmwasm_std::{Binary, DepsMut, Env, Response, Storage};
use protocol_api::decimal::decimal_floor;
use protocol_api::event::TypedEvent;
use protocol_api::oracle::FixingMade;
use protocol_api::record::{FixingRecord, price_to_fx};
use protocol_std::expiry::seconds;
use risk::fixing::{self, Fixing, Observation, Window};
use sha2::{Digest, Sha256};

use crate::core::feed::{Feed, minutes};
use crate::error::{ContractError, FeedError};
use crate::state::{self, TapeEntry};
use crate::tape::{bucket_range, last_valid};

/// Fixes the expiry at unix seconds `at` by the first rung that is open.
pub fn run(deps: DepsMut<'_>, env: &Env, id: u16, at: u64) -> Result<Response, ContractError> {
    let (now, expiry) = (env.block.time.seconds(), minutes(at)?);
    let feed = state::feed(deps.storage, id, now)?;
    if state::fixing(deps.storage, id, expiry)?.is_some() {
        return Err(ContractError::AlreadyFixed { expiry: at });
    }
    let window = feed.window(expiry)?;
    check_closed(deps.storage, id, &feed, &window, now)?;

    let evidence = gather(deps.storage, id, &feed, &window)?;
    let made = fixing::fix(&window, &evidence.observations, evidence.before, now)?;

    let record = evidence.record(&feed, &made, now)?;
    let event = event(id, expiry, &record);
    state::save_fixing(deps.storage, id, expiry, record)?;
    forget(deps.storage, id, expiry)?;
    Ok(Response::new().add_event(event.to_event()))
}

/// No report with an observation of the window can come any more: a later report is held, or one of the
/// window would be stale on arrival.
fn check_closed(
    storage: &dyn Storage,
    id: u16,
    feed: &Feed,
    window: &Window,
    now: u64,
) -> Result<(), ContractError> {
    let newest = state::record(storage, id)?.map_or(0, |(record, _)| u64::from(record.report_time));
    let until = window.expiry.saturating_add(u64::from(feed.ages().stale));
    if newest >= window.expiry || now > until {
        return Ok(());
    }
    Err(ContractError::WindowOpen { until })
}

/// What was observed of a window.
pub struct Gathered {
    /// In time order.
    pub observations: Vec<Observation>,
    /// The last valid price before the window.
    pub before: Option<fixed_math::Fx>,
    /// Digest over the entries used.
    pub digest: [u8; 32],
}

/// Reads the window's observations from the tape.
pub fn gather(
    storage: &dyn Storage,
    id: u16,
    feed: &Feed,
    window: &Window,
) -> Result<Gathered, ContractError> {
    let range = bucket_range(window.range());
    let entries = state::tape_between(storage, id, range, usize::from(feed.buckets))?;
    let mut hash = Sha256::new();
    let mut observations = Vec::with_capacity(entries.len());
    for (bucket, entry) in &entries {
        hash.update(bucket.to_be_bytes());
        hash.update(entry.price.to_be_bytes());
        hash.update([u8::from(entry.confirmed), u8::from(entry.jumped())]);
        hash.update(entry.signers.to_be_bytes());
        hash.update(entry.digest);
        observations.push(observation(feed, entry)?);
    }
    let before = last_valid(storage, id, feed, range.0)?;
    let before = before.and_then(|price| price_to_fx(price, feed.price_bits));
    Ok(Gathered {
        observations,
        before,
        digest: hash.finalize().into(),
    })
}

fn observation(feed: &Feed, entry: &TapeEntry) -> Result<Observation, ContractError> {
    let price = price_to_fx(entry.price, feed.price_bits);
    let price = price.ok_or(protocol_api::record::RecordError::Corrupt)?;
    Ok(Observation {
        price,
        confirmed: entry.confirmed,
    })
}

impl Gathered {
    /// Buckets filled, and confirmed.
    pub fn counts(&self) -> (u8, u8) {
        let confirmed = self.observations.iter().filter(|o| o.confirmed).count();
        let narrow = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
        (narrow(self.observations.len()), narrow(confirmed))
    }

    fn record(&self, feed: &Feed, made: &Fixing, now: u64) -> Result<FixingRecord, ContractError> {
        let (filled, confirmed) = self.counts();
        Ok(FixingRecord {
            price_bits: feed.price_bits,
            rung: made.rung as u8,
            filled,
            confirmed,
            price: made.price,
            fixed_at: u32::try_from(now).map_err(|_| FeedError::Range {
                field: "block time",
            })?,
            evidence: self.digest,
        })
    }
}

fn event(feed: u16, expiry: u32, record: &FixingRecord) -> FixingMade {
    FixingMade {
        feed,
        expiry: seconds(expiry),
        price: decimal_floor(record.price),
        rung: record.rung,
        filled: record.filled,
        evidence: Binary::from(record.evidence),
    }
}

/// The record stops following the fixing, and its slice with it.
fn forget(storage: &mut dyn Storage, id: u16, expiry: u32) -> Result<(), ContractError> {
    let Some((mut record, _)) = state::record(storage, id)? else {
        return Ok(());
    };
    let before = (record.pending.len(), record.expiries.len());
    record.pending.retain(|entry| entry.expiry != expiry);
    record.expiries.retain(|entry| entry.expiry != expiry);
    if before != (record.pending.len(), record.expiries.len()) {
        state::save_record(storage, id, &record)?;
    }
    Ok(())
}
