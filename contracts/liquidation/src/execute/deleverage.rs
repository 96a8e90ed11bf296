//! `Deleverage`: closes an account against its nominees. The reply ends the table that was used, and keeps or ends the auction.

use cosmwasm_std::{Binary, DepsMut, Env, Response, Storage, SubMsg};
use protocol_api::engine::{AccountId, DeleverageData, DeleverageOrder, ExecuteMsg, Standing};
use protocol_api::event::TypedEvent;
use protocol_api::liquidation::AuctionEnded;
use protocol_std::message;

use crate::core::auction::Auction;
use crate::core::table::Table;
use crate::core::terms::Terms;
use crate::engine::{deleverage_order, tell};
use crate::error::ContractError;
use crate::state;

/// Marks the reply of the engine.
pub const REPLY: u64 = 3;

/// Sends the order once the table is ripe.
pub fn deleverage(deps: DepsMut, env: &Env, account: AccountId) -> Result<Response, ContractError> {
    let config = state::load_config(deps.storage)?;
    let now = env.block.time.seconds();
    let terms = config.terms.at(now);
    let (table, auction, order) = plan(deps.storage, terms, now, account)?;
    let earliest = table.ripe_at(terms.nomination);
    if now < earliest {
        return Err(ContractError::Unripe { account, earliest });
    }
    let payload = borsh::to_vec(&(account, auction)).map_err(|_| ContractError::Overflow)?;
    let message = tell(&config.engine, &ExecuteMsg::Deleverage(order), vec![])?;
    let message = SubMsg::reply_on_success(message, REPLY).with_payload(payload);
    Ok(Response::new().add_submessage(message))
}

/// The account's table, its auction as this message leaves it, and the order they make, ripe or not. Reads only.
pub fn plan(
    storage: &dyn Storage,
    terms: &Terms,
    now: u64,
    account: AccountId,
) -> Result<(Table, Auction, DeleverageOrder), ContractError> {
    let (auction, table) = state::auction_and_table(storage, account, now, terms)?;
    let table = table.ok_or(ContractError::NoNominee { account })?;
    let auction = auction.touched(now, terms.lull());
    let order = deleverage_order(account, &auction, terms, table.nominees.clone());
    Ok((table, auction, order))
}

/// Takes the engine's answer over and hands it on as the message's data.
pub fn deleveraged(
    storage: &mut dyn Storage,
    payload: &[u8],
    answer: Vec<u8>,
) -> Result<Response, ContractError> {
    let (account, auction): (u64, Auction) =
        borsh::from_slice(payload).map_err(|_| ContractError::EngineAnswer)?;
    let data: DeleverageData = message::read(&answer).map_err(|_| ContractError::EngineAnswer)?;
    let response = Response::new().set_data(Binary::new(answer));
    let healthy = data.after == Standing::Healthy;
    // Who has handed his legs on for a moment ends no table: it stays ripe, and they can be named where they went.
    if healthy || data.counterparties.iter().any(|one| one.paid.is_some()) {
        state::remove_table(storage, account);
    }
    if healthy {
        state::remove_auction(storage, account);
        return Ok(response.add_event(AuctionEnded { account }.to_event()));
    }
    state::save_auction(storage, account, &auction)?;
    Ok(response)
}
