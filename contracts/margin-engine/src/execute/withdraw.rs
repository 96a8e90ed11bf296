//! Coins out: at once, or through the queue when a coin runs short.

use cosmwasm_std::{Api, BankMsg, Coin, DepsMut, Env, Event, MessageInfo, Response, Uint128, coin};
use protocol_api::engine::{QueuePaid, Scope, Withdrawn};
use protocol_api::event::TypedEvent;

use crate::commit::Commit;
use crate::consent::assert_may_act;
use crate::core::num::{add_unsigned, neg, signed, sub_unsigned};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::accounts::padded;
use crate::execute::liquidation::before_withdrawal;
use crate::execute::response_with;
use crate::gate::{Change, Passed, check_gains, check_shortfall, check_withdrawal};
use crate::pool::Pool;
use crate::state::{self, Meta};

/// Whom a withdrawal pays; only one that waits needs his canonical address.
pub struct Payee<'a> {
    /// What knows canonical addresses.
    pub api: &'a dyn Api,
    /// His address, validated.
    pub address: &'a str,
}

/// What a withdrawal does to one coin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The coin's number.
    pub coin: u16,
    /// Its denomination.
    pub denom: String,
    /// Paid at once, base units.
    pub paid: u128,
    /// Waits in the queue, base units.
    pub queued: u128,
}

/// What is to be withdrawn.
pub struct Order {
    /// The account.
    pub account: u64,
    /// The coins.
    pub amounts: Vec<Coin>,
    /// Whom they go to; `None`: the owner.
    pub to: Option<String>,
}

/// Withdraws from an account.
pub fn withdraw(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    order: Order,
) -> Result<Response, EngineError> {
    let meta = state::load_meta(deps.storage, order.account)?;
    let now = env.block.time.seconds();
    assert_may_act(&meta, info.sender.as_str(), Scope::WithdrawToOwner, now)?;
    let to = named_or_owner(deps.api, &meta, order.to)?;
    if info.sender.as_str() != meta.owner && to != meta.owner {
        return Err(EngineError::Unauthorized);
    }
    if to == env.contract.address.as_str() {
        return Err(EngineError::Recipient);
    }
    let (mut desk, mut pool) = (Desk::new(deps.as_ref(), env)?, Pool::as_stored());
    let payee = Payee {
        api: deps.api,
        address: &to,
    };
    let (parts, shared) = plan(&mut desk, &mut pool, order.account, &payee, &order.amounts)?;
    Commit::with(desk, pool)?.apply(deps.storage)?;
    let mut response = Response::new().add_events(shared);
    let mut out = Vec::new();
    for part in parts {
        if part.paid > 0 {
            out.push(coin(part.paid, &part.denom));
        }
        let done = Withdrawn {
            account: order.account,
            denom: part.denom,
            amount: part.paid,
            queued: part.queued,
            to: to.clone(),
        };
        response = response.add_event(done.to_event());
    }
    if !out.is_empty() {
        response = response.add_message(BankMsg::Send {
            to_address: to,
            amount: out,
        });
    }
    Ok(response)
}

/// Takes the amounts out of the account on the desk, after its part of any loss of its markets, and tests what is left.
pub fn plan(
    desk: &mut Desk<'_>,
    pool: &mut Pool,
    account: u64,
    to: &Payee<'_>,
    amounts: &[Coin],
) -> Result<(Vec<Part>, Vec<Event>), EngineError> {
    desk.open(account)?;
    if desk.account(account)?.is_debtor() {
        return Err(EngineError::Debtor { account });
    }
    if amounts.is_empty() {
        return Err(EngineError::List { field: "amounts" });
    }
    let shared = before_withdrawal(desk, pool, account, amounts)?;
    let before = desk.account(account)?.clone();
    let mut parts: Vec<Part> = Vec::with_capacity(amounts.len());
    for wanted in amounts {
        if wanted.amount.is_zero() || parts.iter().any(|part| part.denom == wanted.denom) {
            return Err(EngineError::List { field: "amounts" });
        }
        parts.push(take(desk, account, wanted, to)?);
    }
    if check_withdrawal(desk, pool, account, &before)? == Passed::Initial {
        check_shortfall(desk, pool, account)?;
    }
    check_gains(desk, pool, account, &before, Change::Payment)?;
    Ok((parts, shared))
}

/// Takes one coin out of the account: to be paid, or into the queue.
fn take(
    desk: &mut Desk<'_>,
    account: u64,
    wanted: &Coin,
    to: &Payee<'_>,
) -> Result<Part, EngineError> {
    let coin = desk.coin(&wanted.denom)?;
    let amount = Uint128::try_from(wanted.amount)
        .map_err(|_| EngineError::Overflow)?
        .u128();
    let held = desk.account(account)?.amount(coin);
    if signed(amount)? > held {
        return Err(EngineError::Cash {
            account,
            denom: wanted.denom.clone(),
            held,
        });
    }
    desk.serve_queue(coin)?;
    let short = is_short(desk, coin, amount)?;
    desk.post(account, coin, neg(signed(amount)?)?)?;
    let (paid, queued) = if short {
        let recipient = padded(to.api, to.address)?;
        desk.join_queue((coin, account, recipient), amount)?;
        let ledger = desk.ledger(coin)?;
        ledger.reserved = add_unsigned(ledger.reserved, amount)?;
        desk.serve_queue(coin)?;
        (0, amount)
    } else {
        let ledger = desk.ledger(coin)?;
        ledger.held = sub_unsigned(ledger.held, amount)?;
        (amount, 0)
    };
    Ok(Part {
        coin,
        denom: wanted.denom.clone(),
        paid,
        queued,
    })
}

/// Whether an amount must wait: behind others, or for coins.
fn is_short(desk: &mut Desk<'_>, coin: u16, amount: u128) -> Result<bool, EngineError> {
    let waiting = desk.queue(coin)?.waiting;
    let available = desk.ledger(coin)?.available()?;
    Ok(waiting > 0 || signed(amount)? > available)
}

/// Pays a recipient what has been allotted to what an account queued for him.
pub fn claim(
    deps: DepsMut,
    env: &Env,
    account: u64,
    denom: &str,
    to: Option<String>,
) -> Result<Response, EngineError> {
    let meta = state::load_meta(deps.storage, account)?;
    let to = named_or_owner(deps.api, &meta, to)?;
    let mut desk = Desk::new(deps.as_ref(), env)?;
    let coin_id = desk.coin(denom)?;
    desk.serve_queue(coin_id)?;
    let amount = desk.pay_claim((coin_id, account, padded(deps.api, &to)?))?;
    if amount == 0 {
        return Err(EngineError::NothingDue);
    }
    let ledger = desk.ledger(coin_id)?;
    ledger.reserved = sub_unsigned(ledger.reserved, amount)?;
    ledger.held = sub_unsigned(ledger.held, amount)?;
    Commit::of(desk)?.apply(deps.storage)?;
    let paid = QueuePaid {
        account,
        denom: denom.to_owned(),
        amount,
        to: to.clone(),
    };
    let pay = BankMsg::Send {
        to_address: to,
        amount: vec![coin(amount, denom)],
    };
    Ok(response_with(paid.to_event()).add_message(pay))
}

/// Who is paid: the owner unless another is named.
pub fn named_or_owner(
    api: &dyn Api,
    meta: &Meta,
    named: Option<String>,
) -> Result<String, EngineError> {
    match named {
        None => Ok(meta.owner.clone()),
        Some(named) => Ok(api.addr_validate(&named)?.into_string()),
    }
}
