//! Entry points: stamp, dispatch. No message takes coins.

use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response, entry_point};
use protocol_api::exchange::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};
use protocol_std::funds;
use protocol_std::message::Message;

use crate::error::ContractError;
use crate::{execute, migrate as migration, query as answer, state};

/// Stamps name and version, fixes the engine.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    Message(msg): Message<InstantiateMsg>,
) -> Result<Response, ContractError> {
    funds::none(&info.funds)?;
    let engine = deps.api.addr_validate(&msg.engine)?;
    migration::stamp(deps.storage)?;
    state::save_engine(deps.storage, &engine)?;
    Ok(Response::new())
}

/// Dispatches a message.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    Message(msg): Message<ExecuteMsg>,
) -> Result<Response, ContractError> {
    funds::none(&info.funds)?;
    match msg {
        ExecuteMsg::TakeQuotes(order) => {
            execute::take_quotes::take_quotes(deps.storage, deps.api, &env, info.sender, order)
        }
        ExecuteMsg::CancelQuotes { account, from, to } => execute::cancel_quotes::cancel_quotes(
            deps.storage,
            deps.querier,
            info.sender,
            account,
            (from, to),
        ),
        ExecuteMsg::PruneQuotes { account, nonces } => {
            execute::prune_quotes::prune_quotes(deps.storage, account, &nonces)
        }
    }
}

/// Answers a query.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(
    deps: Deps,
    env: Env,
    Message(msg): Message<QueryMsg>,
) -> Result<Binary, ContractError> {
    answer::query(deps, &env, msg)
}

/// Moves to this version from an older one of the same contract.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(
    deps: DepsMut,
    _env: Env,
    _: Message<MigrateMsg>,
) -> Result<Response, ContractError> {
    migration::migrate(deps.storage)
}
