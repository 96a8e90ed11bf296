//! Section 2, *Between expiry and fixing*: a leg is worth its settlement payoff at the prices that can still come.

use super::held::Held;
use super::model::{Band, Fixing, Leg, Market, Pays};
use super::totals::{Totals, product};

impl Held<'_> {
    /// The alternatives of all expired legs at a spot factor: each date at one of its prices.
    pub(super) fn expired(&self, spot: f64) -> Vec<Totals> {
        let mut all = vec![Totals::new()];
        for date in self.expired_dates() {
            let prices = self.possible_prices(date);
            let prices = prices.iter();
            let each: Vec<Totals> = prices.map(|p| self.settled(date, *p, spot)).collect();
            all = product(all, &each);
        }
        all
    }

    /// Expected, lowest and highest price, what rung 3 pays, and where a leg bends and just below. A fixed date: its price.
    pub(super) fn possible_prices(&self, date: u32) -> Vec<f64> {
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
        let mut all = vec![mid, low, high, (low + high) / 2.0];
        let bent = self.legs_of(date).filter(|leg| leg.pays != Pays::Future);
        let mut strikes: Vec<f64> = bent.map(|leg| leg.strike).collect();
        strikes.sort_by(f64::total_cmp);
        strikes.dedup();
        for strike in strikes {
            let both = [strike * (1.0 - 1e-15), strike];
            all.extend(both.iter().filter(|at| low <= **at && **at <= high));
        }
        all
    }

    /// What the legs of a date settle for at a price, coins at a spot factor.
    pub(super) fn settled(&self, date: u32, price: f64, spot: f64) -> Totals {
        let mut totals = Totals::new();
        for leg in self.legs_of(date) {
            let market = self.market(leg);
            let units = if market.inverse {
                self.in_quote(inverse_units(leg, market, price), market.coin, spot)
            } else {
                linear_units(leg, market, price)
            };
            *totals.entry(market.coin).or_insert(0.0) += units * leg.quantity;
        }
        totals
    }
}

/// Whole base units per quantity unit: the price is rounded down once.
fn linear_units(leg: &Leg, market: &Market, price: f64) -> f64 {
    let m = market.multiplier;
    let above = (price * m).floor() - leg.strike * m;
    let payout = (market.payout * m).floor();
    paid(leg.pays, above, above >= 0.0, payout)
}

/// Whole base units per quantity unit: the strike over the price is rounded up, the payout over it down.
fn inverse_units(leg: &Leg, market: &Market, price: f64) -> f64 {
    let m = market.multiplier;
    let above = m - (leg.strike * m / price).ceil();
    let payout = (market.payout * m / price).floor();
    paid(leg.pays, above, price >= leg.strike, payout)
}

/// `above`: what the price is above the strike, `reached` whether it is.
fn paid(pays: Pays, above: f64, reached: bool, payout: f64) -> f64 {
    match pays {
        Pays::Call => above.max(0.0),
        Pays::Put => (-above).max(0.0),
        Pays::DigitalCall if reached => payout,
        Pays::DigitalPut if !reached => payout,
        Pays::DigitalCall | Pays::DigitalPut => 0.0,
        Pays::Future => above,
    }
}
