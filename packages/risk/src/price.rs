//! One underlying's part of a book under every pricing of its set.

use crate::assess::PricingId;
use crate::cash::CashSum;
use crate::coin_weights::{SlotCoin, Weights, choices, total};
use crate::expired::Expired;
use crate::expiry::{Live, SLOTS, Slots, add_slots, moved_price};
use crate::fine;
use crate::net::Side;
use crate::pin::Pin;
use crate::scenario::{Points, SPOT_ONE, Scenario};
use crate::smile::SMILE_CHOICES;
use crate::{RiskError, UnderlyingId};

/// What a book holds in one underlying.
#[derive(Clone, Debug)]
pub(crate) struct Holding {
    pub underlying: UnderlyingId,
    pub live: Vec<Live>,
    pub expired: Vec<Expired>,
    /// Coins that settle its inverse legs, in slot order from slot 1.
    pub slot_coins: Vec<SlotCoin>,
    /// Other coins it prices, at the unmoved spot price.
    pub plain: CashSum,
    pub scenarios: Vec<Scenario>,
    pub alpha: u32,
}

/// A holding under one pricing: one total per choice of weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub id: PricingId,
    pub spot: u64,
    pub totals: Vec<i128>,
    /// Weight of its moves, basis points; followers are at the mark for the rest, as it is.
    pub led: u32,
    /// Where an expiry settles, in the row of pins.
    pub pin: Option<Pin>,
}

impl Outcome {
    /// The weighted value.
    pub(crate) fn least(&self) -> i128 {
        self.totals.iter().copied().min().unwrap_or(0)
    }
}

/// All pricings of a holding.
#[derive(Clone, Debug)]
pub(crate) struct Priced {
    pub underlying: UnderlyingId,
    /// The set, the mark first.
    pub outcomes: Vec<Outcome>,
    /// Between its moves.
    pub pins: Vec<Outcome>,
    /// At mark, every weight one, middle of the bounds.
    pub equity: i128,
    /// At mark with coins off their peg.
    pub depeg: i128,
    pub alpha: u32,
}

impl Priced {
    /// The lowest mix of mark and pricing, and which.
    pub(crate) fn apart(&self) -> (i128, Option<&Outcome>) {
        let mark = self.outcomes.first().map_or(&[][..], |mark| &mark.totals);
        let mixed = |outcome: &Outcome| {
            mark.iter()
                .zip(&outcome.totals)
                .map(|(a, b)| fine::mix(*a, *b, self.alpha))
                .min()
                .unwrap_or(0)
        };
        let mut lowest: Option<(i128, &Outcome)> = None;
        for outcome in [&self.outcomes, &self.pins].into_iter().flatten() {
            let value = mixed(outcome);
            if lowest.is_none_or(|(least, _)| value < least) {
                lowest = Some((value, outcome));
            }
        }
        lowest.map_or((0, None), |(value, outcome)| (value, Some(outcome)))
    }
}

/// A live expiry by its place, and what its legs are worth.
pub(crate) type Dated = (usize, Slots);

impl Holding {
    /// Prices the holding in its whole set.
    pub(crate) fn price(&self) -> Result<Priced, RiskError> {
        let weights = choices(&self.slot_coins);
        let mark = self.moved(&Scenario::MARK, Side::Against)?;
        let marks = self.close(&mark, SPOT_ONE, &weights);
        let mut outcomes = Vec::with_capacity(self.scenarios.len());
        for scenario in &self.scenarios {
            outcomes.push(Outcome {
                id: scenario.id,
                spot: scenario.spot,
                totals: self.totals(scenario, &mark, &marks, &weights)?,
                led: scenario.led(),
                pin: None,
            });
        }
        Ok(Priced {
            underlying: self.underlying,
            outcomes,
            pins: self.pinned(&weights)?,
            equity: self.equity(&mark)?,
            depeg: self.depeg(&mark),
            alpha: self.alpha,
        })
    }

    /// One total per choice of weights.
    #[inline(never)] // The VM allows 100 locals a function.
    fn totals(
        &self,
        scenario: &Scenario,
        mark: &[Dated],
        marks: &[i128],
        weights: &[Weights],
    ) -> Result<Vec<i128>, RiskError> {
        scenario.shape.value(&Point {
            holding: self,
            scenario,
            mark,
            marks,
            weights,
        })
    }

    fn moved(&self, scenario: &Scenario, side: Side) -> Result<Vec<Dated>, RiskError> {
        self.dated(|live| live.value(&live.shock(scenario), scenario.spot, side))
    }

    fn dated(
        &self,
        value: impl Fn(&Live) -> Result<Slots, RiskError>,
    ) -> Result<Vec<Dated>, RiskError> {
        let mut dates = Vec::with_capacity(self.live.len());
        for (place, live) in self.live.iter().enumerate() {
            dates.push((place, value(live)?));
        }
        Ok(dates)
    }

    /// Adds coins and expired legs at a spot factor and weighs. An expiry in its window is worth the least of what it is given
    /// as and of its payoffs where it can still settle.
    #[inline(never)] // The VM allows 100 locals a function.
    pub(crate) fn close(&self, dates: &[Dated], spot: u64, weights: &[Weights]) -> Vec<i128> {
        let mut base = self.cash(spot);
        let mut open: Vec<Vec<Slots>> = Vec::new();
        for (place, slots) in dates {
            let live = self.live.get(*place);
            let settled = live.map_or_else(Vec::new, |live| live.settlements(spot));
            if settled.is_empty() {
                base = add_slots(&base, slots);
            } else {
                let settled = settled.into_iter().map(|(_, slots)| slots);
                open.push(settled.chain([*slots]).collect());
            }
        }
        let plain = moved_price(self.plain.weighted, spot);
        let all = weights.iter().map(|weights| {
            let sum = fine::add(total(&base, weights), plain);
            let sum = fine::add(sum, self.expired_least(spot, weights));
            open.iter().fold(sum, |sum, choices| {
                let values = choices.iter().map(|slots| total(slots, weights));
                fine::add(sum, values.min().unwrap_or(0))
            })
        });
        all.collect()
    }

    /// Cash of the slot coins at a spot factor.
    fn cash(&self, spot: u64) -> Slots {
        let mut cash = [0; SLOTS];
        for (entry, coin) in cash.iter_mut().skip(1).zip(&self.slot_coins) {
            *entry = moved_price(coin.cash, spot);
        }
        cash
    }

    /// Per expired expiry the lowest of what its fixing can still return.
    fn expired_least(&self, spot: u64, weights: &Weights) -> i128 {
        self.expired.iter().fold(0, |sum, expired| {
            let least = expired.lowest.iter();
            let least = least.map(|choice| total(&expired.value(*choice, spot), weights));
            fine::add(sum, least.min().unwrap_or(0))
        })
    }

    /// Mark plus a share of the slope: `V_s + a (sum of D F n + S q)`.
    fn infinity(
        &self,
        mark: &[Dated],
        share: u32,
        weights: &[Weights],
    ) -> Result<Vec<i128>, RiskError> {
        let slope = add_slots(
            &summed(&self.dated(|live| Ok(live.slope()))?),
            &self.cash(SPOT_ONE),
        );
        let slope = slope.map(|part| fine::mix(0, part, share));
        let plain = fine::mix(0, self.plain.weighted, share);
        let closed = self.close(mark, SPOT_ONE, weights).into_iter();
        let more = |(sum, weights)| fine::add(fine::add(sum, total(&slope, weights)), plain);
        Ok(closed.zip(weights).map(more).collect())
    }

    /// Per expiry the lowest smile choice, for every choice of weights.
    #[inline(never)] // The VM allows 100 locals a function.
    fn smile(&self, spot: u64, weights: &[Weights]) -> Result<Vec<i128>, RiskError> {
        let mut sums = self.close(&[], spot, weights);
        for live in &self.live {
            let mut least = vec![i128::MAX; weights.len()];
            let mut lower = |slots: &Slots| {
                for (low, weights) in least.iter_mut().zip(weights) {
                    *low = (*low).min(total(slots, weights));
                }
            };
            for choice in SMILE_CHOICES {
                lower(&live.value(&live.choice(choice, spot), spot, Side::Against)?);
            }
            for (_, slots) in &live.settlements(spot) {
                lower(slots);
            }
            for (sum, low) in sums.iter_mut().zip(least) {
                *sum = fine::add(*sum, low);
            }
        }
        Ok(sums)
    }

    /// Value at mark with weights one: the middle between the bounds, floored at the exact bound.
    #[inline(never)] // The VM allows 100 locals a function.
    fn equity(&self, against: &[Dated]) -> Result<i128, RiskError> {
        let (against, favourable) = (
            summed(against),
            summed(&self.moved(&Scenario::MARK, Side::For)?),
        );
        let middle = against.iter().zip(&favourable).fold(0, |sum, (a, b)| {
            let low = fine::add(*a, (*b).max(*a)) >> 1;
            fine::add(sum, low)
        });
        let cash = self.cash(SPOT_ONE).iter().copied().fold(0, fine::add);
        let expired = self.expired.iter().fold(0, |sum, expired| {
            expired
                .value(0, SPOT_ONE)
                .iter()
                .copied()
                .fold(sum, fine::add)
        });
        let legs = fine::add(middle, expired);
        Ok(fine::add(fine::add(legs, cash), self.plain.full))
    }

    /// At mark, with every positive coin total cut by its depeg.
    #[inline(never)] // The VM allows 100 locals a function.
    fn depeg(&self, mark: &[Dated]) -> i128 {
        let cut: Vec<SlotCoin> = self
            .slot_coins
            .iter()
            .map(|coin| SlotCoin {
                weight: cut_weight(coin.weight, coin.depeg),
                ..*coin
            })
            .collect();
        let weights = choices(&cut);
        let least = self.close(mark, SPOT_ONE, &weights).into_iter().min();
        fine::add(least.unwrap_or(0), self.plain.depeg)
    }
}

/// All dates together.
fn summed(dates: &[Dated]) -> Slots {
    let slots = dates.iter().map(|(_, slots)| slots);
    slots.fold([0; SLOTS], |sum, slots| add_slots(&sum, slots))
}

/// A holding in one pricing: totals, one per choice of weights.
struct Point<'a> {
    holding: &'a Holding,
    scenario: &'a Scenario,
    /// Live legs at the mark.
    mark: &'a [Dated],
    /// The totals there.
    marks: &'a [i128],
    weights: &'a [Weights],
}

impl Points for Point<'_> {
    type Value = Vec<i128>;

    fn moved(&self) -> Result<Vec<i128>, RiskError> {
        let live = self.holding.moved(self.scenario, Side::Against)?;
        Ok(self.holding.close(&live, self.scenario.spot, self.weights))
    }

    fn zero(&self) -> Result<Vec<i128>, RiskError> {
        let zero = self.holding.dated(|live| Ok(live.zero()))?;
        Ok(self.holding.close(&zero, 0, self.weights))
    }

    fn infinity(&self, share: u32) -> Result<Vec<i128>, RiskError> {
        self.holding.infinity(self.mark, share, self.weights)
    }

    fn smile(&self) -> Result<Vec<i128>, RiskError> {
        self.holding.smile(self.scenario.spot, self.weights)
    }

    fn damped(&self, value: Vec<i128>, share: u32) -> Result<Vec<i128>, RiskError> {
        let mixed = |(a, b): (&i128, &i128)| fine::mix(*a, *b, share);
        Ok(self.marks.iter().zip(&value).map(mixed).collect())
    }
}

/// `weight (1 - depeg)`, rounded down.
pub(crate) fn cut_weight(weight: u32, depeg: u32) -> u32 {
    let rest = crate::WEIGHT_ONE.saturating_sub(depeg);
    let product = u64::from(weight).saturating_mul(u64::from(rest)) >> 16;
    u32::try_from(product).unwrap_or(weight)
}
