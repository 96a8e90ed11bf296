//! What a margin is made of: every leg at mark and in the pricing that decides.

mod place;
mod units;

use place::{Netted, Place};
pub use units::{UnitValues, unit_values};

use crate::assess::{Assessment, Level, PricingId, Row, Worst, assess};
use crate::build::{Grouping, grouped, parts};
use crate::coin_weights::{Weights, choices, total};
use crate::expired::Expired;
use crate::expiry::Live;
use crate::fine;
use crate::joint::{Driver, Follows, Rows};
use crate::net::Side;
use crate::phantom::phantoms;
use crate::price::{Holding, Outcome, Priced};
use crate::scenario::{Points, SPOT_ONE, Scenario};
use crate::smile::{SMILE_CHOICES, SmileChoice};
use crate::{Book, Context, Leg, RiskError, UnderlyingId};

/// One leg's worth, quote-coin base units, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegValue {
    /// The leg.
    pub leg: Leg,
    /// At mark, the middle between its bounds.
    pub mark: i128,
    /// In the worst pricing, at the bound against its holder.
    pub worst: i128,
}

/// A margin taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The margin itself.
    pub assessment: Assessment,
    /// Per underlying the pricing of its own set that the worst one puts it in.
    pub pricings: Vec<(UnderlyingId, PricingId)>,
    /// Legs, sorted by underlying, expiry, market, strike and kind.
    pub legs: Vec<LegValue>,
}

/// Names the worst pricing of a book and values every leg at mark and in it.
///
/// Legs are valued one by one: the sum differs from the netted book by the kernel's error bound at
/// most. In [`Worst::Apart`] a leg is at its underlying's mix of mark and pricing; where no pricing
/// decides ([`Worst::Covered`], [`Worst::Depeg`], [`Worst::Cash`]) it is at the mark.
///
/// # Errors
/// As [`assess`].
pub fn explain(book: &Book, context: &Context, level: Level) -> Result<Explanation, RiskError> {
    let assessment = assess(book, context, level)?;
    let netted = parts(book, context, level)?.holdings;
    let apart = grouped(book, context, level, Grouping::Apart)?.holdings;
    let priced = netted
        .iter()
        .map(Holding::price)
        .collect::<Result<Vec<_>, _>>()?;
    let rows = Rows::of(&priced);
    let phantoms = phantoms(&rows, &context.beta);
    let mut explanation = Explanation {
        assessment,
        pricings: Vec::new(),
        legs: Vec::new(),
    };
    for ((holding, single), own) in netted.iter().zip(&apart).zip(&priced) {
        let Some(follows) = decisive(own, &rows, &phantoms, &assessment.worst, context) else {
            continue;
        };
        let Some(outcome) = follows.nearest() else {
            continue;
        };
        explanation.pricings.push((own.underlying, outcome.id));
        let alpha = (assessment.worst == Worst::Apart).then_some(own.alpha);
        let view = View {
            holding,
            single,
            place: Place::of(&follows, holding),
            weights: decisive_weights(holding, own.outcomes.first(), outcome, alpha),
            alpha,
        };
        view.live(&mut explanation.legs)?;
        view.expired(&mut explanation.legs)?;
    }
    Ok(explanation)
}

/// What one underlying is in under the worst pricing.
fn decisive<'a>(
    own: &'a Priced,
    rows: &Rows<'a>,
    phantoms: &'a [Priced],
    worst: &Worst,
    context: &Context,
) -> Option<Follows<'a>> {
    match worst {
        Worst::Joint { driver, pricing } => {
            let leaders = rows.priced.iter().chain(phantoms);
            // The same name may be that of several pricings: the lowest decides.
            let found = leaders
                .filter(|set| set.underlying == *driver)
                .flat_map(|set| {
                    let mut all = Driver::new(rows, set, &context.beta).all();
                    all.retain(|(_, outcome)| outcome.id == *pricing);
                    all.into_iter()
                        .map(move |(value, outcome)| (value, set, outcome))
                });
            let (_, leader, outcome) = found.min_by_key(|(value, _, _)| *value)?;
            if std::ptr::eq(own, leader) {
                return Some(Follows::one(Some(outcome)));
            }
            let beta = context.beta.get(*driver, own.underlying);
            Some(Follows::of(own, leader, outcome, beta))
        }
        Worst::Apart => Some(Follows::one(own.apart().1)),
        Worst::Depeg | Worst::Covered | Worst::Cash => Some(Follows::one(own.outcomes.first())),
    }
}

/// The choice of weights that is lowest in an outcome, in its mix with the mark where a share says so.
fn decisive_weights(
    holding: &Holding,
    mark: Option<&Outcome>,
    outcome: &Outcome,
    alpha: Option<u32>,
) -> Weights {
    let mut totals = outcome.totals.clone();
    if let (Some(share), Some(mark)) = (alpha, mark) {
        for (total, mark) in totals.iter_mut().zip(&mark.totals) {
            *total = fine::mix(*mark, *total, share);
        }
    }
    let all = choices(&holding.slot_coins);
    let lowest = totals.iter().zip(&all).min_by_key(|(total, _)| **total);
    lowest.map_or([crate::WEIGHT_ONE; 4], |(_, weights)| *weights)
}

struct View<'a> {
    holding: &'a Holding,
    single: &'a Holding,
    place: Place<'a>,
    weights: Weights,
    /// Share of the pricing in a mix with the mark.
    alpha: Option<u32>,
}

impl View<'_> {
    fn live(&self, legs: &mut Vec<LegValue>) -> Result<(), RiskError> {
        let pairs = self.holding.live.iter().zip(&self.single.live);
        for (at, (live, single)) in pairs.enumerate() {
            let choice = |end: &Scenario| self.choice(live, end);
            let book = Netted {
                live,
                weights: &self.weights,
            };
            let values = |place: &Place| place.values(at, single, &choice, Some(book));
            let mut worst = values(&self.place)?;
            if let Some(share) = self.alpha {
                for (worst, mark) in worst.iter_mut().zip(values(&Place::MARK)?) {
                    *worst = fine::mix(mark, *worst, share);
                }
            }
            let marks = group_marks(single)?.into_iter().zip(worst);
            for (part, (mark, worst)) in single.groups.iter().zip(marks) {
                legs.push(leg_value(part.first, mark, worst));
            }
        }
        Ok(())
    }

    fn expired(&self, legs: &mut Vec<LegValue>) -> Result<(), RiskError> {
        for single in &self.single.expired {
            let Some(first) = single.first else { continue };
            let mut dates = self.holding.expired.iter();
            let book = dates.find(|e| e.expiry == single.expiry);
            let sum = |values: [i128; 4]| values.iter().copied().fold(0, fine::add);
            let at = |spot: u64| {
                let choice = book.map_or(0, |book| self.least_choice(book, spot));
                sum(single.value(choice, spot))
            };
            let worst = |end: &Scenario| {
                end.shape.value(&Settled {
                    at: &at,
                    spot: end.spot,
                })
            };
            let mut worst = self.place.between(worst)?;
            if let Some(share) = self.alpha {
                worst = fine::mix(at(SPOT_ONE), worst, share);
            }
            legs.push(leg_value(first, sum(single.value(0, SPOT_ONE)), worst));
        }
        Ok(())
    }

    /// Which settlement price of an expired expiry is the lowest for the netted book.
    fn least_choice(&self, book: &Expired, spot: u64) -> usize {
        (0..book.choices.len())
            .min_by_key(|choice| total(&book.value(*choice, spot), &self.weights))
            .unwrap_or(0)
    }

    /// The smile choice that is lowest for the netted book of one expiry.
    fn choice(&self, live: &Live, scenario: &Scenario) -> Result<SmileChoice, RiskError> {
        if scenario.id.row != Row::Smile {
            return Ok(SmileChoice::Mark);
        }
        let mut best = (i128::MAX, SmileChoice::Mark);
        for choice in SMILE_CHOICES {
            let spot = scenario.spot;
            let slots = live.value(&live.choice(choice, spot), spot, Side::Against)?;
            let value = total(&slots, &self.weights);
            if value < best.0 {
                best = (value, choice);
            }
        }
        Ok(best.1)
    }
}

fn leg_value(leg: Leg, mark: i128, worst: i128) -> LegValue {
    LegValue {
        leg,
        mark: fine::to_units(mark),
        worst: fine::to_units(worst),
    }
}

/// An expired leg in a pricing. It has neither a vol nor a slope.
struct Settled<'a> {
    /// Its worth at a spot factor.
    at: &'a dyn Fn(u64) -> i128,
    /// The pricing's spot factor.
    spot: u64,
}

impl Points for Settled<'_> {
    type Value = i128;

    fn moved(&self) -> Result<i128, RiskError> {
        Ok((self.at)(self.spot))
    }

    fn zero(&self) -> Result<i128, RiskError> {
        Ok((self.at)(0))
    }

    fn infinity(&self, _: u32) -> Result<i128, RiskError> {
        Ok((self.at)(SPOT_ONE))
    }

    fn smile(&self) -> Result<i128, RiskError> {
        self.moved()
    }

    fn damped(&self, value: i128, share: u32) -> Result<i128, RiskError> {
        Ok(fine::mix((self.at)(SPOT_ONE), value, share))
    }
}

/// Every group of an expiry at mark, the middle between the bounds.
pub(crate) fn group_marks(live: &Live) -> Result<Vec<i128>, RiskError> {
    let shock = live.shock(&Scenario::MARK);
    let against = live.each(&shock, SPOT_ONE, Side::Against)?;
    let favourable = live.each(&shock, SPOT_ONE, Side::For)?;
    let half = |(a, b): (i128, i128)| fine::add(a, b) >> 1;
    Ok(against.into_iter().zip(favourable).map(half).collect())
}
