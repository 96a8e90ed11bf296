//! What the kernels are compared with: the same price written without them.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::float_arithmetic,
    reason = "yardsticks, in no shipped contract"
)]

pub mod float;
pub mod naive;
