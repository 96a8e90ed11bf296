//! Correctly rounded fixed-point mathematics in integers.
//!
//! A function here is *defined* as the real value at the exactly represented argument, rounded to
//! the nearest multiple of 2^-64 (ties up), on a stated domain; outside it there is a typed error.
//! Anyone with a multiple-precision library can recompute every result.

#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::float_arithmetic))]

pub mod grid;
pub mod int;
pub mod limb;
pub mod wide;

mod error;
mod tables;

pub use error::MathError;

/// The number type of prices, vols, years and Greeks: signed, 64 fraction bits.
pub type Fx = fixed::types::I64F64;
