//! Gathers what the engine lists and what the oracle holds, then prices each series.

use cosmwasm_std::{Decimal, Deps, Env};
use fixed_math::Fx;
use protocol_api::engine::{self, MarketResponse, SeriesPageResponse, SeriesResponse};
use protocol_api::lens::{ChainResponse, Ticker};
use protocol_api::oracle::{Action, Permission, permission, validity_at};
use protocol_api::record::{MarketRecord, decode, market_record_key, to_state};
use protocol_std::message;
use risk::{ExpiryState, UnderlyingState};

use crate::error::LensError;
use crate::state::Sources;
use crate::ticker::{DECIMAL_ONE, Instrument, price, value};

/// Which part of a chain is asked for.
pub struct Page {
    /// Only this expiry, unix seconds.
    pub expiry: Option<u64>,
    /// Go on after this series.
    pub start_after: Option<String>,
    /// At most this many.
    pub limit: Option<u32>,
}

/// Tickers by expiry, strike and kind.
pub fn chain(
    deps: Deps,
    env: &Env,
    sources: &Sources,
    (symbol, page): (String, Page),
) -> Result<ChainResponse, LensError> {
    let ask = engine::QueryMsg::Market {
        symbol: symbol.clone(),
    };
    let market: MarketResponse = message::ask(deps.querier, &sources.engine, &ask)?;
    let ask = engine::QueryMsg::SeriesPage {
        market: symbol,
        expiry: page.expiry,
        start_after: page.start_after,
        limit: page.limit,
    };
    let listed: SeriesPageResponse = message::ask(deps.querier, &sources.engine, &ask)?;
    let now = env.block.time.seconds();
    let shown = shown(deps, &sources.oracle, market.underlying, now);
    let tickers = listed
        .series
        .into_iter()
        .map(|series| ticker(&market, series, (shown.as_ref(), now)));
    Ok(ChainResponse {
        tickers: tickers.collect(),
    })
}

/// Prices that may be shown.
struct Shown {
    state: UnderlyingState,
    indicative: bool,
}

/// What the oracle holds of a feed, while its prices may be shown.
fn shown(deps: Deps, oracle: &str, feed: u16, now: u64) -> Option<Shown> {
    let bytes = deps
        .querier
        .query_wasm_raw(oracle, market_record_key(feed))
        .ok()??;
    let record: MarketRecord = decode(&bytes).ok()?;
    let rule = permission(validity_at(&record, now), Action::Mark);
    if rule == Permission::No {
        return None;
    }
    Some(Shown {
        state: to_state(feed, &record, now).ok()?,
        indicative: rule == Permission::Indicative,
    })
}

fn ticker(
    market: &MarketResponse,
    series: SeriesResponse,
    (shown, now): (Option<&Shown>, u64),
) -> Ticker {
    let state = shown.map(|shown| &shown.state);
    let strike = series.strike;
    let kind = series.kind;
    let expiry = series.expiry;
    let mut ticker = Ticker {
        instrument_name: series.series,
        expiration_timestamp: expiry.into(),
        kind,
        strike,
        indicative: shown.is_some_and(|shown| shown.indicative),
        mark_price: None,
        mark_iv: None,
        index_price: state.map(|state| price(state.spot.mid)),
        underlying_price: None,
        open_interest: series.open_interest,
        greeks: None,
    };
    let quoted = state.and_then(|state| quoted(state, expiry, now));
    let (Some(quoted), Some(strike)) = (quoted, exact(strike)) else {
        return ticker;
    };
    let instrument = Instrument {
        kind,
        style: market.style,
        strike,
        digital_payout: exact(market.digital_payout).unwrap_or(Fx::ZERO),
        seconds: expiry.saturating_sub(now),
        quoted,
    };
    ticker.underlying_price = Some(price(quoted.forward));
    let shown = value(&instrument);
    ticker.mark_price = shown.mark;
    ticker.mark_iv = shown.vol;
    ticker.greeks = shown.greeks;
    ticker
}

/// What the oracle quotes for an expiry, unix seconds, while it lies ahead.
fn quoted(state: &UnderlyingState, expiry: u64, now: u64) -> Option<&ExpiryState> {
    let minutes = u32::try_from(expiry.checked_div(60)?).ok()?;
    let mut quoted = state.expiries.iter();
    quoted.find(|entry| entry.expiry == minutes && expiry > now)
}

/// A decimal as a kernel number, rounded down; exact for the strikes that can be listed.
fn exact(value: Decimal) -> Option<Fx> {
    let atomics = value.atomics().u128();
    let whole = atomics.checked_div(DECIMAL_ONE)?.checked_shl(64)?;
    let part = atomics
        .checked_rem(DECIMAL_ONE)?
        .checked_shl(64)?
        .checked_div(DECIMAL_ONE)?;
    Some(Fx::from_bits(
        i128::try_from(whole.checked_add(part)?).ok()?,
    ))
}
