//! What the back-test prints and writes.

use risk::Regime;

use super::books::Shape;
use super::{BacktestArgs, Trial};
use crate::data::chain::{percent, shown};
use crate::regime::said;
use crate::table::Table;

/// Difference of two fits' margins that is asked for.
const CLOSE: f64 = 0.02;

/// The section.
pub fn text(args: &BacktestArgs, snapshots: usize, trials: &[Trial], regimes: &[Regime]) -> String {
    format!(
        "## Margins of random books\n\nWritten by `optio backtest --data DIR --page docs/measurements.md`: {snapshots} snapshots, {} books ({} of each \
         shape from each chain, seed {}), options with a bid and an ask and a delta between 2 and 90 %, default profile, taken as linear. {}\n\n\
         ### Two fits of one chain\n\nMaintenance margin under slices of 3 and of 4 lognormals fitted to the same quotes; the difference is relative \
         to the larger.\n\n{}\n\n\
         ### Margin against the loss until the next snapshot\n\nThe book is held to the next snapshot (6 hours in the median, 13 at most) and \
         marked there; what expired on the way is fixed at the next index. *Held*: the margin was not less than the loss.\n\n{}",
        trials.len(),
        args.books,
        args.seed,
        said(regimes),
        fits(trials).markdown(),
        held(trials).markdown(),
    )
}

/// Each shape with its trials, and all of them.
fn rows(trials: &[Trial]) -> impl Iterator<Item = (&'static str, Vec<&Trial>)> {
    let shapes = Shape::ALL.into_iter().map(|shape| {
        let own = trials.iter().filter(|t| t.shape == shape).collect();
        (shape.name(), own)
    });
    shapes.chain([("all", trials.iter().collect())])
}

fn fits(trials: &[Trial]) -> Table {
    let mut table = Table::new(&[
        "books",
        "compared",
        "within 2 %",
        "median",
        "99 %",
        "largest",
        "bp of gross: 99 %",
        "largest",
    ]);
    for (name, own) in rows(trials) {
        let (all, gross): (Vec<f64>, Vec<f64>) = own.iter().filter_map(|t| t.difference()).unzip();
        let close = all.iter().filter(|d| **d < CLOSE).count();
        let gross: Vec<f64> = gross.iter().map(|share| 1e4 * share).collect();
        let shares: Vec<f64> = all.iter().map(|d| 100.0 * d).collect();
        let points = |share: f64| shown(&gross, share, 2);
        let at = |share: f64| match shares.len() {
            0 => "-".to_owned(),
            _ => format!("{} %", shown(&shares, share, 3)),
        };
        table.row(vec![
            name.to_owned(),
            all.len().to_string(),
            percent(close, all.len()),
            at(0.5),
            at(0.99),
            at(1.0),
            points(0.99),
            points(1.0),
        ]);
    }
    table
}

fn held(trials: &[Trial]) -> Table {
    let mut table = Table::new(&[
        "books",
        "tried",
        "maintenance held",
        "initial held",
        "loss / maintenance: 99 %",
        "largest",
    ]);
    for (name, own) in rows(trials) {
        let known: Vec<(&Trial, f64)> =
            own.into_iter().filter_map(|t| Some((t, t.loss?))).collect();
        let kept = |margin: fn(&Trial) -> f64| {
            let good = known.iter().filter(|(t, loss)| margin(t) >= *loss).count();
            percent(good, known.len())
        };
        let with_margin = known.iter().filter(|(t, _)| t.maintenance > 0.0);
        let ratios: Vec<f64> = with_margin.map(|(t, loss)| loss / t.maintenance).collect();
        let at = |share: f64| shown(&ratios, share, 2);
        table.row(vec![
            name.to_owned(),
            known.len().to_string(),
            kept(|t| t.maintenance),
            kept(|t| t.initial),
            at(0.99),
            at(1.0),
        ]);
    }
    table
}
