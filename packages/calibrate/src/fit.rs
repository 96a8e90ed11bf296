//! Fitting one slice alone.

use crate::chain::Settings;
use crate::lm::minimise;
use crate::mixture::Mixture;
use crate::params::Layout;
use crate::problem::{ChainProblem, SliceTask};
use crate::quotes::ExpiryQuotes;
use crate::starts;

/// Iterations of the first look at a start.
const SCREEN: usize = 25;
/// Starts that are followed to the end.
const FINALISTS: usize = 6;
/// Quasi-random starts.
const SCATTERED: u32 = 10;
/// Iterations of a finalist.
const FINISH: usize = 120;

/// What one slice is fitted to, as the solver sees it.
pub(crate) fn task(
    quotes: &ExpiryQuotes,
    settings: &Settings,
    previous: Option<&Mixture>,
) -> SliceTask {
    let count = affordable(quotes, settings.components);
    let atm = quotes.atm_total_vol();
    let previous = previous.map(|p| starts::rescaled(p, atm));
    let edge = |q: Option<&crate::Quote>| q.map_or(1.0, |q| q.moneyness);
    SliceTask {
        layout: Layout::new(count, atm, settings.tightness),
        targets: quotes.targets(previous.as_ref()),
        edges: [edge(quotes.quotes.first()), edge(quotes.quotes.last())],
        bounds: Vec::new(),
    }
}

/// The components a slice may have with this many strikes.
pub(crate) fn affordable(quotes: &ExpiryQuotes, count: usize) -> usize {
    count.min(4).min(quotes.quotes.len() / 3).max(1)
}

/// Fits a mixture of `settings.components` lognormals to one expiry's quotes, starting
/// also from `previous`, the same expiry's slice in the surface before.
///
/// With fewer than three strikes a component the mixture is made smaller.
/// Components are returned by ascending forward.
#[must_use]
pub fn fit_slice(
    quotes: &ExpiryQuotes,
    settings: &Settings,
    previous: Option<&Mixture>,
) -> Mixture {
    if affordable(quotes, settings.components) == 1 {
        return Mixture::flat(quotes.atm_total_vol());
    }
    let problem = ChainProblem::alone(task(quotes, settings, previous), 0.0);
    let starts = starting_points(quotes, settings, previous);
    search(&problem, &starts).map_or_else(|| Mixture::flat(quotes.atm_total_vol()), |best| best.0)
}

/// Follows every start a little, the best to the end; returns the best and its cost.
pub(crate) fn search(problem: &ChainProblem, starts: &[Mixture]) -> Option<(Mixture, f64)> {
    let layout = problem.slices.first()?.layout;
    let screen = |start: &Mixture| {
        let mut x = layout.encode(start);
        let cost = minimise(problem, &mut x, SCREEN);
        (cost, x)
    };
    let mut ranked: Vec<(f64, Vec<f64>)> = starts.iter().map(screen).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    ranked.truncate(FINALISTS);
    for (cost, x) in &mut ranked {
        *cost = minimise(problem, x, FINISH);
    }
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (cost, x) = ranked.first()?;
    let mut mixture = layout.mixture(x);
    mixture.sort();
    Some((mixture, *cost))
}

/// Starts with `count` components: built-in, scattered, grown from a smaller fit, and the
/// previous slice's shape.
pub(crate) fn starting_points(
    quotes: &ExpiryQuotes,
    settings: &Settings,
    previous: Option<&Mixture>,
) -> Vec<Mixture> {
    let count = affordable(quotes, settings.components);
    let atm = quotes.atm_total_vol();
    let mut all = starts::shapes(count, atm);
    all.extend(starts::scattered(count, atm, SCATTERED));
    if count > 2 {
        let smaller = fit_slice(
            quotes,
            &Settings {
                components: count - 1,
                ..*settings
            },
            previous,
        );
        if smaller.parts.len() + 1 == count {
            all.extend(starts::splits(&smaller, atm));
        }
    }
    let warm = previous.map(|p| starts::rescaled(p, atm));
    all.extend(warm.filter(|p| p.parts.len() == count));
    all
}
