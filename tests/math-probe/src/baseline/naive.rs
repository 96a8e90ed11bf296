//! Black-76 as existing contracts compute it, on the operators of the `fixed` crate: range
//! reductions with rational approximations, a rational normal distribution function, each
//! operation a 128-bit multiplication or division.

use fixed_math::Fx;

const LN2: Fx = Fx::lit("0.69314718055994530941723212145818");

/// Call and put.
pub fn call_put([forward, strike, vol, years]: [Fx; 4]) -> (Fx, Fx) {
    let s = vol * years.sqrt();
    let d1 = ln(forward / strike) / s + s / 2;
    let call = forward * cdf(d1) - strike * cdf(d1 - s);
    (call, call - forward + strike)
}

/// Coefficients of the diagonal rational approximation of e^r of degree 7, from the highest down.
const EXP: [Fx; 8] = [
    Fx::lit("0.000000057812557812557813"),
    Fx::lit("0.000003237503237503237503"),
    Fx::lit("0.000087412587412587412587"),
    Fx::lit("0.001456876456876456876457"),
    Fx::lit("0.016025641025641025641026"),
    Fx::lit("0.115384615384615384615385"),
    Fx::lit("0.500000000000000000000000"),
    Fx::lit("1.000000000000000000000000"),
];

/// e^x: x = k ln 2 + r, then p(r) / p(-r).
fn exp(x: Fx) -> Fx {
    let k: i32 = (x / LN2).round().to_num();
    let r = x - LN2 * Fx::from_num(k);
    let top = EXP.into_iter().fold(Fx::ZERO, |sum, c| sum * r + c);
    let bottom = EXP.into_iter().fold(Fx::ZERO, |sum, c| c - sum * r);
    let value = top / bottom;
    if k >= 0 {
        value << k.cast_unsigned()
    } else {
        value >> k.unsigned_abs().min(127)
    }
}

/// 1/25, 1/23, ..., 1/3, 1.
const ODD: [Fx; 13] = [
    Fx::lit("0.040000000000000000000000"),
    Fx::lit("0.043478260869565217391304"),
    Fx::lit("0.047619047619047619047619"),
    Fx::lit("0.052631578947368421052632"),
    Fx::lit("0.058823529411764705882353"),
    Fx::lit("0.066666666666666666666667"),
    Fx::lit("0.076923076923076923076923"),
    Fx::lit("0.090909090909090909090909"),
    Fx::lit("0.111111111111111111111111"),
    Fx::lit("0.142857142857142857142857"),
    Fx::lit("0.200000000000000000000000"),
    Fx::lit("0.333333333333333333333333"),
    Fx::lit("1.000000000000000000000000"),
];

/// ln x: x = m 2^k with m near 1, then the series of the inverse hyperbolic tangent.
fn ln(x: Fx) -> Fx {
    let k = x.int_log2();
    let m = if k >= 0 {
        x >> k.unsigned_abs()
    } else {
        x << k.unsigned_abs()
    };
    let (m, k) = if m > Fx::lit("1.41421356237309504880") {
        (m >> 1, k + 1)
    } else {
        (m, k)
    };
    let t = (m - Fx::ONE) / (m + Fx::ONE);
    let square = t * t;
    let sum = ODD.into_iter().fold(Fx::ZERO, |sum, c| sum * square + c);
    LN2 * Fx::from_num(k) + sum * t * 2
}

/// Coefficients of Hart's rational approximation (1968, number 5666).
const TOP: [Fx; 7] = [
    Fx::lit("0.0352624965998911"),
    Fx::lit("0.700383064443688"),
    Fx::lit("6.37396220353165"),
    Fx::lit("33.912866078383"),
    Fx::lit("112.079291497871"),
    Fx::lit("221.213596169931"),
    Fx::lit("220.206867912376"),
];
const BOTTOM: [Fx; 8] = [
    Fx::lit("0.0883883476483184"),
    Fx::lit("1.75566716318264"),
    Fx::lit("16.064177579207"),
    Fx::lit("86.7807322029461"),
    Fx::lit("296.564248779674"),
    Fx::lit("637.333633378831"),
    Fx::lit("793.826512519948"),
    Fx::lit("440.413735824752"),
];

/// The normal distribution function.
fn cdf(x: Fx) -> Fx {
    let z = x.abs();
    let tail = if z > Fx::from_num(9) {
        Fx::ZERO
    } else {
        let e = exp(-z * z / 2);
        if z < Fx::lit("7.07") {
            let top = TOP.into_iter().fold(Fx::ZERO, |sum, c| sum * z + c);
            let bottom = BOTTOM.into_iter().fold(Fx::ZERO, |sum, c| sum * z + c);
            e * top / bottom
        } else {
            let mut tail = z + Fx::lit("0.65");
            for n in (1..=4_i32).rev() {
                tail = z + Fx::from_num(n) / tail;
            }
            e / tail / Fx::lit("2.506628274631")
        }
    };
    if x > Fx::ZERO { Fx::ONE - tail } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::float;

    /// Both baselines are prices: within a millionth of the exact one.
    #[test]
    fn the_baselines_agree_with_the_kernel() {
        for (forward, strike, vol, years) in [
            ("100000", "90000", "0.6", "0.25"),
            ("100000", "140000", "1.2", "0.5"),
            ("3000", "3000", "0.05", "0.01"),
            ("0.5", "0.3", "2.5", "1.75"),
        ] {
            let row = [forward, strike, vol, years].map(|x| x.parse::<Fx>().unwrap());
            let [f, k, v, t] = row;
            let exact = pricing::black76::call_and_put(f, k, v, t).unwrap();
            for (call, put) in [call_put(row), float::call_put(row)] {
                assert!(
                    (call - exact.call).abs() < f / 1_000_000,
                    "{call} {}",
                    exact.call
                );
                assert!(
                    (put - exact.put).abs() < f / 1_000_000,
                    "{put} {}",
                    exact.put
                );
            }
        }
    }
}
