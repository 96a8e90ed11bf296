//! The two laws of margin that are compared.

use pricing::payoff::Kind;
use risk::liquidation::{Health, market_marks};
use risk::{Book, Context, Level, QUOTE_COIN, RiskError, assess};

/// Static margin: percent of notional per short option.
pub const STATIC_PERCENT: i128 = 15;

/// How much an account needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// The lowest price over the scenario set.
    Grid,
    /// A fixed share of the notional of every short option, whatever else is held.
    Static,
}

impl Law {
    /// Equity at mark and margin of a book in quote cash and linear options.
    pub fn health(self, book: &Book, context: &Context, level: Level) -> Result<Health, RiskError> {
        match self {
            Self::Grid => {
                let found = assess(book, context, level)?;
                Ok(Health {
                    equity: found.equity,
                    margin: found.margin,
                })
            }
            Self::Static => Ok(Health {
                equity: cash(book) + marks(book, context)?,
                margin: fixed_share(book, context)?,
            }),
        }
    }
}

/// Quote cash of a book.
pub fn cash(book: &Book) -> i128 {
    let quote = book.cash.iter().filter(|entry| entry.0 == QUOTE_COIN);
    quote.map(|entry| entry.1).sum()
}

/// Value of the legs at mark.
pub fn marks(book: &Book, context: &Context) -> Result<i128, RiskError> {
    let sums = market_marks(book, context)?;
    Ok(sums.iter().map(|sum| sum.1).sum())
}

/// Notional of options at spot, quote base units: of all, or of the short ones.
pub fn notional(book: &Book, context: &Context, short: bool) -> Result<i128, RiskError> {
    let mut sum = 0;
    for leg in &book.legs {
        let market = context.market(leg.key.market)?;
        let spot = context.underlying(market.underlying)?.state.spot.mid;
        let units = i128::from(leg.quantity.unsigned_abs()) * i128::from(market.multiplier);
        if !short || (leg.quantity < 0 && leg.key.kind != Kind::Future) {
            // Spot in units of 2^-16 is exact enough for a margin that is a rule of thumb.
            sum += units * (spot.to_bits() >> 48) / 65_536;
        }
    }
    Ok(sum)
}

fn fixed_share(book: &Book, context: &Context) -> Result<i128, RiskError> {
    Ok(notional(book, context, true)? * STATIC_PERCENT / 100)
}
