//! Multiple precision: `f256` has 237 bits. Its functions take microseconds; here is the logarithm by a table, as every price
//! asks for one.

use std::cmp::Ordering;
use std::sync::LazyLock;

use f256::f256;

use super::normal::{Grid, Table};
use super::real::Real;

impl Real for f256 {
    const ZERO: Self = Self::ZERO;
    const ONE: Self = Self::ONE;
    const BITS: u32 = 237;
    const GRID: Grid = Grid {
        steps: 32,
        reach: 14,
        terms: 19,
    };

    fn of(whole: impl Into<i128>) -> Self {
        Self::from(whole.into())
    }
    fn whole(self) -> i64 {
        let most = if self < Self::ZERO {
            i64::MIN
        } else {
            i64::MAX
        };
        i64::try_from(&self.trunc()).unwrap_or(most)
    }
    fn to_f64(self) -> f64 {
        let (e, m) = split(Self::abs(&self));
        let digits = (m * Self::of(1_i64 << 52)).whole() as f64;
        let size = digits * 2_f64.powi(e - 52);
        if self < Self::ZERO { -size } else { size }
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
        Self::abs(&self)
    }
    fn floor(self) -> Self {
        Self::floor(&self)
    }
    fn ceil(self) -> Self {
        Self::ceil(&self)
    }
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    fn exp(self) -> Self {
        Self::exp(&self)
    }
    fn ln(self) -> Self {
        ln(self)
    }
    fn powf(self, y: Self) -> Self {
        Self::powf(&self, &y)
    }
    fn pi() -> Self {
        ::f256::consts::PI
    }
    fn normal_table() -> &'static Table<Self> {
        static TABLE: LazyLock<Table<f256>> = LazyLock::new(Table::computed);
        &TABLE
    }
}

/// Of the first word, those after the point.
const HIGH_BITS: u32 = 108;
/// What the exponent is kept with.
const BIAS: i32 = (1 << 18) - 1;
/// Steps of the table from 1 to 2.
const STEPS: u16 = 256;

/// Terms of `2 atanh(s) = 2 (s + s^3/3 + ...)`: with `|s| < 2^-10` what is left out is under `2^-183`.
const TERMS: u16 = 9;

/// Logarithms in the middle of every step, and of two.
struct Logarithms {
    middles: Vec<(f256, f256)>,
    two: f256,
}

impl Logarithms {
    fn new() -> Self {
        let middle = |i: u16| {
            let c = f256::ONE + f256::from(2 * i + 1) / f256::from(2 * STEPS);
            (c, f256::ln(&c))
        };
        Self {
            middles: (0..STEPS).map(middle).collect(),
            two: f256::ln(&f256::TWO),
        }
    }
}

/// Natural logarithm, to `2^-180`: `x = 2^e m`, and `ln m = ln c + 2 atanh((m - c) / (m + c))` with c near m.
fn ln(x: f256) -> f256 {
    static TABLE: LazyLock<Logarithms> = LazyLock::new(Logarithms::new);
    if !x.is_normal() || x < f256::ZERO {
        return f256::ln(&x);
    }
    let (e, m) = split(x);
    let step = (m - f256::ONE) * f256::from(STEPS);
    let step = u16::try_from(&f256::floor(&step)).expect("m is from 1 to 2");
    let (c, ln_c) = TABLE.middles[usize::from(step)];
    let s = (m - c) / (m + c);
    TABLE.two * f256::from(e) + ln_c + f256::TWO * atanh(s)
}

fn atanh(s: f256) -> f256 {
    static ODD: LazyLock<Vec<f256>> = LazyLock::new(|| {
        let odd = (0..TERMS).map(|n| f256::from(2 * n + 1).recip());
        odd.rev().collect()
    });
    let square = s * s;
    s * ODD
        .iter()
        .fold(f256::ZERO, |sum, part| sum * square + *part)
}

/// A number of the interchange format binary256: `2^e m`, m from 1 to 2; its 236 digits after the point are in two words.
fn split(x: f256) -> (i32, f256) {
    let (high, low) = x.to_bits();
    let e = (high >> HIGH_BITS) as i32 - BIAS;
    let m = high & ((1 << HIGH_BITS) - 1) | (BIAS as u128) << HIGH_BITS;
    (e, f256::from_bits((m, low)))
}
