//! The sum of squares of one slice or of several neighbours at once.

use crate::lm::{Problem, System};
use crate::normal::{cdf, pdf};
use crate::params::{Decoded, Layout, Partials};
use crate::quotes::Target;

/// Unknowns of a slice: at most `3 * 4 - 1`.
const BLOCK: usize = 11;
/// Cost of a total volatility that a log-forward lies beyond its bound.
const REACH_FORCE: f64 = 50.0;
/// Bound of the mean excess over `K v` aimed at, inside the accepted 3.
const EXCESS_BOUND: f64 = 2.7;
/// Cost of a relative transgression of the mean-excess bound.
const EXCESS_FORCE: f64 = 10.0;

/// One slice of the problem.
#[derive(Debug, Clone)]
pub(crate) struct SliceTask {
    pub layout: Layout,
    pub targets: Vec<Target>,
    /// Outermost quoted moneyness on each side.
    pub edges: [f64; 2],
    /// Bounds by neighbours that stay as they are.
    pub bounds: Vec<Bound>,
}

/// A price this slice must not pass at one moneyness.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    pub moneyness: f64,
    pub price: f64,
    /// Plus one: at least the price; minus one: at most.
    pub side: f64,
}

/// A moneyness at which slice `near + 1` must not cost less than slice `near`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CalendarPoint {
    pub near: usize,
    pub moneyness: f64,
}

/// Slices in expiry order with the calendar points between them.
#[derive(Debug, Clone)]
pub(crate) struct ChainProblem {
    pub slices: Vec<SliceTask>,
    pub points: Vec<CalendarPoint>,
    /// Vol points that a transgression of one in price costs.
    pub force: f64,
    /// Calendar difference below which a point pulls.
    pub floor: f64,
}

impl ChainProblem {
    /// One slice alone.
    pub fn alone(task: SliceTask, force: f64) -> Self {
        Self {
            slices: vec![task],
            points: Vec::new(),
            force,
            floor: 0.0,
        }
    }

    fn offset(&self, slice: usize) -> usize {
        self.slices[..slice]
            .iter()
            .map(|s| s.layout.unknowns())
            .sum()
    }

    /// Decoded slices at `x`.
    pub fn decode(&self, x: &[f64]) -> Vec<(usize, Decoded)> {
        let mut at = 0;
        let mut all = Vec::with_capacity(self.slices.len());
        for task in &self.slices {
            let size = task.layout.unknowns();
            all.push((at, task.layout.decode(&x[at..at + size])));
            at += size;
        }
        all
    }
}

impl Problem for ChainProblem {
    fn unknowns(&self) -> usize {
        self.offset(self.slices.len())
    }

    fn assemble(&self, x: &[f64], system: &mut System) -> f64 {
        system.clear();
        let decoded = self.decode(x);
        let mut cost = 0.0;
        for (task, (offset, d)) in self.slices.iter().zip(&decoded) {
            cost += quotes(task, *offset, d, system);
            cost += reach(task, *offset, d, system);
            cost += excess(task, *offset, d, system);
            cost += bounds(self.force, task, (*offset, d), system);
        }
        for point in &self.points {
            cost += calendar(self, point, &decoded, system);
        }
        cost
    }
}

fn quotes(task: &SliceTask, offset: usize, d: &Decoded, system: &mut System) -> f64 {
    let mut cost = 0.0;
    let mut partials = Partials::default();
    let mut gradient = [0.0; BLOCK];
    let size = task.layout.unknowns();
    for target in &task.targets {
        let price = d.otm(
            task.layout.count,
            target.moneyness,
            target.log_moneyness,
            &mut partials,
        );
        let residual = target.scale * (price - target.price);
        task.layout.gradient(d, &partials, &mut gradient);
        gradient[..size].iter_mut().for_each(|g| *g *= target.scale);
        system.add(residual, &[(offset, &gradient[..size])]);
        cost += residual * residual;
    }
    cost
}

/// Keeps every log-forward within its accepted bound.
fn reach(task: &SliceTask, offset: usize, d: &Decoded, system: &mut System) -> f64 {
    let bound = task.layout.reach;
    let size = task.layout.unknowns();
    let mut cost = 0.0;
    for j in 0..task.layout.count {
        let over = d.log_forward[j].abs() - bound;
        if over <= 0.0 {
            continue;
        }
        let force = REACH_FORCE / task.layout.atm;
        let mut partials = Partials::default();
        partials.forward[j] = force * d.log_forward[j].signum() / d.forward[j];
        let mut gradient = [0.0; BLOCK];
        task.layout.gradient(d, &partials, &mut gradient);
        system.add(force * over, &[(offset, &gradient[..size])]);
        cost += force * over * force * over;
    }
    cost
}

/// Keeps the mean excess at the outermost quotes within its accepted bound.
fn excess(task: &SliceTask, offset: usize, d: &Decoded, system: &mut System) -> f64 {
    let n = task.layout.count;
    let size = task.layout.unknowns();
    let mut cost = 0.0;
    for k in task.edges {
        let x = k.ln();
        let bound = EXCESS_BOUND * k * task.layout.atm;
        let mut partials = Partials::default();
        let price = d.otm(n, k, x, &mut partials);
        let mut probability = 0.0;
        let mut tail = Partials::default();
        for j in 0..n {
            let (w, f, s) = (d.weight[j], d.forward[j], d.total_vol[j]);
            let d2 = (d.log_forward[j] - x) / s - 0.5 * s;
            let side = if k < 1.0 { -1.0 } else { 1.0 };
            tail.weight[j] = cdf(side * d2);
            tail.forward[j] = side * w * pdf(d2) / (f * s);
            tail.total_vol[j] = -side * w * pdf(d2) * (d2 + s) / s;
            probability += w * tail.weight[j];
        }
        let over = price - bound * probability;
        if over <= 0.0 || probability <= 0.0 {
            continue;
        }
        let force = EXCESS_FORCE / (bound * probability);
        for j in 0..n {
            partials.weight[j] = force * (partials.weight[j] - bound * tail.weight[j]);
            partials.forward[j] = force * (partials.forward[j] - bound * tail.forward[j]);
            partials.total_vol[j] = force * (partials.total_vol[j] - bound * tail.total_vol[j]);
        }
        let mut gradient = [0.0; BLOCK];
        task.layout.gradient(d, &partials, &mut gradient);
        system.add(force * over, &[(offset, &gradient[..size])]);
        cost += force * over * force * over;
    }
    cost
}

/// Keeps the slice between its frozen neighbours.
fn bounds(force: f64, task: &SliceTask, at: (usize, &Decoded), system: &mut System) -> f64 {
    let (offset, d) = at;
    let size = task.layout.unknowns();
    let mut cost = 0.0;
    for bound in &task.bounds {
        let (k, x) = (bound.moneyness, bound.moneyness.ln());
        let mut partials = Partials::default();
        let price = d.otm(task.layout.count, k, x, &mut partials);
        let short = bound.side * (bound.price - price);
        if short <= 0.0 {
            continue;
        }
        let mut gradient = [0.0; BLOCK];
        task.layout.gradient(d, &partials, &mut gradient);
        gradient.iter_mut().for_each(|g| *g *= -bound.side * force);
        system.add(force * short, &[(offset, &gradient[..size])]);
        cost += force * short * force * short;
    }
    cost
}

fn calendar(
    problem: &ChainProblem,
    point: &CalendarPoint,
    decoded: &[(usize, Decoded)],
    system: &mut System,
) -> f64 {
    let (k, x) = (point.moneyness, point.moneyness.ln());
    let (near, far) = (&problem.slices[point.near], &problem.slices[point.near + 1]);
    let (near_at, near_d) = &decoded[point.near];
    let (far_at, far_d) = &decoded[point.near + 1];
    let mut near_partials = Partials::default();
    let mut far_partials = Partials::default();
    let near_price = near_d.otm(near.layout.count, k, x, &mut near_partials);
    let far_price = far_d.otm(far.layout.count, k, x, &mut far_partials);
    let short = problem.floor - (far_price - near_price);
    if short <= 0.0 {
        return 0.0;
    }
    let mut near_gradient = [0.0; BLOCK];
    let mut far_gradient = [0.0; BLOCK];
    near.layout
        .gradient(near_d, &near_partials, &mut near_gradient);
    far.layout.gradient(far_d, &far_partials, &mut far_gradient);
    near_gradient.iter_mut().for_each(|g| *g *= problem.force);
    far_gradient.iter_mut().for_each(|g| *g *= -problem.force);
    let residual = problem.force * short;
    let near_block = &near_gradient[..near.layout.unknowns()];
    let far_block = &far_gradient[..far.layout.unknowns()];
    system.add(residual, &[(*near_at, near_block), (*far_at, far_block)]);
    residual * residual
}
