//! Ownership and the guardian, whichever contract's they are.

use crate::event::{TypedEvent, typed_events};

typed_events! {
    /// Ownership was offered.
    OwnerProposed = "owner_proposed" {
        /// To whom.
        owner: String,
        /// Until when, unix seconds.
        expires_at: u64,
    }
    /// The offer of ownership was withdrawn.
    OwnerProposalCancelled = "owner_proposal_cancelled" {}
    /// Ownership moved.
    OwnerAccepted = "owner_accepted" {
        /// The new owner.
        owner: String,
    }
    /// The guardian changed; the liquidation contract has none.
    GuardianSet = "guardian_set" {
        /// The guardian; empty for none.
        guardian: String,
    }
}
