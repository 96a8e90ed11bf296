//! `Quarantine` and `LiftQuarantine`: no opening trades on a feed for a while. Write `feed`, and `record` when it tightens.

use cosmwasm_std::{DepsMut, Env, Response};
use protocol_api::event::TypedEvent;
use protocol_api::oracle::{QuarantineLifted, QuarantineSet, Validity};

use crate::core::advance::QUARANTINE_BIT;
use crate::error::ContractError;
use crate::state;

/// Caps the feed's level at *jumped*, at once and for `seconds`: nothing opens, liquidations go on.
pub fn impose(
    deps: DepsMut<'_>,
    env: &Env,
    id: u16,
    seconds: u64,
) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let mut feed = state::feed(deps.storage, id, now)?;
    feed.quarantine = feed
        .quarantine
        .impose(QUARANTINE_BIT, QUARANTINE_BIT, seconds, now)?;
    state::save_feed(deps.storage, id, &feed)?;
    if let Some((mut record, _)) = state::record(deps.storage, id)? {
        record.level = record.level.min(Validity::Jumped.byte());
        state::save_record(deps.storage, id, &record)?;
    }
    let event = QuarantineSet {
        feed: id,
        until: feed.quarantine.until,
    };
    Ok(Response::new().add_event(event.to_event()))
}

/// Ends it; the level recovers with the next report.
pub fn lift(deps: DepsMut<'_>, env: &Env, id: u16) -> Result<Response, ContractError> {
    let mut feed = state::feed(deps.storage, id, env.block.time.seconds())?;
    feed.quarantine = feed.quarantine.lift();
    state::save_feed(deps.storage, id, &feed)?;
    Ok(Response::new().add_event(QuarantineLifted { feed: id }.to_event()))
}
