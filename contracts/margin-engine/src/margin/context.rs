//! What risk knows of the world when it prices an account: the state of each underlying at one of its published prices, the
//! account's markets and all coins.

use fixed_math::Fx;
use risk::{
    Beta, Coin, Context, Feed, MarketTerms, QUOTE_COIN, RiskError, Underlying, UnderlyingState,
};

use crate::core::account::Account;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::state::{self, CoinRecord};

/// One of the prices that a feed publishes for its underlying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PricePoint {
    Mid,
    BandLow,
    BandHigh,
    Slow,
}

/// A coin as margin sees it.
pub fn risk_coin(id: u16, record: &CoinRecord, now: u64) -> Coin {
    let terms = record.terms.at(now);
    Coin {
        id,
        feed: record.underlying.map_or(Feed::Quote, Feed::Underlying),
        scale: 10_u64.saturating_pow(record.decimals.into()),
        weight_initial: terms.weight_initial,
        weight_maintenance: terms.weight_maintenance,
        depeg: terms.depeg,
    }
}

/// Underlyings that decide an account's value, ascending: of its legs' markets and its coins. Their states then know how far
/// the fixings of its legs have come.
pub fn underlyings(desk: &mut Desk<'_>, account: &Account, terms: &[MarketTerms]) -> Vec<u16> {
    for leg in &account.legs {
        if let Some(market) = terms.iter().find(|market| market.id == leg.key.market) {
            desk.feeds.follow(market.underlying, leg.key.expiry);
        }
    }
    let mut ids: Vec<u16> = terms.iter().map(|market| market.underlying).collect();
    for cash in account.cash.iter().filter(|cash| cash.amount != 0) {
        ids.extend(desk.config.coin(cash.coin).and_then(|coin| coin.underlying));
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The context of an account at the published prices, its fixings followed.
pub fn context_of(desk: &mut Desk<'_>, account: &Account) -> Result<Context, EngineError> {
    let terms = desk.terms_of(account)?;
    let ids = underlyings(desk, account, &terms);
    context(desk, &ids, terms)
}

/// The context of these underlyings and markets at the published prices.
pub fn context(
    desk: &mut Desk<'_>,
    ids: &[u16],
    terms: Vec<MarketTerms>,
) -> Result<Context, EngineError> {
    context_at(desk, ids, terms, PricePoint::Mid)
}

pub(super) fn context_at(
    desk: &mut Desk<'_>,
    ids: &[u16],
    markets: Vec<MarketTerms>,
    at: PricePoint,
) -> Result<Context, EngineError> {
    let now = desk.now;
    let mut known = Vec::with_capacity(ids.len());
    for id in ids {
        let profile = desk.profile(*id)?.clone();
        let feed = desk.feeds.feed(*id).and_then(|feed| feed.state.clone());
        let state = feed.ok_or(RiskError::NoPrice { underlying: *id })?;
        known.push(Underlying {
            state: moved(state, at),
            profile,
        });
    }
    let beta = if ids.len() > 1 {
        let betas = state::load_betas(desk.storage())?;
        betas.map_or_else(Beta::default, |timed| timed.at(now).into())
    } else {
        Beta::default()
    };
    let coins = (QUOTE_COIN..)
        .zip(&desk.config.coins)
        .map(|(id, coin)| risk_coin(id, coin, now))
        .collect();
    Ok(Context {
        now,
        markets,
        coins,
        underlyings: known,
        beta,
    })
}

/// The state with spot, and with it every forward, moved to another price that was published.
fn moved(mut state: UnderlyingState, at: PricePoint) -> UnderlyingState {
    let target = match at {
        PricePoint::Mid => return state,
        PricePoint::BandLow => state.spot.low,
        PricePoint::BandHigh => state.spot.high,
        PricePoint::Slow => state.slow,
    };
    let mid = state.spot.mid;
    let scale = |price: Fx| {
        let ratio = target.checked_div(mid).unwrap_or(Fx::ONE);
        price
            .checked_mul(ratio)
            .filter(|moved| *moved > Fx::ZERO)
            .unwrap_or(price)
    };
    for expiry in &mut state.expiries {
        expiry.forward = scale(expiry.forward);
    }
    state.spot.low = state.spot.low.min(target);
    state.spot.high = state.spot.high.max(target);
    state.spot.mid = target;
    state
}
