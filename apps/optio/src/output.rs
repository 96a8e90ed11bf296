//! How answers are shown.

use std::io::{ErrorKind, Write as _};

use crate::error::{CliError, Result};

/// As the standard library's, by way of [`put`].
macro_rules! print {
    ($($part:tt)*) => { $crate::output::put(format_args!($($part)*)) };
}

/// As the standard library's, by way of [`put`].
macro_rules! println {
    () => { $crate::output::put(format_args!("\n")) };
    ($($part:tt)*) => { $crate::output::put(format_args!("{}\n", format_args!($($part)*))) };
}

/// Writes to standard output. A reader who goes away ends the output and not the work: a demo still writes its page, a
/// deployment still ends.
pub fn put(text: std::fmt::Arguments<'_>) {
    match std::io::stdout().lock().write_fmt(text) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            eprintln!("error: E_OPTIO_OUTPUT: {error}");
            std::process::exit(2)
        }
        _ => {}
    }
}

/// Readable or for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// A readable table.
    #[default]
    Table,
    /// One JSON value; amounts are decimal strings.
    Json,
}

/// Says on standard error how far a long work has come, at each twentieth of it.
pub struct Progress<'a> {
    coin: &'a str,
    what: &'a str,
    of: usize,
}

impl<'a> Progress<'a> {
    /// Of work on so many chains of one coin.
    pub const fn new(coin: &'a str, what: &'a str, of: usize) -> Self {
        Self { coin, what, of }
    }

    /// So many are done.
    pub fn at(&self, done: usize) {
        let twentieth = |done: usize| done * 20 / self.of.max(1);
        if twentieth(done) > twentieth(done.saturating_sub(1)) {
            let Self { what, coin, of } = self;
            // Who does not read it misses nothing else.
            let _ = writeln!(std::io::stderr(), "{coin}: {done} of {of} chains {what}");
        }
    }
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
