//! What margin knows of an underlying: the decoded market record.

use fixed_math::Fx;
use pricing::slice::Slice;

/// Number of an underlying.
pub type UnderlyingId = u16;

/// A price known up to an interval, USD; `0 < low <= mid <= high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// Low edge.
    pub low: Fx,
    /// The price.
    pub mid: Fx,
    /// High edge.
    pub high: Fx,
}

/// By how much the scan is widened when realised vol is high, units of `2^-16`, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regime {
    /// Multiplier of the initial set; not below [`Self::maintenance`].
    pub initial: u32,
    /// Multiplier of the maintenance set.
    pub maintenance: u32,
}

impl Regime {
    /// No widening.
    pub const CALM: Self = Self {
        initial: crate::WEIGHT_ONE,
        maintenance: crate::WEIGHT_ONE,
    };
}

/// Forward, discount and slice of one expiry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiryState {
    /// Expiry in unix minutes.
    pub expiry: u32,
    /// Forward price, USD.
    pub forward: Fx,
    /// Discount factor in (0, 1]; a multiple of `2^-32` (finer bits are cut off).
    pub discount: Fx,
    /// The accepted slice.
    pub slice: Slice,
    /// Relative half width of the published vol, units of `2^-16`: widens the initial set.
    pub confidence: u32,
}

/// How far the fixing of one expiry has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixingStage {
    /// Inside the fixing window, before the expiry.
    Window {
        /// Share of the average already observed, units of `2^-16`, at most one.
        passed: u32,
        /// Lowest, mean and highest of what was observed, USD; not read while `passed` is 0.
        observed: Band,
    },
    /// After the expiry: the hull of what the fixing ladder can still return.
    Pending {
        /// Low, middle and high of the hull.
        hull: Band,
    },
    /// Fixed.
    Final {
        /// The settlement price, USD.
        price: Fx,
    },
}

/// A fixing in progress or done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixingState {
    /// Expiry in unix minutes.
    pub expiry: u32,
    /// How far it is.
    pub stage: FixingStage,
}

/// The market record of one underlying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderlyingState {
    /// The underlying.
    pub underlying: UnderlyingId,
    /// Strictly rising number of the record.
    pub sequence: u64,
    /// When its prices were published, unix seconds.
    pub publish_time: u64,
    /// Since when it has been live without a gap of five minutes, unix seconds.
    pub live_since: u64,
    /// Spot price band.
    pub spot: Band,
    /// The slow price that jumps are judged by, USD.
    pub slow: Fx,
    /// Widening of the scan.
    pub regime: Regime,
    /// Expiries with a slice, ascending.
    pub expiries: Vec<ExpiryState>,
    /// Fixings in progress or done, in any order.
    pub fixings: Vec<FixingState>,
}
