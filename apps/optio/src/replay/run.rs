//! Driving the contracts through the prepared moments.

use std::collections::{BTreeMap, BTreeSet};

use calibrate::realized_vol;
use protocol_api::exchange::QuoteLeg;
use protocol_api::oracle::{QueryMsg, Validity, ValidityResponse};
use sandbox::Trader;
use sandbox::report::stored_vol;
use sandbox::setup::{GWEI, SAT, USDC, Window};
use wasm_chain::Mode;

use super::ReplayArgs;
use super::desk::{DESKS, Desk, FEEDS, Feed};
use super::prepare::Moment;
use crate::data::chain::Expiry;
use crate::data::snapshot::{Row, Side};
use crate::data::time::format_timestamp;
use crate::error::{CliError, Result};
use crate::fitted::FittedChain;
use crate::random::Random;
use crate::venue::{Venue, failed, report};

/// A short window: six observations an expiry.
const WINDOW: Window = Window {
    buckets: 6,
    bucket_seconds: 30,
};
/// Accounts that take the other side; each may hold 128 legs.
const MAKERS: usize = 8;
/// Chance that an account trades at a snapshot.
const ACTIVITY: f64 = 0.35;
/// Expiries nearer than this are not traded, seconds.
const LEAST_LEFT: u64 = 2 * 3600;
/// Seconds after which a jumped surface may be confirmed.
const CALM: u64 = 65;

/// What happened.
pub struct Outcome {
    /// The protocol with its gas, refusals and violations.
    pub venue: Venue,
    /// Surfaces published.
    pub published: usize,
    /// Surfaces the calibrator or the adapter refused, with why.
    pub rejected: Vec<String>,
    /// Reports whose level was *jumped* at first.
    pub jumped: usize,
    /// Trades done, and legs in them.
    pub trades: (usize, usize),
    /// Times an account owed coins and paid them.
    pub debts: usize,
    /// Times an account was below maintenance.
    pub calls: usize,
    /// Of these, cured by reducing alone.
    pub reduced: usize,
    /// Times a call's account had lost all its equity.
    pub insolvent: usize,
    /// Expiries fixed, by market.
    pub fixed: usize,
    /// Series listed.
    pub series: usize,
    /// Accounts, makers included.
    pub accounts: usize,
    /// Legs open at the end.
    pub open_legs: usize,
}

impl Outcome {
    fn of(venue: Venue) -> Self {
        Self {
            venue,
            published: 0,
            rejected: Vec::new(),
            jumped: 0,
            trades: (0, 0),
            debts: 0,
            calls: 0,
            reduced: 0,
            insolvent: 0,
            fixed: 0,
            series: 0,
            accounts: 0,
            open_legs: 0,
        }
    }
}

/// A replay under way.
pub struct Replay<'a> {
    args: &'a ReplayArgs,
    random: Random,
    /// What happened so far.
    pub outcome: Outcome,
    makers: Vec<Trader>,
    /// The random accounts.
    pub traders: Vec<Trader>,
    listed: BTreeSet<String>,
    /// Expiries with a listed series, by market, not yet fixed.
    due: BTreeSet<(u64, usize)>,
    live: BTreeMap<u16, FittedChain>,
    /// Times and spot prices published so far, by feed.
    paths: BTreeMap<u16, Vec<(u64, f64)>>,
}

/// Runs the replay.
///
/// # Errors
/// When an artefact is missing or a step fails that should not.
pub fn run(args: &ReplayArgs, mode: Mode, moments: &[Moment]) -> Result<Outcome> {
    let first = moments
        .first()
        .ok_or_else(|| CliError::input("no snapshot"))?;
    let venue = Venue::deploy(mode, first.time - 600, WINDOW)?;
    let mut replay = Replay {
        args,
        random: Random::new(args.seed),
        outcome: Outcome::of(venue),
        makers: Vec::new(),
        traders: Vec::new(),
        listed: BTreeSet::new(),
        due: BTreeSet::new(),
        live: BTreeMap::new(),
        paths: BTreeMap::new(),
    };
    replay.open()?;
    let mut before: Option<&Moment> = None;
    for (at, moment) in moments.iter().enumerate() {
        if let Some(before) = before {
            replay.settle_between(before, moment)?;
        }
        replay.step(moment)?;
        before = Some(moment);
        if (at + 1) % 20 == 0 || at + 1 == moments.len() {
            replay.progress(at + 1, moments.len(), moment.time);
        }
    }
    replay.finish()
}

impl Replay<'_> {
    fn open(&mut self) -> Result<()> {
        for at in 0..MAKERS {
            let coins = [
                (30_000_000_000_000, GWEI),
                (100_000_000_000, SAT),
                (100_000_000_000_000, USDC),
            ];
            let maker = self.outcome.venue.open(&format!("maker {at}"), &coins)?;
            self.makers.push(maker);
        }
        for at in 0..self.args.accounts {
            let mut amount =
                |least: f64, most: f64| (least + (most - least) * self.random.unit()) as u128;
            let coins = [
                (amount(1e9, 2e10), GWEI),
                (amount(1e6, 1e8), SAT),
                (amount(1e10, 1e11), USDC),
            ];
            let trader = self.outcome.venue.open(&format!("trader {at}"), &coins)?;
            self.traders.push(trader);
        }
        self.outcome.accounts = MAKERS + self.args.accounts;
        Ok(())
    }

    fn progress(&self, done: usize, of: usize, time: u64) {
        println!(
            "{done:>4}/{of} {}: {} messages, {} trades, {} margin calls, {} expiries fixed, {} violations",
            format_timestamp(time),
            self.outcome.venue.messages,
            self.outcome.trades.0,
            self.outcome.calls,
            self.outcome.fixed,
            self.outcome.venue.violations.len(),
        );
    }

    /// Publishes both surfaces, then lets everybody act.
    fn step(&mut self, moment: &Moment) -> Result<()> {
        self.outcome.venue.sandbox.chain.set_time(moment.time);
        for feed in &FEEDS {
            let Some(prepared) = moment.coins.get(feed.coin) else {
                continue;
            };
            match &prepared.fitted {
                Ok(fitted) => self.publish(feed, fitted)?,
                Err(error) => self.reject(feed, moment.time, error),
            }
        }
        self.confirm()?;
        self.pay_debts()?;
        self.margin_calls(moment)?;
        for at in 0..self.traders.len() {
            if self.random.unit() < ACTIVITY {
                self.trade(at, moment)?;
            }
        }
        Ok(())
    }

    fn reject(&mut self, feed: &Feed, time: u64, error: &CliError) {
        self.outcome
            .rejected
            .push(format!("{} {}: {error}", feed.coin, format_timestamp(time)));
    }

    fn publish(&mut self, feed: &Feed, fitted: &FittedChain) -> Result<()> {
        let time = self.outcome.venue.now();
        match self.report(feed, fitted, fitted.index) {
            Ok(()) => {
                self.outcome.published += 1;
                self.live.insert(feed.feed, fitted.clone());
            }
            Err(error) => self.reject(feed, time, &error),
        }
        Ok(())
    }

    /// Publishes a surface at the present time, with the realised vol of the prices published.
    fn report(&mut self, feed: &Feed, fitted: &FittedChain, spot: f64) -> Result<()> {
        let venue = &mut self.outcome.venue;
        let path = self.paths.entry(feed.feed).or_default();
        path.push((venue.now(), spot));
        let mut said = report(feed.feed, venue.now(), spot, fitted)?;
        said.realized_vol = stored_vol(realized_vol(path));
        venue.publish_report(&said)
    }

    /// A surface that left the envelope of the one before keeps its feed *jumped* for a minute: the
    /// same surfaces are published again after it.
    fn confirm(&mut self) -> Result<()> {
        let mut jumped = 0;
        for feed in &FEEDS {
            if self.live.contains_key(&feed.feed) && self.level(feed)? == Validity::Jumped {
                jumped += 1;
            }
        }
        self.outcome.jumped += jumped;
        if jumped == 0 {
            return Ok(());
        }
        self.outcome.venue.sandbox.chain.advance(CALM);
        for feed in &FEEDS {
            if let Some(fitted) = self.live.get(&feed.feed).cloned() {
                self.publish(feed, &fitted)?;
            }
        }
        Ok(())
    }

    fn level(&self, feed: &Feed) -> Result<Validity> {
        let venue = &self.outcome.venue.sandbox;
        let msg = QueryMsg::Validity { feed: feed.feed };
        let answer: ValidityResponse = venue
            .chain
            .query(&venue.oracle, &msg)
            .map_err(|e| failed(&e))?;
        Ok(answer.validity)
    }

    /// A random option or vertical spread at the real bid and ask, against the maker with room.
    fn trade(&mut self, at: usize, moment: &Moment) -> Result<()> {
        let which = self.random.below(DESKS.len());
        let desk = &DESKS[which];
        let Some(expiry) = self.expiry(desk, moment) else {
            return Ok(());
        };
        let Some(legs) = self.legs(desk, expiry) else {
            return Ok(());
        };
        self.list(&legs)?;
        self.due.insert((expiry.expiry, which));
        let lots = 5 + self.random.below(96) as u64;
        let trader = self.traders[at].clone();
        self.take(&trader, legs, lots, false);
        Ok(())
    }

    /// A random expiry that is far enough, if the desk's surface is live.
    fn expiry<'m>(&mut self, desk: &Desk, moment: &'m Moment) -> Option<&'m Expiry> {
        let prepared = moment.coins.get(desk.coin)?;
        let least = self.outcome.venue.now() + LEAST_LEFT;
        let expiries = prepared.chain.expiries.iter();
        let ready: Vec<&Expiry> = expiries.filter(|e| e.expiry > least).collect();
        if ready.is_empty() || !self.live.contains_key(&desk.feed) {
            return None;
        }
        Some(ready[self.random.below(ready.len())])
    }

    /// One random option or a vertical spread.
    fn legs(&mut self, desk: &Desk, expiry: &Expiry) -> Option<Vec<QuoteLeg>> {
        let side = if self.random.unit() < 0.5 {
            Side::Call
        } else {
            Side::Put
        };
        let rows: Vec<&Row> = expiry.rows().filter(|r| desk.trades(r, side)).collect();
        if rows.len() < 2 {
            return None;
        }
        let first = rows[self.random.below(rows.len())];
        let buy = self.random.unit() < 0.5;
        let mut legs = vec![desk.leg(first, expiry.forward, buy)];
        let second = rows[self.random.below(rows.len())];
        if self.random.unit() < 0.4 && second.instrument != first.instrument {
            legs.push(desk.leg(second, expiry.forward, !buy));
        }
        Some(legs)
    }

    fn list(&mut self, legs: &[QuoteLeg]) -> Result<()> {
        for leg in legs {
            if self.listed.insert(leg.series.clone()) {
                self.outcome.venue.list(std::slice::from_ref(&leg.series))?;
                self.outcome.series += 1;
            }
        }
        Ok(())
    }

    /// A trader takes the other side of a random maker's quote; a refusal is counted by the venue.
    pub fn take(&mut self, trader: &Trader, legs: Vec<QuoteLeg>, lots: u64, reduce_only: bool) {
        let maker = self.makers[self.random.below(MAKERS)].clone();
        let count = legs.len();
        let venue = &mut self.outcome.venue;
        let quote = venue.quote(&maker, legs, lots);
        if venue.take(trader, quote, reduce_only).is_ok() {
            self.outcome.trades.0 += 1;
            self.outcome.trades.1 += count;
        }
    }

    /// Expiries between two snapshots: the price follows a bridge through the fixing windows.
    fn settle_between(&mut self, before: &Moment, after: &Moment) -> Result<()> {
        let inside = |e: u64| e > before.time && e <= after.time;
        let due: BTreeSet<u64> = self
            .due
            .iter()
            .map(|d| d.0)
            .filter(|e| inside(*e))
            .collect();
        for expiry in due {
            for bucket in 0..u64::from(WINDOW.buckets) {
                let length = u64::from(WINDOW.bucket_seconds);
                let opens = expiry - length * u64::from(WINDOW.buckets);
                self.observe(opens + length * bucket + 5, before, after)?;
            }
            self.observe(expiry + 10, before, after)?;
            for feed in &FEEDS {
                let own = |d: &&(u64, usize)| d.0 == expiry && DESKS[d.1].feed == feed.feed;
                let own = self.due.iter().filter(own);
                let markets: Vec<&str> = own.map(|d| DESKS[d.1].market).collect();
                if !markets.is_empty() {
                    self.outcome.venue.fix(feed.feed, expiry, &markets)?;
                    self.outcome.fixed += markets.len();
                }
            }
            let everyone: Vec<u64> = self
                .makers
                .iter()
                .chain(&self.traders)
                .map(|t| t.account)
                .collect();
            self.outcome.venue.settle(&everyone)?;
            self.due.retain(|d| d.0 != expiry);
        }
        Ok(())
    }

    /// Publishes both feeds at a time between two snapshots.
    fn observe(&mut self, time: u64, before: &Moment, after: &Moment) -> Result<()> {
        if time <= self.outcome.venue.now() || time >= after.time {
            return Ok(());
        }
        self.outcome.venue.sandbox.chain.set_time(time);
        let share = (time - before.time) as f64 / (after.time - before.time).max(1) as f64;
        // A bridge: straight in the logarithm, with noise that vanishes at both ends.
        let noise = 0.006 * (share * (1.0 - share)).sqrt() * self.random.normal();
        for feed in &FEEDS {
            let (Some(a), Some(b)) = (before.coins.get(feed.coin), after.coins.get(feed.coin))
            else {
                continue;
            };
            let Some(fitted) = self.live.get(&feed.feed).cloned() else {
                continue;
            };
            let spot = a.chain.index * (b.chain.index / a.chain.index).powf(share) * noise.exp();
            if let Err(error) = self.report(feed, &fitted, spot) {
                self.reject(feed, time, &error);
            } else {
                self.outcome.published += 1;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Outcome> {
        for trader in self.makers.iter().chain(&self.traders) {
            self.outcome.open_legs += self.outcome.venue.account(trader.account)?.legs.len();
        }
        Ok(self.outcome)
    }
}
