//! Settlement prices: final ones, estimates, and the observations behind them.

use cosmwasm_std::{Binary, Storage};
use protocol_api::decimal::decimal_floor;
use protocol_api::oracle::{
    BandView, FixingEvidenceResponse, FixingResponse, FixingsResponse, ObservationView,
    ProgressResponse,
};
use protocol_api::record::{FixingRecord, to_state};
use protocol_std::expiry::seconds;

use super::records;
use crate::core::feed::{from_stored, minutes};
use crate::error::{ContractError, FeedError};
use crate::execute::gather;
use crate::state;
use crate::tape::{self, bucket_range};

pub fn fixing(
    storage: &dyn Storage,
    feed: u16,
    expiry: u64,
    now: u64,
) -> Result<FixingResponse, ContractError> {
    let expiry = minutes(expiry)?;
    match state::fixing(storage, feed, expiry)? {
        Some(made) => Ok(view(feed, expiry, &made)),
        None => estimate(storage, feed, expiry, now),
    }
}

fn view(feed: u16, expiry: u32, made: &FixingRecord) -> FixingResponse {
    let price = decimal_floor(made.price);
    FixingResponse {
        feed,
        expiry: seconds(expiry),
        price: Some(price),
        rung: Some(made.rung),
        fixed_at: Some(u64::from(made.fixed_at)),
        filled: u32::from(made.filled),
        confirmed: u32::from(made.confirmed),
        hull: BandView {
            low: price,
            mid: price,
            high: price,
        },
        evidence: Some(Binary::from(made.evidence)),
    }
}

/// Before it is final: the hull of what the ladder can still return, as margin knows it.
fn estimate(
    storage: &dyn Storage,
    id: u16,
    expiry: u32,
    now: u64,
) -> Result<FixingResponse, ContractError> {
    let feed = state::feed(storage, id, now)?;
    let (mut record, _) = state::record(storage, id)?.ok_or(FeedError::Silent { feed: id })?;
    if record.pending.iter().all(|entry| entry.expiry != expiry) {
        record
            .pending
            .push(tape::progress(storage, id, &feed, expiry)?);
    }
    let (filled, confirmed) = gather(storage, id, &feed, &feed.window(expiry)?)?.counts();
    let known = to_state(id, &record, now)?;
    Ok(FixingResponse {
        feed: id,
        expiry: seconds(expiry),
        price: None,
        rung: None,
        fixed_at: None,
        filled: u32::from(filled),
        confirmed: u32::from(confirmed),
        hull: records::band(&records::hull(&known, expiry)),
        evidence: None,
    })
}

/// The window so far, as the market record would keep it.
pub fn progress(
    storage: &dyn Storage,
    id: u16,
    expiry: u64,
    now: u64,
) -> Result<ProgressResponse, ContractError> {
    let feed = state::feed(storage, id, now)?;
    let seen = tape::progress(storage, id, &feed, minutes(expiry)?)?;
    Ok(ProgressResponse {
        filled: seen.filled,
        confirmed: seen.confirmed,
        sum: seen.sum.into(),
        lowest: seen.lowest.into(),
        highest: seen.highest.into(),
        before: seen.before.into(),
    })
}

pub fn fixings(
    storage: &dyn Storage,
    feed: u16,
    after: Option<u64>,
    limit: usize,
) -> Result<FixingsResponse, ContractError> {
    let after = after.map(minutes).transpose()?;
    let found = state::fixings(storage, feed, after, limit)?;
    let fixings = found
        .iter()
        .map(|(expiry, made)| view(feed, *expiry, made))
        .collect();
    Ok(FixingsResponse { fixings })
}

/// Whose fixing window.
pub struct WindowOf {
    pub feed: u16,
    /// Unix seconds.
    pub expiry: u64,
}

/// Its observations after a bucket.
pub fn evidence(
    storage: &dyn Storage,
    of: &WindowOf,
    after: Option<u32>,
    limit: usize,
    now: u64,
) -> Result<FixingEvidenceResponse, ContractError> {
    let feed = state::feed(storage, of.feed, now)?;
    let (first, end) = bucket_range(feed.window(minutes(of.expiry)?)?.range());
    let start = after.map_or(first, |after| after.saturating_add(1).max(first));
    let found = state::tape_between(storage, of.feed, (start, end), limit)?;
    let observations = found.iter().map(|(bucket, entry)| ObservationView {
        bucket: *bucket,
        price: from_stored(entry.price, feed.price_bits),
        confirmed: entry.confirmed,
        jumped: entry.jumped(),
        evidence: records::evidence(&entry.evidence()),
    });
    Ok(FixingEvidenceResponse {
        observations: observations.collect(),
    })
}
