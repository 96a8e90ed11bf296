//! Entry points: stamp, authorise, dispatch.

#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Reply, Response};
use protocol_api::access::{Role, role};
use protocol_api::liquidation::{ACCESS, ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};
use protocol_std::message::Message;
use protocol_std::{funds, ownership, reply as answered};

use crate::core::bids::Bid;
use crate::error::ContractError;
use crate::execute::{
    create_backstop, deleverage, deposit_backstop, liquidate, nominate, ownership as owners,
    place_bid, set_terms, take_backstop, withdraw_backstop, withdraw_bid,
};
use crate::{migrate as migration, query as answer, step};

/// Stamps name and version, sets owner, engine and terms.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut,
    _env: Env,
    info: MessageInfo,
    Message(msg): Message<InstantiateMsg>,
) -> Result<Response, ContractError> {
    funds::none(&info.funds)?;
    migration::stamp(deps.storage)?;
    set_terms::instantiate(deps, &msg)
}

/// Authorises and dispatches a message.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(
    deps: DepsMut,
    env: Env,
    info: MessageInfo,
    Message(msg): Message<ExecuteMsg>,
) -> Result<Response, ContractError> {
    if !matches!(msg, ExecuteMsg::DepositBackstop { .. }) {
        funds::none(&info.funds)?;
    }
    authorise(deps.as_ref(), &info, msg.name())?;
    dispatch(deps, &env, &info, msg)
}

fn authorise(deps: Deps, info: &MessageInfo, message: &str) -> Result<(), ContractError> {
    match role(ACCESS, message) {
        Some(Role::Owner) => Ok(ownership::assert_owner(deps.storage, &info.sender)?),
        // The engine decides about accounts, the offer about the proposed owner, the shares about their holder.
        Some(
            Role::Anyone
            | Role::PendingOwner
            | Role::AccountOwner
            | Role::AccountDelegate
            | Role::AccountDelegateOrDebtor,
        ) => Ok(()),
        Some(Role::Guardian | Role::Quorum | Role::Venue | Role::Protocol) | None => {
            Err(ContractError::Unauthorized)
        }
    }
}

fn dispatch(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, ContractError> {
    use ExecuteMsg as M;
    match msg {
        M::Liquidate(step) => liquidate::liquidate(&deps, env, info, step),
        M::PlaceBid {
            account,
            reward,
            budget,
        } => {
            let bid = Bid::new(info.sender.as_str(), budget.u128());
            place_bid::place_bid(deps, env, account, reward, &bid)
        }
        M::WithdrawBid { account, reward } => {
            withdraw_bid::withdraw_bid(deps, info, account, reward)
        }
        M::DepositBackstop { group } => deposit_backstop::deposit(deps, env, info, group),
        M::WithdrawBackstop { group, shares } => {
            withdraw_backstop::withdraw(deps, info, group, shares)
        }
        M::TakeBackstop {
            group,
            account,
            keeper,
        } => take_backstop::take(&deps, env, group, account, keeper),
        M::Nominate {
            account,
            candidates,
        } => nominate::nominate(deps, env, account, &candidates),
        M::Deleverage { account } => deleverage::deleverage(deps, env, account),
        M::CreateBackstop { group, markets } => create_backstop::create(&deps, env, group, markets),
        M::SetTerms {
            terms,
            effective_at,
        } => set_terms::set_terms(deps, env, &terms, effective_at),
        M::ProposeOwner { owner, expires_at } => {
            owners::propose(deps, env, info, &owner, expires_at)
        }
        M::CancelOwnerProposal {} => owners::cancel(deps, info),
        M::AcceptOwner {} => owners::accept(deps, env, info),
    }
}

/// Takes over what the engine answered.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn reply(deps: DepsMut, env: Env, msg: Reply) -> Result<Response, ContractError> {
    let (id, payload) = (msg.id, msg.payload.clone());
    let data = answered::data(msg).ok_or(ContractError::EngineAnswer)?;
    let now = env.block.time.seconds();
    match id {
        step::REPLY => step::finish(deps.storage, now, &payload, data),
        deleverage::REPLY => deleverage::deleveraged(deps.storage, &payload, data),
        create_backstop::REPLY => create_backstop::created(deps.storage, &payload, &data),
        _ => Err(ContractError::EngineAnswer),
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
