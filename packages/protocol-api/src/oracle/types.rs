//! Feeds as their owner describes them.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Decimal;

/// What a feed carries.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum FeedKind {
    /// A spot price with forwards, discounts and a surface, by signed reports.
    Market,
    /// A spot price alone: collateral. By signed reports, or by contract queries alone (`Refresh`).
    Spot,
}

impl FeedKind {
    /// The byte in the domain of the signed digest.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Market => 1,
            Self::Spot => 2,
        }
    }
}

/// What of a feed never changes. Another window or scale is another feed.
#[cw_serde]
pub struct FeedTerms {
    /// What it carries.
    pub kind: FeedKind,
    /// Name for people, 1 to 16 of `A-Z 0-9 _`, e.g. `BTC`.
    pub symbol: String,
    /// A price `p` travels and is stored as `p * 2^price_bits`, 0 to 48.
    pub price_bits: u8,
    /// The price the feed starts from: anchor of the slow price and the last rung of a fixing should no
    /// report ever come.
    pub reference_price: Decimal,
    /// How settlement prices are observed.
    pub fixing: FixingTerms,
}

/// How settlement prices are observed: the mean of `buckets` buckets that end at the expiry.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct FixingTerms {
    /// Number of buckets, 6 to 240. Default 60.
    pub buckets: u8,
    /// Seconds per bucket; divides 60. Default 30.
    pub bucket_seconds: u8,
}

/// What of a feed the owner may change, each within a hard range in code.
#[cw_serde]
pub struct FeedPolicy {
    /// Whose prices count: 3 to 16. A report names a source by its position here.
    pub sources: Vec<Source>,
    /// Live sources needed for *valid*, 3 to 16. Of fewer, but three at least, the median is *uncertain*; two give their hull,
    /// *uncertain* too.
    pub min_sources: u8,
    /// A source outside `[min_price, max_price]` is invalid; nothing is ever clipped to a bound.
    pub min_price: Decimal,
    /// Upper bound; see `min_price`.
    pub max_price: Decimal,
    /// Oldest price of a single source, seconds before the report's time, 1 to 255.
    pub source_age: u8,
    /// Band half-width beyond which a price is *uncertain*. Default 0.01, at most 0.05.
    pub uncertain_above: Decimal,
    /// A source less certain than this is not live. Default 0.05, at most 0.2.
    pub max_confidence: Decimal,
    /// Distance from the slow price beyond which a price is *jumped*. Default 0.1, in `[0.005, 0.5]`.
    pub jump: Decimal,
    /// Most the slow price moves per second, relative. Default 0.0001, in `[0.000001, 0.001]`.
    pub slow_rate: Decimal,
    /// When prices grow old.
    pub ages: AgePolicy,
    /// Annualised realised vol at which the regime multiplier is one. In `[0.01, 5]`.
    pub normal_vol: Decimal,
    /// The regime multiplier never exceeds this. In `[1, 4]`.
    pub max_regime: Decimal,
}

/// When prices grow old, seconds. `aging < stale < dead`.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct AgePolicy {
    /// Older than this: no opening trades. Default 10, at most 60.
    pub aging: u16,
    /// Older than this: no margin decision. Default 60, at most 300.
    pub stale: u16,
    /// Older than this: invalid. Default 300, at most 900.
    pub dead: u16,
}

/// One source of prices.
#[cw_serde]
pub struct Source {
    /// Name for people, 1 to 32 characters.
    pub name: String,
    /// Sources of one family share a way to fail (one operator, one venue, one library).
    pub family: u8,
    /// How its prices arrive.
    pub driver: Driver,
}

/// How the prices of a source arrive.
#[cw_serde]
pub enum Driver {
    /// In the signed report.
    Report {},
    /// By querying a contract that answers [`super::SourceQueryMsg`].
    Contract {
        /// The contract.
        address: String,
        /// The name under which it knows the price.
        key: String,
    },
}
