//! Black prices of a mixture of lognormals, relative to a forward.

use super::elementary::{ln, ln_2_times, norm_cdf};
use super::{LOG_BITS, MONEYNESS_BITS, VALUE_BITS, VALUE_ONE};

/// Most lognormals in one mixture.
pub const MAX_PARTS: usize = 5;
/// Least total vol, `2^-20`; smaller ones (zero included) are taken as this.
pub const MIN_VOL: i64 = 1 << 16;
/// Greatest total vol, just under 8; greater ones are taken as this.
pub const MAX_VOL: i64 = (8 << 36) - 1;
/// Greatest sum of the means, 8 times the forward the values are counted in.
pub const MAX_SCALE: i64 = 8 * VALUE_ONE;
/// Greatest moneyness the kernel prices; beyond it only bounds are given.
const MAX_MONEYNESS: u64 = 256 << MONEYNESS_BITS;

/// Constant part of the digital's error bound, units of `2^-40`; see [`Mixture::digital_error`].
const DIGITAL_ERROR: i64 = 2_900;
/// Constant part of the call's error bound, units of `2^-40`; see [`Mixture::call_error`].
const CALL_ERROR: i64 = 12;

/// Why a mixture was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MixtureError {
    /// No part, or more than [`MAX_PARTS`].
    #[error("E_GRID_COUNT: a mixture has 1 to 5 parts")]
    Count,
    /// Weights that are zero or do not sum to `2^16`.
    #[error("E_GRID_WEIGHT: weights must be positive and sum to 65536")]
    Weight,
    /// A mean that is not positive, or means that sum to more than [`MAX_SCALE`].
    #[error("E_GRID_MEAN: means must be positive and sum to at most 8")]
    Mean,
}

/// One lognormal as given: the mixture's payoff is `sum weight * E[payoff(lognormal)]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Probability, units of `2^-16`.
    pub weight: u32,
    /// Weight times mean, relative to the forward, units of `2^-40`.
    pub mass: i64,
    /// Total vol, units of `2^-36`; clamped to `[MIN_VOL, MAX_VOL]`.
    pub vol: i64,
}

/// One lognormal as the hot loop wants it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Prepared {
    /// ln(mass / weight), units of 2^-44.
    pub log: i64,
    /// (8.5 + s/2) s, units of 2^-44: beyond it both cdfs are 0 or 1.
    pub limit: i64,
    /// 3 + e with s = m 2^-e, m in [1, 2).
    pub up: u32,
    /// 1/m, units of 2^-30.
    pub inverse: i64,
    /// s and s/2, units of 2^-36.
    pub vol: i64,
    pub half: i64,
    /// mass = high 2^21 + low.
    pub high: i64,
    pub low: i64,
    pub weight: i64,
}

/// A strike relative to the forward, prepared once for any number of mixtures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strike {
    /// ln k, units of 2^-44.
    log: i64,
    /// k = high 2^22 + low, units of 2^-36.
    high: i64,
    low: i64,
    /// The strike lies beyond the greatest moneyness: only upper bounds hold.
    beyond: bool,
}

impl Strike {
    /// A strike of moneyness `k` (units of `2^-36`, within half a unit of the true value) whose
    /// logarithm is `log` (units of `2^-44`, within `2^-40` of the true value).
    ///
    /// Beyond a moneyness of 256 the bounds are those of 256 from above and zero from below.
    #[must_use]
    pub fn new(k: u64, log: i64) -> Self {
        let beyond = k > MAX_MONEYNESS;
        let (k, log) = if beyond {
            (MAX_MONEYNESS, ln_2_times(8))
        } else {
            (k, log)
        };
        let k = k as i64;
        let (high, low) = (k >> 22, k & ((1 << 22) - 1));
        Self {
            log,
            high,
            low,
            beyond,
        }
    }

    /// The strike of moneyness `k`, units of `2^-36`, taken as exact.
    #[must_use]
    pub fn from_moneyness(k: u64) -> Self {
        Self::new(k, ln(k) - ln_2_times(i64::from(MONEYNESS_BITS)))
    }

    /// Moneyness, units of `2^-36`, at most 256.
    #[inline]
    #[must_use]
    pub const fn moneyness(&self) -> i64 {
        (self.high << 22) + self.low
    }
}

/// Bounds of the true values of one strike under one mixture, relative to the forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Not above the call, and not below its intrinsic value; units of `2^-40`.
    pub call_lo: i64,
    /// Not below the call, and not above the mixture's forward.
    pub call_hi: i64,
    /// Not above the probability of ending at or above the strike, and not below 0; units of `2^-40`.
    pub digital_lo: i64,
    /// Not below that probability, and not above 1.
    pub digital_hi: i64,
}

/// A mixture of at most [`MAX_PARTS`] lognormals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mixture {
    parts: Vec<Prepared>,
    scale: i64,
    digital_error: i64,
}

impl Mixture {
    /// Prepares a mixture: logarithms, reciprocals and limits are computed here, once.
    ///
    /// # Errors
    /// [`MixtureError`]; the vols are clamped, never refused.
    pub fn new(parts: &[Part]) -> Result<Self, MixtureError> {
        if parts.is_empty() || parts.len() > MAX_PARTS {
            return Err(MixtureError::Count);
        }
        let mut prepared: Vec<Prepared> = Vec::with_capacity(parts.len());
        let (mut weights, mut scale) = (0_i64, 0_i64);
        for part in parts {
            if part.mass <= 0 || part.mass > MAX_SCALE {
                return Err(MixtureError::Mean);
            }
            if part.weight == 0 {
                return Err(MixtureError::Weight);
            }
            weights += i64::from(part.weight);
            scale += part.mass;
            prepared.push(Prepared::draft(i64::from(part.weight), 0, 0));
        }
        if weights != 1 << super::WEIGHT_BITS {
            return Err(MixtureError::Weight);
        }
        if scale > MAX_SCALE {
            return Err(MixtureError::Mean);
        }
        for (filled, part) in prepared.iter_mut().zip(parts) {
            filled.fill(part.mass, part.vol);
        }
        Ok(Self::from_prepared(prepared, scale))
    }

    /// Parts whose weights sum to one and whose masses sum to `scale`.
    pub(super) fn from_prepared(parts: Vec<Prepared>, scale: i64) -> Self {
        let least = parts
            .iter()
            .fold(MAX_VOL, |least, part| least.min(part.vol));
        Self {
            parts,
            scale,
            digital_error: DIGITAL_ERROR + (1 << 35) / least.max(MIN_VOL),
        }
    }

    /// Sum of the means: the mixture's forward, units of `2^-40`, exact.
    #[inline]
    #[must_use]
    pub const fn scale(&self) -> i64 {
        self.scale
    }

    /// The lognormals it is made of, vols as clamped: what it prices, exactly.
    pub fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        self.parts.iter().map(|part| Part {
            weight: part.weight as u32,
            mass: (part.high << 21) + part.low,
            vol: part.vol,
        })
    }

    /// Call and digital of one strike, neither clamped nor padded: units of `2^-40`, within
    /// [`Self::call_error`] and [`Self::digital_error`].
    #[inline]
    #[must_use]
    pub fn values(&self, strike: &Strike) -> (i64, i64) {
        let (mut gain, mut chance) = (0_i64, 0_i64);
        for part in &self.parts {
            let (first, second) = part.normals(strike.log);
            let first = (first + 8) >> 4;
            // Units of 2^-59, in all at most 8: no more than 2^62.
            gain += part.high * first + ((part.low * first) >> 21);
            // Units of 2^-60, in all at most 1 plus the cdf's error.
            chance += part.weight * second;
        }
        let digital = (chance + (1 << 19)) >> 20;
        // k times the probability, units of 2^-54, at most 2^62.
        let paid = strike.high * digital + ((strike.low * digital) >> 22);
        let call = ((gain >> 5) - paid) >> 14;
        (call, digital)
    }

    /// Bound of the error of the call of [`Self::values`]: `(scale + k) 2^-38 + 12 2^-40`, here in units of
    /// `2^-40`.
    ///
    /// *The argument.* Both cdfs are taken at `d1 + h` and `d1 + h - s` with **the same** error `h` and the
    /// exact `s`. The price `g(h) = f Phi(d1 + h) - k Phi(d1 + h - s)` has `g'(h) = f phi(d1 + h) (1 - e^(s h))`,
    /// because `f phi(d1) = k phi(d2)`: at `h = 0` the derivative vanishes. With
    /// `|h| <= 2^-39.9 / s + 2^-26` (logarithms; scaled product) the price moves by at most
    /// `0.4 f s h^2 < f 2^-46`. What remains is linear: the cdfs (`2^-38.5 (scale + k)`), their rounding to
    /// `2^-40` (`2^-41 (scale + k)`), moneyness within `2^-37` (8 units), and floors (4 units).
    #[inline]
    #[must_use]
    pub const fn call_error(&self, strike: &Strike) -> i64 {
        (self.scale >> 38) + (strike.moneyness() >> 34) + CALL_ERROR
    }

    /// Bound of the error of the digital of [`Self::values`]: `2^-28.5 + 2^-41 / s`, `s` the least total
    /// vol; here in units of `2^-40`.
    ///
    /// The error `h` of `d2` counts once here, through the density (at most 0.4): logarithms within
    /// `1.03 2^-40`, so `0.42 2^-40 / s`; the scaled distance floored at `2^-29` and the reciprocal within
    /// `2^-30` relative, so `0.4 2^-29 + (|d2| + s/2) phi(d2) 2^-30 < 2.7 2^-30`; the cdf and its rounding
    /// under 4 units.
    #[inline]
    #[must_use]
    pub const fn digital_error(&self) -> i64 {
        self.digital_error
    }

    /// Enclosures of call and digital, clamped to what no model can leave.
    #[inline]
    #[must_use]
    pub fn bounds(&self, strike: &Strike) -> Bounds {
        let (call, digital) = self.values(strike);
        let error = self.call_error(strike);
        let intrinsic = (self.scale - (strike.moneyness() << 4) - 8).max(0);
        let live = i64::from(!strike.beyond);
        Bounds {
            call_lo: live * (call - error).max(intrinsic).min(self.scale),
            call_hi: (call + error).max(intrinsic).min(self.scale),
            digital_lo: live * (digital - self.digital_error).clamp(0, VALUE_ONE),
            digital_hi: (digital + self.digital_error).clamp(0, VALUE_ONE),
        }
    }
}

impl Prepared {
    /// Phi(d1) and Phi(d2) at a strike, units of 2^-44.
    #[inline(always)]
    fn normals(&self, log_strike: i64) -> (i64, i64) {
        // Not `clamp`, whose check of its bounds is a branch.
        let distance = (self.log - log_strike).min(self.limit).max(-self.limit);
        // Times 2^e, units of 2^-29.
        let scaled = (distance << self.up) >> 18;
        let d1 = ((scaled * self.inverse) >> 23) + self.half;
        (norm_cdf(d1), norm_cdf(d1 - self.vol))
    }
}

impl Prepared {
    /// A part of which only weight, logarithm and vol are known yet. Share and mass, once found, wait in `high` and
    /// `low` under names of their own: a draft has the place of the part that it becomes.
    #[inline(always)]
    pub(super) const fn draft(weight: i64, log: i64, vol: i64) -> Self {
        Self {
            log,
            limit: 0,
            up: 0,
            inverse: 0,
            vol,
            half: 0,
            high: 0,
            low: 0,
            weight,
        }
    }

    /// A draft's share of the total, in any unit.
    #[inline(always)]
    pub(super) const fn draft_share(&self) -> u64 {
        self.high as u64
    }

    #[inline(always)]
    pub(super) const fn set_draft_share(&mut self, share: u64) {
        self.high = share as i64;
    }

    /// A draft's mass, units of 2^-40.
    #[inline(always)]
    pub(super) const fn draft_mass(&self) -> i64 {
        self.low
    }

    #[inline(always)]
    pub(super) const fn set_draft_mass(&mut self, mass: i64) {
        self.low = mass;
    }

    /// Fills a draft in place, given its mass: all but the weight is computed from mass and vol. In place,
    /// because copying seventy bytes costs the VM as much as pricing two strikes.
    #[inline(always)]
    pub(super) fn fill(&mut self, mass: i64, vol: i64) {
        let vol = vol.clamp(MIN_VOL, MAX_VOL);
        let zeros = vol.leading_zeros();
        // Mantissa of the vol in [2^33, 2^34).
        let mantissa = ((vol as u64) << zeros) >> 30;
        let inverse = ((1_u64 << 63) + (mantissa >> 1)) / (mantissa | 1 << 33);
        // ((8.5 + s/2) s) from units of 2^-36: 17 s / 2, and (s >> 16)^2 / 2 in 2^-40.
        let square = (vol >> 16) * (vol >> 16);
        self.log = ln(mass as u64)
            - ln(self.weight as u64)
            - ln_2_times(i64::from(VALUE_BITS) - i64::from(super::WEIGHT_BITS));
        self.limit = ((17 * vol) << (LOG_BITS - super::VOL_BITS - 1)) + (square << 3);
        self.up = zeros - 24;
        self.inverse = inverse as i64;
        self.vol = vol;
        self.half = vol >> 1;
        self.high = mass >> 21;
        self.low = mass & ((1 << 21) - 1);
    }
}
