//! What liquidation and deleveraging cost on the VM, pinned, and that it does not depend on what else there is.

use cosmwasm_std::{Addr, Storage, Uint128};
use optio_tests::crowd::copies;
use optio_tests::gas::hold;
use optio_tests::month::{self, EXPIRIES, minutes, publish, show, trader};
use protocol_api::engine::{self, LiquidationStateResponse, Standing};
use protocol_api::exchange::QuoteLeg;
use protocol_api::liquidation::{ExecuteMsg, Step, Take};
use risk::{Kind, SeriesKey};
use sandbox::{Sandbox, Trader};
use wasm_chain::{GasReport, Outcome};

/// A seller of 32 legs who has fallen below maintenance.
struct Fallen {
    world: Sandbox,
    seller: Trader,
    house: Trader,
    spot: f64,
}

impl Fallen {
    fn new() -> Self {
        let mut world = month::deploy();
        let names = series();
        let listed: Vec<&str> = names.iter().map(String::as_str).collect();
        world.list_series(&listed).expect("listed");
        let house = trader(&mut world, "house", 50_000_000);
        let seller = trader(&mut world, "seller", 460_000);
        for (place, chunk) in names.chunks(16).enumerate() {
            let quote = world.quote(&seller, place as u64, 100, sold(chunk));
            world.take(&house, quote, 100).expect("taken");
        }
        let mut fallen = Self {
            world,
            seller,
            house,
            spot: 90_000.0,
        };
        while !matches!(fallen.standing(), Standing::Deep | Standing::Critical) {
            fallen.world.chain.advance(60);
            fallen.spot *= 1.005;
            publish(&mut fallen.world, fallen.spot);
        }
        println!("deep at {}", fallen.spot);
        fallen
    }

    fn standing(&self) -> Standing {
        let query = engine::QueryMsg::LiquidationStates {
            accounts: vec![self.seller.account],
        };
        let states: Vec<LiquidationStateResponse> = self
            .world
            .chain
            .query(&self.world.engine, &query)
            .expect("states");
        states[0].standing.expect("priced")
    }

    fn step(&mut self, sender: &Addr, take: Option<Take>) -> GasReport {
        let msg = ExecuteMsg::Liquidate(Step {
            account: self.seller.account,
            take,
            keeper: None,
            bids: None,
        });
        let outcome = self.world.liquidation_as(sender, &msg, &[]).expect("step");
        let sold = outcome.attribute("taker").is_some();
        assert!(sold, "nothing was sold");
        outcome.gas
    }

    fn take(&mut self) -> GasReport {
        let taker = trader(&mut self.world, "taker", 10_000_000);
        let take = Take {
            account: taker.account,
            least_reward: -20_000,
            max_pay: Uint128::new(1 << 60),
            legs_fingerprint: None,
        };
        let gas = self.step(&taker.address, Some(take));
        let account = taker.account;
        let query = engine::QueryMsg::Account { account };
        let moved: engine::AccountResponse = self
            .world
            .chain
            .query(&self.world.engine, &query)
            .expect("account");
        assert_eq!(moved.legs.len(), 32, "a part of each leg");
        gas
    }

    /// The schedule ends without a taker; these are nominated, so many a message, and the account is closed against them.
    fn close(&mut self, candidates: &[u64]) -> (GasReport, GasReport, usize) {
        let keeper = self.world.keeper.clone();
        let account = self.seller.account;
        let step = ExecuteMsg::Liquidate(Step {
            account,
            take: None,
            keeper: None,
            bids: None,
        });
        self.let_pass();
        let mut named = GasReport::default();
        for candidates in candidates.chunks(8) {
            let candidates = candidates.to_vec();
            let msg = ExecuteMsg::Nominate {
                account,
                candidates,
            };
            named = self.send(&keeper, &msg).gas;
        }
        self.wait(4);
        self.send(&keeper, &step);
        self.wait(6);
        let closed = self.send(&keeper, &ExecuteMsg::Deleverage { account });
        let against = closed.response.events.iter();
        let against = against
            .filter(|event| event.ty == "wasm-deleveraged")
            .count();
        (named, closed.gas, against)
    }

    fn send(&mut self, sender: &Addr, msg: &ExecuteMsg) -> Outcome {
        self.world.liquidation_as(sender, msg, &[]).expect("sent")
    }

    /// Minutes pass at the same price.
    fn wait(&mut self, minutes: u32) {
        for _ in 0..minutes {
            self.world.chain.advance(60);
            publish(&mut self.world, self.spot);
        }
    }

    /// What others have, written straight into the stores: `count` accounts, series without open interest, auctions, tables
    /// of nominees and bids, these half dearer than any step gives, half still waiting, in all slots in turn.
    fn crowd(&mut self, count: u64) {
        let other = self.world.open_account("other", &[]).expect("account");
        copies(&mut self.world, &other, count - 1);
        self.series(count);
        let now = self.world.chain.now();
        let contract = self.world.liquidation.clone();
        let mut storage = self.world.chain.app_mut().contract_storage_mut(&contract);
        for n in 0..count {
            let account = 1_000_000 + n;
            let auction = [now; 4].map(u64::to_le_bytes).concat();
            let key = [b"\x01a".as_slice(), &account.to_be_bytes()].concat();
            storage.set(&key, &[[1].as_slice(), &auction].concat());
            let nominees = [8_u32.to_le_bytes().as_slice(), &[7; 64]].concat();
            let table = [&now.to_le_bytes(), &now.to_le_bytes(), nominees.as_slice()].concat();
            let key = [b"\x01n".as_slice(), &account.to_be_bytes()].concat();
            storage.set(&key, &[[1].as_slice(), &table].concat());
            let (rank, active) = if n % 2 == 0 {
                (2_000_000, now - 1)
            } else {
                (slot(n as u32 / 2 % SLOTS), now + 86_400)
            };
            bid(storage.as_mut(), (rank, active, account));
        }
    }

    /// A bid that waits in each of these slots, by their ranks.
    fn waiting(&mut self, ranks: impl Iterator<Item = u32>) {
        let until = self.world.chain.now() + 86_400;
        let contract = self.world.liquidation.clone();
        let mut storage = self.world.chain.app_mut().contract_storage_mut(&contract);
        for (rank, account) in ranks.zip(1_000_000..) {
            bid(storage.as_mut(), (rank, until, account));
        }
    }

    /// The schedule ends without a taker.
    fn let_pass(&mut self) {
        let keeper = self.world.keeper.clone();
        let account = self.seller.account;
        let step = ExecuteMsg::Liquidate(Step {
            account,
            take: None,
            keeper: None,
            bids: None,
        });
        for _ in 0..13 {
            self.send(&keeper, &step);
            self.wait(5);
        }
    }
}

/// Slots of the sandbox's schedule.
const SLOTS: u32 = 103;

/// The rank of one of them: they are 1 % wide and begin at -2 %, ranks at -10 %.
const fn slot(n: u32) -> u32 {
    (8 + n) * 10_000
}

fn bid(storage: &mut dyn Storage, (rank, active, account): (u32, u64, u64)) {
    let key = [
        b"\x01b".as_slice(),
        &rank.to_be_bytes(),
        &active.to_be_bytes(),
        &account.to_be_bytes(),
    ];
    let bidder = "optio1".repeat(8);
    let length = u32::try_from(bidder.len()).expect("short").to_le_bytes();
    let bid = [
        [1].as_slice(),
        &length,
        bidder.as_bytes(),
        &1_000_u128.to_le_bytes(),
    ];
    storage.set(&key.concat(), &bid.concat());
}

impl Fallen {
    /// Copies of a series that nobody trades, under other strikes of its expiry.
    fn series(&mut self, count: u64) {
        let name = format!("BTC_USDC-{}-50000-P", EXPIRIES[3].1);
        self.world.list_series(&[&name]).expect("listed");
        let key = |strike: u32| {
            let key = SeriesKey {
                market: 1,
                expiry: minutes(EXPIRIES[3].0),
                strike,
                kind: Kind::Put,
            };
            [b"\x01s".as_slice(), &key.pack().expect("a key")].concat()
        };
        let engine = self.world.engine.clone();
        let mut storage = self.world.chain.app_mut().contract_storage_mut(&engine);
        // Strikes count in steps of 100 dollars.
        let record = storage.get(&key(500)).expect("listed");
        for strike in (1_000..).take(count as usize) {
            storage.set(&key(strike), &record);
        }
    }

    /// Sixteen accounts that bought a part of every call from the house.
    fn holders(&mut self) -> Vec<u64> {
        let house = self.house.clone();
        let names = series();
        let mut holders = Vec::new();
        for n in 0..16 {
            let holder = trader(&mut self.world, &format!("holder {n}"), 1_000_000);
            for (place, chunk) in names.chunks(16).enumerate() {
                let quote = self
                    .world
                    .quote(&house, 2 * n + place as u64, 6, sold(chunk));
                self.world.take(&holder, quote, 6).expect("taken");
            }
            holders.push(holder.account);
        }
        holders
    }
}

/// The calls of the seller.
fn series() -> Vec<String> {
    let day = |(_, day): &(u64, &'static str)| {
        let day = *day;
        (0..8).map(move |n| format!("BTC_USDC-{day}-{}-C", 90_000 + 1_000 * n))
    };
    EXPIRIES.iter().flat_map(day).collect()
}

fn sold(names: &[String]) -> Vec<QuoteLeg> {
    let leg = |series: &String| QuoteLeg {
        series: series.clone(),
        ratio: -1,
        price: 4_000,
    };
    names.iter().map(leg).collect()
}

#[test]
fn a_slice_of_a_32_leg_account() {
    let mut fallen = Fallen::new();
    let gas = fallen.take();
    show("a slice of 32 legs, one taker", &gas);
    fallen.world.audit().expect("invariants");
    hold("liquidate a slice of a 32-leg account", gas.total);
}

/// Bids too small to make the account healthy: six account records, the auction and the bids change.
#[test]
fn a_slice_of_a_32_leg_account_to_four_bids() {
    let mut fallen = Fallen::new();
    for n in 0..4 {
        let bidder = trader(&mut fallen.world, &format!("bidder {n}"), 1_000_000);
        let bid = ExecuteMsg::PlaceBid {
            account: bidder.account,
            reward: -20_000,
            budget: Uint128::new(2_000_000_000),
        };
        fallen.send(&bidder.address, &bid);
    }
    fallen.wait(5);
    let keeper = fallen.world.keeper.clone();
    let step = Step {
        account: fallen.seller.account,
        take: None,
        keeper: None,
        bids: None,
    };
    let done = fallen.send(&keeper, &ExecuteMsg::Liquidate(step));
    let count = |name: &str| {
        let events = done.response.events.iter();
        events.filter(|event| event.ty == name).count()
    };
    assert_eq!(
        [count("wasm-slice_taken"), count("wasm-auction_started")],
        [4, 1]
    );
    assert_ne!(fallen.standing(), Standing::Healthy);
    show("a slice of 32 legs, four bids", &done.gas);
    fallen.world.audit().expect("invariants");
    hold(
        "liquidate a slice of a 32-leg account to four bids",
        done.gas.total,
    );
    assert!(done.gas.total <= 350_000);
}

#[test]
fn closing_a_32_leg_account() {
    let mut fallen = Fallen::new();
    let house = fallen.house.account;
    let (named, closed, against) = fallen.close(&[house]);
    assert_eq!(against, 1);
    show("nominate one who holds 32 other sides", &named);
    show("close 32 legs against one account", &closed);
    fallen.world.audit().expect("invariants");
    hold("nominate one against a 32-leg account", named.total);
    hold("deleverage a 32-leg account against one", closed.total);
}

/// The most that one message does: eight who stand and eight more are ranked, and eight give up a part of each of 32 legs.
#[test]
fn closing_a_32_leg_account_against_eight() {
    let mut fallen = Fallen::new();
    let holders = fallen.holders();
    while fallen.standing() != Standing::Insolvent {
        fallen.spot *= 1.005;
        fallen.wait(1);
    }
    let (named, closed, against) = fallen.close(&holders);
    assert_eq!(against, 8);
    show("nominate eight beside eight", &named);
    show("close a half of 32 legs against eight accounts", &closed);
    fallen.world.audit().expect("invariants");
    hold("nominate eight beside eight, 32 legs each", named.total);
    hold("deleverage a 32-leg account against eight", closed.total);
}

/// The most that bids can add to a step: one that waits in every slot, when the schedule has ended. In the sandbox's slots, and
/// in all that the hard ranges allow.
#[test]
fn attack_risk_40_a_bid_that_waits_in_every_slot_costs_a_step_little() {
    let late = |ranks: &mut dyn Iterator<Item = u32>| {
        let mut fallen = Fallen::new();
        fallen.let_pass();
        fallen.waiting(ranks);
        fallen.take().total
    };
    let none = late(&mut std::iter::empty());
    let slots = late(&mut (0..SLOTS).map(slot));
    let all = late(&mut (0..=220).map(|slot| slot * 5_000));
    println!(
        "a slice of 32 legs at the schedule's end: {none}; with {SLOTS} slots that wait {slots}, with 221 {all}"
    );
    assert!(none < slots && slots < all && all <= 350_000);
}

#[test]
fn attack_risk_40_and_options_32_gas_does_not_grow_with_accounts_series_auctions_tables_and_bids() {
    let measure = |count: u64| {
        let among = || {
            let mut fallen = Fallen::new();
            fallen.crowd(count);
            fallen
        };
        let sold = among().take().total;
        let mut fallen = among();
        let house = fallen.house.account;
        let (named, closed, _) = fallen.close(&[house]);
        [
            ("liquidate", sold),
            ("nominate", named.total),
            ("deleverage", closed.total),
        ]
    };
    for ((what, few), (_, many)) in measure(10).into_iter().zip(measure(10_000)) {
        println!("{what}: {few} among 10 of each, {many} among 10,000");
        assert!(many.abs_diff(few) * 100 <= few, "{what}: {few} and {many}");
    }
}
