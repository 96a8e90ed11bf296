//! Call and put alone, without an object: what is computed stays in registers.

use super::{Black76, BlackError, Core, Place, Prices, Rounding, Total, checked_log};
use fixed_math::{Fx, Proved};

/// Call and put per 1 of the underlying, undiscounted, rounded to nearest, ties up: the same as
/// [`Black76::prices`], in about a tenth less gas.
///
/// # Errors
/// As [`Black76::new`].
pub fn call_and_put(forward: Fx, strike: Fx, vol: Fx, years: Fx) -> Result<Prices, BlackError> {
    let log = checked_log(forward, strike)?;
    let place = Place::new(log, &Total::annual(vol, years)?);
    match near(forward, strike, place) {
        Some(prices) => Ok(prices),
        None => Black76::new(forward, strike, vol, years)?.prices(),
    }
}

/// The same from the total vol: [`Black76::with_total_vol`].
///
/// # Errors
/// As [`Black76::with_total_vol`].
pub fn call_and_put_total(forward: Fx, strike: Fx, total_vol: Fx) -> Result<Prices, BlackError> {
    let log = checked_log(forward, strike)?;
    let place = Place::new(log, &Total::given(total_vol)?);
    match near(forward, strike, place) {
        Some(prices) => Ok(prices),
        None => Black76::with_total_vol(forward, strike, total_vol)?.prices(),
    }
}

/// `None` far out or where the fast path does not decide the rounding.
#[inline(always)]
fn near(forward: Fx, strike: Fx, place: Place) -> Option<Prices> {
    if !place.is_near() {
        return None;
    }
    let call_is_out = forward <= strike;
    let low = if call_is_out { forward } else { strike };
    let core = Core::new(forward, call_is_out, place);
    let rounded = core.price(low).round_positive(Rounding::Nearest)?;
    // For a >= 0 it is what the price falls short of the smaller of forward and strike.
    let out = if place.a.is_negative() {
        rounded
    } else {
        low.minus(rounded)
    };
    let gap = forward.minus(strike).saturating_abs();
    Some(Prices::of_out(out, gap, call_is_out))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every size of forward, strike, vol and time: both ways give the same, errors included.
    #[test]
    fn both_ways_agree() {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut word = || {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            state.wrapping_mul(0x2545_F491_4F6C_DD1D)
        };
        let mut decided = 0;
        for _ in 0..20_000 {
            let mut next = |low: u64, high: u64| {
                let shift = low + word() % (high - low);
                Fx::from_bits(i128::from(word() | 1 << 63) << shift >> 63)
            };
            let (forward, vol, years) = (next(60, 84), next(58, 68), next(50, 68));
            let strike = forward.wrapping_add(forward.wrapping_mul(next(40, 66) - Fx::DELTA) >> 1);
            let object = Black76::new(forward, strike, vol, years).and_then(|black| black.prices());
            assert_eq!(call_and_put(forward, strike, vol, years), object);
            let total = next(44, 68);
            let given = Black76::with_total_vol(forward, strike, total).and_then(|b| b.prices());
            assert_eq!(call_and_put_total(forward, strike, total), given);
            decided += i32::from(object.is_ok()) + i32::from(given.is_ok());
        }
        assert!(decided > 15_000, "{decided}");
    }
}
