//! `optio demo`: a made-up market through the compiled contracts, from first report to last payout, in this process or
//! on a node.

mod html;
mod on_node;
pub mod pace;
mod party;
mod sold;
mod story;
pub mod summary;
pub mod synthetic;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use wasm_chain::Mode;

use crate::data::time::parse_timestamp;
use crate::error::{CliError, Result};
use crate::node::NodeArgs;
use crate::output::check_writable;
use crate::venue::Venue;
use pace::Pace;
use story::Story;

/// When the story begins on a chain that can be told the time.
const START: &str = "2026-03-02T04:00:00Z";

/// Run a synthetic market through the compiled contracts, in this process or on a node.
///
/// A seeded market: publish, calibrate, deposit, quote, trade, margin, a price fall with a margin call and a liquidation, expiry, fixing, settlement,
/// and a gap that takes an account through insurance and deleveraging. After every accepted message the engine's store is audited against the
/// invariants of docs/invariants.md.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Seed of the market.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// Where the HTML report is written.
    #[arg(long, default_value = "optio-demo.html")]
    pub html: PathBuf,
    /// Run the contracts as native code (no gas, no wasm needed).
    // Named one by one: an argument that conflicts with another lifts what a third requires of it.
    #[arg(long, conflicts_with_all = ["node", "lead", "key_file", "fee_denom", "gas_price", "fee_ceiling", "patience"])]
    pub native: bool,
    /// Run on a blockchain instead, through this node's RPC: local networks only, for the parties' keys are their names.
    #[arg(long)]
    pub node: Option<String>,
    /// With --node: seconds from the first report to the expiry, before rounding up to a minute.
    #[arg(long, default_value_t = 180, requires = "node")]
    pub lead: u64,
    /// Tell only this part of the story.
    #[arg(long, value_enum)]
    pub part: Option<Part>,
    /// With --node: where the run is recorded, optio-demo.jsonl unless said; it is replayed in this process afterwards and
    /// must end the same.
    #[arg(long)]
    pub record: Option<PathBuf>,
    /// How the chain is reached and paid.
    #[command(flatten)]
    pub chain: NodeArgs,
}

/// What can be told alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// From the first quote through a price fall and a liquidation to the last payout.
    Market,
    /// A leap in prices, and who bears what an account then owes.
    Gap,
}

/// Runs the command.
///
/// # Errors
/// When an artefact is missing, a step fails that should not, or an invariant breaks.
pub fn run(args: &DemoArgs) -> Result<()> {
    check_writable(&args.html)?;
    if let Some(url) = &args.node {
        return on_node::run(args, url);
    }
    let done = report(args, &in_process(args)?);
    if args.record.is_some() {
        println!("Nothing was recorded: --record is for a run on a node (--node).");
    }
    done
}

fn in_process(args: &DemoArgs) -> Result<Story> {
    let mode = if args.native {
        Mode::Native
    } else {
        Mode::Wasm
    };
    let pace = Pace::calm(parse_timestamp(START).unwrap_or_default());
    let venue = Venue::deploy(mode, pace.start, pace.window)?;
    story::tell(
        Venue::new(venue.sandbox.boxed()),
        pace,
        args.seed,
        args.part,
    )
}

fn report(args: &DemoArgs, story: &Story) -> Result<()> {
    println!("\n{}", summary::text(story));
    let page = html::page(story);
    std::fs::write(&args.html, page).map_err(|e| CliError::file(&args.html, e))?;
    println!("\nHTML report: {}", args.html.display());
    match story.venue.violations.first() {
        Some(first) => Err(CliError::new("E_OPTIO_INVARIANT", first.clone())),
        None => Ok(()),
    }
}
