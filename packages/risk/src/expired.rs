//! Legs between expiry and settlement: worth their payoff at the hull of what the fixing can return.

use fixed_math::Fx;

use crate::expiry::{SLOTS, Slots, moved_price};
use crate::fine::{self, Factor};
use crate::fixing::middle;
use crate::{Band, FixingStage, Leg, MarketTerms, RiskError, SeriesKey, UnderlyingState};

/// Legs of one expired, unsettled expiry: fine USD per slot at each possible settlement price.
#[derive(Clone, Debug)]
pub(crate) struct Expired {
    pub expiry: u32,
    /// Its first leg; its only one when legs are grouped apart.
    pub first: Option<Leg>,
    /// The mark first.
    pub choices: Vec<Slots>,
    /// Those of them that can be the lowest.
    pub lowest: Vec<usize>,
}

impl Expired {
    /// Legs by what they are worth at each possible settlement price, the mark first. Weights and prices of coins are never
    /// negative: what another choice undercuts in every slot is not the lowest in any pricing.
    pub(crate) fn new(expiry: u32, first: Option<Leg>, choices: Vec<Slots>) -> Self {
        let mut lowest: Vec<(usize, &Slots)> = Vec::new();
        for (place, next) in choices.iter().enumerate() {
            if lowest.iter().all(|(_, known)| !undercuts(known, next)) {
                lowest.retain(|(_, known)| !undercuts(next, known));
                lowest.push((place, next));
            }
        }
        let lowest = lowest.into_iter().map(|(place, _)| place).collect();
        Self {
            expiry,
            first,
            choices,
            lowest,
        }
    }

    /// Values of a choice at a spot factor: inverse payoffs are fixed in coins, whose price moves.
    pub(crate) fn value(&self, choice: usize, spot: u64) -> Slots {
        let Some(fixed) = self.choices.get(choice) else {
            return [0; SLOTS];
        };
        let mut values = *fixed;
        for value in values.iter_mut().skip(1) {
            *value = moved_price(*value, spot);
        }
        values
    }
}

fn undercuts(a: &Slots, b: &Slots) -> bool {
    a.iter().zip(b).all(|(a, b)| a <= b)
}

/// The settlement prices that an expiry is priced at, the mark first.
///
/// Between two prices at which payoffs bend or jump they are linear: so beside the ends of the hull those in it are enough,
/// each with the price below. Halfway is what rung 3 of the ladder pays.
pub(crate) fn settlements(state: &UnderlyingState, expiry: u32, bends: &[Fx]) -> Vec<Fx> {
    let stage = state
        .fixings
        .iter()
        .find(|fixing| fixing.expiry == expiry)
        .map(|fixing| fixing.stage);
    let hull = match stage {
        Some(FixingStage::Final { price }) => return vec![price],
        Some(FixingStage::Pending { hull }) => hull,
        Some(FixingStage::Window { .. }) | None => unobserved(state),
    };
    let mut prices = vec![hull.mid, hull.low, hull.high, middle(hull.low, hull.high)];
    for bend in bends {
        let both = [bend.saturating_sub(Fx::DELTA), *bend];
        prices.extend(
            both.iter()
                .filter(|at| (&hull.low..=&hull.high).contains(at)),
        );
    }
    prices
}

/// Without any observation: the hull of the spot band and the slow price.
fn unobserved(state: &UnderlyingState) -> Band {
    let slow = if state.slow > Fx::ZERO {
        state.slow
    } else {
        state.spot.mid
    };
    Band {
        low: state.spot.low.min(slow),
        mid: state.spot.mid,
        high: state.spot.high.max(slow),
    }
}

/// One leg's payoff in fine USD at a settlement price; `price`: fine USD per base unit of an
/// inverse coin.
pub(crate) fn settled(
    key: &SeriesKey,
    quantity: i64,
    market: &MarketTerms,
    at: Fx,
    price: Option<Factor>,
) -> Result<i128, RiskError> {
    let unit = market.payoff(key)?.per_unit(market.settlement(), at)?;
    let total = unit.saturating_mul(i128::from(quantity));
    Ok(price.map_or_else(|| fine::from_units(total), |price| price.apply(total, 0)))
}
