//! Migrations: one gate, then one step per version. There is no older version yet.

use cosmwasm_std::{Response, Storage};
use protocol_std::version;

use crate::contract::{NAME, VERSION};
use crate::error::ContractError;

/// Passes the gate and stamps this version.
pub fn run(storage: &mut dyn Storage) -> Result<Response, ContractError> {
    let from = version::check_upgrade(storage, NAME, VERSION)?;
    Ok(Response::new()
        .add_attribute("from", from)
        .add_attribute("to", VERSION))
}
