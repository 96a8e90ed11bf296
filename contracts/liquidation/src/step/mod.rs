//! One step of a liquidation: what is asked of the engine ([`plan`]), and what its answer changes here ([`finish`]).

mod finish;

use borsh::{BorshDeserialize, BorshSerialize};
use cosmwasm_std::{Binary, Response, Storage, SubMsg, Uint128};
use protocol_api::engine::{AccountId, Consent, ExecuteMsg, LiquidateOrder, Taker};

use crate::core::auction::Auction;
use crate::core::bids::{Bid, Place};
use crate::core::terms::Terms;
use crate::engine::{consent, tell};
use crate::error::ContractError;
use crate::state::{self, Config};

pub use finish::{check_critical, end, finish};

/// Marks the reply to a step.
pub const REPLY: u64 = 1;

/// Who takes, at the step's reward, what the standing bids leave.
pub struct Open {
    /// His account.
    pub account: AccountId,
    /// Who consents for it.
    pub consent: Consent,
    /// The least reward he accepts.
    pub least_reward: i32,
    /// The most he pays.
    pub budget: Uint128,
    /// The fingerprint of the legs he means.
    pub legs_fingerprint: Option<Binary>,
}

/// What a step is about.
pub struct Request {
    /// The account that is liquidated.
    pub account: AccountId,
    /// The open taker.
    pub open: Option<Open>,
    /// Who gets the keeper's part.
    pub keeper: Option<AccountId>,
    /// The step counts only if the account is critical or insolvent.
    pub critical: bool,
    /// How many standing bids are looked at.
    pub bids: usize,
}

/// What the reply needs of a step that was sent.
#[derive(BorshSerialize, BorshDeserialize)]
pub struct Sent {
    account: u64,
    /// The auction that was sent along.
    auction: Option<Auction>,
    offered: Vec<(Place, Bid)>,
    critical: bool,
}

/// Sends a step. The engine fails a sale that has nothing for the open taker.
pub fn send(
    storage: &dyn Storage,
    config: &Config,
    now: u64,
    request: Request,
) -> Result<Response, ContractError> {
    let (order, sent) = plan(storage, config.terms.at(now), now, request)?;
    let payload = borsh::to_vec(&sent).map_err(|_| ContractError::Overflow)?;
    let message = tell(&config.engine, &ExecuteMsg::Liquidate(order), vec![])?;
    let message = SubMsg::reply_on_success(message, REPLY).with_payload(payload);
    Ok(Response::new().add_submessage(message))
}

/// The order for the engine, and what the reply needs. Reads only.
pub fn plan(
    storage: &dyn Storage,
    terms: &Terms,
    now: u64,
    request: Request,
) -> Result<(LiquidateOrder, Sent), ContractError> {
    let Request {
        account,
        open,
        keeper,
        critical,
        bids,
    } = request;
    let auction = state::running_auction(storage, account, now, terms)?;
    let auction = auction.map(|auction| auction.touched(now, terms.lull()));
    // The engine may set the clock back after a gap in prices, never forward: no bid above this can fill.
    let elapsed = auction.map_or(0, |auction| now.saturating_sub(auction.at));
    let search = Search {
        now,
        most_reward: terms.schedule().reward(elapsed),
        left_out: [Some(account), open.as_ref().map(|open| open.account)],
        most: bids.saturating_add(usize::from(open.is_some())),
    };
    let mut offered = standing(storage, &search)?;
    // A bid for which there is no room is not passed by an open taker who asks for more.
    let unserved = (offered.len() > bids).then(|| offered.pop()).flatten();
    let most = unserved.map(|(place, _)| place.reward);
    let legs_fingerprint = open.as_ref().and_then(|open| open.legs_fingerprint.clone());
    let mut takers: Vec<Taker> = offered.iter().map(bidder).collect();
    takers.extend(open.map(|open| open_taker(open, most)));
    let order = LiquidateOrder {
        account,
        auction: auction.as_ref().map(Auction::start),
        terms: terms.auction(),
        takers,
        legs_fingerprint,
        keeper,
    };
    let sent = Sent {
        account,
        auction,
        offered,
        critical,
    };
    Ok((order, sent))
}

/// Which standing bids count in a step.
struct Search {
    now: u64,
    most_reward: i32,
    /// The seller does not buy, and the open taker bids once.
    left_out: [Option<AccountId>; 2],
    most: usize,
}

/// The first bids that count, in their order; one an account. Each is read by itself, and of a slot whose first bid still
/// waits no other: what is read is bounded by the number of slots, not of bids.
fn standing(storage: &dyn Storage, search: &Search) -> Result<Vec<(Place, Bid)>, ContractError> {
    let mut found: Vec<(Place, Bid)> = Vec::with_capacity(search.most);
    let mut after: Option<Place> = None;
    while found.len() < search.most {
        let page = state::page_bids(storage, after.as_ref(), 1)?;
        let next = page.into_iter().next();
        let Some((place, bid)) = next.filter(|(place, _)| place.reward <= search.most_reward)
        else {
            break;
        };
        if place.active_at > search.now {
            after = Some(end_of_slot(place.reward));
            continue;
        }
        after = Some(place);
        let repeated = found.iter().any(|one| one.0.account == place.account);
        if !repeated && !search.left_out.contains(&Some(place.account)) {
            found.push((place, bid));
        }
    }
    Ok(found)
}

/// After every bid at a reward.
const fn end_of_slot(reward: i32) -> Place {
    Place {
        reward,
        active_at: u64::MAX,
        account: u64::MAX,
    }
}

fn bidder((place, bid): &(Place, Bid)) -> Taker {
    Taker {
        account: place.account,
        consent: consent(&bid.bidder),
        reward: Some(place.reward),
        least_reward: None,
        budget: Uint128::new(bid.budget),
        escrowed: true,
    }
}

/// The open taker, at the step's reward, or at most at the one named.
fn open_taker(open: Open, most: Option<i32>) -> Taker {
    Taker {
        account: open.account,
        consent: open.consent,
        reward: most,
        least_reward: Some(open.least_reward),
        budget: open.budget,
        escrowed: false,
    }
}
