//! What an account must pass once a message has changed it: the gates of trades, withdrawals and takers.

use protocol_api::oracle::Action;

use crate::core::account::Account;
use crate::core::num::{add_signed, sub_signed};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::gains::must_stay;
use crate::margin;
use crate::pool::Pool;

/// An account before the message (settled and with interest up to date).
#[derive(Clone, Debug)]
pub struct Before {
    /// Its number.
    pub account: u64,
    /// What it held.
    pub held: Account,
    /// It may only reduce.
    pub reduce_only: bool,
}

impl Before {
    /// Takes note of an open account.
    pub fn of(desk: &Desk<'_>, account: u64) -> Result<Self, EngineError> {
        let held = desk.account(account)?.clone();
        Ok(Self {
            account,
            reduce_only: false,
            held,
        })
    }
}

/// Tests one account after the fills. Debtors, accounts in liquidation and those who must may only reduce. Otherwise the exact
/// covered test comes first and reads no price; then the full grid of initial margin at a valid price, and the limit on net
/// vega; and what gains owe to a loss that is shared must stay. A fill that only reduces is always allowed.
pub fn check_trade(desk: &mut Desk<'_>, pool: &Pool, before: &Before) -> Result<(), EngineError> {
    let account = before.account;
    let after = desk.account(account)?.clone();
    after.check_bounds(account)?;
    if before.reduce_only || before.held.restricted || before.held.is_debtor() {
        return if margin::is_reducing(desk, &before.held, &after)? {
            Ok(())
        } else {
            Err(EngineError::ReduceOnly { account })
        };
    }
    match check_opening(desk, pool, before, &after) {
        Err(refusal)
            if refusal.allows_reducing() && margin::is_reducing(desk, &before.held, &after)? =>
        {
            Ok(())
        }
        tested => tested,
    }
}

/// What an account must pass that does more than reduce.
fn check_opening(
    desk: &mut Desk<'_>,
    pool: &Pool,
    before: &Before,
    after: &Account,
) -> Result<(), EngineError> {
    let account = before.account;
    if check_collateral(desk, pool, account, Action::Open)? == Passed::Initial {
        margin::check_vega(desk, account, &before.held, after)?;
    }
    check_gains(desk, pool, account, &before.held, Change::Trade)
}

/// Openings may not carry the sum of negative cash past its cap; whoever reduces may.
pub fn check_debt_caps(desk: &mut Desk<'_>, all: &[Before]) -> Result<(), EngineError> {
    for coin in desk.touched_coins() {
        let was = desk.debt_before(coin)?;
        let debt = desk.ledger(coin)?.debt;
        let cap = desk
            .config
            .coin(coin)
            .map_or(0, |record| record.terms.at(desk.now).debt_cap);
        if debt <= was || debt <= cap {
            continue;
        }
        for before in all {
            let after = desk.account(before.account)?.clone();
            let deeper = after.amount(coin).min(0) < before.held.amount(coin).min(0);
            if deeper && !margin::is_reducing(desk, &before.held, &after)? {
                return Err(EngineError::DebtCap {
                    denom: desk.denom(coin)?,
                });
            }
        }
    }
    Ok(())
}

/// By which test an account passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// It is covered: no price was read.
    Covered,
    /// Its initial surplus is not negative.
    Initial,
}

/// An account must be covered, or pass the initial test at the prices that the oracle's level names for the action. What must
/// stay of its gains is no collateral: it may be taken while what it carries is lost.
pub fn check_collateral(
    desk: &mut Desk<'_>,
    pool: &Pool,
    account: u64,
    action: Action,
) -> Result<Passed, EngineError> {
    let held = desk.account(account)?.clone();
    let mut counted = held.clone();
    for cash in counted.cash.iter_mut().filter(|cash| cash.amount > 0) {
        let stays = required(desk, pool, account, &held, cash.coin)?;
        cash.amount = sub_signed(cash.amount, stays.min(cash.amount))?;
    }
    let terms = desk.terms_of(&counted)?;
    if margin::is_covered(&counted, &terms)? {
        return Ok(Passed::Covered);
    }
    margin::check_initial(desk, account, &counted, action)?;
    Ok(Passed::Initial)
}

/// As [`check_collateral`], for what an owner takes out: his net vega must be within its limit unless it counted before.
pub fn check_withdrawal(
    desk: &mut Desk<'_>,
    pool: &Pool,
    account: u64,
    before: &Account,
) -> Result<Passed, EngineError> {
    let passed = check_collateral(desk, pool, account, Action::Withdraw)?;
    if passed == Passed::Initial {
        let left = desk.account(account)?.clone();
        margin::check_vega(desk, account, before, &left)?;
    }
    Ok(passed)
}

/// What a message does to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It trades, at any price.
    Trade,
    /// Coins leave it; what it gained stays what it was.
    Payment,
}

/// Refuses to let an open account's cash of a coin fall below what must stay there: what shared losses, losers who are not
/// settled and deficits beyond the markets' insurance could still take of its gains, whether these are cash already or still in legs. By a trade that
/// falls by no more than the coins that leave, or a unit that rounding takes: else a gain would pass into a market that has
/// lost nothing. A coin of which the account has no less than before passes otherwise. Base units; `was`: the account before.
pub fn check_gains(
    desk: &mut Desk<'_>,
    pool: &Pool,
    id: u64,
    was: &Account,
    change: Change,
) -> Result<(), EngineError> {
    let account = desk.account(id)?.clone();
    for coin in desk.touched_coins() {
        let cash = account.amount(coin);
        let left = sub_signed(was.amount(coin), cash)?.max(0);
        let mut stayed = 0;
        if change == Change::Trade {
            stayed = required(desk, pool, id, was, coin)?;
        }
        let stays = required(desk, pool, id, &account, coin)?;
        let must = if left > 0 && cash.max(0) < stays {
            stays
        } else if add_signed(stays, left.max(1))? < stayed {
            stayed
        } else {
            continue;
        };
        return Err(EngineError::Gains {
            account: id,
            denom: desk.denom(coin)?,
            required: must,
        });
    }
    Ok(())
}

/// What must stay of an account's cash in a coin ([`must_stay`], summed over the markets that settle in it), base units.
#[inline(never)] // Once in the contract, not once a caller.
fn required(
    desk: &mut Desk<'_>,
    pool: &Pool,
    id: u64,
    account: &Account,
    coin: u16,
) -> Result<i128, EngineError> {
    let mut required = 0;
    let ledger = desk.ledger(coin)?;
    if ledger.lost == 0 && ledger.uncollected == 0 && desk.shortfall()? == 0 {
        return Ok(required);
    }
    for market in account.markets() {
        if desk.market(market)?.settle_coin == coin {
            required = add_signed(required, must_stay(desk, pool, market, id, account)?)?;
        }
    }
    Ok(required)
}

/// Refuses an account that has a sum or a leg in a market whose deficits exceed its insurance.
pub fn check_shortfall(desk: &mut Desk<'_>, pool: &Pool, id: u64) -> Result<(), EngineError> {
    for market in desk.account(id)?.markets() {
        if pool.unmet(desk, market)? > 0 {
            let market = desk.market(market)?.symbol.clone();
            return Err(EngineError::Shortfall { market });
        }
    }
    Ok(())
}
