//! Laws that hold for every argument.

use fixed_math::{
    EXP_MAX, EXP_MIN, Fx, exp, exp_hi, exp_lo, int, ln, ln_hi, ln_lo, norm_cdf, norm_cdf_hi,
    norm_cdf_lo, norm_pdf, norm_pdf_hi, norm_pdf_lo, norm_quantile, norm_quantile_hi,
    norm_quantile_lo, sqrt, sqrt_hi, sqrt_lo,
};
use num_bigint::{BigInt, BigUint};
use proptest::prelude::*;

/// Positive bit patterns of every size.
fn positive() -> impl Strategy<Value = Fx> {
    (1_i128.., 0_u32..127).prop_map(|(bits, shift)| Fx::from_bits((bits >> shift).max(1)))
}

/// Arguments of exp.
fn exponent() -> impl Strategy<Value = Fx> {
    (EXP_MIN.to_bits()..=EXP_MAX.to_bits()).prop_map(Fx::from_bits)
}

/// Arguments around the region where the normal functions are not constant, of every size.
fn around() -> impl Strategy<Value = Fx> {
    (-11_i128 << 64..11_i128 << 64, 0_u32..60)
        .prop_map(|(bits, shift)| Fx::from_bits(bits >> shift))
}

/// Probabilities of every size, both tails.
fn probability() -> impl Strategy<Value = Fx> {
    (1_u64.., 0_u32..64, any::<bool>()).prop_map(|(bits, shift, upper)| {
        let bits = i128::from((bits >> shift).max(1));
        Fx::from_bits(if upper { (1 << 64) - bits } else { bits })
    })
}

fn floor_div(a: &BigInt, b: &BigInt) -> BigInt {
    let quotient = a / b;
    if &quotient * b != *a && ((a < &BigInt::ZERO) != (b < &BigInt::ZERO)) {
        quotient - 1
    } else {
        quotient
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn twins_enclose_the_nearest_within_two_ulp(
        x in positive(), y in exponent(), z in around(), p in probability(),
    ) {
        for (low, nearest, high) in [
            (exp_lo(y), exp(y), exp_hi(y)),
            (ln_lo(x), ln(x), ln_hi(x)),
            (sqrt_lo(x), sqrt(x), sqrt_hi(x)),
            (norm_cdf_lo(z), norm_cdf(z), norm_cdf_hi(z)),
            (norm_pdf_lo(z), norm_pdf(z), norm_pdf_hi(z)),
            (norm_quantile_lo(p), norm_quantile(p), norm_quantile_hi(p)),
        ] {
            let (low, nearest, high) = (low.unwrap(), nearest.unwrap(), high.unwrap());
            prop_assert!(low <= nearest && nearest <= high);
            prop_assert!((high - low).to_bits() <= 2);
        }
    }

    #[test]
    fn all_but_the_density_are_monotone(
        x in positive(), y in exponent(), z in around(), p in probability(), step in 1_i128..1 << 70, cut in 0_u32..70,
    ) {
        let step = Fx::from_bits((step >> cut).max(1));
        if let Some(next) = x.checked_add(step) {
            prop_assert!(ln(x).unwrap() <= ln(next).unwrap());
            prop_assert!(sqrt(x).unwrap() <= sqrt(next).unwrap());
        }
        if y + step <= EXP_MAX {
            prop_assert!(exp(y).unwrap() <= exp(y + step).unwrap());
        }
        prop_assert!(norm_cdf(z).unwrap() <= norm_cdf(z + step).unwrap());
        if p + step < Fx::ONE {
            prop_assert!(norm_quantile(p).unwrap() <= norm_quantile(p + step).unwrap());
        }
        let (near, far) = (z.abs(), z.abs() + step);
        prop_assert!(norm_pdf(near).unwrap() >= norm_pdf(far).unwrap());
    }

    #[test]
    fn the_normal_functions_are_symmetric(z in around(), p in probability()) {
        prop_assert_eq!(norm_cdf(z).unwrap() + norm_cdf(-z).unwrap(), Fx::ONE);
        prop_assert_eq!(norm_pdf(z), norm_pdf(-z));
        prop_assert_eq!(norm_quantile(p).unwrap(), -norm_quantile(Fx::ONE - p).unwrap());
    }

    #[test]
    fn the_root_is_the_integer_root(x in positive()) {
        let n: BigUint = BigUint::from(x.to_bits().unsigned_abs()) << 64_u32;
        let floor = n.sqrt();
        let exact = &floor * &floor == n;
        prop_assert_eq!(BigUint::from(sqrt_lo(x).unwrap().to_bits().unsigned_abs()), floor.clone());
        let ceil = if exact { floor } else { floor + 1_u8 };
        prop_assert_eq!(BigUint::from(sqrt_hi(x).unwrap().to_bits().unsigned_abs()), ceil);
    }

    #[test]
    fn squares_have_exact_roots(k in 0_i128..1 << 63) {
        let root = Fx::from_bits(k << 32);
        if let Some(square) = root.checked_mul(root) {
            prop_assert_eq!(sqrt(square), Ok(root));
            prop_assert_eq!(sqrt_lo(square), Ok(root));
            prop_assert_eq!(sqrt_hi(square), Ok(root));
        }
    }

    #[test]
    fn products_divided_match_big_integers(
        a in any::<i128>(), b in any::<i128>(), c in any::<i128>(), cuts in [0_u32..128, 0_u32..128, 0_u32..128],
    ) {
        let (a, b, c) = (a >> cuts[0].min(127), b >> cuts[1].min(127), c >> cuts[2].min(127));
        let (x, y, z) = (BigInt::from(a), BigInt::from(b), BigInt::from(c));
        if c == 0 {
            prop_assert_eq!(int::mul_div_floor(a, b, c), Err(fixed_math::MathError::DivisionByZero));
            return Ok(());
        }
        let product = &x * &y;
        let floor = floor_div(&product, &z);
        let ceil = -floor_div(&-&product, &z);
        let two = BigInt::from(2);
        let nearest = floor_div(&(&product * &two + &z), &(&z * &two));
        let expected = |value: BigInt| i128::try_from(value).map_err(|_| fixed_math::MathError::Overflow);
        prop_assert_eq!(int::mul_div_floor(a, b, c), expected(floor));
        prop_assert_eq!(int::mul_div_ceil(a, b, c), expected(ceil));
        prop_assert_eq!(int::mul_div_nearest(a, b, c), expected(nearest));
    }

    #[test]
    fn sums_of_products_match_big_integers(
        parts in prop::collection::vec((any::<i128>(), any::<i128>(), 0_u32..128, 0_u32..128), 0..5),
        c in 1_i128.., cut in 0_u32..127,
    ) {
        let c = (c >> cut).max(1);
        let mut sum = Ok(int::ProductSum::default());
        let mut exact = BigInt::from(0);
        let limit: BigInt = BigInt::from(1) << 255_u32;
        for (a, b, x, y) in parts {
            let (a, b) = (a >> x.min(127), b >> y.min(127));
            sum = sum.and_then(|sum| sum.plus(a, b));
            exact += BigInt::from(a) * BigInt::from(b);
            prop_assert_eq!(sum.is_ok(), exact >= -limit.clone() && exact < limit);
            let Ok(sum) = sum else { return Ok(()) };
            prop_assert_eq!(sum.sign(), exact.cmp(&BigInt::from(0)));
            let expected = |value: BigInt| i128::try_from(value).map_err(|_| fixed_math::MathError::Overflow);
            let z = BigInt::from(c);
            prop_assert_eq!(sum.div_floor(c), expected(floor_div(&exact, &z)));
            prop_assert_eq!(sum.neg().div_floor(c), expected(floor_div(&-&exact, &z)));
        }
        prop_assert_eq!(int::ProductSum::default().div_floor(0), Err(fixed_math::MathError::DivisionByZero));
    }

    #[test]
    fn unsigned_products_divided_match_big_integers(
        a in any::<u128>(), b in any::<u128>(), c in 1_u128.., cut in 0_u32..128,
    ) {
        let c = (c >> cut).max(1);
        let (product, z) = (BigUint::from(a) * BigUint::from(b), BigUint::from(c));
        let expected = |value: BigUint| u128::try_from(value).map_err(|_| fixed_math::MathError::Overflow);
        let floor = &product / &z;
        prop_assert_eq!(int::umul_div_floor(a, b, c), expected(floor.clone()));
        let ceil = (&product + &z - 1_u8) / &z;
        prop_assert_eq!(int::umul_div_ceil(a, b, c), expected(ceil));
        let nearest = (&product * 2_u8 + &z) / (&z * 2_u8);
        prop_assert_eq!(int::umul_div_nearest(a, b, c), expected(nearest));
    }

    #[test]
    fn integer_roots_bracket(n in any::<u128>(), cut in 0_u32..128) {
        let n = n >> cut;
        let (floor, ceil) = (int::isqrt(n), int::isqrt_ceil(n));
        let square = |k: u128| BigUint::from(k) * BigUint::from(k);
        prop_assert!(square(floor) <= BigUint::from(n) && BigUint::from(n) < square(floor + 1));
        prop_assert_eq!(ceil, if square(floor) == BigUint::from(n) { floor } else { floor + 1 });
    }
}
