//! Liquidation on the whole protocol: prices fall, accounts are sold, the ledger is audited after every message.

mod attacks;
mod backstop;
mod deleverage;
mod dust;
mod estate;
mod expiry_day;
mod haircut;
mod lives;
mod market;
mod steps;
mod surface;
