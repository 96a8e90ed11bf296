//! Coins in.

use cosmwasm_std::{DepsMut, Env, Event, MessageInfo, Response, Uint128};
use protocol_api::engine::{Deposited, Scope};
use protocol_api::event::TypedEvent;
use protocol_std::funds;
use risk::QUOTE_COIN;

use crate::commit::Commit;
use crate::consent::assert_may_act;
use crate::core::num::{add_unsigned, signed};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::pausable::PAUSE_DEPOSIT;
use crate::state;

/// Deposits exactly the attached coins.
pub fn deposit(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    account: u64,
) -> Result<Response, EngineError> {
    Ok(Response::new().add_events(take(deps, env, info, account)?))
}

/// Takes the attached coins into an account.
pub fn take(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    account: u64,
) -> Result<Vec<Event>, EngineError> {
    funds::some(&info.funds)?;
    let mut desk = Desk::new(deps.as_ref(), env)?;
    desk.open(account)?;
    if !desk.account(account)?.is_debtor() {
        desk.config.pause.check(PAUSE_DEPOSIT, desk.now)?;
    }
    let mut events = Vec::with_capacity(info.funds.len());
    for sent in &info.funds {
        let coin = brought(&mut desk, info, account, &sent.denom)?;
        let amount = Uint128::try_from(sent.amount)
            .map_err(|_| EngineError::Overflow)?
            .u128();
        let cap = desk.config.cap(coin, desk.now)?;
        let owed = desk.account(account)?.amount(coin).min(0).unsigned_abs();
        let ledger = desk.ledger(coin)?;
        ledger.held = add_unsigned(ledger.held, amount)?;
        // What repays a debt brings back what the coin lacks: it always comes in.
        if amount > owed && ledger.held > cap {
            return Err(EngineError::DepositCap {
                denom: sent.denom.clone(),
                cap,
            });
        }
        desk.post(account, coin, signed(amount)?)?;
        desk.serve_queue(coin)?;
        events.push(
            Deposited {
                account,
                denom: sent.denom.clone(),
                amount,
            }
            .to_event(),
        );
    }
    Commit::of(desk)?.apply(deps.storage)?;
    Ok(events)
}

/// The coin, if the sender may deposit it: anyone what the account holds or owes and the quote coin, who trades for it any.
/// A stranger's coin of another underlying would add that one's moves to the account's margin.
fn brought(
    desk: &mut Desk<'_>,
    info: &MessageInfo,
    account: u64,
    denom: &str,
) -> Result<u16, EngineError> {
    let coin = desk.coin(denom)?;
    if coin == QUOTE_COIN || desk.account(account)?.amount(coin) != 0 {
        return Ok(coin);
    }
    let meta = state::load_meta(desk.storage(), account)?;
    match assert_may_act(&meta, info.sender.as_str(), Scope::Trade, desk.now) {
        Ok(()) => Ok(coin),
        Err(_) => Err(EngineError::Gift {
            denom: denom.to_owned(),
        }),
    }
}
