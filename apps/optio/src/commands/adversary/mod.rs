//! `optio adversary`: what the worst books lose under real moves, by linear programming.

mod forwards;
mod moves;
mod report;

use std::path::PathBuf;

use adversary::{Notional, PricingSet, Worst, marks};
use clap::Args;
use pricing::payoff::Kind;
use risk::{Level, Regime, SeriesKey};

use crate::data::chain::{Chain, Expiry};
use crate::error::{CliError, Result};
use crate::fitted::FittedChain;
use crate::margined::{self, MULTIPLIER, alone, in_regime};
use crate::output::check_writable;
use crate::regime::regimes;
use crate::series::{Sample, by_coin, check_every, fit_in_turn, of_chains, per_coin, read};
use forwards::ForwardMove;
use moves::{Family, LONGEST, RealMove, neighbours, one_vol, shapes_alone};

/// Expiries nearer than this are left out, minutes.
const LEAST_MINUTES: u64 = 45;
/// Components a slice.
const COMPONENTS: usize = 3;
/// Most maintenance margin of the books searched, basis points of gross notional.
const MARGINS: [f64; 3] = [0.0, 100.0, 20.0];

/// Search real option chains for the books that the scenario set misses.
///
/// Finds, by linear programming, the books that lose most under a list of joint moves while their maintenance margin is at most 0, 1 % and 0.2 % of
/// gross notional. The regime is what the oracle would hold after the index prices of the snapshots. Format of the snapshots: docs/data.md.
#[derive(Debug, Args)]
pub struct AdversaryArgs {
    /// Folder of snapshot files.
    #[arg(long)]
    pub data: PathBuf,
    /// Days between two searches under the invented and the largest moves: they are tried on the first snapshot of every n-th
    /// day, the move that really came next on every snapshot.
    #[arg(long, default_value_t = 8)]
    pub every: usize,
    /// Only the first so many snapshots.
    #[arg(long)]
    pub snapshots: Option<usize>,
    /// Page whose section is rewritten.
    #[arg(long)]
    pub page: Option<PathBuf>,
}

/// The largest losses under one move.
pub struct Finding {
    coin: String,
    /// Of the chain, unix seconds.
    time: u64,
    /// In which the chain was margined.
    regime: Regime,
    family: Family,
    /// For each of [`MARGINS`], basis points of gross notional.
    losses: [f64; 3],
}

impl Finding {
    fn new(chain: &Chain, regime: Regime, family: Family, losses: [f64; 3]) -> Self {
        Self {
            coin: chain.coin.clone(),
            time: chain.time,
            regime,
            family,
            losses,
        }
    }
}

/// What a search brings home.
#[derive(Default)]
pub struct Found {
    findings: Vec<Finding>,
    forwards: Vec<ForwardMove>,
    /// At each chain.
    regimes: Vec<Regime>,
}

/// Runs the command.
///
/// # Errors
/// On unreadable input, a page that cannot be written, or when a program has no answer.
pub fn run(args: &AdversaryArgs) -> Result<()> {
    let started = std::time::Instant::now();
    check_every(args.every)?;
    args.page.iter().try_for_each(|path| check_writable(path))?;
    let sample = Sample {
        every: None,
        most: args.snapshots,
    };
    let snapshots = read(&args.data, sample)?;
    let series = by_coin(&snapshots, LEAST_MINUTES);
    let found = per_coin(&series, |_, chains| search(chains, args.every))?;
    let mut all = Found::default();
    for found in found {
        let found = found?;
        all.findings.extend(found.findings);
        all.forwards.extend(found.forwards);
        all.regimes.extend(found.regimes);
    }
    let text = report::text(args, snapshots.len(), &all);
    println!(
        "{text}\n{:.0} s on a thread per coin",
        started.elapsed().as_secs_f64()
    );
    match &args.page {
        Some(page) => crate::measurements::write_section(page, "adversary", &text),
        None => Ok(()),
    }
}

/// All findings over one coin's chains.
fn search(chains: &[Chain], every: usize) -> Result<Found> {
    let fits = fit_in_turn(chains, COMPONENTS);
    let real = RealMove::largest(&fits);
    let mut found = Found {
        regimes: regimes(chains),
        ..Found::default()
    };
    let progress = of_chains("searched", chains);
    for (at, (chain, fitted)) in chains.iter().zip(&fits).enumerate() {
        progress.at(at);
        let Ok(fitted) = fitted else { continue };
        let regime = found.regimes[at];
        let market = |until| Market::new((chain, fitted), regime, until);
        let mut note = |family, losses| {
            let finding = Finding::new(chain, regime, family, losses);
            found.findings.push(finding);
        };
        if let Some(Ok(next)) = fits.get(at + 1)
            && next.time <= fitted.time + LONGEST
        {
            let market = market(next.time + 60 * LEAST_MINUTES)?;
            note(Family::Next, market.losses(next)?);
            let shapes = shapes_alone(fitted, next);
            note(Family::Shapes, market.losses(&shapes)?);
            found.forwards.extend(forwards::moves(fitted, next));
        }
        if !sampled(chains, at, every) {
            continue;
        }
        let longer = market(fitted.time + LONGEST)?;
        for moved in &real {
            note(Family::Other, longer.losses(&moved.of(fitted)?)?);
        }
        let all = market(fitted.time)?;
        for (family, moved) in one_vol(fitted)?.into_iter().chain(neighbours(fitted)?) {
            note(family, all.losses(&moved)?);
        }
    }
    Ok(found)
}

/// Whether a chain is the first of every n-th day.
fn sampled(chains: &[Chain], at: usize, every: usize) -> bool {
    let day = |at: usize| chains.get(at).map(|c| c.time / 86_400);
    let first = at == 0 || day(at) != day(at - 1);
    let days = day(at).unwrap_or(0) - day(0).unwrap_or(0);
    first && (days as usize).is_multiple_of(every)
}

/// What an adversary may trade in one chain, and the scenario set over it.
pub struct Market {
    set: PricingSet,
    notional: Notional,
}

impl Market {
    /// Every quoted option of a fitted chain and a future per expiry, expiring after `until`.
    ///
    /// # Errors
    /// When a series cannot be priced.
    pub fn new(
        (chain, fitted): (&Chain, &FittedChain),
        regime: Regime,
        until: u64,
    ) -> Result<Self> {
        let alive = chain.expiries.iter().filter(|e| e.expiry > until);
        let series: Vec<SeriesKey> = alive.flat_map(tradable).collect();
        let notional = Notional(fitted.index * MULTIPLIER as f64);
        let context = in_regime(fitted, regime);
        let set = PricingSet::new(&series, &context, Level::Maintenance, notional);
        Ok(Self {
            set: set.map_err(|e| CliError::of(&e))?,
            notional,
        })
    }

    fn losses(&self, moved: &FittedChain) -> Result<[f64; 3]> {
        let mut losses = [0.0; 3];
        for (loss, margin) in losses.iter_mut().zip(MARGINS) {
            *loss = self.worst(moved, margin)?.loss;
        }
        Ok(losses)
    }

    /// The book that loses most when the chain becomes another, with at most so much margin (basis points of gross).
    ///
    /// # Errors
    /// When a series cannot be priced or the program has no answer.
    pub fn worst(&self, moved: &FittedChain, margin: f64) -> Result<Worst> {
        let after = marks(&self.set, &alone(moved), self.notional);
        let after = after.map_err(|e| CliError::of(&e))?;
        self.set.worst(&after, margin).map_err(|e| CliError::of(&e))
    }
}

fn tradable(expiry: &Expiry) -> Vec<SeriesKey> {
    let quoted = expiry.rows().filter(|r| r.bid.is_some() || r.ask.is_some());
    let options = quoted.filter_map(|r| margined::key(1, &r.instrument));
    let future = SeriesKey {
        market: 1,
        expiry: margined::minutes(expiry.expiry),
        strike: expiry.forward.round() as u32,
        kind: Kind::Future,
    };
    options.chain([future]).collect()
}
