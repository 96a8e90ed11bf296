//! Fitting one slice alone.

use crate::lm::minimise;
use crate::mixture::Mixture;
use crate::params::Layout;
use crate::problem::{ChainProblem, SliceTask};
use crate::quotes::ExpiryQuotes;
use crate::starts;

/// Iterations of the first look at a start.
const SCREEN: usize = 12;
/// Starts that are followed to the end.
const FINALISTS: usize = 3;
/// Iterations of a finalist.
const FINISH: usize = 80;

/// What one slice is fitted to, as the solver sees it.
pub(crate) fn task(quotes: &ExpiryQuotes, count: usize, previous: Option<&Mixture>) -> SliceTask {
    let atm = quotes.atm_total_vol();
    let edge = |q: Option<&crate::Quote>| q.map_or(1.0, |q| q.moneyness);
    SliceTask {
        layout: Layout::new(count, atm),
        targets: quotes.targets(previous),
        edges: [edge(quotes.quotes.first()), edge(quotes.quotes.last())],
    }
}

/// The components a slice may have with this many strikes.
pub(crate) fn affordable(quotes: &ExpiryQuotes, count: usize) -> usize {
    count.min(4).min(quotes.quotes.len() / 3).max(1)
}

/// Fits a mixture of `components` lognormals to one expiry's quotes, starting
/// also from `previous`, the same expiry's slice in the surface before.
///
/// With fewer than three strikes a component the mixture is made smaller.
/// Components are returned by ascending forward.
#[must_use]
pub fn fit_slice(quotes: &ExpiryQuotes, components: usize, previous: Option<&Mixture>) -> Mixture {
    let count = affordable(quotes, components);
    let atm = quotes.atm_total_vol();
    if count == 1 {
        return Mixture::flat(atm);
    }
    let warm = previous
        .map(|p| starts::rescaled(p, atm))
        .filter(|p| p.parts.len() == count);
    let problem = ChainProblem::alone(task(quotes, count, previous));
    let mut best = grown(quotes, count, previous, warm.is_none());
    best.extend(warm);
    let mut ranked: Vec<(f64, Vec<f64>)> = best
        .iter()
        .map(|start| {
            let mut x = problem.slices[0].layout.encode(start);
            let cost = minimise(&problem, &mut x, SCREEN);
            (cost, x)
        })
        .collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    ranked.truncate(FINALISTS);
    for (cost, x) in &mut ranked {
        *cost = minimise(&problem, x, FINISH);
    }
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let Some((_, x)) = ranked.first() else {
        return Mixture::flat(atm);
    };
    let mut mixture = problem.slices[0].layout.mixture(x);
    mixture.sort();
    mixture
}

/// Starts with `count` components: built-in, scattered, and grown from a smaller fit.
fn grown(
    quotes: &ExpiryQuotes,
    count: usize,
    previous: Option<&Mixture>,
    thorough: bool,
) -> Vec<Mixture> {
    let atm = quotes.atm_total_vol();
    let mut all = starts::shapes(count, atm);
    if thorough {
        all.extend(starts::scattered(count, atm, 4));
    }
    if count > 2 && thorough {
        let smaller = fit_slice(quotes, count - 1, previous);
        all.extend(starts::splits(&smaller, atm));
    }
    all
}
