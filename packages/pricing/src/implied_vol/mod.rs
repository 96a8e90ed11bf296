//! Implied vol with a certificate.
//!
//! A vol within one ulp of the real root, with its neighbours one ulp below and above. The certificate is
//! checked before anything is returned: the real price at the lower one is not above the given price, the real
//! price at the upper one not below it (and so it is for the rounded prices). As the price rises with vol,
//! the root lies between them, whatever path led there.
//!
//! A price is first compared with its exact bounds in integers. Then: an explicit guess, two Householder steps
//! of fourth order on the logarithm of the out-of-the-money price in 112-bit limbs (a third when the certificate asks for it),
//! and the certificate. Where the limb kernel does not reach (prices of some ulp of 2^-64 on forwards above
//! 2^31), a bisection on correctly rounded prices finds the pair.

mod guess;
mod rough;
mod step;

use crate::black76::{BlackError, annual_reaches, checked_log, total_reaches};
use fixed_math::limb::{Float, Limbs, ln, rsqrt};
use fixed_math::{Fx, Product, Proved};
use guess::Sides;
use step::{Target, improve};
use thiserror::Error;

/// Which side a price is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A call.
    Call,
    /// A put.
    Put,
}

/// An implied vol and its certificate. At an edge of the domain `low` or `high` is the vol itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImpliedVol {
    /// The vol (or total vol, when that was asked for).
    pub vol: Fx,
    /// One ulp less: its price is not above the given one.
    pub low: Fx,
    /// One ulp more: its price is not below the given one.
    pub high: Fx,
}

/// Why there is no implied vol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ImpliedVolError {
    /// Not above the exercise value `max(F - K, 0)` or `max(K - F, 0)`.
    #[error("E_IMPLIED_VOL_LOW: the price is not above the exercise value")]
    Low,
    /// Not below the forward (call) or the strike (put).
    #[error(
        "E_IMPLIED_VOL_HIGH: the price is not below the forward of a call, the strike of a put"
    )]
    High,
    /// Years not above zero.
    #[error("E_IMPLIED_VOL_YEARS: years must be above zero")]
    Years,
    /// The vol that fits lies outside the domain of prices.
    #[error("E_IMPLIED_VOL_DOMAIN: the total vol that fits lies outside [2^-20, 8]")]
    Domain,
    /// Forward or strike outside the domain of prices.
    #[error(transparent)]
    Black(#[from] BlackError),
}

/// What is searched for.
struct Search {
    forward: Fx,
    strike: Fx,
    log: Limbs,
    out: Fx,
    years: Option<Fx>,
}

/// The vol per square root of a year at which Black-76 gives this undiscounted price.
///
/// # Errors
/// [`ImpliedVolError`]: the price is outside its exact bounds, the inputs are outside the domain of prices, or
/// no total vol within `[2^-20, 8]` gives the price.
pub fn implied_vol(
    side: Side,
    forward: Fx,
    strike: Fx,
    price: Fx,
    years: Fx,
) -> Result<ImpliedVol, ImpliedVolError> {
    if years <= Fx::ZERO {
        return Err(ImpliedVolError::Years);
    }
    search(side, [forward, strike, price], Some(years))
}

/// The total vol at which Black-76 gives this undiscounted price.
///
/// # Errors
/// As [`implied_vol`].
pub fn implied_total_vol(
    side: Side,
    forward: Fx,
    strike: Fx,
    price: Fx,
) -> Result<ImpliedVol, ImpliedVolError> {
    search(side, [forward, strike, price], None)
}

/// Checks the exact bounds, then solves.
fn search(
    side: Side,
    [forward, strike, price]: [Fx; 3],
    years: Option<Fx>,
) -> Result<ImpliedVol, ImpliedVolError> {
    let log = checked_log(forward, strike)?;
    let (exercise, most) = match side {
        Side::Call => (forward.minus(strike), forward),
        Side::Put => (strike.minus(forward), strike),
    };
    let exercise = exercise.max(Fx::ZERO);
    if price <= exercise {
        return Err(ImpliedVolError::Low);
    }
    if price >= most {
        return Err(ImpliedVolError::High);
    }
    // The out-of-the-money side: above zero, below the smaller of forward and strike.
    let search = Search {
        forward,
        strike,
        log,
        out: price.minus(exercise),
        years,
    };
    search.solve()
}

impl Search {
    fn solve(&self) -> Result<ImpliedVol, ImpliedVolError> {
        let (low, high) = (self.forward.min(self.strike), self.forward.max(self.strike));
        let scale = ln(low);
        let target = Target {
            log: self.log,
            price: ln(self.out).minus(scale),
            rest: ln(low.minus(self.out)).minus(scale),
        };
        let start = guess::total_vol(&Sides {
            low,
            high,
            out: self.out,
            log: self.log,
        });
        let mut total = improve(start, &target).and_then(|s| improve(s, &target));
        for _ in 0..2 {
            let Some(s) = total else { break };
            if let Some(found) = self.certified(self.vol_of(s))? {
                return Ok(found);
            }
            total = improve(s, &target);
        }
        self.bisect()
    }

    /// The vol nearest to a total vol.
    fn vol_of(&self, total: Float) -> Fx {
        let vol = match self.years {
            None => total,
            Some(years) => {
                let Float { mantissa, exponent } = Float::from_fx(years);
                let (mantissa, exponent) = if exponent & 1 == 0 {
                    (mantissa, exponent)
                } else {
                    (mantissa.shr_small(1), exponent.plus(1))
                };
                Float {
                    mantissa: total.mantissa.times(rsqrt(mantissa)),
                    exponent: total.exponent.minus(exponent >> 1),
                }
            }
        };
        if vol.exponent > 32 {
            // Only for lives below 2^-58 years; the certificate then fails and the bisection decides.
            return Fx::MAX;
        }
        vol.to_limbs().plus(Limbs::raw(0, 1 << 19, 0, 0)).floor_fx()
    }

    /// Whether the real price at a vol is at least the given one.
    fn reaches(&self, vol: Fx) -> Result<bool, BlackError> {
        match self.years {
            Some(years) => {
                annual_reaches([self.forward, self.strike, vol, years], self.log, self.out)
            }
            None => total_reaches([self.forward, self.strike, vol], self.log, self.out),
        }
    }

    /// The certificate for a vol, when it holds. At an edge of the domain the vol itself is one end.
    fn certified(&self, vol: Fx) -> Result<Option<ImpliedVol>, ImpliedVolError> {
        let low = match self.end(vol, vol.saturating_sub(Fx::DELTA), false)? {
            Some(low) => low,
            None => return Ok(None),
        };
        let high = self.end(vol, vol.saturating_add(Fx::DELTA), true)?;
        Ok(high.map(|high| ImpliedVol { vol, low, high }))
    }

    /// A vol on the wanted side of the root: the neighbour, or where that is outside the domain the vol.
    fn end(&self, vol: Fx, neighbour: Fx, reached: bool) -> Result<Option<Fx>, ImpliedVolError> {
        for end in [neighbour, vol] {
            match self.reaches(end) {
                Ok(answer) => return Ok((answer == reached).then_some(end)),
                Err(BlackError::TotalVol | BlackError::Vol) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// The smallest vol whose real price is not below the given one, by bisection.
    fn bisect(&self) -> Result<ImpliedVol, ImpliedVolError> {
        // s <= 8 and years >= 2^-64: no vol of the domain is above 2^35.
        let (mut low, mut high) = (0i128, 1i128 << 99);
        while high.minus(low) > 1 {
            let middle = low.plus(high) >> 1;
            let vol = Fx::from_bits(middle);
            let above = match self.reaches(vol) {
                Err(BlackError::TotalVol) => self.is_above_domain(vol),
                answer => answer?,
            };
            if above { high = middle } else { low = middle }
        }
        self.certified(Fx::from_bits(high))?
            .ok_or(ImpliedVolError::Domain)
    }

    /// Whether a vol whose total vol is outside `[2^-20, 8]` is above it: whether `vol^2 years > 1`.
    fn is_above_domain(&self, vol: Fx) -> bool {
        let vol = Float::from_fx(vol).exponent;
        match self.years {
            None => vol > 0,
            // Within 2^2 of the square of the total vol.
            Some(years) => Float::from_fx(years).exponent.plus(vol.times(2)) > 0,
        }
    }
}

#[cfg(test)]
mod tests;
