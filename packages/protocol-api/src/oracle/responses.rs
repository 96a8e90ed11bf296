//! What the adapter answers.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Binary, Decimal, Uint64};

use crate::Scheduled;
use crate::governance::Offer;

use super::types::{AgePolicy, FeedPolicy, FeedTerms};
use super::validity::{Action, Permission, Validity};

/// The contract's set-up.
#[cw_serde]
pub struct ConfigResponse {
    /// The owner.
    pub owner: String,
    /// The open offer of ownership.
    pub offer: Option<Offer>,
    /// The guardian.
    pub guardian: Option<String>,
    /// The present signer epoch.
    pub epoch: u32,
}

/// One feed.
#[cw_serde]
pub struct FeedResponse {
    /// Its number.
    pub feed: u16,
    /// What never changes.
    pub terms: FeedTerms,
    /// What the owner may change, and what is planned to replace it.
    pub policy: Scheduled<FeedPolicy>,
    /// End of the running quarantine, unix seconds.
    pub quarantined_until: Option<u64>,
}

/// A page of feeds.
#[cw_serde]
pub struct FeedsResponse {
    /// By rising number.
    pub feeds: Vec<FeedResponse>,
}

/// A market record in human units, as of its publication.
#[cw_serde]
pub struct RecordResponse {
    /// The feed.
    pub feed: u16,
    /// Accepted reports so far.
    pub sequence: u32,
    /// Time of the newest report, unix seconds.
    pub report_time: u64,
    /// Time of the prices held, unix seconds.
    pub publish_time: u64,
    /// Since when without a gap of five minutes, unix seconds.
    pub live_since: u64,
    /// Validity now, age included.
    pub validity: Validity,
    /// When its prices grow old.
    pub ages: AgePolicy,
    /// The band as published.
    pub band: BandView,
    /// The slow price.
    pub slow_price: Decimal,
    /// The volatility regime multiplier of the initial set.
    pub regime: Decimal,
    /// The volatility regime multiplier of the maintenance set.
    pub regime_maintenance: Decimal,
    /// The surface.
    pub expiries: Vec<ExpiryView>,
    /// Fixings in progress.
    pub pending: Vec<PendingView>,
    /// Who vouched for the last accepted report.
    pub evidence: EvidenceView,
    /// Size of the stored record, bytes.
    pub stored_bytes: u32,
}

/// A price band.
#[cw_serde]
pub struct BandView {
    /// Lower edge.
    pub low: Decimal,
    /// Middle.
    pub mid: Decimal,
    /// Upper edge.
    pub high: Decimal,
}

/// One expiry of the surface.
#[cw_serde]
pub struct ExpiryView {
    /// Unix seconds.
    pub expiry: u64,
    /// Forward.
    pub forward: Decimal,
    /// Discount factor.
    pub discount: Decimal,
    /// Relative uncertainty of the vol.
    pub confidence: Decimal,
    /// The mixture.
    pub components: Vec<ComponentView>,
}

/// One lognormal.
#[cw_serde]
pub struct ComponentView {
    /// Weight; they sum to one.
    pub weight: Decimal,
    /// Relative forward; weight times forward sums to one.
    pub forward: Decimal,
    /// Annual vol times the square root of the years left at publication.
    pub total_vol: Decimal,
}

/// A fixing in progress.
#[cw_serde]
pub struct PendingView {
    /// Unix seconds.
    pub expiry: u64,
    /// Buckets filled.
    pub filled: u32,
    /// Buckets confirmed by a second family.
    pub confirmed: u32,
    /// Mean of the filled buckets.
    pub mean: Option<Decimal>,
    /// What the ladder can still return: lowest, expected, highest. In the window, prices to come are taken to lie in the spot
    /// band.
    pub hull: BandView,
}

/// Who vouched for a report.
#[cw_serde]
pub struct EvidenceView {
    /// Signer epoch.
    pub epoch: u32,
    /// Positions of the signers.
    pub signers: Vec<u8>,
    /// The digest signed.
    pub digest: Binary,
}

/// How valid prices are.
#[cw_serde]
pub struct ValidityResponse {
    /// The level now.
    pub validity: Validity,
    /// The level at publication, before age.
    pub published: Validity,
    /// Age of the prices, seconds.
    pub age: u64,
}

/// What is allowed now.
#[cw_serde]
pub struct AllowedActionsResponse {
    /// The level now.
    pub validity: Validity,
    /// One rule per action.
    pub actions: Vec<ActionRule>,
}

/// The rule of one action.
#[cw_serde]
pub struct ActionRule {
    /// The action.
    pub action: Action,
    /// What is allowed.
    pub permission: Permission,
}

/// A settlement price.
#[cw_serde]
pub struct FixingResponse {
    /// The feed.
    pub feed: u16,
    /// Unix seconds.
    pub expiry: u64,
    /// The fixed price; absent until it is final.
    pub price: Option<Decimal>,
    /// The rung of the ladder, 1 to 4; absent until it is final.
    pub rung: Option<u8>,
    /// When it was fixed, unix seconds.
    pub fixed_at: Option<u64>,
    /// Buckets filled.
    pub filled: u32,
    /// Buckets confirmed by a second family.
    pub confirmed: u32,
    /// Until it is final what the ladder can still return: lowest, expected, highest; in the window, prices to come are taken
    /// to lie in the spot band. Then the price thrice.
    pub hull: BandView,
    /// Digest over the bucket entries used; absent until it is final.
    pub evidence: Option<Binary>,
}

/// A window so far; prices in stored units, `p * 2^price_bits`.
#[cw_serde]
pub struct ProgressResponse {
    /// Buckets filled.
    pub filled: u8,
    /// Buckets confirmed by a second source family.
    pub confirmed: u8,
    /// Sum of the filled buckets.
    pub sum: Uint64,
    /// Lowest bucket; 0 when none is filled.
    pub lowest: Uint64,
    /// Highest bucket; 0 when none is filled.
    pub highest: Uint64,
    /// The last valid price before the window.
    pub before: Uint64,
}

/// A page of final fixings.
#[cw_serde]
pub struct FixingsResponse {
    /// By rising expiry.
    pub fixings: Vec<FixingResponse>,
}

/// One observation.
#[cw_serde]
pub struct ObservationView {
    /// Unix time divided by the seconds per bucket.
    pub bucket: u32,
    /// The bucket's price: median over the live sources.
    pub price: Decimal,
    /// Whether a second family lay within 1 %.
    pub confirmed: bool,
    /// Whether the price was *jumped*; it counts, winsorised, but is no valid price before a window.
    pub jumped: bool,
    /// Who signed.
    pub evidence: EvidenceView,
}

/// A page of observations in a window.
#[cw_serde]
pub struct FixingEvidenceResponse {
    /// By rising bucket.
    pub observations: Vec<ObservationView>,
}

/// A signer epoch.
#[cw_serde]
pub struct SignerEpochResponse {
    /// Its number.
    pub epoch: u32,
    /// Public keys, compressed.
    pub signers: Vec<Binary>,
    /// Signatures needed.
    pub threshold: u8,
    /// When its reports stop being accepted, unix seconds; absent for the present epoch.
    pub valid_until: Option<u64>,
}

/// A page of signer epochs.
#[cw_serde]
pub struct SignerEpochsResponse {
    /// By rising number.
    pub epochs: Vec<SignerEpochResponse>,
}
