//! Undiscounted Black-76 by enclosures: the definition of the prices, delta and Greeks.
//!
//! `s` is the total vol, `d1 = ln(F/K)/s + s/2`, `d2 = d1 - s`; call `F N(d1) - K N(d2)`, put by
//! parity. All inputs are exact; when vol and years are given, `s = vol sqrt(years)` is the real
//! number, not a rounded one. Greeks by vol and by time: see each function.

use super::ball::Ball;
use super::elementary::ln_ratio;
use super::normal::{density, lower_tail, upper_tail};
use super::{FIRST, FRACTION, Kind, Parts, Rounded, WideError, ball_of, decide, unit, ziv};
use fixed::types::I64F64;
use num_bigint::BigInt;
use std::cell::OnceCell;

/// How the total vol is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vol {
    /// Vol per square root of a year (1.00 = 100 %) and a time in years.
    Annual {
        /// Vol of one year.
        vol: I64F64,
        /// Time to expiry in years.
        years: I64F64,
    },
    /// Total vol `s` over the life.
    Total(I64F64),
}

/// Exact inputs of a Black-76 value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// Forward, above zero.
    pub forward: I64F64,
    /// Strike, above zero.
    pub strike: I64F64,
    /// Vol, above zero.
    pub vol: Vol,
}

/// What the formulas share, enclosed at one precision; what only some need, once one of them does.
#[derive(Debug)]
struct Terms {
    forward: Ball,
    strike: Ball,
    total: Ball,
    d1: Ball,
    d2: Ball,
    density: OnceCell<Option<Ball>>,
    out: OnceCell<Option<Ball>>,
}

/// Inputs, and what is known of them at the first precision: several values of one option compute it once.
#[derive(Debug)]
pub struct Known {
    inputs: Inputs,
    first: OnceCell<Option<Terms>>,
}

impl From<Inputs> for Known {
    fn from(inputs: Inputs) -> Self {
        Self {
            inputs,
            first: OnceCell::new(),
        }
    }
}

impl Terms {
    /// `n(d1)`.
    fn density(&self) -> Option<&Ball> {
        self.density.get_or_init(|| density(&self.d1)).as_ref()
    }

    /// `n(d2) = n(d1) F / K`.
    fn digital_density(&self) -> Option<Ball> {
        self.density()?.mul(&self.forward).div(&self.strike)
    }

    /// `d1 d2 - 1`, which the density's second derivative multiplies.
    fn turn(&self) -> Ball {
        let one = Ball::integer(1, self.total.prec);
        self.d1.mul(&self.d2).sub(&one)
    }

    /// The out-of-the-money side: the call when `F <= K`, else the put.
    fn out(&self, inputs: &Inputs) -> Option<&Ball> {
        self.out.get_or_init(|| self.side(inputs)).as_ref()
    }

    fn side(&self, inputs: &Inputs) -> Option<Ball> {
        let (gain, loss) = if inputs.forward <= inputs.strike {
            (
                self.forward.mul(&lower_tail(&self.d1)?),
                self.strike.mul(&lower_tail(&self.d2)?),
            )
        } else {
            (
                self.strike.mul(&upper_tail(&self.d2)?),
                self.forward.mul(&upper_tail(&self.d1)?),
            )
        };
        Some(gain.sub(&loss))
    }
}

impl Inputs {
    /// Refuses anything that is not above zero.
    fn check(&self) -> Result<(), WideError> {
        let (first, second) = match self.vol {
            Vol::Annual { vol, years } => (vol, years),
            Vol::Total(total) => (total, total),
        };
        let positive = [self.forward, self.strike, first, second]
            .iter()
            .all(|x| *x > I64F64::ZERO);
        if positive {
            Ok(())
        } else {
            Err(WideError::Domain)
        }
    }

    fn terms(&self, prec: u32) -> Option<Terms> {
        let total = match self.vol {
            Vol::Annual { vol, years } => ball_of(vol, prec).mul(&ball_of(years, prec).sqrt()?),
            Vol::Total(total) => ball_of(total, prec),
        };
        let bits = |x: I64F64| BigInt::from(x.to_bits());
        let moneyness = if self.forward == self.strike {
            Ball::integer(0, prec)
        } else {
            ln_ratio(&bits(self.forward), &bits(self.strike), prec)?
        };
        let d1 = moneyness.div(&total)?.add(&total.scale(-1));
        let d2 = d1.sub(&total);
        let (forward, strike) = (ball_of(self.forward, prec), ball_of(self.strike, prec));
        Some(Terms {
            forward,
            strike,
            total,
            d1,
            d2,
            density: OnceCell::new(),
            out: OnceCell::new(),
        })
    }

    /// `F - K`, or the opposite for a put.
    fn gap(&self, call: bool) -> BigInt {
        let gap = BigInt::from(self.forward.to_bits()) - BigInt::from(self.strike.to_bits());
        if call { gap } else { -gap }
    }

    /// Years to expiry, needed by the Greeks by vol and by time.
    fn annual(&self) -> Result<(I64F64, I64F64), WideError> {
        match self.vol {
            Vol::Annual { vol, years } => Ok((vol, years)),
            Vol::Total(_) => Err(WideError::Domain),
        }
    }
}

impl Known {
    /// A function of the terms at a precision.
    fn at<T>(&self, prec: u32, value: impl FnOnce(&Terms) -> Option<T>) -> Option<T> {
        if prec == FIRST {
            let first = self.first.get_or_init(|| self.inputs.terms(FIRST));
            return value(first.as_ref()?);
        }
        value(&self.inputs.terms(prec)?)
    }

    /// The out-of-the-money side, above zero.
    fn out_of_the_money(&self) -> Result<Parts, WideError> {
        self.inputs.check()?;
        let out = |terms: &Terms| terms.out(&self.inputs).cloned();
        ziv(Kind::Positive, |prec| self.at(prec, out))
    }

    /// `max(F - K, 0)` or `max(K - F, 0)` plus the out-of-the-money value.
    fn side(&self, call: bool) -> Result<Rounded, WideError> {
        let otm = self.out_of_the_money()?;
        let gap = self.inputs.gap(call);
        if gap > BigInt::ZERO {
            otm.plus(&gap).fit()
        } else {
            otm.fit()
        }
    }

    /// Whether the tail of a normal argument that is taken lies above it: by a first look, and either would do, as both are
    /// positive.
    fn is_right(&self, pick: impl Fn(&Terms) -> &Ball) -> Result<bool, WideError> {
        let right = self.at(FIRST, |terms| Some(pick(terms).mid > BigInt::ZERO));
        right.ok_or(WideError::Undecided)
    }

    /// `N(d)` of one of the two arguments.
    fn distribution(&self, pick: impl Fn(&Terms) -> &Ball) -> Result<Parts, WideError> {
        self.inputs.check()?;
        let right = self.is_right(&pick)?;
        let tail = |terms: &Terms| {
            if right {
                upper_tail(pick(terms))
            } else {
                lower_tail(pick(terms))
            }
        };
        let tail = ziv(Kind::Positive, |prec| self.at(prec, tail))?;
        Ok(if right {
            tail.subtracted_from(&unit())
        } else {
            tail
        })
    }

    /// Minus years times one side, below zero.
    fn rho(&self, call: bool) -> Result<Rounded, WideError> {
        self.inputs.check()?;
        let exact = self.inputs.gap(call).max(BigInt::ZERO);
        let value = self.in_years(&exact, |terms| terms.out(&self.inputs).cloned())?;
        value.subtracted_from(&BigInt::ZERO).fit()
    }

    /// Minus years times the value of a digital that pays one, below zero.
    fn digital_rho(&self, call: bool) -> Result<Rounded, WideError> {
        self.inputs.check()?;
        let right = self.is_right(|terms| &terms.d2)?;
        let tail = |terms: &Terms| match right {
            true => upper_tail(&terms.d2),
            false => lower_tail(&terms.d2),
        };
        if right == call {
            return self.in_years(&-unit(), tail)?.fit();
        }
        let value = self.in_years(&BigInt::ZERO, tail)?;
        value.subtracted_from(&BigInt::ZERO).fit()
    }

    /// Years times the sum of a multiple of `2^-64` and a rest above zero.
    ///
    /// Years times the first is an exact multiple of `2^-128`. Where the rest is smaller than that it can only
    /// break ties, and without it no precision would decide.
    fn in_years(
        &self,
        exact: &BigInt,
        rest: impl Fn(&Terms) -> Option<Ball>,
    ) -> Result<Parts, WideError> {
        let (_, years) = self.inputs.annual()?;
        let exact = exact * years.to_bits();
        let kind = if exact < BigInt::ZERO {
            Kind::Signed
        } else {
            Kind::Positive
        };
        let mut prec = FIRST;
        while prec <= super::LAST {
            let rest = |terms: &Terms| Some(rest(terms)?.mul(&ball_of(years, prec)));
            if let Some(rest) = self.at(prec, rest) {
                let below = rest.high() >> (prec - 2 * FRACTION) == BigInt::ZERO;
                let parts = if below {
                    Some(just_above(&exact))
                } else {
                    decide(
                        &rest.add(&Ball::from_bits(&exact, 2 * FRACTION, prec)),
                        kind,
                    )
                };
                if let Some(parts) = parts {
                    return Ok(parts);
                }
            }
            prec *= 2;
        }
        Err(WideError::Undecided)
    }

    /// A Greek that is zero only where `d1` or `d2` is; `sign` has its sign.
    fn greek(
        &self,
        sign: impl Fn(&Terms) -> Ball,
        value: impl Fn(&Terms, u32) -> Option<Ball>,
    ) -> Result<Rounded, WideError> {
        self.inputs.check()?;
        let mut prec = FIRST;
        while prec <= super::LAST {
            let known = self.at(prec, |t| Some((sign(t), value(t, prec)?)));
            if let Some(parts) = known.and_then(|(sign, ball)| decide_signed(&sign, &ball)) {
                return parts.fit();
            }
            prec *= 2;
        }
        Err(WideError::Undecided)
    }
}

/// Rounds what lies above a multiple of `2^-128` by less than one.
fn just_above(exact: &BigInt) -> Parts {
    let floor = exact >> FRACTION;
    Parts {
        ceil: &floor + 1u32,
        floor,
        nearest: (exact + (unit() >> 1u32)) >> FRACTION,
    }
}

/// Rounds a value whose sign another ball may tell, also where the value itself underflows.
fn decide_signed(sign: &Ball, ball: &Ball) -> Option<Parts> {
    if sign.is_positive() {
        return decide(ball, Kind::Positive);
    }
    if sign.is_negative() {
        return Some(decide(&ball.neg(), Kind::Positive)?.subtracted_from(&BigInt::ZERO));
    }
    decide(ball, Kind::Signed)
}

/// The sign of a Greek that is always above zero.
fn above(terms: &Terms) -> Ball {
    Ball::integer(1, terms.total.prec)
}

/// The sign of a Greek that is always below zero.
fn below(terms: &Terms) -> Ball {
    Ball::integer(-1, terms.total.prec)
}

/// A function of this module.
pub type Value = fn(&Known) -> Result<Rounded, WideError>;

macro_rules! values {
    ($($(#[$doc:meta])* $name:ident => $body:expr;)*) => {
        $($(#[$doc])*
        ///
        /// # Errors
        /// [`WideError::Domain`] when an input is not above zero (or, for the Greeks by vol and by
        /// time, no years are given), [`WideError::Range`] when the value does not fit.
        pub fn $name(known: &Known) -> Result<Rounded, WideError> {
            let compute: Value = $body;
            compute(known)
        })*
    };
}

values! {
    /// Call, undiscounted.
    call => |i| i.side(true);
    /// Put, undiscounted.
    put => |i| i.side(false);
    /// `N(d1)`.
    call_delta => |i| i.distribution(|t| &t.d1)?.fit();
    /// `N(d2)`: the undiscounted price of a digital call that pays one, and minus the dual delta.
    digital => |i| i.distribution(|t| &t.d2)?.fit();
    /// `n(d1) / (F s)`.
    gamma => |i| i.greek(above, |t, _| t.density()?.div(&t.forward.mul(&t.total)));
    /// `F n(d1)`: the derivative by total vol.
    total_vega => |i| i.greek(above, |t, _| Some(t.density()?.mul(&t.forward)));
    /// `F n(d1) sqrt(years)`, per 1.00 of vol.
    vega => |i| {
        let (_, years) = i.inputs.annual()?;
        i.greek(above, |t, p| Some(t.forward.mul(t.density()?).mul(&ball_of(years, p).sqrt()?)))
    };
    /// `-F n(d1) vol / (2 sqrt(years))`, per year at a fixed forward.
    theta => |i| {
        let (vol, years) = i.inputs.annual()?;
        i.greek(below, |t, p| {
            let value = t.forward.mul(t.density()?).mul(&ball_of(vol, p));
            Some(value.div(&ball_of(years, p).sqrt()?)?.scale(-1).neg())
        })
    };
    /// `-n(d1) d2 / vol`: the derivative of delta by vol.
    vanna => |i| {
        let (vol, _) = i.inputs.annual()?;
        i.greek(|t| t.d2.neg(), |t, p| Some(t.density()?.mul(&t.d2).div(&ball_of(vol, p))?.neg()))
    };
    /// `F n(d1) sqrt(years) d1 d2 / vol`: the derivative of vega by vol.
    volga => |i| {
        let (vol, years) = i.inputs.annual()?;
        i.greek(|t| t.d1.mul(&t.d2), |t, p| {
            let vega = t.forward.mul(t.density()?).mul(&ball_of(years, p).sqrt()?);
            vega.mul(&t.d1).mul(&t.d2).div(&ball_of(vol, p))
        })
    };
    /// `n(d1) d2 / (2 years)`: the derivative of delta by calendar time, per year, at fixed forward.
    charm => |i| {
        let (_, years) = i.inputs.annual()?;
        i.greek(|t| t.d2.clone(), |t, p| t.density()?.mul(&t.d2).scale(-1).div(&ball_of(years, p)))
    };
    /// Minus years times the call.
    call_rho => |i| i.rho(true);
    /// Minus years times the put.
    put_rho => |i| i.rho(false);
    /// `n(d2) / (F s)`: the derivative of a digital call by the forward.
    digital_delta => |i| i.greek(above, |t, _| t.digital_density()?.div(&t.forward.mul(&t.total)));
    /// `-n(d2) d1 / (F s)^2`.
    digital_gamma => |i| i.greek(|t| t.d1.neg(), |t, _| {
        let reach = t.forward.mul(&t.total);
        Some(t.digital_density()?.mul(&t.d1).div(&reach.mul(&reach))?.neg())
    });
    /// `-n(d2) d1 / vol`.
    digital_vega => |i| {
        let (vol, _) = i.inputs.annual()?;
        i.greek(|t| t.d1.neg(), |t, p| {
            Some(t.digital_density()?.mul(&t.d1).div(&ball_of(vol, p))?.neg())
        })
    };
    /// `n(d2) d1 / (2 years)`, per year at a fixed forward.
    digital_theta => |i| {
        let (_, years) = i.inputs.annual()?;
        i.greek(|t| t.d1.clone(), |t, p| {
            t.digital_density()?.mul(&t.d1).scale(-1).div(&ball_of(years, p))
        })
    };
    /// `n(d2) (d1 d2 - 1) / (F s vol)`: the derivative of its delta by vol.
    digital_vanna => |i| {
        let (vol, _) = i.inputs.annual()?;
        i.greek(Terms::turn, |t, p| {
            let reach = t.forward.mul(&t.total).mul(&ball_of(vol, p));
            t.digital_density()?.mul(&t.turn()).div(&reach)
        })
    };
    /// `n(d2) (d1 + d2 - d1^2 d2) / vol^2`: the derivative of its vega by vol.
    digital_volga => |i| {
        let (vol, _) = i.inputs.annual()?;
        let bend = |t: &Terms| t.d2.sub(&t.d1.mul(&t.turn()));
        i.greek(bend, |t, p| {
            let vol = ball_of(vol, p);
            t.digital_density()?.mul(&bend(t)).div(&vol.mul(&vol))
        })
    };
    /// `-n(d2) (d1 d2 - 1) / (2 years F s)`: the derivative of its delta by calendar time.
    digital_charm => |i| {
        let (_, years) = i.inputs.annual()?;
        i.greek(|t| t.turn().neg(), |t, p| {
            let reach = t.forward.mul(&t.total).mul(&ball_of(years, p));
            Some(t.digital_density()?.mul(&t.turn()).scale(-1).div(&reach)?.neg())
        })
    };
    /// Minus years times the digital call.
    digital_call_rho => |i| i.digital_rho(true);
    /// Minus years times the digital put.
    digital_put_rho => |i| i.digital_rho(false);
}
