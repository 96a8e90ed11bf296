//! Every reason for which the adapter refuses a message.

use cosmwasm_std::StdError;
use pricing::calendar::CalendarError;
use pricing::slice::SliceError;
use protocol_api::record::RecordError;
use protocol_std::binary::StoreError;
use protocol_std::funds::FundsError;
use protocol_std::ownership::OwnershipError;
use protocol_std::pause::PauseError;
use protocol_std::version::VersionError;
use risk::fixing::FixingError;
use thiserror::Error;

/// Why a message or query is refused; nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ContractError {
    /// The sender may not send this message.
    #[error("E_ORACLE_UNAUTHORIZED: `{message}` is not for this sender")]
    Unauthorized {
        /// The message.
        message: &'static str,
    },
    /// Ownership.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// Quarantine.
    #[error(transparent)]
    Pause(#[from] PauseError),
    /// Coins were sent along.
    #[error(transparent)]
    Funds(#[from] FundsError),
    /// Migration.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// A stored record.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A market record.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// An address that the chain does not know.
    #[error("E_ORACLE_ADDRESS: `{address}` is not an address")]
    Address {
        /// What was given.
        address: String,
    },
    /// An answer could not be written.
    #[error("E_ORACLE_SERIALIZE: the answer cannot be written")]
    Serialize,
    /// Signers or signatures.
    #[error(transparent)]
    Signers(#[from] SignersError),
    /// A report that cannot be accepted.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A feed or its policy.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// A settlement price.
    #[error(transparent)]
    Fixing(#[from] FixingError),
    /// The expiry is already fixed.
    #[error("E_FIXING_DONE: the settlement price of {expiry} is final")]
    AlreadyFixed {
        /// Unix seconds.
        expiry: u64,
    },
    /// Reports with observations of the window may still come.
    #[error("E_FIXING_OPEN: observations may arrive until {until}")]
    WindowOpen {
        /// Unix seconds.
        until: u64,
    },
}

/// Signer sets and signatures.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignersError {
    /// A signer set that is too small, too large or too easily outvoted.
    #[error(
        "E_SIGNERS_SET: {threshold} of {signers} is not allowed: 2k > n and n >= k + 2, n <= 32"
    )]
    Set {
        /// Signatures needed.
        threshold: u8,
        /// Signers.
        signers: usize,
    },
    /// A public key that is not 33 bytes, or not compressed.
    #[error("E_SIGNERS_KEY: key {index} is not a compressed secp256k1 key")]
    Key {
        /// Its position.
        index: usize,
    },
    /// The same key twice.
    #[error("E_SIGNERS_DUPLICATE_KEY: key {index} appears twice")]
    DuplicateKey {
        /// Its later position.
        index: usize,
    },
    /// An overlap above seven days.
    #[error("E_SIGNERS_OVERLAP: an overlap lasts at most {most} seconds")]
    Overlap {
        /// The longest overlap.
        most: u64,
    },
    /// An epoch that does not exist.
    #[error("E_EPOCH_UNKNOWN: epoch {epoch} does not exist")]
    UnknownEpoch {
        /// The epoch.
        epoch: u32,
    },
    /// An epoch that has ended.
    #[error("E_EPOCH_ENDED: epoch {epoch} ended at {ended_at}")]
    Ended {
        /// The epoch.
        epoch: u32,
        /// Unix seconds.
        ended_at: u64,
    },
    /// Fewer signatures than needed, or more than there are keys.
    #[error("E_SIGNATURES_FEW: {given} signatures, {needed} needed")]
    Few {
        /// Signatures given.
        given: usize,
        /// Signatures needed.
        needed: u8,
    },
    /// Signers out of order: the same twice, or not rising.
    #[error("E_SIGNATURES_ORDER: signer {signer} is not above the one before")]
    Order {
        /// The signer.
        signer: u8,
    },
    /// A signer the epoch does not have.
    #[error("E_SIGNATURES_SIGNER: the epoch has no signer {signer}")]
    NoSigner {
        /// The signer.
        signer: u8,
    },
    /// A signature that is not 64 bytes with a low, positive `s`.
    #[error("E_SIGNATURES_FORM: the signature of {signer} is not 64 bytes with a low s")]
    Form {
        /// The signer.
        signer: u8,
    },
    /// A signature over something else, or by another key.
    #[error("E_SIGNATURES_INVALID: the signature of {signer} does not verify")]
    Invalid {
        /// The signer.
        signer: u8,
    },
}

/// What a report can be refused for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReportError {
    /// Not the bytes of a report.
    #[error("E_REPORT_MALFORMED: not a report")]
    Malformed,
    /// Not newer than the newest report.
    #[error("E_REPORT_OLD: report of {time}, the newest is of {newest}")]
    NotNewer {
        /// Its time, unix seconds.
        time: u64,
        /// The newest report's.
        newest: u64,
    },
    /// More than five seconds ahead of the block.
    #[error("E_REPORT_FUTURE: report of {time} at block time {now}")]
    Future {
        /// Its time, unix seconds.
        time: u64,
        /// Block time.
        now: u64,
    },
    /// Already stale on arrival.
    #[error("E_REPORT_STALE: report of {time} at block time {now}")]
    Stale {
        /// Its time, unix seconds.
        time: u64,
        /// Block time.
        now: u64,
    },
    /// A source that is unknown, listed out of order, or not one that reports.
    #[error("E_REPORT_SOURCE: source {source_index} is unknown, out of order or not reported")]
    Source {
        /// Its position.
        source_index: u8,
    },
    /// A surface where none belongs, too many expiries, or out of order.
    #[error("E_REPORT_EXPIRIES: expiry {expiry} is out of order, past, or does not belong here")]
    Expiry {
        /// Unix minutes.
        expiry: u32,
    },
    /// A forward out of bounds or too far from spot.
    #[error("E_REPORT_FORWARD: the forward of {expiry} is out of bounds")]
    Forward {
        /// Unix minutes.
        expiry: u32,
    },
    /// A discount factor that rises with expiry, or lies below one half.
    #[error("E_REPORT_DISCOUNT: the discount of {expiry} rises or is below one half")]
    Discount {
        /// Unix minutes.
        expiry: u32,
    },
    /// A slice that is no acceptable density.
    #[error("E_REPORT_SLICE: expiry {expiry}: {reason}")]
    Slice {
        /// Unix minutes.
        expiry: u32,
        /// What is wrong.
        reason: SliceError,
    },
    /// Neighbouring slices whose calendar certificate proves nothing.
    #[error("E_REPORT_CALENDAR: after expiry {expiry}: {reason}")]
    Calendar {
        /// The earlier expiry, unix minutes.
        expiry: u32,
        /// What is wrong.
        reason: CalendarError,
    },
    /// `Refresh` of a feed that lives on reports.
    #[error("E_REFRESH_KIND: only a spot feed with contract sources can be refreshed")]
    NoRefresh,
    /// A refresh without a median that would lower the level.
    #[error("E_REFRESH_LOWER: fewer than three sources are live, and the record held is better")]
    Lower,
}

/// What a feed or policy can be refused for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FeedError {
    /// No such feed.
    #[error("E_FEED_UNKNOWN: feed {feed} does not exist")]
    Unknown {
        /// The feed.
        feed: u16,
    },
    /// The number is taken.
    #[error("E_FEED_EXISTS: feed {feed} exists")]
    Exists {
        /// The feed.
        feed: u16,
    },
    /// A field outside its hard range.
    #[error("E_FEED_RANGE: `{field}` is out of its range")]
    Range {
        /// The field.
        field: &'static str,
    },
    /// A policy planned for a time that has passed, or more than a year ahead.
    #[error("E_FEED_TIME: `effective_at` must lie in {earliest} to {latest}")]
    Time {
        /// First second allowed.
        earliest: u64,
        /// Last second allowed.
        latest: u64,
    },
    /// Nothing was published yet.
    #[error("E_FEED_SILENT: feed {feed} has no record yet")]
    Silent {
        /// The feed.
        feed: u16,
    },
}

impl From<StdError> for ContractError {
    fn from(_: StdError) -> Self {
        Self::Serialize
    }
}
