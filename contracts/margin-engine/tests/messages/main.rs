//! One file per message, the whole engine on a test chain, the ledger audited after every message.

#![allow(missing_docs, reason = "tests")]

mod common;

mod access;
mod accounts;
mod admin;
mod attacks;
mod audit;
mod bounds;
mod buy_collateral;
mod dead_debts;
mod deleverage;
mod deleverage_pieces;
mod deposit;
mod end_to_end;
mod estates;
mod gains_stay;
mod insurance;
mod liquidate;
mod liquidation_attacks;
mod list_series;
mod listing;
mod losses;
mod losses_attacks;
mod queries;
mod reentry;
mod rounds;
mod settle;
mod settle_fills;
mod short;
mod shortfall;
mod stateful;
mod uncounted;
mod ways_out;
mod whole_units;
mod withdraw;
