//! `PlaceBid`: a budget at a reward. Writes the bid and its place; the engine moves the budget into escrow.

use cosmwasm_std::{DepsMut, Env, Response, Uint128};
use protocol_api::engine::{AccountId, ExecuteMsg};
use protocol_api::event::TypedEvent;
use protocol_api::liquidation::BidPlaced;

use crate::core::bids::{Bid, Place};
use crate::core::terms::Terms;
use crate::engine::{consent, tell};
use crate::error::ContractError;
use crate::state;

/// Enters a bid. The engine decides whether the bidder may bid for the account and whether it can spare the budget.
#[inline(never)] // The VM allows 100 locals a function.
pub fn place_bid(
    deps: DepsMut,
    env: &Env,
    account: AccountId,
    reward: i32,
    bid: &Bid,
) -> Result<Response, ContractError> {
    let config = state::load_config(deps.storage)?;
    let now = env.block.time.seconds();
    let terms = config.terms.at(now);
    terms.check_reward(reward)?;
    if bid.budget < terms.least_budget {
        return Err(ContractError::Budget {
            least: terms.least_budget,
        });
    }
    check_room(&deps, terms, account, reward)?;
    let active_at = now.saturating_add(terms.wait.into());
    let place = Place {
        reward,
        active_at,
        account,
    };
    state::add_bid(deps.storage, &place, bid)?;
    let placed = BidPlaced {
        account,
        reward,
        budget: bid.budget,
        active_at,
    };
    let reserve = ExecuteMsg::Reserve {
        account,
        consent: consent(&bid.bidder),
        amount: Uint128::new(bid.budget),
    };
    Ok(Response::new()
        .add_event(placed.to_event())
        .add_message(tell(&config.engine, &reserve, vec![])?))
}

fn check_room(
    deps: &DepsMut,
    terms: &Terms,
    account: AccountId,
    reward: i32,
) -> Result<(), ContractError> {
    if state::find_bid(deps.storage, account, reward)?.is_some() {
        return Err(ContractError::BidExists { account, reward });
    }
    let most = usize::try_from(terms.most).unwrap_or(usize::MAX);
    if state::places_of(deps.storage, account, most)?.len() >= most {
        return Err(ContractError::TooManyBids {
            account,
            most: terms.most,
        });
    }
    Ok(())
}
