//! The one-word kernel against the correctly rounded functions, and over its whole domain with overflow
//! checks on (they are off in what ships).

use proptest::prelude::*;

use super::{
    Builder, LOG_BITS, MAX_FACTOR, MAX_SCALE, MAX_VOL, Mixture, MixtureError, NORM_CDF_ERROR, Part,
    Strike, VALUE_ONE, exp, ln, multiply, norm_cdf, ratio, scale_log, scale_vol,
};
use crate::Fx;

/// `|grid - true|` in units of `2^-64`, for a grid value of `bits` fraction bits.
fn distance(grid: i128, bits: u32, exact: Fx) -> i128 {
    ((grid << (64 - bits)) - exact.to_bits()).abs()
}

#[test]
fn the_cdf_holds_on_every_segment_and_beyond() {
    let bound = i128::from(NORM_CDF_ERROR) + 1;
    for segment in -272_i64..272 {
        for offset in [
            0,
            1,
            3,
            7 << 26,
            1 << 30,
            (1 << 30) + 1,
            29 << 26,
            (1 << 31) - 1,
        ] {
            let x = (segment << 31) + offset;
            let exact = crate::norm_cdf(Fx::from_bits(i128::from(x) << 28)).unwrap();
            let error = distance(i128::from(norm_cdf(x)), 44, exact);
            assert!(error <= bound, "{x}: {error}");
        }
    }
    for far in [i64::MIN >> 1, -(100 << 36), 100 << 36, i64::MAX >> 1] {
        let limit = if far > 0 { 1_i64 << 44 } else { 0 };
        assert!((norm_cdf(far) - limit).abs() <= 1 << 6, "{far}");
    }
}

#[test]
fn logarithms_of_powers_and_edges() {
    assert_eq!(ln(0), ln(1));
    assert!(ln(1).abs() <= 4);
    for exponent in 0..63 {
        for x in [1_u64 << exponent, (1 << exponent) + 1, (2 << exponent) - 1] {
            let exact = crate::ln(Fx::from_bits(i128::from(x) << 64)).unwrap();
            assert!(
                distance(i128::from(ln(x)), LOG_BITS, exact) <= 1 << 22,
                "{x}"
            );
        }
    }
}

#[test]
fn exponentials_are_clamped_at_both_ends() {
    assert_eq!(exp(i64::MAX), exp(15 << LOG_BITS));
    assert_eq!(exp(i64::MIN), exp(-28 << LOG_BITS));
    assert_eq!(exp(i64::MIN), 1);
    assert_eq!(exp(0), 1 << 40);
}

fn one(weight: u32, mass: i64, vol: i64) -> Part {
    Part { weight, mass, vol }
}

#[test]
fn bad_mixtures_are_refused() {
    let good = one(1 << 16, VALUE_ONE, 1 << 34);
    assert_eq!(Mixture::new(&[]), Err(MixtureError::Count));
    assert_eq!(Mixture::new(&[good; 6]), Err(MixtureError::Count));
    assert_eq!(Mixture::new(&[good; 2]), Err(MixtureError::Weight));
    let none = [one(0, 1, 1), good];
    assert_eq!(Mixture::new(&none), Err(MixtureError::Weight));
    for mass in [0, -1, MAX_SCALE + 1] {
        let bad = [one(1 << 16, mass, 1 << 34)];
        assert_eq!(Mixture::new(&bad), Err(MixtureError::Mean));
    }
    let heavy = one(1 << 15, MAX_SCALE, 1 << 34);
    assert_eq!(Mixture::new(&[heavy; 2]), Err(MixtureError::Mean));
    let mut builder = Builder::with_capacity(1);
    assert_eq!(
        builder.clone().finish(VALUE_ONE, 0),
        Err(MixtureError::Count)
    );
    builder.push(1 << 16, 0, 1 << 34);
    assert_eq!(builder.clone().finish(0, 0), Err(MixtureError::Mean));
    assert_eq!(builder.clone().finish(1, -1), Err(MixtureError::Mean));
    assert_eq!(
        builder.clone().finish(MAX_SCALE, 1),
        Err(MixtureError::Mean)
    );
    assert!(builder.clone().finish(MAX_SCALE, 0).is_ok());
    builder.push(1, 0, 1 << 34);
    assert_eq!(builder.finish(VALUE_ONE, 0), Err(MixtureError::Weight));
}

#[test]
fn no_vol_is_the_intrinsic_value() {
    let frozen = Mixture::new(&[one(1 << 16, VALUE_ONE, 0)]).unwrap();
    for tenth in 1..40_u64 {
        let k = (tenth << 36) / 10;
        let bounds = frozen.bounds(&Strike::from_moneyness(k));
        let intrinsic = (VALUE_ONE - (k << 4) as i64).max(0);
        if tenth != 10 {
            assert!(bounds.call_lo <= intrinsic && intrinsic <= bounds.call_hi);
            assert!(bounds.call_hi - bounds.call_lo <= 40);
        }
    }
}

#[test]
fn strikes_beyond_reach_have_bounds_all_the_same() {
    let wide = Mixture::new(&[one(1 << 16, VALUE_ONE, MAX_VOL)]).unwrap();
    let bounds = wide.bounds(&Strike::new(u64::MAX, i64::MAX >> 4));
    let last = wide.bounds(&Strike::from_moneyness(256 << 36));
    assert_eq!((bounds.call_lo, bounds.digital_lo), (0, 0));
    assert_eq!(
        (bounds.call_hi, bounds.digital_hi),
        (last.call_hi, last.digital_hi)
    );
    let nothing = wide.bounds(&Strike::new(0, -(1 << 50)));
    assert!(nothing.call_lo >= VALUE_ONE - 8 && nothing.call_hi == VALUE_ONE);
}

/// Up to five drafts: weights by cuts, logarithms and vols anywhere the type can send them.
fn drafts() -> impl Strategy<Value = Vec<(u32, i64, i64)>> {
    let cut = 1_u32..65_535;
    let log = -(40_i64 << LOG_BITS)..(40 << LOG_BITS);
    let vol = prop_oneof![
        0..=(1_i64 << 20),
        0..=(1_i64 << 36),
        0..=(1_i64 << 41),
        Just(-1)
    ];
    (
        prop::collection::btree_set(cut, 0..5),
        prop::collection::vec((log, vol), 5),
    )
        .prop_map(|(cuts, rest)| {
            let mut edges: Vec<u32> = cuts.into_iter().collect();
            edges.push(65_536);
            let mut last = 0;
            let mut parts = Vec::new();
            for (edge, (log, vol)) in edges.into_iter().zip(rest) {
                parts.push((edge - last, log, vol));
                last = edge;
            }
            // Five drafts at most; a shorter list gives its rest to the last.
            if let Some(part) = parts.last_mut() {
                part.0 += 65_536 - last;
            }
            parts
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// No intermediate result leaves 64 bits, whatever comes in.
    #[test]
    fn any_input_gives_a_valid_pricing(
        drafts in drafts(), mixed in 0_u32..70_000, live in 1..=MAX_SCALE, fixed in 0..=MAX_SCALE,
        k in 0_u64.., log in -(60_i64 << LOG_BITS)..(60 << LOG_BITS), honest: bool,
    ) {
        let mut builder = Builder::with_capacity(5);
        for (weight, log, vol) in &drafts {
            builder.push(*weight, *log, *vol);
        }
        if drafts.len() < 5 {
            builder.mix(mixed, log, 1 << 35);
        }
        let live = live.max(8);
        let fixed = fixed.min(MAX_SCALE - live);
        let mixture = match builder.finish(live, fixed) {
            Ok(mixture) => mixture,
            Err(error) => {
                // Only thinning can take a whole weight away.
                prop_assert_eq!(error, MixtureError::Weight);
                return Ok(());
            }
        };
        prop_assert_eq!(mixture.scale(), live + fixed);
        let k = k >> (k & 63);
        let strike = if honest { Strike::from_moneyness(k) } else { Strike::new(k, log) };
        let (call, digital) = mixture.values(&strike);
        prop_assert!((-8..=VALUE_ONE + 8).contains(&digital));
        prop_assert!(call <= mixture.scale() + 64);
        let bounds = mixture.bounds(&strike);
        prop_assert!(0 <= bounds.call_lo && bounds.call_lo <= bounds.call_hi);
        prop_assert!(bounds.call_hi <= mixture.scale());
        prop_assert!(0 <= bounds.digital_lo && bounds.digital_lo <= bounds.digital_hi);
        prop_assert!(bounds.digital_hi <= VALUE_ONE);
    }

    #[test]
    fn the_split_is_exact(drafts in drafts(), live in (1_i64 << 20)..=MAX_SCALE) {
        let mut builder = Builder::with_capacity(5);
        for (weight, log, vol) in &drafts {
            builder.push(*weight, (*log) >> 6, *vol);
        }
        let built = builder.finish(live, 0).unwrap();
        prop_assert_eq!(built.scale(), live);
    }

    #[test]
    fn ln_is_right(x in 1_u64..(1 << 63)) {
        let exact = crate::ln(Fx::from_bits(i128::from(x) << 64)).unwrap();
        prop_assert!(distance(i128::from(ln(x)), LOG_BITS, exact) <= 1 << 22);
    }

    #[test]
    fn exp_is_right(y in -(27_i64 << LOG_BITS)..(15 << LOG_BITS)) {
        let exact = crate::exp(Fx::from_bits(i128::from(y) << 20)).unwrap();
        let error = distance(i128::from(exp(y)), 40, exact);
        prop_assert!(error <= (exact.to_bits() >> 38) + (1 << 24) + 1);
    }

    #[test]
    fn small_helpers_are_floors(a in 0_u64..=(1 << 40), b in 1_u64..(1 << 44), log: i64, factor in 0..=MAX_FACTOR) {
        prop_assert_eq!(u128::from(multiply(a, b)), (u128::from(a) * u128::from(b)) >> 40);
        let share = ratio(a.min(b), b);
        prop_assert_eq!(u128::from(share), (u128::from(a.min(b)) << 40) / u128::from(b));
        let log = log >> 13;
        let exact = (i128::from(log) * i128::from(factor)) >> 24;
        prop_assert_eq!(i128::from(scale_log(log, factor)), exact);
        let vol = a.min(8 << 32);
        let exact = (u128::from(vol) * u128::from(factor)) >> 20;
        prop_assert_eq!(u128::from(scale_vol(vol, factor).unsigned_abs()), exact);
    }
}
