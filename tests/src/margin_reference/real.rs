//! The number that the model computes with: `f64`, or `f256` of 237 bits. What the page defines on whole numbers enters exactly
//! by [`Real::of`].

use std::cmp::Ordering;
use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};
use std::sync::LazyLock;

use super::normal::{Grid, Table};

/// What the page's formulas ask of a number.
pub trait Real:
    Copy
    + Debug
    + PartialOrd
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + Send
    + Sync
    + 'static
{
    /// 0
    const ZERO: Self;
    /// 1
    const ONE: Self;
    /// Bits of a result; the rest is rounded off.
    const BITS: u32;
    /// Where the normal distribution is known.
    const GRID: Grid;

    /// A whole number.
    fn of(whole: impl Into<i128>) -> Self;
    /// The quotient of two.
    fn ratio(a: impl Into<i128>, b: impl Into<i128>) -> Self {
        Self::of(a) / Self::of(b)
    }
    /// Towards zero; what is too large is the largest.
    fn whole(self) -> i64;
    /// As an `f64`, to its last bit.
    fn to_f64(self) -> f64;

    /// A total order; numbers as usual.
    fn order(&self, other: &Self) -> Ordering;
    /// The lower one.
    fn min(self, other: Self) -> Self;
    /// The higher one.
    fn max(self, other: Self) -> Self;
    /// Without its sign.
    fn abs(self) -> Self;
    /// The whole number below.
    fn floor(self) -> Self;
    /// The whole number above.
    fn ceil(self) -> Self;

    /// Square root.
    fn sqrt(self) -> Self;
    /// `e^x`
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// `x^y`
    fn powf(self, y: Self) -> Self;
    /// pi
    fn pi() -> Self;
    /// The normal distribution at every node of its grid.
    fn normal_table() -> &'static Table<Self>;

    /// The sum of all.
    fn sum(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::ZERO, Add::add)
    }
    /// The least of all.
    fn least(all: impl IntoIterator<Item = Self>) -> Self {
        let least = all.into_iter().reduce(Self::min);
        least.expect("one at least")
    }
    /// The nearest price below that still differs when it is computed with.
    fn just_below(self) -> Self {
        self * (Self::ONE - Self::ratio(1, 1_i128 << (Self::BITS - 3).min(100)))
    }
    /// A price on either side, further off than computing may be.
    fn beside(self) -> [Self; 2] {
        let share = Self::ratio(1, 1_i128 << (Self::BITS - 16).min(100));
        [self * (Self::ONE - share), self * (Self::ONE + share)]
    }
}

impl Real for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const BITS: u32 = 53;
    const GRID: Grid = Grid {
        steps: 64,
        reach: 9,
        terms: 6,
    };

    fn of(whole: impl Into<i128>) -> Self {
        whole.into() as Self
    }
    fn whole(self) -> i64 {
        self as i64
    }
    fn to_f64(self) -> f64 {
        self
    }
    fn order(&self, other: &Self) -> Ordering {
        self.total_cmp(other)
    }
    fn min(self, other: Self) -> Self {
        self.min(other)
    }
    fn max(self, other: Self) -> Self {
        self.max(other)
    }
    fn abs(self) -> Self {
        self.abs()
    }
    fn floor(self) -> Self {
        self.floor()
    }
    fn ceil(self) -> Self {
        self.ceil()
    }
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    fn exp(self) -> Self {
        self.exp()
    }
    fn ln(self) -> Self {
        self.ln()
    }
    fn powf(self, y: Self) -> Self {
        self.powf(y)
    }
    fn pi() -> Self {
        std::f64::consts::PI
    }
    fn normal_table() -> &'static Table<Self> {
        static TABLE: LazyLock<Table<f64>> = LazyLock::new(Table::computed);
        &TABLE
    }
}
