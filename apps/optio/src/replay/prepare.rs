//! Fits and comparisons of all snapshots, one thread a coin, before the chain is driven.

use std::collections::BTreeMap;

use super::ReplayArgs;
use super::compare::{Comparison, compare};
use super::desk::FEEDS;
use crate::data::chain::Chain;
use crate::data::time::{format_expiry, format_timestamp};
use crate::error::{CliError, Result};
use crate::fitted::FittedChain;
use crate::series::{Sample, by_coin, fit_in_turn, per_coin, read};

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
/// On unreadable input, or when no coin of it is traded here.
pub fn prepare(args: &ReplayArgs) -> Result<Vec<Moment>> {
    let sample = Sample {
        every: None,
        most: args.snapshots,
    };
    let series = by_coin(&read(&args.data, sample)?, LEAST_MINUTES);
    if !FEEDS.iter().any(|feed| series.contains_key(feed.coin)) {
        let coins = FEEDS.map(|feed| feed.coin).join(" or ");
        return Err(CliError::input(format!(
            "no snapshot has options of {coins}"
        )));
    }
    let mut moments: BTreeMap<u64, Moment> = BTreeMap::new();
    let fitted = per_coin(&series, |_, chains| fit_series(chains, args.components))?;
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

fn fit_series(chains: &[Chain], components: usize) -> Vec<Prepared> {
    let each = |(chain, fitted): (&Chain, Result<FittedChain>)| Prepared {
        chain: chain.clone(),
        comparison: fitted
            .as_ref()
            .map(|f| compare(chain, f))
            .unwrap_or_default(),
        fitted,
    };
    let fits = fit_in_turn(chains, components);
    chains.iter().zip(fits).map(each).collect()
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
