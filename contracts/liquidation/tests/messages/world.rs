//! The contract on a test chain, and its parties.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, Coin, Empty, Int128, Uint128, coin};
use cw_multi_test::{App, AppResponse, ContractWrapper, Executor};
use liquidation::contract;
use protocol_api::engine::{
    AuctionStart, LiquidateData, LiquidateOrder, LiquidationTerms, Schedule, Standing, Taken,
};
use protocol_api::liquidation::*;
use wasm_chain::Code;

use crate::engine::{self, Account, State, USDC};

/// The account that is liquidated.
pub const SELLER: u64 = 1;

/// The contract, as entry points and as an artefact.
const CODE: Code = Code::new("liquidation", || {
    Box::new(
        ContractWrapper::new(contract::execute, contract::instantiate, contract::query)
            .with_reply(contract::reply)
            .with_migrate(contract::migrate),
    )
});

pub struct World {
    pub app: App,
    pub owner: Addr,
    pub engine: Addr,
    pub contract: Addr,
}

/// The terms of every test that does not say otherwise.
pub fn terms() -> Terms {
    Terms {
        auction: LiquidationTerms {
            schedule: Schedule {
                start: -20_000,
                knee: 50_000,
                end: 1_000_000,
                knee_after: 600,
                end_after: 3_600,
            },
            target: 1_100_000,
            penalty: 10_000,
            dust: Uint128::new(100_000_000),
            tip: Uint128::new(5_000_000),
            chip: 2_000,
        },
        tail: 3_600,
        bids: BidTerms {
            slot: 10_000,
            wait: 300,
            most: 4,
            least_budget: Uint128::new(1_000),
        },
        backstop_reward: 100_000,
        nomination: 600,
    }
}

impl World {
    /// Accounts 1 to 9, each with a million quote units and an owner of its own.
    pub fn new() -> Self {
        let mut app = App::default();
        let owner = app.api().addr_make("owner");
        let engine_code = app.store_code(engine::contract());
        let code = app.store_code(wasm_chain::contract(&CODE));
        let engine = app
            .instantiate_contract(engine_code, owner.clone(), &Empty {}, &[], "engine", None)
            .unwrap();
        let msg = InstantiateMsg {
            owner: owner.to_string(),
            engine: engine.to_string(),
            terms: terms(),
        };
        let admin = Some(owner.to_string());
        let contract = app
            .instantiate_contract(code, owner.clone(), &msg, &[], "liquidation", admin)
            .unwrap();
        let mut world = Self {
            app,
            owner,
            engine,
            contract,
        };
        let mut state = State::default();
        for account in 1..=9 {
            let account_of = Account {
                owner: world.owner_of(account).to_string(),
                venues: vec![],
                cash: BTreeMap::from([(USDC.into(), 1_000_000)]),
                late: false,
                gained: 0,
                standing: None,
                legs: vec![],
                escrow: 0,
            };
            state.accounts.insert(account, account_of);
        }
        world.set_state(&state);
        world
    }

    pub fn address(&self, name: &str) -> Addr {
        self.app.api().addr_make(name)
    }

    /// Who owns an account of the engine from the start.
    pub fn owner_of(&self, account: u64) -> Addr {
        self.address(&format!("owner of {account}"))
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

    pub fn state(&self) -> State {
        State::load(self.app.contract_storage(&self.engine).as_ref())
    }

    pub fn set_state(&mut self, state: &State) {
        let engine = self.engine.clone();
        state.save(self.app.contract_storage_mut(&engine).as_mut());
    }

    pub fn change(&mut self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        self.set_state(&state);
    }

    /// What the next step answers.
    pub fn script(&mut self, data: LiquidateData) {
        self.change(|state| state.script = Some(data));
    }

    pub fn mint(&mut self, to: &Addr, coins: &[Coin]) {
        let to = to.to_string();
        let amount = coins.to_vec();
        self.app
            .sudo(cw_multi_test::SudoMsg::Bank(
                cw_multi_test::BankSudo::Mint {
                    to_address: to,
                    amount,
                },
            ))
            .unwrap();
    }

    pub fn send(&mut self, sender: &Addr, msg: &ExecuteMsg) -> Result<AppResponse, String> {
        self.send_with(sender, msg, &[])
    }

    pub fn send_with(
        &mut self,
        sender: &Addr,
        msg: &ExecuteMsg,
        funds: &[Coin],
    ) -> Result<AppResponse, String> {
        let contract = self.contract.clone();
        self.app
            .execute_contract(sender.clone(), contract, msg, funds)
            .map_err(|error| format!("{error:?}"))
    }

    /// Fails unless the message is refused with the code and nothing changes, here or in the engine.
    pub fn refused(&mut self, sender: &Addr, msg: &ExecuteMsg, code: &str) {
        self.refused_with(sender, msg, &[], code);
    }

    pub fn refused_with(&mut self, sender: &Addr, msg: &ExecuteMsg, funds: &[Coin], code: &str) {
        let dump = |world: &Self| {
            [&world.contract, &world.engine].map(|contract| world.app.dump_wasm_raw(contract))
        };
        let before = dump(self);
        let error = self.send_with(sender, msg, funds).unwrap_err();
        assert!(error.contains(code), "wanted {code}, got {error}");
        assert_eq!(dump(self), before);
    }

    pub fn query<T: serde::de::DeserializeOwned>(&self, msg: &QueryMsg) -> T {
        self.app
            .wrap()
            .query_wasm_smart(&self.contract, msg)
            .unwrap()
    }

    /// One step without an open taker, by anyone.
    pub fn step(&mut self) -> AppResponse {
        let keeper = self.address("keeper");
        let msg = liquidate(None);
        self.send(&keeper, &msg).unwrap()
    }

    /// What the engine was last asked.
    pub fn order(&self) -> LiquidateOrder {
        self.state().order.unwrap()
    }

    pub fn place(
        &mut self,
        account: u64,
        reward: i32,
        budget: u128,
    ) -> Result<AppResponse, String> {
        let sender = self.owner_of(account);
        let msg = ExecuteMsg::PlaceBid {
            account,
            reward,
            budget: Uint128::new(budget),
        };
        self.send(&sender, &msg)
    }

    pub fn bids(&self) -> Vec<BidView> {
        let msg = QueryMsg::Bids {
            start_after: None,
            limit: Some(100),
        };
        self.query::<BidsResponse>(&msg).bids
    }

    pub fn auction(&self) -> Option<AuctionView> {
        let msg = QueryMsg::Auction { account: SELLER };
        self.query::<AuctionResponse>(&msg).auction
    }

    /// LIQ-1: the budgets of an account's bids add up to its escrow.
    pub fn check_escrow(&self) {
        let bids = self.bids();
        for (account, known) in self.state().accounts {
            let own = bids.iter().filter(|bid| bid.place.account == account);
            let budgets: u128 = own.map(|bid| bid.budget.u128()).sum();
            assert_eq!(budgets, known.escrow, "{account}");
        }
    }
}

pub fn liquidate(take: Option<Take>) -> ExecuteMsg {
    ExecuteMsg::Liquidate(Step {
        account: SELLER,
        take,
        keeper: None,
        bids: None,
    })
}

/// An answer in which nothing moved and the account stays deep.
pub fn deep(at: u64) -> LiquidateData {
    LiquidateData {
        before: Standing::Deep,
        after: Standing::Deep,
        auction: AuctionStart {
            at,
            price_time: at - 1,
        },
        taken: vec![],
        passed_over: vec![],
        keeper_reward: Uint128::zero(),
    }
}

pub fn taken(account: u64, reward: i32, paid: i128) -> Taken {
    Taken {
        account,
        reward,
        paid: Int128::new(paid),
    }
}

pub fn usdc(amount: u128) -> Coin {
    coin(amount, USDC)
}

/// The value of an event's attribute.
pub fn attribute(response: &AppResponse, event: &str, key: &str) -> Option<String> {
    let event = response
        .events
        .iter()
        .find(|found| found.ty == format!("wasm-{event}"))?;
    let attribute = event.attributes.iter().find(|found| found.key == key)?;
    Some(attribute.value.clone())
}
