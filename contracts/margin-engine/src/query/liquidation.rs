//! What liquidators ask: who is below maintenance, what a step would do, what insurance may pay.

use cosmwasm_std::{Binary, Deps, Env, Int128, Uint128};
use protocol_api::engine::{
    AccountId, BelowHealthResponse, DeleverageData, DeleverageOrder, InsuranceResponse,
    LiquidateOrder, LiquidatePreview, LiquidationStateResponse, LossPart, LossResponse,
};
use protocol_std::pagination::costly;
use risk::liquidation::{Health, Standing};

use super::accounts;
use crate::core::num::{add_unsigned, sub_signed};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::liquidation::{Prices, deleverage, go_on, standing, step};
use crate::pool::Pool;
use crate::state;

/// Most accounts in one `LiquidationStates`.
const MAX_STATES: usize = 32;

/// How accounts stand.
pub fn states(
    deps: Deps,
    env: &Env,
    accounts: &[AccountId],
) -> Result<Vec<LiquidationStateResponse>, EngineError> {
    if accounts.len() > MAX_STATES {
        return Err(EngineError::List { field: "accounts" });
    }
    let mut desk = Desk::new(deps, env)?;
    let view = |id: &AccountId| state_of(&mut desk, *id).map(|found| found.0);
    accounts.iter().map(view).collect()
}

/// One page of the accounts whose health is below a bound; those without a price are left out.
pub fn below(
    deps: Deps,
    env: &Env,
    bound: u32,
    start_after: Option<AccountId>,
    asked: Option<u32>,
) -> Result<BelowHealthResponse, EngineError> {
    let mut desk = Desk::new(deps, env)?;
    let page = state::page_accounts(deps.storage, start_after, costly(asked))?;
    let mut found = BelowHealthResponse {
        accounts: vec![],
        last: page.last().map(|(id, _)| *id),
    };
    for (id, account) in page {
        // Cash alone is never below.
        if account.legs.is_empty() && !account.is_debtor() {
            continue;
        }
        let (view, health) = state_of(&mut desk, id)?;
        if health.is_some_and(|health| health.is_below(bound)) {
            found.accounts.push(view);
        }
    }
    Ok(found)
}

fn state_of(
    desk: &mut Desk<'_>,
    id: AccountId,
) -> Result<(LiquidationStateResponse, Option<Health>), EngineError> {
    let fingerprint = Binary::from(state::fingerprint(desk.storage(), id));
    let mut view = LiquidationStateResponse {
        account: id,
        fingerprint,
        legs_fingerprint: Binary::default(),
        standing: None,
        equity: None,
        maintenance: None,
        allowed: false,
        price_time: None,
    };
    desk.open(id)?;
    view.legs_fingerprint = state::legs_fingerprint(desk.account(id)?)?.into();
    let Ok((prices, health)) = Prices::and_health(desk, id) else {
        return Ok((view, None));
    };
    let found = health.standing();
    view.price_time = prices.oldest;
    view.standing = Some(standing(&health));
    view.equity = Some(Int128::new(health.equity));
    view.maintenance = Some(Uint128::new(health.margin.unsigned_abs()));
    view.allowed = found != Standing::Healthy && prices.verdict(desk, id, found, 0).is_ok();
    Ok((view, Some(health)))
}

/// What `Liquidate` by the liquidation contract would do now.
pub fn preview(
    deps: Deps,
    env: &Env,
    order: &LiquidateOrder,
) -> Result<LiquidatePreview, EngineError> {
    let venue = state::load_liquidator(deps.storage)?.ok_or(EngineError::Unauthorized)?;
    let mut desk = Desk::new(deps, env)?;
    let done = step(&mut desk, &mut Pool::as_stored(), order, &venue)?.data;
    desk.finish()?;
    let mut concerned = vec![order.account];
    for taken in &done.taken {
        if !concerned.contains(&taken.account) {
            concerned.push(taken.account);
        }
    }
    let accounts = accounts::views(&mut desk, concerned)?;
    Ok(LiquidatePreview { done, accounts })
}

/// What `Deleverage` by the liquidation contract would do now.
pub fn preview_deleverage(
    deps: Deps,
    env: &Env,
    order: &DeleverageOrder,
) -> Result<DeleverageData, EngineError> {
    let mut desk = Desk::new(deps, env)?;
    let done = deleverage(&mut desk, &mut Pool::as_stored(), order)?;
    desk.finish()?;
    Ok(done.data)
}

/// What a market's insurance holds and may pay.
pub fn insurance(deps: Deps, env: &Env, market: &str) -> Result<InsuranceResponse, EngineError> {
    let desk = Desk::new(deps, env)?;
    let fund = Pool::as_stored().fund(&desk, desk.market_id(market)?)?;
    Ok(InsuranceResponse {
        market: market.to_owned(),
        balance: Uint128::new(fund.balance),
        available: Uint128::new(fund.available()),
        hour_ends: fund.hour_ends(),
        shortfall: Uint128::new(fund.shortfall),
    })
}

/// A market's loss as `ShareLoss` would leave it now, and what that does to one account.
pub fn loss(
    deps: Deps,
    env: &Env,
    market: &str,
    account: Option<AccountId>,
) -> Result<LossResponse, EngineError> {
    let mut desk = Desk::new(deps, env)?;
    let id = desk.market_id(market)?;
    let coin = desk.market(id)?.settle_coin;
    let mut held = 0;
    if let Some(account) = account {
        desk.open(account)?;
        held = desk.account(account)?.amount(coin);
    }
    go_on(&mut desk, &mut Pool::as_stored(), id, account.as_slice())?;
    let loss = desk.loss(id)?.clone();
    let account = match account {
        None => None,
        Some(account) => {
            let part = desk.gain(id, account)?.part;
            Some(LossPart {
                gains: Uint128::new(part.gains),
                withheld: Uint128::new(part.withheld),
                cut: Uint128::new(loss.running.end().cut_ceil(&part)),
                moved: Int128::new(sub_signed(desk.account(account)?.amount(coin), held)?),
            })
        }
    };
    let running = loss.running;
    Ok(LossResponse {
        market: market.to_owned(),
        lost: Uint128::new(add_unsigned(running.due, loss.later)?),
        uncollected: Uint128::new(loss.uncollected),
        round: loss.round,
        ends_at: Some(loss.ends_at).filter(|at| *at > 0),
        ends_at_latest: Some(loss.ends_at_latest).filter(|at| *at > 0),
        unseen: Some(loss.unseen).filter(|id| *id > 0),
        due: Uint128::new(running.due),
        gains: Uint128::new(running.gains),
        withheld: Uint128::new(running.withheld),
        account,
    })
}
