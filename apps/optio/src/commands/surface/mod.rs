//! `optio surface`: fit a chain, measure the fits over all days.

mod fit;
mod measure;

pub use fit::smile_plot;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::error::Result;
use crate::output::Format;

/// Fit and measure volatility surfaces.
#[derive(Debug, Subcommand)]
pub enum SurfaceCommand {
    Fit(FitArgs),
    Measure(MeasureArgs),
}

/// Fit the surface of one snapshot and put it before the on-chain test.
///
/// Each expiry of each coin becomes a mixture of lognormals in integers; what the oracle adapter would refuse is shown as refused, with code
/// and reason by expiry, beside what it would accept. Exit code 1 then, 2 for wrong input. The errors `rms_vol_points` and `max_vol_points` are over
/// the strikes near enough to the forward, n(d1) > 0.02 (docs/spec/calibration.md), of which there are `strikes`; farther ones are not in them.
/// Format of the snapshot: docs/data.md.
#[derive(Debug, Args)]
pub struct FitArgs {
    /// Snapshot file (`.csv` or `.csv.gz`).
    pub snapshot: PathBuf,
    /// Time of the snapshot within the file; the first by default.
    #[arg(long)]
    pub at: Option<String>,
    /// Only this coin.
    #[arg(long)]
    pub coin: Option<String>,
    /// Components a slice, 2 to 4.
    #[arg(long, default_value_t = 3)]
    pub components: usize,
    /// Write the smiles to this SVG file.
    #[arg(long)]
    pub plot: Option<PathBuf>,
    /// How the answer is shown.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Fit every snapshot of a folder and report errors, marks against Deribit's and time.
///
/// Format of the snapshots: docs/data.md.
#[derive(Debug, Args)]
pub struct MeasureArgs {
    /// Folder of snapshot files.
    #[arg(long)]
    pub data: PathBuf,
    /// Only every n-th file, its first snapshot.
    #[arg(long)]
    pub every: Option<usize>,
    /// Components a slice, 2 to 4; may be given several times.
    #[arg(long, default_values_t = [3usize, 4])]
    pub components: Vec<usize>,
    /// Page whose sections are rewritten.
    #[arg(long)]
    pub page: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// On unreadable input.
pub fn run(command: SurfaceCommand) -> Result<()> {
    match command {
        SurfaceCommand::Fit(args) => fit::run(&args),
        SurfaceCommand::Measure(args) => measure::run(&args),
    }
}
