//! Selling an account to takers, one after the other: each gets whole or nothing of what he took stays.

use cosmwasm_std::{Event, Int128};
use protocol_api::engine::{LiquidateOrder, SliceTaken, Taken, Taker};
use protocol_api::event::TypedEvent;
use risk::liquidation::Health;
use risk::{Book, Context, QUOTE_COIN};

use super::cut::Cut;
use super::deliver::{check_taker, collect, deliver};
use super::prices::Aside;
use super::terms::Terms;
use crate::consent::assert_admits;
use crate::core::num::{add_signed, signed};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::gate::Before;
use crate::pool::{Losses, Pool};

/// A taker who may take, and his reward.
#[derive(Debug)]
pub struct Offer<'a> {
    pub(super) taker: &'a Taker,
    pub(super) reward: i32,
}

/// Who of an order's takers may take at the step's reward `now`: he accepts it, it is not his own account, and he
/// consented; and whom only his consent fails. One who insists (he named the least reward he accepts) and may not fails
/// the step.
#[inline(never)] // The VM allows 100 locals a function.
pub fn offers<'a>(
    desk: &Desk<'_>,
    order: &'a LiquidateOrder,
    now: i32,
    venue: &str,
) -> Result<(Vec<Offer<'a>>, Vec<u64>), EngineError> {
    let mut offers = Vec::with_capacity(order.takers.len());
    let mut passed_over = Vec::new();
    for taker in &order.takers {
        let asked = taker.reward.unwrap_or(now);
        let reward = if taker.escrowed {
            asked
        } else {
            asked.min(now)
        };
        let account = taker.account;
        let accepts = reward <= now && taker.least_reward.is_none_or(|least| least <= reward);
        let refusal = if !accepts {
            EngineError::NotTaken { account }
        } else if account == order.account {
            EngineError::SelfTrade { account }
        } else {
            match assert_admits(desk.storage(), account, &taker.consent, venue, desk.now) {
                Err(refusal) => {
                    passed_over.push(account);
                    refusal
                }
                Ok(()) => {
                    offers.push(Offer { taker, reward });
                    continue;
                }
            }
        };
        if taker.least_reward.is_some() {
            return Err(refusal);
        }
    }
    Ok((offers, passed_over))
}

/// The budgets that share with an offer's, its own included: of those behind it at the same reward. An open taker comes
/// last and shares with no bid.
fn budgets<'a>(from: impl Iterator<Item = &'a Offer<'a>>, offer: &Offer<'_>) -> u128 {
    let shares = |other: &&Offer<'_>| {
        (other.reward, other.taker.escrowed) == (offer.reward, offer.taker.escrowed)
    };
    from.take_while(shares).fold(0, |sum, other| {
        sum.saturating_add(other.taker.budget.u128())
    })
}

/// What was sold.
#[derive(Debug, Default)]
pub struct Sold {
    /// Who took what.
    pub taken: Vec<Taken>,
    /// Who could not take although he was offered it.
    pub passed_over: Vec<u64>,
    /// What to tell.
    pub events: Vec<Event>,
    /// Sum of the penalties.
    pub penalty: u128,
    /// The keeper's part of it.
    pub keeper_reward: u128,
    /// Sum of the positive payments.
    paid: u128,
}

/// An account being sold.
#[derive(Debug)]
pub struct Sale {
    /// What was sold so far.
    pub sold: Sold,
    pub(super) id: u64,
    pub(super) terms: Terms,
    pub(super) context: Context,
    pub(super) losses: Losses,
    /// What it has beside that: insurance pays what it lacks only beyond it.
    pub(super) aside: Aside,
    /// What is left of what it held when the step began.
    pub(super) for_sale: Book,
    pub(super) health: Health,
    /// What it was paid since.
    pub(super) proceeds: i128,
}

impl Sale {
    /// The account's health, what it was paid included.
    pub fn health_now(&self) -> Health {
        self.health.with_cash(self.proceeds)
    }

    /// Notes on the account whether its fills must reduce, and its deficit beyond what it has aside, as its markets bear it.
    pub fn record(&self, desk: &mut Desk<'_>, pool: &mut Pool) -> Result<(), EngineError> {
        let account = self.health_now();
        let deficit = self.losses.parts(self.aside.lacking(account.equity));
        pool.note(desk, self.id, account.surplus() < 0, deficit)
    }

    /// Serves the offers in turn. One who insists and gets nothing fails the step with the reason.
    #[inline(never)] // The VM allows 100 locals a function.
    pub fn run(
        &mut self,
        desk: &mut Desk<'_>,
        pool: &mut Pool,
        offers: &[Offer<'_>],
    ) -> Result<(), EngineError> {
        for (place, offer) in offers.iter().enumerate() {
            let budgets = budgets(offers.iter().skip(place), offer);
            let before = (desk.snapshot(), pool.clone());
            let refusal = match self.sell(desk, pool, offer, budgets) {
                Ok(true) => continue,
                Ok(false) => None,
                Err(refusal) => Some(refusal),
            };
            let account = offer.taker.account;
            if offer.taker.least_reward.is_some() {
                return Err(refusal.unwrap_or(EngineError::NotTaken { account }));
            }
            desk.restore(before.0);
            *pool = before.1;
            if self.is_passed_over(desk, pool, offer, refusal)? {
                self.sold.passed_over.push(account);
            }
        }
        Ok(())
    }

    /// Whether a taker who got nothing could not have taken for reasons of his own. Not so where a price of the seller's
    /// forbids it to all like him, where nothing more must be sold, where insurance decides how much, or where only those
    /// at his reward leave him less than a whole unit.
    #[inline(never)] // The VM allows 100 locals a function.
    fn is_passed_over(
        &self,
        desk: &Desk<'_>,
        pool: &Pool,
        offer: &Offer<'_>,
        refusal: Option<EngineError>,
    ) -> Result<bool, EngineError> {
        let account = self.health_now();
        Ok(match refusal {
            Some(EngineError::NoPrice { underlying, .. }) => {
                let mut sellers = self.context.underlyings.iter();
                !sellers.any(|known| known.state.underlying == underlying)
            }
            Some(_) => true,
            None if account.surplus() >= 0 || account.price(offer.reward) <= 0 => false,
            None => self
                .cut(desk, pool, offer, offer.taker.budget.u128())?
                .is_none(),
        })
    }

    /// Sells to one taker; false: there is nothing for him.
    #[inline(never)] // The VM allows 100 locals a function.
    fn sell(
        &mut self,
        desk: &mut Desk<'_>,
        pool: &mut Pool,
        offer: &Offer<'_>,
        budgets: u128,
    ) -> Result<bool, EngineError> {
        let Some(cut) = self.cut(desk, pool, offer, budgets)? else {
            return Ok(false);
        };
        let taker = offer.taker.account;
        desk.open(taker)?;
        let before = Before::of(desk, taker)?;
        deliver(desk, self.id, taker, &cut.moved, &self.context)?;
        let paid = add_signed(cut.pay, signed(cut.penalty)?)?;
        desk.post(
            self.id,
            QUOTE_COIN,
            add_signed(cut.pay, signed(cut.relief)?)?,
        )?;
        collect(desk, offer.taker, paid)?;
        let paid_by_insurance = pool.relieve(desk, self.id, &self.losses, cut.relief)?;
        check_taker(desk, pool, &before)?;
        self.sold.events.extend(paid_by_insurance);
        self.note(offer, &cut, paid)?;
        Ok(true)
    }

    /// Takes note of a slice that was delivered and paid.
    fn note(&mut self, offer: &Offer<'_>, cut: &Cut, paid: i128) -> Result<(), EngineError> {
        let (account, taker, reward) = (self.id, offer.taker.account, offer.reward);
        let event = SliceTaken {
            account,
            taker,
            reward,
            paid,
        };
        self.sold.events.push(event.to_event());
        self.sold.taken.push(Taken {
            account: taker,
            reward,
            paid: Int128::new(paid),
        });
        self.sold.penalty = self.sold.penalty.saturating_add(cut.penalty);
        let pay = u128::try_from(cut.pay).unwrap_or(0);
        self.sold.paid = self.sold.paid.saturating_add(pay);
        self.proceeds = add_signed(self.proceeds, add_signed(cut.pay, signed(cut.relief)?)?)?;
        self.for_sale = cut.rest.clone();
        self.health = cut.health;
        Ok(())
    }

    /// Splits the penalties: the keeper's part into his account, the rest into the insurance of the market that lost the
    /// account most.
    #[inline(never)] // The VM allows 100 locals a function.
    pub fn share_penalty(
        &mut self,
        desk: &mut Desk<'_>,
        pool: &mut Pool,
        keeper: Option<u64>,
    ) -> Result<(), EngineError> {
        let penalty = self.sold.penalty;
        let part = self.terms.keeper_part(self.sold.paid, penalty)?;
        if let Some(keeper) = keeper
            && part > 0
        {
            desk.open(keeper)?;
            desk.post(keeper, QUOTE_COIN, signed(part)?)?;
            self.sold.keeper_reward = part;
        }
        let rest = penalty.saturating_sub(self.sold.keeper_reward);
        let funded = pool.take_in(desk, self.losses.largest(), rest)?;
        self.sold.events.extend(funded);
        Ok(())
    }
}
