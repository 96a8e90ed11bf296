//! Accounts as the next touch would leave them: interest counted, fixed legs settled.

use cosmwasm_std::{Binary, Deps, Env, Int128, Uint128};
use protocol_api::engine::{
    AccountId, AccountResponse, AccountsResponse, AuthorizedResponse, CashView, Consent, Delegate,
    DelegateId, DelegatesResponse, Grant, ProfitView, Scope,
};
use protocol_std::pagination::costly;

use super::config::open_offer;
use crate::consent::{consents, scope_bit};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::accounts::padded;
use crate::gains::markets;
use crate::state;

/// One account.
pub fn account(deps: Deps, env: &Env, id: AccountId) -> Result<AccountResponse, EngineError> {
    let mut desk = Desk::new(deps, env)?;
    view(&mut desk, id)
}

fn view(desk: &mut Desk<'_>, id: AccountId) -> Result<AccountResponse, EngineError> {
    let meta = state::load_meta(desk.storage(), id)?;
    desk.open(id)?;
    let account = desk.account(id)?.clone();
    let grace = u64::from(desk.config.params.at(desk.now).debt_grace);
    let mut cash = Vec::with_capacity(account.cash.len());
    for entry in account.cash.iter().filter(|entry| entry.amount != 0) {
        cash.push(CashView {
            denom: desk.denom(entry.coin)?,
            amount: Int128::new(entry.amount),
            debt_since: (entry.since > 0).then_some(entry.since.into()),
            late: entry.is_late(desk.now, grace),
        });
    }
    let legs = desk.leg_views(&account.legs)?;
    let mut profits = Vec::with_capacity(account.profits.len());
    for market in markets(desk, id)? {
        profits.push(ProfitView {
            market: desk.market(market)?.symbol.clone(),
            realized: Int128::new(account.profit(market)),
            withheld: Uint128::new(desk.withheld(market, id)?),
        });
    }
    Ok(AccountResponse {
        account: id,
        owner: meta.owner,
        offer: open_offer(meta.offer, desk.now),
        cash,
        legs,
        profits,
        escrow: Uint128::new(account.escrow),
    })
}

/// Accounts as they are on the desk.
pub fn views(
    desk: &mut Desk<'_>,
    ids: Vec<AccountId>,
) -> Result<Vec<AccountResponse>, EngineError> {
    ids.into_iter().map(|id| view(desk, id)).collect()
}

/// Accounts by number.
pub fn accounts(
    deps: Deps,
    env: &Env,
    start_after: Option<AccountId>,
    asked: Option<u32>,
) -> Result<AccountsResponse, EngineError> {
    let mut desk = Desk::new(deps, env)?;
    let page = state::page_accounts(deps.storage, start_after, costly(asked))?;
    let ids = page.into_iter().map(|(id, _)| id).collect();
    let accounts = views(&mut desk, ids)?;
    Ok(AccountsResponse { accounts })
}

/// Accounts of an owner by number.
pub fn by_owner(
    deps: Deps,
    env: &Env,
    owner: &str,
    start_after: Option<AccountId>,
    asked: Option<u32>,
) -> Result<AccountsResponse, EngineError> {
    let mut desk = Desk::new(deps, env)?;
    let key = padded(deps.api, owner)?;
    let ids = state::page_owned(deps.storage, key, start_after, costly(asked))?;
    let accounts = views(&mut desk, ids)?;
    Ok(AccountsResponse { accounts })
}

/// Delegates and venues of an account.
pub fn delegates(deps: Deps, id: AccountId) -> Result<DelegatesResponse, EngineError> {
    let meta = state::load_meta(deps.storage, id)?;
    let delegates = meta.delegates.iter().map(delegate).collect();
    Ok(DelegatesResponse {
        owner: meta.owner,
        delegates,
        venues: meta.venues,
    })
}

fn delegate(stored: &state::Delegate) -> Delegate {
    let id = if stored.is_key {
        DelegateId::Key {
            public_key: Binary::from(stored.id.as_slice()),
        }
    } else {
        DelegateId::Address {
            address: String::from_utf8_lossy(&stored.id).into_owned(),
        }
    };
    let given = |scope: &Scope| stored.scopes & scope_bit(*scope) != 0;
    let scopes = [Scope::Trade, Scope::WithdrawToOwner]
        .into_iter()
        .filter(given)
        .collect();
    Delegate {
        id,
        grant: Grant {
            scopes,
            expires_at: stored.expires_at,
        },
    }
}

/// Whether whoever consents may act for the account now.
pub fn authorized(
    deps: Deps,
    env: &Env,
    id: AccountId,
    consent: &Consent,
    scope: Scope,
) -> Result<AuthorizedResponse, EngineError> {
    let meta = state::load_meta(deps.storage, id)?;
    let authorized = consents(&meta, consent, scope, env.block.time.seconds());
    Ok(AuthorizedResponse { authorized })
}
