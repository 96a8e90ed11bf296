//! How much a taker takes, and what it costs.

use risk::Book;
use risk::liquidation::{
    Aim, Bid, Choice, Health, Share, claim, decide, penalty_ceil, rest_of, slice, slice_down,
    slice_price,
};

use super::sale::{Offer, Sale};
use crate::core::num::mul_div_ceil;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::margin;
use crate::pool::Pool;

/// A slice, priced.
pub struct Cut {
    /// Legs and cash that go to the taker.
    pub moved: Book,
    /// What is left for sale.
    pub rest: Book,
    /// Its health.
    pub health: Health,
    /// To the seller, by the taker; negative: the other way.
    pub pay: i128,
    /// To the seller, by insurance.
    pub relief: u128,
    /// On top, by the taker.
    pub penalty: u128,
}

impl Cut {
    fn fits(&self, budget: u128) -> bool {
        let pay = u128::try_from(self.pay).unwrap_or(0);
        pay.saturating_add(self.penalty) <= budget
    }
}

impl Sale {
    /// The slice that an offer takes, if any.
    #[inline(never)] // The VM allows 100 locals a function.
    pub(super) fn cut(
        &self,
        desk: &Desk<'_>,
        pool: &mut Pool,
        offer: &Offer<'_>,
        budgets: u128,
    ) -> Result<Option<Cut>, EngineError> {
        let account = self.account();
        let bid = self.bid(offer, budgets);
        let (share, aim) = claim(&account, &self.health, &bid);
        // What insurance adds if all of it goes, beyond what the owner keeps; where it cannot, it limits the share.
        let missing = account.price(offer.reward).min(0).unsigned_abs();
        let missing = missing.saturating_sub(self.aside);
        let payable = pool.payable(desk, &self.losses, missing)?;
        let limit = Share::floor(payable, missing);
        let moved = if limit < share {
            slice_down(&self.for_sale, limit)
        } else {
            slice(&self.for_sale, share)
        };
        let part = self.priced(moved, offer.reward, missing)?;
        // Several funds pay their parts of an amount, each rounded: a smaller amount may ask a unit more of one of them.
        let relieved = pool.payable(desk, &self.losses, part.relief)? == part.relief;
        if part.moved == Book::default() || !relieved {
            return Ok(None);
        }
        if share.min(limit) < Share::WHOLE {
            let aim = if limit < share { Aim::Partial } else { aim };
            match decide(&self.health, &self.left_by(&part), aim, self.terms.dust) {
                Choice::Slice => {}
                Choice::Nothing => return Ok(None),
                Choice::Whole => {
                    let whole = self.priced(self.for_sale.clone(), offer.reward, missing)?;
                    if whole.fits(bid.budget) && whole.relief <= payable {
                        return Ok(Some(whole));
                    }
                    if part.health.margin >= self.health.margin {
                        return Ok(None);
                    }
                }
            }
        }
        Ok(part.fits(bid.budget).then_some(part))
    }

    /// What a taker bids, on the step's terms.
    fn bid(&self, offer: &Offer<'_>, budgets: u128) -> Bid {
        Bid {
            reward: offer.reward,
            target: self.terms.target,
            penalty: self.terms.penalty,
            budget: offer.taker.budget.u128(),
            budgets,
        }
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
}
