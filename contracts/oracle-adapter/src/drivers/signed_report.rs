//! The prices that a signed report carries.

use protocol_api::oracle::report::{MAX_SOURCES, Report};

use super::Driver;
use crate::core::feed::Feed;
use crate::core::spot::SourcePrice;
use crate::error::ReportError;

/// A verified report read against its feed.
pub struct SignedReport<'a> {
    /// The feed.
    pub feed: &'a Feed,
    /// The report, its signatures already checked.
    pub report: &'a Report,
}

impl Driver for SignedReport<'_> {
    fn quotes(&self) -> Result<Vec<SourcePrice>, ReportError> {
        let mut next = 0_u8;
        let mut quotes = Vec::with_capacity(self.report.sources.len().min(MAX_SOURCES));
        for reported in &self.report.sources {
            let refused = || ReportError::Source {
                source_index: reported.source,
            };
            if reported.source < next {
                return Err(refused());
            }
            let source = self.feed.policy().sources.get(usize::from(reported.source));
            let source = source.ok_or_else(refused)?;
            next = reported.source.saturating_add(1);
            if source.contract.is_some() {
                // A report mutes a contract, it does not speak for it.
                if reported.price == 0 {
                    continue;
                }
                return Err(refused());
            }
            quotes.push(SourcePrice {
                source: reported.source,
                price: reported.price,
                half_width: half_width(reported.price, reported.confidence),
                time: u64::from(self.report.time).saturating_sub(u64::from(reported.age)),
            });
        }
        Ok(quotes)
    }
}

/// `price * confidence / 2^16`, rounded up: a band is never narrower than signed.
fn half_width(price: u64, confidence: u16) -> u64 {
    let product = u128::from(price).saturating_mul(u128::from(confidence));
    u64::try_from(product.div_ceil(1 << 16)).unwrap_or(u64::MAX)
}
