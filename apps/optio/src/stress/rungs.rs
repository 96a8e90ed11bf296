//! The rungs below a sale on plain accounts: closing against the other sides, insurance for what is still owed, and the
//! haircut of the winners, each by the pure crate's functions.

use risk::liquidation::{Closing, Ended, Fund, Gains, Part, Round, payable};
use risk::{Book, Leg, MarketTerms, covered};

use super::law::{cash, marks};
use super::run::{End, Outcome};
use super::sale::{Others, Step, post, signed};
use super::waterfall::Walk;
use crate::error::{CliError, Result};

/// The engine's grace of debts, and how long a round of a haircut takes, seconds.
pub const DAY: u64 = 86_400;
/// Seconds for which counterparties are nominated.
pub const NOMINATION: u64 = 300;
/// Less is not asked of insurance, base units.
pub const CENT: u128 = 10_000;
/// Winners named in a message.
pub const NAMED: usize = 16;
/// Rounds after which what is left is called unpaid.
pub const ROUNDS: usize = 8;

/// What closing an account came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Closed {
    /// What its equity lacked.
    pub deficit: u128,
    /// Value of the legs at mark.
    pub mark: i128,
}

impl Step<'_> {
    /// Closes an account against those who hold the other sides of all its legs.
    ///
    /// # Errors
    /// When a book cannot be priced.
    pub fn close(&self, book: &mut Book, others: &mut Others) -> Result<Closed> {
        let failed = |e| CliError::of(&e);
        let before = self.health(book)?;
        let legs = std::mem::take(&mut book.legs);
        let priced = Book {
            cash: Vec::new(),
            legs: legs.clone(),
        };
        let mark = marks(&priced, self.context).map_err(failed)?;
        let closing = Closing::at_mark(&legs, self.context).map_err(failed)?;
        let missing = lacking(cash(book) + closing.proceeds_ceil(&legs));
        others.fund = others.fund.at(self.context.now);
        let most = payable(missing, &[1], &[others.fund.available()]);
        let closing = closing.sharing(&legs, missing - most);
        let paid = closing.proceeds_ceil(&legs);
        let insured = most.min(lacking(cash(book) + paid));
        let over = || CliError::input("an insurance fund left its range");
        others.fund = others.fund.pay(insured).ok_or_else(over)?;
        others.sides -= paid;
        for leg in &legs {
            *others.legs.entry(leg.key).or_default() += leg.quantity;
        }
        post(book, paid + signed(insured));
        Ok(Closed {
            deficit: lacking(before.equity),
            mark,
        })
    }
}

/// What an equity lacks.
pub fn lacking(equity: i128) -> u128 {
    equity.min(0).unsigned_abs()
}

/// What the account that stood against a seller's has gained in the market: its sum and, where no price can cost it more
/// than it has, the lowest payoff of its legs.
///
/// # Errors
/// When a payoff is out of range.
pub fn gain(sum: i128, seller: &[Leg], markets: &[MarketTerms]) -> Result<u128> {
    let legs = seller.iter().map(|leg| Leg {
        quantity: -leg.quantity,
        ..*leg
    });
    let other = Book {
        cash: Vec::new(),
        legs: legs.collect(),
    };
    let paths = covered(&other, markets).map_err(|e| CliError::of(&e))?;
    let last = paths.first().and_then(|path| path.after.last());
    let lowest = last.map_or(Some(0), |(_, value)| *value);
    Ok(lowest.map_or(0, |lowest| (sum + lowest).max(0).unsigned_abs()))
}

/// The way down of what a market's accounts lacked. What the fund and the other sides lost is what their own ledgers say.
///
/// # Errors
/// When a round of a haircut cannot be counted.
pub fn walked(outcome: &Outcome, times: &[u64]) -> Result<Walk> {
    let (ends, others) = (&outcome.ends, &outcome.others);
    let closed = || ends.iter().filter_map(|end| end.closed);
    let time = |tick: usize| times.get(tick).copied().unwrap_or(0);
    let owes = |end: &&End| end.book.legs.is_empty() && cash(&end.book) < 0;
    let held = ends.iter().filter(|end| !end.book.legs.is_empty());
    let held: u128 = held.map(|end| lacking(end.equity)).sum();
    let rest = Rest {
        fund: others.fund,
        debts: ends
            .iter()
            .filter(owes)
            .map(|end| lacking(end.equity))
            .collect(),
        gains: ends.iter().map(|end| end.gain).collect(),
        now: times.last().copied().unwrap_or(0),
        since: closed().map(|(tick, _)| time(tick)).max().unwrap_or(0),
    };
    let walk = rest.down()?;
    let deficit = ends.iter().map(|end| {
        let own = end.closed.map(|(_, closed)| closed.deficit);
        own.unwrap_or(lacking(end.equity))
    });
    let marks: i128 = closed().map(|(_, closed)| closed.mark).sum();
    Ok(Walk {
        closed: closed().count(),
        deficit: deficit.sum(),
        insurance: walk.insurance + outcome.insured_closings(),
        sides: -others.sides - marks,
        unpaid: walk.unpaid + held,
        held,
        rounded: walk.rounded + closed().count(),
        ..walk
    })
}

/// A market whose accounts' lives are over: what is still owed, and who has gained.
pub struct Rest {
    /// Insurance.
    pub fund: Fund,
    /// What accounts without legs owe.
    pub debts: Vec<u128>,
    /// Gains of winners, who are named in this order.
    pub gains: Vec<u128>,
    /// Unix seconds.
    pub now: u64,
    /// When the youngest debt arose.
    pub since: u64,
}

/// The loss of the market while it is shared, as the engine keeps it.
#[derive(Default)]
struct Loss {
    round: Round,
    later: u128,
    ends_at: u64,
    /// Rounds that are over.
    ended: Vec<Ended>,
    /// Of each winner, in which round he was counted last, and how.
    parts: Vec<(usize, Part)>,
    /// What each has more than at the start.
    moved: Vec<i128>,
    /// The most withheld in a round.
    most: u128,
}

impl Rest {
    /// Walks what is owed down insurance, hour by hour until the debts are late, and what is written off then down rounds.
    ///
    /// # Errors
    /// When a round cannot be counted.
    pub fn down(mut self) -> Result<Walk> {
        let (start, late) = (self.fund.balance, self.since + DAY);
        while self.now < late && self.debts.iter().any(|debt| *debt > 0) {
            self.now = ((self.now / 3_600 + 1) * 3_600).min(late);
            self.cover();
        }
        let written: u128 = self.debts.iter().sum();
        let mut loss = Loss {
            parts: vec![(0, Part::default()); self.gains.len()],
            moved: vec![0; self.gains.len()],
            ..Loss::default()
        };
        for debt in std::mem::take(&mut self.debts) {
            loss.later += debt;
            loss.begin(self.now);
        }
        for _ in 0..ROUNDS {
            if loss.lost() == 0 {
                break;
            }
            self.share(&mut loss)?;
            self.now += DAY;
        }
        self.share(&mut loss)?;
        Ok(Walk {
            insurance: start - self.fund.balance,
            written_off: written,
            withheld: loss.most,
            winners: -loss.moved.iter().sum::<i128>(),
            unpaid: loss.lost(),
            rounded: self.gains.len(),
            ..Walk::default()
        })
    }

    /// Insurance pays debts in their order, in messages worth sending.
    fn cover(&mut self) {
        for debt in self.debts.iter_mut().filter(|debt| **debt > 0) {
            let fund = self.fund.at(self.now);
            if fund.available() < CENT {
                break;
            }
            *debt -= pay(&mut self.fund, self.now, *debt);
        }
    }

    /// All winners are named, so many in a message: insurance first, then the end of a round, then their gains.
    fn share(&mut self, loss: &mut Loss) -> Result<()> {
        let over = || CliError::input("a round of a haircut left its range");
        for first in (0..self.gains.len()).step_by(NAMED) {
            loss.round.due -= pay(&mut self.fund, self.now, loss.round.due);
            loss.end(self.now);
            let last = (first + NAMED).min(self.gains.len());
            for (at, gain) in (first..last).zip(&mut self.gains[first..last]) {
                loss.give_back(at, gain).ok_or_else(over)?;
                loss.count(at, *gain).ok_or_else(over)?;
            }
        }
        Ok(())
    }
}

/// Pays out of a fund what it may of what is wanted.
fn pay(fund: &mut Fund, now: u64, wanted: u128) -> u128 {
    let open = fund.at(now);
    let part = payable(wanted, &[1], &[open.available()]);
    let paid = open.pay(part);
    paid.map_or(0, |paid| {
        *fund = paid;
        part
    })
}

impl Loss {
    fn lost(&self) -> u128 {
        self.round.due + self.later
    }

    fn begin(&mut self, now: u64) {
        if self.ends_at == 0 && self.later > 0 {
            self.round.due = std::mem::take(&mut self.later);
            self.ends_at = now + DAY;
        }
    }

    fn end(&mut self, now: u64) {
        if self.ends_at == 0 || (now < self.ends_at && self.round.due > 0) {
            return;
        }
        let round = std::mem::take(&mut self.round);
        let ended = round.end();
        self.later += round.due - ended.raised;
        self.ended.push(ended);
        self.ends_at = 0;
        self.begin(now);
    }

    fn give_back(&mut self, at: usize, gain: &mut u128) -> Option<()> {
        let (round, part) = self.parts[at];
        if part == Part::default() || round == self.ended.len() {
            return Some(());
        }
        let (back, _) = self.ended[round].give_back(&part)?;
        *gain = gain.checked_sub(part.withheld - back)?;
        self.moved[at] += signed(back);
        self.parts[at].1 = Part::default();
        Some(())
    }

    fn count(&mut self, at: usize, gain: u128) -> Option<()> {
        let lost = self.lost();
        if lost == 0 {
            return Some(());
        }
        let (round, part) = &mut self.parts[at];
        *round = self.ended.len();
        // What is withheld already is no gain at hand.
        let open = gain - part.withheld;
        let found = Gains {
            at_hand: open,
            free: open,
        };
        let more = self.round.count(part, found, lost)?;
        self.moved[at] -= signed(more);
        self.most = self.most.max(self.round.withheld);
        Some(())
    }
}
