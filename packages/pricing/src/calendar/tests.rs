//! The calendar certificate against a dense scan, with surfaces made to fail between grid points.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_arithmetic,
    reason = "a test"
)]

use proptest::prelude::*;

use super::*;
use crate::Fx;
use crate::shock::{FACTOR_ONE, PreparedSlice, SCALE_ONE, Shock};
use crate::slice::{Component, FORWARD_ONE, Slice};

fn lognormal(s: f64) -> Slice {
    let total_vol = (s * FORWARD_ONE as f64) as u64;
    Slice::new(vec![Component {
        weight: 65_536,
        forward: FORWARD_ONE,
        total_vol,
    }])
    .unwrap()
}

/// Halves at `1 -+ d` with total vols `s` and `t`.
fn pair(d: f64, s: f64, t: f64) -> Slice {
    let step = (d * FORWARD_ONE as f64) as u64;
    let half = |forward, s: f64| Component {
        weight: 32_768,
        forward,
        total_vol: (s * FORWARD_ONE as f64) as u64,
    };
    Slice::new(vec![
        half(FORWARD_ONE - step, s),
        half(FORWARD_ONE + step, t),
    ])
    .unwrap()
}

fn mark(slice: &Slice) -> ShockedSlice {
    PreparedSlice::new(slice).mark().unwrap()
}

fn call(slice: &ShockedSlice, k: f64) -> f64 {
    let bounds = slice.bounds(&StrikePoint::from_moneyness((k * 2_f64.powi(36)) as u64));
    (bounds.call_lo + bounds.call_hi) as f64 / 2.0 / VALUE_ONE as f64
}

/// Largest shortfall of the later call over a dense scan of moneyness.
fn shortfall(earlier: &ShockedSlice, later: &ShockedSlice) -> f64 {
    (1..6_000)
        .map(|i| f64::from(i) / 1_000.0)
        .map(|k| call(earlier, k) - call(later, k))
        .fold(f64::MIN, f64::max)
}

/// `n` points from `e^-w` to `e^w`.
fn points(w: f64, n: u32) -> Vec<u32> {
    (0..n)
        .map(|i| {
            let x = w * (2.0 * f64::from(i) / f64::from(n - 1) - 1.0);
            (x.exp() * 2_f64.powi(24)) as u32
        })
        .collect()
}

/// A certificate, greedily: each cell reaches as far as its test allows.
fn find_points(earlier: &ShockedSlice, later: &ShockedSlice) -> Result<Vec<u32>, CalendarError> {
    let knot = |moneyness: u32| Knot::new(earlier, later, moneyness);
    // The last point whose earlier put is within the slack: puts rise with moneyness.
    let first = last_true(1, 1 << POINT_BITS, |k| knot(k).earlier_put() <= EPSILON);
    let mut points = vec![first];
    loop {
        let index = points.len() - 1;
        let from = points[index];
        let left = knot(from);
        if left.earlier <= EPSILON {
            return Ok(points);
        }
        if points.len() == MAX_POINTS {
            let count = MAX_POINTS + 1;
            return Err(CalendarError::Count { count });
        }
        if left.earlier > left.later + EPSILON {
            return Err(CalendarError::Point { index });
        }
        let next = last_true(from, u32::MAX, |k| {
            let right = knot(k);
            right.earlier <= right.later + EPSILON && cell_holds(&left, &right)
        });
        if next == from {
            return Err(CalendarError::Cell { index });
        }
        points.push(next);
    }
}

/// A point of `[low, high]` where `test` holds and right of which it fails or ends; `low` if none is found.
/// Doubling steps first, so that a test that holds near `low` only is found.
fn last_true(low: u32, high: u32, test: impl Fn(u32) -> bool) -> u32 {
    let (mut good, mut step) = (low, 1_u32);
    let mut bad = loop {
        let probe = low.saturating_add(step).min(high);
        if !test(probe) {
            break probe;
        }
        good = probe;
        if probe == high {
            return good;
        }
        step = step.saturating_mul(2);
    };
    while bad - good > 1 {
        let middle = good.midpoint(bad);
        if test(middle) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    good
}

#[test]
fn spec_example_certificate() {
    // docs/spec/surface.md: total vols 0.10 and 0.12, 24 points over +-0.45.
    let (near, far) = (mark(&lognormal(0.10)), mark(&lognormal(0.12)));
    assert_eq!(certify(&near, &far, &points(0.45, 24)), Ok(()));
    assert!(matches!(
        certify(&far, &near, &points(0.45, 24)),
        Err(CalendarError::Point { .. })
    ));
    // Six points are too few to see it.
    assert!(matches!(
        certify(&near, &far, &points(0.45, 6)),
        Err(CalendarError::Cell { .. })
    ));
}

#[test]
fn bad_certificates_are_named() {
    let (near, far) = (mark(&lognormal(0.10)), mark(&lognormal(0.12)));
    let test = |points: &[u32]| certify(&near, &far, points);
    assert_eq!(test(&[]), Err(CalendarError::Count { count: 0 }));
    assert_eq!(test(&[1 << 24]), Err(CalendarError::Count { count: 1 }));
    assert_eq!(
        test(&points(0.4, 129)),
        Err(CalendarError::Count { count: 129 })
    );
    assert_eq!(test(&[0, 1 << 24]), Err(CalendarError::Order { index: 0 }));
    let mut twice = points(0.45, 24);
    twice[5] = twice[4];
    assert_eq!(test(&twice), Err(CalendarError::Order { index: 5 }));
    let all = points(0.45, 24);
    assert_eq!(test(&all[12..]), Err(CalendarError::First));
    assert_eq!(test(&all[..13]), Err(CalendarError::Last));
}

#[test]
fn equal_slices_pass_within_128_points() {
    for slice in [pair(0.05, 0.06, 0.05), lognormal(0.01), lognormal(0.1)] {
        let slice = mark(&slice);
        let found = find_points(&slice, &slice).unwrap();
        assert!(found.len() <= 120, "{}", found.len());
        assert_eq!(certify(&slice, &slice, &found), Ok(()));
    }
}

#[test]
fn distant_slices_need_few_points() {
    let (near, far) = (mark(&lognormal(0.10)), mark(&lognormal(0.12)));
    let found = find_points(&near, &far).unwrap();
    assert_eq!(certify(&near, &far, &found), Ok(()));
    assert!(found.len() <= 14, "{}", found.len());
    assert!(find_points(&far, &near).is_err());
}

#[test]
fn a_dip_between_points_is_not_proved() {
    // The later slice is two lumps, worth more than the earlier one at the money and far out and less
    // between. The grid has points only where the condition holds.
    let near = mark(&lognormal(0.05));
    let far = mark(&pair(0.055, 0.02, 0.02));
    assert!(shortfall(&near, &far) > 1e-4);
    let holds = |k: f64| call(&near, k) <= call(&far, k);
    let all: Vec<u32> = points(0.4, 128)
        .into_iter()
        .filter(|k| holds(f64::from(*k) / 2_f64.powi(24)))
        .collect();
    assert!(all.len() > 20 && all.len() < 128, "{}", all.len());
    let verdict = certify(&near, &far, &all);
    assert!(
        matches!(verdict, Err(CalendarError::Cell { .. })),
        "{verdict:?}"
    );
    assert!(find_points(&near, &far).is_err());
}

#[test]
fn the_slack_is_what_it_says() {
    // A later slice too cheap by a little less and a little more than 1e-5 at the money: 0.4 ds = 1e-5.
    let near = mark(&lognormal(0.10));
    let by = |short: f64| mark(&lognormal(0.10 - short / 0.398_942 * 1.001_252));
    let found = find_points(&near, &by(0.2e-5)).unwrap();
    assert_eq!(certify(&near, &by(0.2e-5), &found), Ok(()));
    assert!(find_points(&near, &by(1.01e-5)).is_err());
    assert!(certify(&near, &by(1.01e-5), &points(0.5, 127)).is_err());
    assert_eq!(EPSILON, (1e-5 * VALUE_ONE as f64) as i64);
}

#[test]
fn the_envelope_is_the_promise() {
    let slice = pair(0.04, 0.06, 0.05);
    let prepared = PreparedSlice::new(&slice);
    let shock = |c: f64| {
        let factor = (c * f64::from(FACTOR_ONE)) as u32;
        prepared.shocked(&Shock::scan(SCALE_ONE, factor)).unwrap()
    };
    let envelope = [shock(1.0), shock(1.5), shock(0.7)];
    let points = envelope_points(slice.atm_total_vol());
    assert_eq!(points[4].moneyness(), 1 << 36);
    let v = slice.atm_total_vol() as f64 / FORWARD_ONE as f64;
    for (point, step) in points.iter().zip(ENVELOPE_STEPS) {
        let k = (step as f64 * v).exp() * 2_f64.powi(36);
        assert!((point.moneyness() as f64 / k - 1.0).abs() < 1e-9);
    }
    assert_eq!(within_envelope(&shock(1.0), &envelope, &points), Ok(()));
    assert_eq!(within_envelope(&shock(1.49), &envelope, &points), Ok(()));
    assert_eq!(within_envelope(&shock(0.71), &envelope, &points), Ok(()));
    assert!(within_envelope(&shock(1.55), &envelope, &points).is_err());
    assert!(within_envelope(&shock(0.65), &envelope, &points).is_err());
    // A wing moved alone is seen at its own point.
    let wing = mark(&pair(0.04, 0.05, 0.09));
    assert!(within_envelope(&wing, &envelope, &points).unwrap_err() > 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is certified holds in a dense scan, and in exact marks at random strikes.
    #[test]
    fn certified_means_true(
        d in 0.0_f64..0.06, s in 0.03_f64..0.1, t in 0.03_f64..0.1,
        e in 0.0_f64..0.06, u in 0.03_f64..0.1, w in 0.03_f64..0.1,
        n in 16_u32..128, strike in 0.6_f64..1.6,
    ) {
        let (first, second) = (pair(d, s, t), pair(e, u, w));
        let (near, far) = (mark(&first), mark(&second));
        let verdict = certify(&near, &far, &points(0.7, n));
        let worst = shortfall(&near, &far);
        if verdict.is_ok() {
            prop_assert!(worst <= 1e-5 + 1e-10, "{worst}");
            let forward = Fx::from_num(10_000);
            let price = |slice: &Slice| {
                slice.prices(forward, Fx::from_num(10_000.0 * strike)).unwrap().call.to_num::<f64>()
            };
            prop_assert!(price(&first) - price(&second) <= 0.1 + 1e-6);
        }
        // The search finds a proof whenever the condition holds with a little room.
        match find_points(&near, &far) {
            Ok(found) => {
                prop_assert_eq!(certify(&near, &far, &found), Ok(()));
                prop_assert!(worst <= 1e-5 + 1e-10, "{worst}");
            }
            Err(error) => prop_assert!(worst > 5e-6, "{worst}: {error}"),
        }
    }
}
