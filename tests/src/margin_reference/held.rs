//! Section 1, *Legs* and equity: what a book holds of one underlying, and what that is worth.

use super::model::{Book, Coin, Fixing, Leg, Market, Pays, Underlying, World};
use super::shock::Shock;
use super::slice::Slice;
use super::totals::{Totals, sum};
use super::units::{SPOT_ONE, ratio};

/// The part of a book that one underlying prices.
pub(super) struct Held<'a> {
    pub world: &'a World,
    pub underlying: &'a Underlying,
    pub book: &'a Book,
    /// Of the dates that are still to come.
    pub slices: Vec<Slice>,
}

/// An inverse leg is worth S / F times its payoff in USD: the spot factor and the forward to take.
#[derive(Clone, Copy)]
pub(super) struct SpotOverForward {
    pub spot: f64,
    pub forward: f64,
}

impl<'a> Held<'a> {
    pub(super) fn new(world: &'a World, underlying: &'a Underlying, book: &'a Book) -> Self {
        let mut held = Self {
            world,
            underlying,
            book,
            slices: Vec::new(),
        };
        let dates = held.dates(|date| held.is_to_come(date));
        held.slices = dates
            .into_iter()
            .map(|date| Slice::of(underlying, date, world.now))
            .collect();
        held
    }

    pub(super) fn is_held(&self) -> bool {
        let mut coins = self.coins();
        coins.any(|coin| self.book.cash_in(coin.id) != 0.0) || self.legs().next().is_some()
    }

    fn coins(&self) -> impl Iterator<Item = &Coin> {
        let id = self.underlying.id;
        let coins = self.world.coins.iter();
        coins.filter(move |coin| coin.feed == Some(id))
    }

    pub(super) fn market(&self, leg: &Leg) -> &Market {
        &self.world.markets[leg.market]
    }

    fn legs(&self) -> impl Iterator<Item = &Leg> {
        let id = self.underlying.id;
        let legs = self.book.legs.iter();
        legs.filter(move |leg| self.market(leg).underlying == id)
    }

    pub(super) fn legs_of(&self, date: u32) -> impl Iterator<Item = &Leg> {
        self.legs().filter(move |leg| leg.expiry == date)
    }

    fn dates(&self, which: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut dates: Vec<u32> = self.legs().map(|leg| leg.expiry).collect();
        dates.sort_unstable();
        dates.dedup();
        dates.retain(|date| which(*date));
        dates
    }

    pub(super) fn expired_dates(&self) -> Vec<u32> {
        self.dates(|date| !self.is_to_come(date))
    }

    fn is_to_come(&self, date: u32) -> bool {
        let is_final = matches!(self.underlying.fixings.get(&date), Some(Fixing::Final(_)));
        u64::from(date) * 60 > self.world.now && !is_final
    }

    /// Base units of a coin in those of the quote coin, at a spot factor.
    pub(super) fn in_quote(&self, units: f64, coin: u16, spot: f64) -> f64 {
        let scale = self.world.coin(coin).scale;
        units * self.world.quote_scale() / scale * self.underlying.spot.mid * spot
    }

    /// `P_V(k) cash_k` at a spot factor.
    pub(super) fn cash(&self, spot: f64) -> Totals {
        self.coins()
            .map(|coin| {
                let held = self.book.cash_in(coin.id);
                (coin.id, self.in_quote(held, coin.id, spot))
            })
            .collect()
    }

    /// `D V(Y) unit` of the legs of one date, inverse ones times S / F; `value` is their V(Y) in USD.
    pub(super) fn legs_worth(
        &self,
        slice: &Slice,
        at: SpotOverForward,
        value: impl Fn(&Leg, &Market) -> f64,
    ) -> Totals {
        let mut totals = Totals::new();
        for leg in self.legs_of(slice.date) {
            let market = self.market(leg);
            let mut per_unit = value(leg, market) * slice.discount * market.multiplier;
            if market.inverse {
                per_unit *= self.in_quote(1.0, market.coin, at.over(slice));
            }
            *totals.entry(market.coin).or_insert(0.0) += per_unit * leg.quantity;
        }
        totals
    }

    /// The legs of one date at a spot factor, their slice shocked.
    pub(super) fn shocked(&self, slice: &Slice, spot: i64, shock: &Shock) -> Totals {
        let tau = (spot * shock.forward.abs()) >> 32;
        let own_spot = ratio(spot + tau * shock.forward.signum());
        let mixture = slice.shocked(shock, own_spot);
        let at = SpotOverForward {
            spot: ratio(spot),
            forward: mixture.forward,
        };
        self.legs_worth(slice, at, |leg, market| mixture.price(leg, market))
    }

    /// `Y(f)`: the payoff of the legs of one date that settles at `f`, discounted.
    pub(super) fn payoff(&self, slice: &Slice, spot: f64, f: f64) -> Totals {
        let at = SpotOverForward { spot, forward: f };
        self.legs_worth(slice, at, |leg, market| payoff(leg, market, f))
    }

    /// Everything at mark with every weight one.
    pub(super) fn equity(&self) -> f64 {
        let mut live = self.cash(1.0);
        for slice in &self.slices {
            live = sum(&live, &self.shocked(slice, SPOT_ONE, &Shock::NONE));
        }
        let mut equity: f64 = live.values().sum();
        for date in self.expired_dates() {
            let expected = self.possible_prices(date)[0];
            equity += self.settled(date, expected, 1.0).values().sum::<f64>();
        }
        equity
    }
}

impl SpotOverForward {
    fn over(self, slice: &Slice) -> f64 {
        match slice.window {
            // At zero both are zero: the coin keeps its share of the forward, unless some of the price is fixed.
            None if self.spot == 0.0 => 1.0 / slice.forward,
            _ if self.forward > 0.0 => self.spot / self.forward,
            _ => 0.0,
        }
    }
}

/// What a leg pays at a price, USD.
fn payoff(leg: &Leg, market: &Market, price: f64) -> f64 {
    match leg.pays {
        Pays::Call => (price - leg.strike).max(0.0),
        Pays::Put => (leg.strike - price).max(0.0),
        Pays::DigitalCall if price >= leg.strike => market.payout,
        Pays::DigitalPut if price < leg.strike => market.payout,
        Pays::DigitalCall | Pays::DigitalPut => 0.0,
        Pays::Future => price - leg.strike,
    }
}
