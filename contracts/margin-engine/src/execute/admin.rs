//! Engine-wide settings. Writes configuration, profiles, betas, ledgers (interest up to now), the
//! liquidation contract, ownership.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use protocol_api::decimal;
use protocol_api::engine::{
    BetaEntry, ConfigSet, EngineParams, LiquidatorSet, PauseAction, PauseLifted, Paused, Profile,
    ProfileSet, TreasurySet, VenueSet,
};
use protocol_api::event::TypedEvent;
use protocol_api::governance::{GuardianSet, OwnerAccepted, OwnerProposalCancelled, OwnerProposed};
use protocol_std::ownership;
use risk::Beta;

use crate::core::market::{VENUE_LIMIT, require};
use crate::desk::{accrue, second};
use crate::error::EngineError;
use crate::execute::listing::check_effective;
use crate::execute::response_with;
use crate::pausable::{PAUSABLE, PAUSE_ALL};
use crate::state::{self, Betas, Params, ProfileRecord, Timed};

/// Parameters in their hard ranges.
pub fn checked_params(params: &EngineParams) -> Result<Params, EngineError> {
    let bounded = |value: u64, low: u64, high: u64, field: &'static str| {
        require((low..=high).contains(&value), field)?;
        u32::try_from(value).map_err(|_| EngineError::Range { field })
    };
    let rate = params.debt_rate.atomics().u128();
    let discount = params.collateral_discount.atomics().u128();
    require(rate <= decimal::ONE, "debt_rate")?;
    // What no profile's scan leaves uncharged, so that a coin sold at its discount still pays what it may carry.
    require(discount <= decimal::ONE / 20, "collateral_discount")?;
    require(params.listing_fee.u128() < 1 << 80, "listing_fee")?;
    Ok(Params {
        debt_grace: bounded(params.debt_grace, 3_600, 604_800, "debt_grace")?,
        debt_rate: rate,
        discount,
        discount_ramp: bounded(params.discount_ramp, 0, 604_800, "discount_ramp")?,
        listing_fee: params.listing_fee.u128(),
    })
}

/// Plans new parameters. Interest up to now is counted at the old rate first.
pub fn set_params(
    deps: DepsMut,
    env: &Env,
    params: &EngineParams,
    effective_at: u64,
) -> Result<Response, EngineError> {
    let now = env.block.time.seconds();
    check_effective(effective_at, now)?;
    let params = checked_params(params)?;
    let mut config = state::load_config(deps.storage)?;
    for coin in (0_u16..).take(config.coins.len()) {
        let mut ledger = state::load_ledger(deps.storage, coin)?;
        accrue(&mut ledger, &config.params, now)?;
        ledger.start(second(now));
        state::save_ledger(deps.storage, coin, &ledger)?;
    }
    config.params.plan(params, effective_at, now);
    state::save_config(deps.storage, &config)?;
    Ok(config_set("params", effective_at))
}

/// Plans the profile of an underlying.
pub fn set_profile(
    deps: DepsMut,
    env: &Env,
    underlying: u16,
    profile: &Profile,
    effective_at: u64,
) -> Result<Response, EngineError> {
    let now = env.block.time.seconds();
    check_effective(effective_at, now)?;
    let profile = risk::Profile::from(profile);
    profile.validate()?;
    let record = ProfileRecord::from(&profile);
    let known = state::load_profile(deps.storage, underlying)?;
    let mut timed =
        known.unwrap_or_else(|| Timed::new(ProfileRecord::from(&risk::default_profile())));
    timed.plan(record, effective_at, now);
    state::save_profile(deps.storage, underlying, &timed)?;
    let set = ProfileSet {
        underlying,
        effective_at,
    };
    Ok(response_with(set.to_event()))
}

/// Plans the betas.
pub fn set_betas(
    deps: DepsMut,
    env: &Env,
    betas: &[BetaEntry],
    effective_at: u64,
) -> Result<Response, EngineError> {
    let now = env.block.time.seconds();
    check_effective(effective_at, now)?;
    require(betas.len() <= 64, "betas")?;
    let mut stored = Vec::with_capacity(betas.len());
    for entry in betas {
        require(entry.beta.unsigned_abs() <= 40_000, "beta")?;
        require(entry.driver != Beta::UNNAMED, "driver")?;
        let named = |known: &(u16, u16, i32)| (known.0, known.1) == (entry.driver, entry.follower);
        if entry.driver == entry.follower || stored.iter().any(named) {
            return Err(EngineError::List { field: "betas" });
        }
        let scaled = i64::from(entry.beta).saturating_mul(65_536) / 10_000;
        let beta = i32::try_from(scaled).map_err(|_| EngineError::Range { field: "beta" })?;
        stored.push((entry.driver, entry.follower, beta));
    }
    let known = state::load_betas(deps.storage)?;
    let mut timed = known.unwrap_or_else(|| Timed::new(Betas(vec![])));
    timed.plan(Betas(stored), effective_at, now);
    state::save_betas(deps.storage, &timed)?;
    Ok(config_set("betas", effective_at))
}

/// Authorises a venue or takes the authority back.
pub fn set_venue(deps: DepsMut, venue: &str, authorized: bool) -> Result<Response, EngineError> {
    let venue = deps.api.addr_validate(venue)?.into_string();
    let mut config = state::load_config(deps.storage)?;
    config.venues.retain(|known| *known != venue);
    if authorized {
        require(config.venues.len() < VENUE_LIMIT, "venues")?;
        config.venues.push(venue.clone());
        config.venues.sort_unstable();
    }
    state::save_config(deps.storage, &config)?;
    Ok(response_with(VenueSet { venue, authorized }.to_event()))
}

/// Names the liquidation contract. What one that is replaced holds in escrow goes back to each account when it is touched
/// next; the old one knows nothing of that, so no contract is named twice.
pub fn set_liquidator(deps: DepsMut, liquidator: &str) -> Result<Response, EngineError> {
    let liquidator = deps.api.addr_validate(liquidator)?.into_string();
    let mut config = state::load_config(deps.storage)?;
    let known = state::load_liquidators(deps.storage)?;
    require(!known.contains(&liquidator), "liquidator")?;
    let next = config.liquidators.checked_add(1);
    config.liquidators = next.ok_or(EngineError::Overflow)?;
    state::save_config(deps.storage, &config)?;
    state::save_liquidators(deps.storage, [known, vec![liquidator.clone()]].concat())?;
    Ok(response_with(LiquidatorSet { liquidator }.to_event()))
}

/// Names the account that collects fees.
pub fn set_treasury(deps: DepsMut, account: u64) -> Result<Response, EngineError> {
    state::load_meta(deps.storage, account)?;
    let mut config = state::load_config(deps.storage)?;
    config.treasury = Some(account);
    state::save_config(deps.storage, &config)?;
    Ok(response_with(TreasurySet { account }.to_event()))
}

/// Names or removes the guardian.
pub fn set_guardian(deps: DepsMut, guardian: Option<String>) -> Result<Response, EngineError> {
    let mut config = state::load_config(deps.storage)?;
    config.guardian = guardian
        .map(|guardian| deps.api.addr_validate(&guardian))
        .transpose()?
        .map(cosmwasm_std::Addr::into_string);
    state::save_config(deps.storage, &config)?;
    let guardian = config.guardian.unwrap_or_default();
    Ok(response_with(GuardianSet { guardian }.to_event()))
}

/// Pauses actions for a while.
pub fn pause(
    deps: DepsMut,
    env: &Env,
    actions: &[PauseAction],
    seconds: u64,
) -> Result<Response, EngineError> {
    let now = env.block.time.seconds();
    let mut config = state::load_config(deps.storage)?;
    let (mut bits, mut names) = (0, Vec::new());
    for (action, bit, name) in PAUSABLE {
        if actions.contains(&action) {
            bits |= bit;
            names.push(name);
        }
    }
    config.pause = config.pause.impose(bits, PAUSE_ALL, seconds, now)?;
    state::save_config(deps.storage, &config)?;
    let paused = Paused {
        actions: names.join(","),
        until: config.pause.until,
    };
    Ok(response_with(paused.to_event()))
}

/// Ends a pause.
pub fn lift_pause(deps: DepsMut) -> Result<Response, EngineError> {
    let mut config = state::load_config(deps.storage)?;
    config.pause = config.pause.lift();
    state::save_config(deps.storage, &config)?;
    Ok(response_with(PauseLifted {}.to_event()))
}

/// Offers ownership.
pub fn propose_owner(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    owner: &str,
    expires_at: u64,
) -> Result<Response, EngineError> {
    let to = deps.api.addr_validate(owner)?;
    let now = env.block.time.seconds();
    ownership::propose(deps.storage, &info.sender, &to, expires_at, now)?;
    let owner = to.into_string();
    Ok(response_with(
        OwnerProposed { owner, expires_at }.to_event(),
    ))
}

/// Withdraws the offer of ownership.
pub fn cancel_owner_proposal(deps: DepsMut, info: &MessageInfo) -> Result<Response, EngineError> {
    ownership::cancel(deps.storage, &info.sender)?;
    Ok(response_with(OwnerProposalCancelled {}.to_event()))
}

/// Takes ownership over.
pub fn accept_owner(deps: DepsMut, env: &Env, info: &MessageInfo) -> Result<Response, EngineError> {
    let now = env.block.time.seconds();
    ownership::accept(deps.storage, &info.sender, now)?;
    let owner = info.sender.to_string();
    Ok(response_with(OwnerAccepted { owner }.to_event()))
}

fn config_set(what: &str, effective_at: u64) -> Response {
    let what = what.to_owned();
    response_with(ConfigSet { what, effective_at }.to_event())
}
