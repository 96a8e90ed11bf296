//! Section 1, *Legs* and equity: what a book holds of one underlying, and what that is worth.

use super::model::{Book, Coin, Fixing, Leg, Market, Pays, Underlying, World};
use super::real::Real;
use super::shock::Shock;
use super::slice::Slice;
use super::totals::{Totals, sum};
use super::units::{SPOT_ONE, ratio};

/// The part of a book that one underlying prices.
pub(super) struct Held<'a, R> {
    pub world: &'a World<R>,
    pub underlying: &'a Underlying<R>,
    pub book: &'a Book<R>,
    /// Of the dates that are still to come.
    pub slices: Vec<Slice<R>>,
}

/// An inverse leg is worth S / F times its payoff in USD: the spot factor and the forward to take.
#[derive(Clone, Copy)]
pub(super) struct SpotOverForward<R> {
    pub spot: R,
    pub forward: R,
}

impl<'a, R: Real> Held<'a, R> {
    pub(super) fn new(
        world: &'a World<R>,
        underlying: &'a Underlying<R>,
        book: &'a Book<R>,
    ) -> Self {
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
        coins.any(|coin| self.book.cash_in(coin.id) != R::ZERO) || self.legs().next().is_some()
    }

    fn coins(&self) -> impl Iterator<Item = &Coin<R>> {
        let id = self.underlying.id;
        let coins = self.world.coins.iter();
        coins.filter(move |coin| coin.feed == Some(id))
    }

    pub(super) fn market(&self, leg: &Leg<R>) -> &Market<R> {
        &self.world.markets[leg.market]
    }

    fn legs(&self) -> impl Iterator<Item = &Leg<R>> {
        let id = self.underlying.id;
        let legs = self.book.legs.iter();
        legs.filter(move |leg| self.market(leg).underlying == id)
    }

    pub(super) fn legs_of(&self, date: u32) -> impl Iterator<Item = &Leg<R>> {
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
    pub(super) fn in_quote(&self, units: R, coin: u16, spot: R) -> R {
        let scale = self.world.coin(coin).scale;
        units * self.world.quote_scale() / scale * self.underlying.spot.mid * spot
    }

    /// `P_V(k) cash_k` at a spot factor.
    pub(super) fn cash(&self, spot: R) -> Totals<R> {
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
        slice: &Slice<R>,
        at: SpotOverForward<R>,
        value: impl Fn(&Leg<R>, &Market<R>) -> R,
    ) -> Totals<R> {
        let mut totals = Totals::new();
        for leg in self.legs_of(slice.date) {
            let market = self.market(leg);
            let mut per_unit = value(leg, market) * slice.discount * market.multiplier;
            if market.inverse {
                per_unit *= self.in_quote(R::ONE, market.coin, at.over(slice));
            }
            *totals.entry(market.coin).or_insert(R::ZERO) += per_unit * leg.quantity;
        }
        totals
    }

    /// The legs of one date at a spot factor, their slice shocked.
    pub(super) fn shocked(&self, slice: &Slice<R>, spot: i64, shock: &Shock<R>) -> Totals<R> {
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
    pub(super) fn payoff(&self, slice: &Slice<R>, spot: R, f: R) -> Totals<R> {
        let at = SpotOverForward { spot, forward: f };
        self.legs_worth(slice, at, |leg, market| payoff(leg, market, f))
    }

    /// Everything at mark with every weight one.
    pub(super) fn equity(&self) -> R {
        let mut live = self.cash(R::ONE);
        for slice in &self.slices {
            live = sum(&live, &self.shocked(slice, SPOT_ONE, &Shock::NONE));
        }
        let mut equity = R::sum(live.into_values());
        for date in self.expired_dates() {
            let expected = self.possible_prices(date)[0];
            equity += R::sum(self.settled(date, expected, R::ONE).into_values());
        }
        equity
    }
}

impl<R: Real> SpotOverForward<R> {
    fn over(self, slice: &Slice<R>) -> R {
        match slice.window {
            // At zero both are zero: the coin keeps its share of the forward, unless some of the price is fixed.
            None if self.spot == R::ZERO => R::ONE / slice.forward,
            _ if self.forward > R::ZERO => self.spot / self.forward,
            _ => R::ZERO,
        }
    }
}

/// What a leg pays at a price, USD.
fn payoff<R: Real>(leg: &Leg<R>, market: &Market<R>, price: R) -> R {
    match leg.pays {
        Pays::Call => (price - leg.strike).max(R::ZERO),
        Pays::Put => (leg.strike - price).max(R::ZERO),
        Pays::DigitalCall if price >= leg.strike => market.payout,
        Pays::DigitalPut if price < leg.strike => market.payout,
        Pays::DigitalCall | Pays::DigitalPut => R::ZERO,
        Pays::Future => price - leg.strike,
    }
}
