//! Payoffs, Black-76, implied vol and lognormal-mixture surfaces in integers.

/// Prices, vols, year fractions.
pub use fixed_math::Fx;

pub mod black76;
pub mod calendar;
pub mod digital;
pub mod greeks;
pub mod implied_vol;
pub mod payoff;
pub mod shock;
pub mod slice;
