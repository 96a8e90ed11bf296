//! The normal distribution, from its definition.

use super::real::Real;

/// Where the distribution is known.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    /// Nodes from one whole number to the next.
    pub steps: u16,
    /// Beyond it the distribution is 0 or 1.
    pub reach: u16,
    /// Of the Taylor series at a node.
    pub terms: u16,
}

/// By its series `1/2 + phi(x) (x + x^3/3 + x^5/(3 5) + ...)`, all terms of one sign.
pub fn norm_cdf<R: Real>(x: R) -> R {
    let reach = R::of(R::GRID.reach);
    if x.abs() > reach {
        return if x > R::ZERO { R::ONE } else { R::ZERO };
    }
    // A sixty-fourth of what one bit of the result is.
    let small = R::ratio(1, 64) / two_to(R::BITS);
    let (mut term, mut total, mut n) = (x, x, R::ONE);
    while term.abs() > small * total.abs() {
        n += R::of(2);
        term *= x * x / n;
        total += term;
    }
    let found = R::ratio(1, 2) + density(x) * total;
    found.max(R::ZERO).min(R::ONE)
}

fn density<R: Real>(x: R) -> R {
    (-x * x / R::of(2)).exp() / (R::of(2) * R::pi()).sqrt()
}

fn two_to<R: Real>(bits: u32) -> R {
    (0..bits).fold(R::ONE, |power, _| power + power)
}

/// At every node the distribution and the coefficients of its Taylor series there.
///
/// With n terms and a distance d from the node what is left out is `|He_n(y) phi(y)| d^(n+1) / (n+1)!` at most, and
/// `|He_n phi| < 0.44 sqrt(n!)` everywhere. Six terms and `2^-7`: `2^-56`. Nineteen and `2^-6`: `2^-153`. Beyond 9 the tail is
/// under `2^-62`, beyond 14 under `2^-146`.
#[derive(Debug)]
pub struct Table<R> {
    nodes: Vec<Vec<R>>,
}

impl<R: Real> Table<R> {
    pub(super) fn computed() -> Self {
        let Grid { steps, reach, .. } = R::GRID;
        let count = 2 * i32::from(reach) * i32::from(steps);
        let nodes = (0..=count).map(|i| series_at(R::ratio(i, steps) - R::of(reach)));
        Self {
            nodes: nodes.collect(),
        }
    }

    fn cdf(&self, x: R) -> R {
        let Grid { steps, reach, .. } = R::GRID;
        let (steps, reach) = (R::of(steps), R::of(reach));
        if x.abs() >= reach {
            return if x > R::ZERO { R::ONE } else { R::ZERO };
        }
        let index = ((x + reach) * steps + R::ratio(1, 2)).whole();
        let d = x + reach - R::of(index) / steps;
        let series = self.nodes[index as usize].iter().rev();
        series.fold(R::ZERO, |sum, coefficient| sum * d + *coefficient)
    }
}

/// `Phi(a), phi(a), -He_1(a) phi(a) / 2!, He_2(a) phi(a) / 3!, ...`: derivatives of the density are Hermite polynomials times it.
fn series_at<R: Real>(a: R) -> Vec<R> {
    let mut all = vec![norm_cdf(a)];
    let (mut before, mut hermite) = (R::ZERO, R::ONE);
    // (-1)^n phi(a) / (n + 1)!
    let mut factor = density(a);
    for n in 0..R::GRID.terms {
        all.push(hermite * factor);
        (before, hermite) = (hermite, a * hermite - R::of(n) * before);
        factor = -factor / R::of(n + 2);
    }
    all
}

/// The same by a Taylor step from a table.
pub fn norm_cdf_table<R: Real>(x: R) -> R {
    R::normal_table().cdf(x)
}
