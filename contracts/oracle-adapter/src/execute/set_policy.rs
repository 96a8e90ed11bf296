//! `SetPolicy`: plans what may change of a feed. Writes `feed`, `names`.

use cosmwasm_std::{DepsMut, Env, Response};
use protocol_api::event::TypedEvent;
use protocol_api::oracle::{FeedPolicy, PolicySet};
use protocol_std::timed::effective_range;

use super::add_feed::check_addresses;
use crate::core::feed;
use crate::error::{ContractError, FeedError};
use crate::state;

/// Plans a policy, with the names of its sources; replaces what was planned and is not yet in force.
pub fn run(
    deps: DepsMut<'_>,
    env: &Env,
    id: u16,
    policy: &FeedPolicy,
    effective_at: u64,
) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    check_time(effective_at, now)?;
    check_addresses(&deps, policy)?;
    let mut feed = state::feed(deps.storage, id, now)?;
    let stored = feed::policy(policy, feed.price_bits)?;
    let mut names = state::names(deps.storage, id, now)?;
    feed.policy.plan(stored, effective_at, now);
    names
        .sources
        .plan(feed::source_names(policy), effective_at, now);
    // One that is in force at once leaves nothing of the old one behind.
    feed.policy.catch_up(now);
    names.sources.catch_up(now);
    state::save_feed(deps.storage, id, &feed)?;
    state::save_names(deps.storage, id, &names)?;
    let set = PolicySet {
        feed: id,
        effective_at,
    };
    Ok(Response::new().add_event(set.to_event()))
}

fn check_time(effective_at: u64, now: u64) -> Result<(), FeedError> {
    let possible = effective_range(now, 0);
    if possible.contains(&effective_at) {
        Ok(())
    } else {
        Err(FeedError::Time {
            earliest: *possible.start(),
            latest: *possible.end(),
        })
    }
}
