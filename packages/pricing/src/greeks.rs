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

use fixed_math::{Fx, Product, Proved, Signed};
use std::cell::OnceCell;

use crate::black76::{Black76, BlackError, Core, Reach, Rounding, Scaled, Shared, product};
use fixed_math::limb::{Float, Limbs, recip};
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

/// What the Greeks multiply, mantissas at most 1, with errors in u.
struct Annual {
    /// Forward, within [`INPUT`].
    forward: Float,
    /// Vol, within [`INPUT`].
    vol: Float,
    /// Years, within [`INPUT`].
    years: Float,
    /// `1/vol`, within [`RECIPROCAL`].
    per_vol: Float,
    /// `1/s`, within [`TOTAL`].
    inverse: Float,
}

/// An input may lose its last bits: 2 u.
const INPUT: i64 = 2;
/// A reciprocal (14.4 u too low or 7 u too high, of a mantissa below 2) of such an input (whose lost bits raise it
/// by 4 u at most), halved and cut: below 8 u.
const RECIPROCAL: i64 = 12;
/// `s`, and its reciprocal halved and cut.
const TOTAL: i64 = 50;

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

/// `x / 2` in the mantissa, twice that in the exponent.
#[inline(always)]
fn halved(x: Float) -> Float {
    Float {
        mantissa: x.mantissa.shr_small(1),
        exponent: x.exponent.plus(1),
    }
}

/// `1/x` as a float, mantissa in [1/2, 1].
#[inline(always)]
fn reciprocal(x: Float) -> Float {
    halved(Float {
        mantissa: recip(x.mantissa),
        exponent: x.exponent.opposite(),
    })
}

/// A `d1` or `d2` below 12 in magnitude with its leading zeros taken out, and its error in u.
#[inline(always)]
fn leading(d: Limbs, error: i64) -> (Float, i64) {
    let size = d.l3 ^ (d.l3 >> 63);
    let zeros = (size >> 4 | 1).leading_zeros().minus(36).min(27);
    let float = Float {
        mantissa: d.shr_small(4).shl(zeros),
        exponent: 4i64.minus(i64::from(zeros)),
    };
    (float, (error >> 4).plus(2) << zeros)
}

impl Annual {
    #[inline(always)]
    fn new(shared: &Shared, vol: Fx, years: Fx) -> Self {
        let vol = Float::from_fx(vol);
        Self {
            forward: Float::from_fx(shared.inputs.forward),
            years: Float::from_fx(years),
            per_vol: reciprocal(vol),
            inverse: halved(shared.total.inverse),
            vol,
        }
    }
}

/// `n(d1)` with its error: `17 + |d1|` u relative, and `|d1| < b + 1` times the error of `d1`, whose bound has 2 u
/// to spare: they pay for the `|d1|` u.
#[inline(always)]
fn density(core: &Core) -> Scaled {
    let size = (core.place.b.l3 >> 28).plus(1);
    Scaled::new(core.density, core.place.error.times(size).plus(24))
}

impl Black76 {
    /// All Greeks, delta rounded to nearest and the others within one ulp.
    ///
    /// # Errors
    /// [`BlackError::Vol`] when only a total vol was given, [`BlackError::Range`] when one of them
    /// does not fit the type.
    pub fn greeks(&self) -> Result<Greeks, BlackError> {
        self.0.greeks_rounded(Rounding::Faithful)
    }

    /// All Greeks, none above its real value, at most 2 ulp below the upper twins.
    ///
    /// # Errors
    /// As [`Black76::greeks`].
    pub fn greeks_lo(&self) -> Result<Greeks, BlackError> {
        self.0.greeks_rounded(Rounding::Down)
    }

    /// All Greeks, none below its real value, at most 2 ulp above the lower twins.
    ///
    /// # Errors
    /// As [`Black76::greeks`].
    pub fn greeks_hi(&self) -> Result<Greeks, BlackError> {
        self.0.greeks_rounded(Rounding::Up)
    }

    /// Second derivative by the forward, `n(d1) / (F s)`, within one ulp.
    ///
    /// # Errors
    /// [`BlackError::Range`] when it does not fit the type.
    pub fn gamma(&self) -> Result<Fx, BlackError> {
        let shared = &self.0;
        let inverse = halved(shared.total.inverse);
        let forward = Float::from_fx(shared.inputs.forward);
        finish(
            shared.gamma(forward, inverse),
            wide::gamma,
            &Slow::new(&shared.inputs),
            Rounding::Faithful,
        )
    }

    /// Derivative by the total vol, `F n(d1)`, within one ulp.
    ///
    /// # Errors
    /// [`BlackError::Range`] when it does not fit the type.
    pub fn total_vega(&self) -> Result<Fx, BlackError> {
        let shared = &self.0;
        let forward = Float::from_fx(shared.inputs.forward);
        let fast = match &shared.core {
            Reach::Near(core) => Fast::Number(density(core).times(forward, INPUT)),
            Reach::Far { depth } => trace(*depth, &[forward], 0, false),
        };
        finish(
            fast,
            wide::total_vega,
            &Slow::new(&shared.inputs),
            Rounding::Faithful,
        )
    }
}

impl Shared {
    /// All Greeks in one rounding.
    fn greeks_rounded(&self, rounding: Rounding) -> Result<Greeks, BlackError> {
        let wide::Vol::Annual { vol, years } = self.inputs.vol else {
            return Err(BlackError::Vol);
        };
        let annual = Annual::new(self, vol, years);
        let [vega, theta, vanna, volga, charm] = match &self.core {
            Reach::Near(core) => self.near(core, &annual),
            Reach::Far { depth } => self.far(*depth, &annual),
        };
        let slow = Slow::new(&self.inputs);
        let (call_rho, put_rho) = self.rho(annual.years, &slow, rounding)?;
        let delta = if rounding == Rounding::Faithful {
            Rounding::Nearest
        } else {
            rounding
        };
        let gamma = self.gamma(annual.forward, annual.inverse);
        Ok(Greeks {
            call_delta: self.delta_rounded(delta)?,
            gamma: finish(gamma, wide::gamma, &slow, rounding)?,
            vega: finish(vega, wide::vega, &slow, rounding)?,
            theta: finish(theta, wide::theta, &slow, rounding)?,
            call_rho,
            put_rho,
            vanna: finish(vanna, wide::vanna, &slow, rounding)?,
            volga: finish(volga, wide::volga, &slow, rounding)?,
            charm: finish(charm, wide::charm, &slow, rounding)?,
        })
    }

    fn gamma(&self, forward: Float, inverse: Float) -> Fast {
        let per_forward = reciprocal(forward);
        match &self.core {
            Reach::Near(core) => Fast::Number(
                density(core)
                    .times(per_forward, RECIPROCAL)
                    .times(inverse, TOTAL),
            ),
            Reach::Far { depth } => trace(*depth, &[per_forward, inverse], 0, false),
        }
    }

    /// Vega, theta, vanna, volga and charm within the kernel's reach.
    fn near(&self, core: &Core, annual: &Annual) -> [Fast; 5] {
        let place = &core.place;
        let (d1, d2) = if self.call_is_out() {
            (place.a, place.b.opposite())
        } else {
            (place.b, place.a.opposite())
        };
        let ((d1, d1_error), (d2, d2_error)) = (leading(d1, place.error), leading(d2, place.error));
        let density = density(core);
        let amount = density.times(annual.forward, INPUT);
        let vega = amount
            .times(self.total.value, TOTAL)
            .times(annual.per_vol, RECIPROCAL);
        // vol / s = 1 / sqrt(T): a cut and both errors.
        let rate = product(annual.vol, annual.inverse);
        let rate_error = INPUT + TOTAL + 8;
        let theta = amount.times(annual.vol, INPUT).times(rate, rate_error);
        let turned = density.times(d2, d2_error);
        let vanna = turned.times(annual.per_vol, RECIPROCAL);
        let charm = turned.times(rate, rate_error).times(rate, rate_error);
        let volga = vega
            .times(d1, d1_error)
            .times(d2, d2_error)
            .times(annual.per_vol, RECIPROCAL);
        [
            Fast::Number(vega),
            Fast::Number(theta.opposite().scale(-1)),
            Fast::Number(vanna.opposite()),
            Fast::Number(volga),
            Fast::Number(charm.scale(-1)),
        ]
    }

    /// The same beyond it: `d1` and `d2` have one sign there, that of `ln(F/K)`.
    #[inline(never)]
    fn far(&self, depth: i64, annual: &Annual) -> [Fast; 5] {
        let below = self.call_is_out();
        let Annual {
            forward,
            vol,
            per_vol,
            inverse,
            ..
        } = *annual;
        let total = self.total.value;
        [
            trace(depth, &[forward, total, per_vol], 0, false),
            trace(depth, &[forward, vol, vol, inverse], 0, true),
            trace(depth, &[per_vol], 1, !below),
            trace(depth, &[forward, total, per_vol, per_vol], 2, false),
            trace(depth, &[vol, vol, inverse, inverse], 1, below),
        ]
    }

    /// Minus years times call and put.
    fn rho(
        &self,
        years: Float,
        slow: &Slow<'_>,
        rounding: Rounding,
    ) -> Result<(Fx, Fx), BlackError> {
        let out = self.rho_out(years);
        let other = self.rho_in(out, years);
        let call_is_out = self.call_is_out();
        let (out_slow, other_slow): (wide::Value, wide::Value) = if call_is_out {
            (wide::call_rho, wide::put_rho)
        } else {
            (wide::put_rho, wide::call_rho)
        };
        let out = finish(out, out_slow, slow, rounding)?;
        let other = finish(other, other_slow, slow, rounding)?;
        Ok(if call_is_out {
            (out, other)
        } else {
            (other, out)
        })
    }

    /// Minus years times the side that is out of the money.
    #[inline(always)]
    fn rho_out(&self, years: Float) -> Fast {
        match &self.core {
            Reach::Near(core) => {
                let price = core.price(self.low());
                let price = if core.place.a.is_negative() {
                    price
                } else {
                    Scaled::new(Float::from_fx(self.low()), 0).plus(price.opposite())
                };
                Fast::Number(in_years(price, years))
            }
            // low N(a) with N(a) < 2^-96: 2^3 below the bound of a density.
            Reach::Far { depth } => trace(*depth, &[Float::from_fx(self.low()), years], 0, true),
        }
    }

    /// The same of the other side, which is worth `|F - K|` more.
    #[inline(always)]
    fn rho_in(&self, out: Fast, years: Float) -> Fast {
        let gap = self.intrinsic();
        if gap <= Fx::ZERO {
            return out;
        }
        let exact = in_years(Scaled::new(Float::from_fx(gap), 2), years);
        match out {
            Fast::Number(number) => Fast::Number(number.plus(exact)),
            Fast::Unknown => Fast::Unknown,
            // Far out: low N(a) < 2^-88 (F - K), because N(a) < 2^-96 and gap > low / 2 for
            // s > 0.1, N(a) < 2^-107 and gap > 2^-17 low below.
            _ => Fast::Number(Scaled {
                error: 1 << 26,
                ..exact
            }),
        }
    }
}

/// The slow path of one option; what its Greeks share is computed once, if any of them gets here at all.
struct Slow<'a> {
    inputs: &'a wide::Inputs,
    known: OnceCell<Box<wide::Known>>,
}

impl<'a> Slow<'a> {
    const fn new(inputs: &'a wide::Inputs) -> Self {
        Self {
            inputs,
            known: OnceCell::new(),
        }
    }

    #[cold]
    fn value(&self, value: wide::Value, rounding: Rounding) -> Result<Fx, BlackError> {
        let known = self.known.get_or_init(|| Box::new((*self.inputs).into()));
        Ok(rounding.pick(&value(known)?))
    }
}

/// Rounds a Greek of the fast path, or asks the slow one.
#[inline(never)]
fn finish(
    fast: Fast,
    value: wide::Value,
    slow: &Slow<'_>,
    rounding: Rounding,
) -> Result<Fx, BlackError> {
    let fast = match fast {
        Fast::Number(number) => number.round(rounding),
        Fast::Trace => Some(rounding.of_trace()),
        Fast::NegativeTrace => Some(rounding.mirrored().of_trace().opposite()),
        Fast::Unknown => None,
    };
    match fast {
        Some(value) => Ok(value),
        None => slow.value(value, rounding),
    }
}

/// Minus a price times years: the price's mantissa is below 21.1, so the years' error counts 22 times.
fn in_years(price: Scaled, years: Float) -> Scaled {
    price.times(years, 22 * INPUT).opposite()
}

/// A Greek that is a density of `|d1| > 11.3` times `|d|^degree` and these factors.
///
/// `n(11.3) < 2^-93`, `n(d) d < 2^-89` and `n(d) d^2 < 2^-86` from there on, and `n(d) d^degree` is below
/// `2^(6 degree - 46/64 d^2)` for `d <= 40`, falling further out. A factor is at most `2^exponent`, its mantissa
/// being at most 1.
#[inline(never)]
fn trace(depth: i64, factors: &[Float], degree: u8, negative: bool) -> Fast {
    let (least, cost) = match degree {
        0 => (93, 0),
        1 => (89, 6),
        _ => (86, 12),
    };
    let bound = (depth.times(depth).times(46) >> 6).minus(cost).max(least);
    let power = factors
        .iter()
        .fold(0i64, |sum, factor| sum.plus(factor.exponent));
    // Together below 2^-66.
    if power > bound.minus(67) {
        return Fast::Unknown;
    }
    if negative {
        Fast::NegativeTrace
    } else {
        Fast::Trace
    }
}
