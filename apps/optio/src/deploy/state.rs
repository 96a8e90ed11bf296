//! The file that says where things are on a chain: for people, front ends and other tools.

use std::path::Path;

use sandbox::plan::Site;
use serde_json::{Map, Value, json};

use super::Deployment;
use crate::error::{CliError, Result};

/// Writes the file, whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, chain_id: &str, site: &Site, deployment: &Deployment<'_>) -> Result<()> {
    let contracts: Map<String, Value> = site
        .contracts
        .iter()
        .map(|(name, address)| {
            let (code_id, checksum) = match deployment.codes.get(name) {
                Some(code) => (code.id, code.checksum.to_hex()),
                None => (0, String::new()),
            };
            let entry = json!({ "address": address, "code_id": code_id, "checksum": checksum });
            ((*name).to_owned(), entry)
        })
        .collect();
    let state = json!({ "chain_id": chain_id, "owner": site.owner, "contracts": contracts });
    let text = serde_json::to_string_pretty(&state).map_err(|e| CliError::of(&e))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| CliError::file(folder, e))?;
    }
    let part = path.with_extension("part");
    std::fs::write(&part, text + "\n").map_err(|e| CliError::file(&part, e))?;
    std::fs::rename(&part, path).map_err(|e| CliError::file(path, e))
}
