//! Why a call over the RPC failed.

/// An error of the client, with a stable code in front.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The node does not answer, for longer than the client is patient.
    #[error("E_CHAIN_UNREACHABLE: {0}")]
    Unreachable(String),
    /// The node answered something that cannot be read.
    #[error("E_CHAIN_ANSWER: {0}")]
    Answer(String),
    /// The chain or a contract refused; the text holds the contract's own code.
    #[error("E_CHAIN_REFUSED: {0}")]
    Refused(String),
    /// The fee would pass the ceiling; nothing was sent.
    #[error("E_CHAIN_FEE_CEILING: {fee} {denom} for {gas} gas, ceiling {ceiling}")]
    FeeCeiling {
        /// Gas that would be bought.
        gas: u64,
        /// What it would cost, base units.
        fee: u128,
        /// The most the user allows, base units.
        ceiling: u128,
        /// Denomination of both.
        denom: String,
    },
    /// No block took the transaction before its timeout height; it never will be included.
    #[error("E_CHAIN_TIMEOUT: {0} was not included up to block {1}")]
    Timeout(String, u64),
    /// Other bytes of the same key were included in its place, or are under way: nothing of this was done, but whoever sent
    /// those may have done the same. The caller looks before it asks again.
    #[error("E_CHAIN_TAKEN: {0}")]
    Taken(String),
    /// The account is of a kind whose number and sequence are not known how to read.
    #[error("E_CHAIN_ACCOUNT: {address} is a {kind}, not an account that signs")]
    Account {
        /// Its address.
        address: String,
        /// Its type, as the chain names it.
        kind: String,
    },
    /// A key, address or amount is not well formed.
    #[error("E_CHAIN_INPUT: {0}")]
    Input(String),
}

impl ClientError {
    pub(crate) fn input(error: impl std::fmt::Display) -> Self {
        Self::Input(error.to_string())
    }

    pub(crate) fn answer(error: impl std::fmt::Display) -> Self {
        Self::Answer(error.to_string())
    }
}
