//! Exact values of a shocked slice: those that its bounds enclose.
//!
//! Part `j` has the forward `F_j = floor(F m_j / w_j)` (to `2^-64`; `m_j`: its mass) and the total vol `s_j`. Its Black values are the
//! real ones, rounded to nearest, their weighted sum is rounded once more: as for the marks of a slice.

use fixed_math::grid::Part;
use fixed_math::int::mul_div_floor;

use super::ShockedSlice;
use crate::Fx;
use crate::black76::{Black76, Prices};
use crate::slice::{SliceError, add_product, shared_out};

impl ShockedSlice {
    /// The forward under this pricing, USD, rounded down; `forward` is the unshocked one.
    ///
    /// # Errors
    /// [`SliceError::Domain`] when it does not fit.
    pub fn forward_of(&self, forward: Fx) -> Result<Fx, SliceError> {
        share(forward, self.mixture.scale(), 1 << 40)
    }

    /// Undiscounted call and put at the unshocked forward and a strike, USD per 1 of the underlying. `call - put` is exactly
    /// the forward less the strike.
    ///
    /// # Errors
    /// [`SliceError::Black`] when forward, strike or a part leave the Black kernel's domain.
    pub fn prices(&self, forward: Fx, strike: Fx) -> Result<Prices, SliceError> {
        let own = self.forward_of(forward)?;
        let call_is_out = own <= strike;
        let out = self.weighted(forward, strike, |black| {
            let prices = black.prices()?;
            Ok(if call_is_out { prices.call } else { prices.put })
        })?;
        let gap = own.checked_sub(strike).ok_or(SliceError::Domain)?;
        Ok(Prices::of_out(out, gap.saturating_abs(), call_is_out))
    }

    /// Probability of ending at or above the strike.
    ///
    /// # Errors
    /// As [`Self::prices`].
    pub fn digital_call(&self, forward: Fx, strike: Fx) -> Result<Fx, SliceError> {
        self.weighted(forward, strike, |black| Ok(black.digital_call()?))
    }

    /// `round(sum w_j value_j / 2^16)`, ties up.
    fn weighted(
        &self,
        forward: Fx,
        strike: Fx,
        value: impl Fn(&Black76) -> Result<Fx, SliceError>,
    ) -> Result<Fx, SliceError> {
        let mut sum = 0_i128;
        for Part { weight, mass, vol } in self.mixture.parts() {
            let own = share(forward, mass, i128::from(weight) << 24)?;
            let vol = Fx::from_bits(i128::from(vol) << 28);
            let black = Black76::with_total_vol(own, strike, vol)?;
            sum = add_product(sum, weight.into(), value(&black)?)?;
        }
        shared_out(sum, 16)
    }
}

/// `forward part / whole`, rounded down.
fn share(forward: Fx, part: i64, whole: i128) -> Result<Fx, SliceError> {
    let bits = mul_div_floor(forward.to_bits(), part.into(), whole);
    bits.map(Fx::from_bits).map_err(|_| SliceError::Domain)
}
