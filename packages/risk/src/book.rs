//! An account's cash and legs.

use crate::{CoinId, SeriesKey};

/// Most legs of one book.
pub const MAX_LEGS: usize = 128;
/// Greatest absolute quantity of one leg: no sum over a book leaves its type.
pub const MAX_QUANTITY: i64 = (1 << 47) - 1;

/// A signed count of quantity units of one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Leg {
    /// The series.
    pub key: SeriesKey,
    /// Signed count of the market's quantity units; positive when long.
    pub quantity: i64,
}

/// An account as margin sees it: cash per coin and legs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// Signed cash in base units, each coin at most once, in any order.
    pub cash: Vec<(CoinId, i128)>,
    /// Legs, each series at most once, in any order.
    pub legs: Vec<Leg>,
}
