//! One message per file: check, load, compute, save, emit.

mod add_feed;
mod fix;
mod ownership;
mod publish;
mod quarantine;
mod refresh;
mod rotate_signers;
mod set_guardian;
mod set_policy;
mod store_report;

pub use fix::gather;

use cosmwasm_std::{Addr, Api, DepsMut, Env, MessageInfo, Response};
use protocol_api::oracle::ExecuteMsg;

use crate::error::ContractError;

/// Runs a message whose sender has been authorised.
pub fn run(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    match msg {
        ExecuteMsg::Publish { report, signatures } => publish::run(deps, env, &report, &signatures),
        ExecuteMsg::Refresh { feed } => refresh::run(deps, env, feed),
        ExecuteMsg::Fix { feed, expiry } => fix::run(deps, env, feed, expiry),
        ExecuteMsg::AddFeed {
            feed,
            terms,
            policy,
        } => add_feed::run(deps, env, feed, &terms, &policy),
        ExecuteMsg::SetPolicy {
            feed,
            policy,
            effective_at,
        } => set_policy::run(deps, env, feed, &policy, effective_at),
        ExecuteMsg::RotateSigners {
            signers,
            threshold,
            overlap_seconds,
        } => {
            let next = rotate_signers::Next {
                signers,
                threshold,
                overlap: overlap_seconds,
            };
            rotate_signers::run(deps, env, &next)
        }
        ExecuteMsg::SetGuardian { guardian } => set_guardian::run(deps, guardian.as_deref()),
        ExecuteMsg::Quarantine { feed, seconds } => quarantine::impose(deps, env, feed, seconds),
        ExecuteMsg::LiftQuarantine { feed } => quarantine::lift(deps, env, feed),
        ExecuteMsg::ProposeOwner { owner, expires_at } => {
            ownership::propose(deps, env, info, &owner, expires_at)
        }
        ExecuteMsg::CancelOwnerProposal {} => ownership::cancel(deps, info),
        ExecuteMsg::AcceptOwner {} => ownership::accept(deps, env, info),
    }
}

/// A validated address.
pub fn address(api: &dyn Api, text: &str) -> Result<Addr, ContractError> {
    let refused = |_| ContractError::Address {
        address: text.to_owned(),
    };
    api.addr_validate(text).map_err(refused)
}

/// A validated address, if any.
pub fn optional_address(
    api: &dyn Api,
    text: Option<&str>,
) -> Result<Option<String>, ContractError> {
    text.map(|text| address(api, text).map(Addr::into_string))
        .transpose()
}
