//! Hard ranges of listing terms and parameters, and the integers they become.

use fixed_math::Fx;
use risk::MAX_UNIT_VALUE;

use super::ledger::DECIMAL_ONE;
use crate::error::EngineError;

/// Strike counts stay below this, so that a stored leg takes at most 16 bytes.
pub const STRIKE_LIMIT: u32 = 1 << 24;
/// Market numbers stay below this, for the same reason.
pub const MARKET_LIMIT: u16 = 1 << 14;
/// Most coins.
pub const COIN_LIMIT: usize = 16;
/// Most venues.
pub const VENUE_LIMIT: usize = 16;

/// Passes when `ok`, else names the field.
pub const fn require(ok: bool, field: &'static str) -> Result<(), EngineError> {
    if ok {
        Ok(())
    } else {
        Err(EngineError::Range { field })
    }
}

/// `a x b / 10^18` as an exact integer from 1 to the greatest unit value.
fn exact(a: u128, b: u128, field: &'static str) -> Result<u64, EngineError> {
    let out = || EngineError::Range { field };
    let product = a.checked_mul(b).ok_or_else(out)?;
    require(product.is_multiple_of(DECIMAL_ONE), field)?;
    let value = u64::try_from(product / DECIMAL_ONE).map_err(|_| out())?;
    require((1..=MAX_UNIT_VALUE).contains(&value), field)?;
    Ok(value)
}

/// Base units per quantity unit per 1.0 of price: `unit x 10^decimals`, exact. `unit` in `10^-18`.
pub fn multiplier(unit: u128, decimals: u8) -> Result<u64, EngineError> {
    let base = 10_u128
        .checked_pow(decimals.into())
        .ok_or(EngineError::Range { field: "unit" })?;
    exact(unit, base, "unit")
}

/// Base units per quantity unit per tick: `multiplier x tick`, exact; `tick` in `10^-18`.
pub fn tick_value(multiplier: u64, tick: u128) -> Result<u64, EngineError> {
    exact(multiplier.into(), tick, "tick")
}

/// A decimal (`10^-18`) below `2^40` as a multiple of `2^-64`, rounded down. A step such as 0.1 is no such multiple: it
/// becomes the nearest below.
pub fn fx_floor(value: u128, field: &'static str) -> Result<Fx, EngineError> {
    let out = || EngineError::Range { field };
    let (whole, fraction) = (value / DECIMAL_ONE, value % DECIMAL_ONE);
    require(whole < 1 << 40, field)?;
    // Below 2^60 x 2^64: the product fits.
    let scaled = fraction
        .checked_mul(1 << 64)
        .map(|wide| wide / DECIMAL_ONE)
        .ok_or_else(out)?;
    let bits = (whole << 64).checked_add(scaled).ok_or_else(out)?;
    Ok(Fx::from_bits(i128::try_from(bits).map_err(|_| out())?))
}

/// An `Fx` as a decimal (`10^-18`), rounded down; 0 for a negative one.
pub fn to_decimal(value: Fx) -> u128 {
    let bits = u128::try_from(value.to_bits()).unwrap_or(0);
    let (whole, fraction) = (bits >> 64, bits & u128::from(u64::MAX));
    let part = fraction.saturating_mul(DECIMAL_ONE) >> 64;
    whole.saturating_mul(DECIMAL_ONE).saturating_add(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: u128 = DECIMAL_ONE;

    #[test]
    fn spec_example_unit_and_tick_must_give_whole_base_units() {
        // 0.01 BTC, 5 USD tick, 6 decimals: 10,000 and 50,000.
        assert_eq!(multiplier(ONE / 100, 6).unwrap(), 10_000);
        assert_eq!(tick_value(10_000, 5 * ONE).unwrap(), 50_000);
        // Inverse: 0.1 BTC, tick 0.0005 BTC, 8 decimals.
        assert_eq!(multiplier(ONE / 10, 8).unwrap(), 10_000_000);
        assert_eq!(tick_value(10_000_000, ONE / 2_000).unwrap(), 5_000);
        // A tick of 0.00001 USD on 0.01 BTC is a tenth of a base unit.
        assert!(tick_value(10_000, ONE / 100_000).is_err());
        assert!(multiplier(ONE / 10_000_000, 6).is_err());
        assert!(multiplier(0, 6).is_err());
    }

    #[test]
    fn decimals_become_fixed_point() {
        assert_eq!(fx_floor(ONE * 1_000, "x").unwrap(), Fx::from_num(1_000));
        assert_eq!(fx_floor(ONE / 2, "x").unwrap(), Fx::from_num(0.5));
        assert!(fx_floor(ONE << 40, "x").is_err());
        assert_eq!(to_decimal(Fx::from_num(2.25)), ONE * 9 / 4);
    }
}
