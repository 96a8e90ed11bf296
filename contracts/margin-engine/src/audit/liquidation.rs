//! What steps of a liquidation and closings may do.

use cosmwasm_std::Int256;
use protocol_api::engine::{Deleveraged, SliceTaken};
use risk::liquidation::{Health, PPM};

use super::message::{Accepted, Desks, insurance_paid, told};
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

/// INV-15: a step on a solvent account lowers no market's insurance, one on an insolvent account all of them by no more than its
/// deficit. INV-14: takers are as sound as traders; a solvent account loses no health, and only rewards.
pub fn stepped(desks: &mut Desks<'_>, accepted: &Accepted<'_>, id: u64) -> Result<(), AuditError> {
    let takers: Vec<u64> = told::<SliceTaken, _>(accepted.events, "taker")?;
    let mut paid = 0_u128;
    for market in 1..=state::load_config(accepted.before.storage)?.markets {
        paid = paid.saturating_add(insurance_paid(accepted, market)?);
    }
    if takers.is_empty() {
        return hold("INV-15", paid == 0, || {
            format!("account {id}: insurance paid {paid} for nothing")
        });
    }
    for taker in &takers {
        gates::took_over(desks, accepted, *taker)?;
    }
    let (was, is) = desks.account(id)?;
    let (before, after) = healths(desks, id, (&was, &is))?;
    let lacked = before.equity.min(0).unsigned_abs();
    hold("INV-15", paid <= lacked, || {
        format!("account {id}: {before:?}, insurance paid {paid}")
    })?;
    if lacked > 0 {
        return Ok(());
    }
    let rewards: Vec<i32> = told::<SliceTaken, _>(accepted.events, "reward")?;
    hold(
        "INV-14",
        loses_only_rewards(&before, &after, &rewards),
        || format!("account {id}: {before:?}, {after:?}, rewards {rewards:?}"),
    )
}

/// Whether health is no lower, and the equity lost no more than the largest of the rewards, parts per million, for the margin
/// that went (where it is negative equity rises): to a base unit, and equity one more at each slice.
fn loses_only_rewards(before: &Health, after: &Health, rewards: &[i32]) -> bool {
    let wide = |a: i128, b: i128| Int256::from(a).saturating_mul(Int256::from(b));
    let equity = after.equity.saturating_add(1);
    let units = i128::try_from(rewards.len()).unwrap_or(i128::MAX);
    let lost = before.equity.saturating_sub(equity).saturating_sub(units);
    let gone = before.margin.saturating_sub(after.margin).max(0);
    let reward = rewards.iter().copied().max().unwrap_or(0);
    wide(equity, before.margin) >= wide(before.equity, after.margin)
        && wide(lost, PPM.into()) <= wide(gone, reward.into())
}

/// INV-16: no other side ends below maintenance or deeper below it, uncovered or owing. That positions shrink is INV-19.
pub fn closed(desks: &mut Desks<'_>, accepted: &Accepted<'_>) -> Result<(), AuditError> {
    let others: Vec<u64> = told::<Deleveraged, _>(accepted.events, "counterparty")?;
    for other in others {
        let (was, is) = desks.account(other)?;
        let (before, after) = healths(desks, other, (&was, &is))?;
        let terms = desks.before.terms_of(&was)?;
        let spared = after.surplus() >= before.surplus().min(0)
            && (was.is_debtor() || !is.is_debtor())
            && (!margin::is_covered(&was, &terms)? || margin::is_covered(&is, &terms)?);
        hold("INV-16", spared, || {
            format!("account {other}: {was:?}, {is:?}, {before:?}, {after:?}")
        })?;
    }
    Ok(())
}
