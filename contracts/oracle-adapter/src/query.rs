//! Read models: stored integers in human units, in bounded pages.

mod feeds;
mod fixings;
mod records;
mod signers;

use cosmwasm_std::{Binary, Deps, Env, to_json_binary};
use protocol_api::oracle::QueryMsg;
use protocol_std::pagination::limit as page;

use crate::error::ContractError;

/// Answers a query.
pub fn answer(deps: Deps<'_>, env: &Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let (storage, now) = (deps.storage, env.block.time.seconds());
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&signers::config(storage, now)?),
        QueryMsg::Feed { feed } => to_json_binary(&feeds::feed(storage, feed, now)?),
        QueryMsg::Feeds { start_after, limit } => {
            to_json_binary(&feeds::feeds(storage, start_after, page(limit), now)?)
        }
        QueryMsg::Record { feed } => to_json_binary(&records::record(storage, feed, now)?),
        QueryMsg::Validity { feed } => to_json_binary(&records::validity(storage, feed, now)?),
        QueryMsg::AllowedActions { feed } => {
            to_json_binary(&records::allowed_actions(storage, feed, now)?)
        }
        QueryMsg::Fixing { feed, expiry } => {
            to_json_binary(&fixings::fixing(storage, feed, expiry, now)?)
        }
        QueryMsg::Progress { feed, expiry } => {
            to_json_binary(&fixings::progress(storage, feed, expiry, now)?)
        }
        QueryMsg::Fixings {
            feed,
            start_after,
            limit,
        } => to_json_binary(&fixings::fixings(storage, feed, start_after, page(limit))?),
        QueryMsg::FixingEvidence {
            feed,
            expiry,
            start_after,
            limit,
        } => {
            let (of, limit) = (fixings::WindowOf { feed, expiry }, page(limit));
            to_json_binary(&fixings::evidence(storage, &of, start_after, limit, now)?)
        }
        QueryMsg::SignerEpoch { epoch } => to_json_binary(&signers::epoch(storage, epoch)?),
        QueryMsg::SignerEpochs { start_after, limit } => {
            to_json_binary(&signers::epochs(storage, start_after, page(limit))?)
        }
    };
    Ok(answer?)
}
