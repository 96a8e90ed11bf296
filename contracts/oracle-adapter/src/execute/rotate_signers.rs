//! `RotateSigners`: a new epoch begins, the old one overlaps. Writes `epoch` twice and `config`.

use cosmwasm_std::{Binary, DepsMut, Env, Response};
use protocol_api::event::TypedEvent;
use protocol_api::oracle::SignersRotated;

use crate::core::signers::{MAX_OVERLAP_SECONDS, SignerSet};
use crate::error::{ContractError, SignersError};
use crate::state;

/// The signers to come.
pub struct Next {
    /// Public keys.
    pub signers: Vec<Binary>,
    /// Signatures needed.
    pub threshold: u8,
    /// For how long the old epoch stays valid, seconds.
    pub overlap: u64,
}

/// Starts the next epoch.
pub fn run(deps: DepsMut<'_>, env: &Env, next: &Next) -> Result<Response, ContractError> {
    if next.overlap > MAX_OVERLAP_SECONDS {
        return Err(SignersError::Overlap {
            most: MAX_OVERLAP_SECONDS,
        }
        .into());
    }
    let set = SignerSet::new(&next.signers, next.threshold)?;
    let mut config = state::config(deps.storage)?;
    let mut old = state::epoch(deps.storage, config.epoch)?;
    old.valid_until = Some(env.block.time.seconds().saturating_add(next.overlap));
    state::save_epoch(deps.storage, config.epoch, &old)?;
    config.epoch = config.epoch.saturating_add(1);
    state::save_epoch(deps.storage, config.epoch, &set)?;
    state::save_config(deps.storage, &config)?;
    let rotated = SignersRotated {
        epoch: config.epoch,
        signers: u8::try_from(set.keys.len()).unwrap_or(u8::MAX),
        threshold: set.threshold,
    };
    Ok(Response::new().add_event(rotated.to_event()))
}
