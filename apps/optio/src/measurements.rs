//! Sections of a Markdown page that commands rewrite.

use std::path::Path;

use crate::error::{CliError, Result};

/// Replaces the section between `<!-- begin NAME -->` and `<!-- end NAME -->`, or appends it.
///
/// # Errors
/// When the page cannot be read or written.
pub fn write_section(page: &Path, name: &str, body: &str) -> Result<()> {
    let text = match std::fs::read_to_string(page) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            "# Measurements\n\nEvery section is written by the command it names.\n".to_owned()
        }
        Err(e) => return Err(CliError::file(page, e)),
    };
    let begin = format!("<!-- begin {name} -->");
    let end = format!("<!-- end {name} -->");
    let section = format!("{begin}\n{}\n{end}", body.trim());
    let replaced = match (text.find(&begin), text.find(&end)) {
        (Some(from), Some(to)) if from < to => {
            format!("{}{section}{}", &text[..from], &text[to + end.len()..])
        }
        _ => format!("{}\n\n{section}\n", text.trim_end()),
    };
    std::fs::write(page, replaced).map_err(|e| CliError::file(page, e))
}
