//! Fills: consent, legs, premium, fees, one test per account.

pub mod apply;

use cosmwasm_std::{DepsMut, Env, Event, MessageInfo, Response};
use protocol_api::engine::{Fill, FillSettled, MAX_FILL_LEGS};
use protocol_api::event::TypedEvent;

use crate::commit::{Commit, note_fallen};
use crate::consent::assert_admits;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::liquidation::before_trade;
use crate::gate::{Before, check_debt_caps, check_trade};
use crate::pool::Pool;

/// Most accounts in one message.
pub const MAX_ACCOUNTS: usize = 32;

/// Settles all fills or none.
pub fn settle_fills(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    fills: &[Fill],
) -> Result<Response, EngineError> {
    let mut desk = Desk::new(deps.as_ref(), env)?;
    let venue = info.sender.as_str();
    if !desk.config.venues.iter().any(|known| known == venue) {
        return Err(EngineError::Unauthorized);
    }
    check_shape(fills)?;
    for side in fills.iter().flat_map(|fill| [&fill.maker, &fill.taker]) {
        assert_admits(desk.storage(), side.account, &side.consent, venue, desk.now)?;
    }
    let mut pool = Pool::as_stored();
    let outcome = apply_all(&mut desk, &mut pool, fills)?;
    check_all(&mut desk, &pool, &outcome)?;
    Commit::with(desk, pool)?.apply(deps.storage)?;
    Ok(Response::new()
        .add_events(outcome.shared)
        .add_events(outcome.settled.iter().map(TypedEvent::to_event)))
}

/// What fills did.
#[derive(Debug)]
pub struct Outcome {
    /// What is told of gains that were counted first.
    pub shared: Vec<Event>,
    /// One per fill.
    pub settled: Vec<FillSettled>,
    /// The accounts as they were.
    pub before: Vec<Before>,
}

/// Tests every account that the fills changed.
pub fn check_all(desk: &mut Desk<'_>, pool: &Pool, outcome: &Outcome) -> Result<(), EngineError> {
    for before in &outcome.before {
        check_trade(desk, pool, before)?;
    }
    check_debt_caps(desk, &outcome.before)
}

/// Applies the fills on the desk without testing the accounts; consent was checked by the caller.
pub fn apply_all(
    desk: &mut Desk<'_>,
    pool: &mut Pool,
    fills: &[Fill],
) -> Result<Outcome, EngineError> {
    let mut outcome = Outcome {
        shared: Vec::new(),
        settled: Vec::with_capacity(fills.len()),
        before: Vec::new(),
    };
    for fill in fills {
        for side in [&fill.maker, &fill.taker] {
            desk.open(side.account)?;
            match outcome
                .before
                .iter_mut()
                .find(|known| known.account == side.account)
            {
                Some(known) => known.reduce_only |= side.reduce_only,
                None => {
                    let shared = before_trade(desk, pool, side.account)?;
                    outcome.shared.extend(shared);
                    let mut before = Before::of(desk, side.account)?;
                    before.reduce_only = side.reduce_only;
                    outcome.before.push(before);
                }
            }
        }
        outcome
            .settled
            .push(apply::apply(desk, fill, &mut outcome.before)?);
    }
    // Before gains are tested: what a loser among them cannot pay holds back a winner's.
    note_fallen(desk, pool)?;
    if outcome.before.len() > MAX_ACCOUNTS {
        return Err(EngineError::List { field: "accounts" });
    }
    Ok(outcome)
}

/// Counts legs and refuses what names something twice.
pub fn check_shape(fills: &[Fill]) -> Result<(), EngineError> {
    let legs: usize = fills.iter().map(|fill| fill.legs.len()).sum();
    if fills.is_empty() || legs > MAX_FILL_LEGS {
        return Err(EngineError::List { field: "fills" });
    }
    for fill in fills {
        if fill.maker.account == fill.taker.account {
            return Err(EngineError::SelfTrade {
                account: fill.maker.account,
            });
        }
        let twice = |place: usize, name: &str| {
            fill.legs
                .iter()
                .take(place)
                .any(|earlier| earlier.series == name)
        };
        let repeated = fill
            .legs
            .iter()
            .enumerate()
            .any(|(at, leg)| twice(at, &leg.series));
        if fill.legs.is_empty() || repeated {
            return Err(EngineError::List { field: "legs" });
        }
    }
    Ok(())
}
