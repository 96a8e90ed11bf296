//! Calibration error, calendar condition, marks against Deribit, time: over all days.

use std::collections::BTreeMap;
use std::time::Instant;

use calibrate::{ChainFit, Mixture, Settings, fit_chain, fit_error};

use super::MeasureArgs;
use crate::data::chain::{Chain, chains, explains, mark_digits, quantile};
use crate::data::snapshot::{Snapshot, list_files, read_file};
use crate::error::Result;
use crate::table::Table;

const BUCKETS: [(&str, f64); 4] = [
    ("under 2", 2.0),
    ("2 to 14", 14.0),
    ("14 to 60", 60.0),
    ("over 60", f64::INFINITY),
];

/// What one chain's fit showed.
struct Outcome {
    errors: Vec<(f64, f64, f64)>,
    rounds: usize,
    open: usize,
    expiries: usize,
    seconds: f64,
}

/// Marks explained, by coin.
#[derive(Default)]
struct Marks {
    explained: usize,
    rows: usize,
}

/// Runs the command.
///
/// # Errors
/// On unreadable input.
pub fn run(args: &MeasureArgs) -> Result<()> {
    let snapshots = load(args)?;
    let mut text = marks(&snapshots);
    for count in &args.components {
        text.push_str(&calibration(&snapshots, *count));
    }
    println!("{text}");
    if let Some(page) = &args.page {
        crate::measurements::write_section(page, "surface", &text)?;
    }
    Ok(())
}

fn load(args: &MeasureArgs) -> Result<Vec<Snapshot>> {
    let mut all = Vec::new();
    for (at, file) in list_files(&args.data)?.iter().enumerate() {
        let mut day = read_file(file)?;
        match args.every {
            Some(step) if at % step.max(1) != 0 => continue,
            Some(_) => day.truncate(1),
            None => {}
        }
        all.extend(day);
    }
    Ok(all)
}

fn marks(snapshots: &[Snapshot]) -> String {
    let mut coins: BTreeMap<String, Marks> = BTreeMap::new();
    for chain in snapshots.iter().flat_map(|s| chains(s, 0)) {
        let digits = mark_digits(&chain.coin);
        let tally = coins.entry(chain.coin.clone()).or_default();
        for expiry in &chain.expiries {
            let years = expiry.years();
            tally.rows += expiry.rows().count();
            tally.explained += expiry
                .rows()
                .filter(|r| explains(r, expiry.forward, years, digits))
                .count();
        }
    }
    let mut table = Table::new(&["coin", "options", "within printed digits"]);
    for (coin, tally) in &coins {
        let share = 100.0 * tally.explained as f64 / tally.rows as f64;
        table.row(vec![
            coin.clone(),
            tally.rows.to_string(),
            format!("{share:.2} %"),
        ]);
    }
    format!("### Marks\n\n{}\n\n", table.markdown())
}

fn calibration(snapshots: &[Snapshot], components: usize) -> String {
    let settings = Settings {
        components,
        ..Settings::default()
    };
    let outcomes = fit_all(snapshots, settings);
    let mut table = Table::new(&["days left", "expiries", "median", "90 %", "99 %", "largest"]);
    let mut low = 0.0;
    for (name, high) in BUCKETS {
        let errors: Vec<f64> = outcomes
            .iter()
            .flat_map(|o| &o.errors)
            .filter(|(days, ..)| *days >= low && *days < high)
            .map(|(_, rms, _)| *rms)
            .collect();
        let at = |share: f64| format!("{:.3}", quantile(errors.clone(), share));
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
    let seconds: Vec<f64> = outcomes.iter().map(|o| o.seconds).collect();
    let joint = outcomes.iter().filter(|o| o.rounds > 0).count();
    let open: usize = outcomes.iter().map(|o| o.open).sum();
    let pairs: usize = outcomes.iter().map(|o| o.expiries.saturating_sub(1)).sum();
    format!(
        "### {components} lognormals\n\n{}\n\n{} chains, {joint} fitted jointly, {pairs} pairs, {open} still \
         apart; seconds a chain: median {:.3}, 99 % {:.3}, largest {:.3}.\n\n",
        table.markdown(),
        outcomes.len(),
        quantile(seconds.clone(), 0.5),
        quantile(seconds.clone(), 0.99),
        quantile(seconds, 1.0),
    )
}

/// Fits every chain, each warm-started from its coin's previous one, one thread a coin.
fn fit_all(snapshots: &[Snapshot], settings: Settings) -> Vec<Outcome> {
    let mut coins: BTreeMap<String, Vec<Chain>> = BTreeMap::new();
    for chain in snapshots.iter().flat_map(|s| chains(s, 10)) {
        coins.entry(chain.coin.clone()).or_default().push(chain);
    }
    let mut outcomes = Vec::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = coins
            .values()
            .map(|series| scope.spawn(move || fit_series(series, settings)))
            .collect();
        for thread in threads {
            outcomes.extend(thread.join().unwrap_or_default());
        }
    });
    outcomes
}

fn fit_series(series: &[Chain], settings: Settings) -> Vec<Outcome> {
    let mut previous: BTreeMap<u64, Mixture> = BTreeMap::new();
    let mut outcomes = Vec::new();
    for chain in series {
        let quotes: Vec<_> = chain.expiries.iter().map(|e| e.quotes()).collect();
        let before: Vec<_> = chain
            .expiries
            .iter()
            .map(|e| previous.get(&e.expiry).cloned())
            .collect();
        let clock = Instant::now();
        let ChainFit {
            slices,
            rounds,
            open,
        } = fit_chain(&quotes, &before, settings);
        let seconds = clock.elapsed().as_secs_f64();
        let measure = |(mixture, q): (&Mixture, &calibrate::ExpiryQuotes)| {
            let error = fit_error(mixture, q);
            if error.rms > 1.0 && std::env::var("OPTIO_TRACE").is_ok() {
                eprintln!(
                    "{} {} days {:.2} atm {:.4} {error:?} {mixture:?}\n {:?}",
                    chain.coin,
                    crate::data::time::format_timestamp(chain.time),
                    q.years * 365.0,
                    q.atm_total_vol(),
                    q.quotes
                        .iter()
                        .map(|x| (x.moneyness, x.vol))
                        .collect::<Vec<_>>()
                );
            }
            (q.years * 365.0, error.rms, error.max)
        };
        let errors = slices.iter().zip(&quotes).map(measure).collect();
        let expiries = chain.expiries.len();
        if std::env::var("OPTIO_TRACE").is_ok() {
            for gap in &open {
                eprintln!(
                    "{} {} open {gap:?}",
                    chain.coin,
                    crate::data::time::format_timestamp(chain.time)
                );
            }
        }
        outcomes.push(Outcome {
            errors,
            rounds,
            open: open.len(),
            expiries,
            seconds,
        });
        previous = chain
            .expiries
            .iter()
            .map(|e| e.expiry)
            .zip(slices)
            .collect();
    }
    outcomes
}
