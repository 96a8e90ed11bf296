//! Undiscounted Black-76: the value of a European call or put on a forward.
//!
//! `d1 = ln(F/K)/s + s/2`, `d2 = d1 - s`, `call = F N(d1) - K N(d2)`, `put = call - (F - K)`. The total vol
//! is `s = vol sqrt(years)` as a real number, or given. Call, put, delta and digital value are *defined*
//! as the real value rounded to the nearest multiple of `2^-64` (ties up); anyone with a
//! multiple-precision library can recompute them. Inputs are taken as exact.
//!
//! Only the out-of-the-money side is computed; the other one is the exact `|F - K|` more. So
//! `call - put = F - K` holds as an identity of integers, and rounding to nearest is kept because
//! `|F - K|` is itself a multiple of `2^-64`. Prices are monotone in strike and vol because rounding is,
//! symmetric (`call(F, K) = put(K, F)`) and convex in strike up to 2 ulp.
//!
//! The 112-bit path knows the price to about `2^-103` of the smaller of forward and strike. When that does
//! not decide the rounding, [`fixed_math::wide`] does: for forwards near `2^17` once in some `2^22`
//! prices, more often the larger the forward, above `2^38` mostly. A discount factor is a separate factor.

mod core;
mod direct;
mod error;
mod scaled;

pub use direct::{call_and_put, call_and_put_total};
pub use error::BlackError;

pub(crate) use self::core::{Core, Place, Total, log_moneyness, magnitude, product};
pub(crate) use self::scaled::{Rounding, Scaled};

use fixed_math::limb::Limbs;
use fixed_math::wide::black as wide;
use fixed_math::{Fx, Proved, Signed};

/// Smallest forward and strike, `2^-20`.
pub const MIN_PRICE: Fx = Fx::from_bits(1 << 44);
/// Largest forward and strike, `2^40`.
pub const MAX_PRICE: Fx = Fx::from_bits(1 << 104);

/// Call and put of one strike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Call, per 1 of the underlying.
    pub call: Fx,
    /// Put, per 1 of the underlying.
    pub put: Fx,
}

impl Prices {
    /// Both sides from the one out of the money: the other is exactly `|F - K|` more, in all at most 2^41.
    #[inline(always)]
    pub(crate) fn of_out(out: Fx, gap: Fx, call_is_out: bool) -> Self {
        let other = out.plus(gap);
        if call_is_out {
            Self {
                call: out,
                put: other,
            }
        } else {
            Self {
                call: other,
                put: out,
            }
        }
    }
}

/// One forward, strike and total vol, with what all their values share.
///
/// The shared part lies on the heap: moving some 400 bytes about costs more than computing them.
#[derive(Clone, Debug)]
pub struct Black76(pub(crate) Box<Shared>);

/// What the values of one option share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shared {
    pub inputs: wide::Inputs,
    pub total: Total,
    pub core: Reach,
}

/// How far from the forward the strike lies.
#[derive(Clone, Copy, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "it lies in a box already, and near is the rule"
)]
pub(crate) enum Reach {
    /// Within reach of the limb kernel.
    Near(Core),
    /// `b >= 12`. Then `s < 0.69`, because `x <= 8`, and `-a > 11.3`: both tails are below `2^-96`.
    Far {
        /// `-a` rounded down. From 12 on both tails are below `2^-108`.
        depth: i64,
    },
}

impl Black76 {
    /// From an annual vol (1.00 = 100 %) and years to expiry.
    ///
    /// # Errors
    /// [`BlackError`] when forward or strike lie outside `[2^-20, 2^40]`, the total vol outside
    /// `[2^-20, 8]`, `|ln(F/K)|` above 8, or vol or years are not above zero.
    pub fn new(forward: Fx, strike: Fx, vol: Fx, years: Fx) -> Result<Self, BlackError> {
        let log = checked_log(forward, strike)?;
        Ok(Self(Box::new(Shared::annual(
            [forward, strike, vol, years],
            log,
        )?)))
    }

    /// From the total vol `s` of the whole life.
    ///
    /// # Errors
    /// As [`Black76::new`].
    pub fn with_total_vol(forward: Fx, strike: Fx, total_vol: Fx) -> Result<Self, BlackError> {
        let log = checked_log(forward, strike)?;
        Ok(Self(Box::new(Shared::given(
            forward, strike, total_vol, log,
        )?)))
    }
}

/// `|ln(F/K)|` of checked inputs.
#[inline(always)]
pub(crate) fn checked_log(forward: Fx, strike: Fx) -> Result<Limbs, BlackError> {
    if !(MIN_PRICE..=MAX_PRICE).contains(&forward) {
        return Err(BlackError::Forward);
    }
    if !(MIN_PRICE..=MAX_PRICE).contains(&strike) {
        return Err(BlackError::Strike);
    }
    log_moneyness(forward, strike)
}

impl Shared {
    /// From an annual vol.
    #[inline(always)]
    fn annual([forward, strike, vol, years]: [Fx; 4], log: Limbs) -> Result<Self, BlackError> {
        let total = Total::annual(vol, years)?;
        let vol = wide::Vol::Annual { vol, years };
        Ok(Self::of(
            wide::Inputs {
                forward,
                strike,
                vol,
            },
            log,
            total,
        ))
    }

    /// From a total vol.
    #[inline(always)]
    fn given(forward: Fx, strike: Fx, total: Fx, log: Limbs) -> Result<Self, BlackError> {
        let vol = wide::Vol::Total(total);
        let total = Total::given(total)?;
        Ok(Self::of(
            wide::Inputs {
                forward,
                strike,
                vol,
            },
            log,
            total,
        ))
    }

    #[inline(always)]
    fn of(inputs: wide::Inputs, log: Limbs, total: Total) -> Self {
        let place = Place::new(log, &total);
        let core = if place.is_near() {
            Reach::Near(Core::new(
                inputs.forward,
                inputs.forward <= inputs.strike,
                place,
            ))
        } else {
            Reach::Far {
                depth: place.depth(),
            }
        };
        Self {
            inputs,
            total,
            core,
        }
    }

    /// Whether the call is the out-of-the-money side (or at the money).
    pub(crate) fn call_is_out(&self) -> bool {
        self.inputs.forward <= self.inputs.strike
    }

    /// The smaller of forward and strike.
    pub(crate) fn low(&self) -> Fx {
        self.inputs.forward.min(self.inputs.strike)
    }

    /// `|F - K|`, the exact difference of the two sides.
    pub(crate) fn intrinsic(&self) -> Fx {
        self.inputs
            .forward
            .minus(self.inputs.strike)
            .saturating_abs()
    }

    /// The out-of-the-money side on the fast path.
    #[inline(always)]
    fn out_fast(&self, rounding: Rounding) -> Option<Fx> {
        match &self.core {
            Reach::Near(core) => {
                let price = core.price(self.low());
                if core.place.a.is_negative() {
                    return price.round_positive(rounding);
                }
                let short = price.round_positive(rounding.mirrored())?;
                Some(self.low().minus(short))
            }
            // min(F, K) N(a) < 2^-65: either low < 2^31 (N(a) < 2^-96), or N(a) < 2^-108.
            Reach::Far { depth } if *depth >= 12 || self.low() < Fx::from_bits(1 << 95) => {
                Some(rounding.of_trace())
            }
            Reach::Far { .. } => None,
        }
    }

    /// The same on the slow path.
    fn out_slow(&self) -> wide::Value {
        if self.call_is_out() {
            wide::call
        } else {
            wide::put
        }
    }

    /// The out-of-the-money side.
    #[inline(always)]
    pub(crate) fn out_price(&self, rounding: Rounding) -> Result<Fx, BlackError> {
        self.settle(self.out_fast(rounding), rounding, self.out_slow())
    }

    /// Whether the real price of the out-of-the-money side is at least a multiple of `2^-64` that lies above
    /// zero and below the smaller of forward and strike.
    #[inline(always)]
    fn out_reaches(&self, price: Fx) -> Result<bool, BlackError> {
        if let Reach::Near(core) = &self.core {
            let low = self.low();
            let below = core.place.a.is_negative();
            let wanted = if below { price } else { low.minus(price) };
            if let Some(above) = core.price(low).is_above(wanted) {
                return Ok(above == below);
            }
        } else if let Some(ceil) = self.out_fast(Rounding::Up) {
            // A trace: below the smallest price there is.
            return Ok(ceil > price);
        }
        Ok(self.out_slow()(&self.inputs.into())?.floor >= price)
    }

    /// The fast number, or the slow one where the fast path cannot tell.
    #[inline(always)]
    pub(crate) fn settle(
        &self,
        fast: Option<Fx>,
        rounding: Rounding,
        slow: wide::Value,
    ) -> Result<Fx, BlackError> {
        match fast {
            Some(value) => Ok(value),
            None => Ok(rounding.pick(&slow(&self.inputs.into())?)),
        }
    }

    /// Both sides in one rounding.
    #[inline(always)]
    fn sides(&self, rounding: Rounding) -> Result<Prices, BlackError> {
        let out = self.out_price(rounding)?;
        Ok(Prices::of_out(out, self.intrinsic(), self.call_is_out()))
    }

    /// A probability from its smaller tail: the tail itself, or one less the tail.
    #[inline(always)]
    fn probability(
        &self,
        tail: Option<Scaled>,
        upper: bool,
        rounding: Rounding,
        slow: wide::Value,
    ) -> Result<Fx, BlackError> {
        let side = if upper { rounding.mirrored() } else { rounding };
        let fast = match tail {
            Some(tail) => tail.round(side),
            // Below 2^-96.
            None => Some(side.of_trace()),
        };
        let fast = fast.map(|tail| if upper { Fx::ONE.minus(tail) } else { tail });
        self.settle(fast, rounding, slow)
    }

    pub(crate) fn delta_rounded(&self, rounding: Rounding) -> Result<Fx, BlackError> {
        let out = self.call_is_out();
        let (tail, upper) = match &self.core {
            // d1 is a when the call is out of the money, else b.
            Reach::Near(core) => (
                Some(core.delta_tail(out)),
                !out || !core.place.a.is_negative(),
            ),
            Reach::Far { .. } => (None, !out),
        };
        self.probability(tail, upper, rounding, wide::call_delta)
    }

    fn digital_rounded(&self, rounding: Rounding) -> Result<Fx, BlackError> {
        let out = self.call_is_out();
        let (tail, upper) = match &self.core {
            // d2 is -b when the call is out of the money, else -a.
            Reach::Near(core) => (
                Some(core.digital_tail(out)),
                !out && core.place.a.is_negative(),
            ),
            Reach::Far { .. } => (None, !out),
        };
        self.probability(tail, upper, rounding, wide::digital)
    }
}

macro_rules! rounded {
    ($($(#[$doc:meta])* $name:ident, $low:ident, $high:ident: $kind:ty = $inner:ident;)*) => {
        impl Black76 {
            $($(#[$doc])*
            /// Rounded to nearest, ties up.
            ///
            /// # Errors
            /// [`BlackError::Undecided`] only, which no input is known to cause.
            pub fn $name(&self) -> Result<$kind, BlackError> {
                self.0.$inner(Rounding::Nearest)
            }

            $(#[$doc])*
            /// Not above the real value, and at most 2 ulp below the upper twin.
            ///
            /// # Errors
            /// As the nearest one.
            pub fn $low(&self) -> Result<$kind, BlackError> {
                self.0.$inner(Rounding::Down)
            }

            $(#[$doc])*
            /// Not below the real value, and at most 2 ulp above the lower twin.
            ///
            /// # Errors
            /// As the nearest one.
            pub fn $high(&self) -> Result<$kind, BlackError> {
                self.0.$inner(Rounding::Up)
            })*
        }
    };
}

rounded! {
    /// Call and put per 1 of the underlying, undiscounted; they differ by exactly `F - K`.
    prices, prices_lo, prices_hi: Prices = sides;
    /// `N(d1)`, the derivative of the call by the forward; the put's is one less.
    call_delta, call_delta_lo, call_delta_hi: Fx = delta_rounded;
    /// `N(d2)`: the undiscounted value of one unit paid above the strike, and minus the derivative of
    /// the call by the strike.
    digital_call, digital_call_lo, digital_call_hi: Fx = digital_rounded;
}

impl Black76 {
    /// The call, rounded to nearest, ties up.
    ///
    /// # Errors
    /// As [`Black76::prices`].
    pub fn call(&self) -> Result<Fx, BlackError> {
        Ok(self.prices()?.call)
    }

    /// The put, rounded to nearest, ties up.
    ///
    /// # Errors
    /// As [`Black76::prices`].
    pub fn put(&self) -> Result<Fx, BlackError> {
        Ok(self.prices()?.put)
    }

    /// `N(d1) - 1`: exactly the call's delta less one.
    ///
    /// # Errors
    /// As [`Black76::call_delta`].
    pub fn put_delta(&self) -> Result<Fx, BlackError> {
        Ok(self.call_delta()?.minus(Fx::ONE))
    }

    /// `1 - N(d2)`: one unit paid below the strike, and the put's derivative by the strike.
    ///
    /// # Errors
    /// As [`Black76::digital_call`].
    pub fn digital_put(&self) -> Result<Fx, BlackError> {
        Ok(Fx::ONE.minus(self.digital_call()?))
    }

    /// The derivative of the call by the strike, `-N(d2)`.
    ///
    /// # Errors
    /// As [`Black76::digital_call`].
    pub fn call_dual_delta(&self) -> Result<Fx, BlackError> {
        Ok(self.digital_call()?.opposite())
    }
}

/// Whether the real out-of-the-money price at an annual vol is at least a multiple of `2^-64`.
#[inline(never)]
pub(crate) fn annual_reaches(inputs: [Fx; 4], log: Limbs, price: Fx) -> Result<bool, BlackError> {
    Shared::annual(inputs, log)?.out_reaches(price)
}

/// The same at a total vol.
#[inline(never)]
pub(crate) fn total_reaches(
    [forward, strike, total]: [Fx; 3],
    log: Limbs,
    price: Fx,
) -> Result<bool, BlackError> {
    Shared::given(forward, strike, total, log)?.out_reaches(price)
}
