//! Markets, expiries, series.

use cosmwasm_std::{Deps, Env, Int64, Int128, Uint64};
use fixed_math::Fx;
use protocol_api::decimal::{decimal_floor, from_atomics};
use protocol_api::engine::{
    Calendar, ExpiriesResponse, ExpiryView, FixingTerms, MarketParams as WireParams,
    MarketResponse, MarketStyle, MarketsResponse, SeriesKind, SeriesPageResponse, SeriesResponse,
};
use protocol_std::expiry::seconds;
use protocol_std::pagination::limit;
use risk::{Kind, SeriesKey};

use super::config::scheduled;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::settle::minutes;
use crate::state::{self, Market, MarketParams, Series};

/// Markets by number.
pub fn markets(
    deps: Deps,
    env: &Env,
    start_after: Option<u16>,
    asked: Option<u32>,
) -> Result<MarketsResponse, EngineError> {
    let desk = Desk::new(deps, env)?;
    let page = state::page_markets(deps.storage, start_after, limit(asked))?;
    let views = page
        .iter()
        .map(|(id, market)| view(&desk, *id, market))
        .collect::<Result<_, _>>()?;
    Ok(MarketsResponse { markets: views })
}

/// One market.
pub fn market(deps: Deps, env: &Env, symbol: &str) -> Result<MarketResponse, EngineError> {
    let desk = Desk::new(deps, env)?;
    let id = desk.market_id(symbol)?;
    view(&desk, id, &state::load_market(deps.storage, id)?)
}

fn view(desk: &Desk<'_>, id: u16, market: &Market) -> Result<MarketResponse, EngineError> {
    let [daily, weekly, monthly, quarterly] = market.calendar;
    let (buckets, bucket_seconds) = market.fixing;
    Ok(MarketResponse {
        id,
        symbol: market.symbol.clone(),
        underlying: market.underlying,
        settle_denom: desk.denom(market.settle_coin)?,
        style: if market.inverse {
            MarketStyle::Inverse
        } else {
            MarketStyle::Linear
        },
        unit: from_atomics(market.unit),
        tick: from_atomics(market.tick),
        multiplier: Uint64::new(market.multiplier),
        tick_value: Uint64::new(market.tick_value),
        strike_step: decimal_floor(Fx::from_bits(market.strike_step)),
        digital_payout: decimal_floor(Fx::from_bits(market.digital_payout)),
        calendar: Calendar {
            at: market.calendar_at,
            daily,
            weekly,
            monthly,
            quarterly,
        },
        fixing: FixingTerms {
            buckets,
            bucket_seconds,
        },
        params: scheduled(&market.params, desk.now, params),
    })
}

fn params(params: &MarketParams) -> WireParams {
    WireParams {
        maker_rate: from_atomics(params.maker_rate),
        taker_rate: from_atomics(params.taker_rate),
        fee_premium_cap: from_atomics(params.premium_cap),
        series_cap: Uint64::new(params.series_cap),
        expiry_series: params.expiry_series,
        open: params.open,
    }
}

/// Expiries of a market in time order.
pub fn expiries(
    deps: Deps,
    env: &Env,
    symbol: &str,
    start_after: Option<u64>,
    asked: Option<u32>,
) -> Result<ExpiriesResponse, EngineError> {
    let mut desk = Desk::new(deps, env)?;
    let id = desk.market_id(symbol)?;
    let after = start_after.map(minutes).transpose()?;
    let mut expiries = Vec::new();
    for (at, expiry) in state::page_expiries(deps.storage, id, after, limit(asked))? {
        let (buckets, bucket_seconds) = expiry.fixing;
        expiries.push(ExpiryView {
            expiry: seconds(at),
            series: expiry.series,
            fixing: FixingTerms {
                buckets,
                bucket_seconds,
            },
            settlement_price: desk.fixed_price(id, at)?.map(decimal_floor),
        });
    }
    Ok(ExpiriesResponse { expiries })
}

/// One series.
pub fn series(deps: Deps, env: &Env, name: &str) -> Result<SeriesResponse, EngineError> {
    let mut desk = Desk::new(deps, env)?;
    let key = desk.series_key(name)?;
    let not_listed = || EngineError::NotListed {
        series: name.to_owned(),
    };
    let series = *desk.series(&key)?.ok_or_else(not_listed)?;
    series_view(&mut desk, &key, series)
}

/// Which of a market's series are asked for.
pub struct Page {
    /// Only this expiry, unix seconds.
    pub expiry: Option<u64>,
    /// Go on after this series.
    pub start_after: Option<String>,
    /// At most this many.
    pub limit: Option<u32>,
}

/// A market's series by expiry, strike and kind.
pub fn series_page(
    deps: Deps,
    env: &Env,
    symbol: &str,
    page: Page,
) -> Result<SeriesPageResponse, EngineError> {
    let Page {
        expiry,
        start_after,
        limit: asked,
    } = page;
    let mut desk = Desk::new(deps, env)?;
    let id = desk.market_id(symbol)?;
    let only = expiry.map(minutes).transpose()?;
    let mut after = None;
    if let Some(name) = start_after {
        let key = desk.series_key(&name)?;
        if key.market != id {
            return Err(EngineError::NotListed { series: name });
        }
        after = Some(key);
    }
    // The last key there could be before the expiry asked for.
    let before = only.and_then(|expiry| expiry.checked_sub(1));
    let before = before.map(|expiry| SeriesKey {
        market: id,
        expiry,
        strike: u32::MAX,
        kind: Kind::Future,
    });
    let after = after.max(before);
    let mut page = Vec::new();
    for (key, series) in state::page_series(deps.storage, id, after, limit(asked))? {
        if only.is_some_and(|only| only != key.expiry) {
            break;
        }
        page.push(series_view(&mut desk, &key, series)?);
    }
    Ok(SeriesPageResponse { series: page })
}

fn series_view(
    desk: &mut Desk<'_>,
    key: &SeriesKey,
    series: Series,
) -> Result<SeriesResponse, EngineError> {
    let name = desk.series_name(key)?;
    let fixed = desk.fixed_price(key.market, key.expiry)?;
    let market = desk.market(key.market)?;
    let terms = market.terms(key.market);
    let payoff = match (series.settled, fixed) {
        (Some(settled), _) => Some(settled.payoff),
        (None, Some(price)) => Some(terms.payoff(key)?.per_unit(terms.settlement(), price)?),
        (None, None) => None,
    };
    Ok(SeriesResponse {
        series: name,
        market: market.symbol.clone(),
        expiry: key.expiry_seconds(),
        kind: kind(key),
        strike: decimal_floor(terms.strike(key.strike)?),
        open_interest: Uint64::new(series.open),
        payoff: payoff.map(Int128::new),
        unsettled: Int64::new(series.settled.map_or(0, |settled| settled.net)),
    })
}

/// The kind of a series on the wire.
pub const fn kind(key: &SeriesKey) -> SeriesKind {
    match key.kind {
        Kind::Call => SeriesKind::Call,
        Kind::Put => SeriesKind::Put,
        Kind::DigitalCall => SeriesKind::DigitalCall,
        Kind::DigitalPut => SeriesKind::DigitalPut,
        Kind::Future => SeriesKind::Future,
    }
}
