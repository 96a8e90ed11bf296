//! `SetGuardian`: names or removes the guardian. Writes `config`.

use cosmwasm_std::{DepsMut, Response};
use protocol_api::event::TypedEvent;
use protocol_api::governance::GuardianSet;

use super::optional_address;
use crate::error::ContractError;
use crate::state;

/// Replaces the guardian.
pub fn run(deps: DepsMut<'_>, guardian: Option<&str>) -> Result<Response, ContractError> {
    let mut config = state::config(deps.storage)?;
    config.guardian = optional_address(deps.api, guardian)?;
    state::save_config(deps.storage, &config)?;
    let event = GuardianSet {
        guardian: config.guardian.unwrap_or_default(),
    };
    Ok(Response::new().add_event(event.to_event()))
}
