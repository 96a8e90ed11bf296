//! The scenario set of one underlying: profile, market record and level made into a list.

use crate::assess::{Level, PricingId, Row, VolMove};
use crate::profile::BPS_WIDE;
use crate::{BPS_ONE, Profile, RiskError, UnderlyingState, WEIGHT_ONE};

/// A spot factor of one.
pub(crate) const SPOT_ONE: u64 = 1 << 32;
/// Least and greatest spot factor of any pricing.
pub(crate) const SPOT_LEAST: u64 = SPOT_ONE / 100;
pub(crate) const SPOT_GREATEST: u64 = 7 * SPOT_ONE;

/// How a pricing follows from its moved one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Every slice moved by spot and vol.
    Moved,
    /// `(1 - share) mark + share moved`.
    Damped(u32),
    /// `(1 - share) mark + share (payoff at zero)`.
    Zero(u32),
    /// Mark plus a share of the slope at infinity.
    Infinity(u32),
    /// Per expiry the lowest of the smile choices, spot moved.
    Smile,
    /// Time passes, spot and vol stay.
    Theta,
    /// Vol widened by the published confidence.
    Confidence,
}

/// What a value is made of in the pricings of an underlying.
pub(crate) trait Points {
    type Value;

    /// Spot, vols and time moved.
    fn moved(&self) -> Result<Self::Value, RiskError>;

    /// Everything pays at a price of zero.
    fn zero(&self) -> Result<Self::Value, RiskError>;

    /// The mark plus a share of the slope at infinity.
    fn infinity(&self, share: u32) -> Result<Self::Value, RiskError>;

    /// Spot moved, each expiry in the smile choice that is lowest there.
    fn smile(&self) -> Result<Self::Value, RiskError>;

    /// `(1 - share) mark + share value`.
    fn damped(&self, value: Self::Value, share: u32) -> Result<Self::Value, RiskError>;
}

impl Shape {
    /// The value under this shape. The one place that says how it follows from its points.
    #[inline(always)]
    pub(crate) fn value<P: Points>(self, points: &P) -> Result<P::Value, RiskError> {
        match self {
            Self::Moved | Self::Theta | Self::Confidence => points.moved(),
            Self::Damped(share) => points.damped(points.moved()?, share),
            Self::Zero(share) => points.damped(points.zero()?, share),
            Self::Infinity(share) => points.infinity(share),
            Self::Smile => points.smile(),
        }
    }
}

/// One pricing of one underlying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scenario {
    /// Its name.
    pub id: PricingId,
    /// `1 + x`, units of `2^-32`.
    pub spot: u64,
    /// How it is computed.
    pub shape: Shape,
    /// Vol factors are raised to this multiple of their distance from one, units of `2^-16`.
    pub widen: u32,
}

impl Scenario {
    /// Weight of the moves in it, basis points; the rest is the mark. A tail's weight is its own: it is no part of this.
    pub(crate) const fn led(&self) -> u32 {
        match (self.id.row, self.shape) {
            (Row::LastDay, Shape::Damped(share)) => share,
            _ => BPS_ONE,
        }
    }

    /// The mark.
    pub(crate) const MARK: Self = Self {
        id: PricingId::MARK,
        spot: SPOT_ONE,
        shape: Shape::Moved,
        widen: WEIGHT_ONE,
    };

    /// Every vol rises, spot stays.
    pub(crate) const VOL_UP: Self = Self {
        id: PricingId {
            vol: VolMove::Up,
            row: Row::Scan,
            ..PricingId::MARK
        },
        ..Self::MARK
    };
}

/// The set of a level, the mark first. `vols`: at-the-money total vols (units of `2^-32`) of the market's expiries.
pub(crate) fn scenarios(
    profile: &Profile,
    state: &UnderlyingState,
    level: Level,
    vols: &[u64],
) -> Vec<Scenario> {
    let mut set = Set {
        list: Vec::with_capacity(96),
        widen: WEIGHT_ONE,
    };
    set.push(Row::Mark, SPOT_ONE, VolMove::Flat, Shape::Moved);
    scan(&mut set, profile, WEIGHT_ONE, Row::Scan);
    for tail in &profile.tails {
        let spot = moved(tail.spot_move);
        set.push(Row::Tail, spot, VolMove::Flat, Shape::Damped(tail.share));
    }
    let flat = VolMove::Flat;
    set.push(Row::Zero, SPOT_ONE, flat, Shape::Zero(profile.zero_share));
    let slope = Shape::Infinity(profile.infinity_share);
    set.push(Row::Infinity, SPOT_ONE, flat, slope);
    for x in &profile.smile_moves {
        set.push(Row::Smile, moved(*x), flat, Shape::Smile);
    }
    set.push(Row::Theta, SPOT_ONE, flat, Shape::Theta);
    last_day(&mut set, profile, vols);
    regime(&mut set, profile, state, level);
    if level == Level::Initial {
        band(&mut set, profile, state);
        for vol in [VolMove::Down, VolMove::Up] {
            set.push(Row::Confidence, SPOT_ONE, vol, Shape::Confidence);
        }
    }
    set.list
}

struct Set {
    list: Vec<Scenario>,
    /// Given to every pricing pushed.
    widen: u32,
}

impl Set {
    fn push(&mut self, row: Row, spot: u64, vol: VolMove, shape: Shape) {
        let spot = spot.clamp(SPOT_LEAST, SPOT_GREATEST);
        let spot_move = match shape {
            Shape::Zero(_) => -10_000,
            _ => to_bps(spot),
        };
        let id = PricingId {
            row,
            spot_move,
            vol,
        };
        self.list.push(Scenario {
            id,
            spot,
            shape,
            widen: self.widen,
        });
    }
}

/// `1 + x` for basis points, units of `2^-32`, rounded down.
pub(crate) fn moved(bps: i32) -> u64 {
    let total = i64::from(BPS_ONE)
        .saturating_add(i64::from(bps))
        .max(0)
        .unsigned_abs();
    (total << 32) / BPS_WIDE
}

/// A spot factor as basis points of move, to nearest.
pub(crate) fn to_bps(spot: u64) -> i32 {
    let scaled = spot
        .saturating_mul(u64::from(BPS_ONE))
        .saturating_add(SPOT_ONE / 2)
        >> 32;
    let move_bps = i64::try_from(scaled)
        .unwrap_or(i64::MAX)
        .saturating_sub(i64::from(BPS_ONE));
    i32::try_from(move_bps).unwrap_or(i32::MAX)
}

fn scan(set: &mut Set, profile: &Profile, multiplier: u32, row: Row) {
    set.widen = multiplier;
    for x in &profile.spot_moves {
        let wide = i64::from(*x)
            .saturating_mul(i64::from(multiplier))
            .div_euclid(i64::from(WEIGHT_ONE));
        let spot = moved(i32::try_from(wide).unwrap_or(i32::MAX));
        for vol in [VolMove::Down, VolMove::Flat, VolMove::Up] {
            let mark = row == Row::Scan && *x == 0 && vol == VolMove::Flat;
            if !mark {
                set.push(row, spot, vol, Shape::Moved);
            }
        }
    }
    set.widen = WEIGHT_ONE;
}

/// Points of the size that an expiry's own vol makes likely. They fill the gaps between the moves of the scan, so they fade as
/// that vol outgrows the widest gap: no margin jumps when time passes or another expiry goes.
fn last_day(set: &mut Set, profile: &Profile, vols: &[u64]) {
    let widest = profile.spot_moves.last().copied().unwrap_or(0);
    let limit = moved(widest).saturating_sub(SPOT_ONE);
    for v in vols {
        let shape = match last_day_share(profile, *v) {
            0 => continue,
            BPS_ONE => Shape::Moved,
            share => Shape::Damped(share),
        };
        for multiple in &profile.gamma_vols {
            let size = v.saturating_mul(u64::from(*multiple)) / BPS_WIDE;
            let size = size.min(limit);
            if size == 0 {
                continue;
            }
            for spot in [SPOT_ONE.saturating_sub(size), SPOT_ONE.saturating_add(size)] {
                for vol in [VolMove::Down, VolMove::Flat] {
                    set.push(Row::LastDay, spot, vol, shape);
                }
            }
        }
    }
}

/// Weight of an expiry's own points, basis points: one while its vol is within the scan's widest gap, none from one and a half.
fn last_day_share(profile: &Profile, v: u64) -> u32 {
    let gaps = profile.spot_moves.windows(2).filter_map(|pair| match pair {
        [a, b] => Some(moved(*b).saturating_sub(moved(*a))),
        _ => None,
    });
    let gap = gaps.max().unwrap_or(0);
    let rest = gap.saturating_mul(3).saturating_sub(v.saturating_mul(2));
    let share = rest.saturating_mul(BPS_WIDE).checked_div(gap).unwrap_or(0);
    u32::try_from(share).unwrap_or(BPS_ONE).min(BPS_ONE)
}

fn regime(set: &mut Set, profile: &Profile, state: &UnderlyingState, level: Level) {
    let clip = |multiplier: u32| multiplier.clamp(WEIGHT_ONE, WEIGHT_ONE.saturating_mul(4));
    let maintenance = clip(state.regime.maintenance);
    let initial = clip(state.regime.initial);
    if maintenance > WEIGHT_ONE {
        scan(set, profile, maintenance, Row::Regime);
    }
    if level == Level::Initial && initial > WEIGHT_ONE && initial != maintenance {
        scan(set, profile, initial, Row::RegimeInitial);
    }
}

/// `x = +-(end of the scan + half the band)`: half of `(high - low) / mid`.
fn band(set: &mut Set, profile: &Profile, state: &UnderlyingState) {
    let width = state
        .spot
        .high
        .saturating_sub(state.spot.low)
        .max(fixed_math::Fx::ZERO);
    let relative = width
        .checked_div(state.spot.mid)
        .unwrap_or(fixed_math::Fx::ZERO);
    let half = u64::try_from(relative.to_bits() >> 33)
        .unwrap_or(u64::MAX)
        .min(SPOT_ONE);
    let first = profile.spot_moves.first().copied().unwrap_or(0);
    let last = profile.spot_moves.last().copied().unwrap_or(0);
    let spots = [
        moved(first).saturating_sub(half),
        moved(last).saturating_add(half),
    ];
    for spot in spots {
        for vol in [VolMove::Down, VolMove::Flat, VolMove::Up] {
            set.push(Row::Band, spot, vol, Shape::Moved);
        }
    }
}
