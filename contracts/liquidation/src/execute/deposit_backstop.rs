//! `DepositBackstop`: quote coins for shares. Writes the backstop and the holder's shares; the coins go straight to the engine.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use protocol_api::engine::ExecuteMsg;
use protocol_api::event::TypedEvent;
use protocol_api::liquidation::BackstopDeposited;
use protocol_std::funds;

use crate::core::shares::{is_lost, issued_floor, value_ceil};
use crate::engine::{Engine, tell};
use crate::error::ContractError;
use crate::holdings::{Holdings, check_counted};
use crate::state::{self, Backstop};

/// How old any price of other coins may be, seconds.
const FRESH: u64 = 60;

/// Issues shares for the attached quote coins at what the backstop is worth.
#[inline(never)] // The VM allows 100 locals a function.
pub fn deposit(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    group: u16,
) -> Result<Response, ContractError> {
    let config = state::load_config(deps.storage)?;
    let deposit = funds::exactly(&info.funds, &config.quote)?.u128();
    let mut backstop = state::load_backstop(deps.storage, group)?;
    let account = backstop.account;
    let engine = Engine::new(&config.engine, deps.querier);
    let held = counted(&engine, &config.quote, group, &backstop)?;
    let value = value(&engine, env.block.time.seconds(), account, &held)?
        .ok_or(ContractError::NoPrice { group })?;
    if is_lost(value, backstop.supply) {
        backstop.series = backstop
            .series
            .checked_add(1)
            .ok_or(ContractError::Overflow)?;
        backstop.supply = 0;
    }
    let shares = issued_floor(deposit, value, backstop.supply)?;
    if shares == 0 {
        return Err(ContractError::Nothing);
    }
    let add = |a: u128| a.checked_add(shares).ok_or(ContractError::Overflow);
    let holder = info.sender.to_string();
    let key = state::share_key(deps.api, group, backstop.series, &holder)?;
    let owned = add(state::load_shares(deps.storage, &key)?)?;
    backstop.supply = add(backstop.supply)?;
    state::save_shares(deps.storage, &key, owned)?;
    state::save_backstop(deps.storage, group, &backstop)?;
    let message = ExecuteMsg::Deposit { account };
    let done = BackstopDeposited {
        group,
        holder,
        shares,
    };
    Ok(Response::new().add_event(done.to_event()).add_message(tell(
        &config.engine,
        &message,
        info.funds.clone(),
    )?))
}

/// What a backstop holds, of which no loss may take anything any more.
fn counted(
    engine: &Engine<'_>,
    quote: &str,
    group: u16,
    backstop: &Backstop,
) -> Result<Holdings, ContractError> {
    let held = Holdings::load(engine, quote, backstop.account)?;
    let held = held.ok_or(ContractError::BackstopBusy { group })?;
    check_counted(engine, group, backstop, &held)?;
    if held.withheld > 0 {
        return Err(ContractError::Withheld { group });
    }
    Ok(held)
}

/// What a backstop is worth to a depositor, quote units; `None` unless each of its other coins has a fresh price.
fn value(
    engine: &Engine<'_>,
    now: u64,
    account: u64,
    held: &Holdings,
) -> Result<Option<u128>, ContractError> {
    if held.others.is_empty() {
        return Ok(Some(held.quote));
    }
    let others = others(engine, now, account, held.quote)?;
    let value = others.map(|others| value_ceil(held.quote, others));
    value.transpose()
}

/// What other coins are worth at mark, quote units; `None` unless each has a fresh price.
fn others(
    engine: &Engine<'_>,
    now: u64,
    account: u64,
    quote: u128,
) -> Result<Option<u128>, ContractError> {
    let state = engine.state(account)?;
    let is_fresh = |time: u64| now.saturating_sub(time) <= FRESH;
    let equity = state
        .equity
        .filter(|_| state.price_time.is_some_and(is_fresh));
    Ok(equity.map(|equity| equity.i128().max(0).unsigned_abs().saturating_sub(quote)))
}
