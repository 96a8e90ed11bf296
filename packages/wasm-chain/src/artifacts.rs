//! Where the built artefacts lie, and what built them.

use std::path::{Path, PathBuf};

use crate::error::ChainError;

/// Names the folder with the artefacts, instead of the search.
const VARIABLE: &str = "WASM_ARTIFACTS";

/// The folder with the built artefacts: `$WASM_ARTIFACTS`, else the first folder `artifacts` with a `checksums.txt`, from
/// the current folder upwards, else `artifacts` in the current folder, whether it is there or not.
pub fn artifacts_dir() -> PathBuf {
    if let Some(folder) = std::env::var_os(VARIABLE) {
        return folder.into();
    }
    let here = std::env::current_dir().unwrap_or_default();
    here.ancestors()
        .map(|folder| folder.join("artifacts"))
        .find(|folder| folder.join("checksums.txt").is_file())
        .unwrap_or_else(|| here.join("artifacts"))
}

/// What built the artefacts: the first line of `checksums.txt` in their folder, without a leading `# `. So whoever writes
/// the list says it there, for example `# rustc 1.95.0 (...), binaryen 132.0.0`. [`crate::GasSnapshot`] compares it.
///
/// # Errors
/// The list cannot be read: nothing was built.
pub fn compiler(folder: &Path) -> Result<String, ChainError> {
    let list = read(&folder.join("checksums.txt"))?;
    let text = String::from_utf8_lossy(&list);
    Ok(text
        .lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("# ")
        .to_owned())
}

/// Reads a file of the folder.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, ChainError> {
    std::fs::read(path).map_err(|error| {
        let what = format!("{}: {error}", path.display());
        ChainError::new(format!(
            "{what} (was it built? {VARIABLE} can name another folder)"
        ))
    })
}
