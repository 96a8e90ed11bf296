//! The kernel functions against rigorous values: every error stays inside the documented bound.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    missing_docs
)]

use fixed_math::limb::{self, Limbs};
use num_bigint::BigInt;
use std::collections::BTreeMap;

fn limbs(text: &str) -> Limbs {
    let mut n: BigInt = text.parse().unwrap();
    let mask = BigInt::from((1i64 << 28) - 1);
    let mut out = [0i64; 4];
    for limb in &mut out[..3] {
        *limb = i64::try_from(&n & &mask).unwrap();
        n >>= 28;
    }
    out[3] = i64::try_from(n).unwrap();
    Limbs::raw(out[0], out[1], out[2], out[3])
}

fn integer(x: Limbs) -> BigInt {
    for limb in [x.l0, x.l1, x.l2] {
        assert!((0..1 << 28).contains(&limb), "not canonical: {x:?}");
    }
    [x.l2, x.l1, x.l0]
        .into_iter()
        .fold(BigInt::from(x.l3), |sum, limb| (sum << 28) + limb)
}

#[test]
fn kernel_errors_stay_inside_their_bounds() {
    let bounds = BTreeMap::from([
        ("exp_neg", 8),
        ("ln", 3),
        ("mills32", limb::MILLS32_ERROR),
        ("recip", 14),
        ("rsqrt", 10),
    ]);
    let mut worst: BTreeMap<&str, BigInt> = BTreeMap::new();
    let data = include_str!("data/limb.csv");
    for line in data.lines().skip(1) {
        let [function, input, output, exponent] =
            <[&str; 4]>::try_from(line.split(',').collect::<Vec<_>>()).unwrap();
        let got = match function {
            "exp_neg" => {
                let e = limb::exp_neg(limbs(input));
                let shift = e.exponent - exponent.parse::<i64>().unwrap();
                let m = integer(e.mantissa);
                assert!(shift.abs() <= 1, "{line}");
                if shift == 1 { m * 2 } else { m >> (-shift) }
            }
            "ln" => integer(limb::ln_bits(input.parse().unwrap())),
            "mills32" => integer(limb::mills32(limbs(input))),
            "recip" => integer(limb::recip(limbs(input))),
            "rsqrt" => integer(limb::rsqrt(limbs(input))),
            _ => panic!("unknown function {function}"),
        };
        let exact: BigInt = output.parse().unwrap();
        let error = (&got - &exact).magnitude().clone();
        let error = BigInt::from(error);
        let slot = worst.entry(function).or_default();
        if error > *slot {
            *slot = error.clone();
        }
        // The reference is rounded down: one unit more.
        assert!(
            error <= BigInt::from(bounds[function] + 1),
            "{line}: got {got}, error {error}"
        );
    }
    println!("largest errors in units of 2^-112: {worst:?}");
    assert_eq!(worst.len(), bounds.len());
}

/// 12.87 u, the largest error that a search for bad mantissas found, near 1/2.
#[test]
fn a_reciprocal_may_be_nearly_thirteen_units_low() {
    let text = "2596259882556836379523939406183377";
    let mantissa: BigInt = text.parse().unwrap();
    let exact = (BigInt::from(1) << 224u32) / mantissa;
    let short = exact - integer(limb::recip(limbs(text)));
    assert_eq!(short, BigInt::from(12));
}
