//! The invariants of docs/invariants.md, for tests and for whoever audits a copy of the state: [`audit`] looks at a whole store,
//! [`check_message`] at what one message did to it. No message calls either.

mod gates;
mod liquidation;
mod message;
mod store;

pub use message::{Answered, check_message};
pub use store::audit;

use crate::error::EngineError;

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{invariant}: {what}")]
pub struct Broken {
    /// Its number, as in docs/invariants.md.
    pub invariant: &'static str,
    /// What was found.
    pub what: String,
}

/// Why an audit did not pass.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// An invariant is broken.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The store cannot be read.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

fn hold(
    invariant: &'static str,
    holds: bool,
    what: impl FnOnce() -> String,
) -> Result<(), AuditError> {
    if holds {
        return Ok(());
    }
    let what = what();
    Err(Broken { invariant, what }.into())
}
