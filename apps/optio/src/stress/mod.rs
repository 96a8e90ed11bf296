//! `optio stress`: what liquidation leaves of many accounts when prices fall, jump or fall silent.

mod agents;
mod agree;
mod between;
mod coin;
mod contracts;
mod html;
mod law;
mod path;
mod report;
mod rules;
mod run;
mod rungs;
mod sale;
mod scenario;
mod synthetic;
#[cfg(test)]
mod tests;
mod waterfall;

use std::path::PathBuf;

use clap::Args;
use wasm_chain::Mode;

use crate::error::{CliError, Result};
use crate::output::check_writable;
use crate::series::{Sample, Series, by_coin, per_coin, read};
use crate::within::within;
use coin::Coin;
use path::LAST;
use scenario::{Found, Plan, Scenario};

/// Most baskets searched for in a coin, and as many as are unless asked otherwise.
const BASKETS: usize = 1_000;

/// What a run is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Depth {
    /// The pure crates: every scenario, many accounts.
    #[default]
    Pure,
    /// The contracts themselves, then the pure crates at the same prices: both must agree to the last unit, and after a leap, where
    /// debts earn interest on the contracts alone, to a thousandth of what was lacking.
    Contracts,
}

/// Follow many accounts through falls, jumps, leaps and outages down the waterfall.
///
/// Accounts seeded at 1.0 to 1.3 times their initial margin live through real or made-up prices: keepers watch, buyers take slices, insurance pays,
/// whom nobody takes is closed against the other sides, what is still owed is shared over winners, under our margin and beside it under a static one. Format of the snapshots: docs/data.md.
#[derive(Debug, Args)]
pub struct StressArgs {
    /// Folder of snapshot files; without it a coin made up from the seed.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// What the accounts live on.
    #[arg(long, value_enum, default_value_t)]
    pub depth: Depth,
    /// With `--depth contracts`: the compiled contracts on the VM instead of native code.
    #[arg(long)]
    pub vm: bool,
    /// Accounts (20,000; on the contracts 1,000). With `--depth pure` all but the first two scenarios follow a tenth of them.
    #[arg(long, value_parser = within(1..=1_000_000_usize))]
    pub accounts: Option<usize>,
    /// Seed of accounts and prices.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Days of the made-up coin.
    #[arg(long, default_value_t = 16, value_parser = within(2..=366_u64))]
    pub days: u64,
    /// Only the first so many snapshots.
    #[arg(long)]
    pub snapshots: Option<usize>,
    /// Seconds between two looks at accounts below maintenance.
    #[arg(long, default_value_t = 240, value_parser = within(1..=86_400_u64))]
    pub tick: u64,
    /// Healthy accounts are looked at in every so many ticks.
    #[arg(long, default_value_t = 5, value_parser = within(1..=1_000_usize))]
    pub scan: usize,
    /// Hours that an account lives, if none of its options expires before.
    #[arg(long, default_value_t = 24, value_parser = within(1..=8_784_u64))]
    pub life: u64,
    /// Least reward that buyers accept, parts per million of margin.
    #[arg(long, default_value_t = 20_000, value_parser = within(-100_000..=1_000_000_i32), allow_negative_numbers = true)]
    pub appetite: i32,
    /// Insurance of each market at the start, USD.
    #[arg(long, default_value_t = 1_000_000, value_parser = within(0..=1_000_000_000_000_u128))]
    pub fund: u128,
    /// Seconds a keeper takes to act, in the scenario of late keepers.
    #[arg(long, default_value_t = 3_600, value_parser = within(0..=31_622_400_u64))]
    pub delay: u64,
    /// Seconds without keepers from the start of the worst fall, in the scenario of their outage.
    #[arg(long, default_value_t = 21_600, value_parser = within(0..=31_622_400_u64))]
    pub outage: u64,
    /// Seconds without prices from the start of the worst fall, in the scenario of an oracle gap.
    #[arg(long, default_value_t = 10_800, value_parser = within(0..=31_622_400_u64))]
    pub gap: u64,
    /// Per cent by which the price leaps within one report, in the scenario of a leap; twice that in a further one.
    #[arg(long, default_value_t = 40, value_parser = within(1..=400_u32))]
    pub leap: u32,
    /// Baskets searched for in each coin, at most one a chain.
    #[arg(long, default_value_t = BASKETS, value_parser = within(1..=BASKETS))]
    pub baskets: usize,
    /// Where the HTML report is written.
    #[arg(long)]
    pub html: Option<PathBuf>,
    /// Page whose section is rewritten.
    #[arg(long)]
    pub page: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// On unreadable input, or when the ledger does not come out even.
pub fn run(args: &StressArgs) -> Result<()> {
    let mut written = args.html.iter().chain(&args.page);
    written.try_for_each(|path| check_writable(path))?;
    let started = std::time::Instant::now();
    let coins = coins(args)?;
    println!(
        "prices ready after {:.0} s",
        started.elapsed().as_secs_f64()
    );
    if args.depth == Depth::Contracts {
        let mode = if args.vm { Mode::Wasm } else { Mode::Native };
        return agree::run_both(args, &coins[0], mode, started);
    }
    let mut results = Vec::new();
    for scenario in Scenario::all(args) {
        let found = scenario.run(&coins, &Plan::of(args))?;
        println!(
            "{:>5.0} s  {}: {}",
            started.elapsed().as_secs_f64(),
            scenario.name,
            found.line()
        );
        results.push(found);
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("\n{seconds:.0} s in all{}", report::peak());
    hand_out(args, &coins, &results, seconds)
}

/// Prints and writes what was found.
fn hand_out(args: &StressArgs, coins: &[Coin], results: &[Found], seconds: f64) -> Result<()> {
    let text = report::text(args, coins, results, seconds)?;
    println!("\n{text}");
    if let Some(path) = &args.html {
        std::fs::write(path, html::page(coins, results)?).map_err(|e| CliError::file(path, e))?;
    }
    if let Some(page) = &args.page {
        crate::measurements::write_section(page, "stress", &text)?;
    }
    let walks = report::walks(results)?;
    let uneven = walks.iter().find(|(_, walk)| !walk.is_even());
    let broken = results.iter().find(|found| !found.is_exact());
    let broken = broken.map(|found| found.scenario.name);
    match broken.or(uneven.map(|(name, _)| *name)) {
        Some(name) => {
            let said = format!("the ledger of `{name}` is not even");
            Err(CliError::new("E_OPTIO_INVARIANT", said))
        }
        None => Ok(()),
    }
}

/// The coins with their fits, a thread each.
fn coins(args: &StressArgs) -> Result<Vec<Coin>> {
    let series: Series = match &args.data {
        Some(folder) => {
            let sample = Sample {
                every: None,
                most: args.snapshots,
            };
            by_coin(&read(folder, sample)?, LAST / 60)
        }
        None => [("BTC", 100.0, 90_000.0, 0), ("ETH", 10.0, 3_000.0, 1)]
            .map(|(coin, grid, spot, more)| {
                let chains =
                    synthetic::chains(coin, grid, spot, args.days, args.seed.wrapping_add(more));
                (coin.to_owned(), chains)
            })
            .into(),
    };
    let coins = per_coin(&series, |name, chains| {
        Coin::fit(name, chains).searched(args.baskets)
    })?;
    let coins = coins.into_iter().collect::<Result<Vec<_>>>()?;
    match coins.iter().find(|coin| coin.chains.len() < 2) {
        Some(coin) => Err(CliError::input(format!("too few chains of {}", coin.name))),
        None => Ok(coins),
    }
}
