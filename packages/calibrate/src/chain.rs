//! Fitting neighbouring expiries together until the calendar condition holds.

use crate::fit::{affordable, fit_slice, search, starting_points, task};
use crate::lm::minimise;
use crate::measure::fit_error;
use crate::mixture::Mixture;
use crate::problem::{Bound, CalendarPoint, ChainProblem};
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
    /// Moves the bounds of volatilities and forwards inward, in (0, 1]: below one when the
    /// chain has found a slice out of bounds, whose own at-the-money volatility differs from
    /// that of its quotes.
    pub tightness: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            components: 3,
            calendar_slack: 5e-6,
            tightness: 1.0,
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
const ROUNDS: usize = 12;
/// Times that bad slices are sought anew.
const REPAIRS: usize = 2;
/// Vol points that a transgression of one in price costs in the first joint round.
const FIRST_FORCE: f64 = 1e4;
/// Iterations of one joint round.
const ITERATIONS: usize = 60;
/// The joint fit aims this much better than the slack.
const AIM: f64 = 1.5e-6;
/// Points of the scan on each side of the forward.
const SCAN: i32 = 120;
/// Reach of the scan in at-the-money volatilities of the later slice.
const SCAN_REACH: f64 = 9.0;

/// A slice that joint fitting left this much worse, in vol points and as a factor, is sought anew.
const WORSE: (f64, f64) = (0.1, 1.6);
/// Vol points that a transgression of one in price costs when a slice is sought between neighbours.
const REPAIR_FORCE: f64 = 1e5;

/// Fits all expiries of a chain, ascending in time; `previous[i]` is the slice
/// of the same expiry in the surface before, when there was one.
#[must_use]
pub fn fit_chain(
    expiries: &[ExpiryQuotes],
    previous: &[Option<Mixture>],
    settings: Settings,
) -> ChainFit {
    let before = |i: usize| previous.get(i).and_then(Option::as_ref);
    let alone = |(i, q): (usize, &ExpiryQuotes)| fit_slice(q, &settings, before(i));
    let slices: Vec<Mixture> = expiries.iter().enumerate().map(alone).collect();
    let mut work = Work {
        expiries,
        previous,
        settings,
        best: slices
            .iter()
            .zip(expiries)
            .map(|(s, q)| fit_error(s, q).rms)
            .collect(),
        points: vec![Vec::new(); slices.len().saturating_sub(1)],
        slices,
        rounds: 0,
    };
    let mut open = work.reconcile();
    for _ in 0..REPAIRS {
        let bad = work.suspects(&open);
        if bad.is_empty() {
            break;
        }
        let kept = (work.slices.clone(), open.clone());
        work.repair(&bad);
        open = work.reconcile();
        if open.len() > kept.1.len() {
            (work.slices, open) = kept;
        }
    }
    let open = open
        .iter()
        .map(|i| gap(*i, &work.slices[*i], &work.slices[i + 1]))
        .collect();
    ChainFit {
        slices: work.slices,
        rounds: work.rounds,
        open,
    }
}

/// A chain being fitted.
struct Work<'a> {
    expiries: &'a [ExpiryQuotes],
    previous: &'a [Option<Mixture>],
    settings: Settings,
    /// Error of each slice fitted alone.
    best: Vec<f64>,
    /// Per pair, the moneynesses at which its slices have been found apart.
    points: Vec<Vec<f64>>,
    slices: Vec<Mixture>,
    rounds: usize,
}

impl Work<'_> {
    fn before(&self, i: usize) -> Option<&Mixture> {
        self.previous.get(i).and_then(Option::as_ref)
    }

    /// Joint rounds with growing force; returns the pairs still apart.
    fn reconcile(&mut self) -> Vec<usize> {
        let mut force = FIRST_FORCE;
        for round in 0..=ROUNDS {
            let mut broken = Vec::new();
            for (near, pair) in self.slices.windows(2).enumerate() {
                let found = violations(&pair[0], &pair[1], -self.settings.calendar_slack);
                if !found.is_empty() {
                    broken.push(near);
                }
                self.points[near].extend(found);
            }
            if broken.is_empty() || round == ROUNDS {
                return broken;
            }
            self.rounds += 1;
            for run in runs(&self.points, &broken) {
                self.join(run, force);
            }
            force *= 2.0;
        }
        Vec::new()
    }

    /// Refits a run of slices at once with its calendar points.
    fn join(&mut self, (first, last): (usize, usize), force: f64) {
        let tasks = (first..=last).map(|i| task(&self.expiries[i], &self.settings, self.before(i)));
        let tied = |near: usize| {
            let tie = move |k: &f64| CalendarPoint {
                near: near - first,
                moneyness: *k,
            };
            self.points[near].iter().map(tie)
        };
        let problem = ChainProblem {
            slices: tasks.collect(),
            points: (first..last).flat_map(tied).collect(),
            force,
            floor: AIM - self.settings.calendar_slack,
        };
        let mut x: Vec<f64> = Vec::new();
        for (task, slice) in problem.slices.iter().zip(&self.slices[first..]) {
            x.extend(task.layout.encode(slice));
        }
        minimise(&problem, &mut x, ITERATIONS);
        let mut at = 0;
        for (task, slice) in problem.slices.iter().zip(&mut self.slices[first..]) {
            let size = task.layout.unknowns();
            *slice = task.layout.mixture(&x[at..at + size]);
            slice.sort();
            at += size;
        }
    }

    /// Slices of pairs still apart, and slices that joint fitting has left much worse.
    fn suspects(&self, open: &[usize]) -> Vec<usize> {
        let spoiled = |i: &usize| {
            let now = fit_error(&self.slices[*i], &self.expiries[*i]).rms;
            now > WORSE.0 + WORSE.1 * self.best[*i]
        };
        let apart = |i: &usize| open.iter().any(|near| i == near || *i == near + 1);
        (0..self.slices.len())
            .filter(|i| apart(i) || spoiled(i))
            .collect()
    }

    /// Seeks each suspect anew between its neighbours as they are.
    fn repair(&mut self, suspects: &[usize]) {
        for i in suspects {
            let quotes = &self.expiries[*i];
            let count = affordable(quotes, self.settings.components);
            if count < 2 {
                continue;
            }
            let mut task = task(quotes, &self.settings, self.before(*i));
            let floor = AIM - self.settings.calendar_slack;
            let mut fence = |other: Option<&Mixture>, side: f64| {
                let Some(other) = other else { return };
                for k in scan(other, &self.slices[*i]).step_by(4) {
                    let price = other.otm(k) + side * floor;
                    task.bounds.push(Bound {
                        moneyness: k,
                        price,
                        side,
                    });
                }
            };
            fence(i.checked_sub(1).and_then(|n| self.slices.get(n)), 1.0);
            fence(self.slices.get(i + 1), -1.0);
            let problem = ChainProblem::alone(task, REPAIR_FORCE);
            let mut starts = starting_points(quotes, &self.settings, self.before(*i));
            if self.slices[*i].parts.len() == count {
                starts.push(self.slices[*i].clone());
            }
            if let Some((found, _)) = search(&problem, &starts) {
                self.slices[*i] = found;
            }
        }
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
