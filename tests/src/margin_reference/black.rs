//! `surface.md`, *Slice*: Black prices from the normal distribution.

use super::model::Lognormal;
use super::normal::norm_cdf_table;
use super::real::Real;

fn normals<R: Real>(forward: R, strike: R, vol: R) -> (R, R) {
    let d1 = (forward / strike).ln() / vol + vol / R::of(2);
    (norm_cdf_table(d1), norm_cdf_table(d1 - vol))
}

/// Undiscounted call.
pub fn call<R: Real>(forward: R, strike: R, vol: R) -> R {
    if vol <= R::ZERO {
        return (forward - strike).max(R::ZERO);
    }
    let (first, second) = normals(forward, strike, vol);
    forward * first - strike * second
}

/// Undiscounted put.
pub fn put<R: Real>(forward: R, strike: R, vol: R) -> R {
    if vol <= R::ZERO {
        return (strike - forward).max(R::ZERO);
    }
    let (first, second) = normals(forward, strike, vol);
    strike * (R::ONE - second) - forward * (R::ONE - first)
}

/// Probability of ending above the strike.
pub fn above<R: Real>(forward: R, strike: R, vol: R) -> R {
    if vol <= R::ZERO {
        return if forward >= strike { R::ONE } else { R::ZERO };
    }
    normals(forward, strike, vol).1
}

/// The total vol whose at-the-money call is the mixture's.
pub fn at_the_money<R: Real>(components: &[Lognormal<R>]) -> R {
    let calls = components.iter();
    let target = R::sum(calls.map(|p| p.weight * call(p.forward, R::ONE, p.total_vol)));
    let (mut low, mut high) = (R::ZERO, R::of(8));
    for _ in 0..60 {
        let middle = (low + high) / R::of(2);
        if call(R::ONE, R::ONE, middle) <= target {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}
