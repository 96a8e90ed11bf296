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

/// Vol factors of a margin's pricings, with the first fifteen moves 60 in all.
const MARGIN_VOLS: [u32; 4] = [10 << 20, 13 << 20, 20 << 20, 24 << 20];
/// Expiries of a margin's book, and legs in each.
const EXPIRIES: u64 = 4;
const LEGS: u32 = 32;

/// Prepares the slice and its 32 pricings; with a leg the sum of the leg's upper bounds, else the
/// sum of the forwards.
///
/// # Errors
/// When the arguments make no slice.
pub fn run(arguments: &[i128; 4], components: usize, leg: bool) -> Result<Fx, SliceError> {
    let [forward, strike, vol, years] = arguments.map(Fx::from_bits);
    let total = total_vol(vol, years);
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

/// The arithmetic of a margin and nothing else: 128 legs over four expiries of three lognormals, long and short in turn,
/// valued in 60 pricings; the lowest sum.
///
/// # Errors
/// When the arguments make no slice.
pub fn margin(arguments: &[i128; 4]) -> Result<Fx, SliceError> {
    let [forward, strike, vol, years] = arguments.map(Fx::from_bits);
    let total = total_vol(vol, years);
    let mut book = Vec::new();
    for expiry in 0..EXPIRIES {
        let own = total.saturating_sub((total >> 3).saturating_mul(expiry));
        let slice = PreparedSlice::new(&Slice::new(mixture(3, own))?);
        let mut points = Vec::new();
        for leg in 0..LEGS {
            // From 96 to 127 parts of 128.
            let step = Fx::from_bits(i128::from(leg.saturating_add(96)) << 57);
            points.push(StrikePoint::new(strike.saturating_mul(step), forward)?);
        }
        book.push((slice, points));
    }
    let mut lowest = i128::MAX;
    for vol in MARGIN_VOLS {
        for step in MOVES.iter().take(15) {
            let spot = SCALE_ONE.wrapping_mul(*step) >> 7;
            lowest = lowest.min(value(&book, &Shock::scan(spot, vol))?);
        }
    }
    Ok(Fx::from_bits(lowest))
}

/// The book in one pricing, every leg at the bound against its holder.
fn value(book: &[(PreparedSlice, Vec<StrikePoint>)], shock: &Shock) -> Result<i128, SliceError> {
    let mut sum = 0_i128;
    for (slice, points) in book {
        let shocked = slice.shocked(shock)?;
        for (quantity, point) in (1_i128..).zip(points) {
            let bounds = shocked.bounds(point);
            let (signed, unit) = if quantity & 1 == 0 {
                (quantity, bounds.call_lo)
            } else {
                (quantity.wrapping_neg(), bounds.call_hi)
            };
            sum = sum.wrapping_add(signed.wrapping_mul(i128::from(unit)));
        }
    }
    Ok(sum)
}

/// Vol times the root of time, units of 2^-32.
fn total_vol(vol: Fx, years: Fx) -> u64 {
    let total = vol.saturating_mul(years.max(Fx::ZERO).sqrt()).to_bits() >> 32;
    u64::try_from(total).unwrap_or(0)
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
