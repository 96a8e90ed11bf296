//! What a message would do, without any authority and without changing anything.

use cosmwasm_std::{Coin, Deps, Env, Int128, Uint128, coin};
use protocol_api::engine::{
    AccountId, Fill, FillSettled, SimulateFillsResponse, SimulateWithdrawResponse, SimulatedAccount,
};

use crate::core::num::{add_signed, add_unsigned, neg};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::settle_fills::{Outcome, apply_all, check_all, check_shape};
use crate::execute::withdraw::{Payee, plan};
use crate::gate::Before;
use crate::margin;
use crate::pool::Pool;
use crate::state;

/// What `SettleFills` would do now.
pub fn fills(deps: Deps, env: &Env, fills: &[Fill]) -> Result<SimulateFillsResponse, EngineError> {
    let mut desk = Desk::new(deps, env)?;
    let mut pool = Pool::as_stored();
    let applied = check_shape(fills).and_then(|()| apply_all(&mut desk, &mut pool, fills));
    let outcome = match applied {
        Ok(outcome) => outcome,
        Err(error) => {
            return Ok(SimulateFillsResponse {
                error: Some(error.to_string()),
                accounts: vec![],
            });
        }
    };
    let tested = check_all(&mut desk, &pool, &outcome);
    let accounts: Result<Vec<_>, _> = outcome
        .before
        .iter()
        .map(|before| simulated(&mut desk, before, &outcome))
        .collect();
    let accounts = match accounts {
        // More than can be assessed: the refusal says why.
        Err(_) if tested.is_err() => vec![],
        accounts => accounts?,
    };
    let error = tested.and_then(|()| desk.finish()).err();
    Ok(SimulateFillsResponse {
        error: error.map(|error| error.to_string()),
        accounts,
    })
}

fn simulated(
    desk: &mut Desk<'_>,
    before: &Before,
    outcome: &Outcome,
) -> Result<SimulatedAccount, EngineError> {
    let account = before.account;
    let after = desk.account(account)?.clone();
    let terms = desk.terms_of(&after)?;
    let (mut fee, mut premium) = (0_u128, 0_i128);
    for fill in &outcome.settled {
        let (part, gain) = part_of(fill, account)?;
        fee = add_unsigned(fee, part)?;
        premium = add_signed(premium, gain)?;
    }
    let found = margin::if_priced(margin::initial(desk, &after, margin::Strictness::Mid))?;
    Ok(SimulatedAccount {
        account,
        fee: Uint128::new(fee),
        premium: Int128::new(premium),
        covered: margin::is_covered(&after, &terms)?,
        reducing: margin::is_reducing(desk, &before.held, &after)?,
        initial_surplus: found.map(|found| Int128::new(found.surplus)),
    })
}

/// Fee and premium received of one account in one fill.
fn part_of(fill: &FillSettled, account: AccountId) -> Result<(u128, i128), EngineError> {
    Ok(if fill.maker == account {
        (fill.maker_fee, fill.premium)
    } else if fill.taker == account {
        (fill.taker_fee, neg(fill.premium)?)
    } else {
        (0, 0)
    })
}

/// What `Withdraw` by the owner would do now.
pub fn withdraw(
    deps: Deps,
    env: &Env,
    account: AccountId,
    amounts: &[Coin],
) -> Result<SimulateWithdrawResponse, EngineError> {
    let owner = state::load_meta(deps.storage, account)?.owner;
    let payee = Payee {
        api: deps.api,
        address: &owner,
    };
    let (mut desk, mut pool) = (Desk::new(deps, env)?, Pool::as_stored());
    let parts = match plan(&mut desk, &mut pool, account, &payee, amounts) {
        Ok((parts, _)) => parts,
        Err(error) => {
            let error = Some(error.to_string());
            return Ok(SimulateWithdrawResponse {
                error,
                paid: vec![],
                queued: vec![],
            });
        }
    };
    let paid = parts.iter().filter(|part| part.paid > 0);
    let queued = parts.iter().filter(|part| part.queued > 0);
    Ok(SimulateWithdrawResponse {
        error: None,
        paid: paid.map(|part| coin(part.paid, &part.denom)).collect(),
        queued: queued.map(|part| coin(part.queued, &part.denom)).collect(),
    })
}
