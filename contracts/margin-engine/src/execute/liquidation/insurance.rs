//! Insurance per market: coins in.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use protocol_std::funds;
use risk::QUOTE_COIN;

use crate::commit::Commit;
use crate::core::num::add_unsigned;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::pool::Pool;

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
    ledger.held = add_unsigned(ledger.held, amount)?;
    let mut pool = Pool::as_stored();
    let funded = pool.take_in(&mut desk, id, amount)?;
    Commit::with(desk, pool)?.apply(deps.storage)?;
    Ok(Response::new().add_events(funded))
}
