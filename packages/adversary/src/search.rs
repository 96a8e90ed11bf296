//! The linear program.

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use risk::SeriesKey;

use crate::set::{PricingSet, Smile};

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("E_ADVERSARY_PROGRAM: {0}")]
pub struct SearchError(String);

/// The book that loses most.
#[derive(Debug, Clone, PartialEq)]
pub struct Worst {
    /// Its loss, basis points of gross notional.
    pub loss: f64,
    /// Its contracts per gross contract, long positive, those not held left out.
    pub book: Vec<(SeriesKey, f64)>,
}

/// The program: a long and a short variable per series.
struct Program {
    problem: Problem,
    sides: Vec<(Variable, Variable)>,
}

impl PricingSet {
    /// The book of gross one whose margin is at most `margin` (basis points of gross) and that loses most when its
    /// series' values become `after` ([`crate::marks`] of the moved market).
    ///
    /// # Errors
    /// When the solver gives up.
    pub fn worst(&self, after: &[f64], margin: f64) -> Result<Worst, SearchError> {
        let mut program = Program::new(&self.mark, after);
        for row in &self.whole {
            let value = program.value(row, 0);
            program.at_least(value, -margin);
        }
        for smile in &self.smiles {
            program.smile(self, smile, margin);
        }
        program.solve(&self.series)
    }
}

impl Program {
    fn new(mark: &[f64], after: &[f64]) -> Self {
        let mut problem = Problem::new(OptimizationDirection::Maximize);
        let side = |(mark, after): (&f64, &f64)| {
            let loss = mark - after;
            let long = problem.add_var(loss, (0.0, 1.0));
            (long, problem.add_var(-loss, (0.0, 1.0)))
        };
        let sides: Vec<(Variable, Variable)> = mark.iter().zip(after).map(side).collect();
        let gross = sides.iter().flat_map(|(a, b)| [(*a, 1.0), (*b, 1.0)]);
        problem.add_constraint(gross, ComparisonOp::Le, 1.0);
        Self { problem, sides }
    }

    /// Value of the book in a row whose first entry belongs to this series.
    fn value(&self, row: &[f64], first: usize) -> Vec<(Variable, f64)> {
        let pairs = self.sides[first..].iter().zip(row);
        pairs
            .flat_map(|((long, short), value)| [(*long, *value), (*short, -value)])
            .collect()
    }

    fn at_least(&mut self, value: Vec<(Variable, f64)>, least: f64) {
        self.problem.add_constraint(value, ComparisonOp::Ge, least);
    }

    /// A smile row: the sum over expiries of the lowest choice, each a variable below all its choices.
    fn smile(&mut self, set: &PricingSet, smile: &Smile, margin: f64) {
        let mut lowest = Vec::with_capacity(set.expiries.len());
        for own in &set.expiries {
            let low = self
                .problem
                .add_var(0.0, (f64::NEG_INFINITY, f64::INFINITY));
            for choice in &smile.choices {
                let mut above = self.value(&choice[own.clone()], own.start);
                above.push((low, -1.0));
                self.at_least(above, 0.0);
            }
            lowest.push((low, 1.0));
        }
        self.at_least(lowest, -margin);
    }

    fn solve(self, series: &[SeriesKey]) -> Result<Worst, SearchError> {
        let outcome = self.problem.solve();
        let outcome = outcome.map_err(|error| SearchError(error.to_string()))?;
        let interrupted = |_| SearchError("the solver was interrupted".to_owned());
        let solution = outcome.into_solution().map_err(interrupted)?;
        let held = self
            .sides
            .iter()
            .map(|(long, short)| solution.var_value(*long) - solution.var_value(*short));
        let book = series.iter().copied().zip(held);
        Ok(Worst {
            loss: solution.objective(),
            book: book.filter(|(_, held)| held.abs() > 1e-9).collect(),
        })
    }
}
