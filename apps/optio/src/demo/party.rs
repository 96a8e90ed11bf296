//! Who takes part in the demo, and what is noted of him.

use sandbox::Trader;

/// One point of an account's health.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Hours since the start.
    pub hour: f64,
    /// USD.
    pub equity: f64,
    /// USD.
    pub maintenance: f64,
    /// USD.
    pub initial: f64,
    /// Equity over maintenance; none without margin.
    pub health: Option<f64>,
    /// Covered without any price.
    pub covered: bool,
    /// The deciding pricing.
    pub worst: String,
}

/// One position, for payoff plots.
#[derive(Debug, Clone)]
pub struct Position {
    /// Unix seconds.
    pub expiry: u64,
    /// USD.
    pub strike: f64,
    /// Call or put.
    pub call: bool,
    /// Of the underlying, signed.
    pub quantity: f64,
    /// USD per underlying at which it was traded.
    pub price: f64,
}

/// One party.
#[derive(Debug, Clone)]
pub struct Party {
    /// Name.
    pub name: String,
    /// What the account is for.
    pub plan: String,
    /// The account.
    pub trader: Trader,
    /// Health through time.
    pub readings: Vec<Reading>,
    /// Linear positions traded.
    pub positions: Vec<Position>,
}
