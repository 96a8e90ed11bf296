//! What a chain must have lived through before a loss can be shared: a debt that is a day old, and a round of another.
//!
//! The past is four deployments, each with a seller who owes what two others gained. Nobody has counted the loss of the
//! first and the third; the gains of the second and the fourth were counted a day ago. Whatever else is to be known about
//! them is read off the record.

use cosmwasm_std::{Addr, Coin};
use protocol_api::engine::{AccountId, ExecuteMsg};
use protocol_api::exchange::QuoteLeg;
use sandbox::report::{SurfaceExpiry, build};
use sandbox::setup::{self, BTC, USDC, Window};
use sandbox::{Network, Sandbox, Trader, network};
use serde_json::from_value;

use super::scenario::{World, ok};
use crate::data::time::format_expiry;
use crate::error::{CliError, Result};
use crate::node::Recorded;
use crate::node::record::Entry;

const DAY: u64 = 86_400;
const MARKET: &str = "BTC_USDC";
const WINDOW: Window = Window {
    buckets: 6,
    bucket_seconds: 30,
};
/// Of each deployment, whether the round of its loss has counted gains. A first half for codes that are unpinned.
const COUNTED: [bool; 4] = [false, true, false, true];
/// Days from one deployment to the next.
const APART: u64 = 3;
/// Days from the end of the last one's to the beginning of the chain: nobody comes too late to count or too early to end.
const REST: u64 = 1;
/// From a deployment, at midnight, to its expiry at eight the day after.
const EXPIRY: u64 = 32 * 3_600;
/// To the second expiry.
const LATER: u64 = EXPIRY + 7 * DAY;
/// Between two reports while the price is fixed, seconds, and how long before the expiry they begin.
const RHYTHM: u64 = 10;
const LEAD: u64 = 200;
/// The price when all trade, and where it ends, USD.
const TRADED: f64 = 90_000.0;
const FIXED: f64 = 115_000.0;
/// Price of the call, ticks: a thousand dollars.
const PREMIUM: i64 = 2_000;

/// A deployment whose market has a loss that can be shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Its engine.
    pub engine: Addr,
    /// Who owes it, until that is written off.
    debtor: AccountId,
    /// Who gained it.
    winners: Vec<AccountId>,
    /// Whether gains have been counted, so that the next message ends the round.
    counted: bool,
}

/// The losses of a past, in the order of their deployments.
pub fn losses(past: &[Entry]) -> Vec<Loss> {
    let mut losses: Vec<Loss> = Vec::new();
    for entry in past {
        let Entry::Message { contract, msg, .. } = entry else {
            continue;
        };
        match from_value(msg.clone()) {
            Ok(ExecuteMsg::SettleAccounts { accounts }) => {
                if let Some((debtor, winners)) = accounts.split_first() {
                    losses.push(Loss {
                        engine: contract.clone(),
                        debtor: *debtor,
                        winners: winners.to_vec(),
                        counted: false,
                    });
                }
            }
            Ok(ExecuteMsg::ShareLoss { .. }) => {
                let shared = losses.iter_mut().filter(|loss| loss.engine == *contract);
                shared.for_each(|loss| loss.counted = true);
            }
            _ => {}
        }
    }
    losses
}

/// Shares losses, measured: the winners' gains are counted, or the round ends that has counted them.
///
/// # Errors
/// A contract refuses.
pub fn share(world: &mut World, losses: &[Loss]) -> Result<()> {
    let keeper = world.keeper.clone();
    for loss in losses {
        let to = (&keeper, &loss.engine);
        if !loss.counted {
            ok(network::send(&mut world.chain, to, &loss.cover(), &[]))?;
        }
        world.chain.measure_overhead(true);
        let done = network::send(&mut world.chain, to, &loss.share(), &[]);
        world.chain.measure_overhead(false);
        ok(done)?;
    }
    Ok(())
}

impl Loss {
    fn cover(&self) -> ExecuteMsg {
        let account = self.debtor;
        ExecuteMsg::CoverDebt { account }
    }

    fn share(&self) -> ExecuteMsg {
        ExecuteMsg::ShareLoss {
            market: MARKET.to_owned(),
            accounts: self.winners.clone(),
        }
    }
}

/// Plays the past of a chain that begins at this time, unix seconds.
///
/// # Errors
/// An artefact is missing, or a contract refuses.
pub fn play(mut chain: Recorded, begins: u64) -> Result<Recorded> {
    for (left, counted) in (1..=COUNTED.len() as u64).rev().zip(COUNTED) {
        let start = (begins / DAY).saturating_sub(left * APART + REST) * DAY;
        ok(chain.reach(start))?;
        let site = ok(chain.deploy(&setup::config(WINDOW), "owner"))?;
        let mut story = Story {
            world: ok(Sandbox::at(chain, &site))?,
            start,
        };
        let loss = story.lose()?;
        if counted {
            story.count(&loss)?;
        }
        chain = story.world.chain;
    }
    Ok(chain)
}

/// One deployment in progress.
struct Story {
    world: Sandbox<Recorded>,
    start: u64,
}

impl Story {
    /// A seller without insurance behind him owes 8,000 dollars at an expiry that pays 25,000; house and ann gained it
    /// seven to three.
    fn lose(&mut self) -> Result<Loss> {
        let house = self.trader("house", 50_000_000)?;
        let seller = self.trader("seller", 16_000)?;
        let ann = self.trader("ann", 100_000)?;
        self.publish(TRADED)?;
        let expiry = self.start + EXPIRY;
        let call = format!("{MARKET}-{}-90000-C", format_expiry(expiry));
        ok(self.world.list_series(&[&call]))?;
        self.trade((&seller, &house), &call, 100)?;
        self.trade((&house, &ann), &call, 30)?;
        ok(self.world.chain.reach(expiry - LEAD))?;
        while self.world.chain.now() <= expiry {
            self.publish(FIXED)?;
            ok(self.world.chain.reach(self.world.chain.now() + RHYTHM))?;
        }
        let minutes = (expiry / 60) as u32;
        ok(self.world.fix(BTC, minutes))?;
        ok(self.world.fix_market(MARKET, minutes))?;
        let winners = vec![house.account, ann.account];
        ok(self
            .world
            .settle(&[&[seller.account], winners.as_slice()].concat()))?;
        Ok(Loss {
            engine: self.world.engine.clone(),
            debtor: seller.account,
            winners,
            counted: false,
        })
    }

    /// A day later the debt is written off, and the gains are counted for a round of another day.
    fn count(&mut self, loss: &Loss) -> Result<()> {
        let keeper = self.world.keeper.clone();
        ok(self.world.chain.reach(self.world.chain.now() + DAY))?;
        for msg in [loss.cover(), loss.share()] {
            ok(self.world.engine_as(&keeper, &msg, &[]))?;
        }
        Ok(())
    }

    fn trader(&mut self, name: &str, dollars: u128) -> Result<Trader> {
        let coins = [Coin::new(dollars * 1_000_000, USDC)];
        ok(self.world.open_account(name, &coins))
    }

    /// The first sells calls to the second; he is the maker once.
    fn trade(&mut self, sides: (&Trader, &Trader), call: &str, units: u64) -> Result<()> {
        let leg = QuoteLeg {
            series: call.to_owned(),
            ratio: -1,
            price: PREMIUM,
        };
        let quote = self.world.quote(sides.0, 1, units, vec![leg]);
        ok(self.world.take(sides.1, quote, units)).map(drop)
    }

    /// A report of all sources, flat 50 % vol.
    fn publish(&mut self, spot: f64) -> Result<()> {
        let now = self.world.chain.now();
        let expiries = [EXPIRY, LATER].map(|after| self.start + after);
        let left = expiries.into_iter().filter(|expiry| *expiry > now);
        let surface: Vec<SurfaceExpiry> = left
            .map(|expiry| {
                let vol = 0.5 * ((expiry - now) as f64 / 31_536_000.0).sqrt();
                SurfaceExpiry::flat((expiry / 60) as u32, spot, vol)
            })
            .collect();
        let report = build(BTC, now, spot, &surface)
            .ok_or_else(|| CliError::input("the surface breaks the calendar condition"))?;
        ok(self.world.publish(&report)).map(drop)
    }
}
