//! What trades, withdrawals and purchases of collateral may leave behind.

use cosmwasm_std::Uint512;
use fixed_math::Fx;
use protocol_api::decimal;
use protocol_api::oracle::Action;
use risk::Band;

use super::message::{Accepted, Desks};
use super::{AuditError, hold};
use crate::core::account::Account;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::liquidation::{Prices, before_trade};
use crate::margin;
use crate::pool::Pool;
use crate::state;

/// What fills do first: gains of those who trade are counted, in all markets with a loss.
pub fn counted(desks: &mut Desks<'_>, accounts: &[u64]) -> Result<(), AuditError> {
    let mut pool = Pool::as_stored();
    for id in accounts {
        desks.before.open(*id)?;
        before_trade(&mut desks.before, &mut pool, *id)?;
    }
    Ok(())
}

/// INV-3: each of the accounts ends covered, or with initial surplus at least zero, or only reduced; one that owes or is being
/// liquidated only reduced. INV-7: nobody but who reduces carries the debt of a coin past its cap.
pub fn traded(
    desks: &mut Desks<'_>,
    accepted: &Accepted<'_>,
    accounts: &[u64],
) -> Result<(), AuditError> {
    for id in accounts.iter().copied() {
        let (was, is) = desks.account(id)?;
        if margin::is_reducing(&mut desks.after, &was, &is)? {
            continue;
        }
        let may_open = !was.restricted && !was.is_debtor();
        let sound = may_open && is_sound(&mut desks.after, id, Action::Open)?;
        hold("INV-3", sound, || format!("account {id}: {was:?}, {is:?}"))?;
        keeps_debt_caps(accepted, &was, &is)?;
    }
    Ok(())
}

/// INV-3, INV-4: who took coins out ends covered or with initial surplus at least zero, and owed and owes nothing.
pub fn took_out(desks: &mut Desks<'_>, id: u64) -> Result<(), AuditError> {
    let (was, is) = desks.account(id)?;
    let debtor = was.is_debtor() || is.is_debtor();
    hold("INV-4", !debtor, || {
        format!("account {id}: {was:?}, {is:?}")
    })?;
    let sound = is_sound(&mut desks.after, id, Action::Withdraw)?;
    hold("INV-3", sound, || format!("account {id}: {was:?}, {is:?}"))
}

/// INV-14: a taker was late with no debt and not in liquidation, and ends as sound as a trader; INV-7: within the caps on debt.
pub fn took_over(
    desks: &mut Desks<'_>,
    accepted: &Accepted<'_>,
    id: u64,
) -> Result<(), AuditError> {
    let (was, is) = desks.account(id)?;
    let (now, params) = (desks.before.now, &desks.before.config.params);
    let may_take = !was.restricted && !was.is_late(now, params.at(now).debt_grace.into());
    let sound = may_take && is_sound(&mut desks.after, id, Action::Withdraw)?;
    hold("INV-14", sound, || format!("account {id}: {was:?}, {is:?}"))?;
    if margin::is_reducing(&mut desks.after, &was, &is)? {
        return Ok(());
    }
    keeps_debt_caps(accepted, &was, &is)
}

/// Whether an open account is covered, or has initial surplus at least zero at the prices that the oracle allows for the action.
fn is_sound(desk: &mut Desk<'_>, id: u64, action: Action) -> Result<bool, AuditError> {
    let account = desk.account(id)?.clone();
    let terms = desk.terms_of(&account)?;
    if margin::is_covered(&account, &terms)? {
        return Ok(true);
    }
    match margin::check_initial(desk, id, &account, action) {
        Ok(()) => Ok(true),
        Err(
            EngineError::Margin { .. }
            | EngineError::SizeLimit { .. }
            | EngineError::NoPrice { .. },
        ) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// INV-7: an account that did more than reduce went no deeper into debt in a coin whose debt grew past its cap.
fn keeps_debt_caps(accepted: &Accepted<'_>, was: &Account, is: &Account) -> Result<(), AuditError> {
    let (before, after) = (accepted.before.storage, accepted.after.storage);
    let now = accepted.env.block.time.seconds();
    for cash in is.cash.iter().filter(|cash| cash.amount < 0) {
        let record = state::load_config(after)?.coin(cash.coin).cloned();
        let cap = record.map_or(0, |record| record.terms.at(now).debt_cap);
        let debt = state::load_ledger(after, cash.coin)?.debt;
        let grew = debt > state::load_ledger(before, cash.coin)?.debt;
        let deeper = cash.amount < was.amount(cash.coin).min(0);
        hold("INV-7", !deeper || !grew || debt <= cap, || {
            format!("coin {}: debt {debt}, cap {cap}", cash.coin)
        })?;
    }
    Ok(())
}

/// One of the prices of a band.
type Edge = fn(&Band) -> Fx;

/// INV-8: the collateral went at the low edge of the band less at most the largest discount, at mark where the debtor is below
/// maintenance afterwards, and for no more than was owed.
pub fn bought(
    desks: &mut Desks<'_>,
    debtor: u64,
    debt_denom: &str,
    collateral: &str,
) -> Result<(), AuditError> {
    let (was, is) = desks.account(debtor)?;
    let desk = &mut desks.after;
    let (debt, coin) = (desk.coin(debt_denom)?, desk.coin(collateral)?);
    let sold = was.amount(coin).saturating_sub(is.amount(coin));
    let paid = is.amount(debt).saturating_sub(was.amount(debt));
    let sane = sold > 0 && paid > 0 && is.amount(debt) <= 0;
    hold("INV-8", sane, || {
        format!("account {debtor}: {was:?}, {is:?}")
    })?;
    let left = margin::if_priced(Prices::and_health(desk, debtor))?;
    let is_late = left.is_some_and(|(_, health)| health.surplus() >= 0);
    let (edges, keep): ([Edge; 2], _) = if is_late {
        let discount = desk.config.params.at(desk.now).discount;
        let keep = decimal::ONE.saturating_sub(discount);
        ([|band| band.low, |band| band.high], keep)
    } else {
        ([|band| band.mid; 2], decimal::ONE)
    };
    let (low, coin_scale) = price(desk, coin, edges[0])?;
    let (high, debt_scale) = price(desk, debt, edges[1])?;
    // paid / debt_scale x high >= sold / coin_scale x low x keep
    let given = product([sold.unsigned_abs(), low, keep, debt_scale]);
    let got = product([paid.unsigned_abs(), high, decimal::ONE, coin_scale]);
    hold("INV-8", got >= given, || {
        format!("account {debtor}: {sold} went for {paid}")
    })
}

fn product(factors: [u128; 4]) -> Option<Uint512> {
    let times = |product: Uint512, factor: u128| product.checked_mul(factor.into()).ok();
    factors.into_iter().try_fold(Uint512::one(), times)
}

/// A coin's price in `2^-64` USD at an edge of its band, and its base units per coin.
fn price(desk: &mut Desk<'_>, id: u16, edge: Edge) -> Result<(u128, u128), AuditError> {
    let record = desk.config.coin(id).ok_or(EngineError::Corrupt)?;
    let (scale, underlying) = (
        10_u128.saturating_pow(record.decimals.into()),
        record.underlying,
    );
    let feed = underlying.and_then(|underlying| desk.feeds.feed(underlying));
    let price = match (underlying, feed.and_then(|feed| feed.state.as_ref())) {
        (None, _) => Fx::ONE,
        (Some(_), Some(state)) => edge(&state.spot),
        (Some(_), None) => return Err(EngineError::Corrupt.into()),
    };
    Ok((price.to_bits().unsigned_abs(), scale))
}
