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
    let parts = plan.consents.into_iter().zip(plan.legs);
    for ((signed, lots), (consent, legs)) in
        taken.quotes.iter().zip(plan.allocation.taken).zip(parts)
    {
        if lots == 0 {
            continue;
        }
        record(storage, &signed.quote, lots)?;
        let told = QuoteTaken {
            maker: signed.quote.account,
            nonce: signed.quote.nonce.u64(),
            taker: taken.account,
            lots,
        };
        response = response.add_event(told.to_event());
        let maker = side(&signed.quote, lots, consent);
        let taker = FillSide {
            account: taken.account,
            consent: caller.clone(),
            max_fee: max_fee(taken.max_fee_per_lot, lots),
            reduce_only: taken.reduce_only,
        };
        fills.push(Fill { maker, taker, legs });
    }
    Ok(response.add_message(WasmMsg::Execute {
        contract_addr: state::load_engine(storage)?.into_string(),
        msg: to_json_binary(&engine::ExecuteMsg::SettleFills { fills })?,
        funds: vec![],
    }))
}

/// What an order comes to: who consented to each quote, and lots and legs of each.
pub struct Plan {
    consents: Vec<Consent>,
    legs: Vec<Vec<FillLeg>>,
    /// Lots per quote and the net cost.
    pub allocation: Allocation,
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
    let mut consents = Vec::with_capacity(order.quotes.len());
    let mut over = None;
    for signed in &order.quotes {
        check_parties(order.account, &signed.quote)?;
        let left = match lots_left(storage, env, &signed.quote)? {
            Left::Lots(left) => left,
            Left::Over(why) => {
                over.get_or_insert(why);
                0
            }
        };
        offers.push(Offer {
            left,
            cost: order::cost_per_lot(&signed.quote.legs)?,
        });
        consents.push(check_signature(api, env, signed)?);
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
    let legs = taken.map(|(signed, lots)| legs(&signed.quote, *lots));
    Ok(Plan {
        consents,
        legs: legs.collect::<Result<_, _>>()?,
        allocation,
    })
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
enum Left {
    Lots(u64),
    /// Nothing any more, and why. Others bring that about, in the same block too: it ends no order that has other quotes.
    Over(ContractError),
}

fn lots_left(storage: &dyn Storage, env: &Env, quote: &Quote) -> Result<Left, ContractError> {
    let (now, nonce) = (env.block.time.seconds(), quote.nonce.u64());
    let cancelled = state::load_cancelled(storage, quote.account)?;
    cancelled.check_reach(nonce)?;
    let filled = state::load_fill(storage, quote.account, nonce)?;
    if now >= quote.expires_at {
        return Ok(Left::Over(ContractError::Expired {
            expires_at: quote.expires_at,
            now,
        }));
    }
    if cancelled.contains(nonce) {
        return Ok(Left::Over(ContractError::Cancelled { nonce }));
    }
    Ok(match quote.lots.u64().saturating_sub(filled) {
        0 => Left::Over(ContractError::Filled { nonce }),
        left => Left::Lots(left),
    })
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

fn record(storage: &mut dyn Storage, quote: &Quote, lots: u64) -> Result<(), ContractError> {
    let (account, nonce) = (quote.account, quote.nonce.u64());
    let filled = state::load_fill(storage, account, nonce)?;
    let filled = filled.checked_add(lots).ok_or(ContractError::Overflow)?;
    Ok(state::save_fill(storage, account, nonce, filled)?)
}

/// The maker's side of so many lots.
fn side(quote: &Quote, lots: u64, consent: Consent) -> FillSide {
    FillSide {
        account: quote.account,
        consent,
        max_fee: max_fee(quote.max_fee_per_lot, lots),
        reduce_only: false,
    }
}

/// Whoever names the largest number sets no limit.
fn max_fee(per_lot: Uint128, lots: u64) -> Option<Uint128> {
    Some(per_lot.saturating_mul(lots.into()))
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
