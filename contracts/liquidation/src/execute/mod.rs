//! One message per file.

pub mod create_backstop;
pub mod deleverage;
pub mod deposit_backstop;
pub mod liquidate;
pub mod nominate;
pub mod ownership;
pub mod place_bid;
pub mod set_terms;
pub mod take_backstop;
pub mod withdraw_backstop;
pub mod withdraw_bid;
