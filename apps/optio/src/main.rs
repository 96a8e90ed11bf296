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

// First: all others print by its macros.
#[macro_use]
mod output;

mod book;
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
mod plot;
mod random;
mod regime;
mod replay;
mod series;
mod stress;
mod table;
mod venue;
mod within;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Options, priced, margined and settled by the contracts' own integer arithmetic.
#[derive(Debug, Parser)]
#[command(name = "optio", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

// What help says of a command is the doc of its arguments: the first paragraph in lists, all of it in `--help`.
#[derive(Debug, Subcommand)]
enum Command {
    Math(commands::math::MathArgs),
    Price(commands::price::PriceArgs),
    Margin(commands::margin::MarginArgs),
    Adversary(commands::adversary::AdversaryArgs),
    Backtest(commands::backtest::BacktestArgs),
    Deploy(deploy::DeployArgs),
    Demo(demo::DemoArgs),
    Gas(gas::GasArgs),
    Replay(replay::ReplayArgs),
    Stress(stress::StressArgs),
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
            ExitCode::from(error.exit)
        }
    }
}

/// Help and version go out as they are; anything else is one line on standard error.
fn usage(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind;
    let text = error.to_string();
    let said = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => missing(&text),
        _ => joined(&text),
    };
    eprintln!("error: E_OPTIO_USAGE: {said}");
    ExitCode::from(2)
}

/// What a help says to one who named no command: the usage, and which commands there are.
fn missing(help: &str) -> String {
    let usage = help.lines().find_map(|l| l.strip_prefix("Usage: "));
    let usage = usage.unwrap_or_default();
    let lines = help.lines().skip_while(|l| *l != "Commands:").skip(1);
    let names = lines
        .take_while(|l| !l.is_empty())
        .filter(|l| l.starts_with("  ") && !l.starts_with("   "))
        .filter_map(|l| l.split_whitespace().next())
        .filter(|name| *name != "help");
    let names: Vec<&str> = names.collect();
    let names = names.join(", ");
    format!("no command: {usage}, where <COMMAND> is one of {names}; --help says more")
}

/// What the parser says before it repeats the usage, on one line: what is wrong, then arguments, possible values or a tip.
fn joined(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let mut lines = lines
        .take_while(|l| !l.starts_with("Usage:") && !l.starts_with("For more information"))
        .filter(|l| !l.is_empty());
    let first = lines.next().unwrap_or_default();
    let first = first.strip_prefix("error: ").unwrap_or(first);
    let rest: Vec<&str> = lines.collect();
    if first.ends_with(':') {
        return format!("{first} {}", rest.join(", "));
    }
    let follow = |said: String, line: &&str| {
        let mark = if line.starts_with('[') { "" } else { ";" };
        format!("{said}{mark} {line}")
    };
    rest.iter().fold(first.to_owned(), follow)
}

#[cfg(test)]
mod tests {
    use super::{joined, missing};

    #[test]
    fn one_line_names_what_is_missing_or_possible() {
        let missing = "error: the following required arguments were not provided:\n  --kind <KIND>\n  --vol <VOL>\n\n\
                       Usage: optio price --kind <KIND>\n\nFor more information, try '--help'.\n";
        let said = "the following required arguments were not provided: --kind <KIND>, --vol <VOL>";
        assert_eq!(joined(missing), said);
        let value = "error: invalid value 'x' for '--kind <KIND>'\n  [possible values: call, put]\n\n  tip: try\n\n\
                     For more information, try '--help'.\n";
        let said = "invalid value 'x' for '--kind <KIND>' [possible values: call, put]; tip: try";
        assert_eq!(joined(value), said);
    }

    #[test]
    fn one_line_names_the_commands() {
        let help = "Fit.\n\nUsage: optio surface <COMMAND>\n\nCommands:\n  fit      Fit one\n           at a time\n  measure  Fit all\n  help     Print this\n\n\
                    Options:\n  -h, --help  Print help\n";
        let said = "no command: optio surface <COMMAND>, where <COMMAND> is one of fit, measure; --help says more";
        assert_eq!(missing(help), said);
    }
}
