//! `surface.md`, *Slice*: Black prices in floating point, from the definition of the normal distribution.

use std::sync::OnceLock;

use super::model::Lognormal;

const STEP: f64 = 1.0 / 64.0;
const REACH: f64 = 9.0;

/// Normal cdf by its series `1/2 + phi(x) (x + x^3/3 + x^5/(3 5) + ...)`, all terms of one sign.
pub fn norm_cdf(x: f64) -> f64 {
    if x.abs() > REACH {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    let (mut term, mut total, mut n) = (x, x, 1.0);
    while term.abs() > 1e-18 * total.abs() {
        n += 2.0;
        term *= x * x / n;
        total += term;
    }
    (0.5 + density(x) * total).clamp(0.0, 1.0)
}

fn density(x: f64) -> f64 {
    (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// The same by a Taylor step from a table, good to `1e-15`.
pub fn norm_cdf_table(x: f64) -> f64 {
    static TABLE: OnceLock<Vec<(f64, f64)>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let count = (2.0 * REACH / STEP) as usize + 1;
        (0..count)
            .map(|i| {
                let x = i as f64 * STEP - REACH;
                (norm_cdf(x), density(x))
            })
            .collect()
    });
    if x.abs() >= REACH {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    let index = ((x + REACH) / STEP).round();
    let (cdf, pdf) = table[index as usize];
    let a = index * STEP - REACH;
    let d = x - a;
    // Derivatives of the density are Hermite polynomials times it.
    let (h1, h2) = (a, a * a - 1.0);
    let h3 = a * h2 - 2.0 * h1;
    let h4 = a * h3 - 3.0 * h2;
    let h5 = a * h4 - 4.0 * h3;
    let inner = 1.0 / 24.0 * h3 - d * (h4 / 120.0 - d * h5 / 720.0);
    cdf + pdf * d * (1.0 - d * (h1 / 2.0 - d * (h2 / 6.0 - d * inner)))
}

fn normals(forward: f64, strike: f64, vol: f64) -> (f64, f64) {
    let d1 = (forward / strike).ln() / vol + vol / 2.0;
    (norm_cdf_table(d1), norm_cdf_table(d1 - vol))
}

/// Undiscounted call.
pub fn call(forward: f64, strike: f64, vol: f64) -> f64 {
    if vol <= 1e-6 {
        return (forward - strike).max(0.0);
    }
    let (first, second) = normals(forward, strike, vol);
    forward * first - strike * second
}

/// Undiscounted put.
pub fn put(forward: f64, strike: f64, vol: f64) -> f64 {
    if vol <= 1e-6 {
        return (strike - forward).max(0.0);
    }
    let (first, second) = normals(forward, strike, vol);
    strike * (1.0 - second) - forward * (1.0 - first)
}

/// Probability of ending above the strike.
pub fn above(forward: f64, strike: f64, vol: f64) -> f64 {
    if vol <= 1e-6 {
        return if forward >= strike { 1.0 } else { 0.0 };
    }
    normals(forward, strike, vol).1
}

/// The total vol whose at-the-money call is the mixture's.
pub fn at_the_money(components: &[Lognormal]) -> f64 {
    let target: f64 = components
        .iter()
        .map(|p| p.weight * call(p.forward, 1.0, p.total_vol))
        .sum();
    let (mut low, mut high) = (0.0, 8.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if call(1.0, 1.0, middle) <= target {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}
