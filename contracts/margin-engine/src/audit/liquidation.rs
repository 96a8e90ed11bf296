//! What steps of a liquidation and closings may do.

use cosmwasm_std::{Deps, Int256};
use protocol_api::engine::{Deleveraged, SliceTaken};
use risk::liquidation::Health;
use risk::only_shrinks;

use super::message::{Accepted, Desks, named};
use super::{AuditError, gates, hold};
use crate::core::account::Account;
use crate::execute::liquidation::Prices;
use crate::margin;
use crate::state;

/// An account's health before a message and after it, at the same prices and with the same coins left out.
fn healths(
    desks: &mut Desks<'_>,
    id: u64,
    (was, is): (&Account, &Account),
) -> Result<(Health, Health), AuditError> {
    let prices = Prices::read(&mut desks.before, id)?;
    let mut is = is.clone();
    is.cash.retain(|cash| {
        let had = was.amount(cash.coin) != 0;
        !had || prices.account.amount(cash.coin) != 0
    });
    let after = margin::context_of(&mut desks.after, &is)?;
    Ok((
        margin::health(&prices.account.book(), &prices.context)?,
        margin::health(&is.book(), &after)?,
    ))
}

/// INV-14: a step on a solvent account lowers its health by no more than a base unit's worth, and its equity by no more than
/// the reward for the margin it is rid of; takers are as sound as traders. INV-15: it lowers no market's insurance, and one on
/// an insolvent account all of them by no more than its deficit.
pub fn stepped(desks: &mut Desks<'_>, accepted: &Accepted<'_>, id: u64) -> Result<(), AuditError> {
    let takers = named::<SliceTaken>(accepted.events, "taker");
    if takers.is_empty() {
        return Ok(());
    }
    for taker in &takers {
        gates::took_over(desks, accepted, *taker)?;
    }
    let (was, is) = desks.account(id)?;
    let (before, after) = healths(desks, id, (&was, &is))?;
    let paid = insurance_paid(accepted)?;
    let lacked = before.equity.min(0).unsigned_abs();
    hold("INV-15", paid <= lacked, || {
        format!("account {id}: {before:?}, insurance paid {paid}")
    })?;
    if lacked > 0 {
        return Ok(());
    }
    let wide = |a: i128, b: i128| Int256::from(a).saturating_mul(Int256::from(b));
    let rises =
        wide(after.equity.saturating_add(1), before.margin) >= wide(before.equity, after.margin);
    let rewards = named::<SliceTaken>(accepted.events, "reward");
    let reward = rewards.into_iter().max().unwrap_or(0);
    let rid = before.margin.saturating_sub(after.margin).max(0);
    let lost = before.equity.saturating_sub(after.equity);
    // Equity is rounded at each slice.
    let slack = i128::try_from(takers.len())
        .unwrap_or(i128::MAX)
        .saturating_add(1);
    let bounded = wide(lost.saturating_sub(slack), 1_000_000) <= wide(rid, reward.into());
    hold("INV-14", rises && bounded, || {
        format!("account {id}: {before:?}, {after:?}, reward {reward}")
    })?;
    Ok(())
}

/// What left the insurance of all markets, quote base units.
fn insurance_paid(accepted: &Accepted<'_>) -> Result<u128, AuditError> {
    let mut paid = 0_u128;
    for market in 1..=state::load_config(accepted.before.storage)?.markets {
        let held = |deps: Deps<'_>| state::load_fund(deps.storage, market).map(|fund| fund.balance);
        paid = paid.saturating_add(held(accepted.before)?.saturating_sub(held(accepted.after)?));
    }
    Ok(paid)
}

/// INV-16: no position grows or flips, and no other side ends below maintenance or deeper below it, uncovered or owing.
pub fn closed(desks: &mut Desks<'_>, accepted: &Accepted<'_>, id: u64) -> Result<(), AuditError> {
    let (was, is) = desks.account(id)?;
    let shrinks = only_shrinks(&was.legs, &is.legs);
    hold("INV-16", shrinks, || {
        format!("account {id}: {was:?}, {is:?}")
    })?;
    for other in named::<Deleveraged>(accepted.events, "counterparty") {
        let (was, is) = desks.account(other)?;
        let (before, after) = healths(desks, other, (&was, &is))?;
        let is_covered = |desk: &mut crate::desk::Desk<'_>, account: &Account| {
            let terms = desk.terms_of(account)?;
            margin::is_covered(account, &terms)
        };
        let spared = only_shrinks(&was.legs, &is.legs)
            && after.surplus() >= before.surplus().min(0)
            && (was.is_debtor() || !is.is_debtor())
            && (!is_covered(&mut desks.before, &was)? || is_covered(&mut desks.after, &is)?);
        hold("INV-16", spared, || {
            format!("account {other}: {was:?}, {is:?}, {before:?}, {after:?}")
        })?;
    }
    Ok(())
}
