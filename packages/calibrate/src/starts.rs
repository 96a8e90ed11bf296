//! Where the searches for one slice begin.

use crate::mixture::{Lognormal, Mixture};

/// Shapes in units of the at-the-money volatility: (weight, log-forward, volatility).
const SHAPES: [&[(f64, f64, f64)]; 6] = [
    &[(0.3, -0.6, 1.3), (0.7, 0.2, 0.8)],
    &[(0.5, -0.1, 0.6), (0.5, 0.1, 1.4)],
    &[(0.2, -1.0, 1.3), (0.6, 0.0, 0.8), (0.2, 0.7, 1.2)],
    &[(0.1, -1.5, 1.5), (0.7, 0.1, 0.9), (0.2, 0.3, 1.1)],
    &[(0.4, 0.0, 0.5), (0.4, 0.0, 1.0), (0.2, -0.2, 2.0)],
    &[(0.05, -2.5, 1.0), (0.9, 0.0, 0.9), (0.05, 2.0, 1.0)],
];

/// Radical inverse of `index` in `base`: the i-th point of a Halton sequence.
fn halton(mut index: u32, base: u32) -> f64 {
    let mut value = 0.0;
    let mut digit = 1.0;
    while index > 0 {
        digit /= f64::from(base);
        value += digit * f64::from(index % base);
        index /= base;
    }
    value
}

fn scaled(shape: &[(f64, f64, f64)], atm: f64) -> Mixture {
    let part = |(w, x, s): &(f64, f64, f64)| Lognormal {
        weight: *w,
        forward: (x * atm).exp(),
        total_vol: s * atm,
    };
    Mixture {
        parts: shape.iter().map(part).collect(),
    }
}

/// Built-in shapes with `count` components.
pub(crate) fn shapes(count: usize, atm: f64) -> Vec<Mixture> {
    let fitting = SHAPES.iter().filter(|shape| shape.len() == count);
    fitting.map(|shape| scaled(shape, atm)).collect()
}

/// `number` quasi-random mixtures of `count` components.
pub(crate) fn scattered(count: usize, atm: f64, number: u32) -> Vec<Mixture> {
    const BASES: [u32; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
    let one = |index: u32| {
        let shape: Vec<(f64, f64, f64)> = (0..count)
            .map(|j| {
                let u = |i: usize| halton(index + 7, BASES[(3 * j + i) % BASES.len()]);
                (0.05 + u(0), 3.5 * (u(1) - 0.5), (1.4 * (u(2) - 0.4)).exp())
            })
            .collect();
        let total: f64 = shape.iter().map(|p| p.0).sum();
        let shape: Vec<_> = shape.iter().map(|(w, x, s)| (w / total, *x, *s)).collect();
        scaled(&shape, atm)
    };
    (0..number).map(one).collect()
}

/// The mixtures that split one component of `base` into two, and that add a far wing.
pub(crate) fn splits(base: &Mixture, atm: f64) -> Vec<Mixture> {
    let mut all = Vec::new();
    for at in 0..base.parts.len() {
        for (shift, wide) in [(0.35, 1.0), (0.0, 1.35)] {
            let mut parts = base.parts.clone();
            let whole = parts[at];
            let half = |sign: f64| Lognormal {
                weight: whole.weight * 0.5,
                forward: whole.forward * (sign * shift * whole.total_vol).exp(),
                total_vol: whole.total_vol * f64::powf(wide, sign),
            };
            parts[at] = half(-1.0);
            parts.insert(at + 1, half(1.0));
            all.push(Mixture { parts });
        }
    }
    for x in [-2.5, 2.0] {
        let mut parts = base.parts.clone();
        parts.iter_mut().for_each(|p| p.weight *= 0.97);
        let wing = Lognormal {
            weight: 0.03,
            forward: (x * atm).exp(),
            total_vol: 1.2 * atm,
        };
        let at = if x < 0.0 { 0 } else { parts.len() };
        parts.insert(at, wing);
        all.push(Mixture { parts });
    }
    all
}

/// The previous slice, its shape carried to another at-the-money volatility.
pub(crate) fn rescaled(previous: &Mixture, atm: f64) -> Mixture {
    let before = previous.atm_total_vol();
    let ratio = if before > 0.0 { atm / before } else { 1.0 };
    previous.shrunk(ratio)
}
