//! Calibration error, on-chain verdicts, marks against Deribit, time: over all days.

use fixed_math::Fx;
use pricing::black76::Black76;

use super::MeasureArgs;
use crate::data::chain::{Chain, mark_digits, quantile, shown};
use crate::data::snapshot::{Row, Side};
use crate::data::time::format_timestamp;
use crate::error::{CliError, Result};
use crate::fitted::{DAYS_LEFT, FittedChain, FittedExpiry, check_components};
use crate::output::check_writable;
use crate::series::{Sample, Series, by_coin, fit_in_turn, per_coin, read};
use crate::table::Table;

/// Expiries nearer than this are left out.
const LEAST_MINUTES: u64 = 10;

/// Runs the command.
///
/// # Errors
/// On unreadable input or a page that cannot be written.
pub fn run(args: &MeasureArgs) -> Result<()> {
    args.components
        .iter()
        .try_for_each(|count| check_components(*count))?;
    args.page.iter().try_for_each(|path| check_writable(path))?;
    let sample = Sample {
        every: args.every,
        most: None,
    };
    let snapshots = read(&args.data, sample)?;
    let series = by_coin(&snapshots, LEAST_MINUTES);
    let options: usize = snapshots.iter().map(|s| s.rows.len()).sum();
    let mut text = format!(
        "## Surface and marks against real chains\n\nWritten by `optio surface measure --data DIR --page \
         docs/measurements.md`{}: {} snapshots, {options} options.\n\n",
        args.every
            .map_or(String::new(), |n| format!(" with `--every {n}`")),
        snapshots.len(),
    );
    text.push_str(&marks(&series)?);
    for count in &args.components {
        text.push_str(&calibration(&series, *count)?);
    }
    println!("{text}");
    match &args.page {
        Some(page) => crate::measurements::write_section(page, "surface", &text),
        None => Ok(()),
    }
}

/// Our Black-76 at the row's volatility shifted by `shift`, over the forward.
fn our_mark(row: &Row, forward: Fx, years: Fx, shift: f64) -> Result<f64> {
    let strike = Fx::from_num(row.instrument.strike);
    let vol = Fx::from_num((row.mark_iv + shift).max(1e-6));
    let prices = Black76::new(forward, strike, vol, years).and_then(|b| b.prices());
    let prices = prices.map_err(|e| CliError::of(&e))?;
    let price = match row.instrument.side {
        Side::Call => prices.call,
        Side::Put => prices.put,
    };
    Ok(price.to_num::<f64>() / forward.to_num::<f64>())
}

fn marks(series: &Series) -> Result<String> {
    let head = [
        "coin",
        "options",
        "within the printed digits",
        "outside the domain",
    ];
    let mut table = Table::new(&head);
    for (coin, chains) in series {
        let half = 0.5 * 10f64.powi(-mark_digits(coin)) * (1.0 + 1e-6);
        let (mut rows, mut within, mut outside) = (0usize, 0usize, 0usize);
        for expiry in chains.iter().flat_map(|c| &c.expiries) {
            let (forward, years) = (Fx::from_num(expiry.forward), Fx::from_num(expiry.years()));
            for row in expiry.rows() {
                rows += 1;
                let low = our_mark(row, forward, years, -5e-5);
                let high = our_mark(row, forward, years, 5e-5);
                let (Ok(low), Ok(high)) = (low, high) else {
                    outside += 1;
                    continue;
                };
                within += usize::from(low - half <= row.mark && row.mark <= high + half);
            }
        }
        let share = 100.0 * within as f64 / rows.max(1) as f64;
        let cells = [
            rows.to_string(),
            format!("{share:.2} %"),
            outside.to_string(),
        ];
        table.row([vec![coin.clone()], cells.to_vec()].concat());
    }
    Ok(format!(
        "### Marks\n\nBlack-76 of `packages/pricing` at the printed mark_iv, with the forward inside the marks \
         (call mark - put mark = 1 - K/F) and the clock on whole minutes; a mark is met when it lies between our \
         prices at the two ends of mark_iv's last digit, widened by half a unit of the mark's last digit.\n\n{}\n\n",
        table.markdown()
    ))
}

/// What fitting one coin's series gave.
#[derive(Default)]
struct Tally {
    fitted: Vec<FittedChain>,
    refused: Vec<String>,
}

impl Tally {
    fn expiries(&self) -> impl Iterator<Item = &FittedExpiry> {
        self.fitted.iter().flat_map(|f| &f.expiries)
    }

    /// Errors by days left.
    fn errors(&self) -> Table {
        let mut table = Table::new(&["days left", "expiries", "median", "90 %", "99 %", "largest"]);
        let mut low = 0.0;
        for (name, high) in DAYS_LEFT {
            let days = low..high;
            let inside = self
                .expiries()
                .filter(|e| days.contains(&(e.years * 365.0)));
            let errors: Vec<f64> = inside.map(|e| e.error.rms).collect();
            let at = |share: f64| shown(&errors, share, 3);
            table.row(vec![
                name.into(),
                errors.len().to_string(),
                at(0.5),
                at(0.9),
                at(0.99),
                at(1.0),
            ]);
            low = high;
        }
        table
    }
}

fn calibration(series: &Series, components: usize) -> Result<String> {
    let tally = fit_all(series, components)?;
    let seconds: Vec<f64> = tally.fitted.iter().map(|f| f.seconds).collect();
    let proved = tally.expiries().filter(|e| !e.grid.is_empty());
    let proofs: Vec<f64> = proved.map(|e| e.grid.len() as f64).collect();
    let joint = tally.fitted.iter().filter(|f| f.rounds > 0).count();
    let mut text = format!(
        "### {components} lognormals: vega-weighted root mean square error, vol points\n\n{}\n\n{} chains \
         ({joint} with a joint fit), {} calendar pairs proved on chain terms with {:.0} points in the median and \
         {:.0} at most, {} chains refused. Processor seconds a chain on one core: median {:.3}, 99 % {:.3}, \
         largest {:.3}.\n\n",
        tally.errors().markdown(),
        tally.fitted.len(),
        proofs.len(),
        quantile(proofs.clone(), 0.5),
        quantile(proofs, 1.0),
        tally.refused.len(),
        quantile(seconds.clone(), 0.5),
        quantile(seconds.clone(), 0.99),
        quantile(seconds, 1.0),
    );
    for refusal in &tally.refused {
        text.push_str(&format!("- {refusal}\n"));
    }
    Ok(text)
}

fn fit_all(series: &Series, components: usize) -> Result<Tally> {
    let mut all = Tally::default();
    for part in per_coin(series, |_, chains| fit_series(chains, components))? {
        all.fitted.extend(part.fitted);
        all.refused.extend(part.refused);
    }
    Ok(all)
}

fn fit_series(chains: &[Chain], components: usize) -> Tally {
    let mut tally = Tally::default();
    for (chain, fitted) in chains.iter().zip(fit_in_turn(chains, components)) {
        match fitted {
            Ok(fitted) => tally.fitted.push(fitted),
            Err(error) => {
                let time = format_timestamp(chain.time);
                tally
                    .refused
                    .push(format!("{} {time}: {error}", chain.coin));
            }
        }
    }
    tally
}
