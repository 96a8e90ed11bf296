//! The Greeks of an undiscounted digital that pays one, within one ulp of the real number.
//!
//! Units as in [`crate::greeks`]. They come from the wide path alone, which nothing on chain asks. With `n(d2)` the
//! density and `T` the years, of the call:
//!
//! | Greek | formula |
//! |---|---|
//! | delta | `n(d2) / (F s)` |
//! | gamma | `-n(d2) d1 / (F s)^2` |
//! | vega | `-n(d2) d1 / vol` |
//! | theta | `n(d2) d1 / (2 T)` |
//! | vanna | `n(d2) (d1 d2 - 1) / (F s vol)` |
//! | volga | `n(d2) (d1 + d2 - d1^2 d2) / vol^2` |
//! | charm | `-n(d2) (d1 d2 - 1) / (2 T F s)` |

use crate::black76::{Black76, BlackError, Rounding};
use fixed_math::Fx;
use fixed_math::wide::black as wide;

/// Greeks of a digital call that pays one. The put's are their opposites, but for rho.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigitalGreeks {
    /// Derivative by the forward.
    pub delta: Fx,
    /// Second derivative by the forward.
    pub gamma: Fx,
    /// Derivative by vol, per 1.00.
    pub vega: Fx,
    /// Derivative by calendar time, per year, at a fixed forward.
    pub theta: Fx,
    /// Minus years times the call.
    pub call_rho: Fx,
    /// Minus years times the put.
    pub put_rho: Fx,
    /// Derivative of delta by vol.
    pub vanna: Fx,
    /// Derivative of vega by vol.
    pub volga: Fx,
    /// Derivative of delta by calendar time, per year, at a fixed forward.
    pub charm: Fx,
}

impl Black76 {
    /// Greeks of the digital call at this strike that pays one, within one ulp.
    ///
    /// # Errors
    /// [`BlackError::Vol`] when only a total vol was given, [`BlackError::Range`] when one of them does not fit the type.
    pub fn digital_greeks(&self) -> Result<DigitalGreeks, BlackError> {
        let inputs = self.0.inputs;
        if !matches!(inputs.vol, wide::Vol::Annual { .. }) {
            return Err(BlackError::Vol);
        }
        let known = wide::Known::from(inputs);
        let greek = |value: wide::Value| -> Result<Fx, BlackError> {
            Ok(Rounding::Faithful.pick(&value(&known)?))
        };
        Ok(DigitalGreeks {
            delta: greek(wide::digital_delta)?,
            gamma: greek(wide::digital_gamma)?,
            vega: greek(wide::digital_vega)?,
            theta: greek(wide::digital_theta)?,
            call_rho: greek(wide::digital_call_rho)?,
            put_rho: greek(wide::digital_put_rho)?,
            vanna: greek(wide::digital_vanna)?,
            volga: greek(wide::digital_volga)?,
            charm: greek(wide::digital_charm)?,
        })
    }
}
