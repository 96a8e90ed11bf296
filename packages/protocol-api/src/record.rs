//! The market record: what the oracle adapter stores per feed and other contracts read raw.
//!
//! Stored bytes decide gas, so the record holds forwards, discounts and `(w, f, s)` per component and
//! nothing that can be computed from them. Layout, all integers little endian:
//!
//! ```text
//! u8   layout version (1)
//! u8   price bits b: a price p is stored as p * 2^b, below 2^56
//! u8   validity of the last report (see `oracle::Validity`)
//! u32  sequence          u32 report time          u32 publish time          u32 live since
//! u16  aging after       u16 stale after          u16 dead after            (seconds)
//! u56  low               u56 mid                  u56 high                  u56 slow price
//! u32  regime multiplier, 2^-24         u32  the same for maintenance
//! u8   fixing buckets    u8 seconds per bucket
//! u8   number of expiries, each:
//!        u32 expiry (unix minutes)   u56 forward   u32 discount deficit, 2^-32   u8 confidence, 2^-8
//!        u8 number of components n, then n - 1 times (u16 weight 2^-16, u40 forward 2^-32, u40 total vol 2^-32),
//!        then u40 total vol of the last: its weight and forward follow from the exact sums
//! u8   number of pending fixings, each:
//!        u32 expiry   u8 buckets filled   u8 buckets confirmed   u64 sum   u56 lowest   u56 highest   u56 before
//! u32  newest bucket with an observation (unix time / seconds per bucket)
//! u32  time of the last slice jump
//! u32  signer epoch      u32 bitmap of signers    32 bytes digest of the last accepted report
//! ```
//!
//! `publish time` is the time of the prices held; `report time` that of the newest report, which differs
//! only when that report was invalid: it then replaces no price, but the record says *invalid* at once.

mod codec;
mod packed;
mod state;
#[cfg(test)]
mod tests;

pub use codec::{Layout, RecordError, decode, encode};
pub use packed::{PackedExpiry, PackedPending, PackedSlice};
pub use pricing::slice::Component;
pub use state::{MAX_WIDENING, REGIME_ONE, WIDENING_PER_SECOND, to_state};

use fixed_math::Fx;

/// Layout version, the first byte of the stored record.
pub const RECORD_VERSION: u8 = 1;
/// Layout of the fixing record, apart from the market record's: a fixing never changes, so its first layout is read for ever.
pub const FIXING_VERSION: u8 = 1;
/// Most expiries in a record.
pub const MAX_EXPIRIES: usize = 24;
/// Most fixings in progress in a record.
pub const MAX_PENDING: usize = 8;
/// Namespace of the market records in the adapter's storage.
pub const RECORD_NAMESPACE: &str = "record";
/// Namespace of the final fixings in the adapter's storage.
pub const FIXING_NAMESPACE: &str = "fixing";
/// Prices are stored below this (7 bytes).
pub const PRICE_LIMIT: u64 = 1 << 56;
/// Settlement prices stay below this, `2^40` as bits.
const SETTLEMENT_LIMIT: i128 = 1 << 104;

/// The market record of one feed, decoded but not yet in human units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketRecord {
    /// A price `p` is stored as `p * 2^price_bits`.
    pub price_bits: u8,
    /// Validity of the last report, before age: the discriminant of `oracle::Validity`.
    pub level: u8,
    /// Number of accepted reports.
    pub sequence: u32,
    /// Time of the newest report, unix seconds.
    pub report_time: u32,
    /// Time of the prices held, unix seconds.
    pub publish_time: u32,
    /// Since when prices followed each other without a gap of five minutes, unix seconds.
    pub live_since: u32,
    /// When prices grow old.
    pub ages: Ages,
    /// The spot band.
    pub band: PackedBand,
    /// The slow price.
    pub slow: u64,
    /// Volatility regime multiplier of the initial set, `2^-24`, at least one.
    pub regime: u32,
    /// Volatility regime multiplier of the maintenance set, same units; it follows the initial one more slowly when vol rises.
    pub regime_maintenance: u32,
    /// Buckets in a fixing window.
    pub buckets: u8,
    /// Seconds in a bucket; divides 60.
    pub bucket_seconds: u8,
    /// The surface, expiries ascending.
    pub expiries: Vec<PackedExpiry>,
    /// Fixings in progress, expiries ascending.
    pub pending: Vec<PackedPending>,
    /// Newest bucket with an observation: unix time divided by `bucket_seconds`.
    pub newest_bucket: u32,
    /// When a slice last left the envelope of its predecessor, unix seconds; 0 for never.
    pub slice_jump: u32,
    /// Who vouched for the last accepted report.
    pub evidence: Evidence,
}

/// Seconds after which prices are too old for a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// Older than this: *aging*, no opening trades.
    pub aging: u16,
    /// Older than this: *stale*, no margin decision.
    pub stale: u16,
    /// Older than this: *invalid*.
    pub dead: u16,
}

/// A price band in stored units; `low <= mid <= high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackedBand {
    /// Lower edge, rounded down.
    pub low: u64,
    /// Median over the live sources.
    pub mid: u64,
    /// Upper edge, rounded up.
    pub high: u64,
}

/// Who vouched for a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// The signer epoch.
    pub epoch: u32,
    /// Bit `i` is set when signer `i` of the epoch signed.
    pub signers: u32,
    /// The digest that was signed.
    pub digest: [u8; 32],
}

/// Raw storage key of a feed's market record, for a raw query on the oracle adapter.
#[must_use]
pub fn market_record_key(feed: u16) -> Vec<u8> {
    let mut key = namespaced(RECORD_NAMESPACE);
    key.extend_from_slice(&feed.to_be_bytes());
    key
}

/// Raw storage key of a final fixing; `expiry` in unix minutes. Absent until the price is fixed.
#[must_use]
pub fn fixing_key(feed: u16, expiry: u32) -> Vec<u8> {
    let mut key = namespaced(FIXING_NAMESPACE);
    key.extend_from_slice(&feed.to_be_bytes());
    key.extend_from_slice(&expiry.to_be_bytes());
    key
}

/// The settlement price of a final fixing's bytes; `None` where they cannot be read, or no payoff takes the price: such a price
/// is not final, and no account hangs on it.
#[must_use]
pub fn settlement_price(bytes: &[u8]) -> Option<Fx> {
    let record: FixingRecord = decode(bytes).ok()?;
    Some(record.price).filter(|price| *price > Fx::ZERO && price.to_bits() < SETTLEMENT_LIMIT)
}

fn namespaced(namespace: &str) -> Vec<u8> {
    let mut key = vec![u8::try_from(namespace.len()).unwrap_or(u8::MAX)];
    key.extend_from_slice(namespace.as_bytes());
    key
}

/// A stored price as a number: `price / 2^price_bits`, exact. `None` beyond the type.
#[must_use]
pub fn price_to_fx(price: u64, price_bits: u8) -> Option<Fx> {
    let shift = 64_u32.checked_sub(u32::from(price_bits))?;
    let bits = i128::from(price).checked_shl(shift)?;
    (price < PRICE_LIMIT && bits >> shift == i128::from(price)).then(|| Fx::from_bits(bits))
}

/// A number as a stored price, rounded down. `None` when negative or not below 2^56.
#[must_use]
pub fn price_from_fx(price: Fx, price_bits: u8) -> Option<u64> {
    let shift = 64_u32.checked_sub(u32::from(price_bits))?;
    let stored = u64::try_from(price.to_bits().checked_shr(shift)?).ok()?;
    (stored < PRICE_LIMIT).then_some(stored)
}

/// The final fixing of one expiry as it is stored: version byte, price bits, rung, buckets filled and confirmed, price, time,
/// evidence root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixingRecord {
    /// A price `p` is stored as `p * 2^price_bits`.
    pub price_bits: u8,
    /// The rung of the ladder that gave it: 1 to 4.
    pub rung: u8,
    /// Buckets filled in the window.
    pub filled: u8,
    /// Buckets confirmed by a second source family.
    pub confirmed: u8,
    /// The fixed price in units of `2^-64`, as `Fx` bits.
    pub price: Fx,
    /// When it was fixed, unix seconds.
    pub fixed_at: u32,
    /// Digest over the bucket entries used, in order; the entries stay queryable.
    pub evidence: [u8; 32],
}
