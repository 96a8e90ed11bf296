//! `optio backtest`: margins of random books over real chains, and what the books lost by the next snapshot.

pub mod books;
mod report;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use clap::Args;
use risk::{Book, Context, FixingStage, FixingState, Level, Regime, assess};

use crate::data::chain::Chain;
use crate::error::{CliError, Result};
use crate::fitted::FittedChain;
use crate::margined::{MULTIPLIER, alone, in_regime, minutes};
use crate::output::check_writable;
use crate::random::Random;
use crate::regime::regimes;
use crate::series::{Sample, by_coin, fit_in_turn, of_chains, per_coin, read};
use books::{Shape, draw};

/// Expiries nearer than this are left out, minutes.
const LEAST_MINUTES: u64 = 45;
/// Components of the slices that margins are taken from, and of those they are compared with.
const COMPONENTS: [usize; 2] = [3, 4];

/// Margins of random books over real option chains, and what the books lost.
///
/// Draws books from every option chain of a folder: compares their margins under two fits of the same quotes (3 and 4 lognormals), and with what
/// the books lose until the next snapshot. The regime is what the oracle would hold after the index prices of the snapshots. Format of the snapshots: docs/data.md.
#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// Folder of snapshot files.
    #[arg(long)]
    pub data: PathBuf,
    /// Books of each shape drawn from a chain.
    #[arg(long, default_value_t = 20)]
    pub books: usize,
    /// Seed of the books.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Only the first so many snapshots.
    #[arg(long)]
    pub snapshots: Option<usize>,
    /// Page whose section is rewritten.
    #[arg(long)]
    pub page: Option<PathBuf>,
}

/// One book at one time, in shares of its gross notional.
struct Trial {
    shape: Shape,
    maintenance: f64,
    initial: f64,
    /// Maintenance margin under the other fit; none where it was refused.
    other: Option<f64>,
    /// Loss until the next snapshot; none after the last.
    loss: Option<f64>,
}

impl Trial {
    /// Difference of the two fits' margins: relative to the larger, and as a share of gross notional.
    fn difference(&self) -> Option<(f64, f64)> {
        let other = self.other?;
        let (larger, apart) = (
            other.max(self.maintenance),
            (other - self.maintenance).abs(),
        );
        (larger > 0.0).then(|| (apart / larger, apart))
    }
}

/// Runs the command.
///
/// # Errors
/// On unreadable input or a page that cannot be written.
pub fn run(args: &BacktestArgs) -> Result<()> {
    args.page.iter().try_for_each(|path| check_writable(path))?;
    let sample = Sample {
        every: None,
        most: args.snapshots,
    };
    let snapshots = read(&args.data, sample)?;
    let series = by_coin(&snapshots, LEAST_MINUTES);
    let found = per_coin(&series, |_, chains| {
        let regimes = regimes(chains);
        trials(chains, &regimes, args).map(|trials| (trials, regimes))
    })?;
    let mut all = (Vec::new(), Vec::new());
    for found in found {
        let (trials, regimes) = found?;
        all.0.extend(trials);
        all.1.extend(regimes);
    }
    let text = report::text(args, snapshots.len(), &all.0, &all.1);
    println!("{text}");
    match &args.page {
        Some(page) => crate::measurements::write_section(page, "backtest", &text),
        None => Ok(()),
    }
}

/// All trials of one coin.
fn trials(chains: &[Chain], regimes: &[Regime], args: &BacktestArgs) -> Result<Vec<Trial>> {
    let [fits, others] = COMPONENTS.map(|components| fit_in_turn(chains, components));
    let mut random = Random::new(args.seed);
    let mut trials = Vec::new();
    let progress = of_chains("tried", chains);
    for (at, (chain, fitted)) in chains.iter().zip(&fits).enumerate() {
        progress.at(at);
        let Ok(fitted) = fitted else { continue };
        let regime = regimes[at];
        let ground = Ground {
            notional: fitted.index * MULTIPLIER as f64,
            context: in_regime(fitted, regime),
            other: others
                .get(at)
                .and_then(|f| f.as_ref().ok())
                .map(|other| in_regime(other, regime)),
            next: fits
                .get(at + 1)
                .and_then(|f| f.as_ref().ok())
                .map(|next| later(fitted, next)),
        };
        for shape in Shape::ALL {
            for _ in 0..args.books {
                if let Some(book) = draw(shape, chain, &mut random) {
                    trials.push(ground.trial(shape, &book)?);
                }
            }
        }
    }
    Ok(trials)
}

/// The next snapshot's chain; what has expired since then is fixed at its index.
fn later(before: &FittedChain, next: &FittedChain) -> Context {
    let mut context = alone(next);
    for underlying in &mut context.underlyings {
        let price = underlying.state.spot.mid;
        let passed = before.expiries.iter().filter(|e| e.expiry <= next.time);
        let fixing = passed.map(|e| FixingState {
            expiry: minutes(e.expiry),
            stage: FixingStage::Final { price },
        });
        underlying.state.fixings = fixing.collect();
    }
    context
}

/// What a book is tried on.
struct Ground {
    /// Quote base units of a quantity unit at spot.
    notional: f64,
    context: Context,
    other: Option<Context>,
    next: Option<Context>,
}

impl Ground {
    fn trial(&self, shape: Shape, book: &Book) -> Result<Trial> {
        let gross: u64 = book.legs.iter().map(|l| l.quantity.unsigned_abs()).sum();
        let share = |amount: i128| amount as f64 / (gross as f64 * self.notional);
        let at = |context: &Context, level| {
            assess(book, context, level).map_err(|error| CliError::of(&error))
        };
        let maintenance = at(&self.context, Level::Maintenance)?;
        let other = match &self.other {
            Some(context) => Some(share(at(context, Level::Maintenance)?.margin)),
            None => None,
        };
        let loss = match &self.next {
            Some(context) => {
                let after = at(context, Level::Maintenance)?;
                Some(share(maintenance.equity - after.equity))
            }
            None => None,
        };
        Ok(Trial {
            shape,
            maintenance: share(maintenance.margin),
            initial: share(at(&self.context, Level::Initial)?.margin),
            other,
            loss,
        })
    }
}
