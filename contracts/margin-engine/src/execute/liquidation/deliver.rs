//! Legs and money change hands; whoever took is tested.

use protocol_api::engine::Taker;
use protocol_api::oracle::Action;
use risk::liquidation::market_marks;
use risk::{Book, Context, Leg, QUOTE_COIN};

use crate::consent::is_backstop;
use crate::core::account::MAX_ENTRIES;
use crate::core::fees::open_interest;
use crate::core::num::neg;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::gate::{Before, Change, check_collateral, check_debt_caps, check_gains};
use crate::pool::Pool;

/// Moves legs, cash and the profit that goes with the legs, at mark.
pub fn deliver(
    desk: &mut Desk<'_>,
    seller: u64,
    taker: u64,
    moved: &Book,
    context: &Context,
) -> Result<(), EngineError> {
    for leg in &moved.legs {
        move_leg(desk, seller, taker, leg)?;
    }
    for (coin, amount) in &moved.cash {
        desk.post(seller, *coin, neg(*amount)?)?;
        desk.post(taker, *coin, *amount)?;
    }
    for (market, value) in market_marks(moved, context)? {
        let account = desk.account_mut(seller)?;
        account.tidy();
        // A seller with a sum in as many markets as fit books no other: he must be sold all the same.
        let known = account.profits.iter().any(|entry| entry.0 == market);
        if known || account.profits.len() < MAX_ENTRIES {
            account.add_profit(market, value)?;
            desk.account_mut(taker)?.add_profit(market, neg(value)?)?;
        }
    }
    Ok(())
}

/// Moves a leg from seller to taker. Open interest changes, and its record is loaded, only where their positions net.
fn move_leg(desk: &mut Desk<'_>, from: u64, to: u64, leg: &Leg) -> Result<(), EngineError> {
    let back = leg.quantity.checked_neg().ok_or(EngineError::Overflow)?;
    let given = desk.account_mut(from)?.add_leg(leg.key, back)?;
    let got = desk.account_mut(to)?.add_leg(leg.key, leg.quantity)?;
    let longer = |(was, is): (i64, i64)| is.max(0).saturating_sub(was.max(0));
    if longer(given).saturating_add(longer(got)) == 0 {
        return Ok(());
    }
    let series = desk.series(&leg.key)?.ok_or(EngineError::Corrupt)?;
    series.open = open_interest(series.open, given, got)?;
    Ok(())
}

/// Takes a payment out of the taker's escrow or cash; what is paid to him goes into his cash.
pub fn collect(desk: &mut Desk<'_>, taker: &Taker, paid: i128) -> Result<(), EngineError> {
    let amount = u128::try_from(paid).unwrap_or(0);
    if !taker.escrowed || amount == 0 {
        return desk.post(taker.account, QUOTE_COIN, neg(paid)?);
    }
    desk.move_escrow(taker.account, neg(paid)?)
}

/// A taker ends as a trader must: late with no debt and not in liquidation before, covered or within initial margin after,
/// what his gains owe to a loss left behind, no cap on debt passed, no bound on his record. A backstop ends owing nothing: it
/// could take no more, and its holders could not leave.
pub fn check_taker(desk: &mut Desk<'_>, pool: &Pool, before: &Before) -> Result<(), EngineError> {
    let account = before.account;
    let grace = u64::from(desk.config.params.at(desk.now).debt_grace);
    // A slice may bring a debt: were a unit of it enough, whoever is sold to would be kept from taking more.
    if before.held.is_late(desk.now, grace) || before.held.restricted {
        return Err(EngineError::ReduceOnly { account });
    }
    let after = desk.account_mut(account)?;
    after.tidy();
    after.check_bounds(account)?;
    if after.is_debtor() && is_backstop(desk.storage(), account)? {
        return Err(EngineError::Debtor { account });
    }
    check_gains(desk, pool, account, &before.held, Change::Payment)?;
    check_collateral(desk, pool, account, Action::Withdraw)?;
    check_debt_caps(desk, core::slice::from_ref(before))
}
