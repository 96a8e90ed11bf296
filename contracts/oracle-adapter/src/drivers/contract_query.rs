//! The prices that other contracts answer when asked.

use cosmwasm_std::{Decimal, QuerierWrapper};
use protocol_api::oracle::{SourceQueryMsg, SourceQuote, report};
use protocol_std::message;

use super::Driver;
use crate::core::feed::{Feed, to_stored};
use crate::core::spot::SourcePrice;
use crate::error::ReportError;

/// The contract sources of a feed.
pub struct ContractQueries<'a> {
    /// The feed.
    pub feed: &'a Feed,
    /// What a quorum signed: a contract that it lists is not asked. None for a refresh.
    pub signed: &'a [report::SourcePrice],
    /// The chain's querier.
    pub querier: QuerierWrapper<'a>,
}

impl Driver for ContractQueries<'_> {
    fn quotes(&self) -> Result<Vec<SourcePrice>, ReportError> {
        let sources = (0_u8..).zip(&self.feed.policy().sources);
        Ok(sources
            .filter_map(|(position, source)| {
                let (address, key) = source.contract.as_ref()?;
                let is_muted = self.signed.iter().any(|row| row.source == position);
                if is_muted {
                    return None;
                }
                let question = SourceQueryMsg::Price { key: key.clone() };
                // A source that cannot answer is silent and does not stop the others. One that eats all gas does: a quorum
                // mutes it.
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
            time: quote.time,
        })
    }
}
