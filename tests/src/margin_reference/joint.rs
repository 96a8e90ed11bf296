//! Section 3: *Joint*, *Apart*, and what an underlying is worth while another leads.

use super::held::Held;
use super::model::{Underlying, World};
use super::real::Real;
use super::scenarios::{Pricing, PricingId, Row, Vol};
use super::totals::{Peg, least, mixes};
use super::units::{SPOT_ONE, WEIGHT_ONE};
use super::{Candidate, Worst};

/// The pricings of an underlying that the book holds.
pub(super) struct Set<'a, R> {
    world: &'a World<R>,
    pub underlying: &'a Underlying<R>,
    pub pricings: Vec<Pricing<R>>,
}

impl<'a, R: Real> Set<'a, R> {
    pub(super) fn of(world: &'a World<R>, held: &Held<'a, R>) -> Self {
        Self {
            world,
            underlying: held.underlying,
            pricings: held.pricings(),
        }
    }

    fn mark(&self) -> &Pricing<R> {
        &self.pricings[0]
    }

    fn worth(&self, pricing: &Pricing<R>) -> R {
        least(&pricing.alternatives, self.world, Peg::Kept)
    }

    /// At mark, coins off their peg.
    pub(super) fn off_peg(&self) -> R {
        least(&self.mark().alternatives, self.world, Peg::Lost)
    }

    /// The lowest `(1 - alpha) mark + alpha V`.
    fn stand_alone(&self) -> R {
        let alpha = self.underlying.profile.alpha;
        let mark = &self.mark().alternatives;
        let damped = |pricing: &Pricing<R>| mixes(mark, &pricing.alternatives, alpha);
        let pricings = self.pricings.iter();
        R::least(pricings.map(|pricing| least(&damped(pricing), self.world, Peg::Kept)))
    }

    /// Its pricings of a row and vol.
    pub(super) fn of_row(&self, row: Row, vol: Vol) -> impl Iterator<Item = &Pricing<R>> {
        let pricings = self.pricings.iter();
        pricings.filter(move |p| p.id.row == row && p.id.vol == vol)
    }

    /// The row that it is in when the leader is in `row`: that one, or what a row that it lacks falls back to.
    pub(super) fn row_for(&self, row: Row, vol: Vol) -> Option<Row> {
        let rows: &[Row] = match row {
            Row::LastDay => &[Row::Scan],
            Row::RegimeInitial => &[Row::RegimeInitial, Row::Regime, Row::Scan],
            row => &[row, Row::Scan],
        };
        let has = |row: &&Row| self.of_row(**row, vol).next().is_some();
        rows.iter().find(has).copied()
    }

    /// The pricing whose move is nearest to `floor(beta x)`, the smaller on a tie; unmoved where that is nearer still.
    fn counterpart(&self, leader: PricingId, beta: i64) -> &Pricing<R> {
        if matches!(leader.row, Row::Zero | Row::Infinity) && beta <= 0 {
            return self.mark();
        }
        let Some(row) = self.row_for(leader.row, leader.vol) else {
            return self.mark();
        };
        let unmoved = [Row::Mark, Row::Scan].into_iter();
        let unmoved = unmoved.flat_map(|row| self.of_row(row, leader.vol));
        let unmoved = unmoved.filter(|p| p.id.spot == SPOT_ONE);
        let wanted = ((leader.spot - SPOT_ONE) * beta) >> 16;
        let away = |p: &Pricing<R>| (p.id.spot - SPOT_ONE - wanted).abs();
        let all = self.of_row(row, leader.vol).chain(unmoved);
        let nearest = all.min_by_key(|p| (away(p), p.id.row != row, p.id.spot));
        nearest.expect("the row has a pricing")
    }

    /// What it is worth while a driver, held or not, is in a pricing: at its counterpart, but for the share that is not led.
    pub(super) fn following(&self, driver: u16, leader: PricingId, led: R) -> R {
        let beta = self.beta(driver);
        let moved = self.worth(self.counterpart(leader, beta));
        (R::ONE - led) * self.worth(self.mark()) + led * moved
    }

    /// To a driver, units of `2^-16`.
    pub(super) fn beta(&self, driver: u16) -> i64 {
        if driver == self.underlying.id {
            return WEIGHT_ONE;
        }
        let named = self.world.betas.get(&(driver, self.underlying.id));
        named.copied().unwrap_or(WEIGHT_ONE)
    }

    /// The same while a driver is in one of its own pricings. Under a pin it is the same share of the way between what it is in
    /// at the two moves.
    fn following_held(&self, driver: &Self, pricing: &Pricing<R>) -> R {
        let follows = |at: &Pricing<R>| self.following(driver.underlying.id, at.id, at.led);
        match pricing.pin {
            Some(pin) => {
                let [left, right] = [pin.left, pin.right].map(|i| follows(&driver.pricings[i]));
                (R::ONE - pin.t) * left + pin.t * right
            }
            None => follows(pricing),
        }
    }
}

/// Each pricing of each underlying in turn leads, the others follow.
pub(super) fn joint<R: Real>(sets: &[Set<'_, R>]) -> Vec<Candidate<R>> {
    let mut all = Vec::new();
    for driver in sets {
        let id = driver.underlying.id;
        for pricing in &driver.pricings {
            let others = sets.iter().filter(|other| other.underlying.id != id);
            let others = R::sum(others.map(|other| other.following_held(driver, pricing)));
            all.push(Candidate {
                value: driver.worth(pricing) + others,
                worst: Worst::Joint {
                    driver: id,
                    pricing: pricing.id,
                },
            });
        }
    }
    all
}

/// Every underlying at its own lowest.
pub(super) fn apart<R: Real>(sets: &[Set<'_, R>]) -> Candidate<R> {
    Candidate {
        value: R::sum(sets.iter().map(Set::stand_alone)),
        worst: Worst::Apart,
    }
}
