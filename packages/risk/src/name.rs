//! Series names as the trade writes them.
//!
//! `SYMBOL-DDMMMYY[THHMM]-STRIKE-KIND`, a future without strike and kind: `BTC-25DEC26-100000-C`,
//! `BTC_USDC-25DEC26T1432-0d55-DP`, `BTC-25DEC26`. The time is written only when the expiry is not at
//! 08:00 UTC; a fraction in a strike is written with `d`. Every series has exactly one name, and a
//! text that is not exactly that name does not parse.

use fixed_math::Fx;
use pricing::payoff::Kind;

use crate::{MarketTerms, RiskError, SeriesKey};

mod date;

pub use date::{format_expiry, parse_expiry};

/// Longest symbol.
pub const MAX_SYMBOL: usize = 16;
/// Digits of a strike's fraction: finer ones have no name.
const FRACTION_DIGITS: usize = 9;
const FRACTION_ONE: u128 = 1_000_000_000;

/// A name taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesName {
    /// The market's symbol.
    pub symbol: String,
    /// Expiry in unix minutes.
    pub expiry: u32,
    /// What it pays.
    pub kind: Kind,
    /// Strike in units of `10^-9` USD; zero for a future, whose reference price is a listing term that its name does not carry.
    pub strike_nanos: u128,
}

impl SeriesName {
    /// The key in a market; `reference` is the future's listed reference price as a count of strike
    /// steps and is not read for other kinds.
    ///
    /// # Errors
    /// [`RiskError::Name`] when the strike is not on the market's grid.
    pub fn key(&self, market: &MarketTerms, reference: u32) -> Result<SeriesKey, RiskError> {
        let strike = if self.kind == Kind::Future {
            reference
        } else {
            strike_count(self.strike_nanos, market.strike_step)?
        };
        Ok(SeriesKey {
            market: market.id,
            expiry: self.expiry,
            strike,
            kind: self.kind,
        })
    }
}

/// Whether a market may have this symbol: 1 to 16 of `A-Z`, `0-9` and `_`.
#[must_use]
pub fn is_symbol(symbol: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_';
    (1..=MAX_SYMBOL).contains(&symbol.len()) && symbol.bytes().all(allowed)
}

/// The name of a series of a market with this symbol.
///
/// # Errors
/// [`RiskError::Expiry`] outside the years 2000 to 2099, [`RiskError::Strike`] as
/// [`MarketTerms::strike`].
pub fn format_name(
    symbol: &str,
    key: &SeriesKey,
    market: &MarketTerms,
) -> Result<String, RiskError> {
    let expiry = format_expiry(key.expiry)?;
    if key.kind == Kind::Future {
        return Ok(format!("{symbol}-{expiry}"));
    }
    let strike = format_strike(nanos(market.strike(key.strike)?)?);
    Ok(format!("{symbol}-{expiry}-{strike}-{}", letters(key.kind)))
}

/// Takes a name apart.
///
/// # Errors
/// [`RiskError::Name`] for anything that is not exactly a name.
pub fn parse_name(name: &str) -> Result<SeriesName, RiskError> {
    let mut parts = name.split('-');
    let symbol = parts
        .next()
        .filter(|s| is_symbol(s))
        .ok_or(RiskError::Name)?;
    let expiry = parse_expiry(parts.next().ok_or(RiskError::Name)?)?;
    let (kind, strike_nanos) = match (parts.next(), parts.next(), parts.next()) {
        (None, None, None) => (Kind::Future, 0),
        (Some(strike), Some(kind), None) => (kind_of(kind)?, parse_strike(strike)?),
        _ => return Err(RiskError::Name),
    };
    Ok(SeriesName {
        symbol: symbol.to_owned(),
        expiry,
        kind,
        strike_nanos,
    })
}

const fn letters(kind: Kind) -> &'static str {
    match kind {
        Kind::Call => "C",
        Kind::Put => "P",
        Kind::DigitalCall => "DC",
        Kind::DigitalPut => "DP",
        Kind::Future => "",
    }
}

fn kind_of(letters: &str) -> Result<Kind, RiskError> {
    match letters {
        "C" => Ok(Kind::Call),
        "P" => Ok(Kind::Put),
        "DC" => Ok(Kind::DigitalCall),
        "DP" => Ok(Kind::DigitalPut),
        _ => Err(RiskError::Name),
    }
}

/// A non-negative price in units of `10^-9`, to nearest.
fn nanos(price: Fx) -> Result<u128, RiskError> {
    let bits = u128::try_from(price.to_bits()).map_err(|_| RiskError::Name)?;
    let fraction = (bits & u128::from(u64::MAX)).saturating_mul(FRACTION_ONE);
    let rounded = fraction.saturating_add(1 << 63) >> 64;
    Ok((bits >> 64)
        .saturating_mul(FRACTION_ONE)
        .saturating_add(rounded))
}

fn format_strike(nanos: u128) -> String {
    let whole = nanos / FRACTION_ONE;
    let fraction = nanos % FRACTION_ONE;
    if fraction == 0 {
        return whole.to_string();
    }
    let digits = format!("{fraction:0width$}", width = FRACTION_DIGITS);
    format!("{whole}d{}", digits.trim_end_matches('0'))
}

fn parse_strike(text: &str) -> Result<u128, RiskError> {
    let (whole, fraction) = match text.split_once('d') {
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    if fraction.len() > FRACTION_DIGITS {
        return Err(RiskError::Name);
    }
    let padded = format!("{fraction:0<width$}", width = FRACTION_DIGITS);
    let nanos = u128::from(digits(whole)?)
        .saturating_mul(FRACTION_ONE)
        .saturating_add(u128::from(digits(&padded)?));
    if format_strike(nanos) == text {
        Ok(nanos)
    } else {
        Err(RiskError::Name)
    }
}

/// A number of ASCII digits alone.
pub(crate) fn digits(text: &str) -> Result<u64, RiskError> {
    if text.is_empty() || !text.bytes().all(|c| c.is_ascii_digit()) {
        return Err(RiskError::Name);
    }
    text.parse().map_err(|_| RiskError::Name)
}

/// The count of steps that makes this strike.
fn strike_count(strike_nanos: u128, step: Fx) -> Result<u32, RiskError> {
    let narrow = |value: u128| i64::try_from(value).map_err(|_| RiskError::Name);
    let whole = Fx::from_num(narrow(strike_nanos / FRACTION_ONE)?);
    let fraction = Fx::from_num(narrow(strike_nanos % FRACTION_ONE)?)
        .checked_div(Fx::from_num(narrow(FRACTION_ONE)?))
        .ok_or(RiskError::Name)?;
    let strike = whole.checked_add(fraction).ok_or(RiskError::Name)?;
    let count = strike
        .checked_div(step)
        .and_then(Fx::checked_round)
        .ok_or(RiskError::Name)?;
    let exact = count.checked_mul(step).ok_or(RiskError::Name)?;
    if nanos(exact)? != strike_nanos {
        return Err(RiskError::Name);
    }
    count.checked_to_num::<u32>().ok_or(RiskError::Name)
}
