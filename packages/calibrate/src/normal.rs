//! The normal law and Black's formula in floating point, forward one.

/// Standard normal density.
#[must_use]
pub fn pdf(x: f64) -> f64 {
    const INV_SQRT_TAU: f64 = 0.398_942_280_401_432_7;
    INV_SQRT_TAU * (-0.5 * x * x).exp()
}

/// Standard normal distribution function.
#[must_use]
pub fn cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// Undiscounted Black call for forward `f`, strike `k`, total volatility `s > 0`.
#[must_use]
pub fn black_call(f: f64, k: f64, s: f64) -> f64 {
    let d1 = (f / k).ln() / s + 0.5 * s;
    f * cdf(d1) - k * cdf(d1 - s)
}

/// Undiscounted Black put for forward `f`, strike `k`, total volatility `s > 0`.
#[must_use]
pub fn black_put(f: f64, k: f64, s: f64) -> f64 {
    let d1 = (f / k).ln() / s + 0.5 * s;
    k * cdf(s - d1) - f * cdf(-d1)
}

/// Price of the out-of-the-money option at moneyness `k` (forward one): put below one, else call.
#[must_use]
pub fn black_otm(k: f64, s: f64) -> f64 {
    if k < 1.0 {
        black_put(1.0, k, s)
    } else {
        black_call(1.0, k, s)
    }
}

/// `d1` at moneyness `k` and total volatility `s`.
#[must_use]
pub fn d1(k: f64, s: f64) -> f64 {
    -k.ln() / s + 0.5 * s
}

/// Total volatility at which the out-of-the-money option at moneyness `k` costs `price`
/// (over the forward); `None` when no volatility in `[1e-6, 12]` gives that price.
#[must_use]
pub fn implied_total_vol(k: f64, price: f64) -> Option<f64> {
    let (mut low, mut high) = (1e-6, 12.0);
    if !(price > 0.0) || black_otm(k, low) > price || black_otm(k, high) < price {
        return None;
    }
    let mut s = (2.0 * k.ln().abs()).sqrt().clamp(0.01, 3.0);
    for _ in 0..200 {
        let value = black_otm(k, s);
        if value > price {
            high = s;
        } else {
            low = s;
        }
        // Newton on the logarithm of the price: nearly straight in the wings.
        let slope = pdf(d1(k, s));
        let step = if value > 0.0 && slope > 0.0 {
            value * (price / value).ln() / slope
        } else {
            f64::NAN
        };
        let next = s + step;
        let next = if next > low && next < high {
            next
        } else {
            0.5 * (low + high)
        };
        if (next - s).abs() <= 1e-13 * s {
            return Some(next);
        }
        s = next;
    }
    Some(s)
}
