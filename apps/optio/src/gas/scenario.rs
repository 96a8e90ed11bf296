//! The messages of the gas snapshot: a report of eight expiries, a quote of four legs between accounts of 32, a margin
//! check of 64 legs over four expiries, a fixing over sixty buckets, a step of a liquidation, nominations and closings.

use chain_client::Key;
use cosmwasm_std::{Coin, coin};
use protocol_api::engine::ExecuteMsg;
use protocol_api::exchange::QuoteLeg;
use sandbox::report::{SurfaceExpiry, build, four};
use sandbox::setup::{BTC, USDC};
use sandbox::{Network as _, Sandbox, Trader};
use wasm_chain::ChainError;

use super::fallen::{LOTS, RISE};
use crate::data::time::format_expiry;
use crate::error::{CliError, Result};
use crate::node::{NodeChain, refused};
use crate::venue::failed;

/// The protocol on a node.
pub type World = Sandbox<NodeChain>;

const DAY: u64 = 86_400;
/// Days from this morning to the four expiries that are traded, and to two more in the surface.
const TRADED_DAYS: [u64; 4] = [2, 9, 16, 30];
const FURTHER_DAYS: [u64; 2] = [90, 180];
/// Between two reports while a window is open.
const RHYTHM: u64 = 5;
/// Seconds that a feed counts as jumped after an expiry has appeared, and a little.
const JUMPED: u64 = 65;
/// Seconds from when the two expiries that are fixed appear to the first of them, a window and a little, and between them.
const FIRST_FIXING: u64 = JUMPED + 330;
const BETWEEN: u64 = 300;

/// The run in progress.
pub struct Play {
    /// The protocol.
    pub world: World,
    /// Midnight before it began, unix seconds.
    day: u64,
    /// The two expiries that are fixed, unix seconds; none while the accounts are filled.
    fixed: Vec<u64>,
    /// What is published, USD.
    spot: f64,
    reports: u64,
    /// Time of the last report, unix seconds.
    published: u64,
}

/// Plays all of it: once with the codes unpinned, once pinned.
///
/// # Errors
/// A contract or the chain refuses.
pub fn play(world: World, codes: &[(&str, u64)], validators: &[Key]) -> Result<World> {
    let day = world.chain.now() / DAY * DAY;
    let mut play = Play {
        world,
        day,
        fixed: Vec::new(),
        spot: 90_000.0,
        reports: 0,
        published: 0,
    };
    let said = |what: &str| println!("{what}");
    play.publish()?;
    let names = play.list()?;
    let half: Vec<String> = names.iter().step_by(2).cloned().collect();
    let (few, many) = (play.pair("few", &half)?, play.pair("many", &names)?);
    let calls: Vec<String> = names.into_iter().filter(|n| n.ends_with('C')).collect();
    let sellers = [play.group("first", &calls)?, play.group("second", &calls)?];
    let coins = [Coin::new(5_000_000_000_000_u128, USDC)];
    let taker = ok(play.world.open_account("taker", &coins))?;
    let filled = play.world.chain.now();
    let first = (filled + FIRST_FIXING).div_ceil(60) * 60;
    play.fixed = vec![first, first + BETWEEN];
    play.observe_until(filled + JUMPED)?;
    said("accounts of 32 and 64 legs are filled; measuring unpinned");
    play.messages(&few, &many, &half)?;
    play.observe_until(first)?;
    play.fix(0)?;
    play.spot += RISE;
    play.liquidate(&sellers[0], &taker)?;
    said("pinning the codes by a vote");
    let pin = play.world.chain.pin(codes, validators);
    pin.map_err(|e| refused(&e))?;
    said("measuring pinned");
    play.observe_until(first + BETWEEN)?;
    play.fix(1)?;
    play.messages(&few, &many, &half)?;
    play.liquidate(&sellers[1], &taker)?;
    Ok(play.world)
}

/// A refusal as the command's error.
pub fn ok<T>(result: std::result::Result<T, ChainError>) -> Result<T> {
    result.map_err(|e| failed(&e))
}

impl Play {
    fn morning(&self) -> u64 {
        self.day + 8 * 3_600
    }

    pub fn publish(&mut self) -> Result<()> {
        // A report is newer than the last, by a second at least.
        ok(self.world.chain.reach(self.published + 1))?;
        let now = self.world.chain.now();
        self.published = now;
        self.reports += 1;
        // No two reports are the same.
        let spot = self.spot + self.reports as f64;
        let morning = self.morning();
        let days = TRADED_DAYS.into_iter().chain(FURTHER_DAYS);
        let expiries = self
            .fixed
            .iter()
            .copied()
            .chain(days.map(|day| morning + day * DAY));
        let surface: Vec<SurfaceExpiry> = expiries
            .filter(|expiry| *expiry > now)
            .map(|expiry| {
                let years = (expiry - now) as f64 / 31_536_000.0;
                let total = (0.5 + self.reports as f64 * 1e-5) * years.sqrt();
                SurfaceExpiry {
                    expiry: (expiry / 60) as u32,
                    forward: spot,
                    discount: 1.0,
                    slice: four(total),
                    quoted: [(-2.0 * total).exp(), (2.0 * total).exp()],
                }
            })
            .collect();
        let report = build(BTC, now, spot, &surface)
            .ok_or_else(|| CliError::input("the surface breaks the calendar condition"))?;
        ok(self.world.publish(&report)).map(drop)
    }

    /// Sixteen series in each of four expiries, named by expiry, then strike.
    fn list(&mut self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for day in TRADED_DAYS {
            let expiry = format_expiry(self.morning() + day * DAY);
            for n in 0..16 {
                let (strike, side) = (80_000 + 1_000 * n, if n < 8 { "P" } else { "C" });
                names.push(format!("BTC_USDC-{expiry}-{strike}-{side}"));
            }
        }
        // The owner: he may list any expiry.
        let owner = self.world.owner.clone();
        for page in names.chunks(32) {
            let series = page.to_vec();
            let msg = ExecuteMsg::ListSeries { series };
            ok(self.world.engine_as(&owner, &msg, &[]))?;
        }
        Ok(names)
    }

    /// Two accounts that have traded ten lots of every series with each other: short in the first and third expiry,
    /// so that neither side is covered.
    fn pair(&mut self, name: &str, series: &[String]) -> Result<[Trader; 2]> {
        let coins = [Coin::new(1_000_000_000_000_u128, USDC)];
        let maker = ok(self.world.open_account(&format!("{name} maker"), &coins))?;
        let taker = ok(self.world.open_account(&format!("{name} taker"), &coins))?;
        for page in series.chunks(16) {
            self.publish()?;
            self.trade(&maker, &taker, self.legs(page), LOTS)?;
        }
        Ok([maker, taker])
    }

    fn legs(&self, series: &[String]) -> Vec<QuoteLeg> {
        let morning = self.morning();
        let day = |days: u64| format!("-{}-", format_expiry(morning + days * DAY));
        let short = [day(TRADED_DAYS[0]), day(TRADED_DAYS[2])];
        let leg = |series: &String| QuoteLeg {
            series: series.clone(),
            ratio: if short.iter().any(|day| series.contains(day)) {
                -1
            } else {
                1
            },
            price: 100,
        };
        series.iter().map(leg).collect()
    }

    pub fn trade(
        &mut self,
        maker: &Trader,
        taker: &Trader,
        legs: Vec<QuoteLeg>,
        lots: u64,
    ) -> Result<()> {
        // A report goes before every trade, so their count is a fresh number.
        let quote = self.world.quote(maker, self.reports, lots, legs);
        ok(self.world.take(taker, quote, lots)).map(drop)
    }

    /// Takes a message whose overhead is measured too.
    pub fn measured(&mut self, message: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.world.chain.measure_overhead(true);
        let done = message(self);
        self.world.chain.measure_overhead(false);
        done
    }

    /// The measured messages but fixing and liquidation.
    fn messages(&mut self, few: &[Trader; 2], many: &[Trader; 2], half: &[String]) -> Result<()> {
        self.publish()?;
        self.measured(Self::publish)?;
        let picked: Vec<String> = half.iter().step_by(8).take(4).cloned().collect();
        let legs = self.legs(&picked);
        self.measured(|play| play.trade(&few[0], &few[1], legs, LOTS))?;
        let msg = ExecuteMsg::Withdraw {
            account: many[0].account,
            amounts: vec![coin(1, USDC)],
            to: None,
        };
        self.measured(|play| ok(play.world.engine_as(&many[0].address, &msg, &[])).map(drop))
    }

    /// Publishes in the rhythm of the buckets until a time has passed.
    pub fn observe_until(&mut self, expiry: u64) -> Result<()> {
        while self.world.chain.now() <= expiry {
            self.publish()?;
            let next = (self.world.chain.now() / RHYTHM + 1) * RHYTHM;
            ok(self.world.chain.reach(next))?;
        }
        self.publish()
    }

    fn fix(&mut self, which: usize) -> Result<()> {
        let expiry = self.fixed[which];
        self.measured(|play| ok(play.world.fix(BTC, expiry)).map(drop))
    }
}
