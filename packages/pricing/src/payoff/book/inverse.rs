//! Inverse books, counted in coin: piecewise linear in `u = 1 / S`.

use core::cmp::Ordering;

use fixed_math::int::ProductSum;

use super::{BookLeg, Kind, PayoffError, add, lower, mul, neg, times};

/// The book between two strikes: pays `coins - dollars / S`, and at most `slack` less by rounding.
#[derive(Clone, Copy, Default)]
struct Piece {
    /// Coin base units.
    coins: i128,
    /// Coin base units times USD in units of `2^-64`, exact.
    dollars: ProductSum,
    /// Base units that rounding can take from long legs that are alive here.
    slack: i128,
    /// Legs alive here that can pay less than nothing.
    threats: i128,
}

pub(super) fn lowest(legs: &[BookLeg]) -> Result<Option<i128>, PayoffError> {
    let mut order: Vec<&BookLeg> = legs.iter().collect();
    order.sort_by_key(|leg| leg.payoff.strike);
    // Below every strike: puts, digital puts and futures are alive.
    let mut piece = Piece::default();
    for leg in legs {
        match leg.payoff.kind {
            Kind::Put | Kind::DigitalPut | Kind::Future => apply(&mut piece, leg, 1)?,
            Kind::Call | Kind::DigitalCall => {}
        }
    }
    let mut low: Option<i128> = None;
    let mut at: Option<i128> = None; // no strike passed yet: the price may be arbitrarily near 0
    for leg in order {
        let strike = leg.payoff.strike.to_bits();
        let new = at.map_or(strike > 0, |at| strike > at);
        if new {
            if at.is_none() && piece.dollars.sign() == Ordering::Greater {
                return Ok(None);
            }
            low = lower(low, stretch(&piece, at, Some(strike))?);
            at = Some(strike);
        }
        match leg.payoff.kind {
            Kind::Put | Kind::DigitalPut => apply(&mut piece, leg, -1)?,
            Kind::Call | Kind::DigitalCall => apply(&mut piece, leg, 1)?,
            Kind::Future => {}
        }
    }
    if at.is_none() && piece.dollars.sign() == Ordering::Greater {
        return Ok(None);
    }
    Ok(lower(low, stretch(&piece, at, None)?))
}

/// Adds (`sign` 1) or takes away (`sign` -1) what a leg pays while alive.
fn apply(piece: &mut Piece, leg: &BookLeg, sign: i128) -> Result<(), PayoffError> {
    let units = times(i128::from(leg.terms.multiplier), leg.quantity)?;
    let (coins, dollars, price) = match leg.payoff.kind {
        Kind::Call | Kind::Future => (units, units, leg.payoff.strike),
        Kind::Put => (neg(units)?, neg(units)?, leg.payoff.strike),
        Kind::DigitalCall | Kind::DigitalPut => (0, neg(units)?, leg.payoff.digital_payout),
    };
    let quantity = i128::from(leg.quantity);
    // Calls, futures and digitals are floored (against the long side), puts are ceiled (against the short).
    let rounded_down = leg.payoff.kind != Kind::Put;
    let slack = if rounded_down {
        quantity.max(0)
    } else {
        neg(quantity)?.max(0)
    };
    let threat = i128::from(quantity < 0 || leg.payoff.kind == Kind::Future);
    piece.coins = add(piece.coins, mul(sign, coins)?)?;
    let more = piece.dollars.plus(mul(sign, dollars)?, price.to_bits());
    piece.dollars = more.map_err(|_| PayoffError::Range)?;
    piece.slack = add(piece.slack, mul(sign, slack)?)?;
    piece.threats = add(piece.threats, mul(sign, threat)?)?;
    Ok(())
}

/// Lower bound on prices between two strikes (`None`: down to 0, up to infinity).
fn stretch(piece: &Piece, from: Option<i128>, to: Option<i128>) -> Result<i128, PayoffError> {
    let upper = to.map_or(Ok(piece.coins), |strike| at_price(piece, strike))?;
    // Down to 0 with dollars <= 0 it only rises: the upper end is the lowest.
    let lowest = match from {
        Some(strike) => at_price(piece, strike)?.min(upper),
        None => upper,
    };
    let line = add(lowest, neg(piece.slack)?)?;
    Ok(if piece.threats == 0 {
        line.max(0)
    } else {
        line
    })
}

/// Floor of `coins - dollars / strike`.
fn at_price(piece: &Piece, strike: i128) -> Result<i128, PayoffError> {
    let part = piece.dollars.neg().div_floor(strike);
    add(piece.coins, part.map_err(|_| PayoffError::Range)?)
}
