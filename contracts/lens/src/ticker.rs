//! The value of one series: mark, implied vol, Greeks. Decisions on plain data.

use cosmwasm_std::{Decimal, Int128, SignedDecimal};
use fixed_math::Fx;
use pricing::black76::{Black76, Prices};
use pricing::shock::ShockedSlice;
use protocol_api::decimal::{atomics_floor, decimal_floor};
use protocol_api::engine::{MarketStyle, SeriesKind};
use protocol_api::lens::Greeks;
use risk::ExpiryState;

/// Seconds of a year as vols count it: 365 days.
const YEAR: u64 = 31_536_000;

/// A series and the surface it is priced on.
pub struct Instrument<'a> {
    /// What it pays.
    pub kind: SeriesKind,
    /// How its market settles.
    pub style: MarketStyle,
    /// Strike or reference price, USD.
    pub strike: Fx,
    /// What a digital pays per underlying, USD.
    pub digital_payout: Fx,
    /// Seconds left, above zero.
    pub seconds: u64,
    /// Forward, discount and slice of its expiry.
    pub quoted: &'a ExpiryState,
    /// What margin's mark is taken from instead of the slice once the fixing window has begun.
    pub window: Option<ShockedSlice>,
}

impl Instrument<'_> {
    /// Expected settlement price, USD: the forward, in the fixing window its blend with what was observed.
    pub fn forward(&self) -> Option<Fx> {
        let forward = self.quoted.forward;
        match &self.window {
            None => Some(forward),
            Some(window) => window.forward_of(forward).ok(),
        }
    }

    /// Undiscounted call and put, USD.
    fn prices(&self) -> Option<Prices> {
        let (forward, strike) = (self.quoted.forward, self.strike);
        let prices = match &self.window {
            None => self.quoted.slice.prices(forward, strike),
            Some(window) => window.prices(forward, strike),
        };
        prices.ok()
    }

    /// Probability of settling at or above the strike.
    fn above(&self) -> Option<Fx> {
        let (forward, strike) = (self.quoted.forward, self.strike);
        let above = match &self.window {
            None => self.quoted.slice.digital_call(forward, strike),
            Some(window) => window.digital_call(forward, strike),
        };
        above.ok()
    }
}

/// What is shown; parts that have no value in the kernel's domain are absent.
#[derive(Default)]
pub struct Values {
    /// Mark: linear in USD, inverse in coin, per underlying.
    pub mark: Option<SignedDecimal>,
    /// Implied vol in percent; none in the fixing window.
    pub vol: Option<Decimal>,
    /// Greeks at that vol.
    pub greeks: Option<Greeks>,
}

/// Prices a series.
pub fn value(instrument: &Instrument<'_>) -> Values {
    let mut values = Values {
        mark: mark(instrument).and_then(signed),
        ..Values::default()
    };
    let is_option = matches!(instrument.kind, SeriesKind::Call | SeriesKind::Put);
    // In the window an average is priced: no Black vol belongs to it.
    if !is_option || instrument.window.is_some() {
        return values;
    }
    let (forward, strike) = (instrument.quoted.forward, instrument.strike);
    let years = years(instrument.seconds);
    let Ok(view) = instrument.quoted.slice.market_view(forward, strike, years) else {
        return values;
    };
    values.vol = view
        .vol
        .vol
        .checked_mul(Fx::from_num(100))
        .map(decimal_floor);
    values.greeks = Black76::new(forward, strike, view.vol.vol, years)
        .ok()
        .and_then(|black| greeks(instrument.kind, &black));
    values
}

fn greeks(kind: SeriesKind, black: &Black76) -> Option<Greeks> {
    let all = black.greeks().ok()?;
    let (delta, rho) = match kind {
        SeriesKind::Call => (all.call_delta, all.call_rho),
        SeriesKind::Put => (all.call_delta.checked_sub(Fx::ONE)?, all.put_rho),
        SeriesKind::DigitalCall | SeriesKind::DigitalPut | SeriesKind::Future => return None,
    };
    let per = |value: Fx, parts: u32| signed(value.checked_div(Fx::from_num(parts))?);
    Some(Greeks {
        delta: signed(delta)?,
        gamma: signed(all.gamma)?,
        vega: per(all.vega, 100)?,
        theta: per(all.theta, 365)?,
        rho: per(rho, 100)?,
    })
}

/// The mark, as margin counts it: linear in USD per underlying, inverse in coin per underlying, discounted. A future's is the
/// price at which a trade in it is worth nothing: `K + D (F - K)` in a linear market.
fn mark(instrument: &Instrument<'_>) -> Option<Fx> {
    let (forward, strike) = (instrument.forward()?, instrument.strike);
    let inverse = matches!(instrument.style, MarketStyle::Inverse);
    let usd = match instrument.kind {
        SeriesKind::Call => instrument.prices()?.call,
        SeriesKind::Put => instrument.prices()?.put,
        SeriesKind::DigitalCall => instrument.above()?.checked_mul(instrument.digital_payout)?,
        SeriesKind::DigitalPut => {
            let below = Fx::ONE.checked_sub(instrument.above()?)?;
            below.checked_mul(instrument.digital_payout)?
        }
        SeriesKind::Future => forward.checked_sub(strike)?,
    };
    let usd = usd.checked_mul(instrument.quoted.discount)?;
    match instrument.kind {
        _ if inverse => usd.checked_div(forward),
        SeriesKind::Future => strike.checked_add(usd),
        _ => Some(usd),
    }
}

/// Years left, rounded down, at least one ulp.
fn years(seconds: u64) -> Fx {
    let exact = Fx::from_num(seconds).checked_div(Fx::from_num(YEAR));
    exact.unwrap_or(Fx::DELTA).max(Fx::DELTA)
}

/// A signed number on the wire, 18 digits, toward zero; `None` beyond the type.
fn signed(value: Fx) -> Option<SignedDecimal> {
    let size = i128::try_from(atomics_floor(value)).ok()?;
    let size = if value < Fx::ZERO {
        size.checked_neg()?
    } else {
        size
    };
    Some(SignedDecimal::new(Int128::new(size)))
}
