//! Read models. Every list is paged.

mod accounts;
mod config;
mod health;
mod liquidation;
mod markets;
mod simulate;

use cosmwasm_std::{Binary, Deps, Env, to_json_binary};
use protocol_api::engine::QueryMsg;
use serde::Serialize;

use crate::error::EngineError;

/// Answers a query. A family refuses what is not its own; no query gets there.
pub fn query(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, EngineError> {
    use QueryMsg as Q;
    match msg {
        Q::Config {}
        | Q::Coins {}
        | Q::Ledger {}
        | Q::Queue { .. }
        | Q::Venue { .. }
        | Q::Venues { .. } => about_engine(deps, env, msg),
        Q::Markets { .. }
        | Q::Market { .. }
        | Q::Expiries { .. }
        | Q::Series { .. }
        | Q::SeriesPage { .. } => about_markets(deps, env, msg),
        Q::Account { .. }
        | Q::Accounts { .. }
        | Q::AccountsByOwner { .. }
        | Q::Delegates { .. }
        | Q::Authorized { .. }
        | Q::Health { .. }
        | Q::Covered { .. }
        | Q::SimulateFills { .. }
        | Q::SimulateWithdraw { .. } => about_accounts(deps, env, msg),
        Q::LiquidationStates { .. }
        | Q::BelowHealth { .. }
        | Q::PreviewLiquidate { .. }
        | Q::PreviewDeleverage { .. }
        | Q::Loss { .. }
        | Q::Insurance { .. } => about_liquidation(deps, env, msg),
    }
}

fn about_engine(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, EngineError> {
    use QueryMsg as Q;
    match msg {
        Q::Config {} => json(config::config(deps, env)),
        Q::Coins {} => json(config::coins(deps, env)),
        Q::Ledger {} => json(config::ledger(deps, env)),
        Q::Queue { denom, account, to } => json(config::queue(deps, env, &denom, account, to)),
        Q::Venue { venue } => json(config::venue(deps, &venue)),
        Q::Venues { start_after, limit } => json(config::venues(deps, start_after, limit)),
        _ => Err(EngineError::Unauthorized),
    }
}

fn about_markets(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, EngineError> {
    use QueryMsg as Q;
    match msg {
        Q::Markets { start_after, limit } => json(markets::markets(deps, env, start_after, limit)),
        Q::Market { market } => json(markets::market(deps, env, &market)),
        Q::Expiries {
            market,
            start_after,
            limit,
        } => json(markets::expiries(deps, env, &market, start_after, limit)),
        Q::Series { series } => json(markets::series(deps, env, &series)),
        Q::SeriesPage {
            market,
            expiry,
            start_after,
            limit,
        } => {
            let page = markets::Page {
                expiry,
                start_after,
                limit,
            };
            json(markets::series_page(deps, env, &market, page))
        }
        _ => Err(EngineError::Unauthorized),
    }
}

fn about_accounts(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, EngineError> {
    use QueryMsg as Q;
    match msg {
        Q::Account { account } => json(accounts::account(deps, env, account)),
        Q::Accounts { start_after, limit } => {
            json(accounts::accounts(deps, env, start_after, limit))
        }
        Q::AccountsByOwner {
            owner,
            start_after,
            limit,
        } => json(accounts::by_owner(deps, env, &owner, start_after, limit)),
        Q::Delegates { account } => json(accounts::delegates(deps, account)),
        Q::Authorized {
            account,
            consent,
            scope,
        } => json(accounts::authorized(deps, env, account, &consent, scope)),
        Q::Health { account } => json(health::health(deps, env, account)),
        Q::Covered { account } => json(health::covered(deps, env, account)),
        Q::SimulateFills { fills } => json(simulate::fills(deps, env, &fills)),
        Q::SimulateWithdraw { account, amounts } => {
            json(simulate::withdraw(deps, env, account, &amounts))
        }
        _ => Err(EngineError::Unauthorized),
    }
}

fn about_liquidation(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, EngineError> {
    use QueryMsg as Q;
    match msg {
        Q::LiquidationStates { accounts } => json(liquidation::states(deps, env, &accounts)),
        Q::BelowHealth {
            bound,
            start_after,
            limit,
        } => json(liquidation::below(deps, env, bound, start_after, limit)),
        Q::PreviewLiquidate { order } => json(liquidation::preview(deps, env, &order)),
        Q::PreviewDeleverage { order } => json(liquidation::preview_deleverage(deps, env, &order)),
        Q::Loss { market, account } => json(liquidation::loss(deps, env, &market, account)),
        Q::Insurance { market } => json(liquidation::insurance(deps, env, &market)),
        _ => Err(EngineError::Unauthorized),
    }
}

/// An answer on the wire.
fn json(answer: Result<impl Serialize, EngineError>) -> Result<Binary, EngineError> {
    Ok(to_json_binary(&answer?)?)
}
