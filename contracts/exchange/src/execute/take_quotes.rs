//! `TakeQuotes`: verifies the quotes, fills the order cheapest first, hands the fills to the engine.
//!
//! Writes: the fill record of every quote used.

use cosmwasm_std::{
    Addr, Api, Env, Int64, Response, Storage, Uint64, Uint128, WasmMsg, to_json_binary,
};
use protocol_api::engine::{self, Consent, Fill, FillLeg, FillSide};
use protocol_api::event::TypedEvent;
use protocol_api::exchange::{MAX_QUOTES, Quote, QuoteLeg, QuoteTaken, SignedQuote, TakeQuotes};

use crate::core::order::{self, Allocation, Demand, Offer};
use crate::error::ContractError;
use crate::{signature, state};

/// Takes quotes for the sender's account. Every check of a quote is done before anything is written.
pub fn take_quotes(
    storage: &mut dyn Storage,
    api: &dyn Api,
    env: &Env,
    sender: Addr,
    taken: TakeQuotes,
) -> Result<Response, ContractError> {
    let plan = plan(storage, api, env, &taken)?;
    let caller = Consent::Address {
        address: sender.into_string(),
    };
    let mut fills = Vec::new();
    let mut response = Response::new();
    for (signed, part) in taken.quotes.iter().zip(plan.parts) {
        let (quote, lots) = (&signed.quote, part.lots);
        if lots == 0 {
            continue;
        }
        let nonce = quote.nonce.u64();
        let filled = part
            .filled
            .checked_add(lots)
            .ok_or(ContractError::Overflow)?;
        state::save_fill(storage, quote.account, nonce, filled)?;
        let told = QuoteTaken {
            maker: quote.account,
            nonce,
            taker: taken.account,
            lots,
        };
        response = response.add_event(told.to_event());
        fills.push(fill(&taken, quote, part, &caller));
    }
    Ok(response.add_message(WasmMsg::Execute {
        contract_addr: state::load_engine(storage)?.into_string(),
        msg: to_json_binary(&engine::ExecuteMsg::SettleFills { fills })?,
        funds: vec![],
    }))
}

/// What an order comes to.
pub struct Plan {
    parts: Vec<Part>,
    /// Lots per quote and the net cost.
    pub allocation: Allocation,
}

/// One quote of an order.
struct Part {
    /// Who consented to it.
    consent: Consent,
    /// Its lots that were taken before.
    filled: u64,
    /// Its lots that are taken now.
    lots: u64,
    /// The legs of these, as the taker gets them.
    legs: Vec<FillLeg>,
}

/// A quote's part of an order, as the engine settles it.
fn fill(order: &TakeQuotes, quote: &Quote, part: Part, caller: &Consent) -> Fill {
    Fill {
        maker: FillSide {
            account: quote.account,
            consent: part.consent,
            max_fee: Some(max_fee(quote.max_fee_per_lot, part.lots)),
            reduce_only: false,
        },
        taker: FillSide {
            account: order.account,
            consent: caller.clone(),
            max_fee: Some(max_fee(order.max_fee_per_lot, part.lots)),
            reduce_only: order.reduce_only,
        },
        legs: part.legs,
    }
}

/// Checks every quote of the order and allocates it. Reads only.
pub fn plan(
    storage: &dyn Storage,
    api: &dyn Api,
    env: &Env,
    order: &TakeQuotes,
) -> Result<Plan, ContractError> {
    check_set(order)?;
    let mut offers = Vec::with_capacity(order.quotes.len());
    let mut parts = Vec::with_capacity(order.quotes.len());
    let mut over = None;
    for signed in &order.quotes {
        check_parties(order.account, &signed.quote)?;
        let stock = stock(storage, env, &signed.quote)?;
        over = over.or(stock.over);
        offers.push(Offer {
            left: stock.left,
            cost: order::cost_per_lot(&signed.quote.legs)?,
        });
        parts.push(Part {
            consent: check_signature(api, env, signed)?,
            filled: stock.filled,
            lots: 0,
            legs: Vec::new(),
        });
    }
    if let Some(why) = over
        && offers.iter().all(|offer| offer.left == 0)
    {
        return Err(why);
    }
    let demand = Demand {
        lots: order.lots.u64(),
        min_lots: order.min_lots.u64(),
        limit: order.limit.i128(),
    };
    let allocation = order::allocate(demand, &offers)?;
    let taken = order.quotes.iter().zip(&allocation.taken);
    for (part, (signed, lots)) in parts.iter_mut().zip(taken) {
        part.lots = *lots;
        part.legs = legs(&signed.quote, *lots)?;
    }
    Ok(Plan { parts, allocation })
}

fn check_set(order: &TakeQuotes) -> Result<(), ContractError> {
    let first = order.quotes.first().ok_or(ContractError::NoQuotes)?;
    if order.quotes.len() > MAX_QUOTES {
        return Err(ContractError::TooManyQuotes);
    }
    order::check_legs(&first.quote.legs)?;
    if order
        .quotes
        .iter()
        .any(|other| !order::same_legs(&first.quote, &other.quote))
    {
        return Err(ContractError::LegsDiffer);
    }
    let mut names: Vec<(u64, Uint64)> = order
        .quotes
        .iter()
        .map(|signed| (signed.quote.account, signed.quote.nonce))
        .collect();
    names.sort_unstable();
    let twice = names.iter().zip(names.iter().skip(1)).find(|(a, b)| a == b);
    match twice {
        Some(((account, nonce), _)) => Err(ContractError::DuplicateQuote {
            account: *account,
            nonce: nonce.u64(),
        }),
        None => Ok(()),
    }
}

fn check_parties(taker: u64, quote: &Quote) -> Result<(), ContractError> {
    if quote.account == taker {
        return Err(ContractError::SelfTrade { account: taker });
    }
    match quote.taker.filter(|reserved| *reserved != taker) {
        Some(reserved) => Err(ContractError::NotForTaker { reserved }),
        None => Ok(()),
    }
}

/// What can be had of a quote.
struct Stock {
    /// Lots taken before.
    filled: u64,
    /// Lots that are left.
    left: u64,
    /// Why there are none. Others bring that about, in the same block too: it ends no order that has other quotes.
    over: Option<ContractError>,
}

fn stock(storage: &dyn Storage, env: &Env, quote: &Quote) -> Result<Stock, ContractError> {
    let (now, nonce) = (env.block.time.seconds(), quote.nonce.u64());
    let cancelled = state::load_cancelled(storage, quote.account)?;
    cancelled.check_reach(nonce)?;
    let filled = state::load_fill(storage, quote.account, nonce)?;
    let left = quote.lots.u64().saturating_sub(filled);
    let over = if now >= quote.expires_at {
        let expires_at = quote.expires_at;
        Some(ContractError::Expired { expires_at, now })
    } else if cancelled.contains(nonce) {
        Some(ContractError::Cancelled { nonce })
    } else if left == 0 {
        Some(ContractError::Filled { nonce })
    } else {
        None
    };
    let left = if over.is_some() { 0 } else { left };
    Ok(Stock { filled, left, over })
}

fn check_signature(
    api: &dyn Api,
    env: &Env,
    signed: &SignedQuote,
) -> Result<Consent, ContractError> {
    let text = signed
        .quote
        .text(&env.block.chain_id, env.contract.address.as_str());
    signature::consent(api, &text, &signed.signature)
}

/// Whoever names the largest number sets no limit.
fn max_fee(per_lot: Uint128, lots: u64) -> Uint128 {
    per_lot.saturating_mul(lots.into())
}

/// The legs of so many lots, as the taker gets them; none of none.
fn legs(quote: &Quote, lots: u64) -> Result<Vec<FillLeg>, ContractError> {
    if lots == 0 {
        return Ok(Vec::new());
    }
    let leg = |leg: &QuoteLeg| {
        let lots = i64::try_from(lots).map_err(|_| ContractError::Overflow)?;
        let bought = leg.ratio.checked_mul(lots).and_then(i64::checked_neg);
        Ok(FillLeg {
            series: leg.series.clone(),
            quantity: Int64::new(bought.ok_or(ContractError::Overflow)?),
            price_ticks: Int64::new(leg.price),
        })
    };
    quote.legs.iter().map(leg).collect()
}
