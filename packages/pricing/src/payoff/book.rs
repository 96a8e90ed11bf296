//! The lowest payoff of a book of one underlying, one expiry and one settlement coin.

use super::{Kind, Payoff, PayoffError, Style, Terms};
use crate::Fx;

mod inverse;
mod linear;

/// A signed number of quantity units of one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookLeg {
    /// What the series pays.
    pub payoff: Payoff,
    /// How its market settles.
    pub terms: Terms,
    /// Quantity units held; negative when sold.
    pub quantity: i64,
}

/// The lowest the whole book can pay at any settlement price in `[0, inf)` (inverse: `(0, inf)`),
/// base units of the settlement coin; `None` when there is no lowest.
///
/// Linear books of one multiplier: **exact**, the minimum over every integer settlement. Linear books
/// that mix multipliers, and inverse books: never above the true minimum, and below it by at most one
/// base unit for each quantity unit, long or short (the rounding of each series), and one for each multiplier.
///
/// # Errors
/// [`PayoffError::MixedStyles`] when linear and inverse legs meet, [`PayoffError::Negative`],
/// [`PayoffError::Range`].
pub fn lowest_payoff(legs: &[BookLeg]) -> Result<Option<i128>, PayoffError> {
    for leg in legs {
        leg.payoff.check()?;
    }
    let Some(first) = legs.first() else {
        return Ok(Some(0));
    };
    if legs.iter().any(|leg| leg.terms.style != first.terms.style) {
        return Err(PayoffError::MixedStyles);
    }
    match first.terms.style {
        Style::Linear => linear::lowest(legs),
        Style::Inverse => inverse::lowest(legs),
    }
}

/// Slope of the book's USD payoff as the price goes to infinity: base units of the settlement coin per
/// 1 USD of price (linear), or coin base units per 1.0 (inverse: the coins the book pays there).
///
/// # Errors
/// [`PayoffError::Range`].
pub fn slope_at_infinity(legs: &[BookLeg]) -> Result<i128, PayoffError> {
    let mut slope = 0_i128;
    for leg in legs {
        if matches!(leg.payoff.kind, Kind::Call | Kind::Future) {
            let part = i128::from(leg.quantity)
                .checked_mul(i128::from(leg.terms.multiplier))
                .ok_or(PayoffError::Range)?;
            slope = slope.checked_add(part).ok_or(PayoffError::Range)?;
        }
    }
    Ok(slope)
}

/// What the book pays at a price of zero, counted in USD: base units of the quote coin for linear legs,
/// coin base units times 1 USD for inverse ones (an inverse put is worth its strike in USD there).
///
/// # Errors
/// [`PayoffError`].
pub fn payoff_at_zero(legs: &[BookLeg]) -> Result<i128, PayoffError> {
    let mut total = 0_i128;
    for leg in legs {
        let terms = Terms {
            style: Style::Linear,
            ..leg.terms
        };
        let unit = leg.payoff.per_unit(terms, Fx::ZERO)?;
        total = add(total, times(unit, leg.quantity)?)?;
    }
    Ok(total)
}

/// The lower of the lowest so far, if any, and one more value.
fn lower(low: Option<i128>, value: i128) -> Option<i128> {
    Some(low.map_or(value, |low| low.min(value)))
}

fn add(a: i128, b: i128) -> Result<i128, PayoffError> {
    a.checked_add(b).ok_or(PayoffError::Range)
}

fn mul(a: i128, b: i128) -> Result<i128, PayoffError> {
    a.checked_mul(b).ok_or(PayoffError::Range)
}

fn neg(a: i128) -> Result<i128, PayoffError> {
    a.checked_neg().ok_or(PayoffError::Range)
}

fn times(a: i128, quantity: i64) -> Result<i128, PayoffError> {
    mul(a, i128::from(quantity))
}
