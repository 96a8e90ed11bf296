#![doc = include_str!("../README.md")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    reason = "a test and measuring tool: it ships in no contract, and gas sums stay far below 2^64"
)]

mod adapter;
mod artifacts;
mod backend;
mod bank;
mod cache;
mod chain;
pub mod check;
mod code;
pub mod costs;
mod error;
mod form;
mod identity;
mod meter;
mod overlay;
mod report;
mod snapshot;
mod switch;
mod twin;
mod watch;

pub use artifacts::{artifacts_dir, compiler};
pub use chain::{App, Chain, Mode, Outcome};
pub use code::{Code, Contract};
pub use error::ChainError;
pub use identity::Identity;
pub use report::{CallGas, Entry, GasReport, Operations};
pub use snapshot::{GasSnapshot, SnapshotError};
pub use switch::contract;
pub use watch::{Call, Watch};
