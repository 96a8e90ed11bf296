//! `SetTerms`, and the first terms. Writes the configuration.

use cosmwasm_std::{DepsMut, Env, Response};
use protocol_api::event::TypedEvent;
use protocol_api::liquidation::{InstantiateMsg, Terms as WireTerms, TermsSet};
use protocol_std::ownership;
use protocol_std::timed::{Timed, effective_range};

use crate::core::terms::Terms;
use crate::engine::Engine;
use crate::error::ContractError;
use crate::state::{self, Config};

/// How far ahead terms must be planned, seconds: a bid pays the penalty on top of its price, so a bidder has a day to
/// withdraw before terms that he did not bid under.
const LEAST_NOTICE: u64 = 86_400;

/// Checks and stores the first configuration.
pub fn instantiate(deps: DepsMut, msg: &InstantiateMsg) -> Result<Response, ContractError> {
    let owner = deps.api.addr_validate(&msg.owner)?;
    let address = deps.api.addr_validate(&msg.engine)?.into_string();
    let engine = Engine::new(&address, deps.querier);
    let quote = engine.quote_coin()?;
    let terms = Timed::new(Terms::checked(&msg.terms, quote.decimals)?);
    ownership::initialise(deps.storage, &owner)?;
    let config = Config {
        engine: address,
        quote: quote.denom,
        terms,
    };
    state::save_config(deps.storage, &config)?;
    Ok(Response::new())
}

/// Plans new terms.
pub fn set_terms(
    deps: DepsMut,
    env: &Env,
    terms: &WireTerms,
    effective_at: u64,
) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let possible = effective_range(now, LEAST_NOTICE);
    if !possible.contains(&effective_at) {
        return Err(ContractError::Time {
            earliest: *possible.start(),
            latest: *possible.end(),
        });
    }
    let mut config = state::load_config(deps.storage)?;
    let engine = Engine::new(&config.engine, deps.querier);
    let checked = Terms::checked(terms, engine.quote_coin()?.decimals)?;
    config.terms.plan(checked, effective_at, now);
    state::save_config(deps.storage, &config)?;
    Ok(Response::new().add_event(TermsSet { effective_at }.to_event()))
}
