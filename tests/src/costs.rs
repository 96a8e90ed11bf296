//! The section of docs/measurements.md with the committed gas and size snapshots as tables.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

const BEGIN: &str = "<!-- begin costs -->\n";
const END: &str = "<!-- end costs -->";

/// The committed page with its section as the snapshots in `tests/snapshots` have it.
///
/// # Panics
/// The page or a snapshot is missing, or is not what is written here.
pub fn page() -> String {
    let text = read("../docs/measurements.md");
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    format!("{before}{BEGIN}{}{END}{after}", section())
}

fn section() -> String {
    let (gas, sizes) = (snapshot("gas"), snapshot("sizes"));
    let mut page = format!(
        "## Gas and sizes\n\nGenerated from `tests/snapshots` (`scripts/schema`); `cargo test -p optio-tests` measures every figure again on the \
         CosmWasm VM and fails when it differs. Contracts are pinned. Built by {}.\n",
        gas["compiler"].as_str().unwrap()
    );
    let figures = gas["gas"].as_object().unwrap();
    page += "\n### Messages\n\n| message | SDK gas |\n|---|---|\n";
    for (name, gas) in figures
        .iter()
        .filter(|(name, _)| !name.starts_with("VM gas of "))
    {
        writeln!(page, "| {name} | {gas} |").unwrap();
    }
    page += "\n### Mathematics\n\n`NaiveCallPut` and `FloatCallPut` are the baselines, compiled into the same contract: the textbook algorithm on the \
             `fixed` crate's operators, and in double precision. A worst case far above its median took the path that widens until the rounding is \
             decided. A leg in 32 pricings is what one leg adds: the pricings stand ready. 140,000 VM gas are one SDK gas.\n\n| function and rows | VM gas |\n|---|---|\n";
    for (name, gas) in figures {
        if let Some(name) = name.strip_prefix("VM gas of ") {
            writeln!(page, "| {name} | {gas} |").unwrap();
        }
    }
    page += "\n### Artefacts\n\nThe chain refuses more than 819200 bytes.\n\n| artefact | bytes | sha256 |\n|---|---|---|\n";
    for (name, artefact) in sizes["artefacts"].as_object().unwrap() {
        let (bytes, sha256) = (&artefact["bytes"], artefact["sha256"].as_str().unwrap());
        writeln!(page, "| {name} | {bytes} | `{sha256}` |").unwrap();
    }
    page
}

fn snapshot(name: &str) -> Value {
    serde_json::from_str(&read(&format!("snapshots/{name}.json"))).unwrap()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}
