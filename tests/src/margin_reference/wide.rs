//! Multiple precision: `f256` has 237 bits. Its functions take microseconds; here is the logarithm by a table, as every price
//! asks for one.

use std::sync::LazyLock;

use f256::f256;

/// Steps of the table from 1 to 2.
const STEPS: u16 = 256;

/// Terms of `2 atanh(s) = 2 (s + s^3/3 + ...)`: with `|s| < 2^-10` what is left out is under `2^-183`.
const TERMS: u16 = 9;

/// Logarithms in the middle of every step, and of two.
struct Table {
    middles: Vec<(f256, f256)>,
    two: f256,
}

impl Table {
    fn new() -> Self {
        let middle = |i: u16| {
            let c = f256::ONE + f256::from(2 * i + 1) / f256::from(2 * STEPS);
            (c, c.ln())
        };
        Self {
            middles: (0..STEPS).map(middle).collect(),
            two: f256::TWO.ln(),
        }
    }
}

/// Natural logarithm, to `2^-180`: `x = 2^e m`, and `ln m = ln c + 2 atanh((m - c) / (m + c))` with c near m.
pub(super) fn ln(x: f256) -> f256 {
    static TABLE: LazyLock<Table> = LazyLock::new(Table::new);
    if !x.is_normal() || x < f256::ZERO {
        return x.ln();
    }
    let (_, exponent, digits) = x.as_sign_exp_signif();
    let e = exponent + bits(digits) - 1;
    let m = f256::from_sign_exp_signif(0, exponent - e, digits);
    let step = (m - f256::ONE) * f256::from(STEPS);
    let step = u16::try_from(&step.floor()).expect("m is from 1 to 2");
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

/// Of the whole number that a pair of words is.
fn bits((high, low): (u128, u128)) -> i32 {
    let zeros = if high == 0 {
        128 + low.leading_zeros()
    } else {
        high.leading_zeros()
    };
    256 - zeros as i32
}

/// The nearest `f64`, or next to it.
pub(super) fn to_f64(x: f256) -> f64 {
    let (sign, exponent, (high, low)) = x.as_sign_exp_signif();
    let digits = high as f64 * 2_f64.powi(128) + low as f64;
    let size = digits * 2_f64.powi(exponent);
    if sign == 1 { -size } else { size }
}
