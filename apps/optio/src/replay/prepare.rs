//! Fits and comparisons of all snapshots, one thread a coin, before the chain is driven.

use std::collections::BTreeMap;

use super::ReplayArgs;
use super::compare::{Comparison, compare};
use crate::data::chain::{Chain, chains};
use crate::data::snapshot::{list_files, read_file};
use crate::data::time::{format_expiry, format_timestamp};
use crate::error::{CliError, Result};
use crate::fitted::{FittedChain, fit};

/// Expiries nearer than this have no slice of their own any more.
const LEAST_MINUTES: u64 = 45;

/// One coin at one time.
pub struct Prepared {
    /// The chain.
    pub chain: Chain,
    /// Its fit, or why the chain would refuse it.
    pub fitted: Result<FittedChain>,
    /// Marks and deltas against the exchange's.
    pub comparison: Comparison,
}

/// All coins of one time.
pub struct Moment {
    /// Unix seconds.
    pub time: u64,
    /// By coin.
    pub coins: BTreeMap<String, Prepared>,
}

/// Reads, fits and compares everything.
///
/// # Errors
/// On unreadable input.
pub fn prepare(args: &ReplayArgs) -> Result<Vec<Moment>> {
    let mut series: BTreeMap<String, Vec<Chain>> = BTreeMap::new();
    let mut count = 0;
    'files: for file in list_files(&args.data)? {
        for snapshot in read_file(&file)? {
            if args.snapshots.is_some_and(|most| count >= most) {
                break 'files;
            }
            count += 1;
            for chain in chains(&snapshot, LEAST_MINUTES) {
                series.entry(chain.coin.clone()).or_default().push(chain);
            }
        }
    }
    let mut moments: BTreeMap<u64, Moment> = BTreeMap::new();
    let fitted = std::thread::scope(|scope| {
        let threads: Vec<_> = series
            .into_values()
            .map(|chains| scope.spawn(move || fit_series(chains, args.components)))
            .collect();
        let joined = threads.into_iter().map(|t| t.join().ok());
        joined.collect::<Option<Vec<_>>>()
    });
    let fitted =
        fitted.ok_or_else(|| CliError::new("E_OPTIO_THREAD", "a fitting thread failed"))?;
    for prepared in fitted.into_iter().flatten() {
        let time = prepared.chain.time;
        let moment = moments.entry(time).or_insert(Moment {
            time,
            coins: BTreeMap::new(),
        });
        moment.coins.insert(prepared.chain.coin.clone(), prepared);
    }
    Ok(moments.into_values().collect())
}

fn fit_series(series: Vec<Chain>, components: usize) -> Vec<Prepared> {
    let mut before = BTreeMap::new();
    let mut all = Vec::with_capacity(series.len());
    for chain in series {
        let fitted = fit(&chain, &before, components);
        if let Ok(fitted) = &fitted {
            before = fitted.memory();
        }
        let comparison = fitted
            .as_ref()
            .map(|f| compare(&chain, f))
            .unwrap_or_default();
        all.push(Prepared {
            chain,
            fitted,
            comparison,
        });
    }
    all
}

/// One line per expiry of each snapshot.
pub fn errors_csv(moments: &[Moment]) -> String {
    let mut out = String::from(
        "timestamp,coin,expiry,days,forward,rms_vol_points,max_vol_points,strikes,certificate_points\n",
    );
    for prepared in moments.iter().flat_map(|m| m.coins.values()) {
        let Ok(fitted) = &prepared.fitted else {
            continue;
        };
        for e in &fitted.expiries {
            out.push_str(&format!(
                "{},{},{},{:.4},{:.4},{:.4},{:.4},{},{}\n",
                format_timestamp(fitted.time),
                fitted.coin,
                format_expiry(e.expiry),
                e.years * 365.0,
                e.forward,
                e.error.rms,
                e.error.max,
                e.error.strikes,
                e.grid.len(),
            ));
        }
    }
    out
}
