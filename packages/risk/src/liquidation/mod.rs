//! Liquidation by one price, and how a loss is shared (docs/spec/liquidation.md).
//!
//! Amounts are quote base units, rewards and targets parts per million ([`PPM`]). Everything is total: amounts of
//! [`crate::assess`] stay below `2^79`, and what passes a type saturates.

mod claim;
mod closing;
mod fund;
mod haircut;
mod health;
mod marks;
mod schedule;
mod slice;

pub use claim::{Bid, Limit, claim, cut_back, penalty_ceil};
pub use closing::{Closing, Rank, is_dust, is_spared, other_side};
pub use fund::{Fund, payable, split_by_loss};
pub use haircut::{Ended, Gains, Part, Round};
pub use health::{Health, Standing};
pub use marks::{market_marks, quote_value};
pub use schedule::{MAX_DISCOUNT, Schedule};
pub use slice::{
    Share, UNITS_MORE, is_worth_leaving, relief_ceil, rest_of, slice, slice_down, slice_price,
};

/// One, in parts per million.
pub const PPM: i32 = 1_000_000;
