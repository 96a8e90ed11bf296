//! How a value that changes at a stated time is shown.

use cosmwasm_schema::cw_serde;

/// A parameter set, and what is planned to replace it.
#[cw_serde]
pub struct Scheduled<T> {
    /// In force now.
    pub current: T,
    /// What follows.
    pub next: Option<Planned<T>>,
}

/// What follows, and when.
#[cw_serde]
pub struct Planned<T> {
    /// The value.
    pub value: T,
    /// From when it is in force, unix seconds.
    pub effective_at: u64,
}
