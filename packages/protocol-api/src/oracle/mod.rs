//! The oracle adapter's messages, responses and events.
//!
//! Prices are USD per unit of the underlying, written as decimal strings with at most 18 digits after the
//! point; ratios are decimals too (`"0.01"` is 1 %). An expiry is unix seconds in
//! messages, answers and events, and unix minutes in reports and records; `protocol_std::expiry` converts.

mod events;
mod execute;
mod query;
pub mod report;
mod responses;
mod types;
mod validity;

pub use events::{
    FeedAdded, FixingMade, PolicySet, QuarantineLifted, QuarantineSet, ReportAccepted,
    SignersRotated,
};
pub use execute::{ACCESS, ExecuteMsg, InstantiateMsg, MigrateMsg, ReportSignature};
pub use query::{QueryMsg, SourceQueryMsg, SourceQuote};
pub use responses::{
    ActionRule, AllowedActionsResponse, BandView, ComponentView, ConfigResponse, EvidenceView,
    ExpiryView, FeedResponse, FeedsResponse, FixingEvidenceResponse, FixingResponse,
    FixingsResponse, ObservationView, PendingView, ProgressResponse, RecordResponse,
    SignerEpochResponse, SignerEpochsResponse, ValidityResponse,
};
pub use types::{AgePolicy, Driver, FeedKind, FeedPolicy, FeedTerms, FixingTerms, Source};
pub use validity::{ACTIONS, Action, LEVELS, Permission, TABLE, Validity, permission, validity_at};
