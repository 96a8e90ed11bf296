//! `Nominate`: who may be closed against an account that nobody took. Writes the table and the auction. The engine says whether the time for it
//! has come, who of those named may be closed, and in which order; the best stand.

use cosmwasm_std::{DepsMut, Env, Response};
use protocol_api::engine::AccountId;
use protocol_api::event::TypedEvent;
use protocol_api::liquidation::{MAX_NOMINEES, Nominated};

use crate::core::table::Table;
use crate::engine::{Engine, deleverage_order};
use crate::error::ContractError;
use crate::state;

/// Enters candidates.
pub fn nominate(
    deps: DepsMut,
    env: &Env,
    account: AccountId,
    candidates: &[AccountId],
) -> Result<Response, ContractError> {
    if !(1..=MAX_NOMINEES).contains(&candidates.len()) {
        return Err(ContractError::Nominees);
    }
    let config = state::load_config(deps.storage)?;
    let now = env.block.time.seconds();
    let terms = config.terms.at(now);
    let (auction, known) = state::auction_and_table(deps.storage, account, now, terms)?;
    let auction = auction.touched(now, terms.lull());
    let mut table = known.unwrap_or_else(|| Table::new(auction.began, now));
    let order = deleverage_order(account, &auction, terms, table.with(candidates));
    let ranked = Engine::new(&config.engine, deps.querier).preview_deleverage(order)?;
    let best = ranked.counterparties.iter().take(MAX_NOMINEES);
    table.nominees = best.map(|found| found.account).collect();
    if table.nominees.is_empty() {
        return Err(ContractError::NoNominee { account });
    }
    state::save_table(deps.storage, account, &table)?;
    state::save_auction(deps.storage, account, &auction)?;
    let nominees: Vec<String> = table.nominees.iter().map(ToString::to_string).collect();
    let nominated = Nominated {
        account,
        nominees: nominees.join(","),
        executable_at: table.ripe_at(terms.nomination),
    };
    Ok(Response::new().add_event(nominated.to_event()))
}
