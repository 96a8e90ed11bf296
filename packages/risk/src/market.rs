//! Terms of a market, as far as margin and settlement need them.

use fixed_math::Fx;
use pricing::payoff::{Payoff, Style, Terms};

use crate::{CoinId, RiskError, SeriesKey, UnderlyingId};

/// Greatest [`MarketTerms::unit_value`]: `2^40` quote base units per quantity unit and 1.0 of price.
pub const MAX_UNIT_VALUE: u64 = 1 << 40;
/// Strikes and prices in USD lie below two to the power of this.
pub const MAX_PRICE_LOG2: u32 = 40;

/// Terms of one market. They never change once a series is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketTerms {
    /// The market's number.
    pub id: u16,
    /// The underlying whose forward and slices price it.
    pub underlying: UnderlyingId,
    /// The coin it settles in: the quote coin for linear markets, a coin priced by the
    /// underlying for inverse ones.
    pub settle_coin: CoinId,
    /// Linear or inverse.
    pub style: Style,
    /// Base units of the settlement coin per quantity unit and per 1.0 of price: linear per
    /// 1 USD, inverse per 1 coin.
    pub multiplier: u64,
    /// Base units of the settlement coin per price tick and quantity unit, exact:
    /// premium = price in ticks x quantity x this.
    pub tick_value: u64,
    /// Distance of strikes, USD.
    pub strike_step: Fx,
    /// USD that a digital pays per 1 of the underlying.
    pub digital_payout: Fx,
}

impl MarketTerms {
    /// Strike (or reference price) of a series of this market, USD.
    ///
    /// # Errors
    /// [`RiskError::Strike`] when `count x strike_step` is `2^40` or more.
    pub fn strike(&self, count: u32) -> Result<Fx, RiskError> {
        let strike = self
            .strike_step
            .checked_mul(Fx::from_num(count))
            .ok_or(RiskError::Strike { count })?;
        if strike < Fx::ZERO || strike >= Fx::from_num(1_u64 << MAX_PRICE_LOG2) {
            return Err(RiskError::Strike { count });
        }
        Ok(strike)
    }

    /// The payoff of a series of this market.
    ///
    /// # Errors
    /// [`RiskError::Strike`] as [`Self::strike`].
    pub fn payoff(&self, key: &SeriesKey) -> Result<Payoff, RiskError> {
        Ok(Payoff {
            kind: key.kind,
            strike: self.strike(key.strike)?,
            digital_payout: self.digital_payout,
        })
    }

    /// Quote base units per quantity unit and 1.0 of price. For inverse markets this is
    /// `multiplier x quote scale / coin scale`, which must be a whole number.
    ///
    /// # Errors
    /// [`RiskError::Terms`] when it is not whole, zero, or above [`MAX_UNIT_VALUE`].
    pub fn unit_value(&self, coin_scale: u64, quote_scale: u64) -> Result<u64, RiskError> {
        let refused = RiskError::Terms { market: self.id };
        let (numerator, denominator) = match self.style {
            Style::Linear => (u128::from(self.multiplier), 1),
            Style::Inverse => (
                u128::from(self.multiplier).saturating_mul(u128::from(quote_scale)),
                u128::from(coin_scale),
            ),
        };
        let unit = numerator.checked_div(denominator).ok_or(refused)?;
        let whole = unit.checked_mul(denominator) == Some(numerator);
        match u64::try_from(unit) {
            Ok(unit) if whole && (1..=MAX_UNIT_VALUE).contains(&unit) => Ok(unit),
            _ => Err(refused),
        }
    }

    /// What the payoff engine needs to turn a payoff into base units.
    #[must_use]
    pub const fn settlement(&self) -> Terms {
        Terms {
            style: self.style,
            multiplier: self.multiplier,
        }
    }
}
