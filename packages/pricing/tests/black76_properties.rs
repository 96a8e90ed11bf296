//! Identities and inequalities of the prices, over the whole claimed domain and without a tolerance.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::cast_possible_wrap,
    reason = "a test"
)]

use fixed_math::Fx;
use fixed_math::wide::black::{self as wide, Inputs, Vol};
use pricing::black76::{Black76, BlackError, MAX_PRICE, MIN_PRICE};
use proptest::prelude::*;

/// A bit pattern of `low..high` bits.
fn bits(low: u32, high: u32) -> impl Strategy<Value = Fx> {
    (low..high, any::<u128>()).prop_map(|(size, noise)| {
        let top = 1i128 << size;
        Fx::from_bits(top | ((noise >> 1) as i128 & (top - 1)))
    })
}

/// Forward, strike and total vol of the domain, the strike within some standard deviations.
fn question() -> impl Strategy<Value = (Fx, Fx, Fx)> {
    (bits(46, 102), bits(44, 66), -12_000i32..12_000)
        .prop_map(|(forward, total, steps)| {
            let steps = Fx::from_num(steps) / 2_000 * total;
            let steps = steps.clamp(Fx::from_num(-7), Fx::from_num(7));
            let ratio = fixed_math::exp(steps / 64).unwrap();
            let mut strike = forward;
            for _ in 0..64 {
                strike = strike.saturating_mul(ratio);
            }
            (forward, strike.clamp(MIN_PRICE, MAX_PRICE), total)
        })
        .prop_filter("inside the domain", |(f, k, s)| {
            Black76::with_total_vol(*f, *k, *s).is_ok()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn attack_options_31_parity_and_symmetry_are_exact((f, k, s) in question()) {
        let here = Black76::with_total_vol(f, k, s).unwrap().prices().unwrap();
        let swapped = Black76::with_total_vol(k, f, s).unwrap().prices().unwrap();
        prop_assert_eq!(here.call - here.put, f - k);
        prop_assert_eq!(here.call, swapped.put);
        prop_assert_eq!(here.put, swapped.call);
        prop_assert!(here.call <= f && here.put <= k && here.call >= Fx::ZERO && here.put >= Fx::ZERO);
    }

    #[test]
    fn attack_options_31_monotone_in_strike_and_vol((f, k, s) in question(), up in bits(0, 60)) {
        let here = Black76::with_total_vol(f, k, s).unwrap().prices().unwrap();
        if let Ok(higher) = Black76::with_total_vol(f, k + up, s) {
            let higher = higher.prices().unwrap();
            prop_assert!(higher.call <= here.call && higher.put >= here.put);
        }
        if let Ok(wilder) = Black76::with_total_vol(f, k, s + up) {
            let wilder = wilder.prices().unwrap();
            prop_assert!(wilder.call >= here.call && wilder.put >= here.put);
        }
    }

    #[test]
    fn convex_in_strike((f, k, s) in question(), step in bits(0, 80)) {
        let price = |k: Fx| Some(Black76::with_total_vol(f, k, s).ok()?.prices().unwrap().call);
        let Some(below) = k.checked_sub(step).and_then(price) else { return Ok(()) };
        let (Some(here), Some(above)) = (price(k), price(k + step)) else { return Ok(()) };
        prop_assert!(below + above - here * 2 >= -Fx::DELTA * 2);
    }

    #[test]
    fn fast_and_wide_agree((f, k, s) in question()) {
        let option = Black76::with_total_vol(f, k, s).unwrap();
        let inputs = Inputs { forward: f, strike: k, vol: Vol::Total(s) };
        let (call, put) = (wide::call(&inputs.into()).unwrap(), wide::put(&inputs.into()).unwrap());
        let (low, high) = (option.prices_lo().unwrap(), option.prices_hi().unwrap());
        prop_assert_eq!(option.call().unwrap(), call.nearest);
        prop_assert_eq!(option.put().unwrap(), put.nearest);
        prop_assert!(low.call <= call.floor && call.ceil <= high.call);
        prop_assert!(high.call - low.call <= Fx::DELTA * 2);
        prop_assert!(low.put <= put.floor && put.ceil <= high.put);
        let delta = wide::call_delta(&inputs.into()).unwrap();
        prop_assert_eq!(option.call_delta().unwrap(), delta.nearest);
        prop_assert!(option.call_delta_lo().unwrap() <= delta.floor);
        prop_assert!(option.call_delta_hi().unwrap() >= delta.ceil);
        prop_assert_eq!(option.put_delta().unwrap() + Fx::ONE, option.call_delta().unwrap());
        prop_assert_eq!(option.digital_call().unwrap(), wide::digital(&inputs.into()).unwrap().nearest);
        prop_assert_eq!(option.digital_put().unwrap() + option.digital_call().unwrap(), Fx::ONE);
        prop_assert_eq!(option.call_dual_delta().unwrap(), -option.digital_call().unwrap());
    }
}

#[test]
fn the_edges_of_the_domain_belong_to_it() {
    let s = Fx::ONE / 2;
    assert!(Black76::with_total_vol(MIN_PRICE, MIN_PRICE, s).is_ok());
    assert!(Black76::with_total_vol(MAX_PRICE, MAX_PRICE, s).is_ok());
    let refused = |f: Fx, k: Fx, s: Fx| Black76::with_total_vol(f, k, s).err();
    assert_eq!(
        refused(MIN_PRICE - Fx::DELTA, MIN_PRICE, s),
        Some(BlackError::Forward)
    );
    assert_eq!(
        refused(MAX_PRICE + Fx::DELTA, MAX_PRICE, s),
        Some(BlackError::Forward)
    );
    assert_eq!(
        refused(MIN_PRICE, MIN_PRICE - Fx::DELTA, s),
        Some(BlackError::Strike)
    );
    assert_eq!(refused(MAX_PRICE, Fx::MAX, s), Some(BlackError::Strike));
    assert_eq!(refused(Fx::ONE, Fx::ONE, Fx::ZERO), Some(BlackError::Vol));
    assert_eq!(refused(Fx::ONE, Fx::ONE, -Fx::ONE), Some(BlackError::Vol));
    let (least, most) = (Fx::ONE >> 20, Fx::from_num(8));
    assert_eq!(refused(Fx::ONE, Fx::ONE, least), None);
    assert_eq!(refused(Fx::ONE, Fx::ONE, most), None);
    assert_eq!(
        refused(Fx::ONE, Fx::ONE, least - Fx::DELTA),
        Some(BlackError::TotalVol)
    );
    assert_eq!(
        refused(Fx::ONE, Fx::ONE, most + Fx::ONE / (1 << 30)),
        Some(BlackError::TotalVol)
    );
    // e^8 = 2980.957...
    assert_eq!(refused(Fx::from_num(2_980), Fx::ONE, s), None);
    assert_eq!(
        refused(Fx::from_num(2_981), Fx::ONE, s),
        Some(BlackError::Moneyness)
    );
    assert_eq!(
        refused(Fx::ONE, Fx::from_num(2_981), s),
        Some(BlackError::Moneyness)
    );
    let annual = |vol: Fx, years: Fx| Black76::new(Fx::ONE, Fx::ONE, vol, years).err();
    assert_eq!(annual(Fx::ONE, Fx::ZERO), Some(BlackError::Vol));
    assert_eq!(annual(Fx::ZERO, Fx::ONE), Some(BlackError::Vol));
    assert_eq!(annual(Fx::from_num(4), Fx::from_num(4)), None);
    assert_eq!(annual(least, Fx::ONE), None);
    assert_eq!(
        annual(Fx::from_num(5), Fx::from_num(4)),
        Some(BlackError::TotalVol)
    );
    assert_eq!(annual(Fx::MAX, Fx::MAX), Some(BlackError::TotalVol));
    assert_eq!(annual(Fx::DELTA, Fx::DELTA), Some(BlackError::TotalVol));
}

#[test]
fn a_greek_that_does_not_fit_is_an_error() {
    // Vega = F n(d1) sqrt(T), about 2^40 * 0.4 * 2^30.
    let option = Black76::new(
        MAX_PRICE,
        MAX_PRICE,
        Fx::ONE >> 30,
        Fx::from_num(1i64 << 60),
    )
    .unwrap();
    assert_eq!(option.greeks().err(), Some(BlackError::Range));
    assert!(option.prices().is_ok());
    let total = Black76::with_total_vol(Fx::ONE, Fx::ONE, Fx::ONE).unwrap();
    assert_eq!(total.greeks().err(), Some(BlackError::Vol));
}

/// Far from the money every value is the nearest multiple of an ulp to something positive.
#[test]
fn far_tails_keep_their_sign() {
    let option = Black76::new(
        Fx::from_num(100),
        Fx::from_num(400),
        Fx::ONE / 10,
        Fx::ONE / 100,
    )
    .unwrap();
    let (prices, low, high) = (
        option.prices().unwrap(),
        option.prices_lo().unwrap(),
        option.prices_hi().unwrap(),
    );
    assert_eq!(
        (prices.call, low.call, high.call),
        (Fx::ZERO, Fx::ZERO, Fx::DELTA)
    );
    assert_eq!(prices.put, Fx::from_num(300));
    let greeks = option.greeks().unwrap();
    assert_eq!(
        (greeks.gamma, greeks.vega, greeks.theta),
        (Fx::ZERO, Fx::ZERO, Fx::ZERO)
    );
    assert_eq!(option.greeks_lo().unwrap().theta, -Fx::DELTA);
    // Minus years times the put; 1/100 is a bit pattern, not the fraction.
    assert_eq!(greeks.put_rho, -(Fx::ONE / 100) * 300);
    let inner = Black76::new(
        Fx::from_num(400),
        Fx::from_num(100),
        Fx::ONE / 10,
        Fx::ONE / 100,
    )
    .unwrap();
    assert_eq!(inner.call_delta().unwrap(), Fx::ONE);
    assert_eq!(inner.call_delta_lo().unwrap(), Fx::ONE - Fx::DELTA);
    assert_eq!(inner.digital_put().unwrap(), Fx::ZERO);
}

/// Forward minus strike times years is a whole number of ulps here, and what the option is worth beyond it is below any
/// precision: no widening decides, the sign of the rest does. Found among ten million points; the value is exact.
#[test]
fn rho_of_an_exact_product_is_decided_by_the_sign_of_the_rest() {
    let [forward, strike, vol, years] = [
        20_282_409_603_651_670_423_947_251_286_016_i128,
        6_810_797_819_391_466_737_816_829_952,
        7_141_210_853,
        113_510_565_668_498_920_691_466_240,
    ]
    .map(Fx::from_bits);
    let option = Black76::new(forward, strike, vol, years).unwrap();
    let rho = Fx::from_bits(-124_764_277_127_781_698_112_109_143_917_984_808_960);
    assert_eq!(option.greeks().unwrap().call_rho, rho);
    assert_eq!(option.greeks_hi().unwrap().call_rho, rho);
    assert_eq!(option.greeks_lo().unwrap().call_rho, rho - Fx::DELTA);
}
