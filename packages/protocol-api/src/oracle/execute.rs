//! What one may ask the adapter to do.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Binary;

use super::types::{FeedPolicy, FeedTerms};
use crate::access::Role;

/// Sets the adapter up.
#[cw_serde]
pub struct InstantiateMsg {
    /// The owner; any address.
    pub owner: String,
    /// The guardian, if any.
    pub guardian: Option<String>,
    /// Public keys of the first signer epoch, compressed secp256k1, 33 bytes each.
    pub signers: Vec<Binary>,
    /// Signatures needed.
    pub threshold: u8,
}

/// A migration carries nothing.
#[cw_serde]
pub struct MigrateMsg {}

/// One signature under a report.
#[cw_serde]
pub struct ReportSignature {
    /// Position of the signer in its epoch. Signatures are listed by rising position.
    pub signer: u8,
    /// `r | s`, 64 bytes, with `s` in the lower half of the order.
    pub signature: Binary,
}

/// What one may ask the adapter to do.
#[cw_serde]
pub enum ExecuteMsg {
    /// Publishes a signed report of one feed. Anyone may carry it; the signatures are what counts. The one that is held changes
    /// nothing when it is carried again.
    Publish {
        /// The bytes of a [`super::report::Report`].
        report: Binary,
        /// At least the threshold of its epoch.
        signatures: Vec<ReportSignature>,
    },
    /// Reads the contract sources of a spot feed and updates its record; with fewer than three live ones never for the worse.
    /// Anyone.
    Refresh {
        /// The feed.
        feed: u16,
    },
    /// Fixes the settlement price of an expiry, once its ladder allows. Anyone.
    Fix {
        /// The feed.
        feed: u16,
        /// The expiry, unix seconds.
        expiry: u64,
    },
    /// Adds a feed. Owner.
    AddFeed {
        /// Its number, not yet used.
        feed: u16,
        /// What never changes.
        terms: FeedTerms,
        /// What may change.
        policy: FeedPolicy,
    },
    /// Replaces the policy of a feed from a stated time on, and what was planned and is not yet in force. Owner.
    SetPolicy {
        /// The feed.
        feed: u16,
        /// The new policy. Reports that come in a block from that time on are judged by it, whenever they were made.
        policy: FeedPolicy,
        /// When it takes effect, unix seconds, from now to a year ahead.
        effective_at: u64,
    },
    /// Starts a new signer epoch; the old one stays valid for the overlap. Owner.
    RotateSigners {
        /// Public keys, compressed secp256k1, 33 bytes each.
        signers: Vec<Binary>,
        /// Signatures needed.
        threshold: u8,
        /// Seconds for which the old epoch stays valid, at most 7 days.
        overlap_seconds: u64,
    },
    /// Names or removes the guardian. Owner.
    SetGuardian {
        /// The guardian.
        guardian: Option<String>,
    },
    /// Caps a feed's validity at *jumped* (no opening trades) for a while; prices, fixings, liquidations and every
    /// risk-reducing action go on. Guardian.
    Quarantine {
        /// The feed.
        feed: u16,
        /// For how long, at most 7 days; then a rest as long.
        seconds: u64,
    },
    /// Ends a quarantine early. Owner.
    LiftQuarantine {
        /// The feed.
        feed: u16,
    },
    /// Offers ownership. Owner.
    ProposeOwner {
        /// To whom.
        owner: String,
        /// Until when, unix seconds, at most 30 days ahead.
        expires_at: u64,
    },
    /// Withdraws the offer. Owner.
    CancelOwnerProposal {},
    /// Takes over the ownership on offer. The proposed owner.
    AcceptOwner {},
}

/// Who may send which message; the contract's gate reads this table.
pub const ACCESS: &[(&str, Role)] = &[
    ("publish", Role::Quorum),
    ("refresh", Role::Anyone),
    ("fix", Role::Anyone),
    ("add_feed", Role::Owner),
    ("set_policy", Role::Owner),
    ("rotate_signers", Role::Owner),
    ("set_guardian", Role::Owner),
    ("quarantine", Role::Guardian),
    ("lift_quarantine", Role::Owner),
    ("propose_owner", Role::Owner),
    ("cancel_owner_proposal", Role::Owner),
    ("accept_owner", Role::PendingOwner),
];

impl ExecuteMsg {
    /// The name of the message, as in [`ACCESS`] and on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Publish { .. } => "publish",
            Self::Refresh { .. } => "refresh",
            Self::Fix { .. } => "fix",
            Self::AddFeed { .. } => "add_feed",
            Self::SetPolicy { .. } => "set_policy",
            Self::RotateSigners { .. } => "rotate_signers",
            Self::SetGuardian { .. } => "set_guardian",
            Self::Quarantine { .. } => "quarantine",
            Self::LiftQuarantine { .. } => "lift_quarantine",
            Self::ProposeOwner { .. } => "propose_owner",
            Self::CancelOwnerProposal {} => "cancel_owner_proposal",
            Self::AcceptOwner {} => "accept_owner",
        }
    }
}
