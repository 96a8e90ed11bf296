//! Listing of series by anyone.

use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, Uint128};
use fixed_math::Fx;
use protocol_api::engine::SeriesListed;
use protocol_api::event::TypedEvent;
use protocol_std::{funds, ownership};
use risk::name::parse_name;
use risk::{Kind, QUOTE_COIN, SeriesKey};

use crate::commit::Commit;
use crate::core::calendar::Horizon;
use crate::core::market::STRIKE_LIMIT;
use crate::core::num::add_unsigned;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::listing::MAX_EXPIRY_SERIES;
use crate::pausable::PAUSE_LIST;
use crate::state::{Expiry, Series};

/// Most names in one message.
pub const MAX_NAMES: usize = 64;
/// Highest strike that may be listed, over the spot price: 256, as a power of two.
const MAX_MONEYNESS_BITS: u32 = 8;
/// Furthest expiry anyone may list: 20 quarters and a margin, 5.5 years.
const MAX_AHEAD: u64 = 5 * 366 * 86_400 + 183 * 86_400;

/// Lists series; those listed before are passed over.
pub fn list_series(
    deps: DepsMut,
    env: &Env,
    info: &MessageInfo,
    names: &[String],
) -> Result<Response, EngineError> {
    if names.is_empty() || names.len() > MAX_NAMES {
        return Err(EngineError::List { field: "series" });
    }
    let is_owner = ownership::assert_owner(deps.storage, &info.sender).is_ok();
    let mut desk = Desk::new(deps.as_ref(), env)?;
    if !is_owner {
        desk.config.pause.check(PAUSE_LIST, desk.now)?;
    }
    let mut listed: Vec<SeriesKey> = Vec::new();
    let mut response = Response::new();
    for name in names {
        if let Some(key) = list_one(&mut desk, name, is_owner)? {
            listed.push(key);
            response = response.add_event(
                SeriesListed {
                    series: name.clone(),
                }
                .to_event(),
            );
        }
    }
    take_fee(&mut desk, info, listed.len(), is_owner)?;
    Commit::of(desk)?.apply(deps.storage)?;
    Ok(response)
}

/// Lists one series; `None` when it was listed before.
fn list_one(
    desk: &mut Desk<'_>,
    name: &str,
    is_owner: bool,
) -> Result<Option<SeriesKey>, EngineError> {
    let parsed = parse_name(name)?;
    let market = desk.market_id(&parsed.symbol)?;
    let mut expiry = match desk.expiry(market, parsed.expiry)? {
        Some(expiry) => expiry.clone(),
        None => Expiry {
            series: 0,
            fixing: desk.market(market)?.fixing,
            future: None,
            price: None,
        },
    };
    let reference = match (parsed.kind, expiry.future) {
        (Kind::Future, Some(_)) => return Ok(None),
        (Kind::Future, None) => reference(desk, market, parsed.expiry, name)?,
        _ => 0,
    };
    let key = parsed.key(&desk.market(market)?.terms(market), reference)?;
    check_grid(desk, &key, name, is_owner)?;
    if desk.series(&key)?.is_some() {
        return Ok(None);
    }
    check_feed(desk, &key, name)?;
    check_room(desk, market, expiry.series, name, is_owner)?;
    expiry.series = expiry.series.checked_add(1).ok_or(EngineError::Overflow)?;
    if key.kind == Kind::Future {
        expiry.future = Some(reference);
    }
    desk.put_expiry(market, parsed.expiry, expiry);
    desk.put_series(key, Series::default());
    Ok(Some(key))
}

/// The market is open, and the date takes one more. Whoever fills it with strikes that nobody wants leaves room to the owner.
fn check_room(
    desk: &mut Desk<'_>,
    market: u16,
    listed: u16,
    name: &str,
    is_owner: bool,
) -> Result<(), EngineError> {
    let now = desk.now;
    let params = desk.market(market)?.params.at(now);
    if !params.open {
        return Err(EngineError::MarketClosed);
    }
    let most = if is_owner {
        MAX_EXPIRY_SERIES
    } else {
        params.expiry_series
    };
    if listed >= most {
        let series = name.to_owned();
        return Err(EngineError::SeriesCap { series });
    }
    Ok(())
}

/// The feed has a record that can be read, whatever its level: from then on its fixings have a price to fall
/// back on. Its fixing terms are the market's. The strike is one that the kernel tells from infinity.
fn check_feed(desk: &mut Desk<'_>, key: &SeriesKey, name: &str) -> Result<(), EngineError> {
    let (fixing, underlying, strike) = {
        let market = desk.market(key.market)?;
        let strike = market.terms(key.market).strike(key.strike)?;
        (market.fixing, market.underlying, strike)
    };
    let series = name.to_owned();
    let feed = desk.feeds.feed(underlying);
    let Some((feed, state)) = feed.and_then(|feed| Some((feed, feed.state.as_ref()?))) else {
        return Err(EngineError::NoRecord { series });
    };
    if feed.fixing != fixing {
        return Err(EngineError::FixingTerms { series });
    }
    if strike.to_bits() >> MAX_MONEYNESS_BITS > state.spot.mid.to_bits() {
        return Err(EngineError::Grid { series });
    }
    Ok(())
}

/// Strike on the grid and named as it is written; expiry ahead, whole, and on the calendar unless the
/// owner lists it.
fn check_grid(
    desk: &mut Desk<'_>,
    key: &SeriesKey,
    name: &str,
    is_owner: bool,
) -> Result<(), EngineError> {
    let off_grid = || EngineError::Grid {
        series: name.to_owned(),
    };
    let now = desk.now;
    let expiry = key.expiry_seconds();
    let zero_strike = key.strike == 0 && key.kind != Kind::Future;
    if key.strike >= STRIKE_LIMIT || zero_strike || desk.series_name(key)? != name {
        return Err(off_grid());
    }
    let market = desk.market(key.market)?;
    let horizon = Horizon {
        at: market.calendar_at,
        ahead: market.calendar,
    };
    let ahead = now < expiry && expiry <= now.saturating_add(MAX_AHEAD);
    if !ahead || !(is_owner || horizon.allows(expiry, now)) {
        return Err(off_grid());
    }
    // The payoff must be computable at any price: a strike that fits is all it takes.
    let terms = market.terms(key.market);
    terms.payoff(key)?;
    Ok(())
}

/// Reference price of a new future: its forward, else the spot, to the nearest strike below.
fn reference(
    desk: &mut Desk<'_>,
    market: u16,
    minutes: u32,
    name: &str,
) -> Result<u32, EngineError> {
    let (underlying, step) = {
        let market = desk.market(market)?;
        (market.underlying, Fx::from_bits(market.strike_step))
    };
    let no_price = || EngineError::NoRecord {
        series: name.to_owned(),
    };
    let state = desk
        .feeds
        .feed(underlying)
        .and_then(|feed| feed.state.as_ref());
    let state = state.ok_or_else(no_price)?;
    let quoted = state.expiries.iter().find(|entry| entry.expiry == minutes);
    let price = quoted.map_or(state.spot.mid, |entry| entry.forward);
    let count = price.checked_div(step).ok_or_else(no_price)?;
    count.checked_to_num::<u32>().ok_or_else(no_price)
}

/// The listing fee for each new series, exactly; none from the owner, none for nothing.
fn take_fee(
    desk: &mut Desk<'_>,
    info: &MessageInfo,
    listed: usize,
    is_owner: bool,
) -> Result<(), EngineError> {
    let count = u128::try_from(listed).map_err(|_| EngineError::Overflow)?;
    let fee = desk.config.params.at(desk.now).listing_fee;
    let due = if is_owner {
        0
    } else {
        fee.checked_mul(count).ok_or(EngineError::Overflow)?
    };
    if due == 0 {
        return Ok(funds::none(&info.funds)?);
    }
    let denom = desk.denom(QUOTE_COIN)?;
    if funds::exactly(&info.funds, &denom)? != Uint128::new(due) {
        return Err(EngineError::ListingFee { due });
    }
    let ledger = desk.ledger(QUOTE_COIN)?;
    ledger.held = add_unsigned(ledger.held, due)?;
    ledger.fees = add_unsigned(ledger.fees, due)?;
    Ok(())
}
