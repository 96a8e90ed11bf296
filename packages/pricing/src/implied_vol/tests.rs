//! What the documentation says of the guess and the steps, for forwards of 2^-6 to 2^26, total vols of 2^-18 to 4
//! and strikes within six standard deviations; wider ones in
//! `tests/implied_vol.rs`.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::float_arithmetic,
    reason = "a test"
)]

use super::*;
use crate::black76::Black76;
use proptest::prelude::*;

fn bits(low: u32, high: u32) -> impl Strategy<Value = Fx> {
    (low..high, any::<u128>()).prop_map(|(size, noise)| {
        let top = 1i128 << size;
        Fx::from_bits(top | ((noise >> 1) as i128 & (top - 1)))
    })
}

/// Forward, strike and total vol, the strike within six standard deviations.
fn question() -> impl Strategy<Value = (Fx, Fx, Fx)> {
    (bits(58, 90), bits(46, 66), -600i32..600).prop_filter_map("inside", |(f, s, steps)| {
        let log = (Fx::from_num(steps) / 100 * s).clamp(Fx::from_num(-7), Fx::from_num(7));
        let k = f.checked_mul(fixed_math::exp(log).ok()?)?;
        Black76::with_total_vol(f, k, s).ok().map(|_| (f, k, s))
    })
}

fn to_f64(x: Float) -> f64 {
    let Limbs { l2, l3, .. } = x.mantissa;
    (l3 as f64 + l2 as f64 / 2f64.powi(28)) / 2f64.powi(28) * 2f64.powi(x.exponent as i32)
}

/// The search for the vol of an option's own rounded price; `None` when that is at a bound.
fn search(f: Fx, k: Fx, s: Fx) -> Option<(Search, Sides, Target)> {
    let prices = Black76::with_total_vol(f, k, s).unwrap().prices().unwrap();
    let (low, high, out) = (f.min(k), f.max(k), prices.call.min(prices.put));
    // With 2^24 ulp on either side the rounding of the price moves the vol by less than 2^-20 of itself.
    if out.to_bits() < 1 << 24 || (low - out).to_bits() < 1 << 24 {
        return None;
    }
    let log = checked_log(f, k).unwrap();
    let (price, rest) = (ln(out).minus(ln(low)), ln(low - out).minus(ln(low)));
    let search = Search {
        forward: f,
        strike: k,
        log,
        out,
        years: None,
    };
    Some((
        search,
        Sides {
            low,
            high,
            out,
            log,
        },
        Target { log, price, rest },
    ))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_guess_is_close_and_two_steps_certify((f, k, s) in question()) {
        let Some((search, sides, target)) = search(f, k, s) else { return Ok(()) };
        let start = guess::total_vol(&sides);
        let s = s.to_num::<f64>();
        prop_assert!((to_f64(start) / s - 1.0).abs() < 0.08, "guess {} for {s}", to_f64(start));
        let one = improve(start, &target).unwrap();
        prop_assert!((to_f64(one) / s - 1.0).abs() < 2e-5, "one step {} for {s}", to_f64(one));
        let two = improve(one, &target).unwrap();
        prop_assert!(search.certified(search.vol_of(two)).unwrap().is_some(), "two steps for {s}");
    }
}
