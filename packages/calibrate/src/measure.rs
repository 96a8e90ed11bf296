//! How close a slice is to its quotes.

use crate::mixture::Mixture;
use crate::quotes::{ExpiryQuotes, STATISTIC_FLOOR};

/// Errors of implied volatility in vol points (0.01 of annual volatility), out-of-the-money
/// side, over the strikes whose `n(d1)` exceeds 0.02.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FitError {
    /// Root mean square with weights `n(d1)`.
    pub rms: f64,
    /// Largest absolute error.
    pub max: f64,
    /// Strikes counted.
    pub strikes: usize,
}

/// Measures a slice against quotes.
#[must_use]
pub fn fit_error(mixture: &Mixture, quotes: &ExpiryQuotes) -> FitError {
    let mut error = FitError::default();
    let (mut sum, mut total) = (0.0, 0.0);
    for quote in &quotes.quotes {
        let weight = quotes.weight(quote);
        if weight <= STATISTIC_FLOOR {
            continue;
        }
        let fitted = mixture.implied_total_vol(quote.moneyness).unwrap_or(0.0);
        let miss = 100.0 * (fitted / quotes.years.sqrt() - quote.vol);
        sum += weight * miss * miss;
        total += weight;
        error.max = error.max.max(miss.abs());
        error.strikes += 1;
    }
    error.rms = if total > 0.0 {
        (sum / total).sqrt()
    } else {
        0.0
    };
    error
}
