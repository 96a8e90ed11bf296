//! Expiry: take over the price, settle accounts.

use cosmwasm_std::{DepsMut, Env, Response, to_json_binary};
use protocol_api::decimal::decimal_floor;
use protocol_api::engine::{AccountId, ExpiryFixed, SettlePageData};
use protocol_api::event::TypedEvent;
use protocol_std::pagination::costly;

use crate::commit::Commit;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::response_with;
use crate::state;

/// Most accounts in one `SettleAccounts`.
pub const MAX_SETTLED: usize = 32;

/// Takes over the oracle's final price of an expiry.
pub fn fix_expiry(
    deps: DepsMut,
    env: &Env,
    market: String,
    expiry: u64,
) -> Result<Response, EngineError> {
    let minutes = minutes(expiry)?;
    let mut desk = Desk::new(deps.as_ref(), env)?;
    let id = desk.market_id(&market)?;
    let known = desk
        .expiry(id, minutes)?
        .map(|record| record.price.is_some());
    match known {
        None => {
            return Err(EngineError::Unknown {
                name: format!("{market} at {expiry}"),
            });
        }
        Some(true) => return Err(EngineError::AlreadyFixed),
        Some(false) => {}
    }
    let price = desk
        .fixed_price(id, minutes)?
        .ok_or(EngineError::NotFixed)?;
    Commit::of(desk)?.apply(deps.storage)?;
    let price = decimal_floor(price).to_string();
    Ok(response_with(
        ExpiryFixed {
            market,
            expiry,
            price,
        }
        .to_event(),
    ))
}

/// Settles what is fixed in these accounts.
pub fn settle_accounts(
    deps: DepsMut,
    env: &Env,
    accounts: &[AccountId],
) -> Result<Response, EngineError> {
    if accounts.is_empty() || accounts.len() > MAX_SETTLED {
        return Err(EngineError::List { field: "accounts" });
    }
    let mut desk = Desk::new(deps.as_ref(), env)?;
    for account in accounts {
        desk.open(*account)?;
    }
    Commit::of(desk)?.apply(deps.storage)?;
    Ok(Response::new())
}

/// Settles what is fixed in the next accounts by number.
pub fn settle_page(
    deps: DepsMut,
    env: &Env,
    start_after: Option<AccountId>,
    limit: Option<u32>,
) -> Result<Response, EngineError> {
    let page = state::page_accounts(deps.storage, start_after, costly(limit))?;
    let mut desk = Desk::new(deps.as_ref(), env)?;
    let now = env.block.time.seconds();
    let mut last = None;
    for (id, account) in page {
        last = Some(id);
        if account
            .legs
            .iter()
            .any(|leg| leg.key.expiry_seconds() <= now)
        {
            desk.open(id)?;
        }
    }
    Commit::of(desk)?.apply(deps.storage)?;
    Ok(Response::new().set_data(to_json_binary(&SettlePageData { last })?))
}

/// An expiry in unix minutes; a fraction of a minute names none.
pub fn minutes(expiry: u64) -> Result<u32, EngineError> {
    protocol_std::expiry::minutes(expiry).ok_or(EngineError::Range { field: "expiry" })
}
