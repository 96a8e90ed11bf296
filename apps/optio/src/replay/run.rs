//! Driving the contracts through the prepared moments.

use std::collections::{BTreeMap, BTreeSet};

use cosmwasm_std::Coin;
use protocol_api::engine::{ExecuteMsg, HealthResponse};
use protocol_api::exchange::QuoteLeg;
use protocol_api::oracle::{QueryMsg, Validity, ValidityResponse};
use sandbox::Trader;
use sandbox::setup::{BTC, ETH, SAT, USDC, Window};
use wasm_chain::Mode;

use super::ReplayArgs;
use super::prepare::Moment;
use crate::data::chain::Expiry;
use crate::data::snapshot::{Row, Side};
use crate::data::time::{format_expiry, format_timestamp};
use crate::error::{CliError, Result};
use crate::fitted::FittedChain;
use crate::random::Random;
use crate::venue::{Venue, failed};

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

/// What a coin is on the chain.
struct Desk {
    coin: &'static str,
    feed: u16,
    market: &'static str,
    /// Ticks per USD.
    ticks: f64,
    /// USD between strikes.
    grid: f64,
}

const DESKS: [Desk; 2] = [
    Desk {
        coin: "BTC",
        feed: BTC,
        market: "BTC_USDC",
        ticks: 2.0,
        grid: 100.0,
    },
    Desk {
        coin: "ETH",
        feed: ETH,
        market: "ETH_USDC",
        ticks: 20.0,
        grid: 5.0,
    },
];

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
    /// Premium and settlement turnover: sum over accounts of |cash changes| is not tracked; this is
    /// the number of open legs at the end.
    pub open_legs: usize,
}

struct Replay<'a> {
    args: &'a ReplayArgs,
    random: Random,
    outcome: Outcome,
    makers: Vec<Trader>,
    traders: Vec<Trader>,
    listed: BTreeSet<String>,
    /// Expiries with a listed series, by market, not yet fixed.
    due: BTreeSet<(u64, usize)>,
    live: BTreeMap<u16, FittedChain>,
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
    let outcome = Outcome {
        venue,
        published: 0,
        rejected: Vec::new(),
        jumped: 0,
        trades: (0, 0),
        calls: 0,
        reduced: 0,
        insolvent: 0,
        fixed: 0,
        series: 0,
        accounts: 0,
        open_legs: 0,
    };
    let mut replay = Replay {
        args,
        random: Random::new(args.seed),
        outcome,
        makers: Vec::new(),
        traders: Vec::new(),
        listed: BTreeSet::new(),
        due: BTreeSet::new(),
        live: BTreeMap::new(),
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
            let coins = [(100_000_000_000_000, USDC)];
            let maker = self.outcome.venue.open(&format!("maker {at}"), &coins)?;
            self.makers.push(maker);
        }
        for at in 0..self.args.accounts {
            let usd = (10_000.0 + 90_000.0 * self.random.unit()) as u128 * 1_000_000;
            let mut coins = vec![(usd, USDC)];
            if at % 3 == 0 {
                coins.push(((1e8 * self.random.unit()) as u128 + 1, SAT));
            }
            coins.sort_by_key(|c| c.1);
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
        for desk in &DESKS {
            let Some(prepared) = moment.coins.get(desk.coin) else {
                continue;
            };
            match &prepared.fitted {
                Ok(fitted) => self.publish(desk, fitted)?,
                Err(error) => self.reject(desk, moment.time, error),
            }
        }
        self.confirm()?;
        self.margin_calls(moment)?;
        for at in 0..self.traders.len() {
            if self.random.unit() < ACTIVITY {
                self.trade(at, moment)?;
            }
        }
        Ok(())
    }

    fn reject(&mut self, desk: &Desk, time: u64, error: &CliError) {
        self.outcome
            .rejected
            .push(format!("{} {}: {error}", desk.coin, format_timestamp(time)));
    }

    fn publish(&mut self, desk: &Desk, fitted: &FittedChain) -> Result<()> {
        let time = self.outcome.venue.now();
        match self.outcome.venue.publish(desk.feed, fitted, fitted.index) {
            Ok(()) => {
                self.outcome.published += 1;
                self.live.insert(desk.feed, fitted.clone());
            }
            Err(error) => self.reject(desk, time, &error),
        }
        Ok(())
    }

    /// A surface that left the envelope of the one before keeps its feed *jumped* for a minute: the
    /// same surfaces are published again after it.
    fn confirm(&mut self) -> Result<()> {
        let mut jumped = 0;
        for desk in &DESKS {
            if self.live.contains_key(&desk.feed) && self.level(desk)? == Validity::Jumped {
                jumped += 1;
            }
        }
        self.outcome.jumped += jumped;
        if jumped == 0 {
            return Ok(());
        }
        self.outcome.venue.sandbox.chain.advance(CALM);
        for desk in &DESKS {
            if let Some(fitted) = self.live.get(&desk.feed).cloned() {
                self.publish(desk, &fitted)?;
            }
        }
        Ok(())
    }

    fn level(&self, desk: &Desk) -> Result<Validity> {
        let venue = &self.outcome.venue.sandbox;
        let msg = QueryMsg::Validity { feed: desk.feed };
        let answer: ValidityResponse = venue
            .chain
            .query(&venue.oracle, &msg)
            .map_err(|e| failed(&e))?;
        Ok(answer.validity)
    }

    /// A random option or vertical spread at the real bid and ask, against the maker with room.
    fn trade(&mut self, at: usize, moment: &Moment) -> Result<()> {
        let desk = &DESKS[self.random.below(DESKS.len())];
        let Some(prepared) = moment.coins.get(desk.coin) else {
            return Ok(());
        };
        let now = self.outcome.venue.now();
        let ready: Vec<&Expiry> = prepared
            .chain
            .expiries
            .iter()
            .filter(|e| e.expiry > now + LEAST_LEFT)
            .collect();
        if ready.is_empty() || !self.live.contains_key(&desk.feed) {
            return Ok(());
        }
        let expiry = ready[self.random.below(ready.len())];
        let side = if self.random.unit() < 0.5 {
            Side::Call
        } else {
            Side::Put
        };
        let rows: Vec<&Row> = expiry.rows().filter(|r| tradable(r, desk, side)).collect();
        if rows.len() < 2 {
            return Ok(());
        }
        let first = rows[self.random.below(rows.len())];
        let buy = self.random.unit() < 0.5;
        let mut legs = vec![leg(desk, first, expiry.forward, buy)];
        let second = rows[self.random.below(rows.len())];
        if self.random.unit() < 0.4 && second.instrument != first.instrument {
            legs.push(leg(desk, second, expiry.forward, !buy));
        }
        for leg in &legs {
            if self.listed.insert(leg.series.clone()) {
                self.outcome.venue.list(std::slice::from_ref(&leg.series))?;
                self.outcome.series += 1;
            }
        }
        let which = DESKS.iter().position(|d| d.coin == desk.coin).unwrap_or(0);
        self.due.insert((expiry.expiry, which));
        let lots = 5 + self.random.below(96) as u64;
        let maker = self.makers[self.random.below(MAKERS)].clone();
        let trader = self.traders[at].clone();
        let count = legs.len();
        if self
            .outcome
            .venue
            .trade((&maker, &trader), legs, lots, false)
            .is_ok()
        {
            self.outcome.trades.0 += 1;
            self.outcome.trades.1 += count;
        }
        Ok(())
    }

    /// Accounts below maintenance reduce first; what is still missing they deposit.
    fn margin_calls(&mut self, moment: &Moment) -> Result<()> {
        for at in 0..self.traders.len() {
            let trader = self.traders[at].clone();
            let health = self.outcome.venue.health(trader.account)?;
            if !below(&health) {
                continue;
            }
            self.outcome.calls += 1;
            if health.equity.is_some_and(|e| e.is_negative()) {
                self.outcome.insolvent += 1;
            }
            self.reduce(&trader, &health, moment)?;
            let health = self.outcome.venue.health(trader.account)?;
            if !below(&health) {
                self.outcome.reduced += 1;
                continue;
            }
            let short = health
                .initial_surplus
                .map_or(0, |s| s.i128().unsigned_abs());
            let coins = [Coin::new(short + short / 4 + 1_000_000, USDC)];
            let chain = &mut self.outcome.venue.sandbox.chain;
            chain
                .mint(&trader.address, &coins)
                .map_err(|e| failed(&e))?;
            let msg = ExecuteMsg::Deposit {
                account: trader.account,
            };
            self.outcome
                .venue
                .engine("deposit", &trader.address, &msg, &coins)?;
        }
        Ok(())
    }

    /// Buys back, at the real ask, the short leg that costs most in the deciding pricing.
    fn reduce(&mut self, trader: &Trader, health: &HealthResponse, moment: &Moment) -> Result<()> {
        let shorts = health.legs.iter().filter(|l| l.quantity.i64() < 0);
        let Some(short) = shorts.max_by_key(|l| l.mark.i128() - l.worst.i128()) else {
            return Ok(());
        };
        for desk in &DESKS {
            let Some(prepared) = moment.coins.get(desk.coin) else {
                continue;
            };
            for expiry in &prepared.chain.expiries {
                let row = expiry
                    .rows()
                    .find(|r| series(desk, r) == short.series && r.ask.is_some());
                let Some(row) = row else { continue };
                let legs = vec![leg(desk, row, expiry.forward, true)];
                let lots = short.quantity.i64().unsigned_abs();
                let maker = self.makers[self.random.below(MAKERS)].clone();
                if self
                    .outcome
                    .venue
                    .trade((&maker, trader), legs, lots, true)
                    .is_ok()
                {
                    self.outcome.trades.0 += 1;
                    self.outcome.trades.1 += 1;
                }
            }
        }
        Ok(())
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
            let which: Vec<usize> = self
                .due
                .iter()
                .filter(|d| d.0 == expiry)
                .map(|d| d.1)
                .collect();
            for desk in which.into_iter().map(|w| &DESKS[w]) {
                self.outcome.venue.fix(desk.feed, expiry, &[desk.market])?;
                self.outcome.fixed += 1;
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
        for desk in &DESKS {
            let (Some(a), Some(b)) = (before.coins.get(desk.coin), after.coins.get(desk.coin))
            else {
                continue;
            };
            let Some(fitted) = self.live.get(&desk.feed).cloned() else {
                continue;
            };
            let spot = a.chain.index * (b.chain.index / a.chain.index).powf(share) * noise.exp();
            if let Err(error) = self.outcome.venue.publish(desk.feed, &fitted, spot) {
                self.reject(desk, time, &error);
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

fn below(health: &HealthResponse) -> bool {
    !health.covered && health.maintenance_surplus.is_some_and(|s| s.is_negative())
}

/// A two-sided quote on our strike grid, near enough to the money to be somebody's business.
fn tradable(row: &Row, desk: &Desk, side: Side) -> bool {
    row.instrument.side == side
        && row.bid.is_some()
        && row.ask.is_some()
        && row.instrument.strike % desk.grid == 0.0
        && (0.02..0.9).contains(&row.delta.abs())
}

fn series(desk: &Desk, row: &Row) -> String {
    let side = if row.instrument.side == Side::Call {
        'C'
    } else {
        'P'
    };
    let (expiry, strike) = (format_expiry(row.instrument.expiry), row.instrument.strike);
    format!("{}-{expiry}-{strike:.0}-{side}", desk.market)
}

/// The maker's leg when the taker buys at the ask or sells at the bid.
fn leg(desk: &Desk, row: &Row, forward: f64, taker_buys: bool) -> QuoteLeg {
    let coin = if taker_buys { row.ask } else { row.bid };
    let price = (coin.unwrap_or(row.mark) * forward * desk.ticks).round() as i64;
    QuoteLeg {
        series: series(desk, row),
        ratio: if taker_buys { -1 } else { 1 },
        price: price.max(1),
    }
}
