//! A random life of the whole protocol, natively and as wasm: every message is audited, both ways of running take the same
//! decisions and end in the same state, and the coins that came in are the coins that are there.
//!
//! The reference model of accounts and settlement is beside the engine (`contracts/margin-engine/tests`); here the real
//! adapter, exchange and engine meet.

use std::collections::BTreeMap;

use cosmwasm_std::{Coin, Record, Uint128};
use optio_tests::random::Random;
use protocol_api::engine::{
    AccountResponse, CoveredResponse, ExecuteMsg, HealthResponse, LegView, QueryMsg,
};
use protocol_api::exchange::QuoteLeg;
use sandbox::report::{SurfaceExpiry, build};
use sandbox::setup::{BTC, SAT, USDC, Window};
use sandbox::{Sandbox, Trader};
use wasm_chain::Mode;

/// 1 January 2026, 00:00 UTC, a Thursday.
const START: u64 = 1_767_225_600;
/// 2, 3 and 9 January 2026, 08:00 UTC, in minutes.
const EXPIRIES: [u32; 3] = {
    let first = ((START + 32 * 3_600) / 60) as u32;
    [first, first + 1_440, first + 7 * 1_440]
};
const DATES: [&str; 3] = ["-2JAN26-", "-3JAN26-", "-9JAN26-"];
const SERIES: [&str; 9] = [
    "BTC_USDC-2JAN26-90000-C",
    "BTC_USDC-2JAN26-88000-P",
    "BTC_USDC-3JAN26-92000-C",
    "BTC_USDC-3JAN26-90000-DC",
    "BTC_USDC-9JAN26-80000-P",
    "BTC-2JAN26-90000-C",
    "BTC-3JAN26-90000-P",
    "BTC-9JAN26-100000-C",
    "BTC-9JAN26-85000-P",
];
const WINDOW: Window = Window {
    buckets: 6,
    bucket_seconds: 30,
};

struct Life {
    world: Sandbox,
    random: Random,
    traders: Vec<Trader>,
    spot: f64,
    nonce: u64,
    fixed: usize,
    /// What came in less what went out, per denomination.
    coins: BTreeMap<&'static str, u128>,
    /// What each message came to: `ok` or the error's code.
    verdicts: Vec<String>,
    /// Trades that passed, and why each side of them might: covered, at its margin, a reduction.
    traded: usize,
    why: [usize; 3],
}

impl Life {
    fn new(mode: Mode, seed: u64) -> Self {
        let mut world = Sandbox::deploy(mode, START, WINDOW).expect("deployed");
        let mut coins = BTreeMap::from([(USDC, 0), (SAT, 0)]);
        let mut traders = Vec::new();
        for name in ["ann", "bob", "cat", "dan"] {
            let funds = [
                Coin::new(2_000_000_000_u128 << 4, USDC),
                Coin::new(50_000_000_u128, SAT),
            ];
            *coins.entry(USDC).or_default() += 2_000_000_000_u128 << 4;
            *coins.entry(SAT).or_default() += 50_000_000;
            let mut funds = funds.to_vec();
            funds.sort_by(|a, b| a.denom.cmp(&b.denom));
            traders.push(world.open_account(name, &funds).expect("opened"));
        }
        let random = Random::new(seed);
        let mut life = Self {
            world,
            random,
            traders,
            spot: 90_000.0,
            nonce: 0,
            fixed: 0,
            coins,
            verdicts: vec![],
            traded: 0,
            why: [0; 3],
        };
        assert_eq!(life.report(), "ok");
        life.world.list_series(&SERIES).expect("listed");
        life
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.random.range(0, i128::from(bound)) as u64
    }

    fn step(&mut self) {
        let verdict = match self.below(20) {
            0..=10 => self.trade(),
            11..=12 => self.deposit(),
            13..=14 => self.withdraw(),
            15..=17 => self.publish(),
            18 => self.wait(),
            _ => self.expire(),
        };
        self.verdicts.push(verdict);
        self.world.audit().expect("invariants");
        for (denom, coins) in &self.coins {
            let bank = self
                .world
                .chain
                .balance(&self.world.engine, denom)
                .expect("balance");
            assert_eq!(bank.to_string(), coins.to_string(), "{denom}");
        }
    }

    fn publish(&mut self) -> String {
        let move_bp = self.below(401) as f64 - 200.0;
        self.spot = (self.spot * (1.0 + move_bp / 10_000.0))
            .clamp(40_000.0, 200_000.0)
            .round();
        self.report()
    }

    fn report(&mut self) -> String {
        let now = self.world.chain.now();
        let live = EXPIRIES
            .into_iter()
            .filter(|expiry| u64::from(*expiry) * 60 > now);
        let slice = |expiry: u32| {
            let left = u64::from(expiry) * 60 - now;
            let vol = 0.5 * (left as f64 / 31_536_000.0).sqrt();
            SurfaceExpiry::flat(expiry, self.spot, vol.max(1e-3))
        };
        let surface: Vec<SurfaceExpiry> = live.map(slice).collect();
        let report = build(BTC, now, self.spot, &surface).expect("longer is dearer");
        verdict(self.world.publish(&report))
    }

    fn trade(&mut self) -> String {
        // One in twelve trades with himself.
        let away = (1 + self.below(3)) * u64::from(self.below(12) > 0);
        let maker = self.below(4);
        let [maker, taker] = [maker, (maker + away) % 4];
        let [maker, taker] = [maker, taker].map(|place| self.traders[place as usize].clone());
        let lots = 1 + self.below(40);
        let close = self.below(4) == 0;
        let (lots, legs) = self
            .closing(&taker, lots)
            .filter(|_| close)
            .unwrap_or_else(|| (lots, self.legs()));
        self.nonce += 1;
        let quote = self.world.quote(&maker, self.nonce, lots, legs);
        let before = [&maker, &taker].map(|side| self.seen(side));
        let verdict = verdict(self.world.take(&taker, quote, lots));
        if verdict == "ok" {
            self.traded += 1;
            for (side, before) in [&maker, &taker].into_iter().zip(before) {
                self.sound(side, &before);
            }
        }
        verdict
    }

    /// Some legs that settle in one coin, mostly of series that still trade.
    fn legs(&mut self) -> Vec<QuoteLeg> {
        let count = 1 + self.below(3) as usize;
        let inverse = self.below(3) == 0;
        let choice = if inverse { 5..9 } else { 0..5 };
        let mut legs: Vec<QuoteLeg> = Vec::new();
        for series in &SERIES[choice] {
            let gone = DATES[..self.fixed].iter().any(|date| series.contains(date));
            let chance = if gone { 16 } else { 2 };
            if legs.len() < count && self.below(chance) == 0 {
                let ratio = self.below(9) as i64 - 4;
                let price = self.below(if inverse { 600 } else { 6_000 }) as i64;
                legs.push(QuoteLeg {
                    series: (*series).into(),
                    ratio,
                    price,
                });
            }
        }
        legs
    }

    /// Lots of the first leg that the taker holds, to be given back at some price.
    fn closing(&mut self, taker: &Trader, lots: u64) -> Option<(u64, Vec<QuoteLeg>)> {
        let (held, _) = self.seen(taker);
        let price = self.below(600) as i64;
        let leg = held.first()?;
        let quantity = leg.quantity.i64();
        let leg = QuoteLeg {
            series: leg.series.clone(),
            ratio: quantity.signum(),
            price,
        };
        Some((lots.min(quantity.unsigned_abs()), vec![leg]))
    }

    fn ask<T: serde::de::DeserializeOwned>(&self, query: &QueryMsg) -> T {
        let engine = &self.world.engine;
        self.world.chain.query(engine, query).expect("answered")
    }

    /// Legs and initial surplus of an account.
    fn seen(&self, trader: &Trader) -> (Vec<LegView>, Option<i128>) {
        let account = trader.account;
        let found: AccountResponse = self.ask(&QueryMsg::Account { account });
        let health: HealthResponse = self.ask(&QueryMsg::Health { account });
        let surplus = health.initial_surplus.map(|surplus| surplus.i128());
        (found.legs, surplus)
    }

    /// Whether an account is covered (0), or has initial surplus (1).
    fn carried(&self, trader: &Trader) -> Option<usize> {
        let account = trader.account;
        let covered: CoveredResponse = self.ask(&QueryMsg::Covered { account });
        if covered.covered {
            return Some(0);
        }
        let surplus = self.seen(trader).1;
        surplus.is_some_and(|left| left >= 0).then_some(1)
    }

    /// INV-3, seen from outside: who has traded is covered, or has initial surplus, or no leg of his grew, flipped or
    /// appeared and no surplus was given away.
    fn sound(&mut self, trader: &Trader, (legs, surplus): &(Vec<LegView>, Option<i128>)) {
        let why = self.carried(trader).unwrap_or_else(|| {
            let (now, left) = self.seen(trader);
            let reduced = now.iter().all(|leg| {
                let held = legs.iter().find(|held| held.series == leg.series);
                let (is, was) = (
                    leg.quantity.i64(),
                    held.map_or(0, |held| held.quantity.i64()),
                );
                is.signum() == was.signum() && is.abs() <= was.abs()
            });
            assert!(reduced, "INV-3: {legs:?} became {now:?} with {left:?}");
            assert!(left >= *surplus, "INV-3: {surplus:?} became {left:?}");
            2
        });
        self.why[why] += 1;
    }

    fn deposit(&mut self) -> String {
        let (denom, amount) = match self.below(2) {
            0 => (USDC, 1 + self.below(1_000_000_000)),
            _ => (SAT, 1 + self.below(1_000_000)),
        };
        let place = self.below(4) as usize;
        let trader = self.traders[place].clone();
        let funds = [Coin::new(u128::from(amount), denom)];
        self.world
            .chain
            .mint(&trader.address, &funds)
            .expect("minted");
        let msg = ExecuteMsg::Deposit {
            account: trader.account,
        };
        let verdict = verdict(self.world.engine_as(&trader.address, &msg, &funds));
        assert_eq!(verdict, "ok", "anyone may deposit at any time");
        *self.coins.entry(denom).or_default() += u128::from(amount);
        verdict
    }

    fn withdraw(&mut self) -> String {
        let place = self.below(4) as usize;
        let trader = self.traders[place].clone();
        // At times all that is free, so that the next price finds less than the margin.
        let free = self.seen(&trader).1.unwrap_or(0).max(1) as u64;
        let (denom, amount) = match self.below(3) {
            0 => (USDC, 1 + self.below(20_000_000_000)),
            1 => (USDC, free),
            _ => (SAT, 1 + self.below(50_000_000)),
        };
        let amounts = vec![Coin::new(u128::from(amount), denom)];
        let before = self
            .world
            .chain
            .balance(&trader.address, denom)
            .expect("balance");
        let msg = ExecuteMsg::Withdraw {
            account: trader.account,
            amounts,
            to: None,
        };
        let verdict = verdict(self.world.engine_as(&trader.address, &msg, &[]));
        let after = self
            .world
            .chain
            .balance(&trader.address, denom)
            .expect("balance");
        let paid = Uint128::try_from(after - before).expect("fits").u128();
        assert!(paid <= u128::from(amount));
        if verdict == "ok" {
            self.carried(&trader).expect("INV-3: covered, or at margin");
        }
        *self.coins.entry(denom).or_default() -= paid;
        verdict
    }

    fn wait(&mut self) -> String {
        let seconds = 1 + self.below(1_200);
        self.world.chain.advance(seconds);
        format!("{seconds} s")
    }

    /// Goes to the next expiry, reports through its window, fixes and settles everybody.
    fn expire(&mut self) -> String {
        let Some(expiry) = EXPIRIES.get(self.fixed).copied() else {
            return "done".into();
        };
        let end = u64::from(expiry) * 60;
        if self.below(10) != 0 || self.world.chain.now() > end - 200 {
            return "later".into();
        }
        self.fixed += 1;
        self.world.chain.set_time(end - 200);
        while self.world.chain.now() <= end {
            self.report();
            self.world.chain.advance(10);
        }
        self.world.fix(BTC, expiry).expect("every bucket is filled");
        for market in ["BTC_USDC", "BTC"] {
            self.world.fix_market(market, expiry).expect("taken over");
            self.world.audit().expect("invariants");
        }
        let accounts: Vec<u64> = self.traders.iter().map(|trader| trader.account).collect();
        verdict(self.world.settle(&accounts))
    }
}

fn verdict<T>(result: Result<T, wasm_chain::ChainError>) -> String {
    match result {
        Ok(_) => "ok".into(),
        Err(error) => error.code().expect("every refusal has a code").to_owned(),
    }
}

fn live(mode: Mode, seed: u64, steps: usize) -> Life {
    let mut life = Life::new(mode, seed);
    for _ in 0..steps {
        life.step();
    }
    life
}

#[test]
fn lives_conserve_every_coin() {
    let mut why = [0; 3];
    for seed in 0..10 {
        let life = live(Mode::Native, seed, 400);
        let (traded, told) = (life.traded, &life.verdicts);
        assert!(traded > 40, "little happens, {traded} trades: {told:?}");
        for (all, own) in why.iter_mut().zip(life.why) {
            *all += own;
        }
    }
    assert!(why.iter().all(|sides| *sides >= 5), "{why:?}");
}

#[test]
fn a_thousand_steps_agree_on_the_vm() {
    for seed in [100, 101] {
        let [native, wasm] = [Mode::Native, Mode::Wasm].map(|mode| live(mode, seed, 500));
        assert_eq!(native.verdicts, wasm.verdicts, "the same decisions");
        let state = |life: &Life| -> Vec<Record> { life.world.chain.dump_state() };
        assert!(state(&native) == state(&wasm), "the same state");
    }
}
