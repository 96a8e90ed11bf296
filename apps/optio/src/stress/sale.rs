//! One step of a liquidation on plain books, from the pure crate alone: a model of the engine's with one taker who can pay.
//! What both come to is compared with the contracts, account by account (`--depth contracts`).

use std::collections::BTreeMap;

use fixed_math::int::umul_div_ceil;
use risk::liquidation::{
    Bid, Fund, Health, Limit, Share, Standing, UNITS_MORE, claim, is_worth_leaving, payable,
    penalty_ceil, rest_of, slice, slice_down, slice_price,
};
use risk::{Book, Context, Level, QUOTE_COIN, SeriesKey};

use super::law::{Law, cash, marks};
use super::rules::Rules;
use crate::error::{CliError, Result};

/// More than anything costs.
pub const BUDGET: u128 = 1 << 60;

/// Since when an account is for sale.
#[derive(Debug, Clone, Copy)]
pub struct Auction {
    /// Its clock: now less its age.
    pub at: u64,
    price_time: u64,
    touched: u64,
}

/// Everybody but the sellers, quote base units: together nothing is made or lost.
#[derive(Debug, Clone, Default)]
pub struct Others {
    /// The market's insurance.
    pub fund: Fund,
    /// Cash of the buyers.
    pub buyers: i128,
    /// Cash of the keepers.
    pub keepers: i128,
    /// Cash of those against whom accounts were closed.
    pub sides: i128,
    /// What the buyers hold, and what others no longer owe.
    pub legs: BTreeMap<SeriesKey, i64>,
}

impl Others {
    /// Nobody but insurance has anything.
    pub fn funded(balance: u128) -> Self {
        let fund = Fund {
            balance,
            ..Fund::default()
        };
        Self {
            fund,
            ..Self::default()
        }
    }
}

/// What a step did to an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sold {
    /// Equity before.
    pub equity: i128,
    /// By the buyer to the seller, penalty on top; negative: the other way.
    pub paid: i128,
    /// By insurance.
    pub relief: u128,
    /// The penalty.
    pub penalty: u128,
    /// Whether nothing is left.
    pub whole: bool,
    /// Value of the legs that moved, at mark.
    pub mark: i128,
}

/// A slice, priced.
struct Cut {
    moved: Book,
    rest: Book,
    health: Health,
    pay: i128,
    relief: u128,
}

/// An account for sale at a reward.
struct Offer<'a> {
    book: &'a Book,
    /// Before the sale.
    before: &'a Health,
    reward: i32,
    /// What insurance would add if all of it went.
    missing: u128,
}

/// What a step goes by.
pub struct Step<'a> {
    pub law: Law,
    pub rules: &'a Rules,
    pub context: &'a Context,
}

impl Step<'_> {
    /// Steps an account below maintenance: starts or keeps its auction, and sells once a buyer accepts the reward.
    ///
    /// # Errors
    /// When a book cannot be priced.
    pub fn run(
        &self,
        book: &mut Book,
        auction: &mut Option<Auction>,
        others: &mut Others,
    ) -> Result<Option<Sold>> {
        let before = self.health(book)?;
        let now = self.context.now;
        let clock = self.clock(*auction);
        *auction = Some(Auction {
            touched: now,
            ..clock
        });
        let published = self.published();
        if before.standing() == Standing::Shallow && published.0 <= clock.price_time {
            // Nobody could take: no time has passed.
            *auction = Some(Auction {
                at: now,
                touched: now,
                ..clock
            });
            return Ok(None);
        }
        let reward = before.reward(self.rules.schedule.reward(now - clock.at));
        if reward < self.rules.appetite {
            return Ok(None);
        }
        others.fund = others.fund.at(now);
        let Some(cut) = self.cut(book, &before, reward, &others.fund)? else {
            return Ok(None);
        };
        let sold = self.settle(book, &before, &cut, others)?;
        if self.health(book)?.standing() == Standing::Healthy {
            *auction = None;
        }
        Ok(Some(sold))
    }

    /// Equity and maintenance margin.
    ///
    /// # Errors
    /// When a book cannot be priced.
    pub fn health(&self, book: &Book) -> Result<Health> {
        let found = self.law.health(book, self.context, Level::Maintenance);
        found.map_err(|e| CliError::of(&e))
    }

    /// When the newest price was published, and since when there was no gap.
    fn published(&self) -> (u64, u64) {
        let states = self.context.underlyings.iter().map(|u| &u.state);
        states.fold((0, 0), |(newest, live), state| {
            (newest.max(state.publish_time), live.max(state.live_since))
        })
    }

    fn clock(&self, auction: Option<Auction>) -> Auction {
        let (newest, live_since) = self.published();
        let now = self.context.now;
        let known = auction.filter(|known| now < known.touched + self.rules.tail);
        let lull = u64::from(self.rules.schedule.lull());
        let known = known.map(|known| Auction {
            at: known.at + (now - known.touched).saturating_sub(lull),
            ..known
        });
        match known {
            Some(known) if known.at >= live_since => known,
            known => Auction {
                at: known.map_or(now, |_| live_since),
                price_time: newest,
                touched: now,
            },
        }
    }

    /// The slice that a buyer takes, if any.
    fn cut(&self, book: &Book, before: &Health, reward: i32, fund: &Fund) -> Result<Option<Cut>> {
        let bid = Bid {
            reward,
            target: self.rules.target,
            penalty: self.rules.penalty,
            budget: BUDGET,
            budgets: BUDGET,
        };
        let missing = before.price(reward).min(0).unsigned_abs();
        let available = payable(missing, &[1], &[fund.available()]);
        let most = Share::floor(available, missing);
        let (share, limit) = match claim(before, before, &bid) {
            (share, _) if most < share => (most, Limit::Insurance),
            own => own,
        };
        let moved = match limit {
            Limit::Insurance => slice_down(book, share),
            Limit::Wanted | Limit::Budget => slice(book, share),
        };
        let offer = Offer {
            book,
            before,
            reward,
            missing,
        };
        let part = self.priced(&offer, moved)?;
        if part.relief > available || *book == Book::default() {
            return Ok(None);
        }
        let falls = share == Share::WHOLE || part.health.margin < before.margin;
        let must = limit == Limit::Wanted && share < Share::WHOLE && before.surplus() < 0;
        if must && !self.is_worth_leaving(before, &part) {
            let more = self.more(&offer, share)?;
            return Ok(Some(more));
        }
        Ok(Some(part).filter(|_| falls))
    }

    /// What goes in place of a share that leaves nothing worth keeping.
    fn more(&self, offer: &Offer<'_>, mut share: Share) -> Result<Cut> {
        let book = offer.book;
        for _ in 0..UNITS_MORE {
            share = share.next(book);
            if share == Share::WHOLE {
                break;
            }
            let unit = self.priced(offer, slice(book, share))?;
            if self.is_worth_leaving(offer.before, &unit) {
                return Ok(unit);
            }
        }
        self.priced(offer, book.clone())
    }

    fn is_worth_leaving(&self, before: &Health, cut: &Cut) -> bool {
        is_worth_leaving(before, &left_by(cut), self.rules.dust)
    }

    fn priced(&self, offer: &Offer<'_>, moved: Book) -> Result<Cut> {
        let Offer {
            book,
            before,
            reward,
            missing,
        } = *offer;
        let rest = rest_of(book, &moved);
        let health = self.health(&rest)?;
        let (left, margin) = (health.margin.max(0), before.margin.unsigned_abs());
        let relief = if rest == Book::default() {
            missing
        } else {
            let gone = margin.saturating_sub(left.unsigned_abs());
            umul_div_ceil(missing, gone, margin.max(1)).unwrap_or(missing)
        };
        Ok(Cut {
            pay: slice_price(before, &health, reward),
            moved,
            rest,
            health,
            relief,
        })
    }

    fn settle(
        &self,
        book: &mut Book,
        before: &Health,
        cut: &Cut,
        others: &mut Others,
    ) -> Result<Sold> {
        let penalty = penalty_ceil(cut.pay, self.rules.penalty);
        let paid = u128::try_from(cut.pay).unwrap_or(0);
        let keeper = self.rules.keeper_part(paid, penalty);
        let over = || CliError::input("an insurance fund left its range");
        let fund = others.fund.pay(cut.relief).ok_or_else(over)?;
        others.fund = fund.take_in(penalty - keeper).ok_or_else(over)?;
        others.keepers += signed(keeper);
        others.buyers += cash(&cut.moved) - cut.pay - signed(penalty);
        for leg in &cut.moved.legs {
            *others.legs.entry(leg.key).or_default() += leg.quantity;
        }
        *book = cut.rest.clone();
        post(book, cut.pay + signed(cut.relief));
        Ok(Sold {
            equity: before.equity,
            paid: cut.pay,
            relief: cut.relief,
            penalty,
            whole: book.legs.is_empty(),
            mark: marks(&cut.moved, self.context).map_err(|e| CliError::of(&e))?,
        })
    }
}

fn left_by(cut: &Cut) -> Health {
    Health {
        equity: cut.health.equity + cut.pay + signed(cut.relief),
        ..cut.health
    }
}

/// An amount as a signed one.
pub fn signed(amount: u128) -> i128 {
    i128::try_from(amount).unwrap_or(i128::MAX)
}

/// Adds quote cash to a book.
pub fn post(book: &mut Book, amount: i128) {
    let sum = cash(book) + amount;
    book.cash.retain(|entry| entry.0 != QUOTE_COIN);
    if sum != 0 {
        book.cash.push((QUOTE_COIN, sum));
    }
}
