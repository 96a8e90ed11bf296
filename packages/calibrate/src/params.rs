//! The unconstrained coordinates of a mixture.
//!
//! For `n` components: `n - 1` logits of the weights, `n` raw log-forwards
//! (their common part is normalised away), `n` logits of the total volatilities
//! within their bounds.

use crate::mixture::{Lognormal, Mixture};

/// Weights stay this far above the accepted minimum of 1/256, to survive rounding.
const WEIGHT_FLOOR: f64 = 1.0 / 250.0;
/// Bounds of a total volatility over the at-the-money one, inside the accepted [0.2, 4].
const VOL_BOUNDS: (f64, f64) = (0.22, 3.8);

/// How one slice's unknowns are laid out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub count: usize,
    /// At-the-money total volatility of the quotes: the unit of the volatilities.
    pub atm: f64,
    /// Bound of a raw log-forward.
    pub reach: f64,
    /// Logarithms of the bounds of a total volatility over the at-the-money one.
    vol_range: (f64, f64),
}

/// Partial derivatives of a value by each component's weight, forward and volatility.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Partials {
    pub weight: [f64; 4],
    pub forward: [f64; 4],
    pub total_vol: [f64; 4],
}

/// A decoded point: the mixture and what the chain rule needs.
#[derive(Debug, Clone)]
pub(crate) struct Decoded {
    pub weight: [f64; 4],
    pub forward: [f64; 4],
    pub log_forward: [f64; 4],
    pub total_vol: [f64; 4],
    share: [f64; 4],
    raw_slope: [f64; 4],
    vol_slope: [f64; 4],
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn logit(p: f64) -> f64 {
    let p = p.clamp(0.003, 0.997);
    (p / (1.0 - p)).ln()
}

impl Layout {
    /// `tightness` in (0, 1] moves every bound inward.
    pub fn new(count: usize, atm: f64, tightness: f64) -> Self {
        let reach = (3.8 * atm).min(0.97 * 8f64.ln()) * tightness;
        let (low, high) = VOL_BOUNDS;
        Self {
            count,
            atm,
            reach,
            vol_range: ((low / tightness).ln(), (high * tightness).ln()),
        }
    }

    pub fn unknowns(&self) -> usize {
        3 * self.count - 1
    }

    /// Coordinates of a mixture with this many components, moved inside the bounds.
    pub fn encode(&self, mixture: &Mixture) -> Vec<f64> {
        let n = self.count;
        let free = 1.0 - n as f64 * WEIGHT_FLOOR;
        let mut x = vec![0.0; self.unknowns()];
        let share = |p: &Lognormal| ((p.weight - WEIGHT_FLOOR) / free).max(1e-4);
        let last = mixture.parts.last().map_or(1.0, share);
        let (low, high) = self.vol_range;
        for (j, part) in mixture.parts.iter().enumerate().take(n) {
            if j + 1 < n {
                x[j] = (share(part) / last).ln();
            }
            let raw = (part.forward.ln() / self.reach).clamp(-0.97, 0.97);
            x[n - 1 + j] = raw.atanh();
            let level = ((part.total_vol / self.atm).ln() - low) / (high - low);
            x[2 * n - 1 + j] = logit(level);
        }
        x
    }

    pub fn decode(&self, x: &[f64]) -> Decoded {
        let n = self.count;
        let mut d = Decoded {
            weight: [0.0; 4],
            forward: [1.0; 4],
            log_forward: [0.0; 4],
            total_vol: [1.0; 4],
            share: [0.0; 4],
            raw_slope: [0.0; 4],
            vol_slope: [0.0; 4],
        };
        let top = x[..n - 1].iter().fold(0.0f64, |m, a| m.max(*a));
        let mut sum = 0.0;
        for j in 0..n {
            let a = if j + 1 < n { x[j] } else { 0.0 };
            d.share[j] = (a - top).exp();
            sum += d.share[j];
        }
        let free = 1.0 - n as f64 * WEIGHT_FLOOR;
        let (low, high) = self.vol_range;
        let mut mean = 0.0;
        for j in 0..n {
            d.share[j] /= sum;
            d.weight[j] = WEIGHT_FLOOR + free * d.share[j];
            let t = x[n - 1 + j].tanh();
            d.log_forward[j] = self.reach * t;
            d.raw_slope[j] = self.reach * (1.0 - t * t);
            mean += d.weight[j] * d.log_forward[j].exp();
            let q = sigmoid(x[2 * n - 1 + j]);
            d.total_vol[j] = self.atm * (low + (high - low) * q).exp();
            d.vol_slope[j] = d.total_vol[j] * (high - low) * q * (1.0 - q);
        }
        for j in 0..n {
            d.log_forward[j] -= mean.ln();
            d.forward[j] = d.log_forward[j].exp();
        }
        d
    }

    /// Gradient by the unknowns of a value with these partial derivatives.
    pub fn gradient(&self, d: &Decoded, partials: &Partials, out: &mut [f64]) {
        let n = self.count;
        let free = 1.0 - n as f64 * WEIGHT_FLOOR;
        let common: f64 = (0..n).map(|i| partials.forward[i] * d.forward[i]).sum();
        let by_weight = |j: usize| partials.weight[j] - d.forward[j] * common;
        let mean: f64 = (0..n).map(|i| d.share[i] * by_weight(i)).sum();
        for j in 0..n {
            if j + 1 < n {
                out[j] = free * d.share[j] * (by_weight(j) - mean);
            }
            let f = d.forward[j];
            out[n - 1 + j] = d.raw_slope[j] * f * (partials.forward[j] - d.weight[j] * common);
            out[2 * n - 1 + j] = d.vol_slope[j] * partials.total_vol[j];
        }
    }

    pub fn mixture(&self, x: &[f64]) -> Mixture {
        let d = self.decode(x);
        let part = |j: usize| Lognormal {
            weight: d.weight[j],
            forward: d.forward[j],
            total_vol: d.total_vol[j],
        };
        Mixture {
            parts: (0..self.count).map(part).collect(),
        }
    }
}

impl Decoded {
    /// Out-of-the-money price at moneyness `k` (its logarithm `x`) and its partial derivatives.
    pub fn otm(&self, n: usize, k: f64, x: f64, partials: &mut Partials) -> f64 {
        use crate::normal::{cdf, pdf};
        let mut total = 0.0;
        for j in 0..n {
            let (w, f, s) = (self.weight[j], self.forward[j], self.total_vol[j]);
            let d1 = (self.log_forward[j] - x) / s + 0.5 * s;
            let price = if k < 1.0 {
                let below = cdf(-d1);
                partials.forward[j] = -w * below;
                k * cdf(s - d1) - f * below
            } else {
                let above = cdf(d1);
                partials.forward[j] = w * above;
                f * above - k * cdf(d1 - s)
            };
            partials.weight[j] = price;
            partials.total_vol[j] = w * f * pdf(d1);
            total += w * price;
        }
        total
    }
}
