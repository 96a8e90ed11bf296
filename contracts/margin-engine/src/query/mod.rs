//! Read models. Every list is paged.

mod accounts;
mod config;
mod health;
mod liquidation;
mod markets;
mod simulate;

use cosmwasm_std::{Binary, Deps, Env, to_json_binary};
use protocol_api::engine::QueryMsg;

use crate::error::EngineError;

/// Answers a query.
pub fn query(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, EngineError> {
    use QueryMsg as Q;
    Ok(match msg {
        Q::Config {} => to_json_binary(&config::config(deps, env)?)?,
        Q::Coins {} => to_json_binary(&config::coins(deps, env)?)?,
        Q::Ledger {} => to_json_binary(&config::ledger(deps, env)?)?,
        Q::Queue { denom, account } => to_json_binary(&config::queue(deps, env, &denom, account)?)?,
        Q::Venue { venue } => to_json_binary(&config::venue(deps, &venue)?)?,
        Q::Venues { start_after, limit } => {
            to_json_binary(&config::venues(deps, start_after, limit)?)?
        }
        Q::Markets { start_after, limit } => {
            to_json_binary(&markets::markets(deps, env, start_after, limit)?)?
        }
        Q::Market { symbol } => to_json_binary(&markets::market(deps, env, &symbol)?)?,
        Q::Expiries {
            market,
            start_after,
            limit,
        } => to_json_binary(&markets::expiries(
            deps,
            env,
            &market,
            (start_after, limit),
        )?)?,
        Q::Series { series } => to_json_binary(&markets::series(deps, env, &series)?)?,
        Q::SettlementEstimate { market, expiry } => {
            to_json_binary(&markets::estimate(deps, env, &market, expiry)?)?
        }
        Q::SeriesPage {
            market,
            expiry,
            start_after,
            limit,
        } => to_json_binary(&markets::series_page(
            deps,
            env,
            &market,
            (expiry, start_after, limit),
        )?)?,
        other => about_accounts(deps, env, other)?,
    })
}

fn about_accounts(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, EngineError> {
    use QueryMsg as Q;
    Ok(match msg {
        Q::Account { account } => to_json_binary(&accounts::account(deps, env, account)?)?,
        Q::Accounts { start_after, limit } => {
            to_json_binary(&accounts::accounts(deps, env, start_after, limit)?)?
        }
        Q::AccountsByOwner {
            owner,
            start_after,
            limit,
        } => to_json_binary(&accounts::by_owner(
            deps,
            env,
            &owner,
            (start_after, limit),
        )?)?,
        Q::Delegates { account } => to_json_binary(&accounts::delegates(deps, account)?)?,
        Q::Authorized {
            account,
            consent,
            scope,
        } => to_json_binary(&accounts::authorized(
            deps,
            env,
            account,
            (&consent, scope),
        )?)?,
        Q::Health { account } => to_json_binary(&health::health(deps, env, account)?)?,
        Q::Covered { account } => to_json_binary(&health::covered(deps, env, account)?)?,
        Q::SimulateFills { fills } => to_json_binary(&simulate::fills(deps, env, &fills)?)?,
        Q::SimulateWithdraw { account, amounts } => {
            to_json_binary(&simulate::withdraw(deps, env, account, &amounts)?)?
        }
        Q::LiquidationStates { accounts } => {
            to_json_binary(&liquidation::states(deps, env, &accounts)?)?
        }
        Q::BelowHealth {
            bound,
            start_after,
            limit,
        } => to_json_binary(&liquidation::below(deps, env, bound, (start_after, limit))?)?,
        Q::PreviewLiquidate { order } => to_json_binary(&liquidation::preview(deps, env, &order)?)?,
        Q::PreviewDeleverage { order } => {
            to_json_binary(&liquidation::preview_deleverage(deps, env, &order)?)?
        }
        Q::Loss { market, account } => {
            to_json_binary(&liquidation::loss(deps, env, &market, account)?)?
        }
        Q::Insurance { market } => to_json_binary(&liquidation::insurance(deps, env, &market)?)?,
        _ => return Err(EngineError::Unauthorized),
    })
}

/// A page size: 1 to 50, 20 when the caller does not say.
fn limit(asked: Option<u32>) -> usize {
    usize::try_from(asked.unwrap_or(20).clamp(1, 50)).unwrap_or(20)
}
