//! The pure depth: every account from its first tick to its last, keepers, buyers and insurance around them.

use risk::liquidation::{Health, Standing};
use risk::{Book, Context, Level};

use super::agents::{Agent, Kind};
use super::law::{Law, cash};
use super::rules::Rules;
use super::rungs::{Closed, NOMINATION, gain};
use super::sale::{Auction, Others, Sold, Step, signed};
use crate::error::{CliError, Result};

/// Prices, tick by tick, whoever makes them.
pub trait Prices {
    /// Number of ticks.
    fn count(&self) -> usize;
    /// Whether keepers are awake.
    fn kept(&self, tick: usize) -> bool;
    /// What margin is computed from; none without a price.
    ///
    /// # Errors
    /// When a price cannot be made.
    fn context(&self, tick: usize) -> Result<Option<Context>>;
}

/// What became of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// What it held.
    pub kind: Kind,
    /// Initial margin it started with.
    pub margin: i128,
    /// Tick at which it was first below maintenance.
    pub fell: Option<usize>,
    /// Steps that sold something, with their tick.
    pub sales: Vec<(usize, Sold)>,
    /// When it was closed against the other sides, and what that came to.
    pub closed: Option<(usize, Closed)>,
    /// What the account on the other side has gained.
    pub gain: u128,
    /// What is left at the last tick.
    pub book: Book,
    /// Its equity then.
    pub equity: i128,
    /// Whether it was still below maintenance then.
    pub below: bool,
}

impl End {
    /// The most it owed beyond what it had: when it was sold or closed, or at the end.
    pub fn shortfall(&self) -> i128 {
        let sold = self.sales.iter().map(|(_, sold)| sold.equity);
        let closed = self.closed.map(|(_, closed)| -signed(closed.deficit));
        -sold
            .chain(closed)
            .chain([self.equity, 0])
            .min()
            .unwrap_or(0)
    }
}

/// What became of everybody.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// One per agent.
    pub ends: Vec<End>,
    /// Insurance, buyers and keepers at the end.
    pub others: Others,
    /// Cash of the seeded accounts, quote base units.
    pub seeded: i128,
    /// Insurance at the start.
    pub funded: u128,
}

impl Outcome {
    /// Cash that came from nowhere: zero.
    pub fn made(&self) -> i128 {
        let ends: i128 = self.ends.iter().map(|end| cash(&end.book)).sum();
        let fund = signed(self.others.fund.balance);
        let others = self.others.buyers + self.others.keepers + self.others.sides;
        ends + others + fund - self.seeded - signed(self.funded)
    }

    /// What the fund lost that was not paid during sales: for accounts that were closed.
    pub fn insured_closings(&self) -> u128 {
        let sold = self.ends.iter().flat_map(|end| &end.sales);
        let gained: i128 = sold
            .map(|(_, sold)| signed(sold.penalty) - signed(sold.relief))
            .sum();
        let lost = signed(self.funded) + gained - self.others.keepers;
        (lost - signed(self.others.fund.balance))
            .max(0)
            .unsigned_abs()
    }

    /// Legs that came from nowhere, in quantity units: zero.
    pub fn legs_made(&self, agents: &[Agent]) -> u64 {
        let mut sums = self.others.legs.clone();
        for leg in self.ends.iter().flat_map(|end| &end.book.legs) {
            *sums.entry(leg.key).or_default() += leg.quantity;
        }
        for leg in agents.iter().flat_map(|agent| &agent.book.legs) {
            *sums.entry(leg.key).or_default() -= leg.quantity;
        }
        sums.values().map(|sum| sum.unsigned_abs()).sum()
    }
}

/// An account on its way.
struct Live {
    agent: usize,
    book: Book,
    auction: Option<Auction>,
    /// When it fell below maintenance, unless it has recovered.
    since: Option<u64>,
    fell: Option<usize>,
    sales: Vec<(usize, Sold)>,
    /// When counterparties were named.
    named: Option<u64>,
    closed: Option<(usize, Closed)>,
    /// What the other side's sum in the market has come to.
    sum: i128,
    gain: u128,
    last: Health,
}

/// Everything that does not change on the way.
pub struct Setting<'a> {
    /// Margin law.
    pub law: Law,
    /// Terms and people.
    pub rules: &'a Rules,
    /// Insurance at the start, quote base units.
    pub fund: u128,
}

/// Follows agents (ascending by first tick) through prices.
///
/// # Errors
/// When a book or a surface cannot be priced.
pub fn run(prices: &impl Prices, agents: &[Agent], setting: &Setting<'_>) -> Result<Outcome> {
    let mut others = Others::funded(setting.fund);
    let mut ends: Vec<Option<End>> = vec![None; agents.len()];
    let mut live: Vec<Live> = Vec::new();
    let mut next = 0;
    for tick in 0..prices.count() {
        while let Some(agent) = agents.get(next).filter(|agent| agent.life.0 <= tick) {
            live.push(Live::new(next, agent));
            next += 1;
        }
        let busy = |l: &Live| setting.is_due(l, &agents[l.agent], tick);
        if !live.iter().any(busy) {
            continue;
        }
        // Without a price nobody is looked at, and nobody's life ends.
        if let Some(context) = prices.context(tick)? {
            let step = setting.step(&context);
            for l in live.iter_mut().filter(|l| busy(l)) {
                l.look(tick, prices.kept(tick), &step, &mut others)?;
            }
            live.retain(|l| {
                let agent = &agents[l.agent];
                let over = agent.life.1 <= tick || l.book.legs.is_empty();
                if over {
                    ends[l.agent] = Some(l.end(agent));
                }
                !over
            });
        }
    }
    for l in &live {
        ends[l.agent] = Some(l.end(&agents[l.agent]));
    }
    Ok(Outcome {
        ends: ends.into_iter().flatten().collect(),
        others,
        seeded: agents.iter().map(|agent| cash(&agent.book)).sum(),
        funded: setting.fund,
    })
}

impl<'a> Setting<'a> {
    fn step<'b>(&self, context: &'b Context) -> Step<'b>
    where
        'a: 'b,
    {
        Step {
            law: self.law,
            rules: self.rules,
            context,
        }
    }

    /// Accounts below maintenance are looked at in every tick, others in every so many, and all in their last.
    fn is_due(&self, live: &Live, agent: &Agent, tick: usize) -> bool {
        let scan = tick.is_multiple_of(self.rules.scan) || tick == agent.life.0;
        live.since.is_some() || scan || tick >= agent.life.1
    }
}

impl Live {
    fn new(agent: usize, from: &Agent) -> Self {
        Self {
            agent,
            book: from.book.clone(),
            auction: None,
            since: None,
            fell: None,
            sales: Vec::new(),
            named: None,
            closed: None,
            sum: from.worth,
            gain: 0,
            last: Health {
                equity: 0,
                margin: 0,
            },
        }
    }

    fn look(
        &mut self,
        tick: usize,
        kept: bool,
        step: &Step<'_>,
        others: &mut Others,
    ) -> Result<()> {
        let health = |book: &Book| {
            let found = step.law.health(book, step.context, Level::Maintenance);
            found.map_err(|e| CliError::of(&e))
        };
        self.last = health(&self.book)?;
        if self.last.standing() == Standing::Healthy {
            (self.since, self.named) = (None, None);
            return Ok(());
        }
        let now = step.context.now;
        self.fell.get_or_insert(tick);
        let since = *self.since.get_or_insert(now);
        if !kept || now < since + step.rules.delay {
            return Ok(());
        }
        if let Some(sold) = step.run(&mut self.book, &mut self.auction, others)? {
            self.sales.push((tick, sold));
            self.moved(sold.mark, step)?;
            self.last = health(&self.book)?;
        }
        if self.last.standing() == Standing::Healthy {
            (self.since, self.named) = (None, None);
        } else if step.rules.closes && !self.book.legs.is_empty() && self.is_ripe(step) {
            let closed = step.close(&mut self.book, others)?;
            self.moved(closed.mark, step)?;
            self.closed = Some((tick, closed));
            self.last = health(&self.book)?;
        }
        Ok(())
    }

    /// Whether counterparties have been named for long enough; they are once the schedule has ended.
    fn is_ripe(&mut self, step: &Step<'_>) -> bool {
        let now = step.context.now;
        let ended = u64::from(step.rules.schedule.end_after);
        if self.named.is_none() && self.auction.is_some_and(|it| now >= it.at + ended) {
            self.named = Some(now);
        }
        self.named.is_some_and(|named| now >= named + NOMINATION)
    }

    /// Legs worth so much went to the other side.
    fn moved(&mut self, mark: i128, step: &Step<'_>) -> Result<()> {
        self.sum -= mark;
        self.gain = gain(self.sum, &self.book.legs, &step.context.markets)?;
        Ok(())
    }

    fn end(&self, agent: &Agent) -> End {
        End {
            kind: agent.kind,
            margin: agent.margin,
            fell: self.fell,
            sales: self.sales.clone(),
            closed: self.closed,
            gain: self.gain,
            book: self.book.clone(),
            equity: self.last.equity,
            below: self.last.standing() != Standing::Healthy,
        }
    }
}
