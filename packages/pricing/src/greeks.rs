//! The Greeks of an undiscounted Black-76 value, within one ulp of the real number.
//!
//! Units: vega and volga per 1.00 of vol, theta and charm per year of calendar time at a fixed
//! forward, rho per 1.00 of a continuously compounded rate when the value is multiplied by
//! `e^(-r T)` with `r = 0`: `-T` times the value. With `A = F n(d1)` and `T` the years:
//!
//! | Greek | formula |
//! |---|---|
//! | gamma | `n(d1) / (F s)` |
//! | vega | `A sqrt(T)` |
//! | theta | `-A vol / (2 sqrt(T))` |
//! | vanna | `-n(d1) d2 / vol` |
//! | volga | `vega d1 d2 / vol` |
//! | charm | `n(d1) d2 / (2 T)` |
//!
//! Where an amplification (a vol of minutes, a forward of 2^38) leaves the limb kernel with more than a
//! quarter of an ulp of doubt, the wide path computes the number. A number that does not fit the type is the
//! error [`BlackError::Range`], never a clamp.

use crate::black76::{Black76, BlackError, Core, Reach, Rounding, Scaled, product};
use fixed_math::Fx;
use fixed_math::limb::{Float, recip};
use fixed_math::wide::black as wide;

/// Greeks of call and put. Gamma, vega, theta, vanna, volga and charm are the same for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Greeks {
    /// `N(d1)`, rounded to nearest; the put's is exactly one less.
    pub call_delta: Fx,
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

/// The annual inputs as floats, and what is divided by.
struct Annual {
    forward: Float,
    vol: Float,
    years: Float,
    per_vol: Float,
}

/// One Greek on the fast path, and the slow function of the same name.
struct Candidate {
    fast: Fast,
    slow: wide::Value,
}

/// What the fast path has to say of a Greek.
#[derive(Clone, Copy)]
enum Fast {
    /// A number with an error.
    Number(Scaled),
    /// Above zero and below `2^-66`.
    Trace,
    /// Below zero and above `-2^-66`.
    NegativeTrace,
    /// Nothing.
    Unknown,
}

/// `1/x` as a float, mantissa in [1, 2].
fn reciprocal(x: Float) -> Float {
    Float {
        mantissa: recip(x.mantissa),
        exponent: x.exponent.wrapping_neg(),
    }
}

impl Annual {
    fn new(forward: Fx, vol: Fx, years: Fx) -> Self {
        let vol = Float::from_fx(vol);
        Self {
            forward: Float::from_fx(forward),
            years: Float::from_fx(years),
            per_vol: reciprocal(vol),
            vol,
        }
    }
}

impl Black76 {
    /// All Greeks, delta rounded to nearest and the others within one ulp.
    ///
    /// # Errors
    /// [`BlackError::Vol`] when only a total vol was given, [`BlackError::Range`] when one of them
    /// does not fit the type.
    pub fn greeks(&self) -> Result<Greeks, BlackError> {
        self.greeks_rounded(Rounding::Faithful)
    }

    /// All Greeks, none above its real value, at most 2 ulp below the upper twins.
    ///
    /// # Errors
    /// As [`Black76::greeks`].
    pub fn greeks_lo(&self) -> Result<Greeks, BlackError> {
        self.greeks_rounded(Rounding::Down)
    }

    /// All Greeks, none below its real value, at most 2 ulp above the lower twins.
    ///
    /// # Errors
    /// As [`Black76::greeks`].
    pub fn greeks_hi(&self) -> Result<Greeks, BlackError> {
        self.greeks_rounded(Rounding::Up)
    }

    /// Second derivative by the forward, `n(d1) / (F s)`, within one ulp.
    ///
    /// # Errors
    /// [`BlackError::Range`] when it does not fit the type.
    pub fn gamma(&self) -> Result<Fx, BlackError> {
        let forward = Float::from_fx(self.inputs.forward);
        self.finish(self.gamma_candidate(forward), Rounding::Faithful)
    }

    /// Derivative by the total vol, `F n(d1)`, within one ulp.
    ///
    /// # Errors
    /// [`BlackError::Range`] when it does not fit the type.
    pub fn total_vega(&self) -> Result<Fx, BlackError> {
        let fast = match &self.core {
            Reach::Near(core) => Fast::Number(Scaled::new(core.amount, doubt(core))),
            Reach::Far { .. } => trace(Float::from_fx(self.inputs.forward).exponent, 0, false),
        };
        self.finish(
            Candidate {
                fast,
                slow: wide::total_vega,
            },
            Rounding::Faithful,
        )
    }

    fn greeks_rounded(&self, rounding: Rounding) -> Result<Greeks, BlackError> {
        let wide::Vol::Annual { vol, years } = self.inputs.vol else {
            return Err(BlackError::Vol);
        };
        let annual = Annual::new(self.inputs.forward, vol, years);
        let [theta, vanna, volga, charm] = match &self.core {
            Reach::Near(core) => self.near(core, &annual),
            Reach::Far { .. } => self.far(&annual),
        };
        let (call_rho, put_rho) = self.rho(&annual, rounding)?;
        let delta = if rounding == Rounding::Faithful {
            Rounding::Nearest
        } else {
            rounding
        };
        Ok(Greeks {
            call_delta: self.delta_rounded(delta)?,
            gamma: self.finish(self.gamma_candidate(annual.forward), rounding)?,
            vega: self.finish(self.vega_candidate(&annual), rounding)?,
            theta: self.finish(
                Candidate {
                    fast: theta,
                    slow: wide::theta,
                },
                rounding,
            )?,
            call_rho,
            put_rho,
            vanna: self.finish(
                Candidate {
                    fast: vanna,
                    slow: wide::vanna,
                },
                rounding,
            )?,
            volga: self.finish(
                Candidate {
                    fast: volga,
                    slow: wide::volga,
                },
                rounding,
            )?,
            charm: self.finish(
                Candidate {
                    fast: charm,
                    slow: wide::charm,
                },
                rounding,
            )?,
        })
    }

    /// Rounds a candidate, or asks the slow path.
    fn finish(&self, candidate: Candidate, rounding: Rounding) -> Result<Fx, BlackError> {
        let fast = match candidate.fast {
            Fast::Number(number) => number.round(rounding),
            Fast::Trace => Some(rounding.of_trace()),
            Fast::NegativeTrace => Some(rounding.mirrored().of_trace().wrapping_neg()),
            Fast::Unknown => None,
        };
        self.settle(fast, rounding, candidate.slow)
    }

    fn gamma_candidate(&self, forward: Float) -> Candidate {
        let per_forward = reciprocal(forward);
        let divisor = product(per_forward, self.total.inverse);
        let fast = match &self.core {
            Reach::Near(core) => {
                Fast::Number(Scaled::new(product(core.density, divisor), doubt(core)))
            }
            Reach::Far { .. } => trace(divisor.exponent.wrapping_add(2), 0, false),
        };
        Candidate {
            fast,
            slow: wide::gamma,
        }
    }

    fn vega_candidate(&self, annual: &Annual) -> Candidate {
        let root = product(self.total.value, annual.per_vol);
        let fast = match &self.core {
            Reach::Near(core) => Fast::Number(Scaled::new(product(core.amount, root), doubt(core))),
            Reach::Far { .. } => {
                let power = root.exponent.wrapping_add(annual.forward.exponent);
                trace(power.wrapping_add(1), 0, false)
            }
        };
        Candidate {
            fast,
            slow: wide::vega,
        }
    }

    /// Theta, vanna, volga and charm within the kernel's reach.
    fn near(&self, core: &Core, annual: &Annual) -> [Fast; 4] {
        let doubt = doubt(core);
        let place = &core.place;
        let out = self.call_is_out();
        let (d1, d2) = if out {
            (place.a, place.b.opposite())
        } else {
            (place.b, place.a.opposite())
        };
        // d / 16: below one.
        let (d1, d2) = (d1.shr_small(4), d2.shr_small(4));
        let variance = product(annual.vol, annual.vol);
        let theta = product(product(core.amount, variance), self.total.inverse);
        let turned = Scaled::new(core.density, doubt).with(d2).scale(4);
        let vanna = turned.with_float(annual.per_vol);
        let rate = product(product(self.total.inverse, self.total.inverse), variance);
        let charm = turned.with_float(rate);
        let vega = product(core.amount, product(self.total.value, annual.per_vol));
        let volga = Scaled::new(product(vega, annual.per_vol), doubt)
            .with(d1)
            .with(d2)
            .scale(8);
        [
            Fast::Number(Scaled::new(theta, doubt).opposite().scale(-1)),
            Fast::Number(vanna.opposite()),
            Fast::Number(volga),
            Fast::Number(charm.scale(-1)),
        ]
    }

    /// The same beyond it: `d1` and `d2` have one sign there, that of `ln(F/K)`.
    fn far(&self, annual: &Annual) -> [Fast; 4] {
        let below = self.call_is_out();
        let (forward, vol) = (annual.forward.exponent, annual.vol.exponent);
        let (value, inverse) = (self.total.value.exponent, self.total.inverse.exponent);
        let per_vol = annual.per_vol.exponent;
        let sum = |terms: &[i64]| terms.iter().fold(0i64, |sum, term| sum.wrapping_add(*term));
        [
            trace(sum(&[forward, vol, vol, inverse]), 0, true),
            trace(sum(&[per_vol, 1]), 1, !below),
            trace(sum(&[forward, value, per_vol, per_vol, 2]), 2, false),
            trace(sum(&[vol, vol, inverse, inverse, 1]), 1, below),
        ]
    }

    /// Minus years times call and put.
    fn rho(&self, annual: &Annual, rounding: Rounding) -> Result<(Fx, Fx), BlackError> {
        let low = self.low();
        let out = match &self.core {
            Reach::Near(core) => {
                let price = core.price(low);
                if core.place.a.is_negative() {
                    Some(price)
                } else {
                    Some(Scaled::new(Float::from_fx(low), 0).plus(price.opposite()))
                }
            }
            Reach::Far { .. } => None,
        };
        let out = out.map(|price| price.times(annual.years).opposite());
        let out_fast = match out {
            Some(number) => Fast::Number(number),
            // low N(a) years with N(a) < 2^-96.
            None => {
                let power = Float::from_fx(low)
                    .exponent
                    .wrapping_add(annual.years.exponent);
                trace(power.wrapping_sub(2), 0, true)
            }
        };
        let gap = self.intrinsic();
        let in_fast = if gap > Fx::ZERO {
            let exact = Scaled::new(Float::from_fx(gap), 2)
                .times(annual.years)
                .opposite();
            match &out_fast {
                Fast::Number(number) => Fast::Number(number.plus(exact)),
                Fast::Unknown => Fast::Unknown,
                // Far out: low N(a) < 2^-88 (F - K), because N(a) < 2^-96 and gap > low / 2 for
                // s > 0.1, N(a) < 2^-107 and gap > 2^-17 low below.
                _ => Fast::Number(Scaled {
                    error: 1 << 26,
                    ..exact
                }),
            }
        } else {
            out_fast
        };
        let (out_slow, in_slow): (wide::Value, wide::Value) = if self.call_is_out() {
            (wide::call_rho, wide::put_rho)
        } else {
            (wide::put_rho, wide::call_rho)
        };
        let out = self.finish(
            Candidate {
                fast: out_fast,
                slow: out_slow,
            },
            rounding,
        )?;
        let other = self.finish(
            Candidate {
                fast: in_fast,
                slow: in_slow,
            },
            rounding,
        )?;
        Ok(if self.call_is_out() {
            (out, other)
        } else {
            (other, out)
        })
    }
}

/// Error in u of a product of the density, up to six factors and up to two of `d1/16`, `d2/16`.
///
/// All mantissas are at most 2 and at most three factors are above 1, so each cut (4.01 u), each
/// factor's own error (at most 64 u) and the density's (24 u, and `|d1| <= 12` times the error of
/// `d1`) counts at most eight times.
fn doubt(core: &Core) -> i64 {
    core.place.error.wrapping_mul(128).wrapping_add(8_192)
}

/// A Greek that is a density of `|d1| > 11.3` times `2^power` at most, times `|d|^degree`.
///
/// `n(11.3) < 2^-93`, `n(d) d < 2^-89` and `n(d) d^2 < 2^-86` from there on.
fn trace(power: i64, degree: usize, negative: bool) -> Fast {
    let bound = match degree {
        0 => 93,
        1 => 89,
        _ => 86,
    };
    if power > bound - 66 {
        return Fast::Unknown;
    }
    if negative {
        Fast::NegativeTrace
    } else {
        Fast::Trace
    }
}
