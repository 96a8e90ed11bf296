//! Gathers what the engine lists and what the oracle holds, then prices each series.

use cosmwasm_std::{Deps, Env, StdResult};
use fixed_math::Fx;
use protocol_api::decimal::{decimal_floor, fx_floor};
use protocol_api::engine::{self, MarketResponse, SeriesPageResponse, SeriesResponse};
use protocol_api::lens::{ChainResponse, SettlementEstimateResponse, Ticker};
use protocol_api::oracle::{
    Action, Permission, ProgressResponse, QueryMsg, permission, validity_at,
};
use protocol_api::record::{
    MarketRecord, PackedPending, decode, fixing_key, market_record_key, settlement_price, to_state,
};
use protocol_std::expiry::{minutes, seconds};
use protocol_std::message;
use protocol_std::pagination::costly;
use risk::{ExpiryState, UnderlyingState, mark_in_window};

use crate::error::LensError;
use crate::estimate::{estimate, fixed};
use crate::state::Sources;
use crate::ticker::{Instrument, value};

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
    symbol: String,
    page: Page,
) -> Result<ChainResponse, LensError> {
    let ask = engine::QueryMsg::Market {
        market: symbol.clone(),
    };
    let market: MarketResponse = message::ask(deps.querier, &sources.engine, &ask)?;
    let ask = engine::QueryMsg::SeriesPage {
        market: symbol,
        expiry: page.expiry,
        start_after: page.start_after,
        limit: u32::try_from(costly(page.limit)).ok(),
    };
    let listed: SeriesPageResponse = message::ask(deps.querier, &sources.engine, &ask)?;
    let now = env.block.time.seconds();
    let reader = Reader {
        deps,
        oracle: &sources.oracle,
        feed: market.underlying,
        now,
    };
    let shown = reader.shown(&listed.series);
    let tickers = listed
        .series
        .into_iter()
        .map(|series| ticker(&market, series, shown.as_ref(), now));
    Ok(ChainResponse {
        tickers: tickers.collect(),
    })
}

/// What the settlement price of an expiry (unix seconds) would be now, or is.
pub fn settlement_estimate(
    deps: Deps,
    env: &Env,
    sources: &Sources,
    symbol: String,
    expiry: u64,
) -> Result<SettlementEstimateResponse, LensError> {
    let date = minutes(expiry).ok_or(LensError::Expiry { expiry })?;
    let ask = engine::QueryMsg::Market { market: symbol };
    let market: MarketResponse = message::ask(deps.querier, &sources.engine, &ask)?;
    let reader = Reader {
        deps,
        oracle: &sources.oracle,
        feed: market.underlying,
        now: env.block.time.seconds(),
    };
    Ok(match reader.settlement_price(date) {
        Some(price) => fixed(price),
        None => estimate(reader.state_at(date).as_ref(), date),
    })
}

/// Prices that may be shown.
struct Shown {
    state: UnderlyingState,
    indicative: bool,
}

/// Reads a feed at a block time.
struct Reader<'a> {
    deps: Deps<'a>,
    oracle: &'a str,
    feed: u16,
    now: u64,
}

impl Reader<'_> {
    /// What the oracle holds of the feed, while its prices may be shown, and how far the windows of these series are.
    fn shown(&self, series: &[SeriesResponse]) -> Option<Shown> {
        let mut record = self.record()?;
        let rule = permission(validity_at(&record, self.now), Action::Mark);
        if rule == Permission::No {
            return None;
        }
        for expiry in series.iter().filter_map(|series| minutes(series.expiry)) {
            let quoted = record.expiries.iter().any(|date| date.expiry == expiry);
            if quoted && record.misses(expiry, self.now) {
                self.follow(&mut record, expiry);
            }
        }
        Some(Shown {
            state: to_state(self.feed, &record, self.now).ok()?,
            indicative: rule == Permission::Indicative,
        })
    }

    /// What the oracle holds of the feed, whatever its validity, and how far the window of this expiry is; nothing where nobody can
    /// tell.
    fn state_at(&self, expiry: u32) -> Option<UnderlyingState> {
        let mut record = self.record()?;
        if record.misses(expiry, self.now) {
            self.follow(&mut record, expiry);
        }
        let known = !record.misses(expiry, self.now);
        to_state(self.feed, &record, self.now)
            .ok()
            .filter(|_| known)
    }

    /// The final settlement price of an expiry that has come.
    fn settlement_price(&self, expiry: u32) -> Option<Fx> {
        if seconds(expiry) > self.now {
            return None;
        }
        let key = fixing_key(self.feed, expiry);
        settlement_price(&self.raw(key)?)
    }

    fn record(&self) -> Option<MarketRecord> {
        decode(&self.raw(market_record_key(self.feed))?).ok()
    }

    fn raw(&self, key: Vec<u8>) -> Option<Vec<u8>> {
        let querier = self.deps.querier;
        querier.query_wasm_raw(self.oracle, key).ok()?
    }

    /// Asks how far a window is that the record does not follow, as margin does. A date whose window nobody can tell has no price
    /// here; margin then has none for the whole feed.
    fn follow(&self, record: &mut MarketRecord, expiry: u32) {
        let question = QueryMsg::Progress {
            feed: self.feed,
            expiry: seconds(expiry),
        };
        let answer: StdResult<ProgressResponse> =
            message::ask(self.deps.querier, self.oracle, &question);
        match answer {
            Ok(progress) => record.pending.push(PackedPending::of(expiry, &progress)),
            Err(_) => record.expiries.retain(|date| date.expiry != expiry),
        }
    }
}

#[inline(never)] // The VM allows 100 locals a function.
fn ticker(
    market: &MarketResponse,
    series: SeriesResponse,
    shown: Option<&Shown>,
    now: u64,
) -> Ticker {
    let state = shown.map(|shown| &shown.state);
    let strike = series.strike;
    let kind = series.kind;
    let expiry = series.expiry;
    let mut ticker = Ticker {
        instrument_name: series.series,
        expiration_timestamp: expiry,
        kind,
        strike,
        indicative: shown.is_some_and(|shown| shown.indicative),
        mark_price: None,
        mark_iv: None,
        index_price: state.map(|state| decimal_floor(state.spot.mid)),
        underlying_price: None,
        open_interest: series.open_interest,
        greeks: None,
    };
    let quoted = state.and_then(|state| Some((state, quoted(state, expiry, now)?)));
    let (Some((state, quoted)), Some(strike)) = (quoted, fx_floor(strike)) else {
        return ticker;
    };
    let Ok(window) = mark_in_window(state, quoted, now) else {
        return ticker;
    };
    let instrument = Instrument {
        kind,
        style: market.style,
        strike,
        digital_payout: fx_floor(market.digital_payout).unwrap_or(Fx::ZERO),
        seconds: expiry.saturating_sub(now),
        quoted,
        window,
    };
    ticker.underlying_price = instrument.forward().map(decimal_floor);
    let values = value(&instrument);
    ticker.mark_price = values.mark;
    ticker.mark_iv = values.vol;
    ticker.greeks = values.greeks;
    ticker
}

/// What the oracle quotes for an expiry, unix seconds, while it lies ahead.
fn quoted(state: &UnderlyingState, expiry: u64, now: u64) -> Option<&ExpiryState> {
    let minutes = minutes(expiry)?;
    let mut quoted = state.expiries.iter();
    quoted.find(|entry| entry.expiry == minutes && expiry > now)
}
