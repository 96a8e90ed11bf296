//! One message, or one family of messages, each: check, load, compute, save, emit.

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

use cosmwasm_std::{Event, Response};

/// A response that tells one event.
#[inline(never)] // Once, not once a message.
fn response_with(event: Event) -> Response {
    Response::new().add_event(event)
}
