//! A contract that runs the mathematics crates on the VM, for gas and bit-for-bit comparison.
//!
//! One query: a function and a batch of argument rows, each argument an I64F64 bit pattern of
//! sixteen little-endian bytes; the answer is a row of results or an error code per row (see
//! [`rows`]). What a function costs is the gas of its query less that of [`Function::Identity`] on the same batch.
//!
//! The baselines that the kernels are measured against live in here as well, and only here.

mod baseline;
mod function;
mod grid;
pub mod rows;

pub use function::{Function, evaluate};

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{
    Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdResult, entry_point,
    to_json_binary,
};

/// Nothing to set up.
#[cw_serde]
pub struct InstantiateMsg {}

/// The one query.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Runs a function over a batch.
    #[returns(Binary)]
    Run {
        /// Which function.
        function: Function,
        /// Rows of arguments.
        input: Binary,
    },
}

/// Nothing to set up.
///
/// # Errors
/// None.
#[entry_point]
pub fn instantiate(_: DepsMut, _: Env, _: MessageInfo, _: InstantiateMsg) -> StdResult<Response> {
    Ok(Response::new())
}

/// Nothing to execute.
///
/// # Errors
/// None.
#[entry_point]
pub fn execute(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

/// Answers the query.
///
/// # Errors
/// When the answer cannot be serialised.
#[entry_point]
pub fn query(_: Deps, _: Env, message: QueryMsg) -> StdResult<Binary> {
    let QueryMsg::Run { function, input } = message;
    to_json_binary(&Binary::from(rows::run(function, &input)))
}
