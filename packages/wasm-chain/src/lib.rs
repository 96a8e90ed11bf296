//! An in-process chain that runs compiled CosmWasm contracts on the real VM and meters gas.
//!
//! The chain itself (bank, blocks, sub-messages, replies, roll-back) is `cw-multi-test`. What this crate adds is the
//! contract: every call runs the shipped wasm in a fresh `cosmwasm-vm` instance, over the chain's own storage, and is
//! charged what a wasmd node charges. The same [`Chain`] also runs the contracts natively; a suite written against it
//! picks by [`Mode`], and results and state must not differ. A suite that builds its own `cw_multi_test::App` stores its
//! codes by [`contract`], and whoever runs it picks.
//!
//! ```no_run
//! # fn entry_points() -> Box<dyn wasm_chain::Contract<cosmwasm_std::Empty>> { unimplemented!() }
//! use wasm_chain::{Chain, Code, Mode};
//!
//! let mut chain = Chain::new(Mode::Wasm);
//! let owner = chain.address("owner");
//! let code = chain.store(&Code::new("counter", entry_points))?; // reads artifacts/counter.wasm
//! let counter = chain.instantiate(code, &owner, &serde_json::json!({}), &[], "counter")?;
//! let outcome = chain.execute(&owner, &counter, &serde_json::json!({ "add": { "amount": 2 } }), &[])?;
//! println!("{}", outcome.gas);
//! # Ok::<(), wasm_chain::ChainError>(())
//! ```
//!
//! What is metered, and what is not, is listed in [`costs`].
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
