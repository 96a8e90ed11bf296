//! `WithdrawBackstop`: shares for the same part of every coin. Writes the backstop and the holder's shares; the engine pays.

use cosmwasm_std::{DepsMut, MessageInfo, Response, Uint128};
use protocol_api::engine::ExecuteMsg;
use protocol_api::event::TypedEvent;
use protocol_api::liquidation::BackstopWithdrawn;

use crate::engine::{Engine, tell};
use crate::error::ContractError;
use crate::holdings::{Holdings, check_counted};
use crate::state;

/// Redeems the sender's shares.
#[inline(never)] // The VM allows 100 locals a function.
pub fn withdraw(
    deps: DepsMut,
    info: &MessageInfo,
    group: u16,
    shares: Uint128,
) -> Result<Response, ContractError> {
    let config = state::load_config(deps.storage)?;
    let mut backstop = state::load_backstop(deps.storage, group)?;
    let holder = info.sender.to_string();
    let key = state::share_key(deps.api, group, backstop.series, &holder)?;
    let (owned, shares) = (state::load_shares(deps.storage, &key)?, shares.u128());
    let left = owned
        .checked_sub(shares)
        .ok_or(ContractError::Shares { held: owned })?;
    let engine = Engine::new(&config.engine, deps.querier);
    let held = Holdings::load(&engine, &config.quote, backstop.account)?
        .ok_or(ContractError::BackstopBusy { group })?;
    check_counted(&engine, group, &backstop, &held)?;
    let amounts = held.worth(&config.quote, shares, backstop.supply)?;
    if amounts.is_empty() {
        return Err(ContractError::Nothing);
    }
    backstop.supply = backstop
        .supply
        .checked_sub(shares)
        .ok_or(ContractError::Overflow)?;
    state::save_shares(deps.storage, &key, left)?;
    state::save_backstop(deps.storage, group, &backstop)?;
    let pay = ExecuteMsg::Withdraw {
        account: backstop.account,
        amounts,
        to: Some(holder.clone()),
    };
    let done = BackstopWithdrawn {
        group,
        holder,
        shares,
    };
    Ok(Response::new()
        .add_event(done.to_event())
        .add_message(tell(&config.engine, &pay, vec![])?))
}
