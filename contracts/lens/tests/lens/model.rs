//! What a ticker says, once more and in floating point: from the payoffs, docs/spec/surface.md and Black's formula.

use calibrate::IntegerSlice;

/// What an expiry is priced on.
pub struct Expiry {
    pub forward: f64,
    pub discount: f64,
    pub years: f64,
    pub slice: IntegerSlice,
}

/// Delta, gamma, vega, theta, rho, in the units of the ticker.
pub type Greeks = [f64; 5];

fn cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt()
}

/// `d1` and `d2`.
fn moneyness(forward: f64, strike: f64, total_vol: f64) -> (f64, f64) {
    let middle = (forward / strike).ln() / total_vol;
    (middle + total_vol / 2.0, middle - total_vol / 2.0)
}

fn black_call(forward: f64, strike: f64, total_vol: f64) -> f64 {
    let (d1, d2) = moneyness(forward, strike, total_vol);
    forward * cdf(d1) - strike * cdf(d2)
}

impl Expiry {
    fn mean(&self, value: impl Fn(f64, f64) -> f64) -> f64 {
        let parts = self.slice.components.iter();
        let part = |part: &calibrate::Component| {
            let one = 2_f64.powi(32);
            let forward = self.forward * part.forward as f64 / one;
            f64::from(part.weight) / 65_536.0 * value(forward, part.total_vol as f64 / one)
        };
        parts.map(part).sum()
    }

    /// Undiscounted USD.
    pub fn call(&self, strike: f64) -> f64 {
        self.mean(|forward, total_vol| black_call(forward, strike, total_vol))
    }

    /// The chance of `S >= K`.
    pub fn above(&self, strike: f64) -> f64 {
        self.mean(|forward, total_vol| cdf(moneyness(forward, strike, total_vol).1))
    }

    /// The vol per year at which Black's call is the mixture's, by halving.
    pub fn vol(&self, strike: f64) -> f64 {
        let (wanted, mut low, mut high) = (self.call(strike), 0.001, 8.0);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            let above = black_call(self.forward, strike, middle) > wanted;
            (low, high) = if above { (low, middle) } else { (middle, high) };
        }
        0.5 * (low + high) / self.years.sqrt()
    }

    /// Of Black's formula at that vol: per USD, per USD, per vol point, per day, per percent of rate.
    pub fn greeks(&self, strike: f64, is_call: bool) -> Greeks {
        let (vol, root) = (self.vol(strike), self.years.sqrt());
        let (d1, _) = moneyness(self.forward, strike, vol * root);
        let call = self.call(strike);
        let (delta, price) = if is_call {
            (cdf(d1), call)
        } else {
            (cdf(d1) - 1.0, call - self.forward + strike)
        };
        let density = density(d1);
        [
            delta,
            density / (self.forward * vol * root),
            self.forward * density * root / 100.0,
            -self.forward * density * vol / (2.0 * root) / 365.0,
            -self.years * price / 100.0,
        ]
    }
}
