//! Shocked slices: the pricings of the margin law, each again a mixture of lognormals.
//!
//! A [`PreparedSlice`] holds what all shocks of a slice share (logarithms, computed once); a
//! [`ShockedSlice`] is one pricing of one expiry, and gives directed bounds of call and digital at a
//! [`StrikePoint`]. Values are relative to the slice's *unshocked* forward `F`: multiply by `F` and the
//! discount once. Shocks are defined on integers, so every shocked slice is an exact object.

use fixed_math::grid::{self, Bounds, Builder, Mixture, Strike};
use fixed_math::{Product, Proved};

use crate::Fx;
use crate::slice::{Component, FORWARD_ONE, Slice, SliceError};

mod exact;
mod mix;

pub use mix::Mix;

pub use fixed_math::grid::{FACTOR_BITS, FACTOR_ONE, MAX_FACTOR, VALUE_BITS, VALUE_ONE};

/// A spot factor or share of one is `2^32`.
pub const SCALE_ONE: u64 = FORWARD_ONE;
/// Greatest spot factor: 7.
pub const MAX_SPOT_FACTOR: u64 = 7 * SCALE_ONE;
/// Logarithms of a stretched slice: 8, units of `2^-44`.
const LOG_LIMIT: i128 = 8 << 44;
/// Total vols of a stretched slice: just under 8, units of `2^-32`.
const VOL_LIMIT: u64 = (8 << 32) - 1;

/// Where the fixing window stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Share of the window that has passed, units of `2^-32`, at most one.
    pub passed: u64,
    /// Mean price observed so far over the slice's unshocked forward, units of `2^-32`, at most 7.
    pub mean: u64,
}

/// One pricing of one expiry. Factors are in units of `2^-24` and are clamped to just under 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shock {
    /// `1 + x`: multiplies the forward, units of `2^-32`, in `(0, 7]`.
    pub spot: u64,
    /// `c`: scales the log-return, `s_j` to `c s_j` and `f_j` to `f_j^c`.
    pub vol: u32,
    /// Power of `f_j`: `1 + a` or `1 - a`.
    pub skew: u32,
    /// Power of `s_j / mean s`: `1 + b` or `1 - b`.
    pub curvature: u32,
    /// A lognormal mixed in.
    pub mix: Option<Mix>,
    /// The fixing window, once it has begun.
    pub window: Option<Window>,
}

impl Shock {
    /// The mark: no shock at all.
    pub const MARK: Self = Self {
        spot: SCALE_ONE,
        vol: FACTOR_ONE,
        skew: FACTOR_ONE,
        curvature: FACTOR_ONE,
        mix: None,
        window: None,
    };

    /// A move of the forward with a vol shock, the scan's point.
    #[must_use]
    pub const fn scan(spot: u64, vol: u32) -> Self {
        Self {
            spot,
            vol,
            ..Self::MARK
        }
    }
}

/// What every shock of a slice shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedSlice {
    components: Vec<PreparedComponent>,
    atm: u64,
}

/// One component with its logarithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PreparedComponent {
    /// Units of 2^-16.
    weight: u32,
    /// ln f_j, units of 2^-44.
    log: i64,
    /// s_j, units of 2^-32.
    vol: u64,
    /// ln(s_j / mean s), units of 2^-44.
    spread: i64,
}

/// One pricing of one expiry, ready for any number of strikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShockedSlice {
    mixture: Mixture,
}

/// A strike over the unshocked forward of its expiry: computed once per leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrikePoint {
    strike: Strike,
}

impl StrikePoint {
    /// The point of a strike under a forward, both in USD and positive.
    ///
    /// Moneyness is rounded to the nearest `2^-36`; above 256 the bounds stay valid but wide.
    ///
    /// # Errors
    /// [`SliceError::Domain`] when either is not positive.
    pub fn new(strike: Fx, forward: Fx) -> Result<Self, SliceError> {
        let top = positive_bits(strike)?;
        let bottom = positive_bits(forward)?;
        let moneyness = moneyness(top, bottom);
        let log = log_bits(top).minus(log_bits(bottom));
        Ok(Self {
            strike: Strike::new(moneyness, log),
        })
    }

    /// The point of an exact moneyness in units of `2^-36`.
    #[must_use]
    pub fn from_moneyness(moneyness: u64) -> Self {
        Self {
            strike: Strike::from_moneyness(moneyness),
        }
    }

    /// Moneyness in units of `2^-36`, at most 256.
    #[must_use]
    pub const fn moneyness(&self) -> i64 {
        self.strike.moneyness()
    }
}

fn positive_bits(x: Fx) -> Result<u128, SliceError> {
    match u128::try_from(x.to_bits()) {
        Ok(bits) if bits > 0 => Ok(bits),
        _ => Err(SliceError::Domain),
    }
}

/// Natural logarithm of a positive 128-bit integer over `2^64`, units of `2^-44`, within `2^-41.9`.
fn log_bits(bits: u128) -> i64 {
    let zeros = bits.leading_zeros();
    let top = u64::try_from((bits << zeros) >> 64).unwrap_or(u64::MAX);
    grid::ln(top).minus(grid::ln_2_times(i64::from(zeros)))
}

/// `2^36 a / b` to nearest, saturating above 512.
fn moneyness(a: u128, b: u128) -> u64 {
    let zeros = a.leading_zeros().min(36);
    // 2^36 a may not fit: lift a as far as it goes and lower b by the rest.
    let lifted = a << zeros;
    let lowered = (b >> (36_u32.saturating_sub(zeros))).max(1);
    let half = lowered >> 1;
    let quotient = lifted
        .saturating_add(half)
        .checked_div(lowered)
        .unwrap_or(u128::MAX);
    u64::try_from(quotient.min(512 << 36)).unwrap_or(512 << 36)
}

impl PreparedSlice {
    /// Computes the logarithms of a slice, once.
    #[must_use]
    pub fn new(slice: &Slice) -> Self {
        let log_mean = grid::ln(slice.mean_total_vol());
        let one = grid::ln(FORWARD_ONE);
        let prepare = |c: &Component| PreparedComponent {
            weight: c.weight,
            log: grid::ln(c.forward).minus(one),
            vol: c.total_vol,
            spread: grid::ln(c.total_vol).minus(log_mean),
        };
        Self {
            components: slice.components().iter().map(prepare).collect(),
            atm: slice.atm_total_vol(),
        }
    }

    /// The slice at another time to expiry: `s_j` to `c s_j` and `f_j` to `f_j^c`, renormalised, `c` of any size in units of
    /// `2^-24`. Total vols stay in the kernel's domain, under 8, where a call is worth nearly its forward.
    #[must_use]
    pub fn stretched(mut self, c: u64) -> Self {
        if c == u64::from(FACTOR_ONE) {
            return self;
        }
        for part in &mut self.components {
            part.log = stretched_log(part.log, c);
            part.vol = stretched_vol(part.vol, c);
        }
        self.atm = stretched_vol(self.atm, c);
        self
    }

    /// At-the-money total vol `v` of the unshocked slice, units of `2^-32`.
    #[must_use]
    pub const fn atm_total_vol(&self) -> u64 {
        self.atm
    }

    /// The slice under a shock.
    ///
    /// # Errors
    /// [`SliceError::Domain`] for a spot factor, mean, share or mixed-in lognormal out of range.
    pub fn shocked(&self, shock: &Shock) -> Result<ShockedSlice, SliceError> {
        if shock.spot == 0 || shock.spot > MAX_SPOT_FACTOR {
            return Err(SliceError::Domain);
        }
        let (live, fixed) = match shock.window {
            None => (widen(shock.spot), 0),
            Some(window) => (window.live(shock.spot)?, window.fixed()),
        };
        match self.shape(shock)?.finish(live, fixed) {
            Ok(mixture) => Ok(ShockedSlice { mixture }),
            Err(_) => Err(SliceError::Domain),
        }
    }

    /// The unshocked slice in kernel form.
    ///
    /// # Errors
    /// [`SliceError::Domain`], never for an accepted slice.
    pub fn mark(&self) -> Result<ShockedSlice, SliceError> {
        self.shocked(&Shock::MARK)
    }

    /// Weights, logarithms and total vols after the shock, before normalisation.
    fn shape(&self, shock: &Shock) -> Result<Builder, SliceError> {
        if shock.mix.is_some_and(|mix| !mix.is_in_domain()) {
            return Err(SliceError::Domain);
        }
        let mut shape = Builder::with_capacity(self.components.len().saturating_add(1));
        for component in &self.components {
            let log = grid::scale_log(grid::scale_log(component.log, shock.skew), shock.vol);
            let vol = grid::scale_vol(component.vol, shock.vol);
            let vol = bend(vol, component.spread, shock.curvature);
            shape.push(component.weight, log, vol);
        }
        if let Some(mix) = shock.mix {
            let log = grid::scale_log(mix.log(self.atm), shock.vol);
            let vol = grid::scale_vol(mix.total_vol(self.atm), shock.vol);
            shape.mix(mix.weight, log, vol);
        }
        Ok(shape)
    }
}

/// `log * c`, floored, within `+-8`: a shock of it by two factors of at most 8 stays in the kernel's range.
fn stretched_log(log: i64, c: u64) -> i64 {
    let product = i128::from(log).saturating_mul(i128::from(c)) >> FACTOR_BITS;
    i64::try_from(product.clamp(-LOG_LIMIT, LOG_LIMIT)).unwrap_or(0)
}

/// `vol * c`, floored, under 8.
fn stretched_vol(vol: u64, c: u64) -> u64 {
    let product = u128::from(vol).saturating_mul(u128::from(c)) >> FACTOR_BITS;
    u64::try_from(product).map_or(VOL_LIMIT, |vol| vol.min(VOL_LIMIT))
}

/// `s * (s / mean)^(power - 1)`, units of `2^-36`; `s` is clamped to the kernel's domain first.
fn bend(vol: i64, spread: i64, power: u32) -> i64 {
    if power == FACTOR_ONE {
        return vol;
    }
    let excess = grid::scale_log(spread, power).minus(spread);
    let factor = grid::exp(excess).min(8 << 40);
    // s < 2^39 and the factor of 2^-40 at most 2^43: the product goes in two parts, each under 2^63.
    let vol = vol.clamp(0, grid::MAX_VOL).unsigned_abs();
    let (high, low) = (vol >> 20, vol & 0xf_ffff);
    let bent = high.times(factor).plus(low.times(factor) >> 20) >> 20;
    i64::try_from(bent).unwrap_or(grid::MAX_VOL)
}

/// From units of `2^-32` to units of `2^-40`, as a signed value.
fn widen(x: u64) -> i64 {
    i64::try_from(x << 8).unwrap_or(i64::MAX)
}

impl Window {
    /// What a mixture needs of the live part, which must not vanish: [`Self::moving`], at least eight units.
    fn live(&self, spot: u64) -> Result<i64, SliceError> {
        if self.passed > SCALE_ONE || self.mean > MAX_SPOT_FACTOR {
            return Err(SliceError::Domain);
        }
        Ok(self.moving(spot).max(8))
    }

    /// What spot still acts on: `(1 - phi) (1 + x)`, units of `2^-40`, floored.
    #[must_use]
    pub fn moving(&self, spot: u64) -> i64 {
        let left = SCALE_ONE.saturating_sub(self.passed) << 8;
        let moving = grid::multiply(left, spot.min(MAX_SPOT_FACTOR) << 8);
        i64::try_from(moving).unwrap_or(i64::MAX)
    }

    /// What is fixed already: `phi A / F`, units of `2^-40`, floored.
    #[must_use]
    pub fn fixed(&self) -> i64 {
        let (passed, mean) = (self.passed.min(SCALE_ONE), self.mean.min(MAX_SPOT_FACTOR));
        let fixed = grid::multiply(passed << 8, mean << 8);
        i64::try_from(fixed).unwrap_or(i64::MAX)
    }
}

impl ShockedSlice {
    /// The forward under this pricing over the unshocked one, units of `2^-40`, exact.
    #[must_use]
    pub const fn forward(&self) -> i64 {
        self.mixture.scale()
    }

    /// Enclosures of call and digital at a strike, units of `2^-40` of the unshocked forward (digital: of
    /// one). The put is the call less `forward()` plus the moneyness.
    #[inline]
    #[must_use]
    pub fn bounds(&self, point: &StrikePoint) -> Bounds {
        self.mixture.bounds(&point.strike)
    }

    /// Not above the call; at least its intrinsic value.
    #[inline]
    #[must_use]
    pub fn call_lo(&self, point: &StrikePoint) -> i64 {
        self.bounds(point).call_lo
    }

    /// Not below the call; at most the forward.
    #[inline]
    #[must_use]
    pub fn call_hi(&self, point: &StrikePoint) -> i64 {
        self.bounds(point).call_hi
    }

    /// Not above the probability of ending at or above the strike.
    #[inline]
    #[must_use]
    pub fn digital_lo(&self, point: &StrikePoint) -> i64 {
        self.bounds(point).digital_lo
    }

    /// Not below the probability of ending at or above the strike.
    #[inline]
    #[must_use]
    pub fn digital_hi(&self, point: &StrikePoint) -> i64 {
        self.bounds(point).digital_hi
    }
}

/// `c = sqrt(max(T - delta, 0) / T)` in units of `2^-24`, floored: the vol shock that lets `passed`
/// seconds of `left` go by. Zero when nothing would be left.
#[must_use]
pub fn theta_factor(left: u64, passed: u64) -> u32 {
    let after = u128::from(left.saturating_sub(passed));
    let square = (after << 48).checked_div(u128::from(left)).unwrap_or(0);
    u32::try_from(square.isqrt()).unwrap_or(FACTOR_ONE)
}
