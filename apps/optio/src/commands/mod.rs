//! One module per command.

pub mod adversary;
pub mod backtest;
pub mod margin;
pub mod math;
pub mod price;
pub mod surface;
