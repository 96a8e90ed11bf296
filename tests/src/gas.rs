//! Gas held against the committed snapshot `tests/snapshots/gas.json`.

use std::path::Path;
use std::sync::Mutex;

use cosmwasm_std::Checksum;
use wasm_chain::{GasSnapshot, artifacts_dir, compiler};

use crate::codes::HOW_TO_BUILD;

/// Compares one figure with the committed one: exactly under the same compiler, within 2 % under another. With
/// `UPDATE_SNAPSHOTS=1` it is written instead.
///
/// # Panics
/// They differ, or the snapshot has no such figure.
pub fn hold(name: &str, gas: u64) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    println!("{name}: {gas}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/gas.json");
    let folder = artifacts_dir();
    let compiler = compiler(&folder).expect(HOW_TO_BUILD);
    let committed: Option<GasSnapshot> = std::fs::read_to_string(&path)
        .ok()
        .map(|text| serde_json::from_str(&text).unwrap());
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        let mut gas_by_name = committed.map(|snapshot| snapshot.gas).unwrap_or_default();
        gas_by_name.insert(name.to_owned(), gas);
        let snapshot = GasSnapshot {
            compiler,
            checksums: checksums(&folder),
            gas: gas_by_name,
        };
        snapshot.check(&path).unwrap();
        return;
    }
    let committed = committed.expect("tests/snapshots/gas.json: UPDATE_SNAPSHOTS=1 writes it");
    let only = |snapshot: &GasSnapshot, gas: Option<u64>| GasSnapshot {
        gas: gas.map(|gas| (name.to_owned(), gas)).into_iter().collect(),
        ..snapshot.clone()
    };
    let old = only(&committed, committed.gas.get(name).copied());
    let new = only(
        &GasSnapshot {
            compiler,
            ..committed.clone()
        },
        Some(gas),
    );
    if let Err(error) = old.compare(&new) {
        panic!("{error}");
    }
}

fn checksums(folder: &Path) -> std::collections::BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    entries
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (
                name,
                Checksum::generate(&std::fs::read(&path).unwrap()).to_hex(),
            )
        })
        .collect()
}
