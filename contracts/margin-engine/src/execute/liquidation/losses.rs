//! A market's loss: written off, then shared over what accounts have gained there.

use cosmwasm_std::{Coin, DepsMut, Env, Event, Response};
use protocol_api::engine::{DebtWrittenOff, GainsMoved, LossShared, MAX_SHARERS};
use protocol_api::event::TypedEvent;
use risk::QUOTE_COIN;
use risk::liquidation::Part;

use crate::commit::Commit;
use crate::core::loss::Gain;
use crate::core::num::{add_unsigned, neg, signed, sub_signed, sub_unsigned};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::gains::{gains, most_gains};
use crate::pool::{Losses, Pool};
use crate::state;

/// Goes on with the round of a market's loss.
pub fn share_loss(
    deps: DepsMut,
    env: &Env,
    market: &str,
    accounts: &[u64],
) -> Result<Response, EngineError> {
    let mut desk = Desk::new(deps.as_ref(), env)?;
    let mut pool = Pool::as_stored();
    let id = desk.market_id(market)?;
    let unseen = desk.loss(id)?.unseen;
    let events = go_on(&mut desk, &mut pool, id, accounts)?;
    // Whatever is paid, counted or given back tells an event; who gained nothing has only been looked at.
    if events.is_empty() && desk.loss(id)?.unseen == unseen {
        return Err(EngineError::NothingDue);
    }
    Commit::with(desk, pool)?.apply(deps.storage)?;
    Ok(Response::new().add_events(events))
}

/// Insurance pays what it may, a round whose time is over ends, and the accounts' gains are given back and counted.
pub fn go_on(
    desk: &mut Desk<'_>,
    pool: &mut Pool,
    market: u16,
    accounts: &[u64],
) -> Result<Vec<Event>, EngineError> {
    if accounts.len() > MAX_SHARERS {
        return Err(EngineError::List { field: "accounts" });
    }
    let mut events = advance(desk, pool, market)?;
    for account in accounts {
        desk.open(*account)?;
        events.extend(share(desk, market, *account, Unpriced::Waits)?);
    }
    let coin = desk.market(market)?.settle_coin;
    desk.serve_queue(coin)?;
    Ok(events)
}

/// Before coins leave an account: its gains in markets with a loss that settle in them are given back and counted.
pub fn before_withdrawal(
    desk: &mut Desk<'_>,
    pool: &mut Pool,
    account: u64,
    amounts: &[Coin],
) -> Result<Vec<Event>, EngineError> {
    let mut events = Vec::new();
    for wanted in amounts {
        let coin = desk.coin(&wanted.denom)?;
        count(desk, pool, account, coin, &mut events)?;
    }
    Ok(events)
}

/// Before an account trades: its gains in all coins that it holds are given back and counted, for a trade could hand them on; all
/// of them where only a price that is missing could tell what of them is free.
pub fn before_trade(
    desk: &mut Desk<'_>,
    pool: &mut Pool,
    account: u64,
) -> Result<Vec<Event>, EngineError> {
    let mut events = Vec::new();
    for cash in desk.account(account)?.cash.clone() {
        count(desk, pool, account, cash.coin, &mut events)?;
    }
    Ok(events)
}

/// Gives back and counts the gains of an account in the markets with a loss that settle in a coin.
#[inline(never)] // Once in the contract, not once a caller.
fn count(
    desk: &mut Desk<'_>,
    pool: &mut Pool,
    account: u64,
    coin: u16,
    events: &mut Vec<Event>,
) -> Result<(), EngineError> {
    let ledger = desk.ledger(coin)?;
    if ledger.lost == 0 && ledger.withheld == 0 {
        return Ok(());
    }
    for market in desk.account(account)?.markets() {
        if desk.market(market)?.settle_coin == coin {
            events.extend(advance(desk, pool, market)?);
            events.extend(share(desk, market, account, Unpriced::InFull)?);
        }
    }
    Ok(())
}

/// Turns a debt that nothing is left to pay into a loss of the account's markets that settle in its coin, each by its part of
/// what the account lost in them; where there is none, of the first market that does. `marks`: of its legs, per market, in its
/// settlement coin.
pub fn write_off(
    desk: &mut Desk<'_>,
    id: u64,
    marks: &[(u16, i128)],
    coin: u16,
    amount: u128,
) -> Result<Vec<Event>, EngineError> {
    let mut events = Vec::new();
    let losses = bearers(desk, id, marks, coin)?;
    if losses.is_empty() || amount == 0 {
        return Ok(events);
    }
    let (now, last) = (desk.now, last_account(desk)?);
    for (market, part) in losses.parts(amount) {
        desk.loss(market)?.add(part, now, last)?;
        // It never paid that: it counts among its losses no more.
        desk.account_mut(id)?.add_profit(market, signed(part)?)?;
        let done = DebtWrittenOff {
            account: id,
            market: desk.market(market)?.symbol.clone(),
            amount: part,
        };
        events.push(done.to_event());
    }
    let ledger = desk.ledger(coin)?;
    ledger.lost = add_unsigned(ledger.lost, amount)?;
    desk.post(id, coin, signed(amount)?)?;
    Ok(events)
}

/// Who bears a debt in a coin that nothing is left to pay, and what the account lost in each; nobody where no market settles in it.
fn bearers(
    desk: &mut Desk<'_>,
    id: u64,
    marks: &[(u16, i128)],
    coin: u16,
) -> Result<Losses, EngineError> {
    let mut losses = Losses::default();
    for (market, sum) in desk.account(id)?.sums_with(marks)? {
        if desk.market(market)?.settle_coin == coin {
            losses.add(market, sum);
        }
    }
    let mut market = 0;
    while losses.is_empty() && market < desk.config.markets {
        market = market.saturating_add(1);
        if desk.market(market)?.settle_coin == coin {
            losses.add(market, 0);
        }
    }
    Ok(losses)
}

/// Insurance first, then the end of a round whose time is over: whoever comes, winners pay what insurance could not.
fn advance(desk: &mut Desk<'_>, pool: &mut Pool, market: u16) -> Result<Vec<Event>, EngineError> {
    let mut events = insure(desk, pool, market)?;
    events.extend(end_round(desk, market)?);
    Ok(events)
}

/// The market's insurance pays what it may of the loss that is being shared.
fn insure(desk: &mut Desk<'_>, pool: &mut Pool, market: u16) -> Result<Vec<Event>, EngineError> {
    let due = desk.loss(market)?.running.due;
    if desk.market(market)?.settle_coin != QUOTE_COIN || due == 0 {
        return Ok(vec![]);
    }
    let losses = Losses::of_market(market, due);
    let paid = pool.payable(desk, &losses, due)?;
    if paid == 0 {
        return Ok(vec![]);
    }
    let events = pool.pay(desk, &losses, paid)?;
    let loss = desk.loss(market)?;
    loss.running.due = sub_unsigned(loss.running.due, paid)?;
    let ledger = desk.ledger(QUOTE_COIN)?;
    ledger.lost = sub_unsigned(ledger.lost, paid)?;
    Ok(events)
}

/// Ends the market's round if it is time.
fn end_round(desk: &mut Desk<'_>, market: u16) -> Result<Option<Event>, EngineError> {
    let now = desk.now;
    if !desk.loss(market)?.is_over(now) {
        return Ok(None);
    }
    let last = last_account(desk)?;
    let loss = desk.loss(market)?;
    let round = loss.round;
    let ended = loss.end(now, last)?;
    let left = loss.lost();
    *desk.ended(market, round)? = ended;
    let record = desk.market(market)?;
    let (coin, symbol) = (record.settle_coin, record.symbol.clone());
    let ledger = desk.ledger(coin)?;
    ledger.lost = sub_unsigned(ledger.lost, ended.raised)?;
    ledger.withheld = sub_unsigned(ledger.withheld, ended.raised)?;
    let done = LossShared {
        market: symbol,
        round,
        gains: ended.gains,
        raised: ended.raised,
        left,
    };
    Ok(Some(done.to_event()))
}

/// The number of the account that was opened last.
fn last_account(desk: &Desk<'_>) -> Result<u64, EngineError> {
    Ok(state::next_account(desk.storage())?.saturating_sub(1))
}

/// How gains count where only a price that is missing could tell what of them is free.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unpriced {
    /// Not yet: the account's turn waits for the price, else a stale minute would let out whoever is not covered.
    Waits,
    /// All of them: coins leave the account.
    InFull,
}

/// Gives an open account back what an ended round left of its gains, and counts its gains into the one that runs.
fn share(
    desk: &mut Desk<'_>,
    market: u16,
    id: u64,
    unpriced: Unpriced,
) -> Result<Option<Event>, EngineError> {
    let before = desk.gain(market, id)?.clone();
    let back = give_back(desk, market, id)?;
    let kept = withhold(desk, market, id, unpriced)?;
    let after = desk.gain(market, id)?;
    let in_round = after.round == before.round || after.part == Part::default();
    if in_round && after.part == before.part {
        return Ok(None);
    }
    let amount = sub_signed(signed(back)?, signed(kept)?)?;
    let done = GainsMoved {
        account: id,
        market: desk.market(market)?.symbol.clone(),
        amount,
    };
    Ok(Some(done.to_event()))
}

fn give_back(desk: &mut Desk<'_>, market: u16, id: u64) -> Result<u128, EngineError> {
    let running = desk.loss(market)?.round;
    let gain = desk.gain(market, id)?.clone();
    if gain.part == Part::default() || gain.round == running {
        return Ok(0);
    }
    let ended = desk.ended(market, gain.round)?;
    let (back, rest) = ended.give_back(&gain.part).ok_or(EngineError::Corrupt)?;
    desk.set_gain(market, id, Gain::default())?;
    let coin = desk.market(market)?.settle_coin;
    let ledger = desk.ledger(coin)?;
    ledger.withheld = sub_unsigned(ledger.withheld, add_unsigned(back, rest)?)?;
    ledger.fees = add_unsigned(ledger.fees, rest)?;
    desk.post(id, coin, signed(back)?)?;
    let cut = sub_unsigned(gain.part.withheld, back)?;
    let account = desk.account_mut(id)?;
    account.add_profit(market, neg(signed(cut)?)?)?;
    Ok(back)
}

fn withhold(
    desk: &mut Desk<'_>,
    market: u16,
    id: u64,
    unpriced: Unpriced,
) -> Result<u128, EngineError> {
    let mut loss = desk.loss(market)?.clone();
    let mut gain = desk.gain(market, id)?.clone();
    if loss.lost() == 0 {
        return Ok(0);
    }
    let found = match gains(desk, market, id)? {
        Some(found) => found,
        None if unpriced == Unpriced::Waits => return Ok(0),
        None => most_gains(desk, market, id)?,
    };
    loss.look(id);
    let more = loss.count(&mut gain, found, desk.now)?;
    *desk.loss(market)? = loss;
    desk.set_gain(market, id, gain)?;
    let coin = desk.market(market)?.settle_coin;
    let ledger = desk.ledger(coin)?;
    ledger.withheld = add_unsigned(ledger.withheld, more)?;
    desk.post(id, coin, neg(signed(more)?)?)?;
    Ok(more)
}
