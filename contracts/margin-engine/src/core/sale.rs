//! The price of a debtor's collateral: the band's low edge less a discount that grows and is bounded, or its mark.

use fixed_math::Fx;
use protocol_api::decimal;

use super::num::{mul_div_ceil, mul_div_floor, sub_unsigned};
use crate::error::EngineError;

/// Price band and scale of a coin.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    /// Low edge, USD per coin.
    pub low: Fx,
    /// The mark, USD per coin.
    pub mid: Fx,
    /// High edge, USD per coin.
    pub high: Fx,
    /// Base units per coin as a power of ten.
    pub decimals: u8,
}

impl Side {
    /// The quote coin: one dollar.
    pub const fn quote(decimals: u8) -> Self {
        Self {
            low: Fx::ONE,
            mid: Fx::ONE,
            high: Fx::ONE,
            decimals,
        }
    }

    const fn at_mark(self) -> Self {
        Self {
            low: self.mid,
            high: self.mid,
            ..self
        }
    }
}

/// Terms of a sale.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// What is sold, counted at the low edge.
    pub collateral: Side,
    /// What is owed and paid, counted at the high edge.
    pub debt: Side,
    /// Discount, `10^-18`, below one.
    pub discount: u128,
}

impl Terms {
    /// The same without anything that the debtor pays for being late: both coins at their marks.
    pub const fn at_mark(&self) -> Self {
        Self {
            collateral: self.collateral.at_mark(),
            debt: self.debt.at_mark(),
            discount: 0,
        }
    }
}

/// The discount `late` seconds after the grace: `most x min(late / ramp, 1)`, rounded down.
pub fn discount(most: u128, ramp: u32, late: u64) -> Result<u128, EngineError> {
    let late = late.min(ramp.into());
    if ramp == 0 {
        Ok(most)
    } else {
        mul_div_floor(most, late.into(), ramp.into())
    }
}

/// Collateral sold and what it costs. The cost is rounded up for the debtor; where `wanted` would
/// cost more than what is owed, as much is sold as the debt pays for, rounded down, for the whole debt.
pub fn quote(terms: &Terms, wanted: u128, owed: u128) -> Result<(u128, u128), EngineError> {
    let keep = sub_unsigned(decimal::ONE, terms.discount)?;
    // Prices in 2^-40 USD, the collateral's up and the debt's down: the debtor gains the difference.
    let price = mul_div_ceil(bits(terms.collateral.low)?, keep, decimal::ONE << CUT)?;
    let high = (bits(terms.debt.high)? >> CUT).max(1);
    // Debt units per collateral unit = price x 10^debt / (high x 10^collateral).
    let (up, down) = (terms.debt.decimals, terms.collateral.decimals);
    let debt_per = times_power(price, up.saturating_sub(down))?;
    let collateral_per = times_power(high, down.saturating_sub(up))?;
    let cost = mul_div_ceil(wanted, debt_per, collateral_per)?;
    if cost <= owed {
        return Ok((wanted, cost));
    }
    Ok((
        mul_div_floor(owed, collateral_per, debt_per)?.min(wanted),
        owed,
    ))
}

/// Bits of a price that a sale does not count.
const CUT: u32 = 24;

fn bits(price: Fx) -> Result<u128, EngineError> {
    u128::try_from(price.to_bits())
        .ok()
        .filter(|bits| *bits > 0)
        .ok_or(EngineError::Overflow)
}

fn times_power(value: u128, decimals: u8) -> Result<u128, EngineError> {
    let power = 10_u128
        .checked_pow(decimals.into())
        .ok_or(EngineError::Overflow)?;
    value.checked_mul(power).ok_or(EngineError::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spec_example_collateral_sale() {
        // 0.5 BTC (8 decimals) at a low edge of 80,000 USD, 5 % discount half way up the ramp:
        // 0.5 x 80,000 x 0.975 = 39,000 USD.
        let half = discount(decimal::ONE / 20, 3_600, 1_800).unwrap();
        let terms = Terms {
            collateral: Side {
                low: Fx::from_num(80_000),
                mid: Fx::from_num(80_400),
                high: Fx::from_num(81_000),
                decimals: 8,
            },
            debt: Side::quote(6),
            discount: half,
        };
        assert_eq!(
            quote(&terms, 50_000_000, 90_000_000_000).unwrap(),
            (50_000_000, 39_000_000_000)
        );
        // A debt of 7,800 USD takes 0.1 BTC.
        assert_eq!(
            quote(&terms, 50_000_000, 7_800_000_000).unwrap(),
            (10_000_000, 7_800_000_000)
        );
        // A debt of 0.01 USD still sells something.
        assert_eq!(quote(&terms, 50_000_000, 10_000).unwrap(), (12, 10_000));
        assert_eq!(discount(7, 3_600, 999_999).unwrap(), 7);
        // At mark, where the debtor cannot pay for that: 40,200 USD.
        assert_eq!(
            quote(&terms.at_mark(), 50_000_000, 90_000_000_000).unwrap(),
            (50_000_000, 40_200_000_000)
        );
    }
}
