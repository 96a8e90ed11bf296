//! One message each: check, load, compute, save, emit.

pub mod accounts;
pub mod admin;
pub mod buy_collateral;
pub mod collect_fees;
pub mod deposit;
pub mod liquidation;
pub mod list_series;
pub mod listing;
pub mod settle;
pub mod settle_fills;
pub mod withdraw;
