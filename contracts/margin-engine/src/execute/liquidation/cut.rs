//! How much a taker takes, and what it costs.

use risk::Book;
use risk::liquidation::{
    Bid, Health, Limit, Share, UNITS_MORE, claim, cut_back, is_worth_leaving, penalty_ceil,
    relief_ceil, rest_of, slice, slice_down, slice_price,
};

use super::sale::{Offer, Sale};
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
    /// What the taker pays in all.
    fn cost(&self) -> u128 {
        let pay = u128::try_from(self.pay).unwrap_or(0);
        pay.saturating_add(self.penalty)
    }

    fn fits(&self, budget: u128) -> bool {
        self.cost() <= budget
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
        let account = self.health_now();
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
        let mut part = self.priced(moved, bid.reward, missing)?;
        // What earlier takers have left above maintenance goes only as far as slices lower its margin.
        let (is_all, is_below) = (share == Share::WHOLE, account.surplus() < 0);
        if limit == Limit::Wanted
            && is_below
            && !is_all
            && !self.is_worth_leaving(&part)
            && let Some(other) = self.enlarged(share, &bid, missing)?
        {
            return Ok(Some(other));
        }
        if limit != Limit::Insurance && !is_all {
            part = self.fitted(share, part, &bid, missing)?;
        }
        // Several funds pay their parts of an amount, each rounded: a smaller amount may ask a unit more of one of them.
        let relieved = pool.payable(desk, &self.losses, part.relief)? == part.relief;
        let is_some = self.for_sale != Book::default() && relieved;
        let does = is_some && (is_all || self.lowers(&part)) && part.fits(bid.budget);
        Ok(does.then_some(part))
    }

    /// What goes in place of a share that reaches the target and leaves nothing worth keeping: a share that moves a unit or
    /// two of a long leg more, if that does leave it; else all.
    fn enlarged(
        &self,
        mut share: Share,
        bid: &Bid,
        missing: u128,
    ) -> Result<Option<Cut>, EngineError> {
        for _ in 0..UNITS_MORE {
            share = share.next(&self.for_sale);
            if share == Share::WHOLE {
                break;
            }
            let unit = self.at_share(share, bid, missing)?;
            if self.is_worth_leaving(&unit) {
                return Ok(Some(unit).filter(|unit| unit.fits(bid.budget)));
            }
        }
        // Less than all is wanted only at a price above zero: insurance adds nothing.
        let whole = self.at_share(Share::WHOLE, bid, missing)?;
        Ok(Some(whole).filter(|whole| whole.fits(bid.budget)))
    }

    /// What goes in place of a slice that costs more than the budget, or lowers no margin, since units are whole: the least
    /// share that moves the same units of the largest long leg; fewer in proportion to the budget; and below maintenance all,
    /// where no leg would be left, or a unit of a long leg.
    fn fitted(
        &self,
        share: Share,
        part: Cut,
        bid: &Bid,
        missing: u128,
    ) -> Result<Cut, EngineError> {
        let is_below = self.health_now().surplus() < 0;
        let serves = |cut: &Cut| cut.fits(bid.budget) && self.lowers(cut);
        if serves(&part) {
            return Ok(part);
        }
        let mut found = part;
        if !found.fits(bid.budget) {
            let goes_whole = is_below && found.rest.legs.is_empty();
            let snapped = share.snapped(&self.for_sale);
            let first = if goes_whole { Share::WHOLE } else { snapped };
            found = self.at_share(first, bid, missing)?;
            if !serves(&found) {
                let fewer = cut_back(snapped, bid.budget, found.cost());
                found = self.at_share(fewer.snapped(&self.for_sale), bid, missing)?;
            }
        }
        let unit = Share::NONE.next(&self.for_sale);
        if serves(&found) || !is_below || unit == Share::WHOLE {
            return Ok(found);
        }
        self.at_share(unit, bid, missing)
    }

    fn at_share(&self, share: Share, bid: &Bid, missing: u128) -> Result<Cut, EngineError> {
        self.priced(slice(&self.for_sale, share), bid.reward, missing)
    }

    const fn lowers(&self, part: &Cut) -> bool {
        part.health.margin < self.health.margin
    }

    /// Whether a slice may leave the rest as it does, once it is paid for.
    fn is_worth_leaving(&self, part: &Cut) -> bool {
        is_worth_leaving(&self.health, &self.left_by(part), self.terms.dust)
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

    /// A slice of what is for sale, priced; insurance relieves the seller of its part of `missing`, and of all with the last of the book.
    fn priced(&self, moved: Book, reward: i32, missing: u128) -> Result<Cut, EngineError> {
        let rest = rest_of(&self.for_sale, &moved);
        let health = margin::health(&rest, &self.context)?;
        let pay = slice_price(&self.health, &health, reward);
        let relief = if rest == Book::default() {
            missing
        } else {
            relief_ceil(missing, &self.health, &health)
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
        cut.health.with_cash(got)
    }
}
