//! Answers to queries.

use cosmwasm_std::{Binary, Deps, Env, Int128, to_json_binary};
use protocol_api::exchange::{
    CancelledResponse, ConfigResponse, NonceRange, PreviewResponse, QueryMsg, QuoteStatusResponse,
    QuoteTextResponse, TakeQuotes,
};
use sha2::{Digest, Sha256};

use crate::error::ContractError;
use crate::execute::take_quotes;
use crate::state;

/// Dispatches a query.
pub fn query(deps: Deps, env: &Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&ConfigResponse {
            engine: state::load_engine(deps.storage)?.into_string(),
        }),
        QueryMsg::QuoteStatus { account, nonce } => to_json_binary(&QuoteStatusResponse {
            filled: state::load_fill(deps.storage, account, nonce.u64())?.into(),
            cancelled: state::load_cancelled(deps.storage, account)?.contains(nonce.u64()),
        }),
        QueryMsg::Cancelled { account } => to_json_binary(&cancelled(deps, account)?),
        QueryMsg::QuoteText { quote } => {
            let text = quote.text(&env.block.chain_id, env.contract.address.as_str());
            let digest = Binary::new(Sha256::digest(text.as_bytes()).to_vec());
            to_json_binary(&QuoteTextResponse { text, digest })
        }
        QueryMsg::Preview { order } => to_json_binary(&preview(deps, env, &order)?),
    };
    Ok(answer?)
}

fn cancelled(deps: Deps, account: u64) -> Result<CancelledResponse, ContractError> {
    let cancelled = state::load_cancelled(deps.storage, account)?;
    Ok(CancelledResponse {
        floor: cancelled.floor.into(),
        ranges: cancelled
            .ranges
            .into_iter()
            .map(|(from, to)| NonceRange {
                from: from.into(),
                to: to.into(),
            })
            .collect(),
    })
}

fn preview(deps: Deps, env: &Env, order: &TakeQuotes) -> Result<PreviewResponse, ContractError> {
    let plan = take_quotes::plan(deps.storage, deps.api, env, order)?;
    Ok(PreviewResponse {
        taken: plan.allocation.taken.into_iter().map(Into::into).collect(),
        cost: Int128::new(plan.allocation.cost),
    })
}
