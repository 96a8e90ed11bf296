//! Owner, guardian and signer epochs.

use cosmwasm_std::{Binary, Storage};
use protocol_api::governance::Offer;
use protocol_api::oracle::{ConfigResponse, SignerEpochResponse, SignerEpochsResponse};
use protocol_std::ownership;

use crate::core::signers::SignerSet;
use crate::error::ContractError;
use crate::state;

pub fn config(storage: &dyn Storage, now: u64) -> Result<ConfigResponse, ContractError> {
    let config = state::config(storage)?;
    let ownership = ownership::load(storage)?;
    let offer = ownership.offer.filter(|offer| offer.is_open(now));
    Ok(ConfigResponse {
        owner: ownership.owner,
        offer: offer.map(|offer| Offer {
            to: offer.to,
            expires_at: offer.expires_at,
        }),
        guardian: config.guardian,
        epoch: config.epoch,
    })
}

pub fn epoch(
    storage: &dyn Storage,
    epoch: Option<u32>,
) -> Result<SignerEpochResponse, ContractError> {
    let epoch = match epoch {
        Some(epoch) => epoch,
        None => state::config(storage)?.epoch,
    };
    Ok(view(epoch, &state::epoch(storage, epoch)?))
}

pub fn epochs(
    storage: &dyn Storage,
    after: Option<u32>,
    limit: usize,
) -> Result<SignerEpochsResponse, ContractError> {
    let found = state::epochs(storage, after, limit)?;
    let epochs = found.iter().map(|(epoch, set)| view(*epoch, set)).collect();
    Ok(SignerEpochsResponse { epochs })
}

fn view(epoch: u32, set: &SignerSet) -> SignerEpochResponse {
    SignerEpochResponse {
        epoch,
        signers: set
            .keys
            .iter()
            .map(|key| Binary::from(key.as_slice()))
            .collect(),
        threshold: set.threshold,
        valid_until: set.valid_until,
    }
}
