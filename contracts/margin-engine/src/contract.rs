//! Entry points: stamp, authorise, dispatch.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response};
use protocol_api::access::{Role, role};
use protocol_api::engine::{ACCESS, ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};
use protocol_std::message::Message;
use protocol_std::{funds, ownership};

use crate::error::EngineError;
use crate::{execute, instantiate as setup, migrate as migration, query as answer, state};

/// Stamps name and version, sets owner, oracle, parameters and the quote coin.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    Message(msg): Message<InstantiateMsg>,
) -> Result<Response, EngineError> {
    funds::none(&info.funds)?;
    migration::stamp(deps.storage)?;
    setup::instantiate(deps, msg)
}

/// Authorises and dispatches a message.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    Message(msg): Message<ExecuteMsg>,
) -> Result<Response, EngineError> {
    authorise(deps.as_ref(), &info, &msg)?;
    execute::dispatch(deps, &env, &info, msg)
}

/// Answers a query.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps, env: Env, Message(msg): Message<QueryMsg>) -> Result<Binary, EngineError> {
    answer::query(deps, &env, msg)
}

/// Moves to this version from an older one of the same contract.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(deps: DepsMut, _env: Env, _: Message<MigrateMsg>) -> Result<Response, EngineError> {
    migration::migrate(deps.storage)
}

/// The gate: coins only where a message takes them, and the roles that need no account. The roles of
/// accounts, venues and offers are decided by the message that names them.
fn authorise(deps: Deps, info: &MessageInfo, msg: &ExecuteMsg) -> Result<(), EngineError> {
    if !msg.takes_coins() {
        funds::none(&info.funds)?;
    }
    match role(ACCESS, msg.name()).ok_or(EngineError::Unauthorized)? {
        Role::Owner => Ok(ownership::assert_owner(deps.storage, &info.sender)?),
        Role::Guardian => {
            let guardian = state::load_config(deps.storage)?.guardian;
            assert_is(guardian, info)
        }
        Role::Protocol => assert_is(state::load_liquidator(deps.storage)?, info),
        Role::Anyone
        | Role::PendingOwner
        | Role::Quorum
        | Role::AccountOwner
        | Role::AccountDelegate
        | Role::AccountDelegateOrDebtor
        | Role::Venue => Ok(()),
    }
}

fn assert_is(named: Option<String>, info: &MessageInfo) -> Result<(), EngineError> {
    if named.is_some_and(|known| known == info.sender.as_str()) {
        Ok(())
    } else {
        Err(EngineError::Unauthorized)
    }
}
