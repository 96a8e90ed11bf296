//! Drawn books in the units of the contracts' market: names, prices in ticks, what an account must bring.

use risk::{Book, Context, Kind as Payoff, Leg, Level, SeriesKey, assess};

use crate::data::time::format_expiry;
use crate::error::{CliError, Result};
use crate::stress::agents::Agent;
use crate::stress::law::{marks, notional};

/// The market that everybody trades, and its number.
pub(super) const MARKET: (&str, u16) = ("BTC_USDC", 1);
/// USD between strikes; quantity units here per unit of a drawn book.
pub(super) const GRID: u32 = 100;
const UNITS: i64 = 100;
/// Base units per quantity unit and USD, and per tick.
pub(super) const MULTIPLIER: u64 = 10_000;
pub(super) const TICK_VALUE: u64 = 5_000;
/// Room for fees: one part in so many of gross notional, and a flat sum.
const FEES: (i128, i128) = (2_000, 50_000_000);

/// Legs in the market's units, sorted; none when they do not fit a quote.
pub fn converted(book: &Book) -> Option<Vec<Leg>> {
    let legs = book.legs.iter().map(|leg| {
        let key = SeriesKey {
            market: MARKET.1,
            strike: leg.key.strike / GRID,
            ..leg.key
        };
        let fits = leg.key.strike % GRID == 0;
        let quantity = leg.quantity / UNITS;
        fits.then_some(Leg { key, quantity })
    });
    let legs: Option<Vec<Leg>> = legs.collect();
    let mut legs: Vec<Leg> = legs?.into_iter().filter(|leg| leg.quantity != 0).collect();
    legs.sort_unstable();
    (1..=16).contains(&legs.len()).then_some(legs)
}

pub(super) fn name(key: &SeriesKey) -> String {
    let side = if key.kind == Payoff::Call { 'C' } else { 'P' };
    let (expiry, strike) = (format_expiry(key.expiry_seconds()), key.strike * GRID);
    format!("{}-{expiry}-{strike}-{side}", MARKET.0)
}

/// The mark of a leg in ticks.
pub(super) fn ticks(leg: &Leg, context: &Context) -> Result<i64> {
    let one = Book {
        cash: Vec::new(),
        legs: vec![Leg {
            quantity: 1_000,
            ..*leg
        }],
    };
    let worth = marks(&one, context).map_err(|e| CliError::of(&e))?;
    let ticks = (worth / 1_000) as i64 / TICK_VALUE as i64;
    Ok(ticks.max(1))
}

/// What the account must bring so that its cash ends at its multiple of initial margin, fees paid.
pub(super) fn deposit(agent: &Agent, legs: &[Leg], context: &Context) -> Result<u128> {
    let book = Book {
        cash: Vec::new(),
        legs: legs.to_vec(),
    };
    let own = assess(&book, context, Level::Initial).map_err(|e| CliError::of(&e))?;
    let gross = notional(&book, context, false).map_err(|e| CliError::of(&e))?;
    let wanted = (own.margin as f64 * agent.multiple).ceil() as i128 - own.equity;
    let mut received = 0;
    for leg in legs {
        received -=
            i128::from(leg.quantity) * i128::from(ticks(leg, context)?) * i128::from(TICK_VALUE);
    }
    let fees = gross / FEES.0 + FEES.1;
    Ok(u128::try_from(wanted.max(0) - received + fees).unwrap_or(0))
}
