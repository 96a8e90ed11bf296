//! `ProposeOwner`, `CancelOwnerProposal`, `AcceptOwner`. Write the ownership.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use protocol_api::event::TypedEvent;
use protocol_api::governance::{OwnerAccepted, OwnerProposalCancelled, OwnerProposed};
use protocol_std::ownership;

use super::address;
use crate::error::ContractError;

/// Offers ownership.
pub fn propose(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    owner: &str,
    expires_at: u64,
) -> Result<Response, ContractError> {
    let to = address(deps.api, owner)?;
    let now = env.block.time.seconds();
    ownership::propose(deps.storage, &info.sender, &to, expires_at, now)?;
    let event = OwnerProposed {
        owner: to.into_string(),
        expires_at,
    };
    Ok(Response::new().add_event(event.to_event()))
}

/// Withdraws the offer.
pub fn cancel(deps: DepsMut<'_>, info: &MessageInfo) -> Result<Response, ContractError> {
    ownership::cancel(deps.storage, &info.sender)?;
    Ok(Response::new().add_event(OwnerProposalCancelled {}.to_event()))
}

/// Takes over.
pub fn accept(deps: DepsMut<'_>, env: &Env, info: &MessageInfo) -> Result<Response, ContractError> {
    ownership::accept(deps.storage, &info.sender, env.block.time.seconds())?;
    let event = OwnerAccepted {
        owner: info.sender.to_string(),
    };
    Ok(Response::new().add_event(event.to_event()))
}
