//! The signed report: its bytes, its domain and its digest.
//!
//! A report is borsh; everything of one underlying travels in one report. What is signed is
//!
//! ```text
//! digest = sha256( borsh(domain) | report bytes )
//! domain = { tag "optio/oracle/report", schema u16, chain id, contract address, feed u16, kind u8 }
//! ```
//!
//! so a signature is void on another chain, contract, feed, kind of feed or layout. A signature is secp256k1 over
//! that digest as 64 bytes `r | s`, `s` in the lower half of the order.

use borsh::{BorshDeserialize, BorshSerialize};

use super::types::FeedKind;
use crate::record::PackedExpiry;

/// Layout of reports; part of the signed domain.
pub const REPORT_SCHEMA: u16 = 1;
/// First field of the signed domain.
pub const REPORT_TAG: &str = "optio/oracle/report";
/// Most sources in a report.
pub const MAX_SOURCES: usize = 16;
/// Longest report accepted, bytes.
pub const MAX_REPORT_BYTES: usize = 16_384;

/// Everything that is published about one feed at one time.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Report {
    /// The feed.
    pub feed: u16,
    /// The signer epoch.
    pub epoch: u32,
    /// When it was made, unix seconds.
    pub time: u32,
    /// Annualised realised vol, `2^-16`; the input of the regime multiplier.
    pub realized_vol: u32,
    /// Spot prices by rising source, one per source.
    pub sources: Vec<SourcePrice>,
    /// Surface, expiries ascending; empty for spot feeds.
    pub expiries: Vec<ExpiryReport>,
}

/// The spot price of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SourcePrice {
    /// Position of the source in the feed's policy.
    pub source: u8,
    /// Price in the feed's stored unit: `p * 2^price_bits`; 0 for a contract that is not to be asked.
    pub price: u64,
    /// Half-width of its band relative to the price, `2^-16`.
    pub confidence: u16,
    /// Seconds between its observation and the report's time.
    pub age: u8,
}

/// One expiry: the slice and the proof that it is in order with the next one.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ExpiryReport {
    /// What is stored.
    pub entry: PackedExpiry,
    /// Lowest and highest strike quoted when the slice was fitted, as moneyness `K / F`, `2^-24`.
    pub quoted: [u32; 2],
    /// Moneyness points of the calendar certificate between this slice and the next later one, `2^-24`,
    /// ascending; empty for the last.
    pub grid: Vec<u32>,
}

/// What a signature is bound to beside the report's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain<'a> {
    /// The chain id.
    pub chain_id: &'a str,
    /// The adapter's address.
    pub contract: &'a str,
    /// The feed.
    pub feed: u16,
    /// Its kind.
    pub kind: FeedKind,
}

impl Domain<'_> {
    /// The bytes whose sha256 is signed: `borsh(domain) | report`.
    #[must_use]
    pub fn preimage(&self, report: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(report.len().saturating_add(160));
        put_text(&mut out, REPORT_TAG);
        out.extend_from_slice(&REPORT_SCHEMA.to_le_bytes());
        put_text(&mut out, self.chain_id);
        put_text(&mut out, self.contract);
        out.extend_from_slice(&self.feed.to_le_bytes());
        out.push(self.kind.byte());
        out.extend_from_slice(report);
        out
    }
}

/// Borsh of a string: length as u32, then the bytes.
fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

impl Report {
    /// The bytes that travel in `Publish`; `None` when a part does not fit its bytes (a slice with wrong
    /// sums, a grid too long).
    #[must_use]
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        borsh::to_vec(self).ok()
    }

    /// Reads the bytes of a report; every byte must be used.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        borsh::from_slice(bytes).ok()
    }
}
