//! Collected fees go to the treasury account.

use cosmwasm_std::{DepsMut, Env, Response};
use protocol_api::engine::FeesCollected;
use protocol_api::event::TypedEvent;

use crate::commit::Commit;
use crate::core::num::signed;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::response_with;

/// Moves the fees of a coin into the treasury account's cash.
pub fn collect_fees(deps: DepsMut, env: &Env, denom: &str) -> Result<Response, EngineError> {
    let mut desk = Desk::new(deps.as_ref(), env)?;
    let treasury = desk.config.treasury.ok_or(EngineError::NoTreasury)?;
    let coin = desk.coin(denom)?;
    desk.open(treasury)?;
    let amount = core::mem::take(&mut desk.ledger(coin)?.fees);
    if amount == 0 {
        return Err(EngineError::NothingDue);
    }
    desk.post(treasury, coin, signed(amount)?)?;
    Commit::of(desk)?.apply(deps.storage)?;
    let collected = FeesCollected {
        denom: denom.to_owned(),
        amount,
    };
    Ok(response_with(collected.to_event()))
}
