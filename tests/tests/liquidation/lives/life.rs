//! A life: who lives it, its prices and its time, and how every message is sent and looked at.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, Coin, Decimal};
use protocol_api::engine::AccountId;
use sandbox::network::Network;
use sandbox::report::{SurfaceExpiry, build};
use sandbox::setup::{self, BTC, ETH, GWEI, SAT, USDC};
use sandbox::{Sandbox, Trader, plan};
use wasm_chain::{Chain, ChainError, Mode, Outcome};

use super::refusals::typed;
use super::watch::{self, Rule, Seen};
use crate::market::{EXPIRIES, START};

pub const DENOMS: [&str; 3] = [USDC, SAT, GWEI];
pub const MARKETS: [&str; 2] = ["BTC_USDC", "BTC"];
pub const NAMES: [&str; 7] = ["ann", "bob", "cat", "dan", "eve", "fay", "house"];
pub const PEOPLE: usize = NAMES.len();
/// Buys from all and keeps its money.
pub const HOUSE: usize = PEOPLE - 1;
/// Trades little but in gambles.
pub const GAMBLER: usize = PEOPLE - 2;
/// Whole dollars, satoshi, gwei.
const COINS: [[u128; 3]; PEOPLE] = [
    [20_000, 0, 0],
    [30_000, 0, 1_000_000_000],
    [5_000, 40_000_000, 0],
    [0, 80_000_000, 3_000_000_000],
    [60_000, 10_000_000, 20_000_000],
    [12_000, 0, 0],
    [8_000_000, 8_000_000_000, 0],
];
/// A date that nobody lists: there is always a slice, so the feed outlives its series.
const FAR: u32 = EXPIRIES[1] + 400 * 1_440;
const YEAR: f64 = 31_536_000.0;

/// What a series pays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pay {
    Call,
    Put,
    Future,
}

/// A series: its name, market, date, and what it pays at which strike.
pub struct Series {
    pub name: &'static str,
    pub market: usize,
    pub date: usize,
    pub pay: Pay,
    pub strike: f64,
}

const fn series(name: &'static str, place: (usize, usize), (pay, strike): (Pay, f64)) -> Series {
    Series {
        name,
        market: place.0,
        date: place.1,
        pay,
        strike,
    }
}

pub const SERIES: [Series; 10] = [
    series("BTC_USDC-2JAN26-90000-C", (0, 0), (Pay::Call, 90_000.0)),
    series("BTC_USDC-2JAN26-80000-P", (0, 0), (Pay::Put, 80_000.0)),
    series("BTC_USDC-2JAN26-100000-C", (0, 0), (Pay::Call, 100_000.0)),
    series("BTC_USDC-9JAN26-95000-C", (0, 1), (Pay::Call, 95_000.0)),
    series("BTC_USDC-9JAN26-85000-P", (0, 1), (Pay::Put, 85_000.0)),
    series("BTC_USDC-9JAN26", (0, 1), (Pay::Future, 90_000.0)),
    series("BTC-2JAN26-90000-C", (1, 0), (Pay::Call, 90_000.0)),
    series("BTC-2JAN26-85000-P", (1, 0), (Pay::Put, 85_000.0)),
    series("BTC-9JAN26-95000-C", (1, 1), (Pay::Call, 95_000.0)),
    series("BTC-9JAN26-80000-P", (1, 1), (Pay::Put, 80_000.0)),
];

pub struct Life {
    pub world: Sandbox,
    pub people: Vec<Trader>,
    pub spot: f64,
    pub vol: f64,
    pub ether: f64,
    pub ether_speaks: bool,
    pub nonce: u64,
    /// How often a message came to what.
    pub seen: BTreeMap<String, usize>,
    /// Dates whose price is final.
    pub is_final: [bool; 2],
    /// The last refusal in full.
    pub refused: String,
    /// Everybody as the last message left him.
    pub last: Seen,
}

impl Life {
    pub fn new() -> Self {
        let mut world = deploy();
        let open = |(name, coins): (&&str, &[u128; 3])| {
            let units = [coins[0] * 1_000_000, coins[1], coins[2]];
            let coins = DENOMS.iter().zip(units).filter(|(_, amount)| *amount > 0);
            let mut funds: Vec<Coin> = coins
                .map(|(denom, amount)| Coin::new(amount, *denom))
                .collect();
            funds.sort_by(|a, b| a.denom.cmp(&b.denom));
            world.open_account(name, &funds).expect("opened")
        };
        let people = NAMES.iter().zip(&COINS).map(open).collect();
        let mut life = Self {
            world,
            people,
            spot: 90_000.0,
            vol: 0.5,
            ether: 3_000.0,
            ether_speaks: true,
            nonce: 0,
            seen: BTreeMap::new(),
            is_final: [false; 2],
            refused: String::new(),
            last: Seen::default(),
        };
        life.publish(5);
        let names = SERIES.map(|series| series.name);
        life.world.list_series(&names).expect("listed");
        life.last = watch::look(&life);
        life.open_backstop(1, 2);
        life.last = watch::look(&life);
        life.join(1, HOUSE, 50_000);
        life
    }

    pub fn now(&self) -> u64 {
        self.world.chain.now()
    }

    pub fn saw(&mut self, what: &str) {
        *self.seen.entry(what.to_owned()).or_default() += 1;
    }

    pub fn number(&self, who: usize) -> AccountId {
        self.people[who].account
    }

    pub fn address(&self, who: usize) -> Addr {
        self.people[who].address.clone()
    }

    pub fn everybody(&self) -> Vec<AccountId> {
        self.last.accounts.keys().copied().collect()
    }

    /// Accounts of a set given by bits; its last two bits stand for one that there is not.
    pub fn numbers(&self, named: u16, most: usize) -> Vec<AccountId> {
        let all = self.everybody().into_iter().zip(0..14);
        let all = all.filter(|(_, bit)| named >> bit & 1 == 1);
        let nobody = (named >> 14 == 3).then_some(99);
        all.map(|(id, _)| id).chain(nobody).take(most).collect()
    }

    /// Sends a message, looks at everything afterwards, and holds every account against the rule; none if it was refused.
    pub fn send(
        &mut self,
        kind: &str,
        rule: Rule,
        message: impl FnOnce(&mut Sandbox) -> Result<Outcome, ChainError>,
    ) -> Option<Outcome> {
        let result = message(&mut self.world);
        let verdict = match &result {
            Ok(_) => "ok".to_owned(),
            Err(error) => {
                self.refused = error.to_string();
                typed(kind, error)
            }
        };
        self.saw(&format!("{kind}: {verdict}"));
        for event in result.iter().flat_map(|outcome| &outcome.response.events) {
            *self.seen.entry(event.ty.clone()).or_default() += 1;
        }
        let now = watch::look(self);
        watch::everything(self);
        watch::others(self, &now, (kind, rule, result.as_ref().ok()));
        self.last = now;
        result.ok()
    }

    /// Time passes, nothing is said.
    pub fn wait(&mut self, seconds: u64) {
        self.world.chain.advance(seconds);
        self.last = watch::look(self);
    }

    /// Time passes and the same prices come every half minute.
    pub fn live(&mut self, seconds: u64) {
        let mut left = seconds;
        while left > 0 {
            let part = left.min(30);
            self.world.chain.advance(part);
            self.publish(5);
            left -= part;
        }
        self.last = watch::look(self);
    }

    /// A report of so many sources at the prices that stand.
    pub fn publish(&mut self, sources: usize) {
        let now = self.now();
        let surface: Vec<SurfaceExpiry> = [EXPIRIES[0], EXPIRIES[1], FAR]
            .into_iter()
            .filter(|expiry| u64::from(*expiry) * 60 > now)
            .map(|expiry| slice(expiry, now, (self.spot, self.vol)))
            .collect();
        let mut report = build(BTC, now, self.spot, &surface).expect("later is dearer");
        report.sources.truncate(sources);
        if sources == 2 {
            // Apart, so that the band is wide.
            report.sources[1].price += report.sources[1].price / 16;
        }
        let sent = self.world.publish(&report);
        self.published("publish", sent);
        if self.ether_speaks {
            self.publish_ether();
        }
    }

    fn publish_ether(&mut self) {
        let now = self.now();
        let surface = [slice(FAR, now, (self.ether, 0.5))];
        let report = build(ETH, now, self.ether, &surface).expect("one date");
        let sent = self.world.publish(&report);
        self.published("publish ether", sent);
    }

    /// A report of the same second is old; nothing else is refused.
    fn published(&mut self, kind: &str, sent: Result<Outcome, ChainError>) {
        let verdict = match sent {
            Ok(_) => "ok".to_owned(),
            Err(error) => error.code().expect("typed").to_owned(),
        };
        assert!(["ok", "E_REPORT_OLD"].contains(&&*verdict), "{verdict}");
        self.saw(&format!("{kind}: {verdict}"));
    }
}

fn slice(expiry: u32, now: u64, (forward, vol): (f64, f64)) -> SurfaceExpiry {
    let left = (u64::from(expiry) * 60 - now) as f64;
    SurfaceExpiry::flat(expiry, forward, (vol * (left / YEAR).sqrt()).max(1e-3))
}

/// The protocol with auctions of a minute and windows of a minute.
fn deploy() -> Sandbox {
    let mut chain = Chain::new(Mode::Native);
    chain.set_time(START);
    let owner = Network::party(&mut chain, "owner");
    let mut config = setup::quick_config();
    for feed in &mut config.feeds {
        feed.policy.jump = Decimal::percent(40);
    }
    let make = |chain: &mut Chain, part: &plan::Part, msg: &serde_json::Value| {
        let code = chain.store(part.code)?;
        chain.instantiate(code, &owner, msg, &[], part.name)
    };
    let site = plan::deploy(&mut chain, &config, owner.clone(), make).expect("deployed");
    Sandbox::at(chain, &site).expect("wired")
}
