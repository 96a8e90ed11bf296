//! `optio replay`: real chains through the compiled contracts, day after day.

mod calls;
mod compare;
mod desk;
mod prepare;
mod run;
mod summary;

use std::path::PathBuf;

use clap::Args;
use wasm_chain::Mode;

use crate::error::{CliError, Result};
use crate::fitted::check_components;
use crate::output::check_writable;

/// Run real option chains through the compiled contracts.
///
/// Takes a folder of snapshots (docs/data.md): calibrates and publishes each, compares marks and deltas with the exchange's, lets random accounts
/// trade at the real bid and ask, settles expiries (between snapshots the price follows a seeded bridge), and holds every message to the engine
/// against the invariants of docs/invariants.md.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Folder of snapshot files.
    #[arg(long)]
    pub data: PathBuf,
    /// Random accounts.
    #[arg(long, default_value_t = 24)]
    pub accounts: usize,
    /// Seed of the accounts' choices and of the bridges.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Only the first so many snapshots.
    #[arg(long)]
    pub snapshots: Option<usize>,
    /// Components a slice, 2 to 4.
    #[arg(long, default_value_t = 3)]
    pub components: usize,
    /// Run the contracts as native code (no gas, no wasm needed).
    #[arg(long)]
    pub native: bool,
    /// Write the error of every expiry of every snapshot to this CSV file.
    #[arg(long)]
    pub errors: Option<PathBuf>,
    /// Page whose section is rewritten.
    #[arg(long)]
    pub page: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// On unreadable input, a missing artefact, or a broken invariant.
pub fn run(args: &ReplayArgs) -> Result<()> {
    check_components(args.components)?;
    if args.accounts == 0 || args.accounts > 1_000 {
        return Err(CliError::input("accounts must be 1 to 1000"));
    }
    let mut written = args.errors.iter().chain(&args.page);
    written.try_for_each(|path| check_writable(path))?;
    let started = std::time::Instant::now();
    let prepared = prepare::prepare(args)?;
    if let Some(path) = &args.errors {
        std::fs::write(path, prepare::errors_csv(&prepared))
            .map_err(|e| CliError::file(path, e))?;
    }
    let fitted = started.elapsed().as_secs_f64();
    println!(
        "{} snapshots fitted and compared in {fitted:.1} s",
        prepared.len()
    );
    let mode = if args.native {
        Mode::Native
    } else {
        Mode::Wasm
    };
    let outcome = run::run(args, mode, &prepared)?;
    let text = summary::text(
        args,
        &prepared,
        &outcome,
        (fitted, started.elapsed().as_secs_f64()),
    );
    println!("\n{text}");
    if let Some(page) = &args.page {
        crate::measurements::write_section(page, "replay", &text)?;
    }
    match outcome.venue.violations.first() {
        Some(first) => Err(CliError::new("E_OPTIO_INVARIANT", first.clone())),
        None => Ok(()),
    }
}
