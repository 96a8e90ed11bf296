//! Checks every artefact and prints its figures: `check-wasm [FILE...]` (no file: all of the artefact folder).
//!
//! A file whose name ends in `_probe.wasm` is a bench: it ships nowhere and may hold floats.

use std::path::PathBuf;
use std::process::ExitCode;

use wasm_chain::artifacts_dir;
use wasm_chain::check::{CheckError, Figures, check, check_floats};

fn main() -> ExitCode {
    let named: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let files = if named.is_empty() { all() } else { named };
    if files.is_empty() {
        eprintln!("error: no artefact in {}", artifacts_dir().display());
        return ExitCode::from(2);
    }
    let failures = files.iter().filter(|file| !report(file)).count();
    println!("{} artefacts, {failures} refused", files.len());
    ExitCode::from(u8::from(failures > 0))
}

fn all() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(artifacts_dir());
    let mut files: Vec<PathBuf> = folder
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .collect();
    files.sort();
    files
}

/// Whether the file passed; says so.
fn report(file: &PathBuf) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let result = std::fs::read(file).map_err(|error| error.to_string());
    let check = |wasm: Vec<u8>| strict(&name, &wasm).map_err(|error| error.to_string());
    match result.and_then(check) {
        Ok(figures) => {
            println!(
                "{name:<24} {:>7} bytes {:>5} functions {:>4} locals {:>3} float instructions",
                figures.bytes, figures.functions, figures.locals, figures.float_operators
            );
            true
        }
        Err(error) => {
            println!("{name:<24} REFUSED: {error}");
            false
        }
    }
}

fn strict(name: &str, wasm: &[u8]) -> Result<Figures, CheckError> {
    let figures = check(wasm)?;
    if !name.ends_with("_probe.wasm") {
        check_floats(&figures)?;
    }
    Ok(figures)
}
