//! The one-word kernel: logarithm, exponential, normal cdf and mixtures of Black prices in `i64`.
//!
//! Margin re-prices every leg in every scenario, thousands of prices a message, and needs a
//! *bound*, not sixty digits. Everything here is straight-line 64-bit integer arithmetic: no
//! 128-bit product, no division in the hot loop, no data-dependent branch.
//!
//! Numbers are plain integers with a stated binary scale:
//!
//! | what | type | one is |
//! |---|---|---|
//! | logarithm | `i64` | `2^44` |
//! | total vol, normal argument | `i64` | `2^36` |
//! | moneyness `K / F` | `u64` | `2^36` |
//! | probability inside | `i64` | `2^44` |
//! | value relative to the forward | `i64` | `2^40` |
//!
//! # Error bounds
//! Proved next to each function and summed up in `docs/spec/surface.md`; the sup norms of the
//! polynomials are certified by the table generator with ball arithmetic.
//!
//! | function | bound |
//! |---|---|
//! | [`ln`] | absolute `2^-42` |
//! | [`exp`] | relative `2^-38`, plus `2^-40` absolute |
//! | [`norm_cdf`] | absolute `2^-38.5` ([`NORM_CDF_ERROR`]), argument taken as exact |
//! | call of [`Mixture::values`] | [`Mixture::call_error`]: `(scale + k) 2^-38 + 12 2^-40` |
//! | digital of [`Mixture::values`] | [`Mixture::digital_error`]: `2^-28.5 + 2^-41 / s` |
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "every range is proved in the comments; overflow checks would cost more than the kernel"
)]

mod builder;
mod elementary;
mod mixture;
mod shape;
#[rustfmt::skip]
mod tables;
#[cfg(test)]
mod tests;

pub use builder::Builder;
pub use elementary::{LN_2, NORM_CDF_ERROR, exp, ln, ln_2_times, norm_cdf};
pub use mixture::{
    Bounds, MAX_PARTS, MAX_SCALE, MAX_VOL, MIN_VOL, Mixture, MixtureError, Part, Strike,
};
pub use shape::{FACTOR_BITS, FACTOR_ONE, MAX_FACTOR, multiply, ratio, scale_log, scale_vol};
pub use tables::{EXP_POLYNOMIAL_ERROR, LN_POLYNOMIAL_ERROR, NORM_CDF_POLYNOMIAL_ERROR};

/// A logarithm of 1 is `2^44`.
pub const LOG_BITS: u32 = 44;
/// A total vol or normal argument of 1 is `2^36`.
pub const VOL_BITS: u32 = 36;
/// A moneyness of 1 is `2^36`.
pub const MONEYNESS_BITS: u32 = 36;
/// A value equal to the forward is `2^40`.
pub const VALUE_BITS: u32 = 40;
/// The value of one forward.
pub const VALUE_ONE: i64 = 1 << VALUE_BITS;
/// Mixture weights sum to `2^16`.
pub const WEIGHT_BITS: u32 = 16;
