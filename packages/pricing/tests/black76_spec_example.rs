//! The worked example of docs/spec/pricing.md.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::cast_possible_wrap,
    reason = "a test"
)]

use fixed_math::Fx;
use pricing::black76::Black76;
use pricing::implied_vol::{Side, implied_vol};

#[test]
fn pricing_spec_example() {
    let (forward, strike) = (Fx::from_num(100), Fx::from_num(110));
    let (vol, years) = (Fx::ONE / 2, Fx::ONE / 4);
    let option = Black76::new(forward, strike, vol, years).unwrap();
    let prices = option.prices().unwrap();
    assert_eq!(prices.call.to_bits(), 114_193_211_761_916_335_378);
    assert_eq!(prices.put.to_bits(), 298_660_652_499_011_851_538);
    assert_eq!(prices.put - prices.call, Fx::from_num(10));
    assert_eq!(
        option.call_delta().unwrap().to_bits(),
        7_358_083_102_654_127_827
    );
    assert_eq!(
        option.digital_call().unwrap().to_bits(),
        5_651_046_350_031_785_885
    );
    let (g, digital) = (option.greeks().unwrap(), option.digital_greeks().unwrap());
    for (value, bits) in [
        (g.gamma, 284_860_375_518_082_375),
        (g.vega, 356_075_469_397_602_968_923),
        (g.theta, -356_075_469_397_602_968_923),
        (g.vanna, 7_210_396_068_939_200_961),
        (g.volga, 92_379_853_727_328_472_538),
        (g.charm, -7_210_396_068_939_200_961),
        (g.call_rho, -28_548_302_940_479_083_845),
        (g.put_rho, -74_665_163_124_752_962_885),
        (digital.delta, 258_963_977_743_711_250),
        (digital.gamma, 2_654_284_636_336_852),
        (digital.vega, 3_317_855_795_421_064_793),
        (digital.theta, -3_317_855_795_421_064_793),
        (digital.vanna, -450_742_607_322_092_702),
        (digital.volga, -18_884_741_528_539_601_578),
        (digital.charm, 450_742_607_322_092_702),
        (digital.call_rho, -1_412_761_587_507_946_471),
        (digital.put_rho, -3_198_924_430_919_441_433),
    ] {
        let gap: i128 = value.to_bits() - bits;
        assert!(gap.abs() <= 1, "{value}: {gap} ulp");
    }
    let found = implied_vol(Side::Call, forward, strike, prices.call, years).unwrap();
    assert!((found.vol - vol).abs() <= Fx::DELTA);
    assert!(found.low <= vol && vol <= found.high);
    let put = implied_vol(Side::Put, forward, strike, prices.put, years).unwrap();
    assert_eq!(found, put);
}
