//! A mixture of lognormals in floating point.

use crate::normal::{cdf, implied_total_vol, pdf};

/// One lognormal of a mixture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lognormal {
    /// Probability of this component, in (0, 1].
    pub weight: f64,
    /// Its forward over the slice's forward.
    pub forward: f64,
    /// Its total volatility `sigma sqrt(T)`.
    pub total_vol: f64,
}

/// A slice: weights sum to one, weighted forwards sum to one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mixture {
    /// The components, by ascending forward.
    pub parts: Vec<Lognormal>,
}

impl Mixture {
    /// A mixture of one lognormal.
    #[must_use]
    pub fn flat(total_vol: f64) -> Self {
        Self {
            parts: vec![Lognormal {
                weight: 1.0,
                forward: 1.0,
                total_vol,
            }],
        }
    }

    /// Undiscounted call over the forward at moneyness `k`.
    #[must_use]
    pub fn call(&self, k: f64) -> f64 {
        self.sum(k, |p, d1| p.forward * cdf(d1) - k * cdf(d1 - p.total_vol))
    }

    /// Undiscounted put over the forward at moneyness `k`.
    #[must_use]
    pub fn put(&self, k: f64) -> f64 {
        self.sum(k, |p, d1| k * cdf(p.total_vol - d1) - p.forward * cdf(-d1))
    }

    /// The out-of-the-money option: put below one, else call.
    #[must_use]
    pub fn otm(&self, k: f64) -> f64 {
        if k < 1.0 { self.put(k) } else { self.call(k) }
    }

    /// Probability of ending above moneyness `k`.
    #[must_use]
    pub fn above(&self, k: f64) -> f64 {
        self.sum(k, |p, d1| cdf(d1 - p.total_vol))
    }

    /// Sensitivity of the call to the slice's forward, mixture shape held: the delta.
    #[must_use]
    pub fn call_delta(&self, k: f64) -> f64 {
        self.sum(k, |p, d1| p.forward * cdf(d1))
    }

    /// Density of `S / F` at `k`.
    #[must_use]
    pub fn density(&self, k: f64) -> f64 {
        self.sum(k, |p, d1| pdf(d1 - p.total_vol) / (k * p.total_vol))
    }

    /// Black total volatility at moneyness `k`; `None` where the price is too small to invert.
    #[must_use]
    pub fn implied_total_vol(&self, k: f64) -> Option<f64> {
        implied_total_vol(k, self.otm(k))
    }

    /// At-the-money total volatility.
    #[must_use]
    pub fn atm_total_vol(&self) -> f64 {
        self.implied_total_vol(1.0).unwrap_or(0.0)
    }

    /// The mixture with its log-returns scaled by `factor`, mean one again.
    #[must_use]
    pub fn shrunk(&self, factor: f64) -> Self {
        let powers = self.parts.iter().map(|p| p.weight * p.forward.powf(factor));
        let mean: f64 = powers.sum();
        let part = |p: &Lognormal| Lognormal {
            weight: p.weight,
            forward: p.forward.powf(factor) / mean,
            total_vol: p.total_vol * factor,
        };
        Self {
            parts: self.parts.iter().map(part).collect(),
        }
    }

    /// Sorts the components by forward, as the stored form wants them.
    pub fn sort(&mut self) {
        self.parts.sort_by(|a, b| a.forward.total_cmp(&b.forward));
    }

    fn sum(&self, k: f64, value: impl Fn(&Lognormal, f64) -> f64) -> f64 {
        let each = |p: &Lognormal| {
            let d1 = (p.forward / k).ln() / p.total_vol + 0.5 * p.total_vol;
            p.weight * value(p, d1)
        };
        self.parts.iter().map(each).sum()
    }
}
