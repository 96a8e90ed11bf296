//! Selling an account to takers, one after the other: each gets whole or nothing of what he took stays.

use cosmwasm_std::{Event, Int128};
use protocol_api::engine::{InsurancePaid, LiquidateOrder, SliceTaken, Taken, Taker};
use protocol_api::event::TypedEvent;
use risk::liquidation::{
    Aim, Bid, Choice, Health, Share, claim, decide, market_marks, penalty_ceil, rest_of, slice,
    slice_down, slice_price,
};
use risk::{Book, Context, Leg, QUOTE_COIN};

use super::terms::Terms;
use crate::consent::assert_admits;
use crate::core::account::MAX_ENTRIES;
use crate::core::fees::open_interest;
use crate::core::num::{add, mul_div_ceil, neg, signed};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::settle_fills::test::{Before, test_debt_caps};
use crate::execute::withdraw::test_rest;
use crate::margin;
use crate::pool::{Losses, Pool};

/// A taker who may take, and his reward.
#[derive(Debug)]
pub struct Offer<'a> {
    taker: &'a Taker,
    reward: i32,
}

/// Who of an order's takers may take at the schedule's reward `now`: he accepts it, it is not his own account, and he
/// consented. One who insists (he named the least reward he accepts) and may not fails the step.
pub fn offers<'a>(
    desk: &Desk<'_>,
    order: &'a LiquidateOrder,
    now: i32,
    venue: &str,
) -> Result<Vec<Offer<'a>>, EngineError> {
    let mut offers = Vec::with_capacity(order.takers.len());
    for taker in &order.takers {
        let (account, reward) = (taker.account, taker.reward.unwrap_or(now));
        let accepts = reward <= now && taker.least_reward.is_none_or(|least| least <= reward);
        let side = (account, &taker.consent);
        let refusal = if !accepts {
            EngineError::NotTaken { account }
        } else if account == order.account {
            EngineError::SelfTrade { account }
        } else {
            match assert_admits(desk.storage(), side, venue, desk.now) {
                Err(refusal) => refusal,
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
    Ok(offers)
}

/// What was sold.
#[derive(Debug, Default)]
pub struct Sold {
    /// Who took what.
    pub taken: Vec<Taken>,
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
    id: u64,
    terms: Terms,
    context: Context,
    losses: Losses,
    /// What is left of what it held when the step began.
    for_sale: Book,
    health: Health,
    /// What it was paid since.
    proceeds: i128,
}

/// A slice, priced.
struct Cut {
    moved: Book,
    rest: Book,
    health: Health,
    /// To the seller, by the taker; negative: the other way.
    pay: i128,
    /// To the seller, by insurance.
    relief: u128,
    /// On top, by the taker.
    penalty: u128,
}

impl Cut {
    fn fits(&self, budget: u128) -> bool {
        let pay = u128::try_from(self.pay).unwrap_or(0);
        pay.saturating_add(self.penalty) <= budget
    }
}

impl Sale {
    /// An account with everything it holds for sale.
    pub fn new(
        id: u64,
        terms: Terms,
        (context, losses): (Context, Losses),
        (for_sale, health): (Book, Health),
    ) -> Self {
        Self {
            sold: Sold::default(),
            id,
            terms,
            context,
            losses,
            for_sale,
            health,
            proceeds: 0,
        }
    }

    /// The account's health, what it was paid included.
    pub fn account(&self) -> Health {
        Health {
            equity: self.health.equity.saturating_add(self.proceeds),
            ..self.health
        }
    }

    /// Serves the offers in turn. One who insists and gets nothing fails the step with the reason.
    pub fn run(
        &mut self,
        desk: &mut Desk<'_>,
        pool: &mut Pool,
        offers: &[Offer<'_>],
    ) -> Result<(), EngineError> {
        for (place, offer) in offers.iter().enumerate() {
            let same = offers.iter().skip(place);
            let budgets = same
                .take_while(|other| other.reward == offer.reward)
                .fold(0_u128, |sum, other| {
                    sum.saturating_add(other.taker.budget.u128())
                });
            let before = (desk.snapshot(), pool.clone());
            match self.sell(desk, pool, offer, budgets) {
                Ok(true) => {}
                Err(error) if offer.taker.least_reward.is_some() => return Err(error),
                Ok(false) | Err(_) => {
                    desk.restore(before.0);
                    *pool = before.1;
                }
            }
        }
        let served = |taker: &Taker| self.sold.taken.iter().any(|t| t.account == taker.account);
        let unserved =
            |offer: &&Offer<'_>| offer.taker.least_reward.is_some() && !served(offer.taker);
        match offers.iter().find(unserved) {
            Some(offer) => Err(EngineError::NotTaken {
                account: offer.taker.account,
            }),
            None => Ok(()),
        }
    }

    /// Sells to one taker; false: there is nothing for him.
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
        self.deliver(desk, taker, &cut.moved)?;
        let paid = add(cut.pay, signed(cut.penalty)?)?;
        desk.post(self.id, QUOTE_COIN, add(cut.pay, signed(cut.relief)?)?)?;
        collect(desk, offer.taker, paid)?;
        let payers = pool.pay(desk, &self.losses, cut.relief)?;
        test_taker(desk, &before)?;
        for (market, amount) in payers {
            let market = desk.market(market)?.symbol.clone();
            self.sold
                .events
                .push(InsurancePaid { market, amount }.to_event());
        }
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
        self.proceeds = add(self.proceeds, add(cut.pay, signed(cut.relief)?)?)?;
        self.for_sale = cut.rest.clone();
        self.health = cut.health;
        Ok(())
    }

    /// The slice that an offer takes, if any.
    fn cut(
        &self,
        desk: &Desk<'_>,
        pool: &mut Pool,
        offer: &Offer<'_>,
        budgets: u128,
    ) -> Result<Option<Cut>, EngineError> {
        let account = self.account();
        let budget = offer.taker.budget.u128();
        let bid = Bid {
            reward: offer.reward,
            target: self.terms.target,
            penalty: self.terms.penalty,
            budget,
            budgets,
        };
        let (share, aim) = claim(&account, &self.health, &bid);
        // What insurance adds if all of it goes; where it cannot, it limits the share.
        let missing = account.price(offer.reward).min(0).unsigned_abs();
        let payable = pool.payable(desk, &self.losses, missing)?;
        let limit = Share::floor(payable, missing);
        let moved = if limit < share {
            slice_down(&self.for_sale, limit)
        } else {
            slice(&self.for_sale, share)
        };
        let part = self.priced(moved, offer.reward, missing)?;
        if part.moved == Book::default() || part.relief > payable {
            return Ok(None);
        }
        if share.min(limit) < Share::WHOLE {
            let aim = if limit < share { Aim::Partial } else { aim };
            match decide(&self.health, &self.left_by(&part), aim, self.terms.dust) {
                Choice::Slice => {}
                Choice::Nothing => return Ok(None),
                Choice::Whole => {
                    let whole = self.priced(self.for_sale.clone(), offer.reward, missing)?;
                    if whole.fits(budget) && whole.relief <= payable {
                        return Ok(Some(whole));
                    }
                    if part.health.margin >= self.health.margin {
                        return Ok(None);
                    }
                }
            }
        }
        Ok(part.fits(budget).then_some(part))
    }

    /// A slice of what is for sale, priced. Insurance relieves the seller of the part of `missing` that the margin that
    /// moves is of all margin, rounded up: his health stays.
    fn priced(&self, moved: Book, reward: i32, missing: u128) -> Result<Cut, EngineError> {
        let rest = rest_of(&self.for_sale, &moved);
        let health = margin::health(&rest, &self.context)?;
        let pay = slice_price(&self.health, &health, reward);
        let left = health.margin.max(0).unsigned_abs();
        let margin = self.health.margin.unsigned_abs();
        let relief = if rest == Book::default() {
            missing
        } else {
            mul_div_ceil(missing, margin.saturating_sub(left), margin.max(1))?
        };
        Ok(Cut {
            penalty: penalty_ceil(pay, self.terms.penalty),
            moved,
            rest,
            health,
            pay,
            relief,
        })
    }

    /// The account's health once a slice has gone and is paid for.
    fn left_by(&self, cut: &Cut) -> Health {
        let relief = i128::try_from(cut.relief).unwrap_or(i128::MAX);
        let got = self.proceeds.saturating_add(cut.pay).saturating_add(relief);
        Health {
            equity: cut.health.equity.saturating_add(got),
            ..cut.health
        }
    }

    /// Moves legs, cash and the profit that goes with the legs, at mark.
    fn deliver(&self, desk: &mut Desk<'_>, taker: u64, moved: &Book) -> Result<(), EngineError> {
        for leg in &moved.legs {
            move_leg(desk, (self.id, taker), leg)?;
        }
        for (coin, amount) in &moved.cash {
            desk.post(self.id, *coin, neg(*amount)?)?;
            desk.post(taker, *coin, *amount)?;
        }
        for (market, value) in market_marks(moved, &self.context)? {
            let seller = desk.account_mut(self.id)?;
            seller.tidy();
            // A seller with a sum in as many markets as fit books no other: he must be sold all the same.
            let known = seller.profits.iter().any(|entry| entry.0 == market);
            if known || seller.profits.len() < MAX_ENTRIES {
                seller.add_profit(market, value)?;
                desk.account_mut(taker)?.add_profit(market, neg(value)?)?;
            }
        }
        Ok(())
    }

    /// Splits the penalties: the keeper's part into his account, the rest into the insurance of the market that lost the
    /// account most.
    pub fn share_penalty(
        &mut self,
        desk: &mut Desk<'_>,
        pool: &mut Pool,
        keeper: Option<u64>,
    ) -> Result<(), EngineError> {
        let penalty = self.sold.penalty;
        let part = self.terms.keeper_part(self.sold.paid, penalty)?;
        if let Some(keeper) = keeper.filter(|_| part > 0) {
            desk.open(keeper)?;
            desk.post(keeper, QUOTE_COIN, signed(part)?)?;
            self.sold.keeper_reward = part;
        }
        let rest = penalty.saturating_sub(self.sold.keeper_reward);
        pool.take_in(desk, self.losses.largest(), rest)
    }
}

/// Moves a leg from seller to taker. Open interest changes, and its record is loaded, only where their positions net.
fn move_leg(desk: &mut Desk<'_>, (from, to): (u64, u64), leg: &Leg) -> Result<(), EngineError> {
    let back = leg.quantity.checked_neg().ok_or(EngineError::Overflow)?;
    let given = desk.account_mut(from)?.add_leg(leg.key, back)?;
    let got = desk.account_mut(to)?.add_leg(leg.key, leg.quantity)?;
    let longer = |(was, is): (i64, i64)| is.max(0).saturating_sub(was.max(0));
    if longer(given).saturating_add(longer(got)) == 0 {
        return Ok(());
    }
    let series = desk.series(&leg.key)?.ok_or(EngineError::Corrupt)?;
    series.open = open_interest(series.open, given, got)?;
    Ok(())
}

/// Takes a payment out of the taker's escrow or cash; what is paid to him goes into his cash.
fn collect(desk: &mut Desk<'_>, taker: &Taker, paid: i128) -> Result<(), EngineError> {
    let amount = u128::try_from(paid).unwrap_or(0);
    if !taker.escrowed || amount == 0 {
        return desk.post(taker.account, QUOTE_COIN, neg(paid)?);
    }
    let ledger = desk.ledger(QUOTE_COIN)?;
    let held = ledger.escrow;
    let left = held.checked_sub(amount);
    ledger.escrow = left.ok_or(EngineError::Escrow { held })?;
    Ok(())
}

/// A taker ends as a trader must: no debtor or account in liquidation before, covered or within initial margin after,
/// no cap on debt passed, no bound on his record.
fn test_taker(desk: &mut Desk<'_>, before: &Before) -> Result<(), EngineError> {
    let account = before.account;
    if before.held.is_debtor() || before.held.restricted {
        return Err(EngineError::ReduceOnly { account });
    }
    let after = desk.account_mut(account)?;
    after.tidy();
    if !after.within_bounds() {
        return Err(EngineError::LegLimit { account });
    }
    test_rest(desk, account)?;
    test_debt_caps(desk, core::slice::from_ref(before))
}
