//! Covered test, health, initial margin and the reducing rule, at the prices that the oracle's level allows.

mod context;
mod initial;
mod vega;

use risk::liquidation::Health;
use risk::{Assessment, Book, Context, Level, MarketTerms, assess, covered};

pub use context::{context, context_of, risk_coin, underlyings};
pub use initial::{Strictness, check_initial, initial, is_reducing};
pub use vega::check_vega;

use context::{PricePoint, context_at};

use crate::core::account::Account;
use crate::desk::Desk;
use crate::error::EngineError;

/// Whether the account is covered: exact integers, no price is read.
pub fn is_covered(account: &Account, terms: &[MarketTerms]) -> Result<bool, EngineError> {
    Ok(!account.is_debtor() && risk::is_covered(&account.book(), terms)?)
}

/// Whether no expiry of the account's legs can cost it anything, whatever the others pay: exact integers, no price is read.
pub fn can_only_be_paid(account: &Account, terms: &[MarketTerms]) -> Result<bool, EngineError> {
    Ok(covered(&account.book(), terms)?
        .iter()
        .all(risk::CoveredPath::never_falls))
}

/// Equity and maintenance margin of a book.
pub fn health(book: &Book, context: &Context) -> Result<Health, EngineError> {
    Ok(health_of(&assess(book, context, Level::Maintenance)?))
}

const fn health_of(found: &Assessment) -> Health {
    Health {
        equity: found.equity,
        margin: found.margin,
    }
}

/// Whether the account is below maintenance at both edges of the band, all feeds together.
pub fn is_below_at_edges(
    desk: &mut Desk<'_>,
    account: &Account,
    ids: &[u16],
) -> Result<bool, EngineError> {
    let terms = desk.terms_of(account)?;
    for at in [PricePoint::BandLow, PricePoint::BandHigh] {
        let context = context_at(desk, ids, terms.clone(), at)?;
        if health(&account.book(), &context)?.surplus() >= 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What only prices tell: `None` where an underlying has no record that can be used, or an expiry no slice.
pub fn if_priced<T>(found: Result<T, EngineError>) -> Result<Option<T>, EngineError> {
    match found {
        Err(error) if error.is_no_price() => Ok(None),
        found => found.map(Some),
    }
}
