//! `WithdrawBid`: a bid back, what is left of its budget too. Removes the bid and its place.

use cosmwasm_std::{DepsMut, MessageInfo, Response};
use protocol_api::engine::AccountId;

use crate::engine::Engine;
use crate::error::ContractError;
use crate::{state, step};

/// Takes a bid back, for whoever may trade for the account now; for anyone while a debt is late or behind too little, which its
/// budget can pay.
pub fn withdraw_bid(
    deps: DepsMut,
    info: &MessageInfo,
    account: AccountId,
    reward: i32,
) -> Result<Response, ContractError> {
    let config = state::load_config(deps.storage)?;
    let engine = Engine::new(&config.engine, deps.querier);
    let may = engine.may_trade(account, info.sender.as_str())?;
    if !may && !engine.is_in_default(account)? {
        return Err(ContractError::Unauthorized);
    }
    let place = state::find_bid(deps.storage, account, reward)?
        .ok_or(ContractError::NoBid { account, reward })?;
    let bid = state::load_bid(deps.storage, &place)?;
    step::end(
        deps.storage,
        &config.engine,
        &place,
        bid.budget,
        Response::new(),
    )
}
