//! The built artefacts: checked as a chain checks them, and held against the committed sizes.

use std::collections::BTreeMap;
use std::path::Path;

use optio_tests::codes::HOW_TO_BUILD;
use serde::{Deserialize, Serialize};
use wasm_chain::check::{check, check_floats};
use wasm_chain::{artifacts_dir, compiler};

/// What is committed: under the same compiler it must match exactly, bytes and all.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Sizes {
    compiler: String,
    artefacts: BTreeMap<String, Size>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Size {
    bytes: usize,
    sha256: String,
}

/// Allowed growth under another compiler, in percent.
const TOLERANCE_PERCENT: usize = 2;

fn measure() -> Sizes {
    let folder = artifacts_dir();
    let mut artefacts = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).expect(HOW_TO_BUILD).flatten() {
        let path = entry.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "wasm")
        {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let figures = check(&std::fs::read(&path).unwrap())
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            // A bench ships nowhere and may hold float baselines.
            if !name.ends_with("_probe") {
                check_floats(&figures).unwrap_or_else(|error| panic!("{name}: {error}"));
            }
            artefacts.insert(
                name,
                Size {
                    bytes: figures.bytes,
                    sha256: figures.sha256,
                },
            );
        }
    }
    Sizes {
        compiler: compiler(&folder).unwrap(),
        artefacts,
    }
}

#[test]
fn artefacts_pass_and_match_the_snapshot() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/sizes.json");
    let measured = measure();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        let text = serde_json::to_string_pretty(&measured).unwrap();
        return std::fs::write(path, text + "\n").unwrap();
    }
    let committed: Sizes = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    if committed.compiler == measured.compiler {
        assert_eq!(
            committed, measured,
            "UPDATE_SNAPSHOTS=1 rewrites the snapshot"
        );
        return;
    }
    let names = |sizes: &Sizes| sizes.artefacts.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&committed), names(&measured));
    for (name, old) in &committed.artefacts {
        let new = measured.artefacts[name].bytes;
        assert!(
            new * 100 <= old.bytes * (100 + TOLERANCE_PERCENT),
            "{name}: {} -> {new} bytes",
            old.bytes
        );
    }
}
