//! How much a taker takes, and what it costs.

use risk::Book;
use risk::liquidation::{
    Bid, Health, Limit, Share, claim, is_worth_leaving, penalty_ceil, rest_of, slice, slice_down,
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
        pool: &Pool,
        offer: &Offer<'_>,
        budgets: u128,
    ) -> Result<Option<Cut>, EngineError> {
        let account = self.account();
        let bid = self.bid(offer, budgets);
        // What insurance adds if all of it goes, beyond what the owner keeps; where it cannot, it limits the share.
        let missing = self.aside.lacking(account.price(offer.reward));
        let most = Share::floor(pool.payable(desk, &self.losses, missing)?, missing);
        let (share, limit) = match claim(&account, &self.health, &bid) {
            (share, _) if most < share => (most, Limit::Insurance),
            own => own,
        };
        let moved = match limit {
            Limit::Insurance => slice_down(&self.for_sale, share),
            Limit::Wanted | Limit::Budget => slice(&self.for_sale, share),
        };
        let part = self.priced(moved, offer.reward, missing)?;
        // Several funds pay their parts of an amount, each rounded: a smaller amount may ask a unit more of one of them.
        let relieved = pool.payable(desk, &self.losses, part.relief)? == part.relief;
        let is_all = share == Share::WHOLE;
        let falls = is_all || part.health.margin < self.health.margin;
        // Where no share but all of it is a whole unit, all of it goes, but only as long as it must: what earlier takers
        // have left above maintenance stays.
        let must = limit == Limit::Wanted && account.surplus() < 0;
        let is_gone = self.for_sale == Book::default();
        if !relieved || is_gone || !falls && !must {
            return Ok(None);
        }
        if limit == Limit::Wanted
            && !is_all
            && !is_worth_leaving(&self.health, &self.left_by(&part), self.terms.dust)
        {
            // Less than all is wanted only at a price above zero: insurance adds nothing.
            let whole = self.priced(self.for_sale.clone(), offer.reward, missing)?;
            if whole.fits(bid.budget) {
                return Ok(Some(whole));
            }
        }
        Ok(Some(part).filter(|part| falls && part.fits(bid.budget)))
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
