//! Committed gas figures that later builds are held against.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Gas by name, with the compiler that the figures belong to.
///
/// Under the same compiler figures must match exactly: wasm is deterministic. Another compiler makes other code, so
/// there a tolerance holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GasSnapshot {
    /// What built the artefacts, as [`crate::compiler`] says.
    pub compiler: String,
    /// The artefacts' checksums by name.
    pub checksums: BTreeMap<String, String>,
    /// SDK gas or VM gas (the name says which) by operation.
    pub gas: BTreeMap<String, u64>,
}

/// Why a snapshot does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SnapshotError {
    /// The file is missing or no snapshot.
    #[error("{0}")]
    File(String),
    /// Figures differ: one line each.
    #[error("gas differs from the committed snapshot (UPDATE_SNAPSHOTS=1 rewrites it):\n{0}")]
    Gas(String),
}

/// Allowed difference under another compiler, in percent.
const TOLERANCE_PERCENT: u64 = 2;

impl GasSnapshot {
    /// Compares with the committed file, or writes it when `UPDATE_SNAPSHOTS` is set.
    ///
    /// # Errors
    /// The file cannot be read or written, an operation is missing or new, or a figure differs by more than allowed.
    pub fn check(&self, path: &Path) -> Result<(), SnapshotError> {
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            return self.save(path);
        }
        let text = std::fs::read_to_string(path).map_err(|error| file_error(path, &error))?;
        let committed: Self =
            serde_json::from_str(&text).map_err(|error| file_error(path, &error))?;
        committed.compare(self)
    }

    fn save(&self, path: &Path) -> Result<(), SnapshotError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| file_error(path, &error))?;
        std::fs::write(path, text + "\n").map_err(|error| file_error(path, &error))
    }

    /// Whether `measured` agrees with this snapshot.
    ///
    /// # Errors
    /// [`SnapshotError::Gas`] with every operation that does not.
    pub fn compare(&self, measured: &Self) -> Result<(), SnapshotError> {
        let percent = if self.compiler == measured.compiler {
            0
        } else {
            TOLERANCE_PERCENT
        };
        let names: std::collections::BTreeSet<_> =
            self.gas.keys().chain(measured.gas.keys()).collect();
        let lines: Vec<String> = names
            .into_iter()
            .filter_map(|name| {
                difference(name, self.gas.get(name), measured.gas.get(name), percent)
            })
            .collect();
        if lines.is_empty() {
            Ok(())
        } else {
            Err(SnapshotError::Gas(lines.join("\n")))
        }
    }
}

fn difference(name: &str, old: Option<&u64>, new: Option<&u64>, percent: u64) -> Option<String> {
    let line = match (old, new) {
        (Some(old), Some(new)) if old.abs_diff(*new) * 100 <= old * percent => return None,
        (Some(old), Some(new)) => {
            format!(
                "{old} -> {new} ({:+.2} %)",
                (*new as f64 / *old as f64 - 1.0) * 100.0
            )
        }
        (Some(old), None) => format!("{old} -> not measured"),
        (None, Some(new)) => format!("new: {new}"),
        (None, None) => return None,
    };
    Some(format!("  {name}: {line}"))
}

fn file_error(path: &Path, error: &dyn std::fmt::Display) -> SnapshotError {
    SnapshotError::File(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{GasSnapshot, SnapshotError};

    fn snapshot(compiler: &str, gas: &[(&str, u64)]) -> GasSnapshot {
        GasSnapshot {
            compiler: compiler.to_owned(),
            checksums: Default::default(),
            gas: gas
                .iter()
                .map(|(name, gas)| ((*name).to_owned(), *gas))
                .collect(),
        }
    }

    #[test]
    fn same_compiler_is_exact() {
        let old = snapshot("a", &[("take", 1_000)]);
        assert_eq!(old.compare(&snapshot("a", &[("take", 1_000)])), Ok(()));
        assert!(matches!(
            old.compare(&snapshot("a", &[("take", 1_001)])),
            Err(SnapshotError::Gas(_))
        ));
    }

    #[test]
    fn another_compiler_has_two_percent() {
        let old = snapshot("a", &[("take", 1_000)]);
        assert_eq!(old.compare(&snapshot("b", &[("take", 1_020)])), Ok(()));
        assert!(old.compare(&snapshot("b", &[("take", 1_021)])).is_err());
        assert!(old.compare(&snapshot("b", &[("take", 979)])).is_err());
    }

    #[test]
    fn operations_must_be_the_same() {
        let old = snapshot("a", &[("take", 1_000)]);
        let error = old
            .compare(&snapshot("a", &[("publish", 5)]))
            .unwrap_err()
            .to_string();
        assert!(error.contains("publish: new: 5") && error.contains("take: 1000 -> not measured"));
    }
}
