//! An account that nobody took, and who could give up the other sides of its legs at what price.

use core::cmp::Reverse;

use protocol_api::engine::DeleverageOrder;
use risk::liquidation::{
    Closing, Health, Rank, Standing, is_dust, is_spared, market_marks, other_side, rest_of,
};
use risk::{Book, QUOTE_COIN};

use super::prices::{Aside, Prices, Verdict};
use crate::core::account::Account;
use crate::core::num::{add_signed, sub_signed};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::margin;
use crate::pool::{Losses, Pool, in_quote};

/// An account on the rung, priced before anything moves.
pub struct Rung {
    pub(super) id: u64,
    pub(super) prices: Prices,
    /// What the account has beside what is priced, quote base units.
    pub(super) aside: Aside,
    pub(super) before: Health,
    pub(super) losses: Losses,
    pub(super) closing: Closing,
    /// What insurance may pay of its deficit now.
    pub(super) payable: u128,
    /// What insurance is still to pay of it in all: what it may pay now, or what is left of what it might at the first closing.
    pub(super) insured: u128,
}

/// What closing one counterparty would come to.
pub struct Trial {
    /// The account's legs that go.
    pub moved: Book,
    /// What the counterparty pays; negative: what it gets.
    pub paid: i128,
    /// Its maintenance margin rises.
    pub spread: bool,
    /// What is left of the account, without what it was paid.
    pub rest: Book,
    /// The health of that.
    pub health: Health,
}

impl Rung {
    /// Prices an account that is below maintenance and may be sold, and whose schedule has ended.
    #[inline(never)] // The VM allows 100 locals a function.
    pub fn open(
        desk: &mut Desk<'_>,
        pool: &mut Pool,
        order: &DeleverageOrder,
    ) -> Result<Self, EngineError> {
        let id = order.account;
        desk.open(id)?;
        let (prices, before) = Prices::and_health(desk, id)?;
        let book = prices.account.book();
        let auction = prices.clock(Some(&order.auction), desk.now);
        let age = desk.now.saturating_sub(auction.at);
        let healthy = before.standing() == Standing::Healthy;
        if healthy || age < u64::from(order.end_after) || prices.account.legs.is_empty() {
            return Err(EngineError::NoDeleverage { account: id });
        }
        let verdict = prices.verdict(desk, id, before.standing(), auction.price_time)?;
        if verdict == Verdict::Wait {
            return Err(EngineError::NoDeleverage { account: id });
        }
        let marks = market_marks(&book, &prices.context)?;
        let losses = Losses::of(desk, &prices.account, &marks)?;
        let aside = prices.aside(desk, id)?;
        let insured = pool.insured(desk, id)?;
        let (closing, missing) = close_at_mark(&prices, aside)?;
        let limit = insured.unwrap_or(u128::MAX);
        let payable = pool.payable(desk, &losses, missing.min(limit))?;
        let closing = closing.sharing(&book.legs, missing.saturating_sub(payable));
        Ok(Self {
            id,
            prices,
            aside,
            before,
            losses,
            closing,
            payable,
            insured: insured.unwrap_or(payable),
        })
    }

    /// Those of the accounts who may be closed, in their order, judged by all of the account's legs.
    pub fn ranked(&self, desk: &mut Desk<'_>, ids: &[u64]) -> Result<Vec<Rank>, EngineError> {
        let whole = self.prices.account.book();
        let mut ranks = Vec::with_capacity(ids.len());
        for id in ids.iter().copied().filter(|id| *id != self.id) {
            desk.open(id)?;
            // Whatever hinders one account must not hinder the others.
            let Ok(Some(trial)) = self.trial(desk, id, &whole) else {
                continue;
            };
            let unhedges = trial.health.margin > self.before.margin;
            if unhedges && !self.ends() {
                continue;
            }
            ranks.push(Rank {
                dust: is_dust(&whole.legs, &trial.moved.legs),
                unhedges,
                spread: trial.spread,
                profit: Reverse(self.profit(desk, id)?),
                account: id,
            });
        }
        ranks.sort_unstable();
        Ok(ranks)
    }

    /// Whether all of its legs go, whatever closes first: its equity is below zero, and stays there to the last.
    pub fn ends(&self) -> bool {
        self.before.standing() == Standing::Insolvent
    }

    /// What closing an open account against the rest of this one would come to; `None` when it holds no other side or is
    /// not to be closed: it would fall below maintenance, or deeper, no longer be covered, or owe coins.
    #[inline(never)] // The VM allows 100 locals a function.
    pub fn trial(
        &self,
        desk: &mut Desk<'_>,
        id: u64,
        rest: &Book,
    ) -> Result<Option<Trial>, EngineError> {
        let legs = other_side(&rest.legs, &desk.account(id)?.legs);
        if legs.is_empty() {
            return Ok(None);
        }
        let paid = self.closing.proceeds_ceil(&legs);
        let moved = Book { cash: vec![], legs };
        let rest = rest_of(rest, &moved);
        let health = margin::health(&rest, &self.prices.context)?;
        let (found, was) = Prices::and_health(desk, id)?;
        let after = closed(&found.account, &moved, paid)?;
        let is = margin::health(&after.book(), &found.context)?;
        let terms = &found.context.markets;
        let spared = is_spared(&was, &is)
            && (after.is_debtor() <= found.account.is_debtor())
            && (margin::is_covered(&after, terms)? || !margin::is_covered(&found.account, terms)?);
        Ok(spared.then_some(Trial {
            moved,
            paid,
            spread: is.margin > was.margin,
            rest,
            health,
        }))
    }

    /// Net profit of an open account in this one's markets: sums and marks, quote base units.
    fn profit(&self, desk: &mut Desk<'_>, id: u64) -> Result<i128, EngineError> {
        let own = &self.prices.account.legs;
        let concerned = |market: u16| own.iter().any(|leg| leg.key.market == market);
        let found = Prices::read(desk, id)?;
        let mut held = found.account;
        held.cash.clear();
        held.legs.retain(|leg| concerned(leg.key.market));
        held.profits.retain(|sum| concerned(sum.0));
        let marks = market_marks(&held.book(), &found.context)?;
        let mut profit = 0;
        for (market, sum) in held.sums_with(&marks)? {
            profit = add_signed(profit, in_quote(desk, market, sum)?)?;
        }
        Ok(profit)
    }
}

/// Unit prices as the legs' own marks have them, and what equity lacks at them beyond what the account has aside.
#[inline(never)] // The VM allows 100 locals a function.
fn close_at_mark(prices: &Prices, aside: Aside) -> Result<(Closing, u128), EngineError> {
    let Book { cash, legs } = prices.account.book();
    let closing = Closing::at_mark(&legs, &prices.context)?;
    let cash = Book { cash, legs: vec![] };
    let cash = margin::health(&cash, &prices.context)?.equity;
    let missing = aside.lacking(add_signed(cash, closing.proceeds_ceil(&legs))?);
    Ok((closing, missing))
}

/// A counterparty once it has given up its side and paid.
fn closed(account: &Account, moved: &Book, paid: i128) -> Result<Account, EngineError> {
    let mut after = account.clone();
    for leg in &moved.legs {
        after.add_leg(leg.key, leg.quantity)?;
    }
    let cash = after.entry(QUOTE_COIN)?;
    cash.amount = sub_signed(cash.amount, paid)?;
    after.tidy();
    Ok(after)
}
