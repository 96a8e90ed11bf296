//! Section 2, *Between expiry and fixing*: a leg is worth its settlement payoff at the prices that can still come.

use super::held::Held;
use super::model::{Band, Fixing, Leg, Market, Pays};
use super::real::Real;
use super::totals::{Totals, product};
use super::units::floor_to;

impl<R: Real> Held<'_, R> {
    /// The alternatives of all expired legs at a spot factor: each date at one of its prices.
    pub(super) fn expired(&self, spot: R) -> Vec<Totals<R>> {
        let mut all = vec![Totals::new()];
        for date in self.expired_dates() {
            let prices = self.possible_prices(date);
            let prices = prices.iter();
            let each: Vec<Totals<R>> = prices.map(|p| self.settled(date, *p, spot)).collect();
            all = product(all, &each);
        }
        all
    }

    /// Expected, lowest and highest price, what rung 3 pays, and where a leg bends and just below. A fixed date: its price.
    pub(super) fn possible_prices(&self, date: u32) -> Vec<R> {
        let Band { low, mid, high } = match self.underlying.fixings.get(&date) {
            Some(Fixing::Final(price)) => return vec![*price],
            Some(Fixing::Pending(hull)) => *hull,
            // Nothing is known of it.
            _ => {
                let (spot, slow) = (self.underlying.spot, self.underlying.slow);
                Band {
                    low: spot.low.min(slow),
                    mid: spot.mid,
                    high: spot.high.max(slow),
                }
            }
        };
        let mut all = vec![mid, low, high, floor_to(64, (low + high) / R::of(2))];
        let bent = self.legs_of(date).filter(|leg| leg.pays != Pays::Future);
        let mut strikes: Vec<R> = bent.map(|leg| leg.strike).collect();
        strikes.sort_by(Real::order);
        strikes.dedup();
        for strike in strikes {
            let both = [strike.just_below(), strike];
            all.extend(both.iter().filter(|at| low <= **at && **at <= high));
        }
        all
    }

    /// What the legs of a date settle for at a price, coins at a spot factor.
    pub(super) fn settled(&self, date: u32, price: R, spot: R) -> Totals<R> {
        let mut totals = Totals::new();
        for leg in self.legs_of(date) {
            let market = self.market(leg);
            let units = if market.inverse {
                self.in_quote(inverse_units(leg, market, price), market.coin, spot)
            } else {
                linear_units(leg, market, price)
            };
            *totals.entry(market.coin).or_insert(R::ZERO) += units * leg.quantity;
        }
        totals
    }
}

/// Whole base units per quantity unit: the price is rounded down once.
fn linear_units<R: Real>(leg: &Leg<R>, market: &Market<R>, price: R) -> R {
    let m = market.multiplier;
    let above = (price * m).floor() - leg.strike * m;
    let payout = (market.payout * m).floor();
    paid(leg.pays, above, above >= R::ZERO, payout)
}

/// Whole base units per quantity unit: the strike over the price is rounded up, the payout over it down.
fn inverse_units<R: Real>(leg: &Leg<R>, market: &Market<R>, price: R) -> R {
    let m = market.multiplier;
    let above = m - (leg.strike * m / price).ceil();
    let payout = (market.payout * m / price).floor();
    paid(leg.pays, above, price >= leg.strike, payout)
}

/// `above`: what the price is above the strike, `reached` whether it is.
fn paid<R: Real>(pays: Pays, above: R, reached: bool, payout: R) -> R {
    match pays {
        Pays::Call => above.max(R::ZERO),
        Pays::Put => (-above).max(R::ZERO),
        Pays::DigitalCall if reached => payout,
        Pays::DigitalPut if !reached => payout,
        Pays::DigitalCall | Pays::DigitalPut => R::ZERO,
        Pays::Future => above,
    }
}
