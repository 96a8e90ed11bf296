//! Slices and shocks against a real-valued model computed with ball arithmetic
//! (`scripts/gen-tables/slice_rows.py`), and the laws every slice obeys.

use fixed_math::wide::black as wide;
use pricing::Fx;
use pricing::black76::{Black76, BlackError};
use pricing::shock::{
    FACTOR_ONE, Mix, PreparedSlice, SCALE_ONE, Shock, ShockedSlice, StrikePoint, VALUE_ONE, Window,
    theta_factor,
};
use pricing::slice::{Component, FORWARD_ONE, Slice, SliceError};
use proptest::prelude::*;

fn rows(text: &str) -> Vec<Vec<i128>> {
    text.lines()
        .skip(1)
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect()
}

fn component(weight: u32, forward: u64, total_vol: u64) -> Component {
    Component {
        weight,
        forward,
        total_vol,
    }
}

fn slice_of(row: &[i128]) -> Slice {
    let parts = row[..12].chunks(3).filter(|part| part[0] > 0);
    let parts = parts.map(|p| component(p[0] as u32, p[1] as u64, p[2] as u64));
    Slice::new(parts.collect()).unwrap()
}

fn vol(x: f64) -> u64 {
    (x * FORWARD_ONE as f64) as u64
}

/// The worked example of docs/spec/surface.md.
fn example() -> Slice {
    Slice::new(vec![
        component(16_384, 3_865_470_565, vol(0.15)),
        component(49_152, 4_438_132_873, vol(0.10)),
    ])
    .unwrap()
}

#[test]
fn marks_are_the_real_values_within_an_ulp() {
    check_marks(include_str!("data/slice_marks.csv"));
}

/// Any number of fresh rows: see `scripts/gen-tables/slice_rows.py`.
#[test]
#[ignore = "needs rows written by scripts/gen-tables/slice_rows.py DIR N SEED, and SLICE_ROWS=DIR"]
fn many_marks_and_shocks_are_right() {
    let folder = std::env::var("SLICE_ROWS").unwrap();
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    check_marks(&read("slice_marks.csv"));
    check_shocks(&read("slice_shocks.csv"));
}

fn check_marks(text: &str) {
    for row in rows(text) {
        let slice = slice_of(&row);
        let (forward, strike) = (Fx::from_bits(row[12]), Fx::from_bits(row[13]));
        let prices = match slice.prices(forward, strike) {
            Err(SliceError::Black(BlackError::Moneyness)) => continue,
            prices => prices.unwrap(),
        };
        assert_eq!(prices.call.to_bits(), row[19], "{row:?}");
        // Components' forwards are rounded to 2^-64: half an ulp each, and half for each rounding.
        assert!((prices.call.to_bits() - row[14]).abs() <= 2, "{row:?}");
        assert_eq!(prices.call - prices.put, forward - strike);
        let digital = slice.digital_call(forward, strike).unwrap();
        assert_eq!(digital.to_bits(), row[20], "{row:?}");
        // The digital moves by n(d2) / (F s) with the rounded forward.
        let least = slice
            .components()
            .iter()
            .map(|c| c.total_vol)
            .min()
            .unwrap();
        let slack = 2 + (1_i128 << 96) / i128::from(least) / forward.to_bits();
        assert!((digital.to_bits() - row[15]).abs() <= 2 + slack, "{row:?}");
        // 2^-32 units; the bisection's input is known to 2^-38 of the forward.
        let v = i128::from(slice.atm_total_vol());
        assert!((v - (row[18] >> 32)).abs() <= 2 + (v >> 20), "{row:?} {v}");
    }
}

#[test]
fn greeks_are_the_derivatives() {
    for row in rows(include_str!("data/slice_marks.csv")) {
        let slice = slice_of(&row);
        let (forward, strike) = (Fx::from_bits(row[12]), Fx::from_bits(row[13]));
        let Ok(greeks) = slice.greeks(forward, strike, Fx::ONE) else {
            continue;
        };
        assert!(
            (greeks.call_delta.to_bits() - row[16]).abs() <= 2,
            "{row:?}"
        );
        let gamma = greeks.gamma.to_num::<f64>() * forward.to_num::<f64>();
        let exact = row[17] as f64 / 2_f64.powi(64);
        assert!(
            (gamma - exact).abs() <= 1e-9 * exact + 1e-12,
            "{gamma} {exact}"
        );
    }
}

/// The call in units of `2^-96`, within one of them: `2^32 F f_j` is a number of the type, and a price grows with
/// the scale of forward and strike.
fn real_call(slice: &Slice, forward: Fx, strike: Fx) -> i128 {
    let call = |c: &Component| {
        let inputs = wide::Inputs {
            forward: Fx::from_bits(forward.to_bits() * i128::from(c.forward)),
            strike: Fx::from_bits(strike.to_bits() << 32),
            vol: wide::Vol::Total(Fx::from_bits(i128::from(c.total_vol) << 32)),
        };
        i128::from(c.weight) * wide::call(&inputs.into()).unwrap().nearest.to_bits()
    };
    slice.components().iter().map(call).sum::<i128>() >> 16
}

/// How far a number is from one in units of `2^-96`, in units of `2^-32` ulp.
fn distance(value: Fx, real: i128) -> u128 {
    (value.to_bits() << 32).abs_diff(real)
}

/// One and a half ulp, and what the reference itself leaves open.
const BOUND: u128 = (3 << 31) + 2;

/// All three roundings the same way: more than an ulp, as the bound says.
#[test]
fn a_price_is_within_one_and_a_half_ulp() {
    let slice = Slice::new(vec![
        component(32_768, 3_676_323_879, 269_542_278),
        component(32_768, 4_913_610_713, 271_768_707),
    ])
    .unwrap();
    let forward = Fx::from_bits(1_196_036_146_629_224_752_322_402);
    let strike = Fx::from_bits(1_138_961_087_731_833_015_107_584);
    let prices = slice.prices(forward, strike).unwrap();
    let real = real_call(&slice, forward, strike);
    // By multiple precision elsewhere.
    assert!(real.abs_diff(495_285_734_072_311_479_343_270_531_980_615) <= 1);
    let off = distance(prices.call, real);
    assert!(off > 1 << 32 && off <= BOUND, "{off}");
}

/// The products are exact and their sum is rounded once.
#[test]
fn a_delta_is_within_one_and_a_half_ulp() {
    let forwards = [2_397_556_875, 4_453_802_328, 4_999_681_135, 5_328_828_846];
    let vols = [1_407_113_348, 1_899_946_573, 543_580_898, 871_459_270];
    let parts = forwards.into_iter().zip(vols);
    let slice = Slice::new(parts.map(|(f, s)| component(16_384, f, s)).collect()).unwrap();
    let forward = Fx::from_bits(1_594_250_317_441_098_777_105_174);
    let strike = Fx::from_bits(1_512_168_391_152_419_165_175_808);
    let greeks = slice.greeks(forward, strike, Fx::ONE).unwrap();
    // By multiple precision elsewhere.
    let off = distance(greeks.call_delta, 59_108_778_798_837_622_309_381_641_101);
    assert!(off <= BOUND, "{off}");
}

/// Vega and theta against a central difference of the exactly priced shocked slice, in floats.
#[test]
fn vega_and_theta_follow_the_vol_shock() {
    let slice = example();
    let (forward, years) = (Fx::from_num(100_000), Fx::from_num(0.25));
    for strike in [70_000, 90_000, 100_000, 115_000, 150_000] {
        let strike = Fx::from_num(strike);
        let greeks = slice.greeks(forward, strike, years).unwrap();
        let price = |c: f64| {
            let parts = slice.components().iter();
            let parts: Vec<(f64, f64, f64)> = parts
                .map(|p| {
                    let f = p.forward as f64 / FORWARD_ONE as f64;
                    let s = p.total_vol as f64 / FORWARD_ONE as f64;
                    (f64::from(p.weight) / 65_536.0, f.powf(c), s * c)
                })
                .collect();
            let mean: f64 = parts.iter().map(|(w, f, _)| w * f).sum();
            let black = |(w, f, s): &(f64, f64, f64)| {
                let own = Fx::from_num(f / mean) * forward;
                let black = Black76::with_total_vol(own, strike, Fx::from_num(*s)).unwrap();
                w * black.call().unwrap().to_num::<f64>()
            };
            parts.iter().map(black).sum::<f64>()
        };
        let slope = (price(1.0005) - price(0.9995)) / 0.001;
        let v = slice.atm_total_vol() as f64 / FORWARD_ONE as f64;
        let vega = slope * 0.5 / v;
        let theta = -slope / (2.0 * 0.25);
        let close = |a: Fx, b: f64| (a.to_num::<f64>() - b).abs() <= 1e-5 * b.abs() + 1e-3;
        assert!(close(greeks.vega, vega), "{} {vega}", greeks.vega);
        assert!(close(greeks.theta, theta), "{} {theta}", greeks.theta);
    }
}

fn shock_of(row: &[i128]) -> Shock {
    let mix = (row[16] > 0).then(|| Mix {
        weight: row[16] as u32,
        place: row[17] as i8,
        width: row[18] as u8,
    });
    let window = (row[19] > 0).then(|| Window {
        passed: row[19] as u64,
        mean: row[20] as u64,
    });
    Shock {
        spot: row[12] as u64,
        vol: row[13] as u32,
        skew: row[14] as u32,
        curvature: row[15] as u32,
        mix,
        window,
    }
}

#[test]
fn shocked_slices_follow_the_real_law() {
    check_shocks(include_str!("data/slice_shocks.csv"));
}

/// The rows know `v` exactly, a shock as the integer within two units: what that moves of the lognormal mixed in, and what a mean far
/// above leaves of the others' precision; `2^-40`.
fn v_slack(slice: &Slice, shock: &Shock, mix: &Mix) -> f64 {
    let v = slice.atm_total_vol() as f64 / FORWARD_ONE as f64;
    let c = f64::from(shock.vol) / f64::from(FACTOR_ONE);
    let place = f64::from(mix.place) / 2.0 * c;
    let mass = f64::from(mix.weight) / 65_536.0 * (place * v).exp();
    let spot = shock.spot as f64 / SCALE_ONE as f64;
    let moves = place.abs() + f64::from(mix.width) / 2.0 * c;
    mass.min(1.0) * spot * moves * 2_f64.powi(40 - 31)
}

fn check_shocks(text: &str) {
    let (mut worst, mut worst_digital) = (0.0_f64, 0.0_f64);
    for row in rows(text) {
        let slice = slice_of(&row);
        let shock = shock_of(&row);
        let shocked = PreparedSlice::new(&slice).shocked(&shock).unwrap();
        let point = StrikePoint::from_moneyness(row[21] as u64);
        let bounds = shocked.bounds(&point);
        let (call, digital) = (
            row[22] as f64 / 2_f64.powi(24),
            row[23] as f64 / 2_f64.powi(24),
        );
        // What rounding the shocked integers (2^-40, 2^-36) may move, beyond the kernel's own bound.
        let slack = 2_f64.powi(40 - 35) * (1.0 + shocked.forward() as f64 / VALUE_ONE as f64)
            + shock.mix.map_or(0.0, |mix| v_slack(&slice, &shock, &mix));
        let outside = (bounds.call_lo as f64 - call).max(call - bounds.call_hi as f64);
        assert!(outside <= slack, "{row:?}: {outside} > {slack}");
        worst = worst.max(outside);
        let live = 1.0 - row[19] as f64 / 2_f64.powi(32);
        let own = slice.components().iter().map(|c| c.total_vol);
        let mixed = shock
            .mix
            .map(|mix| slice.atm_total_vol() / 2 * u64::from(mix.width));
        let least = own.chain(mixed).min().unwrap();
        let least =
            least as f64 / FORWARD_ONE as f64 * f64::from(shock.vol) / f64::from(FACTOR_ONE);
        let least = (least * live * 0.3).max(2_f64.powi(-20));
        let outside = (bounds.digital_lo as f64 - digital).max(digital - bounds.digital_hi as f64);
        let slack = 2_f64.powi(40 - 34) / least;
        assert!(outside <= slack, "{row:?}: digital {outside} > {slack}");
        worst_digital = worst_digital.max(outside * least);
        check_exact(&shocked, &point);
    }
    println!(
        "calls leave their kernel bounds by at most {worst} (2^-40); digitals times vol by {worst_digital}"
    );
}

/// The exact values lie within the bounds, at a forward of 2^16.
fn check_exact(shocked: &ShockedSlice, point: &StrikePoint) {
    let forward = Fx::from_num(1 << 16);
    let strike = Fx::from_bits(i128::from(point.moneyness()) << (64 + 16 - 36));
    let Ok(prices) = shocked.prices(forward, strike) else {
        return;
    };
    let (bounds, units) = (shocked.bounds(point), |value: Fx| value.to_bits() >> 24);
    let own = shocked.forward_of(forward).unwrap();
    assert_eq!(units(own) >> 16, i128::from(shocked.forward()));
    assert_eq!(prices.call - prices.put, own - strike);
    let inside = |value: i128, low: i64, high: i64| {
        // One unit for the floors of this test.
        assert!(
            i128::from(low) - 1 <= value && value <= i128::from(high) + 1,
            "{low} {value} {high}"
        );
    };
    inside(units(prices.call) >> 16, bounds.call_lo, bounds.call_hi);
    let digital = shocked.digital_call(forward, strike).unwrap();
    inside(units(digital), bounds.digital_lo, bounds.digital_hi);
}

#[test]
fn spec_example_surface() {
    let slice = example();
    let (forward, strike) = (Fx::from_num(100_000), Fx::from_num(110_000));
    assert_eq!(slice.atm_total_vol(), 534_112_289);
    let prices = slice.prices(forward, strike).unwrap();
    assert_eq!(prices.call.to_bits(), 26_743_620_703_291_804_257_534);
    assert_eq!(prices.put - prices.call, Fx::from_num(10_000));
    let digital = slice.digital_call(forward, strike).unwrap();
    assert!((digital.to_bits() - 3_819_288_812_103_314_532).abs() <= 1);
    let view = slice
        .market_view(forward, strike, Fx::from_num(0.25))
        .unwrap();
    let black = Black76::new(forward, strike, view.vol.vol, Fx::from_num(0.25)).unwrap();
    assert!((black.call().unwrap() - prices.call).abs() < Fx::from_num(1e-9));
    assert_eq!(black.call_delta().unwrap(), view.call_delta);
}

/// Two lognormals of which the lighter lies as far out, and is as wide, as a slice may have it.
#[test]
fn spec_example_tails() {
    let slice = Slice::new(vec![
        component(65_280, 4_293_619_855, vol(0.02)),
        component(256, 4_638_564_751, vol(0.08)),
    ])
    .unwrap();
    let close = |a: f64, b: f64| assert!((a - b).abs() < 5e-6 * b, "{a} {b}");
    let v = slice.atm_total_vol() as f64 / FORWARD_ONE as f64;
    close(v, 0.020_385_7);
    for (highest, excess, most, verdict) in [
        (1.10, 0.065_196_3, 0.067_272_9, Ok(())),
        (1.08, 0.069_373_7, 0.066_049_7, Err(SliceError::Tail)),
    ] {
        let strike = Fx::from_num(highest);
        let call: f64 = slice.prices(Fx::ONE, strike).unwrap().call.to_num();
        let beyond: f64 = slice.digital_call(Fx::ONE, strike).unwrap().to_num();
        close(call / beyond, excess);
        close(3.0 * highest * v, most);
        let quoted = |k: f64| (k * f64::from(1_u32 << 24)) as u32;
        assert_eq!(slice.check_tails([quoted(0.95), quoted(highest)]), verdict);
    }
}

#[test]
fn spec_example_greeks() {
    let (forward, strike) = (Fx::from_num(100_000), Fx::from_num(110_000));
    let greeks = example()
        .greeks(forward, strike, Fx::from_num(0.25))
        .unwrap();
    // By multiple precision elsewhere.
    for (found, expected) in [
        (greeks.call_delta, 0.242_246_213_342_078),
        (greeks.gamma, 0.000_028_899_953_976_5),
        (greeks.vega, 14_710.799_636_848),
        (greeks.theta, -7_317.605_306_81),
    ] {
        let found: f64 = found.to_num();
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
    }
}

/// Each shock by itself, where strike is 110 % of the forward; by multiple precision elsewhere.
#[test]
fn spec_example_other_shocks() {
    let prepared = PreparedSlice::new(&example());
    let mixed = |place, width| {
        let weight = 2_048;
        Shock {
            mix: Some(Mix {
                weight,
                place,
                width,
            }),
            ..Shock::MARK
        }
    };
    let skewed = Shock {
        skew: FACTOR_ONE / 8 * 9,
        ..Shock::MARK
    };
    let curved = Shock {
        curvature: FACTOR_ONE / 4 * 5,
        ..Shock::MARK
    };
    let point = StrikePoint::new(Fx::from_num(110_000), Fx::from_num(100_000)).unwrap();
    for (shock, call) in [
        (Shock::MARK, 0.014_497_745_833_319),
        (skewed, 0.015_077_778_564_393),
        (curved, 0.014_223_302_598_585),
        (mixed(3, 2), 0.016_306_067_184_454),
        (mixed(-3, 2), 0.015_356_684_642_034),
    ] {
        let bounds = prepared.shocked(&shock).unwrap().bounds(&point);
        let real = (call * VALUE_ONE as f64) as i64;
        // Masses in 2^-40 and vols in 2^-36 move a price by 2^-34 at most.
        let slack = 64;
        assert!(
            bounds.call_lo <= real + slack && real - slack <= bounds.call_hi,
            "{shock:?}: {bounds:?} {real}"
        );
        assert!(bounds.call_hi - bounds.call_lo <= 40);
    }
}

#[test]
fn spec_example_shocked_surface() {
    let prepared = PreparedSlice::new(&example());
    let fraction = |x: f64| (x * SCALE_ONE as f64) as u64;
    // Spot down 8 %, log-returns times 1.5, strike 110 % of the unshocked forward.
    let shock = Shock::scan(fraction(0.92), FACTOR_ONE * 3 / 2);
    let shocked = prepared.shocked(&shock).unwrap();
    let point = StrikePoint::new(Fx::from_num(110_000), Fx::from_num(100_000)).unwrap();
    let bounds = shocked.bounds(&point);
    assert!(bounds.call_lo <= 15_119_935_807 && 15_119_935_808 <= bounds.call_hi);
    assert!(bounds.call_hi - bounds.call_lo <= 40);
    let chance = 0.142_198_569_668 * VALUE_ONE as f64;
    assert!((bounds.digital_lo as f64) < chance && chance < bounds.digital_hi as f64);
    // Half of the window passed at a mean of 102 % of the forward, at the money.
    let window = Shock {
        window: Some(Window {
            passed: SCALE_ONE / 2,
            mean: fraction(1.02),
        }),
        ..Shock::MARK
    };
    let shocked = prepared.shocked(&window).unwrap();
    assert!((shocked.forward() - (1.01 * VALUE_ONE as f64) as i64).abs() <= 256);
    let bounds = shocked.bounds(&StrikePoint::from_moneyness(1 << 36));
    assert!(bounds.call_lo <= 33_307_322_230 + 8 && 33_307_322_230 - 8 <= bounds.call_hi);
    let at = Fx::from_num(100_000);
    let exact = shocked.prices(at, at).unwrap();
    assert!((exact.call.to_num::<f64>() - 3_029.283_31).abs() < 1e-4);
}

#[test]
fn identity_and_limits() {
    let slice = example();
    let prepared = PreparedSlice::new(&slice);
    let mark = prepared.mark().unwrap();
    assert_eq!(mark.forward(), VALUE_ONE);
    assert_eq!(
        prepared
            .shocked(&Shock::scan(SCALE_ONE, FACTOR_ONE))
            .unwrap(),
        mark
    );
    // c = 0: the forward itself, up to the kernel's least vol of 2^-20.
    let frozen = prepared.shocked(&Shock::scan(SCALE_ONE, 0)).unwrap();
    for thousandth in 1..3_000_u64 {
        let k = (thousandth << 36) / 1_000;
        let bounds = frozen.bounds(&StrikePoint::from_moneyness(k));
        let intrinsic = (VALUE_ONE - (k << 4) as i64).max(0);
        assert!((bounds.call_lo - intrinsic).abs() <= VALUE_ONE >> 21, "{k}");
        assert!((bounds.call_hi - intrinsic).abs() <= VALUE_ONE >> 21, "{k}");
    }
    // The mark of the kernel and the exact mark agree.
    let forward = Fx::from_num(100_000);
    for strike in (40_000..250_000).step_by(500) {
        let strike = Fx::from_num(strike);
        let exact = slice.prices(forward, strike).unwrap().call.to_num::<f64>() / 1e5;
        let bounds = mark.bounds(&StrikePoint::new(strike, forward).unwrap());
        let unit = VALUE_ONE as f64;
        assert!(bounds.call_lo as f64 / unit <= exact + 1e-11);
        assert!(bounds.call_hi as f64 / unit >= exact - 1e-11);
        let width = bounds.call_hi - bounds.call_lo;
        assert!(width <= 64, "width {width}");
    }
}

#[test]
fn bad_slices_are_refused() {
    let one = component(65_536, FORWARD_ONE, vol(0.1));
    let new = |parts: &[Component]| Slice::new(parts.to_vec()).map(|_| ());
    assert_eq!(new(&[]), Err(SliceError::Count { count: 0 }));
    assert_eq!(new(&[one; 5]), Err(SliceError::Count { count: 5 }));
    assert_eq!(new(&[one]), Ok(()));
    let with = |weight, forward, total_vol| Component {
        weight,
        forward,
        total_vol,
    };
    assert_eq!(
        new(&[with(65_535, FORWARD_ONE, 1 << 28)]),
        Err(SliceError::WeightSum)
    );
    assert_eq!(
        new(&[with(65_536, FORWARD_ONE + 1, 1 << 28)]),
        Err(SliceError::ForwardSum)
    );
    let (light, heavy) = (
        with(255, FORWARD_ONE, 1 << 28),
        with(65_281, FORWARD_ONE, 1 << 28),
    );
    assert_eq!(new(&[light, heavy]), Err(SliceError::Weight { index: 0 }));
    let half = |forward, total_vol| with(32_768, forward, total_vol);
    let (low, high) = (FORWARD_ONE - (1 << 26), FORWARD_ONE + (1 << 26));
    assert_eq!(new(&[half(low, 1 << 28), half(high, 1 << 28)]), Ok(()));
    assert_eq!(
        new(&[half(high, 1 << 28), half(low, 1 << 28)]),
        Err(SliceError::Order { index: 1 })
    );
    let (low, high) = (FORWARD_ONE - (1 << 31), FORWARD_ONE + (1 << 31));
    assert_eq!(
        new(&[half(low, 1 << 20), half(high, 1 << 20)]),
        Err(SliceError::TotalVol { index: 0 })
    );
    assert_eq!(
        new(&[with(65_536, FORWARD_ONE, 8 << 32)]),
        Err(SliceError::TotalVol { index: 0 })
    );
    assert_eq!(
        new(&[with(65_536, FORWARD_ONE, 0)]),
        Err(SliceError::TotalVol { index: 0 })
    );
    let edge = FORWARD_ONE / 8 - 1;
    let rest = 2 * FORWARD_ONE - edge;
    assert_eq!(
        new(&[half(edge, 1 << 31), half(rest, 1 << 31)]),
        Err(SliceError::Forward { index: 0 })
    );
}

#[test]
fn heavy_tails_are_refused() {
    // One lognormal of 10 % total vol: mean excess over the 120 % strike is about 0.4 K v.
    let calm = Slice::new(vec![component(65_536, FORWARD_ONE, vol(0.1))]).unwrap();
    let k = |x: f64| (x * f64::from(1_u32 << 24)) as u32;
    assert_eq!(calm.check_tails([k(0.8), k(1.2)]), Ok(()));
    assert_eq!(calm.check_tails([0, k(1.2)]), Err(SliceError::Domain));
    assert_eq!(calm.check_tails([k(1.2), k(0.8)]), Err(SliceError::Domain));
    // 1 % of weight with four times the vol: beyond 140 % only it is left, with a mean excess over 3 K v
    // wherever its own excess is.
    let (w, s) = (512, vol(0.02));
    let wild = Slice::new(vec![
        component(65_536 - w, FORWARD_ONE, s),
        component(w, FORWARD_ONE, s * 4),
    ])
    .unwrap();
    let v = wild.atm_total_vol() as f64 / FORWARD_ONE as f64;
    let mut seen = [false; 2];
    for step in 0..60 {
        let strike = 1.0 + 0.005 * f64::from(step);
        let excess = |sum: fn(f64, f64) -> f64| {
            wild.components()
                .iter()
                .map(|c| {
                    let s = c.total_vol as f64 / FORWARD_ONE as f64;
                    f64::from(c.weight) / 65_536.0 * sum(strike, s)
                })
                .sum::<f64>()
        };
        let call = excess(|k, s| {
            let fx = |x: f64| Fx::from_num(x);
            let black = Black76::with_total_vol(fx(1.0), fx(k), fx(s)).unwrap();
            black.call().unwrap().to_num()
        });
        let beyond = excess(|k, s| {
            let fx = |x: f64| Fx::from_num(x);
            let black = Black76::with_total_vol(fx(1.0), fx(k), fx(s)).unwrap();
            black.digital_call().unwrap().to_num()
        });
        let ratio = call / beyond / (3.0 * strike * v);
        if beyond > 1e-6 && (ratio - 1.0).abs() > 0.01 {
            let verdict = wild.check_tails([k(0.999), k(strike)]);
            assert_eq!(verdict.is_ok(), ratio < 1.0, "{strike} {ratio}");
            seen[usize::from(ratio < 1.0)] = true;
        }
    }
    assert!(seen[1]);
}

#[test]
fn theta_lets_time_go_by() {
    assert_eq!(theta_factor(86_400, 0), FACTOR_ONE);
    assert_eq!(theta_factor(86_400, 86_400), 0);
    assert_eq!(theta_factor(86_400, 100_000), 0);
    assert_eq!(theta_factor(0, 5), 0);
    // sqrt(3/4)
    assert_eq!(theta_factor(400, 100), 14_529_495);
}

prop_compose! {
    /// Any accepted slice of two or three components.
    fn any_slice()(
        v in 0.004_f64..1.4, weight in 1_000_u32..40_000, third: bool,
        push in 0.0_f64..0.9, widths in prop::array::uniform3(0.6_f64..1.5),
    ) -> Slice {
        let low = ((-push * v.min(0.7)).exp() * FORWARD_ONE as f64) as u64;
        let share = if third { 16_384 } else { 0 };
        let heavy = 65_536 - weight - share;
        // Two components carry the exact sum: weight low + heavy high = (2^16 - share) 2^32, high rounded so
        // that the product works out by moving the remainder into a third that absorbs it.
        let target = u128::from(65_536 - share) << 32;
        let mut low = low;
        while !(target - u128::from(weight) * u128::from(low)).is_multiple_of(u128::from(heavy)) {
            low -= 1;
        }
        let high = ((target - u128::from(weight) * u128::from(low)) / u128::from(heavy)) as u64;
        let s = |i: usize| vol(v * widths[i]);
        let mut parts = vec![component(weight, low, s(0))];
        if third {
            parts.push(component(16_384, FORWARD_ONE, s(1)));
        }
        parts.push(component(heavy, high, s(2)));
        Slice::new(parts).unwrap()
    }
}

fn any_shock() -> impl Strategy<Value = Shock> {
    let near = || 13_000_000_u32..20_000_000;
    let window = prop::option::of((0..=SCALE_ONE, 0..2 * SCALE_ONE));
    let mix = prop::option::of((1_u32..4_000, -8_i8..=8, 0_u8..=8));
    (
        (SCALE_ONE / 10..7 * SCALE_ONE),
        0_u32..60_000_000,
        near(),
        near(),
        mix,
        window,
    )
        .prop_map(|(spot, vol, skew, curvature, mix, window)| Shock {
            spot,
            vol,
            skew,
            curvature,
            mix: mix.map(|(weight, place, width)| Mix {
                weight,
                place,
                width,
            }),
            window: window.map(|(passed, mean)| Window { passed, mean }),
        })
}

fn exact_forward(shock: &Shock) -> i128 {
    let (spot, one) = (i128::from(shock.spot), i128::from(SCALE_ONE));
    let (passed, mean) = shock
        .window
        .map_or((0, 0), |w| (i128::from(w.passed), i128::from(w.mean)));
    ((one - passed) * spot + passed * mean) >> 24
}

proptest! {
    #[test]
    fn shocks_keep_the_forward_and_the_shape(
        slice in any_slice(), shock in any_shock(), a in 1_u64.., gap in 1_u64..(1 << 34), c in 1_u64..(1 << 34),
    ) {
        let shocked = PreparedSlice::new(&slice).shocked(&shock).unwrap();
        // (1 - phi)(1 + x) + phi A / F: two floors of 2^-40; at least eight units stay live.
        let off = i128::from(shocked.forward()) - exact_forward(&shock);
        prop_assert!((-3..=9).contains(&off), "{off}");
        // Three strikes: bounds in order, decreasing and convex within the bounds.
        let first = a % (8 << 36) + 1;
        let (second, third) = (first + gap, first + gap + c);
        let at = |k| shocked.bounds(&StrikePoint::from_moneyness(k));
        let (x, y, z) = (at(first), at(second), at(third));
        for bounds in [x, y, z] {
            prop_assert!(0 <= bounds.call_lo && bounds.call_lo <= bounds.call_hi);
            prop_assert!(bounds.call_hi <= shocked.forward());
            prop_assert!(0 <= bounds.digital_lo && bounds.digital_lo <= bounds.digital_hi);
            prop_assert!(bounds.digital_hi <= VALUE_ONE);
        }
        prop_assert!(y.call_lo <= x.call_hi && z.call_lo <= y.call_hi);
        prop_assert!(y.digital_lo <= x.digital_hi);
        // Butterfly: the middle below the chord.
        let wide = |v: i64| i128::from(v);
        let chord = wide(x.call_hi) * i128::from(c) + wide(z.call_hi) * i128::from(gap);
        prop_assert!(wide(y.call_lo) * i128::from(gap + c) <= chord);
    }

    /// Both parts are floors of the exact products; only in a mixture the moving one keeps eight units.
    #[test]
    fn a_window_splits_the_forward(
        slice in any_slice(), passed in 0..=SCALE_ONE, mean in 0..=7 * SCALE_ONE, spot in 1..=7 * SCALE_ONE,
    ) {
        let window = Window { passed, mean };
        let (fixed, moving) = (window.fixed(), window.moving(spot));
        prop_assert_eq!(i128::from(fixed), (i128::from(passed) * i128::from(mean)) >> 24);
        let left = i128::from(SCALE_ONE - passed);
        prop_assert_eq!(i128::from(moving), (left * i128::from(spot)) >> 24);
        let shock = Shock { window: Some(window), ..Shock::scan(spot, FACTOR_ONE) };
        if let Ok(shocked) = PreparedSlice::new(&slice).shocked(&shock) {
            prop_assert_eq!(shocked.forward(), fixed + moving.max(8));
        }
    }

    #[test]
    fn every_price_is_within_one_and_a_half_ulp(
        slice in any_slice(), forward in 1_i128 << 64..1 << 76, moneyness in 0.2_f64..4.0,
    ) {
        let forward = Fx::from_bits(forward);
        let strike = forward * Fx::from_num(moneyness);
        if let Ok(prices) = slice.prices(forward, strike) {
            let off = distance(prices.call, real_call(&slice, forward, strike));
            prop_assert!(off <= BOUND, "{off}");
        }
    }

    #[test]
    fn exact_marks_have_no_butterfly(
        slice in any_slice(), strike in 0.2_f64..4.0, gap in 1e-6_f64..0.2,
    ) {
        let forward = Fx::from_num(50_000);
        let price = |k: f64| slice.prices(forward, Fx::from_num(50_000.0 * k)).map(|p| p.call);
        if let (Ok(a), Ok(b), Ok(c)) = (price(strike), price(strike + gap), price(strike + 2.0 * gap)) {
            prop_assert!(a + c - b - b >= Fx::from_bits(-1 << 32));
            prop_assert!(a >= b && b >= c);
        }
    }

    #[test]
    fn strike_points_are_moneyness(strike in 1_u128..(1 << 104), forward in (1_u128 << 44)..(1 << 104)) {
        let fx = |bits: u128| Fx::from_bits(bits.cast_signed());
        let point = StrikePoint::new(fx(strike), fx(forward)).unwrap();
        let exact = strike as f64 / forward as f64 * 2_f64.powi(36);
        let got = point.moneyness() as f64;
        let capped = exact.min(2_f64.powi(44));
        prop_assert!((got - capped).abs() <= 0.5 + exact * 1e-14, "{got} {exact}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever a report says, a slice is accepted or refused; once accepted every shock prices it.
    #[test]
    fn anything_accepted_can_be_shocked(
        weight in 0_u32..70_000, low in 0_u64.., shift in 28_u32..64, vols: [u64; 2],
        narrow in prop::array::uniform2(28_u32..64), shock in any_shock(), k in 1_u64..(1 << 45),
    ) {
        let low = low >> shift;
        let rest = 65_536_u32.saturating_sub(weight);
        let total = 1_u128 << 48;
        let left = total.saturating_sub(u128::from(weight) * u128::from(low));
        let high = left.checked_div(u128::from(rest)).unwrap_or(0);
        let high = u64::try_from(high).unwrap_or(u64::MAX);
        let parts = if weight >= 65_536 {
            vec![component(weight, low, vols[0] >> narrow[0])]
        } else {
            vec![
                component(weight, low, vols[0] >> narrow[0]),
                component(rest, high, vols[1] >> narrow[1]),
            ]
        };
        if let Ok(slice) = Slice::new(parts) {
            let shocked = PreparedSlice::new(&slice).shocked(&shock).unwrap();
            let bounds = shocked.bounds(&StrikePoint::from_moneyness(k));
            prop_assert!(bounds.call_lo <= bounds.call_hi);
            prop_assert!(slice.check_tails([1 << 20, 1 << 28]) != Err(SliceError::Domain));
        }
    }
}

#[test]
fn extreme_slices_are_accepted_and_shocked() {
    let half = |forward, total_vol| component(32_768, forward, total_vol);
    let edge = FORWARD_ONE / 8;
    for slice in [
        vec![component(65_536, FORWARD_ONE, (8 << 32) - 1)],
        vec![component(65_536, FORWARD_ONE, 1 << 12)],
        vec![half(edge, 2 << 32), half(2 * FORWARD_ONE - edge, 2 << 32)],
        vec![
            half(FORWARD_ONE - 1, 1 << 12),
            half(FORWARD_ONE + 1, 1 << 14),
        ],
    ] {
        let slice = Slice::new(slice).unwrap();
        let prepared = PreparedSlice::new(&slice);
        for spot in [1, SCALE_ONE / 3, SCALE_ONE, 7 * SCALE_ONE] {
            for factor in [0, 1, FACTOR_ONE / 2, FACTOR_ONE * 4, u32::MAX] {
                let shock = Shock {
                    curvature: factor,
                    skew: factor,
                    ..Shock::scan(spot, factor)
                };
                let shocked = prepared.shocked(&shock).unwrap();
                assert_eq!(shocked.forward(), (spot << 8) as i64);
                let bounds = shocked.bounds(&StrikePoint::from_moneyness(1 << 36));
                assert!(bounds.call_lo <= bounds.call_hi);
            }
        }
    }
    let mix = Mix {
        weight: 1,
        place: 8,
        width: 8,
    };
    let heavy = Mix {
        weight: 32_768,
        ..mix
    };
    let (far, wide) = (Mix { place: -9, ..mix }, Mix { width: 9, ..mix });
    for (spot, mix) in [
        (0, mix),
        (7 * SCALE_ONE + 1, mix),
        (SCALE_ONE, heavy),
        (SCALE_ONE, far),
        (SCALE_ONE, wide),
    ] {
        let shock = Shock {
            mix: Some(mix),
            ..Shock::scan(spot, FACTOR_ONE)
        };
        let prepared = PreparedSlice::new(&example());
        assert_eq!(prepared.shocked(&shock), Err(SliceError::Domain));
    }
}

#[test]
fn shocked_slices_are_cheap_to_hold() {
    assert!(size_of::<ShockedSlice>() <= 48);
}
