//! The margin's arithmetic: 32 pricings of a slice, and one leg in each of them.

use fixed_math::Fx;
use pricing::shock::{PreparedSlice, SCALE_ONE, Shock, StrikePoint};
use pricing::slice::{Component, Slice, SliceError};

/// Price moves and vol factors of the pricings, in units of 2^-7: 16 of each sign and two vols.
const MOVES: [u64; 16] = [
    96, 100, 104, 108, 112, 116, 120, 124, 132, 136, 140, 144, 148, 152, 156, 160,
];
/// Vol factors in units of 2^-24.
const VOLS: [u32; 2] = [13 << 20, 20 << 20];

/// Prepares the slice and its 32 pricings; with a leg the sum of the leg's upper bounds, else the
/// sum of the forwards.
///
/// # Errors
/// When the arguments make no slice.
pub fn run(arguments: &[i128; 4], components: usize, leg: bool) -> Result<Fx, SliceError> {
    let [forward, strike, vol, years] = arguments.map(Fx::from_bits);
    let total = vol.saturating_mul(years.max(Fx::ZERO).sqrt()).to_bits() >> 32;
    let total = u64::try_from(total).unwrap_or(0);
    let slice = PreparedSlice::new(&Slice::new(mixture(components, total))?);
    let point = StrikePoint::new(strike, forward)?;
    let mut sum = 0_i64;
    for vol in VOLS {
        for step in MOVES {
            let spot = SCALE_ONE.wrapping_mul(step) >> 7;
            let shocked = slice.shocked(&Shock::scan(spot, vol))?;
            let value = if leg {
                shocked.bounds(&point).call_hi
            } else {
                shocked.forward()
            };
            sum = sum.wrapping_add(value);
        }
    }
    Ok(Fx::from_bits(i128::from(sum)))
}

/// One lognormal, or three about it with exact sums.
fn mixture(components: usize, total: u64) -> Vec<Component> {
    let part = |weight, forward, total_vol| Component {
        weight,
        forward,
        total_vol,
    };
    if components == 1 {
        return vec![part(1 << 16, 1 << 32, total)];
    }
    let (up, down) = (1_u64 << 32 | 1 << 28, 15_u64 << 28);
    vec![
        part(1 << 14, down, total.saturating_add(total >> 2)),
        part(1 << 15, 1 << 32, total),
        part(1 << 14, up, total.saturating_sub(total >> 3)),
    ]
}
