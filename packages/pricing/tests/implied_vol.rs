//! Implied vol: the certificate, the round trip, the bounds.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::cast_possible_wrap,
    reason = "a test"
)]

use fixed_math::Fx;
use fixed_math::wide::black::{self as wide, Inputs, Vol};
use pricing::black76::{Black76, BlackError, MAX_PRICE};
use pricing::implied_vol::{ImpliedVolError, Side, implied_total_vol, implied_vol};
use proptest::prelude::*;

fn bits(low: u32, high: u32) -> impl Strategy<Value = Fx> {
    (low..high, any::<u128>()).prop_map(|(size, noise)| {
        let top = 1i128 << size;
        Fx::from_bits(top | ((noise >> 1) as i128 & (top - 1)))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The real price at the lower end is not above the quote, at the upper end not below it.
    #[test]
    fn the_certificate_brackets_the_real_price(
        f in bits(58, 102), tilt in -60i32..60, vol in bits(58, 66), years in bits(50, 65), put in any::<bool>(),
    ) {
        let Ok(k) = fixed_math::exp(Fx::from_num(tilt) / 20).map(|ratio| f.saturating_mul(ratio)) else {
            return Ok(());
        };
        let Ok(option) = Black76::new(f, k, vol, years) else { return Ok(()) };
        let prices = option.prices().unwrap();
        let (side, price) = if put { (Side::Put, prices.put) } else { (Side::Call, prices.call) };
        match implied_vol(side, f, k, price, years) {
            Ok(found) => {
                prop_assert!(found.high.to_bits() - found.low.to_bits() <= 2);
                let real = |vol: Fx| {
                    let inputs = Inputs { forward: f, strike: k, vol: Vol::Annual { vol, years } };
                    if put { wide::put(&inputs.into()).unwrap() } else { wide::call(&inputs.into()).unwrap() }
                };
                prop_assert!(real(found.low).floor < price);
                prop_assert!(real(found.high).ceil > price);
                let again = Black76::new(f, k, found.vol, years).unwrap().prices().unwrap();
                let again = if put { again.put } else { again.call };
                let vega = option.greeks().unwrap().vega;
                prop_assert!((again - price).abs() <= (vega >> 64) + Fx::DELTA * 2);
            }
            // The price rounds to a bound.
            Err(ImpliedVolError::Low) => {
                let exercise = Fx::ZERO.max(if put { k - f } else { f - k });
                prop_assert!(price <= exercise);
            }
            Err(error) => {
                let most = if put { k } else { f };
                prop_assert!(price >= most, "{}", error);
            }
        }
    }
}

#[test]
fn prices_at_or_past_the_bounds_are_refused() {
    let (f, k, years) = (Fx::from_num(100), Fx::from_num(90), Fx::ONE);
    let call = |price: Fx| implied_vol(Side::Call, f, k, price, years).map(|iv| iv.vol);
    let put = |price: Fx| implied_vol(Side::Put, f, k, price, years).map(|iv| iv.vol);
    let ten = Fx::from_num(10);
    assert_eq!(call(ten), Err(ImpliedVolError::Low));
    assert_eq!(call(ten - Fx::DELTA), Err(ImpliedVolError::Low));
    assert_eq!(call(f), Err(ImpliedVolError::High));
    assert_eq!(put(Fx::ZERO), Err(ImpliedVolError::Low));
    assert_eq!(put(k), Err(ImpliedVolError::High));
    assert!(call(ten + Fx::DELTA).is_ok() && put(Fx::DELTA).is_ok());
    assert_eq!(
        call(ten + Fx::DELTA),
        put(Fx::DELTA),
        "both sides of one strike have one vol"
    );
    // One ulp under the forward: more than a total vol of 8.
    assert_eq!(call(f - Fx::DELTA), Err(ImpliedVolError::Domain));
    assert_eq!(
        implied_total_vol(Side::Call, f, f, Fx::DELTA).err(),
        Some(ImpliedVolError::Domain),
        "a total vol under 2^-20"
    );
    assert_eq!(
        implied_vol(Side::Call, f, k, ten, Fx::ZERO).err(),
        Some(ImpliedVolError::Years)
    );
    assert_eq!(
        implied_vol(Side::Call, Fx::ZERO, k, ten, years).err(),
        Some(ImpliedVolError::Black(BlackError::Forward))
    );
}

/// Prices of a few ulp on the largest forwards lie beyond the limb kernel: the bisection still certifies.
#[test]
fn a_price_beyond_the_fast_kernel_is_certified() {
    let (f, k) = (MAX_PRICE >> 1, MAX_PRICE >> 1);
    let k = k + (k >> 3);
    for price in [1, 2, 5] {
        let price = Fx::from_bits(price);
        let found = implied_total_vol(Side::Call, f, k, price).unwrap();
        let real = |vol: Fx| {
            wide::call(
                &Inputs {
                    forward: f,
                    strike: k,
                    vol: Vol::Total(vol),
                }
                .into(),
            )
            .unwrap()
        };
        assert!(real(found.low).floor < price && real(found.high).ceil > price);
    }
}
