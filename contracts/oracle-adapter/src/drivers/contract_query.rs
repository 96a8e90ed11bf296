//! The prices that other contracts answer when asked.

use cosmwasm_std::{Decimal, QuerierWrapper};
use protocol_api::oracle::{SourceQueryMsg, SourceQuote};
use protocol_std::message;

use super::Driver;
use crate::core::feed::{Feed, to_stored};
use crate::core::spot::SourcePrice;
use crate::error::ReportError;

/// The contract sources of a feed.
pub struct ContractQueries<'a> {
    /// The feed.
    pub feed: &'a Feed,
    /// The chain's querier.
    pub querier: QuerierWrapper<'a>,
}

impl Driver for ContractQueries<'_> {
    fn quotes(&self) -> Result<Vec<SourcePrice>, ReportError> {
        let sources = (0_u8..).zip(&self.feed.policy.sources);
        Ok(sources
            .filter_map(|(position, source)| {
                let (address, key) = source.contract.as_ref()?;
                let question = SourceQueryMsg::Price { key: key.clone() };
                // A source that cannot answer is silent; it must not stop the others.
                let quote: SourceQuote = message::ask(self.querier, address, &question).ok()?;
                self.read(position, &quote)
            })
            .collect())
    }
}

impl ContractQueries<'_> {
    fn read(&self, source: u8, quote: &SourceQuote) -> Option<SourcePrice> {
        let stored = |value: Decimal, up| to_stored(value, self.feed.price_bits, up);
        Some(SourcePrice {
            source,
            price: stored(quote.price, false)?,
            half_width: stored(quote.confidence, true)?,
            time: quote.time.u64(),
        })
    }
}
