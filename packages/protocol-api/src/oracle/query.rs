//! What one may ask the adapter, and what the adapter asks its contract sources.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::Decimal;

use super::responses::{
    AllowedActionsResponse, ConfigResponse, FeedResponse, FeedsResponse, FixingEvidenceResponse,
    FixingResponse, FixingsResponse, ProgressResponse, RecordResponse, SignerEpochResponse,
    SignerEpochsResponse, ValidityResponse,
};

/// Questions to the adapter. Lists hold 30 entries unless asked otherwise, 100 at most.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Owner, guardian, present signer epoch.
    #[returns(ConfigResponse)]
    Config {},
    /// One feed.
    #[returns(FeedResponse)]
    Feed {
        /// The feed.
        feed: u16,
    },
    /// Feeds by rising number.
    #[returns(FeedsResponse)]
    Feeds {
        /// Start after this feed.
        start_after: Option<u16>,
        /// At most this many: 1 to 100, default 30.
        limit: Option<u32>,
    },
    /// The market record in human units.
    #[returns(RecordResponse)]
    Record {
        /// The feed.
        feed: u16,
    },
    /// How valid the feed's prices are now.
    #[returns(ValidityResponse)]
    Validity {
        /// The feed.
        feed: u16,
    },
    /// What the feed's validity allows now, action by action.
    #[returns(AllowedActionsResponse)]
    AllowedActions {
        /// The feed.
        feed: u16,
    },
    /// A settlement price: final, or what the ladder can still return.
    #[returns(FixingResponse)]
    Fixing {
        /// The feed.
        feed: u16,
        /// The expiry, unix seconds.
        expiry: u64,
    },
    /// What has been observed so far of any expiry's window, in stored units: what the market record keeps of the
    /// windows it follows, for those that it does not.
    #[returns(ProgressResponse)]
    Progress {
        /// The feed.
        feed: u16,
        /// The expiry, unix seconds.
        expiry: u64,
    },
    /// Final fixings of a feed by rising expiry.
    #[returns(FixingsResponse)]
    Fixings {
        /// The feed.
        feed: u16,
        /// Start after this expiry, unix seconds.
        start_after: Option<u64>,
        /// At most this many: 1 to 100, default 30.
        limit: Option<u32>,
    },
    /// The observations in the window of an expiry, with who signed them.
    #[returns(FixingEvidenceResponse)]
    FixingEvidence {
        /// The feed.
        feed: u16,
        /// The expiry, unix seconds.
        expiry: u64,
        /// Start after this bucket (unix time divided by the seconds per bucket).
        start_after: Option<u32>,
        /// At most this many: 1 to 100, default 30.
        limit: Option<u32>,
    },
    /// A signer epoch, the present one by default.
    #[returns(SignerEpochResponse)]
    SignerEpoch {
        /// The epoch.
        epoch: Option<u32>,
    },
    /// Signer epochs by rising number.
    #[returns(SignerEpochsResponse)]
    SignerEpochs {
        /// Start after this epoch.
        start_after: Option<u32>,
        /// At most this many: 1 to 100, default 30.
        limit: Option<u32>,
    },
}

/// What a contract that serves as a source must answer.
#[cw_serde]
#[derive(QueryResponses)]
pub enum SourceQueryMsg {
    /// The present price under `key`.
    #[returns(SourceQuote)]
    Price {
        /// The name of the price.
        key: String,
    },
}

/// The answer of a contract source.
#[cw_serde]
pub struct SourceQuote {
    /// Price.
    pub price: Decimal,
    /// Half-width of the source's own band, same unit as the price.
    pub confidence: Decimal,
    /// When it was observed, unix seconds.
    pub time: u64,
}
