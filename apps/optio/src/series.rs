//! The chains of a folder, coin by coin in the order of time, and their fits.

use std::collections::BTreeMap;
use std::path::Path;

use crate::data::chain::{Chain, chains};
use crate::data::snapshot::{Snapshot, list_files, read_file};
use crate::data::time::format_timestamp;
use crate::error::{CliError, Result};
use crate::fitted::{FittedChain, fit};
use crate::output::Progress;

/// Chains by coin, ascending in time.
pub type Series = BTreeMap<String, Vec<Chain>>;

/// Which snapshots of a folder are read; all by default.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sample {
    /// Only the first snapshot of every n-th file.
    pub every: Option<usize>,
    /// Only so many snapshots.
    pub most: Option<usize>,
}

/// Checks a step from one to the next.
///
/// # Errors
/// When it is none.
pub fn check_every(every: usize) -> Result<()> {
    if every == 0 {
        return Err(CliError::input("every must be 1 or more"));
    }
    Ok(())
}

/// Reads snapshots, ascending in time.
///
/// # Errors
/// On unreadable input, or when every none is asked for.
pub fn read(folder: &Path, sample: Sample) -> Result<Vec<Snapshot>> {
    let step = sample.every.unwrap_or(1);
    check_every(step)?;
    let most = sample.most.unwrap_or(usize::MAX);
    let mut all = Vec::new();
    for file in list_files(folder)?.iter().step_by(step) {
        if all.len() >= most {
            break;
        }
        let mut day = read_file(file)?;
        if sample.every.is_some() {
            day.truncate(1);
        }
        all.extend(day);
    }
    all.truncate(most);
    if all.is_empty() {
        return Err(CliError::input("no snapshot is asked for"));
    }
    let swapped = all.windows(2).find(|pair| pair[0].time >= pair[1].time);
    match swapped {
        Some([.., late]) => Err(CliError::file(
            folder,
            format!(
                "the snapshot of {} does not follow the one before: file names must be in the order of time",
                format_timestamp(late.time)
            ),
        )),
        _ => Ok(all),
    }
}

/// Sorts chains by coin; expiries within `least_minutes` of expiring are left out.
pub fn by_coin(snapshots: &[Snapshot], least_minutes: u64) -> Series {
    let mut series = Series::new();
    for chain in snapshots.iter().flat_map(|s| chains(s, least_minutes)) {
        series.entry(chain.coin.clone()).or_default().push(chain);
    }
    series
}

/// Does some work on the chains of each coin, one thread a coin.
///
/// # Errors
/// When a thread dies.
pub fn per_coin<T: Send>(
    series: &Series,
    work: impl Fn(&str, &[Chain]) -> T + Sync,
) -> Result<Vec<T>> {
    let joined: Option<Vec<T>> = std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = series
            .iter()
            .map(|(coin, chains)| scope.spawn(move || work(coin, chains)))
            .collect();
        threads.into_iter().map(|t| t.join().ok()).collect()
    });
    joined.ok_or_else(|| CliError::new("E_OPTIO_THREAD", "a working thread failed"))
}

/// How far some work on one coin's chains has come.
pub fn of_chains<'a>(what: &'a str, chains: &'a [Chain]) -> Progress<'a> {
    let coin = chains.first().map_or("", |chain| &chain.coin);
    Progress::new(coin, what, chains.len())
}

/// Fits one coin's chains, each starting from the one before.
pub fn fit_in_turn(chains: &[Chain], components: usize) -> Vec<Result<FittedChain>> {
    let progress = of_chains("fitted", chains);
    let mut before = BTreeMap::new();
    let fit_next = |(at, chain): (usize, &Chain)| {
        progress.at(at);
        let fitted = fit(chain, &before, components);
        if let Ok(fitted) = &fitted {
            before = fitted.memory();
        }
        fitted
    };
    chains.iter().enumerate().map(fit_next).collect()
}
