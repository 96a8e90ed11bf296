//! A market's series as tickers.

use cosmwasm_std::{Deps, Env, Int128, SignedDecimal, Uint64};
use fixed_math::Fx;
use pricing::black76::Black76;
use protocol_api::engine::{ChainResponse, Greeks, Ticker};
use protocol_api::oracle::{Action, Permission, permission};
use risk::{ExpiryState, Kind, MarketTerms, SeriesKey, Style};

use super::limit;
use super::markets::{kind, price};
use crate::core::ledger::DECIMAL_ONE;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::settle::minutes;
use crate::state::{self, Series};

/// Seconds of a year as vols count it: 365 days.
const YEAR: i128 = 31_536_000;

/// Tickers by expiry, strike and kind.
pub fn chain(
    deps: Deps,
    env: &Env,
    symbol: &str,
    (expiry, start_after, asked): (Option<u64>, Option<String>, Option<u32>),
) -> Result<ChainResponse, EngineError> {
    let mut desk = Desk::new(deps, env)?;
    let id = desk.market_id(symbol)?;
    let after = match (start_after, expiry) {
        (Some(name), _) => Some(desk.series_key(&name)?),
        // The last key before the expiry asked for.
        (None, Some(expiry)) => {
            let before = minutes(expiry)?.checked_sub(1);
            before.map(|expiry| SeriesKey {
                market: id,
                expiry,
                strike: u32::MAX,
                kind: Kind::Future,
            })
        }
        (None, None) => None,
    };
    let only = expiry.map(minutes).transpose()?;
    let mut tickers = Vec::new();
    for (key, series) in state::page_series(deps.storage, id, after, limit(asked))? {
        if only.is_some_and(|only| only != key.expiry) {
            break;
        }
        tickers.push(ticker(&mut desk, &key, series)?);
    }
    Ok(ChainResponse { tickers })
}

fn ticker(desk: &mut Desk<'_>, key: &SeriesKey, series: Series) -> Result<Ticker, EngineError> {
    let name = desk.series_name(key)?;
    let terms = desk.market(key.market)?.terms(key.market);
    let strike = terms.strike(key.strike)?;
    let mut ticker = Ticker {
        instrument_name: name,
        expiration_timestamp: key.expiry_seconds(),
        kind: kind(key),
        strike: price(strike),
        mark_price: None,
        mark_iv: None,
        index_price: None,
        underlying_price: None,
        open_interest: Uint64::new(series.open),
        greeks: None,
    };
    let now = desk.now;
    let Some(feed) = desk.feeds.feed(terms.underlying) else {
        return Ok(ticker);
    };
    if matches!(permission(feed.validity, Action::Mark), Permission::No) {
        return Ok(ticker);
    }
    let Some(state) = &feed.state else {
        return Ok(ticker);
    };
    ticker.index_price = Some(price(state.spot.mid));
    let left = key.expiry_seconds().saturating_sub(now);
    let quoted = state
        .expiries
        .iter()
        .find(|entry| entry.expiry == key.expiry);
    if let Some(quoted) = quoted.filter(|_| left > 0) {
        ticker.underlying_price = Some(price(quoted.forward));
        let at = At {
            strike,
            years: years(left),
            quoted,
        };
        fill(&mut ticker, &terms, key.kind, &at);
    }
    Ok(ticker)
}

struct At<'a> {
    strike: Fx,
    years: Fx,
    quoted: &'a ExpiryState,
}

/// Years left, rounded down, at least one ulp.
fn years(seconds: u64) -> Fx {
    Fx::from_num(seconds)
        .checked_div(Fx::from_num(YEAR))
        .unwrap_or(Fx::DELTA)
        .max(Fx::DELTA)
}

/// Mark, vol and Greeks as far as the surface gives them.
fn fill(ticker: &mut Ticker, terms: &MarketTerms, kind: Kind, at: &At<'_>) {
    ticker.mark_price = mark(terms, kind, at).and_then(signed);
    if !matches!(kind, Kind::Call | Kind::Put) {
        return;
    }
    let forward = at.quoted.forward;
    let view = at
        .quoted
        .slice
        .market_view(forward, at.strike, at.years)
        .ok();
    let Some(view) = view else { return };
    let hundred = Fx::from_num(100);
    ticker.mark_iv = view.vol.vol.checked_mul(hundred).map(price);
    let black = Black76::new(forward, at.strike, view.vol.vol, at.years).ok();
    let Some(greeks) = black.and_then(|black| black.greeks().ok()) else {
        return;
    };
    let call = kind == Kind::Call;
    let delta = if call {
        Some(greeks.call_delta)
    } else {
        greeks.call_delta.checked_sub(Fx::ONE)
    };
    let rho = if call {
        greeks.call_rho
    } else {
        greeks.put_rho
    };
    let per = |value: Fx, parts: u32| signed(value.checked_div(Fx::from_num(parts))?);
    let shown = || {
        Some(Greeks {
            delta: signed(delta?)?,
            gamma: signed(greeks.gamma)?,
            vega: per(greeks.vega, 100)?,
            theta: per(greeks.theta, 365)?,
            rho: per(rho, 100)?,
        })
    };
    ticker.greeks = shown();
}

/// The mark a trade would use: linear in USD per underlying, inverse in coin per underlying.
fn mark(terms: &MarketTerms, kind: Kind, at: &At<'_>) -> Option<Fx> {
    let (forward, strike) = (at.quoted.forward, at.strike);
    let slice = &at.quoted.slice;
    let inverse = terms.style == Style::Inverse;
    let usd = match kind {
        Kind::Call => slice.prices(forward, strike).ok()?.call,
        Kind::Put => slice.prices(forward, strike).ok()?.put,
        Kind::DigitalCall => slice
            .digital_call(forward, strike)
            .ok()?
            .checked_mul(terms.digital_payout)?,
        Kind::DigitalPut => {
            let above = slice.digital_call(forward, strike).ok()?;
            Fx::ONE
                .checked_sub(above)?
                .checked_mul(terms.digital_payout)?
        }
        Kind::Future if inverse => forward.checked_sub(strike)?,
        Kind::Future => return Some(forward),
    };
    if inverse {
        usd.checked_div(forward)
    } else {
        usd.checked_mul(at.quoted.discount)
    }
}

/// A signed number on the wire, 18 digits, toward zero; `None` beyond the type.
fn signed(value: Fx) -> Option<SignedDecimal> {
    let bits = value.to_bits();
    let size = bits.unsigned_abs();
    let whole = (size >> 64).checked_mul(DECIMAL_ONE)?;
    let part = (size & u128::from(u64::MAX)).checked_mul(DECIMAL_ONE)? >> 64;
    let atomics = i128::try_from(whole.checked_add(part)?).ok()?;
    let atomics = if bits < 0 {
        atomics.checked_neg()?
    } else {
        atomics
    };
    Some(SignedDecimal::new(Int128::new(atomics)))
}
