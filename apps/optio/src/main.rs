//! The Optio command: deploy, demo, replay, calculators.
#![allow(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "an off-chain tool: what it computes is shown, never trusted by a contract"
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod commands;
mod data;
mod decimal;
mod demo;
mod deploy;
mod error;
mod fitted;
mod gas;
mod margined;
mod measurements;
mod node;
mod output;
mod plot;
mod random;
mod replay;
mod series;
mod stress;
mod table;
mod venue;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Options, priced, margined and settled by the contracts' own integer arithmetic.
#[derive(Debug, Parser)]
#[command(name = "optio", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Evaluate a function on I64F64 bit patterns, line by line.
    Math(commands::math::MathArgs),
    /// Price one option under Black-76.
    Price(commands::price::PriceArgs),
    /// Margin of a book of a snapshot's options.
    Margin(commands::margin::MarginArgs),
    /// Search real chains for the books that the scenario set misses.
    Adversary(commands::adversary::AdversaryArgs),
    /// Margins of random books over real chains, and what the books lost.
    Backtest(commands::backtest::BacktestArgs),
    /// Put the contracts on a chain.
    Deploy(deploy::DeployArgs),
    /// Run a synthetic market through the compiled contracts, in this process or on a node.
    Demo(demo::DemoArgs),
    /// Hold the gas meter of this process against a node.
    Gas(gas::GasArgs),
    /// Run real chains through the compiled contracts.
    Replay(replay::ReplayArgs),
    /// Follow many accounts through falls, jumps and outages down the waterfall.
    Stress(stress::StressArgs),
    /// Fit and measure volatility surfaces.
    #[command(subcommand)]
    Surface(commands::surface::SurfaceCommand),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let result = match cli.command {
        Command::Math(args) => commands::math::run(&args),
        Command::Price(args) => commands::price::run(&args),
        Command::Margin(args) => commands::margin::run(&args),
        Command::Adversary(args) => commands::adversary::run(&args),
        Command::Backtest(args) => commands::backtest::run(&args),
        Command::Deploy(args) => deploy::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Gas(args) => gas::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Stress(args) => stress::run(&args),
        Command::Surface(command) => commands::surface::run(command),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Help and version go out as they are; anything else is one line on standard error.
fn usage(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind;
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        print!("{error}");
        return ExitCode::SUCCESS;
    }
    let text = error.to_string();
    let first = text
        .lines()
        .find(|l| !l.trim().is_empty())
        .unwrap_or_default();
    let first = first.trim().strip_prefix("error: ").unwrap_or(first);
    eprintln!("error: E_OPTIO_USAGE {first}");
    ExitCode::from(2)
}
