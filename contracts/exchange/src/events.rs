//! What the exchange reports: past tense, flat attributes, integers as decimal strings.

use cosmwasm_std::Event;
use protocol_api::engine::AccountId;
use protocol_api::exchange::Quote;

/// `wasm-quote_taken`: lots of a quote were taken; the engine's events carry the legs.
pub fn quote_taken(quote: &Quote, taker: AccountId, lots: u64) -> Event {
    Event::new("quote_taken")
        .add_attribute("maker", quote.account.to_string())
        .add_attribute("nonce", quote.nonce.to_string())
        .add_attribute("taker", taker.to_string())
        .add_attribute("lots", lots.to_string())
}

/// `wasm-quotes_cancelled`: a range of nonces was cancelled.
pub fn quotes_cancelled(account: AccountId, from: u64, to: u64) -> Event {
    Event::new("quotes_cancelled")
        .add_attribute("account", account.to_string())
        .add_attribute("from", from.to_string())
        .add_attribute("to", to.to_string())
}

/// `wasm-quotes_pruned`: fill records of cancelled quotes were removed.
pub fn quotes_pruned(account: AccountId, removed: u64) -> Event {
    Event::new("quotes_pruned")
        .add_attribute("account", account.to_string())
        .add_attribute("removed", removed.to_string())
}
