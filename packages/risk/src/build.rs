//! A book taken apart into what each underlying prices.

use fixed_math::Fx;
use pricing::payoff::{BookLeg, Kind, Style};

use crate::assess::Level;
use crate::cash::{Cash, CashSum, coin_price, no_price, spot, valued_cash, weight};
use crate::coin::Feed;
use crate::coin_weights::SlotCoin;
use crate::expired::{Expired, settled, settlements};
use crate::expiry::{Live, SLOTS, Slotted, Smile, factor, factors, floor};
use crate::fine::{self, Factor};
use crate::net::{Group, Scale};
use crate::pin::pin_share;
use crate::price::Holding;
use crate::scenario::scenarios;
use crate::term::{brought, carried, nearest};
use crate::window::observed;
use crate::{
    Book, Coin, CoinId, Context, ExpiryState, FixingStage, Leg, MarketTerms, QUOTE_COIN, RiskError,
    Underlying, UnderlyingId,
};

/// A book in parts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    /// What no underlying moves: the quote coin and coins pegged to it.
    pub fixed: CashSum,
    /// One per underlying, ascending.
    pub holdings: Vec<Holding>,
    /// Of every leg the strike and the spot price, of every coin its worth, all counted positive: fine money.
    pub gross: i128,
}

/// A leg with its market.
#[derive(Clone, Copy)]
pub(crate) struct Termed<'a> {
    pub leg: Leg,
    pub market: &'a MarketTerms,
    /// Quote base units per quantity unit and 1.0 of price.
    pub unit: u64,
    /// Fine USD per base unit of an inverse settlement coin.
    pub coin_price: Option<Factor>,
}

impl Termed<'_> {
    /// Quantity times strike, spot price and digital payout, fine money, rounded down.
    fn gross(&self, context: &Context) -> Result<i128, RiskError> {
        let spot = spot(context.underlying(self.market.underlying)?)?;
        let strike = self.market.strike(self.leg.key.strike)?;
        let price = strike
            .saturating_add(spot)
            .saturating_add(self.market.digital_payout);
        let units = i128::from(self.leg.quantity.unsigned_abs());
        Ok(Factor::price(price).times(self.unit).apply(units, 0))
    }
}

/// Takes a book apart.
pub(crate) fn parts(book: &Book, context: &Context, level: Level) -> Result<Parts, RiskError> {
    grouped(book, context, level, Grouping::Netted)
}

/// What one unit of a leg counts toward [`Parts::gross`], quote base units, rounded down.
pub(crate) fn unit_gross(leg: &Leg, context: &Context) -> Result<i128, RiskError> {
    let one = Book {
        cash: Vec::new(),
        legs: vec![Leg {
            quantity: 1,
            ..*leg
        }],
    };
    let legs = termed(&one, context)?;
    let gross = legs.first().map_or(Ok(0), |leg| leg.gross(context))?;
    Ok(fine::to_units(gross))
}

/// How legs are put into groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grouping {
    /// By market and expiry, netted strike by strike.
    Netted,
    /// Every leg by itself, in the order of sorted keys.
    Apart,
}

/// Takes a book apart, legs grouped as asked.
pub(crate) fn grouped(
    book: &Book,
    context: &Context,
    level: Level,
    grouping: Grouping,
) -> Result<Parts, RiskError> {
    let legs = termed(book, context)?;
    let cash = valued_cash(book, context, level)?;
    let mut parts = Parts::default();
    for leg in &legs {
        parts.gross = fine::add(parts.gross, leg.gross(context)?);
    }
    for item in &cash {
        parts.gross = fine::add(parts.gross, item.value.saturating_abs());
    }
    for item in cash.iter().filter(|item| item.underlying.is_none()) {
        parts.fixed.add(item);
    }
    let mut ids: Vec<UnderlyingId> = legs.iter().map(|leg| leg.market.underlying).collect();
    ids.extend(cash.iter().filter_map(|item| item.underlying));
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let underlying = context.underlying(id)?;
        parts.holdings.push(
            Source {
                underlying,
                context,
                level,
                grouping,
            }
            .holding(&legs, &cash)?,
        );
    }
    Ok(parts)
}

/// Legs sorted by key, each with its terms.
#[inline(never)] // The VM allows 100 locals a function.
pub(crate) fn termed<'a>(book: &Book, context: &'a Context) -> Result<Vec<Termed<'a>>, RiskError> {
    if book.legs.len() > crate::MAX_LEGS {
        return Err(RiskError::LegLimit {
            legs: book.legs.len(),
        });
    }
    let mut sorted = book.legs.clone();
    sorted.sort_unstable();
    let distinct = sorted.is_sorted_by(|a, b| a.key != b.key);
    if !distinct {
        return Err(RiskError::Duplicate);
    }
    let quote = context.coin(QUOTE_COIN)?;
    let mut legs: Vec<Termed<'a>> = Vec::with_capacity(sorted.len());
    for leg in sorted {
        if leg.quantity.unsigned_abs() > crate::MAX_QUANTITY.unsigned_abs() {
            return Err(RiskError::Quantity);
        }
        let known = legs.last().filter(|last| last.market.id == leg.key.market);
        let next = match known {
            Some(last) => Termed { leg, ..*last },
            None => terms(leg, context, quote)?,
        };
        legs.push(next);
    }
    Ok(legs)
}

fn terms<'a>(leg: Leg, context: &'a Context, quote: &Coin) -> Result<Termed<'a>, RiskError> {
    let market = context.market(leg.key.market)?;
    let (unit, coin_price) = match market.style {
        Style::Linear => (linear_unit(market)?, None),
        Style::Inverse => {
            let coin = context.coin(market.settle_coin)?;
            let unit = inverse_unit(market, coin, quote)?;
            let price = coin_price(coin, quote, context)?;
            (unit, Some(price))
        }
    };
    Ok(Termed {
        leg,
        market,
        unit,
        coin_price,
    })
}

fn linear_unit(market: &MarketTerms) -> Result<u64, RiskError> {
    let good = market.settle_coin == QUOTE_COIN
        && (1..=crate::MAX_UNIT_VALUE).contains(&market.multiplier);
    if good {
        Ok(market.multiplier)
    } else {
        Err(RiskError::Terms { market: market.id })
    }
}

fn inverse_unit(market: &MarketTerms, coin: &Coin, quote: &Coin) -> Result<u64, RiskError> {
    let refused = RiskError::Terms { market: market.id };
    if coin.feed != Feed::Underlying(market.underlying) {
        return Err(refused);
    }
    market.unit_value(coin.scale, quote.scale)
}

/// What the holding of one underlying is built from.
#[derive(Clone, Copy)]
struct Source<'a> {
    underlying: &'a Underlying,
    context: &'a Context,
    level: Level,
    grouping: Grouping,
}

impl Source<'_> {
    #[inline(never)] // The VM allows 100 locals a function.
    fn holding(&self, legs: &[Termed], cash: &[Cash]) -> Result<Holding, RiskError> {
        let id = self.underlying.state.underlying;
        spot(self.underlying)?;
        let own: Vec<Termed> = legs
            .iter()
            .filter(|leg| leg.market.underlying == id)
            .copied()
            .collect();
        let slots = slot_coins(&own, cash, self.context, self.level)?;
        let mut plain = CashSum::default();
        for item in cash.iter().filter(|item| item.underlying == Some(id)) {
            if slots.iter().all(|slot| slot.coin != item.coin) {
                plain.add(item);
            }
        }
        let profile = &self.underlying.profile;
        let vols = total_vols(self.underlying, self.context.now);
        let mut holding = Holding {
            underlying: id,
            live: Vec::new(),
            expired: Vec::new(),
            slot_coins: slots,
            plain,
            scenarios: scenarios(profile, &self.underlying.state, self.level, &vols),
            alpha: match self.level {
                Level::Initial => profile.alpha_initial,
                Level::Maintenance => profile.alpha_maintenance,
            },
        };
        self.expiries(&mut holding, &own)?;
        Ok(holding)
    }

    /// Splits legs by expiry into live and expired ones.
    fn expiries(&self, holding: &mut Holding, legs: &[Termed]) -> Result<(), RiskError> {
        for own in by_expiry(legs) {
            let Some(date) = own.first().map(|leg| leg.leg.key.expiry) else {
                continue;
            };
            let fixed = self.underlying.state.fixings.iter().any(|fixing| {
                fixing.expiry == date && matches!(fixing.stage, FixingStage::Final { .. })
            });
            if fixed || seconds(date) <= self.context.now {
                let together = |_: &Termed, _: &Termed| self.grouping == Grouping::Netted;
                let prices = settlements(&self.underlying.state, date, &bends(&own)?);
                for legs in own.chunk_by(together) {
                    let expired = expired(legs, date, &prices, &holding.slot_coins)?;
                    holding.expired.push(expired);
                }
            } else {
                let live = self.live(&own, date, &holding.slot_coins)?;
                holding.live.push(live);
            }
        }
        Ok(())
    }

    #[inline(never)] // The VM allows 100 locals a function.
    fn live(&self, legs: &[Termed], expiry: u32, slots: &[SlotCoin]) -> Result<Live, RiskError> {
        let (underlying, now) = (self.underlying, self.context.now);
        let state = nearest(underlying, expiry).ok_or_else(|| no_price(underlying))?;
        if state.forward <= Fx::ZERO || state.discount <= Fx::ZERO {
            return Err(no_price(underlying));
        }
        let carried = carried(underlying, state, expiry);
        let scale = Scale {
            forward: carried.forward,
            spot: spot(underlying)?,
            discount: u64::try_from(carried.discount.to_bits() >> 32)
                .unwrap_or(u64::MAX)
                .min(1 << 32),
        };
        let (window, observed) = observed(&underlying.state, expiry, carried.forward).unzip();
        let left = seconds(expiry).saturating_sub(now);
        let mut live = Live {
            groups: self.groups(legs, slots, &scale)?,
            prepared: brought(
                &underlying.state,
                state,
                expiry,
                window.is_some().then_some(now),
            ),
            window,
            observed,
            factors: factors(&underlying.profile, left, state.confidence),
            floors: floors(legs, slots, scale.discount)?,
            smile: smile(underlying, state, carried.apart, left),
            pin_share: pin_share(left, underlying.profile.theta_seconds.into()),
            bends: Vec::new(),
        };
        if live.observed.is_some() {
            live.add_bends();
        }
        Ok(live)
    }

    fn groups(
        &self,
        legs: &[Termed],
        slots: &[SlotCoin],
        scale: &Scale,
    ) -> Result<Vec<Slotted>, RiskError> {
        let together = |a: &Termed, b: &Termed| {
            self.grouping == Grouping::Netted && a.leg.key.market == b.leg.key.market
        };
        let mut groups = Vec::new();
        for same in legs.chunk_by(together) {
            let Some(first) = same.first() else { continue };
            let own: Vec<Leg> = same.iter().map(|leg| leg.leg).collect();
            groups.push(Slotted {
                first: first.leg,
                group: Group::new(&own, first.market, first.unit, scale)?,
                slot: slot_of(first, slots),
                inverse: first.market.style == Style::Inverse,
            });
        }
        Ok(groups)
    }
}

/// Legs of one underlying by expiry, ascending; each part keeps the order of keys.
pub(crate) fn by_expiry<'a>(legs: &[Termed<'a>]) -> Vec<Vec<Termed<'a>>> {
    let mut dates: Vec<u32> = legs.iter().map(|leg| leg.leg.key.expiry).collect();
    dates.sort_unstable();
    dates.dedup();
    let own = |date: u32| {
        legs.iter()
            .filter(|leg| leg.leg.key.expiry == date)
            .copied()
            .collect()
    };
    dates.into_iter().map(own).collect()
}

/// Coins that settle inverse legs, with the cash held in them.
fn slot_coins(
    legs: &[Termed],
    cash: &[Cash],
    context: &Context,
    level: Level,
) -> Result<Vec<SlotCoin>, RiskError> {
    let mut ids: Vec<CoinId> = legs
        .iter()
        .filter(|leg| leg.market.style == Style::Inverse)
        .map(|leg| leg.market.settle_coin)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    if let Some(extra) = ids.get(SLOTS.saturating_sub(1)) {
        return Err(RiskError::SettleCoins { coin: *extra });
    }
    let slot = |id: &CoinId| {
        let coin = context.coin(*id)?;
        let held = cash.iter().find(|item| item.coin == *id);
        Ok(SlotCoin {
            coin: *id,
            weight: weight(coin, level),
            depeg: coin.depeg,
            cash: held.map_or(0, |item| item.value),
        })
    };
    ids.iter().map(slot).collect()
}

/// At-the-money total vols of the expiries of the market, units of `2^-32`.
fn total_vols(underlying: &Underlying, now: u64) -> Vec<u64> {
    let expiries = underlying.state.expiries.iter();
    expiries
        .filter(|state| seconds(state.expiry) > now)
        .map(|state| state.slice.atm_total_vol())
        .collect()
}

pub(crate) fn seconds(minutes: u32) -> u64 {
    u64::from(minutes).saturating_mul(60)
}

fn slot_of(leg: &Termed, slots: &[SlotCoin]) -> usize {
    slots
        .iter()
        .position(|slot| leg.coin_price.is_some() && slot.coin == leg.market.settle_coin)
        .map_or(0, |index| index.saturating_add(1))
}

/// Prices at which payoffs of options and digitals bend or jump, each once.
fn bends(legs: &[Termed]) -> Result<Vec<Fx>, RiskError> {
    let mut bends = Vec::with_capacity(legs.len());
    for leg in legs.iter().filter(|leg| leg.leg.key.kind != Kind::Future) {
        let strike = leg.market.strike(leg.leg.key.strike)?;
        bends.push(match leg.market.style {
            Style::Linear => leg.market.settlement().reach(strike)?,
            Style::Inverse => strike,
        });
    }
    bends.sort_unstable();
    bends.dedup();
    Ok(bends)
}

#[inline(never)] // The VM allows 100 locals a function.
fn expired(
    legs: &[Termed],
    expiry: u32,
    prices: &[Fx],
    slots: &[SlotCoin],
) -> Result<Expired, RiskError> {
    let mut choices = Vec::with_capacity(prices.len());
    for at in prices.iter().copied() {
        let mut values = [0; SLOTS];
        for leg in legs {
            let Leg { key, quantity } = leg.leg;
            let value = settled(&key, quantity, leg.market, at, leg.coin_price)?;
            if let Some(entry) = values.get_mut(slot_of(leg, slots)) {
                *entry = fine::add(*entry, value);
            }
        }
        choices.push(values);
    }
    let first = legs.first().map(|leg| leg.leg);
    Ok(Expired::new(expiry, first, choices))
}

fn smile(underlying: &Underlying, state: &ExpiryState, apart: u64, left: u64) -> Smile {
    let profile = &underlying.profile;
    let forwards = || state.slice.components().iter().map(|c| c.forward);
    let spread = forwards()
        .max()
        .unwrap_or(0)
        .saturating_sub(forwards().min().unwrap_or(0));
    Smile {
        skew: factor(profile.skew),
        curvature: factor(profile.curvature),
        share: profile.smile_vol_share,
        forward: profile.forward_twist(left, apart),
        dispersed: spread >= state.slice.atm_total_vol() / 4,
    }
}

fn floors(
    legs: &[Termed],
    slots: &[SlotCoin],
    discount: u64,
) -> Result<[Option<crate::expiry::Floor>; SLOTS], RiskError> {
    let mut floors = [None; SLOTS];
    for (slot, entry) in floors.iter_mut().enumerate() {
        let own: Vec<&Termed> = legs
            .iter()
            .filter(|leg| slot_of(leg, slots) == slot)
            .collect();
        let book = own
            .iter()
            .map(|leg| {
                Ok(BookLeg {
                    payoff: leg.market.payoff(&leg.leg.key)?,
                    terms: leg.market.settlement(),
                    quantity: leg.leg.quantity,
                })
            })
            .collect::<Result<Vec<_>, RiskError>>()?;
        if let Some(first) = own.first() {
            *entry = floor(&book, discount, first.coin_price)?;
        }
    }
    Ok(floors)
}
