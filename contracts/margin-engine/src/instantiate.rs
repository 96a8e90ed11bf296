//! A new engine: owner, oracle, parameters, the quote coin.

use cosmwasm_std::{Addr, Decimal, DepsMut, Response};
use protocol_api::engine::{CoinTerms, InstantiateMsg};
use protocol_std::ownership;
use protocol_std::pause::Pause;

use crate::core::cap::MAX_RAMP;
use crate::core::market::require;
use crate::error::EngineError;
use crate::execute::admin::checked_params;
use crate::execute::listing::{check_denom, coin_terms};
use crate::state::{self, CoinRecord, Config, Timed};

/// Checks and stores the first configuration.
pub fn instantiate(deps: DepsMut, msg: InstantiateMsg) -> Result<Response, EngineError> {
    let owner = deps.api.addr_validate(&msg.owner)?;
    let oracle = deps.api.addr_validate(&msg.oracle)?;
    let guardian = msg
        .guardian
        .map(|raw| deps.api.addr_validate(&raw))
        .transpose()?;
    require(msg.quote_coin.decimals <= 12, "decimals")?;
    let terms = CoinTerms {
        weight_initial: Decimal::one(),
        weight_maintenance: Decimal::one(),
        depeg: Decimal::zero(),
        cap: msg.quote_coin.cap,
        debt_cap: msg.quote_coin.debt_cap,
    };
    require(msg.cap_ramp <= u64::from(MAX_RAMP), "cap_ramp")?;
    let mut config = Config {
        oracle: oracle.into_string(),
        guardian: guardian.map(Addr::into_string),
        treasury: None,
        pause: Pause::default(),
        params: Timed::new(checked_params(&msg.params)?),
        cap_ramp: u32::try_from(msg.cap_ramp).map_err(|_| EngineError::Overflow)?,
        markets: 0,
        liquidators: 0,
        coins: vec![],
        venues: vec![],
    };
    check_denom(&config, &msg.quote_coin.denom)?;
    // The quote coin is there from the beginning: nothing to ramp.
    let terms = coin_terms(&terms, terms.cap.u128(), 0)?;
    config.coins.push(CoinRecord {
        denom: msg.quote_coin.denom,
        underlying: None,
        decimals: msg.quote_coin.decimals,
        terms: Timed::new(terms),
    });
    ownership::initialise(deps.storage, &owner)?;
    state::save_config(deps.storage, &config)?;
    Ok(Response::new())
}
