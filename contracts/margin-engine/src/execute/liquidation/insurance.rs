//! Insurance per market: coins in, and dead debts paid or written off.

use cosmwasm_std::{DepsMut, Env, Event, MessageInfo, Response};
use protocol_api::engine::{DebtCovered, InsuranceFunded};
use protocol_api::event::TypedEvent;
use protocol_std::funds;
use risk::QUOTE_COIN;

use super::losses::write_off;
use super::prices::left_out;
use crate::core::num::{minus, signed};
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
/// worth, as far as its markets' insurance may; what is old enough is then written off.
pub fn cover_debt(deps: DepsMut, env: &Env, id: u64) -> Result<Response, EngineError> {
    let mut desk = Desk::new(deps.as_ref(), env)?;
    let mut pool = Pool::default();
    desk.open(id)?;
    let aside = dead(&mut desk, id)?;
    let events = cover(&mut desk, &mut pool, id, aside)?;
    if events.is_empty() {
        return Err(EngineError::NothingDue);
    }
    serve_queue(&mut desk, QUOTE_COIN)?;
    desk.close()?.apply(deps.storage)?;
    pool.apply(deps.storage)?;
    Ok(Response::new().add_events(events))
}

/// Seconds beyond the grace of debts after which coins that are left out pay nothing any more.
const FORSAKEN: u64 = 30 * 86_400;

/// What coins that are left out are worth; an error unless the account owes and has nothing else, no gain withheld either.
fn dead(desk: &mut Desk<'_>, id: u64) -> Result<u128, EngineError> {
    let account = desk.account(id)?.clone();
    // What is left out is the account's own to pay with, and no reason to wait for it.
    let (mut aside, mut alive) = (0_u128, !account.legs.is_empty());
    for cash in account.cash.iter().filter(|cash| cash.amount > 0) {
        match left_out(desk, cash) {
            Some(worth) => aside = aside.saturating_add(worth),
            None => alive = true,
        }
    }
    for (market, _) in &account.profits {
        alive |= desk.gain(*market, id)?.part.withheld > 0;
    }
    if alive || !account.is_debtor() {
        return Err(EngineError::NoSale { account: id });
    }
    Ok(aside)
}

/// Pays and writes off every debt of the account beyond what it has aside.
fn cover(
    desk: &mut Desk<'_>,
    pool: &mut Pool,
    id: u64,
    aside: u128,
) -> Result<Vec<Event>, EngineError> {
    let mut events = Vec::new();
    let account = desk.account(id)?.clone();
    let grace = u64::from(desk.config.params.at(desk.now).debt_grace);
    for cash in account.cash.iter().filter(|cash| cash.amount < 0) {
        let age = desk.now.saturating_sub(cash.since.into());
        let forsaken = age >= grace.saturating_add(FORSAKEN);
        let aside = if forsaken { 0 } else { aside };
        let mut owed = cash.amount.unsigned_abs();
        if cash.coin == QUOTE_COIN {
            owed = owed.saturating_sub(aside);
            let losses = Losses::of(desk, &account, &[])?;
            let amount = pool.payable(desk, &losses, owed)?;
            if amount > 0 {
                events.extend(pool.pay(desk, &losses, amount)?);
                desk.post(id, QUOTE_COIN, signed(amount)?)?;
                let account = id;
                events.push(DebtCovered { account, amount }.to_event());
                owed = minus(owed, amount)?;
            }
        } else if aside > 0 {
            continue; // What pays it has no price.
        }
        if age >= grace {
            events.extend(write_off(desk, id, cash.coin, owed)?);
        }
    }
    let account = desk.account(id)?;
    let mut debts = account.cash.iter().filter(|cash| cash.amount < 0);
    // Debts in other coins need a price: they stay with what a step found.
    if debts.all(|debt| debt.coin == QUOTE_COIN) {
        let left = account.amount(QUOTE_COIN).min(0).unsigned_abs();
        let left = left.saturating_sub(aside);
        pool.set_deficit(desk, id, left)?;
        desk.account_mut(id)?.restricted = left > 0;
    }
    Ok(events)
}
