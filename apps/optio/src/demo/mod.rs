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
use crate::venue::Venue;
use pace::Pace;
use story::Story;

/// When the story begins on a chain that can be told the time.
const START: &str = "2026-03-02T04:00:00Z";

/// Runs a seeded synthetic market through the compiled contracts: publish, calibrate, deposit,
/// quote, trade, margin, a price fall with a margin call and a liquidation, expiry, fixing, settlement, and a gap
/// that takes an account through insurance and deleveraging, with the ledger checked after every message.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Seed of the market.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// Where the HTML report is written.
    #[arg(long, default_value = "optio-demo.html")]
    pub html: PathBuf,
    /// Run the contracts as native code (no gas, no wasm needed).
    #[arg(long, conflicts_with = "node")]
    pub native: bool,
    /// Run on a chain instead, through this node's RPC: local networks only, for the parties' keys are their names.
    #[arg(long)]
    pub node: Option<String>,
    /// With --node: seconds from the first report to the expiry, before rounding up to a minute.
    #[arg(long, default_value_t = 180)]
    pub lead: u64,
    /// Tell only this part of the story.
    #[arg(long, value_enum)]
    pub part: Option<Part>,
    /// With --node: where the run is recorded; it is replayed in this process afterwards and must end the same.
    #[arg(long, default_value = "optio-demo.jsonl")]
    pub record: PathBuf,
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
    match &args.node {
        Some(url) => on_node::run(args, url),
        None => report(args, &in_process(args)?),
    }
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
        (args.seed, args.part),
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
