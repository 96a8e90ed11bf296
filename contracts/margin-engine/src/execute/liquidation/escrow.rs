//! Escrow of standing bids: quote cash that leaves an account and waits to pay for it. The liquidation contract knows for which.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use protocol_api::engine::{Consent, EscrowMoved};
use protocol_api::event::TypedEvent;
use risk::QUOTE_COIN;

use crate::commit::Commit;
use crate::consent::assert_admits;
use crate::core::num::{neg, signed};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::response_with;
use crate::gate::{Change, check_gains, check_withdrawal};
use crate::pool::Pool;

/// What is to be reserved.
pub struct Reservation {
    /// The account whose cash it is.
    pub account: u64,
    /// Who consents for it.
    pub consent: Consent,
    /// How much, quote base units.
    pub amount: u128,
}

/// Moves quote cash of an account into escrow; what is left must pass the test of a withdrawal.
pub fn reserve(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    reservation: &Reservation,
) -> Result<Response, EngineError> {
    let Reservation {
        account,
        ref consent,
        amount,
    } = *reservation;
    let mut desk = Desk::new(deps.as_ref(), env)?;
    let venue = info.sender.as_str();
    assert_admits(desk.storage(), account, consent, venue, desk.now)?;
    desk.open(account)?;
    let held = desk.account(account)?.amount(QUOTE_COIN);
    if desk.account(account)?.is_debtor() {
        return Err(EngineError::Debtor { account });
    }
    if amount == 0 || signed(amount)? > held {
        let denom = desk.denom(QUOTE_COIN)?;
        return Err(EngineError::Cash {
            account,
            denom,
            held,
        });
    }
    let before = desk.account(account)?.clone();
    desk.post(account, QUOTE_COIN, neg(signed(amount)?)?)?;
    desk.move_escrow(account, signed(amount)?)?;
    // A market that is short stops no bid: what is in escrow pays for slices or comes back to the account.
    check_withdrawal(&mut desk, &Pool::as_stored(), account, &before)?;
    check_gains(
        &mut desk,
        &Pool::as_stored(),
        account,
        &before,
        Change::Payment,
    )?;
    Commit::of(desk)?.apply(deps.storage)?;
    Ok(moved(account, signed(amount)?))
}

/// Moves an account's escrow back into its cash.
pub fn release(
    deps: DepsMut,
    env: &Env,
    account: u64,
    amount: u128,
) -> Result<Response, EngineError> {
    let mut desk = Desk::new(deps.as_ref(), env)?;
    desk.open(account)?;
    desk.move_escrow(account, neg(signed(amount)?)?)?;
    desk.post(account, QUOTE_COIN, signed(amount)?)?;
    desk.serve_queue(QUOTE_COIN)?;
    Commit::of(desk)?.apply(deps.storage)?;
    Ok(moved(account, neg(signed(amount)?)?))
}

fn moved(account: u64, amount: i128) -> Response {
    response_with(EscrowMoved { account, amount }.to_event())
}
