//! The margin engine: messages, queries, responses and wire types.
//!
//! The engine is the clearing house: it alone holds coins, accounts and positions. Venues bring
//! it agreed fills ([`ExecuteMsg::SettleFills`]); it checks consent, applies legs, premium and
//! fees, tests margin and saves. Money on the wire is an integer count of a coin's base unit in a
//! string, prices and quantities are integer counts of a market's tick and unit, ratios are
//! 18-digit decimal strings, time is in unix seconds.

mod access;
mod admin;
mod events;
mod execute;
mod liquidation;
mod query;
mod responses;
mod types;

pub use access::ACCESS;
pub use admin::*;
pub use events::*;
pub use execute::*;
pub use liquidation::*;
pub use query::*;
pub use responses::*;
pub use types::*;
