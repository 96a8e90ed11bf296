//! The version stamp and the gate of migrations.

use cosmwasm_std::{Response, Storage};
use protocol_std::version;

use crate::error::EngineError;

const NAME: &str = "optio:margin-engine";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Stamps name and version at instantiation.
pub fn stamp(storage: &mut dyn Storage) -> Result<(), EngineError> {
    Ok(version::stamp(storage, NAME, VERSION)?)
}

/// Moves the same contract to a newer version. No hop has changed a record yet.
pub fn migrate(storage: &mut dyn Storage) -> Result<Response, EngineError> {
    version::check_upgrade(storage, NAME, VERSION)?;
    Ok(Response::new())
}
