//! How a value that changes at a stated time is shown.

use cosmwasm_schema::cw_serde;

/// A parameter set and what replaces it, and when.
#[cw_serde]
pub struct Scheduled<T> {
    /// In force now.
    pub current: T,
    /// What follows.
    pub next: Option<T>,
    /// When it follows, unix seconds.
    pub effective_at: Option<u64>,
}
