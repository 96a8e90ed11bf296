//! One expiry of a book under the pricings of its underlying.

use fixed_math::Fx;
use pricing::payoff::{BookLeg, lowest_payoff};
use pricing::shock::{FACTOR_ONE, Mix, PreparedSlice, Shock, ShockedSlice, Window, theta_factor};

use crate::fine::{self, Factor};
use crate::net::{Group, Side, Sums};
use crate::pin::Pin;
use crate::profile::BPS_WIDE;
use crate::scenario::{SPOT_ONE, Scenario, Shape};
use crate::smile::{SmileChoice, bump_mix, side_mix};
use crate::window::Range;
use crate::{Leg, Profile, RiskError, VolMove};

/// Settlement coins of one underlying's legs: slot 0 is the quote coin, 1 to 3 inverse coins.
pub(crate) const SLOTS: usize = 4;

/// Fine USD value per settlement slot.
pub(crate) type Slots = [i128; SLOTS];

/// Sum by slot.
pub(crate) fn add_slots(a: &Slots, b: &Slots) -> Slots {
    let mut sum = *a;
    for (x, y) in sum.iter_mut().zip(b) {
        *x = fine::add(*x, *y);
    }
    sum
}

/// Vol factors of one expiry, units of `2^-24`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Factors {
    /// Scan down and up.
    pub down: u32,
    pub up: u32,
    /// Theta row.
    pub theta: u32,
    /// Relative half width of the published vol, units of `2^-16`.
    pub confidence: u32,
}

/// A group and its slot.
#[derive(Clone, Debug)]
pub(crate) struct Slotted {
    /// Its first leg; its only one when legs are grouped apart.
    pub first: Leg,
    pub group: Group,
    pub slot: usize,
    /// Inverse groups are worth spot over forward times their USD payoff.
    pub inverse: bool,
}

impl Slotted {
    /// Its payoff at a settlement price, with the coin at a spot factor.
    pub(crate) fn settled(&self, price: i64, spot: u64) -> i128 {
        let value = self.group.value(&self.group.sums_certain(price));
        if self.inverse {
            quanto(value, spot, price)
        } else {
            value
        }
    }

    /// Its payoff in a pin.
    pub(crate) fn settled_at(&self, pin: &Pin) -> i128 {
        let at = |forward| self.group.value(&self.group.sums_certain(forward));
        match pin.coin {
            Some(coin) if self.inverse => fine::mul_shift(at(coin.forward), coin.rate, 40),
            _ => at(pin.forward),
        }
    }
}

/// Legs of one unexpired expiry.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub groups: Vec<Slotted>,
    /// The slice at this expiry and time.
    pub prepared: PreparedSlice,
    pub window: Option<Window>,
    /// Lowest and highest price that the window has observed.
    pub observed: Option<Range>,
    /// In the window: prices to both sides of each strike, ascending, and what it pays there.
    pub bends: Vec<(i64, Slots)>,
    pub factors: Factors,
    /// Fine USD below which no pricing can bring a slot: discount times the lowest payoff.
    pub floors: [Option<Floor>; SLOTS],
    pub smile: Smile,
    /// Weight of the payoff in a pin, basis points.
    pub pin_share: u32,
}

/// Sizes of the smile choices for one expiry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Smile {
    /// Exponent changes, units of `2^-24`.
    pub skew: u32,
    pub curvature: u32,
    /// Share of the scan's vol shock, basis points.
    pub share: u32,
    /// Relative move of the forward, units of `2^-32`.
    pub forward: u64,
    /// Whether the components' forwards differ enough for a skew power to act.
    pub dispersed: bool,
}

/// The exact lowest payoff of a slot, discounted, fine USD at the unmoved spot price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Floor {
    pub value: i128,
    /// Counted in a coin, whose price moves with spot.
    pub coin: bool,
}

impl Live {
    /// When it expires, unix minutes.
    pub(crate) fn expiry(&self) -> Option<u32> {
        self.groups.first().map(|part| part.first.key.expiry)
    }

    /// Values per slot under a shock; `spot` is the coin's price over the unmoved one, units of `2^-32`.
    #[inline(never)] // The VM allows 100 locals a function.
    pub(crate) fn value(&self, shock: &Shock, spot: u64, side: Side) -> Result<Slots, RiskError> {
        let slice = self.shocked(shock)?;
        let sums = |group: &Group| group.sums(&slice, side);
        Ok(self.priced(sums, spot, slice.forward()))
    }

    /// The slice under a shock, its window applied.
    pub(crate) fn shocked(&self, shock: &Shock) -> Result<ShockedSlice, RiskError> {
        let full = Shock {
            window: self.window,
            ..*shock
        };
        self.prepared.shocked(&full).map_err(|_| RiskError::Pricing)
    }

    /// Values when everything pays at a price of zero (in the window: at what is fixed already).
    pub(crate) fn zero(&self) -> Slots {
        let fixed = self.fixed();
        self.priced(|group| group.sums_certain(fixed), 0, fixed)
    }

    /// The forward at a spot factor, both over the unmoved ones, units of `2^-40`.
    pub(crate) fn forward_at(&self, spot: u64) -> i64 {
        self.fixed().saturating_add(self.moving(spot))
    }

    /// Payoffs in a pin.
    pub(crate) fn settled_at(&self, pin: &Pin) -> Slots {
        self.settled_by(|part| part.settled_at(pin))
    }

    pub(crate) fn settled_by(&self, value: impl Fn(&Slotted) -> i128) -> Slots {
        let mut total = [0; SLOTS];
        for part in &self.groups {
            add_to_slot(&mut total, part.slot, value(part));
        }
        // The forward is a strike to 2^-36 only. The bound of an inverse book is coarser than that: whole coin units.
        if let ([quote, ..], [Some(floor), ..]) = (&mut total, &self.floors) {
            *quote = (*quote).max(floor.value);
        }
        total
    }

    /// Slope at infinity per slot, in units of the live forward.
    pub(crate) fn slope(&self) -> Slots {
        let live = self.moving(SPOT_ONE);
        let mut total = [0; SLOTS];
        for part in &self.groups {
            let value = part.group.value(&part.group.sums_slope(live));
            add_to_slot(&mut total, part.slot, value);
        }
        total
    }

    /// What is fixed already over the forward, units of `2^-40`.
    fn fixed(&self) -> i64 {
        self.window.map_or(0, |window| window.fixed())
    }

    /// What of the forward still moves, at a spot factor, units of `2^-40`.
    pub(crate) fn moving(&self, spot: u64) -> i64 {
        self.window
            .map_or(spot_units(spot), |window| window.moving(spot))
    }

    /// Applies sums to all groups, then the floors.
    fn priced(&self, sums: impl Fn(&Group) -> Sums, spot: u64, forward: i64) -> Slots {
        let mut total = [0; SLOTS];
        for part in &self.groups {
            add_to_slot(&mut total, part.slot, self.part(part, &sums, spot, forward));
        }
        for (value, floor) in total.iter_mut().zip(&self.floors) {
            if let Some(floor) = floor {
                let least = if floor.coin {
                    moved_price(floor.value, spot)
                } else {
                    floor.value
                };
                *value = (*value).max(least);
            }
        }
        total
    }

    /// One group's value.
    fn part(
        &self,
        part: &Slotted,
        sums: &impl Fn(&Group) -> Sums,
        spot: u64,
        forward: i64,
    ) -> i128 {
        let value = part.group.value(&sums(&part.group));
        if part.inverse && forward != spot_units(spot) {
            quanto(value, spot, forward)
        } else {
            value
        }
    }

    /// Value of every group by itself under a shock.
    pub(crate) fn each(
        &self,
        shock: &Shock,
        spot: u64,
        side: Side,
    ) -> Result<Vec<i128>, RiskError> {
        let slice = self.shocked(shock)?;
        let sums = |group: &Group| group.sums(&slice, side);
        let value = |part| self.part(part, &sums, spot, slice.forward());
        Ok(self.groups.iter().map(value).collect())
    }

    /// Value of every group by itself at a price of zero.
    pub(crate) fn each_zero(&self) -> Vec<i128> {
        let fixed = self.fixed();
        let sums = |group: &Group| group.sums_certain(fixed);
        let value = |part| self.part(part, &sums, 0, fixed);
        self.groups.iter().map(value).collect()
    }

    /// Slope at infinity of every group by itself, in units of the live forward.
    pub(crate) fn each_slope(&self) -> Vec<i128> {
        let live = self.moving(SPOT_ONE);
        let value = |part: &Slotted| part.group.value(&part.group.sums_slope(live));
        self.groups.iter().map(value).collect()
    }

    /// The shock of a scenario, for those that are one shock for every expiry.
    pub(crate) fn shock(&self, scenario: &Scenario) -> Shock {
        let one = |vol: VolMove| match vol {
            VolMove::Down => self.factors.down,
            VolMove::Flat => FACTOR_ONE,
            VolMove::Up => self.factors.up,
        };
        let vol = match scenario.shape {
            Shape::Theta => self.factors.theta,
            Shape::Confidence => {
                let factor = one(scenario.id.vol);
                confident(self.factors.confidence, factor, scenario.id.vol)
            }
            Shape::Moved
            | Shape::Damped(_)
            | Shape::Zero(_)
            | Shape::Infinity(_)
            | Shape::Smile => widened(one(scenario.id.vol), scenario.widen),
        };
        Shock::scan(scenario.spot, vol)
    }

    /// The shock of a smile choice at a spot factor, which only the forward choices' own factor differs from.
    pub(crate) fn choice(&self, choice: SmileChoice, spot: u64) -> Shock {
        let part = |factor: u32| share_of(factor, self.smile.share);
        let plain = Shock::scan(spot, FACTOR_ONE);
        let above = FACTOR_ONE.saturating_add(self.smile.skew);
        let below = FACTOR_ONE.saturating_sub(self.smile.skew);
        let bent = |curvature| Shock { curvature, ..plain };
        let at = |forward: u64| Shock::scan(forward, FACTOR_ONE);
        let apart = spot.saturating_mul(self.smile.forward) >> 32;
        let mixed = |mix| Shock {
            mix: Some(mix),
            ..plain
        };
        let skewed = |skew: u32, side: Mix| {
            if self.smile.dispersed {
                Shock { skew, ..plain }
            } else {
                mixed(side)
            }
        };
        match choice {
            SmileChoice::Mark => plain,
            SmileChoice::VolUp => Shock::scan(spot, part(self.factors.up)),
            SmileChoice::VolDown => Shock::scan(spot, part(self.factors.down)),
            SmileChoice::SkewUp => skewed(above, side_mix(1)),
            SmileChoice::SkewDown => skewed(below, side_mix(-1)),
            SmileChoice::CurvatureUp => bent(FACTOR_ONE.saturating_add(self.smile.curvature)),
            SmileChoice::CurvatureDown => bent(FACTOR_ONE.saturating_sub(self.smile.curvature)),
            SmileChoice::ForwardUp => at(spot.saturating_add(apart)),
            SmileChoice::ForwardDown => at(spot.saturating_sub(apart)),
            SmileChoice::Bump(vols) => mixed(bump_mix(vols, self.prepared.atm_total_vol())),
        }
    }
}

/// Where the forward does not move with spot (its choices, the fixing window) a coin is worth `spot / forward` of the
/// pricing, not of the mark.
pub(crate) fn quanto(value: i128, spot: u64, forward: i64) -> i128 {
    let forward = u128::from(forward.unsigned_abs()).max(1);
    let ratio = (u128::from(spot) << 48).checked_div(forward).unwrap_or(0);
    fine::mul_shift(value, u64::try_from(ratio).unwrap_or(u64::MAX), 40)
}

/// A spot factor as a forward over the unshocked one, units of `2^-40`.
pub(crate) fn spot_units(spot: u64) -> i64 {
    i64::try_from(spot << 8).unwrap_or(i64::MAX)
}

/// A fine amount at a moved spot price.
pub(crate) fn moved_price(value: i128, spot: u64) -> i128 {
    if spot == SPOT_ONE {
        return value;
    }
    fine::mul_shift(value, spot, 32)
}

fn add_to_slot(total: &mut Slots, slot: usize, value: i128) {
    if let Some(entry) = total.get_mut(slot) {
        *entry = fine::add(*entry, value);
    }
}

/// Basis points to units of `2^-24`.
pub(crate) fn factor(bps: u32) -> u32 {
    let wide = (u64::from(bps) << 24) / BPS_WIDE;
    u32::try_from(wide).unwrap_or(u32::MAX)
}

fn factor_product(a: u32, b: u32) -> u32 {
    let product = (u64::from(a).saturating_mul(u64::from(b))) >> 24;
    u32::try_from(product).unwrap_or(u32::MAX)
}

/// `1 + share (factor - 1)` for a share in basis points.
fn share_of(factor: u32, share: u32) -> u32 {
    scale_distance(factor, u64::from(share), BPS_WIDE)
}

/// `1 + multiplier (factor - 1)`, a factor below one never under a tenth of itself.
fn widened(factor: u32, multiplier: u32) -> u32 {
    if multiplier == crate::WEIGHT_ONE {
        return factor;
    }
    let wide = scale_distance(factor, u64::from(multiplier), 1 << 16);
    wide.max(factor / 10)
}

fn scale_distance(factor: u32, numerator: u64, denominator: u64) -> u32 {
    let distance = u64::from(factor.abs_diff(FACTOR_ONE));
    let scaled = distance
        .saturating_mul(numerator)
        .checked_div(denominator)
        .unwrap_or(0);
    let scaled = u32::try_from(scaled).unwrap_or(u32::MAX);
    if factor >= FACTOR_ONE {
        FACTOR_ONE.saturating_add(scaled)
    } else {
        FACTOR_ONE.saturating_sub(scaled)
    }
}

/// A vol factor moved further by the published half width, the way it goes.
fn confident(confidence: u32, factor: u32, vol: VolMove) -> u32 {
    let half = confidence.min(crate::WEIGHT_ONE) << 8;
    let other = match vol {
        VolMove::Down => FACTOR_ONE.saturating_sub(half),
        VolMove::Flat | VolMove::Up => FACTOR_ONE.saturating_add(half),
    };
    factor_product(factor, other)
}

/// Vol factors of an expiry `left` seconds away.
pub(crate) fn factors(profile: &Profile, left: u64, confidence: u32) -> Factors {
    let (down, up) = profile.vol_factors(left);
    Factors {
        down: factor(down),
        up: factor(up),
        theta: theta_factor(left, u64::from(profile.theta_seconds)),
        confidence,
    }
}

/// The floor of one slot from its legs in settlement terms; `price`: fine USD per base unit of an
/// inverse coin.
pub(crate) fn floor(
    legs: &[BookLeg],
    discount: u64,
    price: Option<Factor>,
) -> Result<Option<Floor>, RiskError> {
    let Some(low) = lowest_payoff(legs)? else {
        return Ok(None);
    };
    // A coin's base units may be far finer than the quote coin's: they are priced before anything is clamped.
    let value = match price {
        None => fine::discounted(low, discount),
        Some(price) => fine::mul_shift(price.apply(low, 0), discount, 32),
    };
    Ok(Some(Floor {
        value,
        coin: price.is_some(),
    }))
}

/// A price as a share of a forward, units of `2^-32`, at most 7.
pub(crate) fn over_forward(price: Fx, forward: Fx) -> u64 {
    let ratio = price.checked_div(forward).unwrap_or(Fx::from_num(7));
    let bits = ratio.clamp(Fx::ZERO, Fx::from_num(7)).to_bits() >> 32;
    u64::try_from(bits).unwrap_or(0)
}
