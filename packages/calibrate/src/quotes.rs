//! What a slice is fitted to.

use crate::mixture::Mixture;
use crate::normal::{black_otm, d1, pdf};

/// One quoted strike of an expiry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quote {
    /// Strike over the expiry's forward.
    pub moneyness: f64,
    /// Quoted annual volatility (0.5 is 50 %).
    pub vol: f64,
}

/// The quotes of one expiry, by ascending moneyness.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpiryQuotes {
    /// Time to expiry in years of 365 days.
    pub years: f64,
    /// One quote per strike.
    pub quotes: Vec<Quote>,
}

/// A weighted price to be met: the residual is `scale * (model - price)`, in vol points.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub moneyness: f64,
    pub log_moneyness: f64,
    pub price: f64,
    pub scale: f64,
}

/// Strikes with a smaller `n(d1)` do not count in error statistics.
pub(crate) const STATISTIC_FLOOR: f64 = 0.02;
/// Strikes with a smaller `n(d1)` are not fitted at all.
const FIT_FLOOR: f64 = 0.0005;
/// Share of its weight that a strike outside the statistics keeps in the fit.
const FAINT_SHARE: f64 = 0.01;
/// Distance of the faint quotes, in at-the-money total volatilities.
const FAINT_REACH: f64 = 5.0;

impl ExpiryQuotes {
    /// Total volatility of a quote.
    pub(crate) fn total_vol(&self, quote: &Quote) -> f64 {
        quote.vol * self.years.sqrt()
    }

    /// `n(d1)` of a quote at its own volatility: its weight.
    pub(crate) fn weight(&self, quote: &Quote) -> f64 {
        pdf(d1(quote.moneyness, self.total_vol(quote)))
    }

    /// At-the-money total volatility, interpolated between the two nearest strikes.
    #[must_use]
    pub fn atm_total_vol(&self) -> f64 {
        let above = self.quotes.partition_point(|q| q.moneyness < 1.0);
        let first = self.quotes.first();
        let last = self.quotes.last();
        let left = above
            .checked_sub(1)
            .and_then(|i| self.quotes.get(i))
            .or(first);
        let right = self.quotes.get(above).or(last);
        let (Some(left), Some(right)) = (left, right) else {
            return 0.0;
        };
        let span = (right.moneyness / left.moneyness).ln();
        let share = if span > 0.0 {
            (-left.moneyness.ln() / span).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let vol = left.vol + share * (right.vol - left.vol);
        vol * self.years.sqrt()
    }

    /// The weighted prices of the fit, with faint ones at five volatilities from `previous`.
    pub(crate) fn targets(&self, previous: Option<&Mixture>) -> Vec<Target> {
        let total: f64 = self
            .quotes
            .iter()
            .map(|q| self.weight(q))
            .filter(|n| *n > STATISTIC_FLOOR)
            .sum();
        let total = if total > 0.0 { total } else { 1.0 };
        let unit = 100.0 / self.years.sqrt();
        let mut targets = Vec::with_capacity(self.quotes.len() + 2);
        for quote in &self.quotes {
            let n = self.weight(quote);
            if n < FIT_FLOOR {
                continue;
            }
            let share = if n > STATISTIC_FLOOR {
                1.0
            } else {
                FAINT_SHARE
            };
            targets.push(Target {
                moneyness: quote.moneyness,
                log_moneyness: quote.moneyness.ln(),
                price: black_otm(quote.moneyness, self.total_vol(quote)),
                scale: unit * (share * n / total).sqrt() / n,
            });
        }
        if let Some(previous) = previous {
            let v = self.atm_total_vol();
            for x in [-FAINT_REACH * v, FAINT_REACH * v] {
                let n = STATISTIC_FLOOR;
                targets.push(Target {
                    moneyness: x.exp(),
                    log_moneyness: x,
                    price: previous.otm(x.exp()),
                    scale: unit * (FAINT_SHARE * n / total).sqrt() / n,
                });
            }
        }
        targets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of docs/spec/calibration.md, by multiple precision elsewhere.
    #[test]
    fn spec_example_objective() {
        let quote = |moneyness| Quote {
            moneyness,
            vol: 0.5,
        };
        let quotes = ExpiryQuotes {
            years: 0.25,
            quotes: [0.9, 1.0, 1.2].map(quote).to_vec(),
        };
        let close = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-7, "{a} {b}");
        let targets = quotes.targets(None);
        let expected = [
            (
                0.343_613_432,
                0.052_720_576_42,
                0.056_167_381_04,
                2.006_210_636,
            ),
            (
                0.395_837_687,
                0.099_476_449_66,
                0.103_433_573_31,
                1.999_366_801,
            ),
            (
                0.332_365_685,
                0.037_058_830_84,
                0.040_415_646_28,
                2.019_953_063,
            ),
        ];
        let total: f64 = expected.iter().map(|row| row.0).sum();
        close(total, 1.071_816_804);
        let mut sum = 0.0;
        for ((target, quote), (n, held, model, points)) in
            targets.iter().zip(&quotes.quotes).zip(expected)
        {
            close(quotes.weight(quote), n);
            close(target.price, held);
            close(black_otm(target.moneyness, 0.26), model);
            let residual = target.scale * (model - target.price);
            close(residual, points * (n / total).sqrt());
            sum += residual * residual;
        }
        close(sum, 4.031_914_265);
    }
}
