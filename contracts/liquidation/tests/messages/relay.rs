//! A contract that acts again while its own message is still under way: it sends the first of its messages, and each next one
//! from the reply to the one before, whether that passed or not.

use cosmwasm_std::{
    CosmosMsg, DepsMut, Empty, Env, MessageInfo, Reply, Response, StdError, StdResult, Storage,
    SubMsg, from_json, to_json_binary,
};
use cw_multi_test::{Contract, ContractWrapper};

const LEFT: &[u8] = b"left";
/// Which messages passed, a byte each.
pub const PASSED: &[u8] = b"passed";

/// The contract; its message is the list of those that it sends.
pub fn contract() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new(execute, instantiate, query).with_reply(reply))
}

fn instantiate(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn query(_: cosmwasm_std::Deps, _: Env, _: Empty) -> StdResult<cosmwasm_std::Binary> {
    Err(StdError::msg("it is asked nothing"))
}

fn execute(deps: DepsMut, _: Env, _: MessageInfo, all: Vec<CosmosMsg>) -> StdResult<Response> {
    deps.storage.remove(PASSED);
    next(deps.storage, all)
}

fn reply(deps: DepsMut, _: Env, reply: Reply) -> StdResult<Response> {
    let mut passed = deps.storage.get(PASSED).unwrap_or_default();
    passed.push(u8::from(reply.result.is_ok()));
    deps.storage.set(PASSED, &passed);
    let left = from_json(deps.storage.get(LEFT).unwrap_or_default())?;
    next(deps.storage, left)
}

fn next(storage: &mut dyn Storage, mut left: Vec<CosmosMsg>) -> StdResult<Response> {
    if left.is_empty() {
        return Ok(Response::new());
    }
    let first = SubMsg::reply_always(left.remove(0), 0);
    storage.set(LEFT, &to_json_binary(&left)?);
    Ok(Response::new().add_submessage(first))
}
