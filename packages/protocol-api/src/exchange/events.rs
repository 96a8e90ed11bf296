//! What the exchange says happened. The engine's events carry the legs.

use crate::event::{TypedEvent, typed_events};

typed_events! {
    /// Lots of a quote were taken.
    QuoteTaken = "quote_taken" {
        /// The maker's account.
        maker: u64,
        /// The quote's nonce.
        nonce: u64,
        /// The taker's account.
        taker: u64,
        /// How many lots.
        lots: u64,
    }
    /// A range of nonces was cancelled.
    QuotesCancelled = "quotes_cancelled" {
        /// The account.
        account: u64,
        /// The first nonce.
        from: u64,
        /// The last nonce.
        to: u64,
    }
    /// Fill records of cancelled quotes were removed.
    QuotesPruned = "quotes_pruned" {
        /// The account.
        account: u64,
        /// How many.
        removed: u64,
    }
}
