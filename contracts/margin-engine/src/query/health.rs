//! Health with its explanation, and the covered test.

use cosmwasm_std::{Deps, Env, Int64, Int128, SignedDecimal, Uint128};
use protocol_api::decimal;
use protocol_api::engine::{
    AccountId, CoveredCoin, CoveredResponse, HealthResponse, LegValue as WireLegValue,
};
use risk::{Level, Row, VolMove, Worst, assess, covered as covered_paths, explain};

use crate::core::account::Account;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::margin;

/// Health of an account at the published prices, whatever their validity; without them what needs none.
pub fn health(deps: Deps, env: &Env, id: AccountId) -> Result<HealthResponse, EngineError> {
    let mut desk = Desk::new(deps, env)?;
    desk.open(id)?;
    let account = desk.account(id)?.clone();
    let terms = desk.terms_of(&account)?;
    let mut response = HealthResponse {
        account: id,
        equity: None,
        maintenance_margin: None,
        initial_margin: None,
        maintenance_surplus: None,
        initial_surplus: None,
        health: None,
        covered: margin::is_covered(&account, &terms)?,
        debtor: account.is_debtor(),
        worst: None,
        legs: vec![],
    };
    margin::if_priced(fill(&mut desk, &account, &mut response))?;
    Ok(response)
}

fn fill(
    desk: &mut Desk<'_>,
    account: &Account,
    response: &mut HealthResponse,
) -> Result<(), EngineError> {
    let context = margin::context_of(desk, account)?;
    let book = account.book();
    let initial = assess(&book, &context, Level::Initial)?;
    let maintenance = assess(&book, &context, Level::Maintenance)?;
    response.equity = Some(Int128::new(maintenance.equity));
    response.maintenance_margin = Some(amount(maintenance.margin));
    response.initial_margin = Some(amount(initial.margin));
    response.maintenance_surplus = Some(Int128::new(maintenance.surplus));
    response.initial_surplus = Some(Int128::new(initial.surplus));
    response.health = ratio(maintenance.equity, maintenance.margin);
    response.worst = Some(name(&maintenance.worst));
    for value in explain(&book, &context, Level::Maintenance)?.legs {
        response.legs.push(WireLegValue {
            series: desk.series_name(&value.leg.key)?,
            quantity: Int64::new(value.leg.quantity),
            mark: Int128::new(value.mark),
            worst: Int128::new(value.worst),
        });
    }
    Ok(())
}

fn amount(value: i128) -> Uint128 {
    Uint128::new(u128::try_from(value).unwrap_or(0))
}

/// equity / margin, toward zero; `None` without margin or beyond the type.
fn ratio(equity: i128, margin: i128) -> Option<SignedDecimal> {
    let margin = u128::try_from(margin).ok().filter(|margin| *margin > 0)?;
    let size = crate::core::num::mul_div_floor(equity.unsigned_abs(), decimal::ONE, margin).ok()?;
    let size = i128::try_from(size).ok()?;
    let signed = if equity < 0 {
        size.checked_neg()?
    } else {
        size
    };
    Some(SignedDecimal::new(Int128::new(signed)))
}

/// A pricing in words, such as `scan -800 bps, vol up (underlying 1)`.
fn name(worst: &Worst) -> String {
    match worst {
        Worst::Joint { driver, pricing } => {
            let row = match pricing.row {
                Row::Mark => "mark",
                Row::Scan => "scan",
                Row::Tail => "tail",
                Row::Zero => "zero",
                Row::Infinity => "infinity",
                Row::Smile => "smile",
                Row::Theta => "theta",
                Row::LastDay => "last_day",
                Row::Pin => "pin",
                Row::Band => "band",
                Row::Confidence => "confidence",
                Row::Regime => "regime",
                Row::RegimeInitial => "regime_initial",
            };
            let vol = match pricing.vol {
                VolMove::Down => "vol down",
                VolMove::Flat => "vol flat",
                VolMove::Up => "vol up",
            };
            format!(
                "{row} {} bps, {vol} (underlying {driver})",
                pricing.spot_move
            )
        }
        Worst::Apart => "each underlying at its own worst".into(),
        Worst::Depeg => "depeg".into(),
        Worst::Covered => "none: covered".into(),
        Worst::Cash => "none: cash alone".into(),
    }
}

/// The covered surplus per settlement coin.
pub fn covered(deps: Deps, env: &Env, id: AccountId) -> Result<CoveredResponse, EngineError> {
    let mut desk = Desk::new(deps, env)?;
    desk.open(id)?;
    let account = desk.account(id)?.clone();
    let terms = desk.terms_of(&account)?;
    let mut coins = Vec::new();
    for path in covered_paths(&account.book(), &terms)? {
        let surplus = path.lowest().map(Int128::new);
        coins.push(CoveredCoin {
            denom: desk.denom(path.coin)?,
            surplus,
        });
    }
    Ok(CoveredResponse {
        covered: margin::is_covered(&account, &terms)?,
        coins,
    })
}
