//! The volatility surface of one expiry: a mixture of at most four lognormals in integers.
//!
//! The undiscounted price of any European payoff is the weighted sum of its Black prices, so a
//! slice is an expectation under a probability density and no butterfly can be arbitraged at any
//! strike. Weights and relative forwards have exact integer sums.

use fixed_math::grid::{self, Mixture, Part, Strike};

use crate::black76::BlackError;

mod mark;

pub use mark::{MarketView, MarketViewError, SliceGreeks};
pub(crate) use mark::{add_product, shared_out};

/// One weight unit is `2^-16`; the weights of a slice sum to this.
pub const WEIGHT_ONE: u32 = 65_536;
/// One unit of relative forward or total vol is `2^-32`.
pub const FORWARD_ONE: u64 = 1 << 32;
/// Most components of a slice.
pub const MAX_COMPONENTS: usize = 4;
/// A quoted strike's moneyness of one is `2^24`.
pub const TAIL_BITS: u32 = 24;
/// Least total vol a component may have, `2^-20`.
pub const MIN_TOTAL_VOL: u64 = 1 << 12;
/// Greatest total vol a component may have, 8 less one unit.
pub const MAX_TOTAL_VOL: u64 = (8 << 32) - 1;
/// Least weight of a component, 1/256.
pub const MIN_WEIGHT: u32 = 256;

/// One lognormal of a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Component {
    /// Probability in units of `2^-16`.
    pub weight: u32,
    /// Mean relative to the slice's forward, units of `2^-32`.
    pub forward: u64,
    /// Total vol (annual vol times the square root of the years left), units of `2^-32`.
    pub total_vol: u64,
}

/// An accepted slice: exact sums, ascending forwards, shape within the acceptance bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    components: Vec<Component>,
    atm_total_vol: u64,
}

/// Why a slice or a question to it was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SliceError {
    /// No component, or more than [`MAX_COMPONENTS`].
    #[error("E_SLICE_COUNT: a slice has 1 to 4 components, not {count}")]
    Count {
        /// Components given.
        count: usize,
    },
    /// A weight under 1/256.
    #[error("E_SLICE_WEIGHT: component {index} weighs less than 1/256")]
    Weight {
        /// Position of the component.
        index: usize,
    },
    /// Weights that do not sum to [`WEIGHT_ONE`].
    #[error("E_SLICE_WEIGHT_SUM: the weights must sum to 65536")]
    WeightSum,
    /// `sum weight * forward` is not exactly `2^48`.
    #[error("E_SLICE_FORWARD_SUM: weights times forwards must sum to 2^48")]
    ForwardSum,
    /// Forwards out of ascending order.
    #[error("E_SLICE_ORDER: component {index} has a lower forward than the one before")]
    Order {
        /// Position of the component.
        index: usize,
    },
    /// `|ln f|` above `min(4 v, ln 8)`.
    #[error("E_SLICE_FORWARD: component {index} lies too far from the forward")]
    Forward {
        /// Position of the component.
        index: usize,
    },
    /// A total vol outside `[0.2, 4] v` or outside the kernel's domain.
    #[error("E_SLICE_VOL: the total vol of component {index} is out of bounds")]
    TotalVol {
        /// Position of the component.
        index: usize,
    },
    /// Mean excess beyond the outermost quoted strike above `3 K v`.
    #[error("E_SLICE_TAIL: the tail beyond the outermost quoted strike is too heavy")]
    Tail,
    /// A forward, strike or share outside the stated domain.
    #[error("E_SLICE_DOMAIN: forward, strike or parameter outside the domain")]
    Domain,
    /// The Black kernel refused a component.
    #[error(transparent)]
    Black(#[from] BlackError),
}

impl Slice {
    /// Accepts a slice: exact sums, order, and the bounds that need nothing but the slice.
    ///
    /// # Errors
    /// [`SliceError`]: a broken condition. Count, weights and sums are tested before the components' places and
    /// vols, those component by component.
    pub fn new(components: Vec<Component>) -> Result<Self, SliceError> {
        check_sums(&components)?;
        let atm_total_vol = atm_total_vol(&components)?;
        check_shape(&components, atm_total_vol)?;
        Ok(Self {
            components,
            atm_total_vol,
        })
    }

    /// The components, ascending by forward.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// At-the-money total vol `v`: the Black total vol of the call struck at the forward, units of
    /// `2^-32`, where a bisection with the one-word kernel ends.
    #[must_use]
    pub const fn atm_total_vol(&self) -> u64 {
        self.atm_total_vol
    }

    /// Tests the tails at the outermost quoted strikes, given as moneyness in units of `2^-24`: the mean
    /// excess `call(k) / P(S > k)` above the highest and `put(k) / P(S < k)` below the lowest are at most
    /// `3 k v`.
    ///
    /// All rounding is against the slice, except where the probability beyond the strike is under
    /// `2^-20`: nothing is required there (whatever lies beyond is worth less than any tick).
    ///
    /// # Errors
    /// [`SliceError::Domain`] unless `0 < lowest <= highest`; [`SliceError::Tail`].
    pub fn check_tails(&self, quoted: [u32; 2]) -> Result<(), SliceError> {
        let [lowest, highest] = quoted;
        if lowest == 0 || lowest > highest {
            return Err(SliceError::Domain);
        }
        let mixture = mixture(&self.components)?;
        let bounds = |k: u32| {
            let moneyness = u64::from(k) << (grid::MONEYNESS_BITS - TAIL_BITS);
            mixture.bounds(&Strike::from_moneyness(moneyness))
        };
        // The masses of `mixture` may fall short of the slice's by 5 units in all, and so may the call.
        let top = bounds(highest);
        self.check_excess(top.call_hi.saturating_add(5), top.digital_lo, highest)?;
        let bottom = bounds(lowest);
        // put = call - 1 + k
        let put = bottom
            .call_hi
            .saturating_sub(grid::VALUE_ONE)
            .saturating_add(i64::from(lowest) << (grid::VALUE_BITS - TAIL_BITS))
            .saturating_add(5);
        let below = grid::VALUE_ONE.saturating_sub(bottom.digital_hi);
        self.check_excess(put, below, lowest)
    }

    /// `value <= 3 k v probability`; value and probability in `2^-40`, `k` in `2^-24`, `v` in `2^-32`.
    fn check_excess(&self, value: i64, probability: i64, k: u32) -> Result<(), SliceError> {
        if probability < grid::VALUE_ONE >> 20 {
            return Ok(());
        }
        let limit = i128::from(k)
            .saturating_mul(3)
            .saturating_mul(i128::from(self.atm_total_vol))
            .saturating_mul(i128::from(probability));
        if i128::from(value) << (TAIL_BITS + 32) > limit {
            return Err(SliceError::Tail);
        }
        Ok(())
    }

    /// Mean of the total vols by weight, units of `2^-32`, floored.
    #[must_use]
    pub fn mean_total_vol(&self) -> u64 {
        let sum = self.components.iter().fold(0_u64, |sum, c| {
            sum.saturating_add(u64::from(c.weight).saturating_mul(c.total_vol))
        });
        sum >> 16
    }
}

/// Count, weights, order and the two exact sums.
fn check_sums(components: &[Component]) -> Result<(), SliceError> {
    let count = components.len();
    if count == 0 || count > MAX_COMPONENTS {
        return Err(SliceError::Count { count });
    }
    let (mut weights, mut mean, mut last) = (0_u64, 0_u128, 0_u64);
    for (index, c) in components.iter().enumerate() {
        if c.weight < MIN_WEIGHT {
            return Err(SliceError::Weight { index });
        }
        weights = weights.saturating_add(u64::from(c.weight));
        let part = u128::from(c.weight).saturating_mul(u128::from(c.forward));
        mean = mean.saturating_add(part);
    }
    if weights != u64::from(WEIGHT_ONE) {
        return Err(SliceError::WeightSum);
    }
    if mean != 1 << 48 {
        return Err(SliceError::ForwardSum);
    }
    for (index, c) in components.iter().enumerate() {
        if c.forward < last {
            return Err(SliceError::Order { index });
        }
        last = c.forward;
        if c.forward < FORWARD_ONE / 8 || c.forward > FORWARD_ONE * 8 {
            return Err(SliceError::Forward { index });
        }
        if c.total_vol < MIN_TOTAL_VOL || c.total_vol > MAX_TOTAL_VOL {
            return Err(SliceError::TotalVol { index });
        }
    }
    Ok(())
}

/// `s_j` in `[v/5, 4 v]` and `|ln f_j| <= 4 v` (the bound ln 8 is checked with the sums).
fn check_shape(components: &[Component], v: u64) -> Result<(), SliceError> {
    let limit = i64::try_from(v.saturating_mul(4) << 12).unwrap_or(i64::MAX);
    let one = grid::ln(FORWARD_ONE);
    for (index, c) in components.iter().enumerate() {
        if grid::ln(c.forward).abs_diff(one) > limit.unsigned_abs() {
            return Err(SliceError::Forward { index });
        }
        if c.total_vol.saturating_mul(5) < v || c.total_vol > v.saturating_mul(4) {
            return Err(SliceError::TotalVol { index });
        }
    }
    Ok(())
}

/// Solves `2 Phi(v/2) - 1 = call(1)` by bisection on the integers of `2^-32`.
fn atm_total_vol(components: &[Component]) -> Result<u64, SliceError> {
    let mixture = mixture(components)?;
    let (call, _) = mixture.values(&Strike::from_moneyness(1 << grid::MONEYNESS_BITS));
    let (mut low, mut high) = (0_u64, MAX_TOTAL_VOL.saturating_mul(2));
    while high.saturating_sub(low) > 1 {
        let middle = low.midpoint(high);
        // v/2 in units of 2^-36 is 8 times v in units of 2^-32.
        let half = i64::try_from(middle << 3).map_err(|_| SliceError::Domain)?;
        let black = grid::norm_cdf(half)
            .saturating_mul(2)
            .saturating_sub(1 << 44);
        if black <= call << 4 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(low.max(1))
}

/// The slice in kernel form; its forward falls short of one by at most 5 units of `2^-40`.
fn mixture(components: &[Component]) -> Result<Mixture, SliceError> {
    let mut parts = [Part::default(); MAX_COMPONENTS];
    for (part, c) in parts.iter_mut().zip(components) {
        // w f in units of 2^-48, floored to 2^-40: each part loses under 2^-40 of the forward.
        let mass = u64::from(c.weight).saturating_mul(c.forward) >> 8;
        *part = Part {
            weight: c.weight,
            mass: i64::try_from(mass).map_err(|_| SliceError::Domain)?,
            vol: i64::try_from(c.total_vol << 4).map_err(|_| SliceError::Domain)?,
        };
    }
    let parts = parts.get(..components.len()).unwrap_or(&[]);
    Mixture::new(parts).map_err(|_| SliceError::Domain)
}
