//! The engine on a test chain with a stand-in oracle; the ledger is audited after every message.

#![allow(dead_code, missing_docs, reason = "each test file uses a part")]

pub mod liquidation;
pub mod oracle;
pub mod paging;

use cosmwasm_std::{Addr, Binary, Coin, Decimal, Empty, Int64, Uint64, Uint128, coin};
use cw_multi_test::{App, AppResponse, BankSudo, ContractWrapper, Executor, SudoMsg};
use margin_engine::audit::{Answered, audit, check_message};
use margin_engine::contract;
use protocol_api::engine::*;
use protocol_api::oracle::Validity;
use protocol_api::record::{fixing_key, market_record_key};
use serde::de::DeserializeOwned;
use wasm_chain::{Call, Code};

pub const USD: &str = "uusd";
pub const BTC: &str = "ubtc";
/// 2026-11-20 12:00:00 UTC, a Friday.
pub const START: u64 = 1_795_176_000;
/// 2026-12-25 08:00 UTC, a quarterly expiry, in unix minutes.
pub const DEC: u32 = 29_969_760;
/// 2026-11-27 08:00 UTC, a weekly (and monthly) expiry, in unix minutes.
pub const NOV: u32 = 29_929_440;
pub const CALL: &str = "BTC_USDC-25DEC26-100000-C";
pub const PUT: &str = "BTC_USDC-25DEC26-80000-P";
pub const FAR_CALL: &str = "BTC_USDC-25DEC26-120000-C";
pub const NOV_CALL: &str = "BTC_USDC-27NOV26-100000-C";
pub const FUTURE: &str = "BTC_USDC-25DEC26";
pub const COIN_CALL: &str = "BTC-25DEC26-100000-C";
pub const COIN_PUT: &str = "BTC-25DEC26-80000-P";
/// One quantity unit is 0.01 BTC, one tick 5 USD: 0.05 USD a unit.
pub const TICK_VALUE: i128 = 50_000;

/// The engine, as entry points and as an artefact, every message held against its invariants.
pub const CODE: Code = Code::new("margin_engine", || {
    Box::new(
        ContractWrapper::new(contract::execute, contract::instantiate, contract::query)
            .with_migrate(contract::migrate),
    )
})
.watched(watch);

fn watch(call: &Call<'_>) -> Result<(), String> {
    let answered = Answered {
        before: call.before,
        after: call.after,
        env: call.env,
        funds: &call.info.funds,
        msg: call.msg,
        response: call.response,
        written: call.written,
    };
    check_message(&answered).map_err(|broken| broken.to_string())
}

pub struct World {
    pub app: App,
    pub engine: Addr,
    pub oracle: Addr,
    pub owner: Addr,
    pub guardian: Addr,
    pub venue: Addr,
    pub alice: Addr,
    pub bob: Addr,
    pub mallory: Addr,
    pub market: oracle::Market,
}

pub fn percent(n: u64) -> Decimal {
    Decimal::percent(n)
}

pub fn params() -> EngineParams {
    EngineParams {
        debt_grace: 86_400,
        debt_rate: Decimal::zero(),
        collateral_discount: percent(5),
        discount_ramp: 3_600,
        listing_fee: Uint128::new(1_000_000),
    }
}

pub fn instantiate_msg(owner: &Addr, guardian: &Addr, oracle: &Addr) -> InstantiateMsg {
    InstantiateMsg {
        owner: owner.to_string(),
        guardian: Some(guardian.to_string()),
        oracle: oracle.to_string(),
        params: params(),
        cap_ramp: 0,
        quote_coin: QuoteCoin {
            denom: USD.into(),
            decimals: 6,
            cap: Uint128::new(1_000_000_000_000_000),
            debt_cap: Uint128::new(1_000_000_000_000),
        },
    }
}

pub fn coin_terms() -> CoinTerms {
    CoinTerms {
        weight_initial: percent(85),
        weight_maintenance: percent(90),
        depeg: Decimal::zero(),
        cap: Uint128::new(1_000_000_000_000),
        debt_cap: Uint128::new(10_000_000_000),
    }
}

pub fn btc_coin() -> CoinListing {
    CoinListing {
        denom: BTC.into(),
        underlying: 1,
        decimals: 8,
        terms: coin_terms(),
    }
}

pub fn market_params() -> MarketParams {
    MarketParams {
        maker_rate: Decimal::bps(1),
        taker_rate: Decimal::bps(3),
        fee_premium_cap: Decimal::permille(125),
        series_cap: Uint64::new(1_000_000),
        expiry_series: 200,
        open: true,
    }
}

pub fn linear() -> MarketListing {
    MarketListing {
        symbol: "BTC_USDC".into(),
        underlying: 1,
        settle_denom: USD.into(),
        style: MarketStyle::Linear,
        unit: percent(1),
        tick: Decimal::from_ratio(5_u32, 1_u32),
        strike_step: Decimal::from_ratio(500_u32, 1_u32),
        digital_payout: Decimal::from_ratio(1_000_u32, 1_u32),
        calendar: Calendar::default(),
        fixing: FixingTerms {
            buckets: 60,
            bucket_seconds: 30,
        },
        params: market_params(),
    }
}

pub fn inverse() -> MarketListing {
    MarketListing {
        symbol: "BTC".into(),
        settle_denom: BTC.into(),
        style: MarketStyle::Inverse,
        tick: Decimal::bps(5),
        ..linear()
    }
}

impl World {
    /// An engine without coins but the quote coin, markets or accounts.
    pub fn bare() -> Self {
        Self::ramped(0)
    }

    /// The same where new caps wait and grow.
    pub fn ramped(cap_ramp: u64) -> Self {
        let mut app = App::new(|router, api, storage| {
            for name in ["alice", "bob", "mallory", "carol"] {
                let coins = vec![
                    coin(1_000_000_000_000_000, BTC),
                    coin(1_000_000_000_000_000, USD),
                ];
                router
                    .bank
                    .init_balance(storage, &api.addr_make(name), coins)
                    .unwrap();
            }
        });
        app.update_block(|block| {
            block.time = cosmwasm_std::Timestamp::from_seconds(START);
            block.height += 1;
        });
        let address = |name: &str| app.api().addr_make(name);
        let (owner, guardian, venue) = (address("owner"), address("guardian"), address("venue"));
        let (alice, bob, mallory) = (address("alice"), address("bob"), address("mallory"));
        let oracle_code = app.store_code(oracle::contract());
        let oracle = app
            .instantiate_contract(oracle_code, owner.clone(), &Empty {}, &[], "oracle", None)
            .unwrap();
        let code = app.store_code(wasm_chain::contract(&CODE));
        let msg = InstantiateMsg {
            cap_ramp,
            ..instantiate_msg(&owner, &guardian, &oracle)
        };
        let admin = Some(owner.to_string());
        let engine = app
            .instantiate_contract(code, owner.clone(), &msg, &[], "engine", admin)
            .unwrap();
        let market = oracle::Market::new(90_000, START, &[(NOV, 70), (DEC, 150)]);
        let mut world = Self {
            app,
            engine,
            oracle,
            owner,
            guardian,
            venue,
            alice,
            bob,
            mallory,
            market,
        };
        world.publish();
        world
    }

    /// Markets, a venue, the usual series, accounts 1 (alice), 2 (bob) and 3 (treasury) with the venue admitted.
    pub fn new() -> Self {
        let mut world = Self::bare();
        let (owner, venue) = (world.owner.clone(), world.venue.to_string());
        world.ok(
            &owner,
            ExecuteMsg::AddCoin {
                listing: btc_coin(),
            },
        );
        world.ok(&owner, ExecuteMsg::AddMarket { listing: linear() });
        world.ok(&owner, ExecuteMsg::AddMarket { listing: inverse() });
        world.ok(
            &owner,
            ExecuteMsg::SetVenue {
                venue: venue.clone(),
                authorized: true,
            },
        );
        let series = [CALL, PUT, FAR_CALL, NOV_CALL, FUTURE, COIN_CALL, COIN_PUT];
        world.list(&series);
        for user in [world.alice.clone(), world.bob.clone(), owner.clone()] {
            world.ok(
                &user,
                ExecuteMsg::CreateAccount {
                    venues: vec![venue.clone()],
                },
            );
        }
        world.ok(&owner, ExecuteMsg::SetTreasury { account: 3 });
        let liquidator = world.liquidator().into_string();
        world.ok(&owner, ExecuteMsg::SetLiquidator { liquidator });
        world
    }

    /// As [`Self::new`], with 100,000 USD in accounts 1 and 2.
    pub fn funded() -> Self {
        let mut world = Self::new();
        world.deposit(1, 100_000_000_000, USD);
        world.deposit(2, 100_000_000_000, USD);
        world
    }

    pub fn list(&mut self, names: &[&str]) {
        let owner = self.owner.clone();
        let series = names.iter().map(|name| (*name).to_owned()).collect();
        self.ok(&owner, ExecuteMsg::ListSeries { series });
    }

    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    pub fn advance(&mut self, seconds: u64) {
        self.app.update_block(|block| {
            block.time = block.time.plus_seconds(seconds);
            block.height += 1;
        });
    }

    /// Time passes to `time` and the price is published afresh.
    pub fn advance_to(&mut self, time: u64) {
        let seconds = time - self.now();
        self.advance(seconds);
        self.publish();
    }

    /// Publishes the market at the present time.
    pub fn publish(&mut self) {
        self.market.published = self.now();
        self.publish_as_it_is();
    }

    pub fn publish_as_it_is(&mut self) {
        let record = self.market.record();
        self.raw(market_record_key(1), record);
    }

    pub fn set_spot(&mut self, dollars: u64) {
        let old = self.market.clone();
        self.market = oracle::Market::new(dollars, self.now(), &old.expiries);
        self.market.pending = old.pending;
        self.publish();
    }

    pub fn set_level(&mut self, level: Validity) {
        self.market.level = level;
        self.publish();
    }

    /// No record at all.
    pub fn silence(&mut self) {
        self.raw(market_record_key(1), vec![]);
    }

    pub fn fix(&mut self, expiry: u32, dollars: u64) {
        let bytes = oracle::fixing(dollars, self.now());
        self.raw(fixing_key(1, expiry), bytes);
    }

    pub fn raw(&mut self, key: Vec<u8>, value: Vec<u8>) {
        let msg = (Binary::from(key), Binary::from(value));
        let (sender, oracle) = (self.owner.clone(), self.oracle.clone());
        self.app
            .execute_contract(sender, oracle, &msg, &[])
            .unwrap();
    }

    /// Sends a message and audits the whole state, whether it passed or not.
    pub fn send(
        &mut self,
        sender: &Addr,
        msg: ExecuteMsg,
        funds: &[Coin],
    ) -> Result<AppResponse, String> {
        let engine = self.engine.clone();
        let result = self
            .app
            .execute_contract(sender.clone(), engine, &msg, funds)
            .map_err(|error| format!("{error:?}"));
        self.audit();
        result
    }

    pub fn ok(&mut self, sender: &Addr, msg: ExecuteMsg) -> AppResponse {
        self.send(sender, msg, &[]).unwrap()
    }

    /// Sends a message that must be refused with this code.
    #[track_caller]
    pub fn refused(&mut self, sender: &Addr, msg: ExecuteMsg, code: &str) {
        self.refused_with(sender, msg, &[], code);
    }

    #[track_caller]
    pub fn refused_with(&mut self, sender: &Addr, msg: ExecuteMsg, funds: &[Coin], code: &str) {
        let shown = format!("{msg:?}");
        match self.send(sender, msg, funds) {
            Ok(_) => panic!("{shown} passed, expected {code}"),
            Err(error) => assert!(error.contains(code), "{shown}: {error}, expected {code}"),
        }
    }

    pub fn dump(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.app.dump_wasm_raw(&self.engine)
    }

    pub fn audit(&self) {
        let storage = self.app.contract_storage(&self.engine);
        let bank = |denom: &str| self.bank(&self.engine, denom);
        audit(&*storage, bank).unwrap();
    }

    pub fn bank(&self, of: &Addr, denom: &str) -> u128 {
        let amount = self.app.wrap().query_balance(of, denom).unwrap().amount;
        Uint128::try_from(amount).unwrap().u128()
    }

    pub fn query<T: DeserializeOwned>(&self, msg: &QueryMsg) -> T {
        self.app.wrap().query_wasm_smart(&self.engine, msg).unwrap()
    }

    /// Owner of an account, as the chain knows him.
    pub fn owner_of(&self, account: u64) -> Addr {
        let found: AccountResponse = self.query(&QueryMsg::Account { account });
        Addr::unchecked(found.owner)
    }

    /// Its owner deposits coins that nobody had before.
    pub fn deposit(&mut self, account: u64, amount: u128, denom: &str) {
        let owner = self.owner_of(account);
        let coins = vec![coin(amount, denom)];
        let mint = BankSudo::Mint {
            to_address: owner.to_string(),
            amount: coins.clone(),
        };
        self.app.sudo(SudoMsg::Bank(mint)).unwrap();
        self.send(&owner, ExecuteMsg::Deposit { account }, &coins)
            .unwrap();
    }

    pub fn withdraw(
        &mut self,
        account: u64,
        amount: u128,
        denom: &str,
    ) -> Result<AppResponse, String> {
        let sender = self.owner_of(account);
        let amounts = vec![coin(amount, denom)];
        self.send(
            &sender,
            ExecuteMsg::Withdraw {
                account,
                amounts,
                to: None,
            },
            &[],
        )
    }

    pub fn cash(&self, account: u64, denom: &str) -> i128 {
        let found: AccountResponse = self.query(&QueryMsg::Account { account });
        found
            .cash
            .iter()
            .find(|cash| cash.denom == denom)
            .map_or(0, |cash| cash.amount.i128())
    }

    pub fn escrow(&self, account: u64) -> u128 {
        let found: AccountResponse = self.query(&QueryMsg::Account { account });
        found.escrow.u128()
    }

    pub fn quantity(&self, account: u64, series: &str) -> i64 {
        let found: AccountResponse = self.query(&QueryMsg::Account { account });
        found
            .legs
            .iter()
            .find(|leg| leg.series == series)
            .map_or(0, |leg| leg.quantity.i64())
    }

    pub fn health(&self, account: u64) -> HealthResponse {
        self.query(&QueryMsg::Health { account })
    }

    pub fn ledger(&self, denom: &str) -> LedgerCoin {
        let found: LedgerResponse = self.query(&QueryMsg::Ledger {});
        found
            .coins
            .into_iter()
            .find(|coin| coin.denom == denom)
            .unwrap()
    }

    pub fn side(&self, account: u64) -> FillSide {
        let address = self.owner_of(account).into_string();
        FillSide {
            account,
            consent: Consent::Address { address },
            max_fee: None,
            reduce_only: false,
        }
    }

    /// The taker buys (or, with a negative quantity, sells) from the maker.
    pub fn fill(&self, maker: u64, taker: u64, legs: &[(&str, i64, i64)]) -> Fill {
        Fill {
            maker: self.side(maker),
            taker: self.side(taker),
            legs: legs.iter().map(leg).collect(),
        }
    }

    pub fn trade(
        &mut self,
        maker: u64,
        taker: u64,
        legs: &[(&str, i64, i64)],
    ) -> Result<AppResponse, String> {
        let fill = self.fill(maker, taker, legs);
        self.settle(vec![fill])
    }

    pub fn settle(&mut self, fills: Vec<Fill>) -> Result<AppResponse, String> {
        let venue = self.venue.clone();
        self.send(&venue, ExecuteMsg::SettleFills { fills }, &[])
    }

    #[track_caller]
    pub fn trade_refused(&mut self, maker: u64, taker: u64, legs: &[(&str, i64, i64)], code: &str) {
        let fill = self.fill(maker, taker, legs);
        let venue = self.venue.clone();
        self.refused(&venue, ExecuteMsg::SettleFills { fills: vec![fill] }, code);
    }
}

pub fn leg((series, quantity, price): &(&str, i64, i64)) -> FillLeg {
    FillLeg {
        series: (*series).into(),
        quantity: Int64::new(*quantity),
        price_ticks: Int64::new(*price),
    }
}
