//! Why the lens refuses.

use cosmwasm_std::StdError;
use protocol_std::binary::StoreError;
use protocol_std::funds::FundsError;
use protocol_std::version::VersionError;
use thiserror::Error;

/// The lens's errors; each message starts with a stable code.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum LensError {
    /// It takes no messages.
    #[error("E_LENS_READ_ONLY: the lens takes no messages")]
    ReadOnly,
    /// Expiries are whole minutes of the unix time.
    #[error("E_LENS_EXPIRY: {expiry} is no whole minute, or none of the first 2^32")]
    Expiry {
        /// What was asked for, unix seconds.
        expiry: u64,
    },
    /// A stored record.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Coins came along.
    #[error(transparent)]
    Funds(#[from] FundsError),
    /// The stored contract is another one, or not older.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// The chain's or the engine's own error.
    #[error("E_LENS_CHAIN: {0}")]
    Chain(String),
}

impl From<StdError> for LensError {
    fn from(error: StdError) -> Self {
        Self::Chain(error.to_string())
    }
}
