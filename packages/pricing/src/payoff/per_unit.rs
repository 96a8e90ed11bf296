//! Value of a payoff at a price and the integer a series pays per quantity unit.

use fixed_math::MathError;
use fixed_math::int::{mul_div_ceil, mul_div_floor};

use super::{Kind, Payoff, PayoffError, Style, Terms};
use crate::Fx;

/// Bits of an `Fx` below the point.
const FRACTION: u32 = 64;

impl Payoff {
    /// The payoff in USD per 1 of the underlying at settlement price `price`, exact.
    ///
    /// # Errors
    /// [`PayoffError::Price`] for a negative price, [`PayoffError::Negative`] for a negative term,
    /// [`PayoffError::Range`] when the difference does not fit.
    pub fn value_at(&self, price: Fx) -> Result<Fx, PayoffError> {
        self.check()?;
        if price < Fx::ZERO {
            return Err(PayoffError::Price);
        }
        let above = price.checked_sub(self.strike).ok_or(PayoffError::Range)?;
        let digital = || Ok(self.digital_payout.to_bits());
        pays(self.kind, above.to_bits(), above >= Fx::ZERO, digital).map(Fx::from_bits)
    }

    /// The integer that one quantity unit of the series pays at settlement price `price`, base units
    /// of the settlement coin; negative only for futures.
    ///
    /// Linear: with `N` of [`Terms::settlement_units`] (the floor of `multiplier * price`) and `k = round(multiplier * strike)`, a call pays
    /// `max(N - k, 0)`, a put `max(k - N, 0)`, a future `N - k`, a digital
    /// `floor(multiplier * payout)` on its side of `N >= k`. Where the strike is a whole number of base
    /// units, call and future are the floor of the exact payoff.
    ///
    /// Inverse: with `H = ceil(multiplier * strike / price)`, a call pays `max(multiplier - H, 0)`, a
    /// put `max(H - multiplier, 0)`, a future `multiplier - H`, a digital
    /// `floor(multiplier * payout / price)` on its side of `price >= strike`.
    ///
    /// Either way call less put is the future and digital call plus digital put is the payout, exactly.
    ///
    /// # Errors
    /// [`PayoffError`]: bad terms or price, or a result beyond 127 bits.
    pub fn per_unit(&self, terms: Terms, price: Fx) -> Result<i128, PayoffError> {
        self.check()?;
        match terms.style {
            Style::Linear => {
                let settled = terms.settlement_units(price)?;
                self.linear(terms, settled)
            }
            Style::Inverse => self.inverse(terms, price),
        }
    }

    pub(super) fn check(&self) -> Result<(), PayoffError> {
        if self.strike < Fx::ZERO || self.digital_payout < Fx::ZERO {
            return Err(PayoffError::Negative);
        }
        Ok(())
    }

    /// Linear payoff at `settled` base units a quantity unit.
    pub(super) fn linear(&self, terms: Terms, settled: i128) -> Result<i128, PayoffError> {
        let strike = terms.strike_units(self.strike)?;
        let above = settled.checked_sub(strike).ok_or(PayoffError::Range)?;
        let digital = || terms.floor_units(self.digital_payout);
        pays(self.kind, above, above >= 0, digital)
    }

    fn inverse(&self, terms: Terms, price: Fx) -> Result<i128, PayoffError> {
        if price <= Fx::ZERO {
            return Err(PayoffError::Price);
        }
        let whole = i128::from(terms.multiplier);
        let coins = |dollars: Fx, divide: fn(i128, i128, i128) -> Result<i128, MathError>| {
            divide(whole, dollars.to_bits(), price.to_bits()).map_err(|_| PayoffError::Range)
        };
        let ceiling = coins(self.strike, mul_div_ceil)?;
        let above = whole.checked_sub(ceiling).ok_or(PayoffError::Range)?;
        let digital = || coins(self.digital_payout, mul_div_floor);
        pays(self.kind, above, price >= self.strike, digital)
    }
}

impl Terms {
    /// What one quantity unit of the underlying settles at, base units:
    /// `N = floor(multiplier * (price + 2^-65))`.
    ///
    /// The half ulp makes a price that was written in decimals reach the strike written in the same
    /// decimals: both lie within half an ulp of the number meant.
    ///
    /// # Errors
    /// [`PayoffError::Price`] for a negative price.
    pub fn settlement_units(&self, price: Fx) -> Result<i128, PayoffError> {
        if price < Fx::ZERO {
            return Err(PayoffError::Price);
        }
        let (whole, fraction) = product(self.multiplier, price)?;
        let carry = fraction.checked_add(self.multiplier >> 1).is_none();
        Ok(whole.saturating_add(i128::from(carry)))
    }

    /// `round(multiplier * strike)`, ties up: the strike in base units a quantity unit.
    ///
    /// # Errors
    /// [`PayoffError::Range`], never reached for a strike that fits an `Fx`.
    pub fn strike_units(&self, strike: Fx) -> Result<i128, PayoffError> {
        let (whole, fraction) = product(self.multiplier, strike)?;
        Ok(whole.saturating_add(i128::from(fraction >> 63)))
    }

    /// The least price at which a linear series settles at its strike or above: a digital jumps there, and there a call begins
    /// to pay. Where the grid is not binary it may lie an ulp or more beside the strike.
    ///
    /// # Errors
    /// [`PayoffError::Range`], never reached for a strike that fits an `Fx`.
    pub fn reach(&self, strike: Fx) -> Result<Fx, PayoffError> {
        let units = self.strike_units(strike)?;
        let least =
            mul_div_ceil(units, 1 << 64, self.multiplier.into()).map_err(|_| PayoffError::Range)?;
        // The half ulp of the settlement price brings it down by one at most.
        let below = Fx::from_bits(least.saturating_sub(1).max(0));
        if self.settlement_units(below)? >= units {
            return Ok(below);
        }
        Ok(Fx::from_bits(least))
    }

    pub(super) fn floor_units(&self, value: Fx) -> Result<i128, PayoffError> {
        Ok(product(self.multiplier, value)?.0)
    }
}

/// What a kind pays `above` its strike (negative: below), in the unit of `above`. `reached` says whether the price counts
/// as at the strike or above it; `digital`, the digital's payout, is asked only where a digital pays.
fn pays(
    kind: Kind,
    above: i128,
    reached: bool,
    digital: impl FnOnce() -> Result<i128, PayoffError>,
) -> Result<i128, PayoffError> {
    match kind {
        Kind::Future => Ok(above),
        Kind::Call => Ok(above.max(0)),
        Kind::Put => Ok(above.checked_neg().ok_or(PayoffError::Range)?.max(0)),
        Kind::DigitalCall if reached => digital(),
        Kind::DigitalPut if !reached => digital(),
        Kind::DigitalCall | Kind::DigitalPut => Ok(0),
    }
}

/// `multiplier * value` as whole part and fraction in `2^-64`; `value >= 0`.
fn product(multiplier: u64, value: Fx) -> Result<(i128, u64), PayoffError> {
    let bits = u128::try_from(value.to_bits()).map_err(|_| PayoffError::Negative)?;
    let low = u128::from(multiplier).saturating_mul(bits & u128::from(u64::MAX));
    let high = u128::from(multiplier).saturating_mul(bits >> FRACTION);
    let whole = high
        .checked_add(low >> FRACTION)
        .ok_or(PayoffError::Range)?;
    let whole = i128::try_from(whole).map_err(|_| PayoffError::Range)?;
    let fraction = u64::try_from(low & u128::from(u64::MAX)).map_err(|_| PayoffError::Range)?;
    Ok((whole, fraction))
}
