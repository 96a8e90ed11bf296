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

/// e^x: x = k ln 2 + r, the diagonal rational approximation of degree 7 in r.
fn exp(x: Fx) -> Fx {
    let k: i32 = (x / LN2).round().to_num();
    let r = x - LN2 * Fx::from_num(k);
    // Factors c_j / c_{j-1} = (7 - j + 1) / (j (14 - j + 1)) of the even and odd parts.
    let (mut even, mut odd, mut term) = (Fx::ONE, Fx::ZERO, Fx::ONE);
    for j in 1..=7_i32 {
        term = term * r * Fx::from_num(8 - j) / Fx::from_num(j * (15 - j));
        if j % 2 == 0 {
            even += term
        } else {
            odd += term
        }
    }
    let value = (even + odd) / (even - odd);
    if k >= 0 {
        value << k.cast_unsigned()
    } else {
        value >> k.unsigned_abs().min(127)
    }
}

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
    let mut sum = Fx::ZERO;
    for odd in (1..=25_i32).rev().step_by(2) {
        sum = sum * square + Fx::ONE / Fx::from_num(odd);
    }
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
