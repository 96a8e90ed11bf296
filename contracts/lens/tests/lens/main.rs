//! The lens over the deployed protocol: a real engine, a real oracle, a surface whose values are known.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "tests"
)]

mod estimate;
mod model;
mod pages;
mod refusals;
mod tickers;
mod window;
mod world;
