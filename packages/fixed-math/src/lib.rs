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
mod exp;
mod ln;
mod normal;
mod proved;
mod quantile;
mod sqrt;
mod tables;

pub use error::MathError;
pub use exp::{EXP_MAX, EXP_MIN, exp, exp_hi, exp_lo};
pub use ln::{ln, ln_hi, ln_lo};
pub use normal::{norm_cdf, norm_cdf_hi, norm_cdf_lo, norm_pdf, norm_pdf_hi, norm_pdf_lo};
pub use proved::{Product, Proved, Signed};
pub use quantile::{norm_quantile, norm_quantile_hi, norm_quantile_lo};
pub use sqrt::{sqrt, sqrt_hi, sqrt_lo};

/// The number type of prices, vols, years and Greeks: signed, 64 fraction bits.
pub type Fx = fixed::types::I64F64;
