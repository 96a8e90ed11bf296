//! The one error of a chain call.

use cosmwasm_std::StdError;
use thiserror::Error;

/// Why a message or query failed, or a code could not be stored. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ChainError {
    message: String,
}

impl ChainError {
    /// An error with this text.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }

    /// The full text, the contract's own words last.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The stable code at the start of a contract's error (`E_SOME_CODE: ...`), if it has one: the last such word of
    /// the text, because the chain puts its own context in front.
    pub fn code(&self) -> Option<&str> {
        self.message
            .split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
            .rfind(|word| word.starts_with("E_") && word.len() > 2)
    }
}

impl From<StdError> for ChainError {
    fn from(error: StdError) -> Self {
        Self::new(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::ChainError;

    #[test]
    fn code_is_the_last_stable_word() {
        let error = ChainError::new(
            "Error executing WasmMsg:\n E_OUTER: kind: Other, error: E_RISK_LEG_LIMIT: 129 legs",
        );
        assert_eq!(error.code(), Some("E_RISK_LEG_LIMIT"));
        assert_eq!(ChainError::new("no such contract").code(), None);
    }
}
