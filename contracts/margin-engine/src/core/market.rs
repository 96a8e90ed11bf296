//! Hard ranges of listing terms and parameters, and the integers they become.

use cosmwasm_std::Decimal;
use fixed_math::Fx;
use protocol_api::decimal;
use risk::MAX_UNIT_VALUE;

use crate::error::EngineError;

/// Strike counts stay below this, so that a stored leg takes at most 16 bytes.
pub const STRIKE_LIMIT: u32 = 1 << 24;
/// Market numbers stay below this, for the same reason.
pub const MARKET_LIMIT: u16 = 1 << 14;
/// Prices among listing terms stay below this.
const FX_LIMIT: Fx = Fx::from_bits(1 << (40 + 64));
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
    require(product.is_multiple_of(decimal::ONE), field)?;
    let value = u64::try_from(product / decimal::ONE).map_err(|_| out())?;
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

/// A decimal below `2^40` as a kernel number, rounded down. A step such as 0.1 is no multiple of `2^-64`: it becomes the
/// nearest below.
pub fn fx_floor(value: Decimal, field: &'static str) -> Result<Fx, EngineError> {
    let fx = decimal::fx_floor(value).filter(|fx| *fx < FX_LIMIT);
    fx.ok_or(EngineError::Range { field })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: u128 = decimal::ONE;

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
    fn a_price_among_the_terms_stays_below_2_to_the_40th() {
        let fx = |value: &str| fx_floor(value.parse().unwrap(), "strike_step");
        assert_eq!(fx("1000"), Ok(Fx::from_num(1_000)));
        assert_eq!(fx("0.5"), Ok(Fx::from_num(0.5)));
        let most = "1099511627775.999999999999999999";
        assert!(fx(most).unwrap() < FX_LIMIT);
        let field = "strike_step";
        assert_eq!(fx("1099511627776"), Err(EngineError::Range { field }));
    }
}
