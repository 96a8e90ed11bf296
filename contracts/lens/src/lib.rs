//! The lens shows a market as tickers: marks, implied vols and Greeks from the surface of record.
//!
//! Read only: it takes no messages and holds nothing but the two addresses it reads. Marks are the slice's
//! value within 1.5 units of the last place, rounded as docs/spec/surface.md and lens.md say, so anyone
//! can recompute them. It is a contract of its own so that the margin engine, which trades, stays small.

pub mod contract;
mod error;
mod estimate;
mod query;
mod state;
mod ticker;

pub use error::LensError;
