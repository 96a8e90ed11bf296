//! The owner's coins and markets, and the terms of them that may change. Writes the configuration and markets.

use cosmwasm_std::{Decimal, DepsMut, Env, Response};
use protocol_api::decimal;
use protocol_api::engine::{
    Calendar, CoinListing, CoinSet, CoinTerms as WireCoinTerms, FixingTerms, MarketListing,
    MarketParams as WireParams, MarketSet, MarketStyle,
};
use protocol_api::event::TypedEvent;
use protocol_std::timed::effective_range;
use risk::name::is_symbol;
use risk::{QUOTE_COIN, WEIGHT_ONE};

use crate::core::cap::Cap;
use crate::core::market::{COIN_LIMIT, MARKET_LIMIT, fx_floor, multiplier, require, tick_value};
use crate::error::EngineError;
use crate::execute::response_with;
use crate::state::{self, CoinRecord, CoinTerms, Config, Market, MarketParams, Timed};

/// Most series that one expiry may list; beyond a market's own number only the owner does.
pub const MAX_EXPIRY_SERIES: u16 = 2_000;
/// Least value of a tick in an inverse market, base units a quantity unit. What rounding to whole units takes from one side of a
/// trade, less than a unit, must not be worth the fees that a tick's worth of premium costs.
const LEAST_INVERSE_TICK: u64 = 8;

/// Adds a collateral coin.
pub fn add_coin(deps: DepsMut, env: &Env, listing: &CoinListing) -> Result<Response, EngineError> {
    let mut config = state::load_config(deps.storage)?;
    check_denom(&config, &listing.denom)?;
    require(listing.decimals <= 18, "decimals")?;
    // Margin follows at most three settlement coins of one underlying.
    let same = config
        .coins
        .iter()
        .filter(|coin| coin.underlying == Some(listing.underlying));
    require(same.count() < 3, "underlying")?;
    let terms = coin_terms(&listing.terms, 0, env.block.time.seconds())?;
    config.coins.push(CoinRecord {
        denom: listing.denom.clone(),
        underlying: Some(listing.underlying),
        decimals: listing.decimals,
        terms: Timed::new(terms),
    });
    state::save_config(deps.storage, &config)?;
    Ok(coin_set(listing.denom.clone(), env.block.time.seconds()))
}

/// Plans new terms of a coin. The quote coin keeps weight one.
pub fn set_coin_terms(
    deps: DepsMut,
    env: &Env,
    denom: String,
    terms: &WireCoinTerms,
    effective_at: u64,
) -> Result<Response, EngineError> {
    let mut config = state::load_config(deps.storage)?;
    let id = config.coin_id(&denom).ok_or(EngineError::Unknown {
        name: denom.clone(),
    })?;
    let now = env.block.time.seconds();
    check_effective(effective_at, now)?;
    let coin = config.coin(id).ok_or(EngineError::Corrupt)?;
    let reached = coin.terms.at(now).cap.at(effective_at, config.cap_ramp)?;
    let terms = coin_terms(terms, reached, effective_at)?;
    if id == QUOTE_COIN {
        let whole = terms.weight_initial == WEIGHT_ONE && terms.depeg == 0;
        require(whole, "weight_initial")?;
    }
    let record = config
        .coins
        .get_mut(usize::from(id))
        .ok_or(EngineError::Corrupt)?;
    record.terms.plan(terms, effective_at, now);
    state::save_config(deps.storage, &config)?;
    Ok(coin_set(denom, effective_at))
}

/// Adds a market.
pub fn add_market(
    deps: DepsMut,
    env: &Env,
    listing: &MarketListing,
) -> Result<Response, EngineError> {
    let mut config = state::load_config(deps.storage)?;
    require(
        is_symbol(&listing.symbol) && listing.symbol.len() >= 2,
        "symbol",
    )?;
    if state::find_market(deps.storage, &listing.symbol)?.is_some() {
        return Err(EngineError::Taken {
            name: listing.symbol.clone(),
        });
    }
    let id = config.markets.checked_add(1).ok_or(EngineError::Overflow)?;
    require(id < MARKET_LIMIT, "markets")?;
    let market = checked_market(&config, listing)?;
    let scale = |coin: u16| {
        let record = config.coin(coin).ok_or(EngineError::Corrupt)?;
        Ok::<u64, EngineError>(10_u64.saturating_pow(record.decimals.into()))
    };
    market
        .terms(id)
        .unit_value(scale(market.settle_coin)?, scale(QUOTE_COIN)?)?;
    state::save_market(deps.storage, id, &market)?;
    state::index_symbol(deps.storage, &listing.symbol, id)?;
    config.markets = id;
    state::save_config(deps.storage, &config)?;
    Ok(market_set(listing.symbol.clone(), env.block.time.seconds()))
}

/// Plans new parameters of a market.
pub fn set_market_params(
    deps: DepsMut,
    env: &Env,
    symbol: String,
    params: &WireParams,
    effective_at: u64,
) -> Result<Response, EngineError> {
    let unknown = EngineError::Unknown {
        name: symbol.clone(),
    };
    let id = state::find_market(deps.storage, &symbol)?.ok_or(unknown)?;
    let now = env.block.time.seconds();
    check_effective(effective_at, now)?;
    let mut market = state::load_market(deps.storage, id)?;
    market
        .params
        .plan(market_params(params)?, effective_at, now);
    state::save_market(deps.storage, id, &market)?;
    Ok(market_set(symbol, effective_at))
}

/// A market whose terms are all in range and whose premiums are whole base units.
fn checked_market(config: &Config, listing: &MarketListing) -> Result<Market, EngineError> {
    let unknown = EngineError::Unknown {
        name: listing.settle_denom.clone(),
    };
    let settle_coin = config.coin_id(&listing.settle_denom).ok_or(unknown)?;
    let coin = config.coin(settle_coin).ok_or(EngineError::Corrupt)?;
    let inverse = matches!(listing.style, MarketStyle::Inverse);
    let fits = if inverse {
        coin.underlying == Some(listing.underlying)
    } else {
        settle_coin == QUOTE_COIN
    };
    require(fits, "settle_denom")?;
    let (unit, tick) = (atomics(listing.unit), atomics(listing.tick));
    let multiplier = multiplier(unit, coin.decimals)?;
    let strike_step = fx_floor(listing.strike_step, "strike_step")?;
    require(
        atomics(listing.strike_step) >= decimal::ONE / 1_000_000,
        "strike_step",
    )?;
    let tick_value = tick_value(multiplier, tick)?;
    require(!inverse || tick_value >= LEAST_INVERSE_TICK, "tick")?;
    Ok(Market {
        symbol: listing.symbol.clone(),
        underlying: listing.underlying,
        settle_coin,
        inverse,
        multiplier,
        tick_value,
        strike_step: strike_step.to_bits(),
        digital_payout: fx_floor(listing.digital_payout, "digital_payout")?.to_bits(),
        unit,
        tick,
        calendar_at: calendar_at(&listing.calendar)?,
        calendar: calendar(&listing.calendar)?,
        fixing: fixing(listing.fixing)?,
        params: Timed::new(market_params(&listing.params)?),
    })
}

fn calendar_at(calendar: &Calendar) -> Result<u32, EngineError> {
    require(calendar.at < 86_400 && calendar.at.is_multiple_of(60), "at")?;
    Ok(calendar.at)
}

fn calendar(calendar: &Calendar) -> Result<[u16; 4], EngineError> {
    require(calendar.daily <= 366, "daily")?;
    require(calendar.weekly <= 104, "weekly")?;
    require(calendar.monthly <= 36, "monthly")?;
    require(calendar.quarterly <= 20, "quarterly")?;
    Ok([
        calendar.daily,
        calendar.weekly,
        calendar.monthly,
        calendar.quarterly,
    ])
}

fn fixing(terms: FixingTerms) -> Result<(u16, u16), EngineError> {
    require((6..=240).contains(&terms.buckets), "buckets")?;
    let divides = matches!(60_u16.checked_rem(terms.bucket_seconds), Some(0));
    require(divides, "bucket_seconds")?;
    Ok((terms.buckets, terms.bucket_seconds))
}

/// Parameters of a market in their ranges.
fn market_params(params: &WireParams) -> Result<MarketParams, EngineError> {
    let most_rate = decimal::ONE / 100;
    require(atomics(params.maker_rate) <= most_rate, "maker_rate")?;
    require(atomics(params.taker_rate) <= most_rate, "taker_rate")?;
    require(
        atomics(params.fee_premium_cap) <= decimal::ONE / 4,
        "fee_premium_cap",
    )?;
    require(params.expiry_series <= MAX_EXPIRY_SERIES, "expiry_series")?;
    Ok(MarketParams {
        maker_rate: atomics(params.maker_rate),
        taker_rate: atomics(params.taker_rate),
        premium_cap: atomics(params.fee_premium_cap),
        series_cap: params.series_cap.u64(),
        expiry_series: params.expiry_series,
        open: params.open,
    })
}

/// Terms of a coin in their ranges; the cap rises from what is accepted at a time.
pub fn coin_terms(terms: &WireCoinTerms, from: u128, since: u64) -> Result<CoinTerms, EngineError> {
    let weight_initial = share(terms.weight_initial, "weight_initial")?;
    let weight_maintenance = share(terms.weight_maintenance, "weight_maintenance")?;
    require(weight_initial <= weight_maintenance, "weight_initial")?;
    // Caps stay far below the integer type, so that sums of amounts never pass it.
    require(terms.cap.u128() < 1 << 100, "cap")?;
    require(terms.debt_cap.u128() < 1 << 100, "debt_cap")?;
    Ok(CoinTerms {
        weight_initial,
        weight_maintenance,
        depeg: share(terms.depeg, "depeg")?,
        cap: Cap {
            from,
            to: terms.cap.u128(),
            since,
        },
        debt_cap: terms.debt_cap.u128(),
    })
}

/// A denomination that no coin has yet, and room for one more.
pub fn check_denom(config: &Config, denom: &str) -> Result<(), EngineError> {
    require((3..=128).contains(&denom.len()), "denom")?;
    require(config.coins.len() < COIN_LIMIT, "coins")?;
    if config.coin_id(denom).is_some() {
        return Err(EngineError::Taken {
            name: denom.to_owned(),
        });
    }
    Ok(())
}

/// A change takes effect from now on, at most a year ahead.
pub fn check_effective(effective_at: u64, now: u64) -> Result<(), EngineError> {
    let possible = effective_range(now, 0);
    if possible.contains(&effective_at) {
        Ok(())
    } else {
        Err(EngineError::Time {
            field: "effective_at",
            earliest: *possible.start(),
            latest: *possible.end(),
        })
    }
}

/// A share of at most one in `2^-16`, rounded down.
fn share(value: Decimal, field: &'static str) -> Result<u32, EngineError> {
    let out = || EngineError::Range { field };
    require(value <= Decimal::one(), field)?;
    let scaled = atomics(value)
        .checked_mul(WEIGHT_ONE.into())
        .ok_or_else(out)?;
    u32::try_from(scaled / decimal::ONE).map_err(|_| out())
}

fn atomics(value: Decimal) -> u128 {
    value.atomics().u128()
}

fn coin_set(denom: String, effective_at: u64) -> Response {
    let set = CoinSet {
        denom,
        effective_at,
    };
    response_with(set.to_event())
}

fn market_set(market: String, effective_at: u64) -> Response {
    let set = MarketSet {
        market,
        effective_at,
    };
    response_with(set.to_event())
}
