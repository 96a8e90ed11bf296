//! Against the certified vectors and against identities.

use super::*;

fn fx(bits: i128) -> I64F64 {
    I64F64::from_bits(bits)
}
#[test]
fn exact_cases_are_exact() {
    let half = I64F64::ONE / 2;
    for (value, want) in [
        (exp(I64F64::ZERO), I64F64::ONE),
        (ln(I64F64::ONE), I64F64::ZERO),
        (sqrt(fx(9 << 64)), fx(3 << 64)),
        (norm_cdf(I64F64::ZERO), half),
        (norm_quantile(half), I64F64::ZERO),
    ] {
        assert_eq!(
            value,
            Ok(Rounded {
                floor: want,
                nearest: want,
                ceil: want
            })
        );
    }
}
