//! `SetPolicy`: replaces what may change of a feed. Writes `feed`, `names`.

use cosmwasm_std::{DepsMut, Response};
use protocol_api::event::TypedEvent;
use protocol_api::oracle::{FeedPolicy, PolicySet};

use super::add_feed::check_addresses;
use crate::core::feed;
use crate::error::ContractError;
use crate::state;

/// Replaces the policy; it applies from the next report.
pub fn run(deps: DepsMut<'_>, id: u16, policy: &FeedPolicy) -> Result<Response, ContractError> {
    check_addresses(&deps, policy)?;
    let mut feed = state::feed(deps.storage, id)?;
    feed.policy = feed::policy(policy, feed.price_bits)?;
    let mut names = state::names(deps.storage, id)?;
    names.sources = feed::source_names(policy);
    state::save_feed(deps.storage, id, &feed)?;
    state::save_names(deps.storage, id, &names)?;
    Ok(Response::new().add_event(PolicySet { feed: id }.to_event()))
}
