//! The 112-bit kernel: signed numbers in four limbs of 28 bits, and the elementary functions
//! that prices are made of.
//!
//! A 28-bit limb in an `i64` leaves room for the sum of several products and for a sign, so a
//! product of two numbers is ten plain multiplications and no call. On wasm32 that matters: a
//! 128-bit multiplication is a call that costs more than a whole limb product.
//!
//! Everything here is raw integer arithmetic on ranges that are proved in the comments and
//! tested with overflow checks on. Error bounds are in units of `u` = 2^-112.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "limb ranges are proved in the comments and tested with checks on; table indices are cut"
)]

mod exponential;
mod float;
mod horner;
mod logarithm;
pub(crate) mod long;
mod mills;
mod number;
mod roots;
mod rounding;

pub use exponential::exp_neg;
pub use float::Float;
pub use logarithm::{ln, ln_bits};
pub use mills::{MILLS32_ERROR, mills32};
pub use number::{LN_SQRT_2PI, Limbs};
pub use roots::{recip, rsqrt};
pub use rounding::{round_down, round_float, round_nearest, round_up};

/// Bits in a limb.
pub const LIMB_BITS: u32 = 28;

/// The low bits of a limb.
pub(crate) const MASK: i64 = (1 << LIMB_BITS) - 1;

/// The low bits of a word of two limbs.
pub(crate) const WORD: i64 = (1 << (2 * LIMB_BITS)) - 1;
