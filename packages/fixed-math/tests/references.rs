//! The committed references: ends of domains, boundaries of every table segment, inputs whose
//! results lie next to a rounding tie, and seeded random inputs; every row bit for bit.

use fixed_math::{
    Fx, MathError, exp, exp_hi, exp_lo, ln, ln_hi, ln_lo, norm_cdf, norm_cdf_hi, norm_cdf_lo,
    norm_pdf, norm_pdf_hi, norm_pdf_lo, norm_quantile, norm_quantile_hi, norm_quantile_lo, sqrt,
    sqrt_hi, sqrt_lo,
};

type Function = fn(Fx) -> Result<Fx, MathError>;

/// Checks the function and its twins on every row of a file; at least `rows` of them.
fn check(text: &str, rows: usize, [nearest, low, high]: [Function; 3]) {
    let mut count = 0;
    for line in text.lines().skip(1) {
        let (x, y) = line.split_once(',').unwrap();
        let (x, y) = (
            Fx::from_bits(x.parse().unwrap()),
            Fx::from_bits(y.parse().unwrap()),
        );
        assert_eq!(nearest(x), Ok(y), "at {line}");
        let (low, high) = (low(x).unwrap(), high(x).unwrap());
        assert!(low <= y && y <= high, "twins at {line}: {low} {high}");
        assert!(
            (high - low).to_bits() <= 2,
            "twins more than 2 ulp apart at {line}"
        );
        count += 1;
    }
    assert!(count >= rows, "only {count} rows");
}

#[test]
fn exp_is_exact_on_its_references() {
    check(include_str!("data/exp.csv"), 400, [exp, exp_lo, exp_hi]);
}

#[test]
fn ln_is_exact_on_its_references() {
    check(include_str!("data/ln.csv"), 500, [ln, ln_lo, ln_hi]);
}

#[test]
fn sqrt_is_exact_on_its_references() {
    check(include_str!("data/sqrt.csv"), 350, [sqrt, sqrt_lo, sqrt_hi]);
}

#[test]
fn attack_options_30_norm_cdf_is_exact_on_its_references() {
    check(
        include_str!("data/norm_cdf.csv"),
        500,
        [norm_cdf, norm_cdf_lo, norm_cdf_hi],
    );
}

#[test]
fn norm_pdf_is_exact_on_its_references() {
    check(
        include_str!("data/norm_pdf.csv"),
        500,
        [norm_pdf, norm_pdf_lo, norm_pdf_hi],
    );
}

#[test]
fn norm_quantile_is_exact_on_its_references() {
    let twins = [norm_quantile, norm_quantile_lo, norm_quantile_hi];
    check(include_str!("data/norm_quantile.csv"), 400, twins);
}

#[test]
fn outside_the_domain_there_is_a_typed_error() {
    let bits = Fx::from_bits;
    assert_eq!(
        exp(bits(-817_190_762_465_333_136_590)),
        Err(MathError::ExpDomain)
    );
    assert_eq!(
        exp(bits(804_278_041_613_736_450_459)),
        Err(MathError::ExpDomain)
    );
    for x in [Fx::MIN, Fx::MAX] {
        assert_eq!(exp(x), Err(MathError::ExpDomain));
        assert_eq!(norm_quantile(x), Err(MathError::QuantileDomain));
    }
    for x in [Fx::ZERO, -Fx::DELTA, Fx::MIN] {
        assert_eq!(ln(x), Err(MathError::LnDomain));
        assert_eq!(norm_quantile(x), Err(MathError::QuantileDomain));
    }
    for x in [-Fx::DELTA, Fx::MIN] {
        assert_eq!(sqrt(x), Err(MathError::SqrtDomain));
    }
    assert_eq!(norm_quantile(Fx::ONE), Err(MathError::QuantileDomain));
    let message = MathError::LnDomain.to_string();
    assert!(message.starts_with("E_MATH_LN_DOMAIN: "), "{message}");
}

/// The worked example of docs/spec/math.md.
#[test]
fn spec_example_of_the_mathematics() {
    let bits = |bits: i128| Fx::from_bits(bits);
    let (one, two) = (bits(18446744073709551616), bits(36893488147419103232));
    assert_eq!(exp(one), Ok(bits(50143449209799256683)));
    assert_eq!(ln(two), Ok(bits(12786308645202655660)));
    assert_eq!(sqrt(two), Ok(bits(26087635650665564425)));
    assert_eq!(norm_cdf(one), Ok(bits(15520071208486562213)));
    assert_eq!(norm_pdf(one), Ok(bits(4463572028534714082)));
    assert_eq!(
        norm_quantile(bits(16140901064495857664)),
        Ok(bits(21220200615146583636))
    );
    assert_eq!(exp(bits(-704767089078559976966)), Ok(bits(471)));
    assert_eq!(fixed_math::int::mul_div_floor(-7, 3, 2), Ok(-11));
    assert_eq!(fixed_math::int::mul_div_nearest(-7, 3, 2), Ok(-10));
}
