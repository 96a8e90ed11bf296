//! `AddFeed`: a new feed, which starts from its reference price. Writes `feed`, `names`.

use cosmwasm_std::{DepsMut, Env, Response};
use protocol_api::event::TypedEvent;
use protocol_api::oracle::{Driver, FeedAdded, FeedPolicy, FeedTerms};

use super::address;
use crate::core::feed;
use crate::error::{ContractError, FeedError};
use crate::state;

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
    let (mut feed, names) = feed::new_feed(terms, policy)?;
    let now = u32::try_from(env.block.time.seconds());
    feed.added_at = now.map_err(|_| FeedError::Range { field: "time" })?;
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
