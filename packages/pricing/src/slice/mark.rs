//! Exact marks of a slice: correctly rounded Black components, weighted and summed in integers.
//!
//! Component `j` has the forward `F_j = round(F f_j)` (to `2^-64`, ties up) and the total vol `s_j`. Its Black
//! call, put, digital and delta are *defined* as the real value rounded to nearest, so the weighted sum
//! is an integer that anyone can recompute; it is rounded once more. The side out of the money is
//! summed, the other one is exactly `|F - K|` more: parity holds as an identity of integers.

use super::{Component, FORWARD_ONE, Slice, SliceError};
use crate::Fx;
use crate::black76::{Black76, Prices};
use crate::implied_vol::{ImpliedVol, ImpliedVolError, Side, implied_vol};

/// Greeks of a slice's value, per 1 of the underlying, undiscounted. Gamma, vega and theta serve call and
/// put alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceGreeks {
    /// Derivative of the call by the forward, the shape of the slice held; the put's is one less.
    pub call_delta: Fx,
    /// Second derivative by the forward.
    pub gamma: Fx,
    /// Derivative by the at-the-money vol, per 1.00, along the vol shock (log-returns scaled).
    pub vega: Fx,
    /// Derivative by calendar time per year, along the same shock with `c = sqrt((T - t) / T)`.
    pub theta: Fx,
}

/// What the market would call a strike's vol and delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketView {
    /// Annual vol at which Black-76 gives the slice's price, with the bracketing pair.
    pub vol: ImpliedVol,
    /// Black-76 delta of the call at that vol; the put's is one less.
    pub call_delta: Fx,
}

impl Slice {
    /// Undiscounted call and put at forward `F` and strike `K`, both in USD, per 1 of the underlying.
    ///
    /// `put = call - (F - K)` exactly. Within 1.5 ulp of the mixture's real value, half an ulp for each
    /// rounding: of `F f_j` (a side out of the money moves by at most as much), of the components' values
    /// and of their sum.
    ///
    /// # Errors
    /// [`SliceError::Black`] when forward, strike or a component leave the Black kernel's domain.
    pub fn prices(&self, forward: Fx, strike: Fx) -> Result<Prices, SliceError> {
        let call_is_out = forward <= strike;
        let out = self.weighted(forward, strike, |black| {
            let prices = black.prices()?;
            Ok(if call_is_out { prices.call } else { prices.put })
        })?;
        let gap = forward.checked_sub(strike).ok_or(SliceError::Domain)?;
        Ok(Prices::of_out(out, gap.saturating_abs(), call_is_out))
    }

    /// Probability of ending at or above the strike, the undiscounted value of one unit paid there.
    ///
    /// # Errors
    /// As [`Slice::prices`].
    pub fn digital_call(&self, forward: Fx, strike: Fx) -> Result<Fx, SliceError> {
        self.weighted(forward, strike, |black| Ok(black.digital_call()?))
    }

    /// Greeks at forward, strike and years to expiry.
    ///
    /// Delta and gamma hold the components' `f_j` and `s_j`. Vega and theta follow the vol shock `c` of the
    /// margin law (`s_j` to `c s_j`, `f_j` to `f_j^c`, renormalised):
    /// `dV/dc = sum w_j (A_j s_j + F f_j N(d1_j) (ln f_j - sum w f ln f))` with `A_j = F f_j n(d1_j)`;
    /// `vega = sqrt(T) / v dV/dc`, `theta = -1 / (2 T) dV/dc`. Delta is within 1.5 ulp of the real value where
    /// `F s_j >= 0.4` for all components: half an ulp for each rounding, of `N(d1_j)`, of the sum, and of
    /// `F f_j`, which moves delta by `n(d1_j) / (F s_j)` times itself. The others are exact to a few ulp times
    /// the factors they are multiplied by.
    ///
    /// # Errors
    /// As [`Slice::prices`]; [`SliceError::Domain`] when years are not positive or a number does not fit.
    pub fn greeks(&self, forward: Fx, strike: Fx, years: Fx) -> Result<SliceGreeks, SliceError> {
        if years <= Fx::ZERO {
            return Err(SliceError::Domain);
        }
        let root = fixed_math::sqrt(years).map_err(|_| SliceError::Domain)?;
        let (mut delta, mut gamma, mut slope) = (0_i128, Fx::ZERO, Fx::ZERO);
        let mean_log = self.mean_log()?;
        for component in self.components() {
            let black = component.black(forward, strike)?;
            let share = component.share();
            let own = black.call_delta()?;
            delta = add_product(delta, component.mass(), own)?;
            let part = times(share, own)?;
            gamma = plus(
                gamma,
                times(times(share, component.relative())?, black.gamma()?)?,
            )?;
            let tilt = component
                .log()?
                .checked_sub(mean_log)
                .ok_or(SliceError::Domain)?;
            let moved = times(times(forward, part)?, tilt)?;
            let wider = times(component.vol(), black.total_vega()?)?;
            slope = plus(slope, plus(moved, times(component.chance(), wider)?)?)?;
        }
        let v = Fx::from_bits(i128::from(self.atm_total_vol()) << 32);
        let divide = |a: Fx, b: Fx| a.checked_div(b).ok_or(SliceError::Domain);
        Ok(SliceGreeks {
            call_delta: shared_out(delta, 48)?,
            gamma,
            vega: divide(times(slope, root)?, v)?,
            theta: divide(slope, plus(years, years)?)?
                .checked_neg()
                .ok_or(SliceError::Domain)?,
        })
    }

    /// The market's way to name a price: the Black vol of the slice's price at this strike and the delta at
    /// that vol. For queries; nothing in margin uses it.
    ///
    /// # Errors
    /// [`MarketViewError`]: the slice has no price there, or the price has no Black vol.
    pub fn market_view(
        &self,
        forward: Fx,
        strike: Fx,
        years: Fx,
    ) -> Result<MarketView, MarketViewError> {
        let prices = self.prices(forward, strike)?;
        let (side, price) = if forward <= strike {
            (Side::Call, prices.call)
        } else {
            (Side::Put, prices.put)
        };
        let vol = implied_vol(side, forward, strike, price, years)?;
        let call_delta = Black76::new(forward, strike, vol.vol, years)
            .and_then(|black| black.call_delta())
            .map_err(SliceError::from)?;
        Ok(MarketView { vol, call_delta })
    }

    /// `round(sum w_j value_j / 2^16)`, ties up.
    fn weighted(
        &self,
        forward: Fx,
        strike: Fx,
        value: impl Fn(&Black76) -> Result<Fx, SliceError>,
    ) -> Result<Fx, SliceError> {
        let mut sum = 0_i128;
        for component in self.components() {
            let value = value(&component.black(forward, strike)?)?;
            sum = add_product(sum, i128::from(component.weight), value)?;
        }
        shared_out(sum, 16)
    }

    /// `sum w_j f_j ln f_j`.
    fn mean_log(&self) -> Result<Fx, SliceError> {
        let mut mean = Fx::ZERO;
        for component in self.components() {
            mean = plus(mean, times(component.share(), component.log()?)?)?;
        }
        Ok(mean)
    }
}

/// Why a strike has no market vol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarketViewError {
    /// The slice could not be priced there.
    #[error(transparent)]
    Slice(#[from] SliceError),
    /// The price has no Black vol (too close to its exercise value, or out of the domain).
    #[error(transparent)]
    ImpliedVol(#[from] ImpliedVolError),
}

impl Component {
    /// `round(F f)`, ties up.
    ///
    /// # Errors
    /// [`SliceError::Domain`] when it does not fit.
    pub fn forward_of(&self, forward: Fx) -> Result<Fx, SliceError> {
        let bits = forward.to_bits();
        let f = i128::from(self.forward);
        // f < 2^36; the low half of F goes apart so that the product fits.
        let (high, low) = (bits >> 32, bits & i128::from(u32::MAX));
        let low = low.checked_mul(f).and_then(|x| x.checked_add(1 << 31));
        let high = high.checked_mul(f);
        match (high, low) {
            (Some(high), Some(low)) => high
                .checked_add(low >> 32)
                .map(Fx::from_bits)
                .ok_or(SliceError::Domain),
            _ => Err(SliceError::Domain),
        }
    }

    fn black(&self, forward: Fx, strike: Fx) -> Result<Black76, SliceError> {
        let own = self.forward_of(forward)?;
        Ok(Black76::with_total_vol(own, strike, self.vol())?)
    }

    /// `s`, exact.
    fn vol(&self) -> Fx {
        Fx::from_bits(i128::from(self.total_vol) << 32)
    }

    /// `f`, exact.
    fn relative(&self) -> Fx {
        Fx::from_bits(i128::from(self.forward) << 32)
    }

    /// `w`, exact.
    fn chance(&self) -> Fx {
        Fx::from_bits(i128::from(self.weight) << 48)
    }

    /// `w f` in units of `2^-48`.
    fn mass(&self) -> i128 {
        i128::from(self.weight).saturating_mul(i128::from(self.forward))
    }

    /// `w f`, exact.
    fn share(&self) -> Fx {
        Fx::from_bits(self.mass() << 16)
    }

    /// `ln f`, rounded to nearest.
    fn log(&self) -> Result<Fx, SliceError> {
        if self.forward == FORWARD_ONE {
            return Ok(Fx::ZERO);
        }
        fixed_math::ln(self.relative()).map_err(|_| SliceError::Domain)
    }
}

/// `sum + share value`, the share in units of its own.
pub(crate) fn add_product(sum: i128, share: i128, value: Fx) -> Result<i128, SliceError> {
    let product = value.to_bits().checked_mul(share);
    product
        .and_then(|product| sum.checked_add(product))
        .ok_or(SliceError::Domain)
}

/// A sum of such products over shares in units of `2^-unit`, rounded once, ties up.
pub(crate) fn shared_out(sum: i128, unit: u32) -> Result<Fx, SliceError> {
    let half = 1_i128 << unit.saturating_sub(1);
    let raised = sum.checked_add(half).ok_or(SliceError::Domain)?;
    Ok(Fx::from_bits(raised >> unit))
}

fn times(a: Fx, b: Fx) -> Result<Fx, SliceError> {
    a.checked_mul(b).ok_or(SliceError::Domain)
}

fn plus(a: Fx, b: Fx) -> Result<Fx, SliceError> {
    a.checked_add(b).ok_or(SliceError::Domain)
}
