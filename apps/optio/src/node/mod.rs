//! A real chain behind a node's RPC: how it is reached, what was sent to it, and the same again in this process.

mod chain;
pub mod genesis;
pub mod record;
mod recorded;
pub mod verify;

use std::path::PathBuf;
use std::time::Duration;

use chain_client::{Client, ClientError, Fees, Key, Settings};
use clap::Args;
use cosmwasm_std::Checksum;
use sandbox::codes::HOW_TO_BUILD;
use wasm_chain::Code;

use crate::error::{CliError, Result};

pub use chain::NodeChain;
pub use recorded::Recorded;

/// Where a secret is looked for when no file is named.
pub const KEY_VARIABLE: &str = "OPTIO_KEY";

/// How a blockchain is reached and paid.
#[derive(Debug, Clone, Args)]
pub struct NodeArgs {
    /// Prefix of the blockchain's addresses.
    #[arg(long, default_value = "wasm")]
    pub prefix: String,
    /// File with the secret key that pays and owns, 64 hexadecimal digits; without it the variable OPTIO_KEY is read.
    #[arg(long, requires = "node")]
    pub key_file: Option<PathBuf>,
    /// Denomination of fees.
    #[arg(long, default_value = "stake", requires = "node")]
    pub fee_denom: String,
    /// Price of a million gas in base units.
    #[arg(long, default_value_t = 25_000, requires = "node")]
    pub gas_price: u128,
    /// The most that one transaction may cost, base units.
    #[arg(long, default_value_t = 1_000_000, requires = "node")]
    pub fee_ceiling: u128,
    /// Seconds to wait for a node that does not answer.
    #[arg(long, default_value_t = 60, requires = "node")]
    pub patience: u64,
}

impl NodeArgs {
    /// Connects, and loads the key.
    ///
    /// # Errors
    /// No key, no node, or an address that is none.
    pub fn connect(&self, url: &str) -> Result<(Client, Key)> {
        let key = Key::load(self.key_file.as_deref(), KEY_VARIABLE).map_err(|e| refused(&e))?;
        let settings = Settings {
            url: url.to_owned(),
            prefix: self.prefix.clone(),
            fees: Fees {
                denom: self.fee_denom.clone(),
                per_million: self.gas_price,
                ceiling: self.fee_ceiling,
            },
            patience: Duration::from_secs(self.patience),
            notice: |text| eprintln!("{text}"),
        };
        let client = Client::connect(settings).map_err(|e| refused(&e))?;
        Ok((client, key))
    }
}

/// The artefact of a code, and its SHA-256.
///
/// # Errors
/// It cannot be read.
pub fn artifact(code: &Code) -> Result<(Vec<u8>, Checksum)> {
    let path = wasm_chain::artifacts_dir().join(format!("{}.wasm", code.name()));
    let wasm =
        std::fs::read(&path).map_err(|e| CliError::file(&path, format!("{e} ({HOW_TO_BUILD})")))?;
    let checksum = Checksum::generate(&wasm);
    Ok((wasm, checksum))
}

/// An error of the client as one of the command, under the contract's code if there is one.
pub fn refused(error: &ClientError) -> CliError {
    crate::venue::failed(&wasm_chain::ChainError::new(error.to_string()))
}
