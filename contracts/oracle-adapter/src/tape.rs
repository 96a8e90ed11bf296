//! What the tape of a feed tells of a window: every expiry's, because all windows share its buckets.

use cosmwasm_std::Storage;
use protocol_api::record::PackedPending;

use crate::core::advance::{self, Observed};
use crate::core::feed::Feed;
use crate::error::ContractError;
use crate::state;

/// What has been observed so far of the window of an expiry.
pub fn progress(
    storage: &dyn Storage,
    id: u16,
    feed: &Feed,
    expiry: u32,
) -> Result<PackedPending, ContractError> {
    let range = bucket_range(feed.window(expiry)?.range());
    let before = last_valid(storage, id, feed, range.0)?;
    let before = before.unwrap_or(feed.reference);
    let mut entry = PackedPending {
        expiry,
        filled: 0,
        confirmed: 0,
        sum: 0,
        lowest: 0,
        highest: 0,
        before,
    };
    for (bucket, seen) in state::tape_between(storage, id, range, usize::from(feed.buckets))? {
        let observed = Observed {
            bucket,
            price: seen.price,
            confirmed: seen.confirmed,
            jumped: seen.jumped(),
        };
        advance::count(&mut entry, &observed);
    }
    Ok(entry)
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
