//! Off-chain surface calibration: fits mixtures of lognormals to an option chain.
//!
//! One slice of the surface is a mixture of two to four lognormals
//! (docs/spec/surface.md). The fit minimises vega-weighted price errors by
//! Levenberg-Marquardt from several starts and from the previous surface;
//! neighbouring expiries are then fitted jointly until the calendar condition
//! holds. Last, the numbers are rounded to the stored integers so that both
//! sums stay exact. Nothing here is trusted: the chain checks the integers.
//!
//! Everything is in relative units: prices over the forward, strikes as
//! moneyness `k = K / F`, volatility as total volatility `s = sigma sqrt(T)`.
#![allow(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::needless_range_loop,
    clippy::neg_cmp_op_on_partial_ord,
    reason = "off-chain numerical fitting in floating point; the chain verifies its result"
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod certificate;
mod chain;
mod fit;
mod lm;
mod measure;
mod mixture;
pub mod normal;
mod params;
mod problem;
mod quotes;
mod realized;
mod round;
mod starts;

pub use certificate::{CertificateError, certificate};
pub use chain::{CalendarGap, ChainFit, Settings, calendar_gap, fit_chain};
pub use fit::fit_slice;
pub use measure::{FitError, fit_error};
pub use mixture::{Lognormal, Mixture};
pub use pricing::slice::Component;
pub use quotes::{ExpiryQuotes, Quote};
pub use realized::realized_vol;
pub use round::{IntegerSlice, RoundError, round_mixture};
