//! Legs of one market and expiry, netted strike by strike.
//!
//! A put is a call less a forward plus cash; so of all options of one strike only the net quantity
//! meets the kernel, and of that only the out-of-the-money value: the intrinsic rest is forward and
//! cash, exact. Digital puts are cash less digital calls. A box, a conversion and every other static
//! replication therefore has the same integer value in every pricing.

use fixed_math::{Fx, Product, Proved};
use pricing::payoff::{Kind, Payoff, Style, Terms};
use pricing::shock::{ShockedSlice, StrikePoint};

use crate::fine::{self, Factor};
use crate::{Leg, MarketTerms, RiskError};

/// Fraction bits of values relative to the forward.
const VALUE_BITS: u32 = pricing::shock::VALUE_BITS;
/// Sums of absolute quantities below this are accumulated in one word.
const NARROW_QUANTITY: u64 = 1 << 19;

/// Which bound of each unit value is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Against the holder: longs at the lower, shorts at the upper bound.
    Against,
    /// The other way round.
    For,
}

/// What a group is counted by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    /// Forward of the expiry, USD.
    pub forward: Fx,
    /// Spot price, USD.
    pub spot: Fx,
    /// Discount factor, units of `2^-32`.
    pub discount: u64,
}

/// Net options and digitals of one strike.
#[derive(Clone, Debug)]
struct NetStrike {
    point: StrikePoint,
    /// Calls plus puts.
    options: i64,
    /// Digital calls less digital puts.
    digitals: i64,
    /// Options of this and all lower strikes.
    below: i64,
    /// Options of this and all lower strikes, each times its strike in cash units.
    below_cash: i128,
    /// Digitals of this and all lower strikes.
    below_digitals: i64,
}

/// A group as a linear function of one pricing's forward, one discount unit and the options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    /// Quantity times value relative to the forward, `VALUE_BITS` fraction bits.
    relative: i128,
    /// Cash units: quote base units (linear) or steps of the strike grid (inverse).
    cash: i128,
    /// Quantity times digital probability, `VALUE_BITS` fraction bits.
    digital: i128,
}

/// Netted legs of one market and expiry.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    style: Style,
    strikes: Vec<NetStrike>,
    /// Forwards held: futures less puts, and calls struck at zero.
    forward: i64,
    /// Cash held, less reference prices: strikes of puts, and in linear markets payouts of digital puts.
    cash: i128,
    /// Inverse: certain digital payouts held.
    certain: i64,
    /// Fine money per quantity unit of one forward.
    price: Factor,
    /// Discount, units of `2^-32`.
    discount: u64,
    /// Fine money per certain digital payout.
    payout: Factor,
    /// Inverse: fine money per step of the strike grid.
    step: Factor,
    /// Sums of quantity times value fit one word.
    narrow: bool,
}

/// The strike of legs that are netted.
#[derive(Clone, Copy)]
struct Strike {
    price: Fx,
    /// The price in cash units.
    cash: i128,
    /// What a digital pays, cash units.
    payout: i128,
}

/// Net quantities of one strike count, before the strike is priced.
#[derive(Clone, Copy, Default)]
struct Tally {
    calls: i64,
    puts: i64,
    digital_calls: i64,
    digital_puts: i64,
    futures: i64,
}

impl Group {
    /// Nets legs of one market and expiry, sorted by strike.
    pub(crate) fn new(
        legs: &[Leg],
        market: &MarketTerms,
        unit: u64,
        scale: &Scale,
    ) -> Result<Self, RiskError> {
        let payout = payout_units(market, unit)?;
        let mut group = Self::empty(market, unit, payout, scale);
        group.strikes.reserve(legs.len());
        let payout = i128::try_from(payout).unwrap_or(i128::MAX);
        for same in legs.chunk_by(|a, b| a.key.strike == b.key.strike) {
            let Some(count) = same.first().map(|leg| leg.key.strike) else {
                continue;
            };
            let price = market.strike(count)?;
            let cash = match market.style {
                Style::Linear => strike_units(price, unit)?,
                Style::Inverse => i128::from(count),
            };
            let strike = Strike {
                price,
                cash,
                payout,
            };
            group.push(&tally(same), strike, scale)?;
        }
        group.accumulate();
        Ok(group)
    }

    /// No legs yet; `payout` of a digital in quote base units.
    fn empty(market: &MarketTerms, unit: u64, payout: u128, scale: &Scale) -> Self {
        let of = |price: Fx| {
            let money = Factor::price(price).times(unit).times(scale.discount);
            money.scaled(-32)
        };
        // An inverse dollar is counted in coin at the expiry's forward, and that at the spot price.
        let spot = of(scale.spot);
        let inverse = |price: Fx| {
            spot.by(Factor::price(price))
                .per(Factor::price(scale.forward))
        };
        let linear = market.style == Style::Linear;
        Self {
            style: market.style,
            strikes: Vec::new(),
            forward: 0,
            cash: 0,
            certain: 0,
            price: if linear { of(scale.forward) } else { spot },
            discount: scale.discount,
            payout: if linear {
                Factor::integer(payout).times(scale.discount).scaled(-32)
            } else {
                inverse(market.digital_payout)
            },
            step: inverse(market.strike_step),
            narrow: true,
        }
    }

    /// Adds one strike.
    fn push(&mut self, tally: &Tally, strike: Strike, scale: &Scale) -> Result<(), RiskError> {
        let Strike {
            price,
            cash,
            payout,
        } = strike;
        let times = |quantity: i64, by: i128| i128::from(quantity).saturating_mul(by);
        let mut options = tally.calls.saturating_add(tally.puts);
        let mut digitals = tally.digital_calls.saturating_sub(tally.digital_puts);
        let mut certain = tally.digital_puts;
        self.forward = self
            .forward
            .saturating_add(tally.futures)
            .saturating_sub(tally.puts);
        self.cash = self
            .cash
            .saturating_add(times(tally.puts.saturating_sub(tally.futures), cash));
        if price == Fx::ZERO {
            // A call struck at zero is the forward, a digital call is cash.
            self.forward = self.forward.saturating_add(options);
            certain = certain.saturating_add(digitals);
            (options, digitals) = (0, 0);
        }
        if self.style == Style::Linear {
            self.cash = self.cash.saturating_add(times(certain, payout));
        } else {
            self.certain = self.certain.saturating_add(certain);
        }
        if options == 0 && digitals == 0 {
            return Ok(());
        }
        let point = StrikePoint::new(price, scale.forward).map_err(|_| RiskError::Pricing)?;
        self.strikes.push(NetStrike {
            point,
            options,
            digitals,
            below: options,
            below_cash: times(options, cash),
            below_digitals: digitals,
        });
        Ok(())
    }

    /// Turns per-strike numbers into running sums.
    fn accumulate(&mut self) {
        let (mut below, mut cash, mut digitals, mut gross) = (0_i64, 0_i128, 0_i64, 0_u64);
        for strike in &mut self.strikes {
            below = below.saturating_add(strike.below);
            cash = cash.saturating_add(strike.below_cash);
            digitals = digitals.saturating_add(strike.below_digitals);
            gross = gross
                .saturating_add(strike.options.unsigned_abs())
                .saturating_add(strike.digitals.unsigned_abs());
            strike.below = below;
            strike.below_cash = cash;
            strike.below_digitals = digitals;
        }
        self.narrow = gross < NARROW_QUANTITY;
    }

    /// The group under one pricing of its expiry.
    #[inline(never)] // The VM allows 100 locals a function.
    pub(crate) fn sums(&self, slice: &ShockedSlice, side: Side) -> Sums {
        let forward = slice.forward();
        let (mut options, mut digitals) =
            (Accumulator::new(self.narrow), Accumulator::new(self.narrow));
        let mut within: Option<&NetStrike> = None;
        for strike in &self.strikes {
            let bounds = slice.bounds(&strike.point);
            // Units of 2^-40, at most 2^48.
            let intrinsic = forward.minus(strike.point.moneyness() << 4);
            if intrinsic > 0 {
                within = Some(strike);
            }
            let held = intrinsic.max(0);
            let low = bounds.call_lo.minus(held).max(0);
            let high = bounds.call_hi.minus(held).max(low);
            let upper = (strike.options < 0) == (side == Side::Against);
            options.add(strike.options, if upper { high } else { low });
            let upper = (strike.digitals < 0) == (side == Side::Against);
            let chance = if upper {
                bounds.digital_hi
            } else {
                bounds.digital_lo
            };
            digitals.add(strike.digitals, chance);
        }
        let mut sums = self.intrinsic(forward, within);
        sums.relative = sums.relative.saturating_add(options.total());
        sums.digital = sums.digital.saturating_add(digitals.total());
        sums
    }

    /// The group when the settlement price is certain: `forward` relative to the unshocked one.
    pub(crate) fn sums_certain(&self, forward: i64) -> Sums {
        let reached = self
            .strikes
            .partition_point(|strike| strike.point.moneyness() << 4 <= forward);
        let within = reached
            .checked_sub(1)
            .and_then(|last| self.strikes.get(last));
        let mut sums = self.intrinsic(forward, within);
        let ones = within.map_or(0, |strike| strike.below_digitals);
        sums.digital = sums.digital.saturating_add(i128::from(ones) << VALUE_BITS);
        sums
    }

    /// Where the payoff bends or jumps, over the unshocked forward, within 9 units of `2^-40`.
    pub(crate) fn add_kinks(&self, kinks: &mut Vec<i64>) {
        for strike in &self.strikes {
            kinks.push(strike.point.moneyness() << 4);
        }
    }

    /// Slope at infinity times `live` (relative to the unshocked forward).
    pub(crate) fn sums_slope(&self, live: i64) -> Sums {
        let options = self.strikes.last().map_or(0, |strike| strike.below);
        let slope = i128::from(self.forward.saturating_add(options));
        Sums {
            relative: slope.saturating_mul(i128::from(live)),
            ..Sums::default()
        }
    }

    fn intrinsic(&self, forward: i64, within: Option<&NetStrike>) -> Sums {
        let (options, cash) = within.map_or((0, 0), |strike| (strike.below, strike.below_cash));
        let held = i128::from(self.forward.saturating_add(options));
        Sums {
            relative: held.saturating_mul(i128::from(forward)),
            cash: self.cash.saturating_sub(cash),
            digital: i128::from(self.certain) << VALUE_BITS,
        }
    }

    /// The value of sums, fine money, each of three parts rounded down.
    pub(crate) fn value(&self, sums: &Sums) -> i128 {
        let options = self.price.apply(sums.relative, VALUE_BITS);
        let digitals = self.payout.apply(sums.digital, VALUE_BITS);
        let cash = match self.style {
            Style::Linear => fine::discounted(sums.cash, self.discount),
            Style::Inverse => self.step.apply(sums.cash, 0),
        };
        fine::add(fine::add(options, digitals), cash)
    }
}

/// A sum of quantity times value, in one word when the quantities are small.
enum Accumulator {
    Narrow(i64),
    Wide(i128),
}

impl Accumulator {
    const fn new(narrow: bool) -> Self {
        if narrow {
            Self::Narrow(0)
        } else {
            Self::Wide(0)
        }
    }

    /// Values are at most `2^43`, so that a narrow sum stays below `2^62`.
    #[inline]
    fn add(&mut self, quantity: i64, value: i64) {
        match self {
            Self::Narrow(sum) => *sum = sum.plus(quantity.times(value)),
            Self::Wide(sum) => {
                let product = i128::from(quantity).times(i128::from(value));
                *sum = sum.plus(product);
            }
        }
    }

    fn total(self) -> i128 {
        match self {
            Self::Narrow(sum) => i128::from(sum),
            Self::Wide(sum) => sum,
        }
    }
}

fn tally(legs: &[Leg]) -> Tally {
    let mut tally = Tally::default();
    for leg in legs {
        let slot = match leg.key.kind {
            Kind::Call => &mut tally.calls,
            Kind::Put => &mut tally.puts,
            Kind::DigitalCall => &mut tally.digital_calls,
            Kind::DigitalPut => &mut tally.digital_puts,
            Kind::Future => &mut tally.futures,
        };
        *slot = slot.saturating_add(leg.quantity);
    }
    tally
}

/// A linear settlement in units of `unit` quote base units per USD.
const fn linear(unit: u64) -> Terms {
    Terms {
        style: Style::Linear,
        multiplier: unit,
    }
}

/// A strike in quote base units per quantity unit.
pub(crate) fn strike_units(strike: Fx, unit: u64) -> Result<i128, RiskError> {
    Ok(linear(unit).strike_units(strike)?)
}

/// A digital's payout in quote base units per quantity unit, as settlement rounds it.
pub(crate) fn payout_units(market: &MarketTerms, unit: u64) -> Result<u128, RiskError> {
    let digital = Payoff {
        kind: Kind::DigitalCall,
        strike: Fx::ZERO,
        digital_payout: market.digital_payout,
    };
    let units = digital.per_unit(linear(unit), Fx::ONE)?;
    Ok(units.unsigned_abs())
}
