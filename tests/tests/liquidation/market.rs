//! A BTC market with a house that buys what sellers sell, and what the tests ask of it.

use cosmwasm_std::{Addr, Coin, Int128, Uint128, from_json};
use protocol_api::engine::{
    self, AccountId, AccountResponse, InsuranceResponse, LedgerResponse, LiquidateData,
    LiquidationStateResponse, Standing, Taken,
};
use protocol_api::exchange::QuoteLeg;
use protocol_api::liquidation::{
    AuctionResponse, AuctionView, BidView, BidsResponse, ExecuteMsg, QueryMsg, Step, Take,
};
use protocol_api::oracle::report::Report;
use protocol_std::expiry::seconds;
use protocol_std::reply;
use sandbox::report::{SurfaceExpiry, build, stored};
use sandbox::setup::{BTC, ETH, USDC, Window};
use sandbox::{Sandbox, Trader};
use wasm_chain::{ChainError, Mode, Outcome};

/// 1 January 2026, 00:00 UTC, a Thursday.
pub const START: u64 = 1_767_225_600;
/// 2 and 9 January 2026, 08:00 UTC, in minutes.
pub const EXPIRIES: [u32; 2] = {
    let first = ((START + 32 * 3_600) / 60) as u32;
    [first, first + 7 * 1_440]
};
pub const CALL: &str = "BTC_USDC-2JAN26-90000-C";
/// One dollar in base units.
pub const USD: u128 = 1_000_000;
const WINDOW: Window = Window {
    buckets: 6,
    bucket_seconds: 30,
};

pub struct Market {
    pub world: Sandbox,
    pub house: Trader,
    pub keeper: Addr,
    nonce: u64,
}

impl Market {
    /// At 90,000, with a house of fifty million dollars and calls, puts and their inverse cousins listed.
    pub fn new(mode: Mode) -> Self {
        let mut world = Sandbox::deploy(mode, START, WINDOW).expect("deployed");
        let house = world
            .open_account("house", &[usd(50_000_000)])
            .expect("house");
        let keeper = world.keeper.clone();
        let mut market = Self {
            world,
            house,
            keeper,
            nonce: 0,
        };
        market.publish(90_000.0);
        market
            .world
            .list_series(&[
                CALL,
                "BTC_USDC-2JAN26-80000-P",
                "BTC_USDC-9JAN26-95000-C",
                "BTC-2JAN26-90000-C",
            ])
            .expect("listed");
        market
    }

    /// One report of all sources, flat 50 % vol.
    pub fn publish(&mut self, spot: f64) {
        self.report(spot);
        self.audit();
    }

    /// The same without the audit, which looks at every account.
    pub fn report(&mut self, spot: f64) {
        let report = self.made(self.world.chain.now(), spot);
        self.world.publish(&report).expect("published");
    }

    /// A report of all sources, made at a time.
    pub fn made(&self, time: u64, spot: f64) -> Report {
        let surface: Vec<SurfaceExpiry> = EXPIRIES
            .into_iter()
            .filter(|expiry| u64::from(*expiry) * 60 > time)
            .map(|expiry| {
                let left = u64::from(expiry) * 60 - time;
                let vol = 0.5 * (left as f64 / 31_536_000.0).sqrt();
                SurfaceExpiry::flat(expiry, spot, vol)
            })
            .collect();
        build(BTC, time, spot, &surface).expect("longer expiries are dearer")
    }

    /// Half-minutely reports of two sources alone, twelve percent below and above the price: they sell nobody who is sound
    /// at one of them.
    pub fn split(&mut self, seconds: u64, spot: f64) {
        for _ in 0..seconds / 30 {
            self.world.chain.advance(30);
            let mut report = self.made(self.world.chain.now(), spot);
            report.sources.truncate(2);
            report.sources[0].price = stored(spot * 0.88);
            report.sources[1].price = stored(spot * 1.12);
            self.world.publish(&report).expect("published");
        }
        self.world.chain.advance(seconds % 30);
    }

    /// ETH at a price of four sources, and the first one's own.
    pub fn publish_eth(&mut self, spot: f64, first: f64) {
        let now = self.world.chain.now();
        let left = u64::from(EXPIRIES[1]) * 60 - now;
        let vol = 0.5 * (left as f64 / 31_536_000.0).sqrt();
        let surface = [SurfaceExpiry::flat(EXPIRIES[1], spot, vol)];
        let mut report = build(ETH, now, spot, &surface).expect("one expiry");
        report.sources[0].price = stored(first);
        self.world.publish(&report).expect("published");
        self.audit();
    }

    /// Some seconds later, the price stands at `spot`; reports come every 30 seconds meanwhile, so that there is no gap.
    pub fn wait(&mut self, seconds: u64, spot: f64) {
        let end = self.world.chain.now() + seconds;
        while self.world.chain.now() < end {
            let step = (end - self.world.chain.now()).min(30);
            self.world.chain.advance(step);
            self.publish(spot);
        }
    }

    /// The same with a step every five minutes, so that an account's auction goes on; not at the end.
    pub fn watch(&mut self, seller: &Trader, seconds: u64, spot: f64) {
        let mut left = seconds;
        while left > 0 {
            let part = (left - 1) % 300 + 1;
            self.wait(part, spot);
            left -= part;
            if left > 0 {
                self.step(seller);
            }
        }
    }

    /// An account with so many dollars.
    pub fn trader(&mut self, name: &str, dollars: u128) -> Trader {
        self.world
            .open_account(name, &[usd(dollars)])
            .expect("account")
    }

    /// An account with so many dollars that is short 1 BTC of the 90,000 call, sold at 1,000 dollars.
    pub fn short(&mut self, name: &str, dollars: u128) -> Trader {
        let seller = self.trader(name, dollars);
        self.sell(&seller, CALL, 100, 2_000);
        seller
    }

    /// Sells units of a series to the house at a price in ticks.
    pub fn sell(&mut self, seller: &Trader, series: &str, units: u64, ticks: i64) {
        let house = self.house.clone();
        self.trade((seller, &house), series, units, ticks);
    }

    /// The first sells to the second.
    pub fn trade(&mut self, sides: (&Trader, &Trader), series: &str, units: u64, ticks: i64) {
        let (seller, buyer) = sides;
        self.nonce += 1;
        let leg = QuoteLeg {
            series: series.into(),
            ratio: -1,
            price: ticks,
        };
        let quote = self.world.quote(seller, self.nonce, units, vec![leg]);
        self.world.take(buyer, quote, units).expect("taken");
        self.audit();
    }

    pub fn state(&self, trader: &Trader) -> LiquidationStateResponse {
        let accounts = vec![trader.account];
        let query = engine::QueryMsg::LiquidationStates { accounts };
        let states: Vec<LiquidationStateResponse> = self
            .world
            .chain
            .query(&self.world.engine, &query)
            .expect("states");
        states.into_iter().next().expect("one")
    }

    pub fn standing(&self, trader: &Trader) -> Standing {
        self.state(trader).standing.expect("priced")
    }

    /// Equity and maintenance margin.
    pub fn health(&self, trader: &Trader) -> (i128, i128) {
        let state = self.state(trader);
        (
            state.equity.expect("priced").i128(),
            state.maintenance.expect("priced").u128() as i128,
        )
    }

    pub fn account(&self, account: AccountId) -> AccountResponse {
        self.world
            .chain
            .query(&self.world.engine, &engine::QueryMsg::Account { account })
            .expect("account")
    }

    pub fn cash(&self, trader: &Trader) -> i128 {
        let account = self.account(trader.account);
        let cash = account.cash.iter().find(|cash| cash.denom == USDC);
        cash.map_or(0, |cash| cash.amount.i128())
    }

    /// Units held of a series.
    pub fn units(&self, trader: &Trader, series: &str) -> i64 {
        let account = self.account(trader.account);
        let leg = account.legs.iter().find(|leg| leg.series == series);
        leg.map_or(0, |leg| leg.quantity.i64())
    }

    pub fn ledger(&self) -> LedgerResponse {
        self.world
            .chain
            .query(&self.world.engine, &engine::QueryMsg::Ledger {})
            .expect("ledger")
    }

    pub fn insurance(&self, market: &str) -> InsuranceResponse {
        let market = market.into();
        self.world
            .chain
            .query(&self.world.engine, &engine::QueryMsg::Insurance { market })
            .expect("insurance")
    }

    /// Insurance, an hour before it is needed: an hour's cap is counted from what was there when it began.
    pub fn fund(&mut self, market: &str, dollars: u128, spot: f64) {
        let giver = self.world.chain.address("giver");
        self.world
            .chain
            .mint(&giver, &[usd(dollars)])
            .expect("minted");
        let msg = engine::ExecuteMsg::FundInsurance {
            market: market.into(),
        };
        self.world
            .engine_as(&giver, &msg, &[usd(dollars)])
            .expect("funded");
        self.wait(3_600, spot);
    }

    /// Sends the liquidation contract a message and audits whatever came of it.
    pub fn send(&mut self, sender: &Addr, msg: &ExecuteMsg) -> Result<Outcome, ChainError> {
        let outcome = self.world.liquidation_as(sender, msg, &[]);
        self.audit();
        outcome
    }

    /// One step without an open taker.
    pub fn step(&mut self, seller: &Trader) -> LiquidateData {
        let keeper = self.keeper.clone();
        let msg = ExecuteMsg::Liquidate(Step {
            account: seller.account,
            take: None,
            keeper: None,
            bids: None,
        });
        data(&self.send(&keeper, &msg).expect("step"))
    }

    /// One step in which a trader takes at any reward from `least` up.
    pub fn take(&mut self, seller: &Trader, taker: &Trader, least: i32) -> LiquidateData {
        let outcome = self.try_take(seller, taker, open(taker, least), None);
        data(&outcome.expect("step"))
    }

    /// Fails unless a step sells the taker nothing: it is refused, or it only looked.
    pub fn not_taken(&mut self, seller: &Trader, taker: &Trader, least: i32) {
        match self.try_take(seller, taker, open(taker, least), None) {
            Ok(outcome) => assert!(data(&outcome).taken.is_empty()),
            Err(error) => assert!(error.to_string().contains("E_ENGINE_NOT_TAKEN"), "{error}"),
        }
    }

    pub fn try_take(
        &mut self,
        seller: &Trader,
        taker: &Trader,
        take: Take,
        keeper: Option<AccountId>,
    ) -> Result<Outcome, ChainError> {
        let msg = ExecuteMsg::Liquidate(Step {
            account: seller.account,
            take: Some(take),
            keeper,
            bids: None,
        });
        self.send(&taker.address, &msg)
    }

    pub fn bid(&mut self, bidder: &Trader, reward: i32, dollars: u128) {
        let msg = ExecuteMsg::PlaceBid {
            account: bidder.account,
            reward,
            budget: Uint128::new(dollars * USD),
        };
        self.send(&bidder.address, &msg).expect("bid");
    }

    pub fn bids(&self) -> Vec<BidView> {
        let query = QueryMsg::Bids {
            start_after: None,
            limit: Some(100),
        };
        let page: BidsResponse = self
            .world
            .chain
            .query(&self.world.liquidation, &query)
            .expect("bids");
        page.bids
    }

    pub fn auction(&self, seller: &Trader) -> Option<AuctionView> {
        let query = QueryMsg::Auction {
            account: seller.account,
        };
        let answer: AuctionResponse = self
            .world
            .chain
            .query(&self.world.liquidation, &query)
            .expect("auction");
        answer.auction
    }

    /// Every invariant of the engine, and LIQ-1 and LIQ-5.
    pub fn audit(&self) {
        self.world.audit().expect("invariants");
        let bids = self.bids();
        for account in bids.iter().map(|bid| bid.place.account) {
            let own = bids.iter().filter(|bid| bid.place.account == account);
            let budgets: u128 = own.map(|bid| bid.budget.u128()).sum();
            assert_eq!(budgets, self.account(account).escrow.u128(), "LIQ-1");
        }
        let budgets: u128 = bids.iter().map(|bid| bid.budget.u128()).sum();
        let escrow = self.ledger().coins[0].escrow;
        assert_eq!(budgets, escrow.u128(), "LIQ-1");
        let own = self
            .world
            .chain
            .balance(&self.world.liquidation, USDC)
            .expect("balance");
        assert!(own.is_zero(), "LIQ-5");
    }
}

pub fn usd(dollars: u128) -> Coin {
    Coin::new(dollars * USD, USDC)
}

/// Takes with all one has.
pub fn open(taker: &Trader, least_reward: i32) -> Take {
    Take {
        account: taker.account,
        least_reward,
        max_pay: Uint128::new(1 << 60),
        legs_fingerprint: None,
    }
}

/// What a step answered; the chain wraps the data in one field.
pub fn data(outcome: &Outcome) -> LiquidateData {
    let bytes = outcome.response.data.as_ref().expect("data").as_slice();
    from_json(reply::unwrap(bytes).expect("wrapped")).expect("LiquidateData")
}

pub fn paid(taken: &Taken) -> i128 {
    Int128::i128(&taken.paid)
}

/// A market at `spot` and a seller whose equity is `health` parts per thousand of his maintenance margin there.
pub fn fallen(health: i128, spot: f64) -> (Market, Trader) {
    // Margin does not depend on the quote coin: a first run with ample cash says how much less there must be.
    const AMPLE: u128 = 60_000;
    let mut probe = Market::new(Mode::Native);
    let rich = probe.short("probe", AMPLE);
    probe.climb(spot);
    let (equity, margin) = probe.health(&rich);
    let spare = (equity - margin * health / 1_000) / USD as i128;
    let mut market = Market::new(Mode::Native);
    let seller = market.short("seller", AMPLE.saturating_sub(spare.unsigned_abs()));
    market.climb(spot);
    (market, seller)
}

impl Market {
    /// From 90,000, half a percent a minute, which the slow price follows.
    pub fn climb(&mut self, to: f64) {
        self.climb_from(90_000.0, to);
    }
}

impl Market {
    /// As [`Market::climb`], from another price, and down as well.
    pub fn climb_from(&mut self, from: f64, to: f64) {
        let mut spot = from;
        while spot != to {
            spot = to.clamp(spot * 0.995, spot * 1.005);
            self.world.chain.advance(60);
            self.publish(spot);
        }
    }

    /// The first expiry at a price, fixed and settled for these accounts.
    pub fn settle(&mut self, price: f64, accounts: &[AccountId]) {
        let expiry = u64::from(EXPIRIES[0]) * 60;
        self.world.chain.set_time(expiry - 200);
        while self.world.chain.now() <= expiry {
            self.publish(price);
            self.world.chain.advance(10);
        }
        self.world.fix(BTC, seconds(EXPIRIES[0])).expect("fixed");
        self.world
            .fix_market("BTC_USDC", seconds(EXPIRIES[0]))
            .expect("taken over");
        self.world.settle(accounts).expect("settled");
        self.audit();
    }
}
