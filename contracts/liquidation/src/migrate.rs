//! The version stamp and the gate it makes for migrations.

use cosmwasm_std::{Response, Storage};
use protocol_std::version;

use crate::error::ContractError;

const NAME: &str = "optio:liquidation";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Writes name and version.
pub fn stamp(storage: &mut dyn Storage) -> Result<(), ContractError> {
    Ok(version::stamp(storage, NAME, VERSION)?)
}

/// Accepts only an older version of this contract.
pub fn migrate(storage: &mut dyn Storage) -> Result<Response, ContractError> {
    version::check_upgrade(storage, NAME, VERSION)?;
    Ok(Response::new())
}
