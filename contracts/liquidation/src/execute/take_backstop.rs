//! `TakeBackstop`: a step in which a backstop is the open taker. Writes nothing itself; the reply does, and refuses when
//! the account was not critical.

use cosmwasm_std::{Deps, DepsMut, Env, Response, Uint128};
use protocol_api::engine::{AccountId, AccountResponse, MAX_TAKERS};
use risk::liquidation::Health;

use crate::core::terms::Terms;
use crate::engine::{Engine, consent};
use crate::error::ContractError;
use crate::state::{self, Config};
use crate::step::{self, Open, Request};

/// Sends the step. The backstop pays at most its quote cash.
pub fn take(
    deps: &DepsMut,
    env: &Env,
    group: u16,
    account: AccountId,
    keeper: Option<AccountId>,
) -> Result<Response, ContractError> {
    let config = state::load_config(deps.storage)?;
    let request = Request {
        keeper,
        ..request(deps.as_ref(), env, &config, group, account)?
    };
    let now = env.block.time.seconds();
    step::send(deps.storage, &config, now, request)
}

/// The step in which the backstop takes, without a keeper. Reads only.
pub fn request(
    deps: Deps,
    env: &Env,
    config: &Config,
    group: u16,
    account: AccountId,
) -> Result<Request, ContractError> {
    let backstop = state::load_backstop(deps.storage, group)?;
    let engine = Engine::new(&config.engine, deps.querier);
    let seller = engine.account(account)?;
    if let Some(market) = foreign(&seller, &backstop.markets) {
        return Err(ContractError::OtherMarket { group, market });
    }
    let own = engine.account(backstop.account)?;
    let cash = own.cash.iter().find(|cash| cash.denom == config.quote);
    let cash = cash.map_or(0, |cash| cash.amount.i128().max(0).unsigned_abs());
    let terms = config.terms.at(env.block.time.seconds());
    let least_reward = least_reward(&engine, terms, account)?;
    Ok(Request {
        account,
        open: Some(Open {
            account: backstop.account,
            consent: consent(env.contract.address.as_str()),
            least_reward,
            budget: Uint128::new(cash),
            legs_fingerprint: None,
        }),
        keeper: None,
        critical: true,
        bids: MAX_TAKERS.saturating_sub(1),
    })
}

/// A market beyond the backstop's that an account is of: by its legs, and by what it gained or lost there when it has none.
fn foreign(account: &AccountResponse, markets: &[String]) -> Option<String> {
    let of_legs = account.legs.iter().map(|leg| {
        let market = leg.series.split('-').next();
        market.unwrap_or_default().to_owned()
    });
    let of_sums = account.profits.iter().map(|sum| sum.market.clone());
    let all: Vec<String> = if account.legs.is_empty() {
        of_sums.collect()
    } else {
        of_legs.collect()
    };
    all.into_iter().find(|market| !markets.contains(market))
}

/// The terms' least reward, or what the seller's equity can pay of it: an insolvent account is taken at mark, insurance
/// paying its deficit.
fn least_reward(
    engine: &Engine<'_>,
    terms: &Terms,
    seller: AccountId,
) -> Result<i32, ContractError> {
    let least = i32::try_from(terms.backstop_reward).map_err(|_| ContractError::Overflow)?;
    let state = engine.state(seller)?;
    let (Some(equity), Some(margin)) = (state.equity, state.maintenance) else {
        return Ok(least);
    };
    let margin = i128::try_from(margin.u128()).map_err(|_| ContractError::Overflow)?;
    let equity = equity.i128();
    Ok(Health { equity, margin }.reward(least))
}
