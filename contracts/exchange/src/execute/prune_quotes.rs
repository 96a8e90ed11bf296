//! `PruneQuotes`: anyone removes fill records that nothing depends on any more.
//!
//! Writes: removes fill records of cancelled quotes.

use cosmwasm_std::{Response, Storage, Uint64};
use protocol_api::engine::AccountId;
use protocol_api::event::TypedEvent;
use protocol_api::exchange::{MAX_PRUNED, QuotesPruned};

use crate::error::ContractError;
use crate::state;

/// Removes the records of cancelled nonces and passes over the others.
pub fn prune_quotes(
    storage: &mut dyn Storage,
    account: AccountId,
    nonces: &[Uint64],
) -> Result<Response, ContractError> {
    if nonces.len() > MAX_PRUNED {
        return Err(ContractError::TooManyNonces);
    }
    let cancelled = state::load_cancelled(storage, account)?;
    let mut removed = 0u64;
    for nonce in nonces {
        let filled = state::load_fill(storage, account, nonce.u64())?;
        if filled > 0 && cancelled.contains(nonce.u64()) {
            state::remove_fill(storage, account, nonce.u64());
            removed = removed.saturating_add(1);
        }
    }
    Ok(Response::new().add_event(QuotesPruned { account, removed }.to_event()))
}
