//! `optio surface`: fit a chain, measure the fits over all days.

mod measure;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::error::Result;

/// Fit and measure volatility surfaces.
#[derive(Debug, Subcommand)]
pub enum SurfaceCommand {
    /// Fit every snapshot of a folder and report errors, marks against Deribit and time.
    Measure(MeasureArgs),
}

/// Arguments of `surface measure`.
#[derive(Debug, Args)]
pub struct MeasureArgs {
    /// Folder of snapshot files.
    #[arg(long)]
    pub data: PathBuf,
    /// Only every n-th file, its first snapshot.
    #[arg(long)]
    pub every: Option<usize>,
    /// Components a slice.
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
        SurfaceCommand::Measure(args) => measure::run(&args),
    }
}
