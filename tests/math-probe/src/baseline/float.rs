//! Black-76 in double precision: what a contract could do if it trusted floats.

use fixed_math::Fx;

/// Call and put.
pub fn call_put([forward, strike, vol, years]: [Fx; 4]) -> (Fx, Fx) {
    let (f, k): (f64, f64) = (forward.to_num(), strike.to_num());
    let s = vol.to_num::<f64>() * years.to_num::<f64>().sqrt();
    let d1 = (f / k).ln() / s + 0.5 * s;
    let call = f * cdf(d1) - k * cdf(d1 - s);
    (
        Fx::saturating_from_num(call),
        Fx::saturating_from_num(call - f + k),
    )
}

/// The normal distribution function by Hart's rational approximation (1968, number 5666) and, in
/// the far tail, a continued fraction.
fn cdf(x: f64) -> f64 {
    let z = x.abs();
    let tail = if z > 37.0 {
        0.0
    } else {
        let e = (-0.5 * z * z).exp();
        if z < 7.07 {
            let top = [
                0.035_262_496_599_891_1,
                0.700_383_064_443_688,
                6.373_962_203_531_65,
            ]
            .into_iter()
            .chain([
                33.912_866_078_383,
                112.079_291_497_871,
                221.213_596_169_931,
                220.206_867_912_376,
            ])
            .fold(0.0, |sum, c| sum * z + c);
            let bottom = [
                0.088_388_347_648_318_4,
                1.755_667_163_182_64,
                16.064_177_579_207,
            ]
            .into_iter()
            .chain([
                86.780_732_202_946_1,
                296.564_248_779_674,
                637.333_633_378_831,
            ])
            .chain([793.826_512_519_948, 440.413_735_824_752])
            .fold(0.0, |sum, c| sum * z + c);
            e * top / bottom
        } else {
            e / (z + 1.0 / (z + 2.0 / (z + 3.0 / (z + 4.0 / (z + 0.65))))) / 2.506_628_274_631
        }
    };
    if x > 0.0 { 1.0 - tail } else { tail }
}
