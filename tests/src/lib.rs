//! Scenarios, spec examples, invariants, attacks and gas budgets over the compiled contracts.
//!
//! What several test files share lies here: the mathematics on the VM ([`probe`]), gas held against the committed
//! snapshot ([`gas`]), crowds of accounts ([`crowd`]), the market that
//! gas is measured in ([`month`]), random numbers that are the same every time ([`random`]), and what is generated from the code
//! ([`schema`], [`sources`]). The deployed protocol with its actors is the `sandbox` crate.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    clippy::unwrap_used,
    reason = "test code: it fails loudly"
)]

pub mod codes;
pub mod costs;
pub mod crowd;
pub mod gas;
pub mod margin_reference;
pub mod month;
pub mod probe;
pub mod random;
pub mod schema;
pub mod sources;
pub mod typescript;
