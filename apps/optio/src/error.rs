//! One clear line for whatever went wrong.

/// An error of the command line: a stable code and one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct CliError {
    /// Stable code, `E_OPTIO_...` or that of the crate that refused.
    pub code: String,
    /// What was wrong, on one line.
    pub message: String,
    /// What the command exits with: 2, or 1 where the input was good and the answer is no.
    pub exit: u8,
}

/// Result of a command.
pub type Result<T> = std::result::Result<T, CliError>;

impl CliError {
    /// An error with a code of our own.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: one_line(&message.into()),
            exit: 2,
        }
    }

    /// Wrong arguments or input.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new("E_OPTIO_INPUT", message)
    }

    /// A file or folder that cannot be read or written.
    pub fn file(path: &std::path::Path, cause: impl std::fmt::Display) -> Self {
        Self::new("E_OPTIO_FILE", format!("{}: {cause}", path.display()))
    }

    /// The same, saying what it is about.
    #[must_use]
    pub fn about(self, what: &str) -> Self {
        Self {
            message: format!("{what}: {}", self.message),
            ..self
        }
    }

    /// The same as an answer to good input.
    #[must_use]
    pub fn refused(self) -> Self {
        Self { exit: 1, ..self }
    }

    /// An error of a crate, whose text starts with its code and a colon.
    pub fn of(error: &impl std::fmt::Display) -> Self {
        let text = one_line(&error.to_string());
        match text.split_once(": ") {
            Some((code, rest)) if code.starts_with("E_") => Self::new(code, rest),
            _ => Self::new("E_OPTIO_FAILED", text),
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
