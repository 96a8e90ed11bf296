//! A fitted chain as margin sees it: one market a coin, settled in USD, D = 1, the default profile, calm unless a regime is given.

use fixed_math::Fx;
use pricing::payoff::{Kind, Style};
use risk::{
    Band, Beta, Coin, Context, ExpiryState, Feed, MarketTerms, QUOTE_COIN, Regime, SeriesKey,
    Underlying, UnderlyingState, default_profile,
};

use crate::data::snapshot::{Instrument, Side};
use crate::fitted::{FittedChain, FittedExpiry};

/// Decimals of the quote coin and of coins.
pub const QUOTE_DECIMALS: u32 = 6;
pub const COIN_DECIMALS: u32 = 8;
/// Decimals of a quantity.
pub const QUANTITY_DECIMALS: u32 = 4;
/// Base units per quantity unit and USD.
pub const MULTIPLIER: u64 = 10u64.pow(QUOTE_DECIMALS - QUANTITY_DECIMALS);
/// Weights of a coin's positive value, units of 2^-16: 90 % initial, 95 % maintenance.
const COIN_WEIGHTS: (u32, u32) = (58_982, 62_259);

/// A context without markets: the quote coin alone.
pub fn empty(now: u64) -> Context {
    Context {
        now,
        markets: Vec::new(),
        coins: vec![Coin {
            id: QUOTE_COIN,
            feed: Feed::Quote,
            scale: 10u64.pow(QUOTE_DECIMALS),
            weight_initial: risk::WEIGHT_ONE,
            weight_maintenance: risk::WEIGHT_ONE,
            depeg: 0,
        }],
        underlyings: Vec::new(),
        beta: Beta::default(),
    }
}

/// Adds a chain under a number: its underlying, its market and its coin.
pub fn add(context: &mut Context, id: u16, fitted: &FittedChain) {
    context.markets.push(MarketTerms {
        id,
        underlying: id,
        settle_coin: QUOTE_COIN,
        style: Style::Linear,
        multiplier: MULTIPLIER,
        tick_value: MULTIPLIER,
        strike_step: Fx::ONE,
        digital_payout: Fx::ONE,
    });
    context.coins.push(Coin {
        id,
        feed: Feed::Underlying(id),
        scale: 10u64.pow(COIN_DECIMALS),
        weight_initial: COIN_WEIGHTS.0,
        weight_maintenance: COIN_WEIGHTS.1,
        depeg: 0,
    });
    context.underlyings.push(Underlying {
        state: state(id, fitted),
        profile: default_profile(),
    });
}

/// A chain by itself, number 1.
pub fn alone(fitted: &FittedChain) -> Context {
    let mut context = empty(fitted.time);
    add(&mut context, 1, fitted);
    context
}

/// The same in a regime.
pub fn in_regime(fitted: &FittedChain, regime: Regime) -> Context {
    let mut context = alone(fitted);
    for underlying in &mut context.underlyings {
        underlying.state.regime = regime;
    }
    context
}

fn state(underlying: u16, fitted: &FittedChain) -> UnderlyingState {
    let index = Fx::from_num(fitted.index);
    let expiry = |e: &FittedExpiry| ExpiryState {
        expiry: minutes(e.expiry),
        forward: Fx::from_num(e.forward),
        discount: Fx::ONE,
        slice: e.slice.clone(),
        confidence: 0,
    };
    UnderlyingState {
        underlying,
        sequence: 1,
        publish_time: fitted.time,
        live_since: 0,
        spot: Band {
            low: index,
            mid: index,
            high: index,
        },
        slow: index,
        regime: Regime::CALM,
        expiries: fitted.expiries.iter().map(expiry).collect(),
        fixings: Vec::new(),
    }
}

/// An expiry in the unit of series: unix minutes.
pub fn minutes(expiry: u64) -> u32 {
    u32::try_from(expiry / 60).unwrap_or(u32::MAX)
}

/// The series of an option; none where its strike is not a whole number of USD.
pub fn key(market: u16, option: &Instrument) -> Option<SeriesKey> {
    let kind = match option.side {
        Side::Call => Kind::Call,
        Side::Put => Kind::Put,
    };
    let whole = option.strike.fract() == 0.0 && option.strike <= f64::from(u32::MAX);
    whole.then_some(SeriesKey {
        market,
        expiry: minutes(option.expiry),
        strike: option.strike as u32,
        kind,
    })
}
