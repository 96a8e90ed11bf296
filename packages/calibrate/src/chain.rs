//! Fitting neighbouring expiries together until the calendar condition holds.

use crate::fit::{affordable, fit_slice, task};
use crate::lm::minimise;
use crate::mixture::Mixture;
use crate::problem::{CalendarPoint, ChainProblem};
use crate::quotes::ExpiryQuotes;

/// What a chain is fitted with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Components a slice, two to four.
    pub components: usize,
    /// How far, over the forward, a later expiry may cost less than the earlier
    /// one at equal moneyness. The chain accepts 1e-5; what is left between the
    /// two is what the certificate's finite grid may lose.
    pub calendar_slack: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            components: 3,
            calendar_slack: 5e-6,
        }
    }
}

/// The fitted slices of a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainFit {
    /// One slice per expiry, in the order given.
    pub slices: Vec<Mixture>,
    /// Joint rounds that were needed; zero when the slices fitted alone agreed.
    pub rounds: usize,
    /// Neighbours still apart by more than the slack.
    pub open: Vec<CalendarGap>,
}

/// Where a later slice costs least against the earlier one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalendarGap {
    /// Index of the earlier slice.
    pub near: usize,
    /// Moneyness of the lowest difference.
    pub moneyness: f64,
    /// Lowest difference of the calls over the forward, later less earlier.
    pub difference: f64,
}

/// Rounds of joint fitting before the rest is reported as open.
const ROUNDS: usize = 10;
/// Iterations of one joint round.
const ITERATIONS: usize = 25;
/// The joint fit aims this much better than the slack.
const AIM: f64 = 1.5e-6;
/// Points of the scan on each side of the forward.
const SCAN: i32 = 120;
/// Reach of the scan in at-the-money volatilities of the later slice.
const SCAN_REACH: f64 = 9.0;

/// Fits all expiries of a chain, ascending in time; `previous[i]` is the slice
/// of the same expiry in the surface before, when there was one.
#[must_use]
pub fn fit_chain(
    expiries: &[ExpiryQuotes],
    previous: &[Option<Mixture>],
    settings: Settings,
) -> ChainFit {
    let before = |i: usize| previous.get(i).and_then(Option::as_ref);
    let alone = |(i, q): (usize, &ExpiryQuotes)| fit_slice(q, settings.components, before(i));
    let mut slices: Vec<Mixture> = expiries.iter().enumerate().map(alone).collect();
    let mut points: Vec<Vec<f64>> = vec![Vec::new(); slices.len().saturating_sub(1)];
    let mut force = 1e5;
    for round in 0..=ROUNDS {
        let mut broken = Vec::new();
        for (near, pair) in slices.windows(2).enumerate() {
            let found = violations(&pair[0], &pair[1], -settings.calendar_slack);
            if !found.is_empty() {
                broken.push(near);
            }
            points[near].extend(found);
        }
        if broken.is_empty() || round == ROUNDS {
            let open = broken
                .iter()
                .map(|i| gap(*i, &slices[*i], &slices[i + 1]))
                .collect();
            return ChainFit {
                slices,
                rounds: round,
                open,
            };
        }
        for run in runs(&points, &broken) {
            let seam = Seam {
                first: run.0,
                last: run.1,
                force,
                slack: settings.calendar_slack,
            };
            join(expiries, previous, &mut slices, &points, &seam);
        }
        force *= 2.0;
    }
    ChainFit {
        slices,
        rounds: ROUNDS,
        open: Vec::new(),
    }
}

/// Lowest difference between two slices, later less earlier, on a dense scan.
#[must_use]
pub fn calendar_gap(near: &Mixture, far: &Mixture) -> CalendarGap {
    gap(0, near, far)
}

fn gap(index: usize, near: &Mixture, far: &Mixture) -> CalendarGap {
    let mut worst = CalendarGap {
        near: index,
        moneyness: 1.0,
        difference: f64::INFINITY,
    };
    for k in scan(near, far) {
        let difference = far.otm(k) - near.otm(k);
        if difference < worst.difference {
            worst = CalendarGap {
                near: index,
                moneyness: k,
                difference,
            };
        }
    }
    worst
}

fn scan(near: &Mixture, far: &Mixture) -> impl Iterator<Item = f64> + use<> {
    let reach = SCAN_REACH * near.atm_total_vol().max(far.atm_total_vol());
    // Denser near the money, where short slices live.
    (-SCAN..=SCAN).map(move |i| {
        let t = f64::from(i) / f64::from(SCAN);
        (reach * t * (0.25 + 0.75 * t.abs())).exp()
    })
}

/// Local minima of the difference that lie below `floor`.
fn violations(near: &Mixture, far: &Mixture, floor: f64) -> Vec<f64> {
    let grid: Vec<f64> = scan(near, far).collect();
    let gaps: Vec<f64> = grid.iter().map(|k| far.otm(*k) - near.otm(*k)).collect();
    let at = |i: usize| gaps.get(i).copied().unwrap_or(f64::INFINITY);
    (0..grid.len())
        .filter(|i| {
            let left = i.checked_sub(1).map_or(f64::INFINITY, at);
            at(*i) < floor && at(*i) <= left && at(*i) <= at(i + 1)
        })
        .map(|i| grid[i])
        .collect()
}

/// Runs of slices tied together by calendar points that contain a broken pair.
fn runs(points: &[Vec<f64>], broken: &[usize]) -> Vec<(usize, usize)> {
    let mut all: Vec<(usize, usize)> = Vec::new();
    for pair in broken {
        if all.last().is_some_and(|(_, last)| pair < last) {
            continue;
        }
        let (mut first, mut last) = (*pair, pair + 1);
        while first > 0 && !points[first - 1].is_empty() {
            first -= 1;
        }
        while last < points.len() && !points[last].is_empty() {
            last += 1;
        }
        all.push((first, last));
    }
    all
}

struct Seam {
    first: usize,
    last: usize,
    force: f64,
    slack: f64,
}

/// Refits a run of slices at once with its calendar points.
fn join(
    expiries: &[ExpiryQuotes],
    previous: &[Option<Mixture>],
    slices: &mut [Mixture],
    points: &[Vec<f64>],
    seam: &Seam,
) {
    let range = seam.first..=seam.last;
    let tasks = range.clone().map(|i| {
        let count = affordable(&expiries[i], slices[i].parts.len());
        task(
            &expiries[i],
            count,
            previous.get(i).and_then(Option::as_ref),
        )
    });
    let problem = ChainProblem {
        slices: tasks.collect(),
        points: (seam.first..seam.last)
            .flat_map(|near| {
                let tied = move |k: &f64| CalendarPoint {
                    near: near - seam.first,
                    moneyness: *k,
                };
                points[near].iter().map(tied)
            })
            .collect(),
        force: seam.force,
        floor: AIM - seam.slack,
    };
    let mut x: Vec<f64> = Vec::new();
    for (task, i) in problem.slices.iter().zip(range.clone()) {
        x.extend(task.layout.encode(&slices[i]));
    }
    minimise(&problem, &mut x, ITERATIONS);
    let mut at = 0;
    for (task, i) in problem.slices.iter().zip(range) {
        let size = task.layout.unknowns();
        slices[i] = task.layout.mixture(&x[at..at + size]);
        slices[i].sort();
        at += size;
    }
}
