//! `AddFeed`: a new feed, its tape seeded with the reference price. Writes `feed`, `names`, `tape`.

use cosmwasm_std::{DepsMut, Env, Response};
use protocol_api::event::TypedEvent;
use protocol_api::oracle::{Driver, FeedAdded, FeedPolicy, FeedTerms};

use super::address;
use crate::core::advance::NO_EVIDENCE;
use crate::core::feed;
use crate::error::{ContractError, FeedError};
use crate::state::{self, TapeEntry};

/// Adds a feed.
pub fn run(
    deps: DepsMut<'_>,
    env: &Env,
    id: u16,
    terms: &FeedTerms,
    policy: &FeedPolicy,
) -> Result<Response, ContractError> {
    if state::has_feed(deps.storage, id) {
        return Err(FeedError::Exists { feed: id }.into());
    }
    check_addresses(&deps, policy)?;
    let (feed, names) = feed::new_feed(terms, policy)?;
    let bucket = env
        .block
        .time
        .seconds()
        .checked_div(u64::from(feed.bucket_seconds));
    let bucket = bucket.and_then(|bucket| u32::try_from(bucket).ok());
    let bucket = bucket.ok_or(FeedError::Range { field: "fixing" })?;
    let seed = TapeEntry {
        price: feed.reference,
        confirmed: false,
        jumped: false,
        epoch: 0,
        signers: 0,
        digest: NO_EVIDENCE.digest,
    };
    // One bucket back, so that the seed never counts as an observation of a window that begins now.
    state::save_tape(deps.storage, id, bucket.saturating_sub(1), &seed)?;
    state::save_feed(deps.storage, id, &feed)?;
    state::save_names(deps.storage, id, &names)?;
    let added = FeedAdded {
        feed: id,
        symbol: names.symbol,
    };
    Ok(Response::new().add_event(added.to_event()))
}

/// Every contract source is an address.
pub fn check_addresses(deps: &DepsMut<'_>, policy: &FeedPolicy) -> Result<(), ContractError> {
    for source in &policy.sources {
        if let Driver::Contract {
            address: contract, ..
        } = &source.driver
        {
            address(deps.api, contract)?;
        }
    }
    Ok(())
}
