//! `RotateSigners`: a new epoch begins, the old ones overlap. Writes `config` and `epoch` for each that still lived.

use cosmwasm_std::{Binary, DepsMut, Env, Response, Storage};
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
    /// For how long the old epochs stay valid at most, seconds.
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
    let end = env.block.time.seconds().saturating_add(next.overlap);
    end_by(deps.storage, config.epoch, end)?;
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

/// Ends the present epoch and every older one by `end`.
///
/// An older epoch never outlives a newer one, so the first that ends in time is the last to look at.
fn end_by(storage: &mut dyn Storage, present: u32, end: u64) -> Result<(), ContractError> {
    for epoch in (1..=present).rev() {
        let mut set = state::epoch(storage, epoch)?;
        if set.valid_until.is_some_and(|until| until <= end) {
            break;
        }
        set.valid_until = Some(end);
        state::save_epoch(storage, epoch, &set)?;
    }
    Ok(())
}
