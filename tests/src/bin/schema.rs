//! Writes every generated file, those of [`optio_tests::schema::pages`], or with `--check` says which are out of date.

use std::path::Path;
use std::process::ExitCode;

use optio_tests::schema::{outdated, write};

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."));
    if !std::env::args().any(|argument| argument == "--check") {
        return match write(root) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let outdated = outdated(root);
    for path in &outdated {
        println!(
            "out of date: {} (scripts/schema rewrites it)",
            path.display()
        );
    }
    ExitCode::from(u8::from(!outdated.is_empty()))
}
