//! What every contract that has an owner or a guardian tells in the same words.

mod events;

use cosmwasm_schema::cw_serde;

pub use events::*;

/// An offer of a contract or an account to a new owner.
#[cw_serde]
pub struct Offer {
    /// Who may accept.
    pub to: String,
    /// Until when, unix seconds; at this second it is void.
    pub expires_at: u64,
}
