//! `CreateBackstop`: an engine account that this contract owns, and a record of it. Writes the
//! backstop in the reply.

use borsh::{BorshDeserialize, BorshSerialize};
use cosmwasm_std::{DepsMut, Env, Response, Storage, SubMsg};
use protocol_api::engine::{AccountId, ExecuteMsg};
use protocol_api::event::TypedEvent;
use protocol_api::liquidation::{BackstopCreated, MAX_GROUP_MARKETS};
use protocol_std::message;

use crate::engine::{Engine, tell};
use crate::error::ContractError;
use crate::state::{self, Backstop};

/// Marks the reply to an account that was opened for a backstop.
pub const REPLY: u64 = 2;

/// What the reply needs.
#[derive(BorshSerialize, BorshDeserialize)]
struct Wanted {
    group: u16,
    markets: Vec<String>,
}

/// Checks the markets and opens the account.
pub fn create(
    deps: &DepsMut,
    env: &Env,
    group: u16,
    markets: Vec<String>,
) -> Result<Response, ContractError> {
    if state::may_load_backstop(deps.storage, group)?.is_some() {
        return Err(ContractError::BackstopExists { group });
    }
    if !(1..=MAX_GROUP_MARKETS).contains(&markets.len()) {
        return Err(ContractError::Markets);
    }
    let config = state::load_config(deps.storage)?;
    let engine = Engine::new(&config.engine, deps.querier);
    let mut earlier: Vec<&String> = Vec::with_capacity(markets.len());
    for symbol in &markets {
        if earlier.contains(&symbol) {
            return Err(ContractError::Markets);
        }
        if engine.market(symbol)?.settle_denom != config.quote {
            let market = symbol.clone();
            return Err(ContractError::NotQuote { market });
        }
        earlier.push(symbol);
    }
    let open = ExecuteMsg::CreateAccount {
        venues: vec![env.contract.address.to_string()],
    };
    let payload = borsh::to_vec(&Wanted { group, markets }).map_err(|_| ContractError::Overflow)?;
    let open = SubMsg::reply_on_success(tell(&config.engine, &open, vec![])?, REPLY);
    Ok(Response::new().add_submessage(open.with_payload(payload)))
}

/// Records the account that was opened.
pub fn created(
    storage: &mut dyn Storage,
    payload: &[u8],
    answer: &[u8],
) -> Result<Response, ContractError> {
    let wanted: Wanted = borsh::from_slice(payload).map_err(|_| ContractError::EngineAnswer)?;
    let account: AccountId = message::read(answer).map_err(|_| ContractError::EngineAnswer)?;
    let backstop = Backstop {
        account,
        markets: wanted.markets,
        supply: 0,
        series: 0,
    };
    let group = wanted.group;
    state::save_backstop(storage, group, &backstop)?;
    Ok(Response::new().add_event(BackstopCreated { group, account }.to_event()))
}
