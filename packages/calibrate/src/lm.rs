//! Levenberg-Marquardt on normal equations.

/// A sum of squares with its Gauss-Newton approximation.
pub(crate) trait Problem {
    /// Number of unknowns.
    fn unknowns(&self) -> usize;
    /// Adds the normal equations at `x` into `system`; returns the sum of squares.
    fn assemble(&self, x: &[f64], system: &mut System) -> f64;
}

/// Normal matrix (row major, lower triangle filled) and gradient.
#[derive(Debug, Clone)]
pub(crate) struct System {
    pub size: usize,
    pub matrix: Vec<f64>,
    pub gradient: Vec<f64>,
}

impl System {
    pub fn new(size: usize) -> Self {
        Self {
            size,
            matrix: vec![0.0; size * size],
            gradient: vec![0.0; size],
        }
    }

    pub fn clear(&mut self) {
        self.matrix.fill(0.0);
        self.gradient.fill(0.0);
    }

    /// Adds one residual whose gradient is the concatenation of blocks `(offset, values)`,
    /// offsets ascending.
    pub fn add(&mut self, residual: f64, blocks: &[(usize, &[f64])]) {
        for (at, (row, left)) in blocks.iter().enumerate() {
            for (i, a) in left.iter().enumerate() {
                let start = (row + i) * self.size;
                self.gradient[row + i] += a * residual;
                for (column, right) in &blocks[..at] {
                    for (j, b) in right.iter().enumerate() {
                        self.matrix[start + column + j] += a * b;
                    }
                }
                for (j, b) in left.iter().enumerate().take(i + 1) {
                    self.matrix[start + row + j] += a * b;
                }
            }
        }
    }

    /// Solves `(M + lambda D) step = -gradient` with `D` the clamped diagonal.
    fn step(&self, lambda: f64, factor: &mut Vec<f64>) -> Option<Vec<f64>> {
        let n = self.size;
        factor.clear();
        factor.extend_from_slice(&self.matrix);
        let mut first = vec![0usize; n];
        for i in 0..n {
            let diagonal = self.matrix[i * n + i];
            factor[i * n + i] = diagonal + lambda * diagonal.max(1e-8) + 1e-14;
            first[i] = (0..=i).find(|j| self.matrix[i * n + j] != 0.0).unwrap_or(i);
        }
        for i in 0..n {
            for j in first[i]..=i {
                let from = first[i].max(first[j]);
                let (a, b) = (
                    &factor[i * n + from..i * n + j],
                    &factor[j * n + from..j * n + j],
                );
                let dot: f64 = a.iter().zip(b).map(|(x, y)| x * y).sum();
                let value = factor[i * n + j] - dot;
                if i == j {
                    if !(value > 0.0) {
                        return None;
                    }
                    factor[i * n + i] = value.sqrt();
                } else {
                    factor[i * n + j] = value / factor[j * n + j];
                }
            }
        }
        let mut x: Vec<f64> = self.gradient.iter().map(|g| -g).collect();
        for i in 0..n {
            let dot: f64 = (0..i).map(|j| factor[i * n + j] * x[j]).sum();
            x[i] = (x[i] - dot) / factor[i * n + i];
        }
        for i in (0..n).rev() {
            let dot: f64 = (i + 1..n).map(|j| factor[j * n + i] * x[j]).sum();
            x[i] = (x[i] - dot) / factor[i * n + i];
        }
        Some(x)
    }
}

/// Largest change of one unknown in one step.
const MAX_STEP: f64 = 1.5;

/// Minimises from `x`; returns the sum of squares reached.
pub(crate) fn minimise(problem: &impl Problem, x: &mut Vec<f64>, iterations: usize) -> f64 {
    let n = problem.unknowns();
    let mut system = System::new(n);
    let mut trial_system = System::new(n);
    let mut factor = Vec::with_capacity(n * n);
    let mut cost = problem.assemble(x, &mut system);
    let mut lambda = 1e-3;
    let mut flat = 0;
    for _ in 0..iterations {
        let Some(step) = system.step(lambda, &mut factor) else {
            lambda *= 10.0;
            if lambda > 1e9 {
                break;
            }
            continue;
        };
        let trial = moved(x, &step);
        let next = problem.assemble(&trial, &mut trial_system);
        if next.is_finite() && next < cost {
            flat = if cost - next < 1e-4 * cost {
                flat + 1
            } else {
                0
            };
            *x = trial;
            cost = next;
            std::mem::swap(&mut system, &mut trial_system);
            lambda = (lambda * 0.2).max(1e-9);
        } else {
            lambda *= 4.0;
            if lambda > 1e7 {
                break;
            }
        }
        if flat >= 4 {
            break;
        }
    }
    cost
}

/// `x` after a step, which is shortened where an unknown would move too far.
fn moved(x: &[f64], step: &[f64]) -> Vec<f64> {
    let largest = step.iter().fold(0.0f64, |m, s| m.max(s.abs()));
    let shrink = if largest > MAX_STEP {
        MAX_STEP / largest
    } else {
        1.0
    };
    x.iter().zip(step).map(|(a, s)| a + shrink * s).collect()
}
