//! `optio demo`: a made-up market through the compiled contracts, from first report to last payout.

mod html;
mod story;
pub mod summary;
pub mod synthetic;

use std::path::PathBuf;

use clap::Args;
use wasm_chain::Mode;

use crate::error::{CliError, Result};

/// Runs a seeded synthetic market through the compiled contracts: publish, calibrate, deposit,
/// quote, trade, margin, a price fall, expiry, fixing, settlement, with the ledger checked after
/// every message.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Seed of the market.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// Where the HTML report is written.
    #[arg(long, default_value = "optio-demo.html")]
    pub html: PathBuf,
    /// Run the contracts as native code (no gas, no wasm needed).
    #[arg(long)]
    pub native: bool,
}

/// Runs the command.
///
/// # Errors
/// When an artefact is missing, a step fails that should not, or an invariant breaks.
pub fn run(args: &DemoArgs) -> Result<()> {
    let mode = if args.native {
        Mode::Native
    } else {
        Mode::Wasm
    };
    let story = story::tell(mode, args.seed)?;
    println!("\n{}", summary::text(&story));
    let page = html::page(&story);
    std::fs::write(&args.html, page).map_err(|e| CliError::file(&args.html, e))?;
    println!("\nHTML report: {}", args.html.display());
    match story.venue.violations.first() {
        Some(first) => Err(CliError::new("E_OPTIO_INVARIANT", first.clone())),
        None => Ok(()),
    }
}
