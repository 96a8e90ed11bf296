//! The owner's and the guardian's messages: coins, markets, profiles, venues, parameters, pauses.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use protocol_api::engine::ExecuteMsg;

use super::{admin, listing};
use crate::error::EngineError;

/// Which message goes where.
pub fn dispatch(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    msg: ExecuteMsg,
) -> Result<Response, EngineError> {
    use ExecuteMsg as M;
    match msg {
        M::AddCoin { listing } => listing::add_coin(deps, env, &listing),
        M::SetCoinTerms {
            denom,
            terms,
            effective_at,
        } => listing::set_coin_terms(deps, env, denom, &terms, effective_at),
        M::AddMarket { listing } => listing::add_market(deps, env, &listing),
        M::SetMarketParams {
            market,
            params,
            effective_at,
        } => listing::set_market_params(deps, env, market, &params, effective_at),
        M::SetProfile {
            underlying,
            profile,
            effective_at,
        } => admin::set_profile(deps, env, underlying, &profile, effective_at),
        M::SetBetas {
            betas,
            effective_at,
        } => admin::set_betas(deps, env, &betas, effective_at),
        M::SetVenue { venue, authorized } => admin::set_venue(deps, &venue, authorized),
        M::SetLiquidator { liquidator } => admin::set_liquidator(deps, &liquidator),
        M::SetTreasury { account } => admin::set_treasury(deps, account),
        M::SetParams {
            params,
            effective_at,
        } => admin::set_params(deps, env, &params, effective_at),
        M::ProposeOwner { owner, expires_at } => {
            admin::propose_owner(deps, env, info, &owner, expires_at)
        }
        M::CancelOwnerProposal {} => admin::cancel_owner_proposal(deps, info),
        M::AcceptOwner {} => admin::accept_owner(deps, env, info),
        M::SetGuardian { guardian } => admin::set_guardian(deps, guardian),
        M::Pause { actions, seconds } => admin::pause(deps, env, &actions, seconds),
        M::LiftPause {} => admin::lift_pause(deps),
        _ => Err(EngineError::Unauthorized),
    }
}
