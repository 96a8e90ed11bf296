//! Linear books: integer sweep over the strikes.

use super::{BookLeg, Kind, PayoffError, add, lower, mul, neg, times};

/// What changes when the settlement reaches a strike.
#[derive(Clone, Copy)]
struct Event {
    /// Strike in base units a quantity unit, and the multiplier those are counted by.
    strike: i128,
    multiplier: i128,
    /// Added to the slope per base unit, and to the level.
    slope: i128,
    level: i128,
}

/// The piece the sweep is on, for one multiplier: `level + slope * floor(multiplier * S)`.
#[derive(Clone, Copy)]
struct Piece {
    multiplier: i128,
    level: i128,
    slope: i128,
}

pub(super) fn lowest(legs: &[BookLeg]) -> Result<Option<i128>, PayoffError> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut events = Vec::with_capacity(legs.len());
    for leg in legs {
        let event = event(leg)?;
        let index = match pieces
            .iter()
            .position(|piece| piece.multiplier == event.multiplier)
        {
            Some(index) => index,
            None => {
                pieces.push(Piece {
                    multiplier: event.multiplier,
                    level: 0,
                    slope: 0,
                });
                pieces.len().saturating_sub(1)
            }
        };
        if let Some(piece) = pieces.get_mut(index) {
            start(piece, leg, &event)?;
        }
        events.push(event);
    }
    if pieces.iter().any(|piece| piece.multiplier == 0) {
        return lowest_of_paying(legs);
    }
    match pieces.as_mut_slice() {
        [one] => single(one, &mut events),
        many => mixed(many, &mut events),
    }
}

/// A multiplier of zero pays nothing; the others decide.
fn lowest_of_paying(legs: &[BookLeg]) -> Result<Option<i128>, PayoffError> {
    let paying = legs.iter().filter(|leg| leg.terms.multiplier != 0);
    let paying: Vec<BookLeg> = paying.copied().collect();
    if paying.is_empty() {
        Ok(Some(0))
    } else {
        lowest(&paying)
    }
}

fn event(leg: &BookLeg) -> Result<Event, PayoffError> {
    let strike = leg.terms.strike_units(leg.payoff.strike)?;
    let digital = times(
        leg.terms.floor_units(leg.payoff.digital_payout)?,
        leg.quantity,
    )?;
    let quantity = i128::from(leg.quantity);
    let cost = mul(strike, quantity)?
        .checked_neg()
        .ok_or(PayoffError::Range)?;
    let (slope, level) = match leg.payoff.kind {
        // q (N - k) appears for a call; -q (k - N) disappears for a put.
        Kind::Call | Kind::Put => (quantity, cost),
        Kind::DigitalCall => (0, digital),
        Kind::DigitalPut => (0, neg(digital)?),
        Kind::Future => (0, 0),
    };
    Ok(Event {
        strike,
        multiplier: i128::from(leg.terms.multiplier),
        slope,
        level,
    })
}

/// Adds what the leg pays below its strike.
fn start(piece: &mut Piece, leg: &BookLeg, event: &Event) -> Result<(), PayoffError> {
    let quantity = i128::from(leg.quantity);
    match leg.payoff.kind {
        Kind::Call | Kind::DigitalCall => {}
        Kind::Put | Kind::DigitalPut => {
            piece.slope = add(piece.slope, neg(event.slope)?)?;
            piece.level = add(piece.level, neg(event.level)?)?;
        }
        Kind::Future => {
            piece.slope = add(piece.slope, quantity)?;
            piece.level = add(piece.level, neg(mul(event.strike, quantity)?)?)?;
        }
    }
    Ok(())
}

/// One multiplier: every integer settlement `N >= 0` can happen, so the minimum lies at 0, at a strike,
/// or one base unit below it.
fn single(piece: &mut Piece, events: &mut [Event]) -> Result<Option<i128>, PayoffError> {
    events.sort_by_key(|event| event.strike);
    // A strike of zero is reached at once; the fold below makes it part of the start.
    let mut low: Option<i128> = None;
    let mut at = 0_i128;
    for event in events.iter() {
        if event.strike > at {
            // From `at` to the last integer before this strike the piece is linear.
            low = lower(low, value(piece, at)?);
            low = lower(low, value(piece, event.strike.saturating_sub(1))?);
            at = event.strike;
        }
        piece.slope = add(piece.slope, event.slope)?;
        piece.level = add(piece.level, event.level)?;
    }
    low = lower(low, value(piece, at)?);
    Ok(if piece.slope < 0 { None } else { low })
}

/// Several multipliers: between neighbouring strikes each piece is linear in its own floor. Two lower
/// bounds of that stretch, the better one taken: the line with one base unit off for every positive
/// slope, and each piece at its own worse end.
fn mixed(pieces: &mut [Piece], events: &mut [Event]) -> Result<Option<i128>, PayoffError> {
    for event in events.iter() {
        // The comparison below multiplies; refuse what could not be compared.
        mul(event.strike, i128::from(u64::MAX))?;
    }
    events.sort_by(|a, b| {
        let left = a.strike.saturating_mul(b.multiplier);
        left.cmp(&b.strike.saturating_mul(a.multiplier))
    });
    let mut low: Option<i128> = None;
    let mut at = (0_i128, 1_i128);
    for event in events.iter() {
        let here = (event.strike, event.multiplier);
        if mul(here.0, at.1)? > mul(at.0, here.1)? {
            low = lower(low, stretch(pieces, at, Some(here))?);
            at = here;
        }
        for piece in pieces.iter_mut() {
            if piece.multiplier == event.multiplier {
                piece.slope = add(piece.slope, event.slope)?;
                piece.level = add(piece.level, event.level)?;
            }
        }
    }
    let mut slope = 0;
    for piece in pieces.iter() {
        slope = add(slope, mul(piece.slope, piece.multiplier)?)?;
    }
    if slope < 0 {
        return Ok(None);
    }
    Ok(lower(low, stretch(pieces, at, None)?))
}

/// Lower bound on the prices from `from` up to but not reaching `to` (rationals).
fn stretch(
    pieces: &[Piece],
    from: (i128, i128),
    to: Option<(i128, i128)>,
) -> Result<i128, PayoffError> {
    let mut slack = 0;
    let mut ends = Some(0_i128);
    let (mut left, mut right) = (0_i128, 0_i128);
    for piece in pieces {
        slack = add(slack, piece.slope.max(0))?;
        left = add(left, exact(piece, from)?)?;
        let worse = match to {
            _ if piece.slope >= 0 => Some(value(piece, floor_at(piece, from)?)?),
            Some(to) => Some(value(piece, last_before(piece, to)?)?),
            None => None,
        };
        if let Some(to) = to {
            right = add(right, exact(piece, to)?)?;
        }
        ends = match (ends, worse) {
            (Some(sum), Some(worse)) => Some(add(sum, worse)?),
            _ => None,
        };
    }
    let line = if to.is_some() { left.min(right) } else { left };
    let line = add(line, neg(slack)?)?;
    Ok(ends.map_or(line, |ends| ends.max(line)))
}

/// Floor of the piece's line at the price `n / d`.
fn exact(piece: &Piece, (n, d): (i128, i128)) -> Result<i128, PayoffError> {
    let top = mul(mul(piece.slope, piece.multiplier)?, n)?;
    let part = top.checked_div_euclid(d).ok_or(PayoffError::Range)?;
    add(piece.level, part)
}

fn floor_at(piece: &Piece, (n, d): (i128, i128)) -> Result<i128, PayoffError> {
    mul(piece.multiplier, n)?
        .checked_div_euclid(d)
        .ok_or(PayoffError::Range)
}

/// The greatest settlement strictly below the price `n / d`.
fn last_before(piece: &Piece, (n, d): (i128, i128)) -> Result<i128, PayoffError> {
    let scaled = mul(piece.multiplier, n)?.saturating_sub(1);
    scaled.checked_div_euclid(d).ok_or(PayoffError::Range)
}

fn value(piece: &Piece, settled: i128) -> Result<i128, PayoffError> {
    add(piece.level, mul(piece.slope, settled)?)
}
