//! The gate every trade passes, whoever brings it: covered, or the full grid, or reducing.

use protocol_api::oracle::Action;

use crate::core::account::Account;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::liquidation::test_gains;
use crate::margin;

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
pub fn test_account(desk: &mut Desk<'_>, before: &Before) -> Result<(), EngineError> {
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
    let terms = desk.terms_of(&after)?;
    let missing = if margin::is_covered(&after, &terms)? {
        None
    } else {
        match margin::missing_for(desk, account, &after, Action::Open)? {
            None => margin::over_vega(desk, account, (&before.held, &after))?,
            missing => missing,
        }
    };
    let refusal = match missing {
        None => match test_gains(desk, account, &before.held) {
            Err(error @ EngineError::Gains { .. }) => Some(error),
            tested => {
                tested?;
                None
            }
        },
        missing => missing,
    };
    match refusal {
        Some(refusal) if !margin::is_reducing(desk, &before.held, &after)? => Err(refusal),
        _ => Ok(()),
    }
}

/// Openings may not carry the sum of negative cash past its cap; whoever reduces may.
pub fn test_debt_caps(desk: &mut Desk<'_>, all: &[Before]) -> Result<(), EngineError> {
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
