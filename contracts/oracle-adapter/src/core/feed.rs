//! What the adapter knows of a feed: its terms and policy in stored units, each field in its hard range.

use borsh::{BorshDeserialize, BorshSerialize};
use cosmwasm_std::Decimal;
use protocol_api::decimal::{ONE, binary_floor};
use protocol_api::oracle::{
    AgePolicy, Driver, FeedKind, FeedPolicy, FeedTerms, FixingTerms, Source,
};
use protocol_api::record::{Ages, PRICE_LIMIT};
use protocol_std::binary::Record;
use protocol_std::pause::Pause;
use protocol_std::timed::Timed;
use risk::fixing::Window;

use super::mover;
use crate::error::FeedError;

/// Prices are below `2^40` USD, those that a settlement can count.
const USD_BITS: u32 = 40;

/// A feed as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Feed {
    /// Kind byte.
    pub kind: u8,
    /// A price `p` is `p * 2^price_bits`.
    pub price_bits: u8,
    /// Buckets in a window.
    pub buckets: u8,
    /// Seconds in a bucket.
    pub bucket_seconds: u8,
    /// The price the feed started from.
    pub reference: u64,
    /// When it was added, unix seconds.
    pub added_at: u32,
    /// What the owner may change; [`Feed::policy`] is what is in force.
    pub policy: Timed<Policy>,
    /// The guardian's brake.
    pub quarantine: Pause,
    /// Whether the store still holds what the policy in force has replaced.
    #[borsh(skip)]
    pub is_behind: bool,
}

impl Record for Feed {
    const VERSION: u8 = 1;
}

/// A policy in stored units; ratios in 10^-18.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Policy {
    /// Whose prices count.
    pub sources: Vec<StoredSource>,
    /// Live sources needed for full rights.
    pub min_sources: u8,
    /// Oldest price of a source, seconds.
    pub source_age: u8,
    /// Lowest valid price.
    pub min_price: u64,
    /// Highest valid price.
    pub max_price: u64,
    /// Half-width beyond which a price is uncertain.
    pub uncertain_above: u64,
    /// A source less certain than this is not live.
    pub max_confidence: u64,
    /// Distance from the slow price beyond which a price is jumped.
    pub jump: u64,
    /// Speed of the slow price, per second.
    pub slow_rate: u64,
    /// Realised vol at which the regime multiplier is one.
    pub normal_vol: u64,
    /// Highest regime multiplier.
    pub max_regime: u64,
    /// When prices grow old: aging, stale, dead.
    pub ages: [u16; 3],
}

/// A source: its family, and the contract it is read from, if it is not reported.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct StoredSource {
    /// Family.
    pub family: u8,
    /// Contract and key.
    pub contract: Option<(String, String)>,
}

/// Names for people; not read when publishing.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Names {
    /// Symbol of the feed.
    pub symbol: String,
    /// Names of the sources; they change when the policy does.
    pub sources: Timed<Vec<String>>,
}

impl Record for Names {
    const VERSION: u8 = 1;
}

impl Feed {
    /// The kind of the feed.
    pub const fn kind(&self) -> FeedKind {
        if self.kind == FeedKind::Spot.byte() {
            FeedKind::Spot
        } else {
            FeedKind::Market
        }
    }

    /// The policy in force: a feed is loaded as of the block's time.
    pub const fn policy(&self) -> &Policy {
        &self.policy.current
    }

    /// Ages in the record's form.
    pub const fn ages(&self) -> Ages {
        let [aging, stale, dead] = self.policy().ages;
        Ages { aging, stale, dead }
    }

    /// The fixing window of an expiry.
    ///
    /// # Errors
    /// [`FeedError::Range`], never for a stored feed.
    pub fn window(&self, expiry: u32) -> Result<Window, FeedError> {
        let terms = (u32::from(self.buckets), u32::from(self.bucket_seconds));
        Window::new(expiry, terms.0, terms.1).ok_or(FeedError::Range { field: "fixing" })
    }
}

/// An expiry in unix minutes; a fraction of a minute names none.
pub fn minutes(expiry: u64) -> Result<u32, FeedError> {
    protocol_std::expiry::minutes(expiry).ok_or(FeedError::Range { field: "expiry" })
}

fn range(holds: bool, field: &'static str) -> Result<(), FeedError> {
    if holds {
        Ok(())
    } else {
        Err(FeedError::Range { field })
    }
}

/// A price in stored units, rounded down or up. `None` beyond the type or the limit of prices.
pub fn to_stored(price: Decimal, price_bits: u8, up: bool) -> Option<u64> {
    let unit = 1_u128.checked_shl(u32::from(price_bits))?;
    let atomics = price.atomics().u128();
    let stored = if up {
        fixed_math::int::umul_div_ceil(atomics, unit, ONE)
    } else {
        fixed_math::int::umul_div_floor(atomics, unit, ONE)
    };
    u64::try_from(stored.ok()?)
        .ok()
        .filter(|price| *price < PRICE_LIMIT)
}

/// A stored price as a decimal, rounded down at the 18th digit.
pub fn from_stored(price: u64, price_bits: u8) -> Decimal {
    binary_floor(price.min(PRICE_LIMIT), price_bits.into())
}

/// A ratio within `[least, most]`, given in units of 10^-6.
fn ratio(value: Decimal, least: u64, most: u64, field: &'static str) -> Result<u64, FeedError> {
    const MICRO: u128 = 1_000_000_000_000;
    let atomics = value.atomics().u128();
    let low = u128::from(least).saturating_mul(MICRO);
    let high = u128::from(most).saturating_mul(MICRO);
    range((low..=high).contains(&atomics), field)?;
    u64::try_from(atomics).map_err(|_| FeedError::Range { field })
}

/// Checks terms and policy of a new feed.
///
/// # Errors
/// [`FeedError::Range`] with the first field out of its range.
pub fn new_feed(terms: &FeedTerms, policy: &FeedPolicy) -> Result<(Feed, Names), FeedError> {
    let symbol = &terms.symbol;
    let plain = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_';
    range(
        (1..=16).contains(&symbol.len()) && symbol.bytes().all(plain),
        "symbol",
    )?;
    range(terms.price_bits <= 48, "price_bits")?;
    let FixingTerms {
        buckets,
        bucket_seconds,
    } = terms.fixing;
    let window = Window::new(u32::MAX, u32::from(buckets), u32::from(bucket_seconds));
    range(window.is_some(), "fixing")?;
    let stored = self::policy(policy, terms.price_bits)?;
    let reference = to_stored(terms.reference_price, terms.price_bits, false);
    let reference = reference.ok_or(FeedError::Range {
        field: "reference_price",
    })?;
    let inside = (stored.min_price..=stored.max_price).contains(&reference);
    range(inside, "reference_price")?;
    let feed = Feed {
        kind: terms.kind.byte(),
        price_bits: terms.price_bits,
        buckets,
        bucket_seconds,
        reference,
        added_at: 0,
        policy: Timed::new(stored),
        quarantine: Pause::default(),
        is_behind: false,
    };
    Ok((
        feed,
        Names {
            symbol: symbol.clone(),
            sources: Timed::new(source_names(policy)),
        },
    ))
}

/// Names of a policy's sources.
pub fn source_names(policy: &FeedPolicy) -> Vec<String> {
    policy
        .sources
        .iter()
        .map(|source| source.name.clone())
        .collect()
}

/// Checks a policy: every field in its hard range.
///
/// # Errors
/// [`FeedError::Range`] with the first field out of its range.
pub fn policy(policy: &FeedPolicy, price_bits: u8) -> Result<Policy, FeedError> {
    range((3..=16).contains(&policy.sources.len()), "sources")?;
    let named = |source: &Source| {
        (1..=32).contains(&source.name.len())
            && match &source.driver {
                Driver::Report {} => true,
                Driver::Contract { key, .. } => (1..=64).contains(&key.len()),
            }
    };
    range(policy.sources.iter().all(named), "sources")?;
    let reachable = policy.sources.len() >= usize::from(policy.min_sources);
    range(policy.min_sources >= 3 && reachable, "min_sources")?;
    range(policy.source_age >= 1, "source_age")?;
    let ages = ages(&policy.ages)?;
    let bound =
        |price, up, field| to_stored(price, price_bits, up).ok_or(FeedError::Range { field });
    let min_price = bound(policy.min_price, true, "min_price")?;
    let max_price = bound(policy.max_price, false, "max_price")?;
    range(min_price >= 1 << 12, "min_price")?;
    // Neither the stored integers nor what a settlement can count end below a price that a fixing may have.
    let usd_limit = 1_u128.checked_shl(USD_BITS.saturating_add(price_bits.into()));
    let below = usd_limit.is_some_and(|limit| u128::from(max_price) < limit);
    let stored = max_price < PRICE_LIMIT >> 1;
    range(min_price < max_price && below && stored, "max_price")?;
    let slow_rate = ratio(policy.slow_rate, 1, 1_000, "slow_rate")?;
    // The slow price moves in a second even at the lowest price: no rate of reports holds it still.
    range(mover::step(min_price, slow_rate, 1) >= 1, "slow_rate")?;
    Ok(Policy {
        sources: policy.sources.iter().map(stored_source).collect(),
        min_sources: policy.min_sources,
        source_age: policy.source_age,
        min_price,
        max_price,
        uncertain_above: ratio(policy.uncertain_above, 100, 50_000, "uncertain_above")?,
        max_confidence: ratio(policy.max_confidence, 100, 200_000, "max_confidence")?,
        jump: ratio(policy.jump, 5_000, 500_000, "jump")?,
        slow_rate,
        normal_vol: ratio(policy.normal_vol, 10_000, 5_000_000, "normal_vol")?,
        max_regime: ratio(policy.max_regime, 1_000_000, 4_000_000, "max_regime")?,
        ages,
    })
}

/// When prices grow old: aging, stale, dead.
fn ages(policy: &AgePolicy) -> Result<[u16; 3], FeedError> {
    let AgePolicy { aging, stale, dead } = *policy;
    range(aging >= 1 && aging < stale && stale < dead, "ages")?;
    range(aging <= 60 && stale <= 300 && dead <= 900, "ages")?;
    Ok([aging, stale, dead])
}

fn stored_source(source: &Source) -> StoredSource {
    let contract = match &source.driver {
        Driver::Report {} => None,
        Driver::Contract { address, key } => Some((address.clone(), key.clone())),
    };
    StoredSource {
        family: source.family,
        contract,
    }
}
