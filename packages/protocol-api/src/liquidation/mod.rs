//! The liquidation contract: messages, queries, responses, events (docs/spec/liquidation.md).
//!
//! It keeps auctions, standing bids and backstops, and asks the engine for every step; the engine alone prices
//! accounts and moves legs and money. Rewards are parts per million of maintenance margin, amounts are base units
//! of the quote coin, time is in unix seconds.

mod access;
mod events;
mod execute;
mod query;

pub use access::ACCESS;
pub use events::*;
pub use execute::*;
pub use query::*;
