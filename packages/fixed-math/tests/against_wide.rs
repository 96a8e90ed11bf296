//! The fast path against the wide one: two independent evaluations, every bit and both twins.
//!
//! A few thousand seeded arguments here; `cargo test -p fixed-math --test against_wide -- --ignored` runs
//! a million for each function (about ten minutes).

use fixed_math::wide::{self, Rounded, WideError};
use fixed_math::{
    EXP_MAX, EXP_MIN, Fx, MathError, exp, exp_hi, exp_lo, ln, ln_hi, ln_lo, norm_cdf, norm_cdf_hi,
    norm_cdf_lo, norm_pdf, norm_pdf_hi, norm_pdf_lo, norm_quantile, norm_quantile_hi,
    norm_quantile_lo, sqrt, sqrt_hi, sqrt_lo,
};

type Fast = fn(Fx) -> Result<Fx, MathError>;
type Wide = fn(Fx) -> Result<Rounded, WideError>;

/// A seeded sequence of words (xorshift, multiplied).
struct Seeded(u64);

impl Seeded {
    fn word(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn bits(&mut self) -> i128 {
        i128::from(self.word()) << 63 | i128::from(self.word() >> 1)
    }

    fn positive(&mut self) -> Fx {
        let shift = self.word() % 127;
        Fx::from_bits((self.bits() >> shift).max(1))
    }

    fn between(&mut self, low: Fx, high: Fx) -> Fx {
        let width = high.to_bits() - low.to_bits() + 1;
        Fx::from_bits(low.to_bits() + self.bits() % width)
    }

    fn probability(&mut self) -> Fx {
        let shift = self.word() % 64;
        let tail = Fx::from_bits(i128::from((self.word() >> shift).max(1)));
        if self.word() & 1 == 0 {
            tail
        } else {
            Fx::ONE - tail
        }
    }
}

fn compare(
    count: usize,
    [nearest, low, high]: [Fast; 3],
    wide: Wide,
    mut next: impl FnMut() -> Fx,
) {
    for _ in 0..count {
        let x = next();
        let expected = wide(x).unwrap();
        assert_eq!(nearest(x), Ok(expected.nearest), "at {}", x.to_bits());
        let (low, high) = (low(x).unwrap(), high(x).unwrap());
        assert!(
            low <= expected.floor && expected.ceil <= high,
            "twins at {}",
            x.to_bits()
        );
        assert!(
            (high - low).to_bits() <= 2,
            "twins too far apart at {}",
            x.to_bits()
        );
    }
}

fn run(count: usize) {
    let ten = Fx::from_num(10);
    let mut s = Seeded(0x9E37_79B9_7F4A_7C15);
    compare(count, [exp, exp_lo, exp_hi], wide::exp, || {
        s.between(EXP_MIN, EXP_MAX)
    });
    compare(count, [ln, ln_lo, ln_hi], wide::ln, || s.positive());
    compare(count, [sqrt, sqrt_lo, sqrt_hi], wide::sqrt, || s.positive());
    let cdf = [norm_cdf, norm_cdf_lo, norm_cdf_hi];
    compare(count, cdf, wide::norm_cdf, || s.between(-ten, ten));
    let pdf = [norm_pdf, norm_pdf_lo, norm_pdf_hi];
    compare(count, pdf, wide::norm_pdf, || s.between(-ten, ten));
    let quantile = [norm_quantile, norm_quantile_lo, norm_quantile_hi];
    compare(count / 20, quantile, wide::norm_quantile, || {
        s.probability()
    });
}

#[test]
fn fast_and_wide_agree() {
    run(4_000);
}

#[test]
#[ignore = "about ten minutes"]
fn fast_and_wide_agree_on_a_million() {
    run(1_000_000);
}
