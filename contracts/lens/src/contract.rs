//! Entry points.

use cosmwasm_std::{
    Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, entry_point, to_json_binary,
};
use protocol_api::lens::{ConfigResponse, InstantiateMsg, QueryMsg};
use protocol_std::funds;
use protocol_std::message::Message;
use protocol_std::version;

use crate::error::LensError;
use crate::query;
use crate::state::{self, Sources};

const NAME: &str = "optio:lens";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Keeps the two addresses.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    Message(msg): Message<InstantiateMsg>,
) -> Result<Response, LensError> {
    funds::none(&info.funds)?;
    version::stamp(deps.storage, NAME, VERSION)?;
    let sources = Sources {
        engine: deps.api.addr_validate(&msg.engine)?.into_string(),
        oracle: deps.api.addr_validate(&msg.oracle)?.into_string(),
    };
    state::save(deps.storage, &sources)?;
    Ok(Response::new())
}

/// Refuses everything.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    _deps: DepsMut,
    _env: Env,
    _info: MessageInfo,
    _msg: Empty,
) -> Result<Response, LensError> {
    Err(LensError::ReadOnly)
}

/// Answers a query.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, Message(msg): Message<QueryMsg>) -> Result<Binary, LensError> {
    let sources = state::load(deps.storage)?;
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&ConfigResponse {
            engine: sources.engine,
            oracle: sources.oracle,
        }),
        QueryMsg::Chain {
            market,
            expiry,
            start_after,
            limit,
        } => {
            let page = query::Page {
                expiry,
                start_after,
                limit,
            };
            to_json_binary(&query::chain(deps, &env, &sources, market, page)?)
        }
        QueryMsg::SettlementEstimate { market, expiry } => to_json_binary(
            &query::settlement_estimate(deps, &env, &sources, market, expiry)?,
        ),
    };
    Ok(answer?)
}

/// Moves to this version from an older one of the same contract.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(deps: DepsMut, _env: Env, _: Message<Empty>) -> Result<Response, LensError> {
    version::check_upgrade(deps.storage, NAME, VERSION)?;
    Ok(Response::new())
}
