//! How answers are shown.

use crate::error::{CliError, Result};

/// Readable or for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// A readable table.
    #[default]
    Table,
    /// One JSON value; amounts are decimal strings.
    Json,
}

/// Prints a JSON value.
///
/// # Errors
/// When it cannot be written.
pub fn json(value: &serde_json::Value) -> Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(|e| CliError::of(&e))?;
    println!("{text}");
    Ok(())
}

/// Checks that a file can be written, before a long run that ends by writing it; leaves no file behind.
///
/// # Errors
/// When it cannot.
pub fn check_writable(path: &std::path::Path) -> Result<()> {
    let there = path.exists();
    let mut options = std::fs::OpenOptions::new();
    let opened = options.append(true).create(true).open(path);
    opened.map_err(|e| CliError::file(path, e))?;
    if there {
        return Ok(());
    }
    std::fs::remove_file(path).map_err(|e| CliError::file(path, e))
}

/// A decimal string without trailing zeros.
pub fn decimal(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    if !text.contains('.') {
        return text;
    }
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" {
        "0".to_owned()
    } else {
        short.to_owned()
    }
}
