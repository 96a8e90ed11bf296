//! Insurance per market: coins in, and dead debts paid.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use protocol_api::engine::{DebtCovered, InsuranceFunded};
use protocol_api::event::TypedEvent;
use protocol_std::funds;
use risk::QUOTE_COIN;

use super::prices::left_out;
use crate::core::num::signed;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::withdraw::serve_queue;
use crate::pool::{Losses, Pool};

/// Adds the attached quote coins to a market's insurance.
pub fn fund(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    market: &str,
) -> Result<Response, EngineError> {
    let mut desk = Desk::new(deps.as_ref(), env)?;
    let id = desk.market_id(market)?;
    let amount = funds::exactly(&info.funds, &desk.denom(QUOTE_COIN)?)?.u128();
    let ledger = desk.ledger(QUOTE_COIN)?;
    let held = ledger.held.checked_add(amount);
    ledger.held = held.ok_or(EngineError::Overflow)?;
    let mut pool = Pool::default();
    pool.take_in(&mut desk, id, amount)?;
    desk.close()?.apply(deps.storage)?;
    pool.apply(deps.storage)?;
    let market = market.to_owned();
    Ok(Response::new().add_event(InsuranceFunded { market, amount }.to_event()))
}

/// Pays the quote debt of an account that has no leg and no positive cash but what is left out, and beyond what that is
/// worth, as far as its markets' insurance may.
pub fn cover_debt(deps: DepsMut, env: &Env, id: u64) -> Result<Response, EngineError> {
    let mut desk = Desk::new(deps.as_ref(), env)?;
    desk.open(id)?;
    let account = desk.account(id)?.clone();
    // What is left out is the account's own to pay with, and no reason to wait for it.
    let (mut aside, mut alive) = (0_u128, !account.legs.is_empty());
    for cash in account.cash.iter().filter(|cash| cash.amount > 0) {
        match left_out(&mut desk, cash) {
            Some(worth) => aside = aside.saturating_add(worth),
            None => alive = true,
        }
    }
    let owed = account.amount(QUOTE_COIN).min(0).unsigned_abs();
    let owed = owed.saturating_sub(aside);
    if owed == 0 || alive {
        return Err(EngineError::NoSale { account: id });
    }
    let mut pool = Pool::default();
    let losses = Losses::of(&mut desk, &account, &[])?;
    let amount = pool.payable(&desk, &losses, owed)?;
    if amount == 0 {
        return Err(EngineError::NothingDue);
    }
    pool.pay(&mut desk, &losses, amount)?;
    desk.post(id, QUOTE_COIN, signed(amount)?)?;
    // Debts in other coins need a price: they stay with what a step found.
    if account.cash.iter().filter(|cash| cash.amount < 0).count() == 1 {
        let left = owed.saturating_sub(amount);
        pool.set_deficit(&desk, id, left)?;
        desk.account_mut(id)?.restricted = left > 0;
    }
    serve_queue(&mut desk, QUOTE_COIN)?;
    desk.close()?.apply(deps.storage)?;
    pool.apply(deps.storage)?;
    Ok(Response::new().add_event(
        DebtCovered {
            account: id,
            amount,
        }
        .to_event(),
    ))
}
