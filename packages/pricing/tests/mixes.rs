//! Faint lognormals mixed into a slice.

use pricing::shock::{Mix, PreparedSlice, Shock, StrikePoint, VALUE_ONE};
use pricing::slice::{Component, FORWARD_ONE, Slice};

const WEIGHT: u32 = 3_277;

fn lognormal(v: f64) -> PreparedSlice {
    let slice = Slice::new(vec![Component {
        weight: 1 << 16,
        forward: FORWARD_ONE,
        total_vol: (v * FORWARD_ONE as f64) as u64,
    }]);
    PreparedSlice::new(&slice.unwrap())
}

fn faint(place: i8, prepared: &PreparedSlice) -> Mix {
    let mix = Mix {
        weight: WEIGHT,
        place,
        width: 1,
    };
    mix.faint(prepared.atm_total_vol())
}

/// Call and put of one strike over the forward, by the middle of the bounds.
fn prices(prepared: &PreparedSlice, mix: Mix, moneyness: f64) -> (f64, f64) {
    let shock = Shock {
        mix: Some(mix),
        ..Shock::MARK
    };
    let point = StrikePoint::from_moneyness((moneyness * 2_f64.powi(36)) as u64);
    let bounds = prepared.shocked(&shock).unwrap().bounds(&point);
    let call = (bounds.call_lo + bounds.call_hi) as f64 / 2.0 / VALUE_ONE as f64;
    (call, call - 1.0 + moneyness)
}

#[test]
fn spec_example_weight_above_the_forward() {
    // 3,277 e^(-0.45) = 2,089.5 at three v of 0.15; below the forward and at it the whole weight.
    let slice = lognormal(0.15);
    assert_eq!(faint(6, &slice).weight, 2_089);
    assert_eq!(
        [-6, -2, 0].map(|place| faint(place, &slice).weight),
        [WEIGHT; 3]
    );
    // Out of sight where its forward is.
    assert_eq!(faint(6, &lognormal(7.0)).weight, 0);
}

/// A put struck at `k` pays in coins what a call struck at `1 / k` pays in cash: `put(k) = k call'(1 / k)`, where the other slice is seen by a
/// holder of the coin. To him a lognormal lies as far on the other side, with its weight times its forward.
#[test]
fn a_holder_of_the_coin_sees_the_mirror_image() {
    for v in [0.02, 0.15, 0.6, 1.5] {
        let slice = lognormal(v);
        for place in [-6_i8, -4, -2, 0] {
            for steps in -12..=12 {
                let k = (f64::from(steps) / 3.0 * v).exp();
                let (_, put) = prices(&slice, faint(place, &slice), k);
                let (call, _) = prices(&slice, faint(-place, &slice), 1.0 / k);
                // Below, its share of the coins is `weight e^(place v)`; above, that is its weight: the same two lognormals, up to
                // the rounding of a weight and to second order in it.
                let apart = (put - k * call).abs();
                let limit = 0.05 * 0.05 * k.max(1.0) * v.min(1.0) + 2e-5;
                assert!(apart <= limit, "{v} {place} {k}: {put} {}", k * call);
            }
        }
    }
}
