//! What the engine's answer to a step changes here.
//!
//! Writes: the auction, the bids that were offered.

use cosmwasm_std::{Binary, Response, Storage, Uint128};
use protocol_api::engine::{ExecuteMsg, LiquidateData, Standing};
use protocol_api::event::TypedEvent;
use protocol_api::liquidation::{AuctionEnded, AuctionStarted, BidEnded};
use protocol_std::message;

use super::Sent;
use crate::core::auction::Auction;
use crate::core::bids::{Bid, Fate, Place, fate};
use crate::engine::tell;
use crate::error::ContractError;
use crate::state;

/// Takes the answer over and hands it on as the message's data.
pub fn finish(
    storage: &mut dyn Storage,
    now: u64,
    payload: &[u8],
    answer: Vec<u8>,
) -> Result<Response, ContractError> {
    let sent: Sent = borsh::from_slice(payload).map_err(|_| ContractError::EngineAnswer)?;
    let data: LiquidateData = message::read(&answer).map_err(|_| ContractError::EngineAnswer)?;
    if sent.critical {
        check_critical(sent.account, &data)?;
    }
    let config = state::load_config(storage)?;
    let mut response = Response::new().set_data(Binary::new(answer));
    response = keep_auction(storage, now, &sent, &data, response)?;
    for (place, bid) in &sent.offered {
        response = match fate_of(place, bid, &data, config.terms.at(now).least_budget)? {
            Fate::Stands => response,
            Fate::Shrinks { left } => {
                let bid = Bid {
                    bidder: bid.bidder.clone(),
                    budget: left,
                };
                state::save_bid(storage, place, &bid)?;
                response
            }
            // What its account gets back is released from escrow.
            Fate::Ends { released } => end(storage, &config.engine, place, released, response)?,
        };
    }
    Ok(response)
}

/// A backstop takes critical and insolvent accounts only.
pub const fn check_critical(account: u64, data: &LiquidateData) -> Result<(), ContractError> {
    if matches!(data.before, Standing::Critical | Standing::Insolvent) {
        Ok(())
    } else {
        Err(ContractError::NotCritical { account })
    }
}

fn keep_auction(
    storage: &mut dyn Storage,
    now: u64,
    sent: &Sent,
    data: &LiquidateData,
    response: Response,
) -> Result<Response, ContractError> {
    let account = sent.account;
    if data.after == Standing::Healthy {
        // One that ran out of its time may still be stored.
        if state::load_auction(storage, account)?.is_none() {
            return Ok(response);
        }
        state::remove_auction(storage, account);
        return Ok(response.add_event(AuctionEnded { account }.to_event()));
    }
    let at = data.auction.at;
    if let Some(auction) = sent.auction.filter(|sent| sent.at == at) {
        state::save_auction(storage, account, &auction)?;
        return Ok(response);
    }
    let mut auction = Auction::new(&data.auction, now);
    if let Some(sent) = sent.auction
        && state::load_table(storage, account)?
            .is_some_and(|table| table.auction == sent.began && table.opened >= at)
    {
        // Its nominees were entered since prices came back from a gap, by the new clock: it stays the auction it was.
        auction.began = sent.began;
    }
    state::save_auction(storage, account, &auction)?;
    Ok(response.add_event(AuctionStarted { account, at }.to_event()))
}

/// What a step made of a bid; one that is left with less than `least_budget` ends.
fn fate_of(
    place: &Place,
    bid: &Bid,
    data: &LiquidateData,
    least_budget: u128,
) -> Result<Fate, ContractError> {
    let mut taken = data.taken.iter();
    let paid = taken.find(|taken| taken.account == place.account);
    fate(
        bid.budget,
        paid.map(|taken| taken.paid.i128()),
        data.passed_over.contains(&place.account),
        least_budget,
    )
}

/// Strikes a bid out and releases what is left of its budget.
pub fn end(
    storage: &mut dyn Storage,
    engine: &str,
    place: &Place,
    released: u128,
    response: Response,
) -> Result<Response, ContractError> {
    state::remove_bid(storage, place);
    let ended = BidEnded {
        account: place.account,
        reward: place.reward,
        released,
    };
    let response = response.add_event(ended.to_event());
    if released == 0 {
        return Ok(response);
    }
    let release = ExecuteMsg::Release {
        account: place.account,
        amount: Uint128::new(released),
    };
    Ok(response.add_message(tell(engine, &release, vec![])?))
}
