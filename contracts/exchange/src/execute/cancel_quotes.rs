//! `CancelQuotes`: a maker takes quotes back by nonce range.
//!
//! Writes: the account's cancelled ranges.

use cosmwasm_std::{Addr, QuerierWrapper, Response, Storage, Uint64};
use protocol_api::engine::{self, AccountId, AuthorizedResponse, Consent, Scope};
use protocol_api::event::TypedEvent;
use protocol_api::exchange::QuotesCancelled;
use protocol_std::message;

use crate::error::ContractError;
use crate::state;

/// Cancels every nonce in `range` (both ends) of the account; the engine knows who may trade for it.
pub fn cancel_quotes(
    storage: &mut dyn Storage,
    querier: QuerierWrapper,
    sender: Addr,
    account: AccountId,
    range: (Uint64, Uint64),
) -> Result<Response, ContractError> {
    let query = engine::QueryMsg::Authorized {
        account,
        consent: Consent::Address {
            address: sender.into_string(),
        },
        scope: Scope::Trade,
    };
    let answer: AuthorizedResponse = message::ask(querier, state::load_engine(storage)?, &query)?;
    if !answer.authorized {
        return Err(ContractError::Unauthorized);
    }
    let (from, to) = (range.0.u64(), range.1.u64());
    let cancelled = state::load_cancelled(storage, account)?.with(from, to)?;
    state::save_cancelled(storage, account, &cancelled)?;
    Ok(Response::new().add_event(QuotesCancelled { account, from, to }.to_event()))
}
