//! What happens in the demo.

use std::collections::BTreeMap;

use protocol_api::engine::{ExecuteMsg, LedgerResponse};
use protocol_api::exchange::QuoteLeg;
use sandbox::Network;
use sandbox::setup::{BTC, ETH, GWEI, SAT, USDC};

use super::pace::{Pace, STEPS, WATCHED_HOURS};
use super::party::{Party, Position, Reading};
use super::synthetic::{Weather, chain};
use crate::data::chain::Chain;
use crate::data::time::{format_expiry, format_timestamp};
use crate::error::{CliError, Result};
use crate::fitted::{FittedChain, fit};
use crate::random::Random;
use crate::venue::Venue;

/// Seconds after which prices are published again before a trade.
const FRESH: u64 = 5;
/// Components a slice.
const COMPONENTS: usize = 3;
/// Half the maker's spread, a share of the price.
const EDGE: f64 = 0.012;

/// Everything the report is made of.
pub struct Story {
    /// The protocol.
    pub venue: Venue<Box<dyn Network>>,
    /// The parties; the market maker first.
    pub parties: Vec<Party>,
    /// First fits with their quotes.
    pub first: Vec<(Chain, FittedChain)>,
    /// Per fit: coin, hour, largest error in vol points, seconds.
    pub fits: Vec<(String, f64, f64, f64)>,
    /// (hour, BTC spot, ETH spot).
    pub path: Vec<(f64, f64, f64)>,
    /// What happened: hour and words.
    pub events: Vec<(f64, String)>,
    /// The settlement price of the daily expiry.
    pub fixing: f64,
    /// Cash of each party before and after settlement, USD.
    pub settled: Vec<(String, f64, f64)>,
    /// The ledger at the end.
    pub ledger: LedgerResponse,
    /// Newly minted coins by denom: what the bank must hold in all.
    pub minted: BTreeMap<String, u128>,
    /// The daily expiry, unix seconds.
    pub daily: u64,
    pace: Pace,
    published: u64,
    random: Random,
    live: BTreeMap<u16, FittedChain>,
}

fn spot_path(hour: f64, random: &mut Random) -> (f64, f64, f64) {
    // Calm, then a fall of a tenth within eight hours, then a partial recovery.
    let fall = ((hour - 6.0) / 8.0).clamp(0.0, 1.0);
    let bounce = ((hour - 16.0) / 10.0).clamp(0.0, 1.0);
    let smooth = |x: f64| x * x * (3.0 - 2.0 * x);
    let drift = -0.115 * smooth(fall) + 0.03 * smooth(bounce);
    let noise = 0.0012 * random.normal();
    let stress = 0.35 * smooth(fall) - 0.12 * smooth(bounce);
    (
        95_000.0 * (drift + noise).exp(),
        2_960.0 * (1.25 * drift + 1.3 * noise).exp(),
        stress,
    )
}

/// Tells the story.
///
/// # Errors
/// When a step fails that should not.
pub fn tell(venue: Venue<Box<dyn Network>>, pace: Pace, seed: u64) -> Result<Story> {
    let mut story = Story {
        venue,
        parties: Vec::new(),
        first: Vec::new(),
        fits: Vec::new(),
        path: Vec::new(),
        events: Vec::new(),
        fixing: 0.0,
        settled: Vec::new(),
        ledger: LedgerResponse { coins: Vec::new() },
        minted: BTreeMap::new(),
        daily: pace.daily,
        pace,
        published: 0,
        random: Random::new(seed),
        live: BTreeMap::new(),
    };
    let contracts = sandbox::plan::PARTS.len();
    story.say(&format!("{contracts} contracts deployed, wired and listed"));
    story.step(0.0)?;
    story.open_accounts()?;
    story.list()?;
    story.trades()?;
    story.refusals()?;
    story.watch()?;
    story.expire()?;
    story.ledger = story.venue.ledger()?;
    story.say("the ledger was checked after every message");
    Ok(story)
}

impl Story {
    fn hour(&self) -> f64 {
        self.pace.hour(self.venue.now())
    }

    fn say(&mut self, what: &str) {
        let hour = self.hour();
        println!("[{}] {what}", format_timestamp(self.venue.now()));
        self.events.push((hour, what.to_owned()));
    }

    /// Calibrates both chains at the present time, or carries them there, and publishes them.
    fn step(&mut self, hour: f64) -> Result<()> {
        let (btc, eth, stress) = spot_path(hour, &mut self.random);
        self.path.push((hour, btc, eth));
        if !self.pace.refits && !self.live.is_empty() {
            return self.publish_live(btc, eth);
        }
        let expiries = self.pace.expiries();
        for (feed, coin, grid, spot, vol) in [
            (BTC, "BTC", 500.0, btc, 0.46),
            (ETH, "ETH", 10.0, eth, 0.62),
        ] {
            let weather = Weather {
                spot,
                vol: vol * (1.0 + 0.5 * stress),
                stress,
                carry: 0.045,
            };
            let now = self.venue.now();
            let quotes = chain(
                (coin, grid),
                (now, &self.pace),
                &weather,
                &expiries,
                &mut self.random,
            );
            let memory = self
                .live
                .get(&feed)
                .map(FittedChain::memory)
                .unwrap_or_default();
            let fitted = fit(&quotes, &memory, COMPONENTS)?;
            let worst = fitted
                .expiries
                .iter()
                .map(|e| e.error.rms)
                .fold(0.0, f64::max);
            self.fits
                .push((coin.to_owned(), hour, worst, fitted.seconds));
            self.venue.publish(feed, &fitted, spot)?;
            if self.first.len() < 2 {
                self.say(&format!(
                    "{coin}: {} expiries fitted within {worst:.2} vol points rms, published by 5 of 7 signers",
                    fitted.expiries.len()
                ));
                self.first.push((quotes, fitted.clone()));
            }
            self.live.insert(feed, fitted);
        }
        self.published = self.venue.now();
        Ok(())
    }

    /// Publishes again what was published last, when time has passed since: trades need fresh prices.
    fn refresh(&mut self) -> Result<()> {
        if self.venue.now() > self.published + FRESH {
            let (btc, eth) = self.path.last().map_or((0.0, 0.0), |p| (p.1, p.2));
            self.publish_live(btc, eth)?;
        }
        Ok(())
    }

    fn publish_live(&mut self, btc: f64, eth: f64) -> Result<()> {
        for (feed, spot) in [(BTC, btc), (ETH, eth)] {
            if let Some(fitted) = self.live.get(&feed).cloned() {
                self.venue.publish(feed, &fitted, spot)?;
            }
        }
        self.published = self.venue.now();
        Ok(())
    }

    fn reach(&mut self, time: u64) -> Result<()> {
        let chain = &mut self.venue.sandbox.chain;
        chain.reach(time).map_err(|e| crate::venue::failed(&e))
    }

    fn open(&mut self, name: &str, plan: &str, coins: &[(u128, &str)]) -> Result<()> {
        for (amount, denom) in coins {
            *self.minted.entry((*denom).to_owned()).or_default() += amount;
        }
        let trader = self.venue.open(name, coins)?;
        self.parties.push(Party {
            name: name.to_owned(),
            plan: plan.to_owned(),
            trader,
            readings: Vec::new(),
            positions: Vec::new(),
        });
        Ok(())
    }

    fn open_accounts(&mut self) -> Result<()> {
        let usd = |amount: u128| (amount * 1_000_000, USDC);
        let rich = [
            usd(2_000_000),
            (2_000_000_000, SAT),
            (200_000_000_000, GWEI),
        ];
        self.open("maker", "quotes both sides", &rich)?;
        self.open(
            "alice",
            "covered call: 2 BTC held, 2 BTC of inverse calls sold",
            &[(200_000_000, SAT)],
        )?;
        self.open("bob", "short 1 BTC of puts on little cash", &[usd(15_500)])?;
        self.open("carol", "long a one-day straddle", &[usd(6_000)])?;
        self.open("dave", "iron condor, four legs in one quote", &[usd(6_000)])?;
        self.open("erin", "box: four legs, no risk", &[usd(16_000)])?;
        self.open(
            "frank",
            "short ETH calls on BTC collateral",
            &[(15_000_000, SAT), usd(50)],
        )?;
        let count = self.parties.len();
        self.say(&format!("{count} accounts opened and funded"));
        Ok(())
    }

    fn name(&self, market: &str, expiry: usize, strike: f64, call: bool) -> String {
        let at = self.pace.expiries()[expiry];
        let side = if call { 'C' } else { 'P' };
        format!("{market}-{}-{strike:.0}-{side}", format_expiry(at))
    }

    fn list(&mut self) -> Result<()> {
        let mut series = Vec::new();
        for (expiry, strikes) in [
            (0, vec![95_000.0]),
            (1, vec![84_000.0, 88_000.0, 91_000.0, 99_000.0, 103_000.0]),
            (2, vec![90_000.0, 100_000.0]),
        ] {
            for strike in strikes {
                for call in [true, false] {
                    series.push(self.name("BTC_USDC", expiry, strike, call));
                }
            }
        }
        series.push(self.name("BTC", 2, 105_000.0, true));
        series.push(self.name("ETH_USDC", 2, 3_200.0, true));
        self.venue.list(&series)?;
        self.say(&format!("{} series listed", series.len()));
        Ok(())
    }

    /// Mark of an option from the surface last published, USD per underlying.
    fn mark(&self, feed: u16, expiry: usize, strike: f64, call: bool) -> Result<f64> {
        let at = self.pace.expiries()[expiry];
        let slice = self.live.get(&feed).and_then(|f| f.expiry(at));
        let slice = slice.ok_or_else(|| CliError::input("no slice for a listed expiry"))?;
        Ok(slice.price(strike, call))
    }

    /// A party trades linear BTC options against the maker: (expiry, strike, call, quantity in
    /// hundredths of a BTC, signed as the party sees it) in one quote.
    fn deal(&mut self, who: usize, legs: &[(usize, f64, bool, i64)], reduce: bool) -> Result<()> {
        self.refresh()?;
        let mut quote = Vec::new();
        let mut positions = Vec::new();
        for (expiry, strike, call, quantity) in legs {
            let mark = self.mark(BTC, *expiry, *strike, *call)?;
            let side = if *quantity > 0 { 1.0 } else { -1.0 };
            let price = (mark * (1.0 + side * EDGE) * 2.0).round() / 2.0;
            quote.push(QuoteLeg {
                series: self.name("BTC_USDC", *expiry, *strike, *call),
                ratio: -quantity.signum(),
                price: (price * 2.0) as i64,
            });
            positions.push(Position {
                expiry: self.pace.expiries()[*expiry],
                strike: *strike,
                call: *call,
                quantity: *quantity as f64 / 100.0,
                price,
            });
        }
        let lots = legs.first().map_or(0, |leg| leg.3.unsigned_abs());
        let (maker, taker) = (
            self.parties[0].trader.clone(),
            self.parties[who].trader.clone(),
        );
        self.venue.trade((&maker, &taker), quote, lots, reduce)?;
        self.parties[who].positions.extend(positions);
        Ok(())
    }

    fn trades(&mut self) -> Result<()> {
        self.refresh()?;
        let usd_call = self.mark(BTC, 2, 105_000.0, true)?;
        let spot = self.path.last().map_or(1.0, |p| p.1);
        let ticks = (usd_call / spot * 0.988 / 0.0001).round() as i64;
        let leg = QuoteLeg {
            series: self.name("BTC", 2, 105_000.0, true),
            ratio: 1,
            price: ticks,
        };
        let (maker, alice) = (
            self.parties[0].trader.clone(),
            self.parties[1].trader.clone(),
        );
        self.venue.trade((&maker, &alice), vec![leg], 200, false)?;
        self.say("alice sells 2 BTC of inverse 105,000 calls against her coins");
        self.deal(2, &[(1, 91_000.0, false, -100)], false)?;
        self.say("bob sells 1 BTC of 91,000 puts, four days out");
        self.deal(
            3,
            &[(0, 95_000.0, true, 100), (0, 95_000.0, false, 100)],
            false,
        )?;
        self.say("carol buys a 95,000 straddle that expires tomorrow");
        let condor = [
            (1, 84_000.0, false, 80),
            (1, 88_000.0, false, -80),
            (1, 99_000.0, true, -80),
            (1, 103_000.0, true, 80),
        ];
        self.deal(4, &condor, false)?;
        self.say("dave sells an iron condor: four legs, one signed quote, all or none");
        let chest = [
            (2, 90_000.0, true, 150),
            (2, 90_000.0, false, -150),
            (2, 100_000.0, true, -150),
            (2, 100_000.0, false, 150),
        ];
        self.deal(5, &chest, false)?;
        self.say("erin buys a box: it pays 10,000 a BTC at any price, so it needs no margin");
        self.refresh()?;
        let eth_call = self.mark(ETH, 2, 3_200.0, true)?;
        let price = (eth_call * 0.988 / 0.05).round() as i64;
        let leg = QuoteLeg {
            series: self.name("ETH_USDC", 2, 3_200.0, true),
            ratio: 1,
            price,
        };
        let frank = self.parties[6].trader.clone();
        self.venue.trade((&maker, &frank), vec![leg], 200, false)?;
        self.say("frank sells 20 ETH of calls with BTC as collateral");
        self.read()
    }

    /// Things that must not work.
    fn refusals(&mut self) -> Result<()> {
        match self.deal(2, &[(1, 88_000.0, false, -1_500)], false) {
            Err(error) => self.say(&format!(
                "bob tries to sell 15 BTC of puts more: {}",
                error.code
            )),
            Ok(()) => {
                return Err(CliError::new(
                    "E_OPTIO_DEMO",
                    "an oversized trade went through",
                ));
            }
        }
        let alice = self.parties[1].trader.clone();
        let msg = ExecuteMsg::Withdraw {
            account: alice.account,
            amounts: vec![cosmwasm_std::Coin::new(195_000_000u128, SAT)],
            to: None,
        };
        match self.venue.engine("withdraw", &alice.address, &msg, &[]) {
            Err(error) => self.say(&format!(
                "alice tries to withdraw 1.95 of her 2 BTC: {}",
                error.code
            )),
            Ok(()) => return Err(CliError::new("E_OPTIO_DEMO", "cover could be withdrawn")),
        }
        Ok(())
    }

    /// Notes every account's health.
    fn read(&mut self) -> Result<()> {
        let hour = self.hour();
        for at in 0..self.parties.len() {
            let health = self.venue.health(self.parties[at].trader.account)?;
            let usd = |x: i128| x as f64 / 1e6;
            let margin =
                |x: Option<cosmwasm_std::Uint128>| x.map_or(0.0, |x| x.u128() as f64 / 1e6);
            self.parties[at].readings.push(Reading {
                hour,
                equity: health.equity.map_or(0.0, |x| usd(x.i128())),
                maintenance: margin(health.maintenance_margin),
                initial: margin(health.initial_margin),
                health: health.health.and_then(|h| h.to_string().parse().ok()),
                covered: health.covered,
                worst: health.worst.unwrap_or_default(),
            });
        }
        Ok(())
    }

    /// Step by step until the fixing window; bob is called and reacts.
    fn watch(&mut self) -> Result<()> {
        let mut called = false;
        let mut lowest = f64::INFINITY;
        let (from, opens) = (self.venue.now(), self.pace.opens());
        for step in 1..STEPS {
            // A slow machine looks less often.
            if self.venue.now() >= opens {
                break;
            }
            self.reach(from + opens.saturating_sub(from) * step / STEPS)?;
            self.step(WATCHED_HOURS * step as f64 / STEPS as f64)?;
            self.read()?;
            let bob = self.parties[2].readings.last().cloned();
            let health = bob.and_then(|r| r.health).unwrap_or(f64::INFINITY);
            lowest = lowest.min(health);
            if health < 1.0 && !called {
                called = true;
                self.margin_call(health)?;
            }
        }
        let low = self.path.iter().map(|p| p.1).fold(f64::INFINITY, f64::min);
        self.say(&format!(
            "BTC fell to {low:.0}; bob's health was {lowest:.2} at its lowest"
        ));
        Ok(())
    }

    fn margin_call(&mut self, health: f64) -> Result<()> {
        self.say(&format!(
            "bob's health is {health:.3}: below 1 he may be liquidated"
        ));
        match self.deal(2, &[(1, 88_000.0, false, -10)], false) {
            Err(error) => self.say(&format!("bob tries to add to his risk: {}", error.code)),
            Ok(()) => {
                return Err(CliError::new(
                    "E_OPTIO_DEMO",
                    "an unhealthy account added risk",
                ));
            }
        }
        self.deal(2, &[(1, 91_000.0, false, 60)], true)?;
        self.say("bob buys back 0.6 BTC of his puts: a fill that reduces is always allowed");
        let bob = self.parties[2].trader.clone();
        let coins = [cosmwasm_std::Coin::new(4_000_000_000u128, USDC)];
        *self.minted.entry(USDC.to_owned()).or_default() += 4_000_000_000;
        let chain = &mut self.venue.sandbox.chain;
        chain
            .fund(&bob.address, &coins)
            .map_err(|e| crate::venue::failed(&e))?;
        let msg = ExecuteMsg::Deposit {
            account: bob.account,
        };
        self.venue.engine("deposit", &bob.address, &msg, &coins)?;
        self.say("bob deposits 4,000 USDC");
        self.read()
    }

    /// The fixing window, the fixing and the payouts of the daily expiry.
    fn expire(&mut self) -> Result<()> {
        let (buckets, seconds) = (self.pace.window.buckets, self.pace.window.bucket_seconds);
        self.say(&format!(
            "the fixing window opens: {buckets} buckets of {seconds} seconds"
        ));
        let (mut btc, mut eth) = self.path.last().map_or((0.0, 0.0), |p| (p.1, p.2));
        let mut sum = 0.0;
        for bucket in 0..u64::from(buckets) {
            let begins = self.pace.opens() + u64::from(seconds) * bucket;
            self.reach(begins + u64::from(seconds) / 3)?;
            let step = 0.0004 * self.random.normal();
            btc *= step.exp();
            eth *= (1.2 * step).exp();
            sum += btc;
            self.publish_live(btc, eth)?;
            if bucket % 10 == 0 {
                self.path.push((self.hour(), btc, eth));
                self.read()?;
            }
        }
        self.reach(self.daily + u64::from(seconds) / 2)?;
        self.publish_live(btc, eth)?;
        let before = self.cash()?;
        self.venue.fix(BTC, self.daily, &["BTC_USDC"])?;
        self.fixing = self.settlement_price()?;
        let mean = sum / f64::from(buckets);
        self.say(&format!(
            "fixed at {:.2} (mean of what was published: {mean:.2})",
            self.fixing
        ));
        let accounts: Vec<u64> = self.parties.iter().map(|p| p.trader.account).collect();
        self.venue.settle(&accounts)?;
        let after = self.cash()?;
        for ((party, before), after) in self.parties.iter().zip(before).zip(after) {
            self.settled.push((party.name.clone(), before, after));
        }
        let paid = self
            .settled
            .iter()
            .find(|s| s.0 == "carol")
            .map_or(0.0, |s| s.2 - s.1);
        self.say(&format!(
            "everybody settled; carol's straddle paid {paid:.2} USDC"
        ));
        self.read()?;
        self.withdraw_all()
    }

    fn withdraw_all(&mut self) -> Result<()> {
        let carol = self.parties[3].trader.clone();
        let account = self.venue.account(carol.account)?;
        let held = account
            .cash
            .iter()
            .find(|c| c.denom == USDC)
            .map_or(0, |c| c.amount.i128());
        let amounts = vec![cosmwasm_std::Coin::new(held.unsigned_abs(), USDC)];
        let msg = ExecuteMsg::Withdraw {
            account: carol.account,
            amounts,
            to: None,
        };
        self.venue.engine("withdraw", &carol.address, &msg, &[])?;
        self.say(&format!(
            "carol withdraws all she has: {:.2} USDC",
            held as f64 / 1e6
        ));
        Ok(())
    }

    fn settlement_price(&self) -> Result<f64> {
        let msg = protocol_api::engine::QueryMsg::SettlementEstimate {
            market: "BTC_USDC".to_owned(),
            expiry: self.daily,
        };
        let answer: protocol_api::engine::SettlementEstimateResponse = self.venue.ask(&msg)?;
        Ok(answer
            .price
            .and_then(|p| p.to_string().parse().ok())
            .unwrap_or(0.0))
    }

    /// USDC cash of each party.
    fn cash(&self) -> Result<Vec<f64>> {
        let of = |party: &Party| {
            let account = self.venue.account(party.trader.account)?;
            let cash = account.cash.iter().find(|c| c.denom == USDC);
            Ok(cash.map_or(0.0, |c| c.amount.i128() as f64 / 1e6))
        };
        self.parties.iter().map(of).collect()
    }
}
