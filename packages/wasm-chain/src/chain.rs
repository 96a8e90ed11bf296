//! The chain that tests and the demo drive.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use cosmwasm_std::{
    Addr, BlockInfo, Coin, CosmosMsg, Empty, Order, Querier, QueryRequest, Record, Storage,
    Timestamp, Uint256, WasmMsg, WasmQuery, from_json, to_json_binary, to_json_vec,
};
use cw_multi_test::{
    AppBuilder, AppResponse, BankSudo, Executor, SudoMsg, WasmKeeper, WasmSudo, no_init,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::adapter::Wasm;
use crate::artifacts;
use crate::bank::MeteredBank;
use crate::code::{Code, Native};
use crate::error::ChainError;
use crate::identity::{Identity, NextAddress};
use crate::meter::Meter;
use crate::report::GasReport;

/// The chain underneath: an `App` of `cw-multi-test` whose bank charges for transfers in [`Mode::Wasm`].
pub type App = cw_multi_test::App<MeteredBank>;

/// How contracts run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// As native code: fast, for long stateful tests. Gas is not metered.
    Native,
    /// As the shipped wasm on the real VM, with gas.
    Wasm,
}

/// A message that went through.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Events and data.
    pub response: AppResponse,
    /// Where the gas went; all zero in [`Mode::Native`].
    pub gas: GasReport,
}

impl Outcome {
    /// The value of the first attribute with this key, in any event.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        let mut attributes = self
            .response
            .events
            .iter()
            .flat_map(|event| &event.attributes);
        attributes
            .find(|attribute| attribute.key == key)
            .map(|attribute| attribute.value.as_str())
    }
}

/// Seconds between blocks when time advances.
const BLOCK_SECONDS: u64 = 5;
/// SDK gas a transaction or query may use, unless set: far above anything sensible, below overflow.
pub(crate) const GAS_LIMIT: u64 = 1_000_000_000;

/// An in-process chain.
pub struct Chain {
    mode: Mode,
    app: App,
    artifacts: PathBuf,
    meter: Meter,
    gas_limit: u64,
    pins: BTreeMap<u64, Rc<Cell<bool>>>,
    reports: RefCell<Vec<GasReport>>,
    next_address: NextAddress,
}

impl Chain {
    /// An empty chain; artefacts are looked for in [`crate::artifacts_dir`].
    pub fn new(mode: Mode) -> Self {
        Self::with_artifacts(mode, artifacts::artifacts_dir())
    }

    /// An empty chain that takes its artefacts from this folder.
    pub fn with_artifacts(mode: Mode, artifacts: impl Into<PathBuf>) -> Self {
        Self::like(mode, artifacts, Identity::default())
    }

    /// An empty chain that contracts and signatures take for another one, with artefacts from this folder.
    pub fn like(mode: Mode, artifacts: impl Into<PathBuf>, identity: Identity) -> Self {
        let next_address = NextAddress::default();
        let wasm = WasmKeeper::new().with_address_generator(next_address.clone());
        let meter = Meter::default();
        let metered = (mode == Mode::Wasm).then(|| meter.clone());
        let mut app = AppBuilder::new()
            .with_api(identity.api())
            .with_bank(MeteredBank::new(metered))
            .with_wasm(wasm)
            .build(no_init);
        app.update_block(|block| block.chain_id = identity.chain_id.clone());
        Self {
            mode,
            app,
            artifacts: artifacts.into(),
            meter,
            gas_limit: GAS_LIMIT,
            pins: BTreeMap::new(),
            reports: RefCell::default(),
            next_address,
        }
    }

    /// How contracts run here.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The chain underneath, for what this type does not offer.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The chain underneath, for what this type does not offer.
    pub fn app_mut(&mut self) -> &mut App {
        &mut self.app
    }

    /// SDK gas that each transaction or query may use from now on.
    pub fn set_gas_limit(&mut self, limit: u64) {
        self.gas_limit = limit;
    }

    // Accounts and coins

    /// The address that belongs to a name: always the same valid one.
    pub fn address(&self, name: &str) -> Addr {
        self.app.api().addr_make(name)
    }

    /// Gives new coins to an address.
    ///
    /// # Errors
    /// The bank refuses, for example a zero amount.
    pub fn mint(&mut self, to: &Addr, coins: &[Coin]) -> Result<(), ChainError> {
        let mint = BankSudo::Mint {
            to_address: to.to_string(),
            amount: coins.to_vec(),
        };
        self.app
            .sudo(SudoMsg::Bank(mint))
            .map(drop)
            .map_err(Into::into)
    }

    /// What an address holds of a denomination.
    ///
    /// # Errors
    /// The bank refuses the query.
    pub fn balance(&self, of: &Addr, denom: &str) -> Result<Uint256, ChainError> {
        Ok(self.app.wrap().query_balance(of, denom)?.amount)
    }

    // Code and contracts

    /// Stores a code: its entry points in [`Mode::Native`], `<artefacts>/<name>.wasm` in [`Mode::Wasm`], checked as a
    /// chain checks an upload. Codes start unpinned.
    ///
    /// # Errors
    /// The artefact is missing or refused.
    pub fn store(&mut self, code: &Code) -> Result<u64, ChainError> {
        let pinned = Rc::new(Cell::new(false));
        let meter = self.meter.clone();
        let contract = match self.mode {
            Mode::Native => code.stored(Native::new(code, meter.clone()), meter),
            Mode::Wasm => {
                let (api, pinned) = (*self.app.api(), pinned.clone());
                let wasm = Wasm::load(code, &self.artifacts, api, pinned, meter.clone())?;
                code.stored(wasm, meter)
            }
        };
        let id = self.app.store_code(contract);
        self.pins.insert(id, pinned);
        Ok(id)
    }

    /// Pins a code, as governance can: every load of it is cheap from now on. Where there is no such code nothing happens.
    pub fn pin(&mut self, code_id: u64) {
        if let Some(pin) = self.pins.get(&code_id) {
            pin.set(true);
        }
    }

    /// Takes the pin back, if there is one.
    pub fn unpin(&mut self, code_id: u64) {
        if let Some(pin) = self.pins.get(&code_id) {
            pin.set(false);
        }
    }

    /// Makes a contract of a stored code; the sender becomes its admin.
    ///
    /// # Errors
    /// The contract refuses; nothing has changed.
    #[allow(clippy::too_many_arguments, reason = "the chain's message has these")]
    pub fn instantiate<M: Serialize>(
        &mut self,
        code_id: u64,
        sender: &Addr,
        msg: &M,
        funds: &[Coin],
        label: &str,
    ) -> Result<Addr, ChainError> {
        let msg = bytes(msg)?;
        let admin = Some(sender.to_string());
        let value: serde_json::Value = from_json(&msg)?;
        self.transaction(|app| {
            app.instantiate_contract(code_id, sender.clone(), &value, funds, label, admin)
        })
        .map(|(address, _)| address)
    }

    /// Calls [`Chain::instantiate`] in `make`, for an address that another chain gave the contract.
    ///
    /// # Errors
    /// The contract refuses; nothing has changed.
    pub fn instantiate_at(
        &mut self,
        address: &Addr,
        make: impl FnOnce(&mut Self) -> Result<Addr, ChainError>,
    ) -> Result<Addr, ChainError> {
        self.next_address.set(Some(address.clone()));
        let made = make(self);
        // One that is refused early never asks for the address, and the next contract must not get it.
        self.next_address.set(None);
        made
    }

    /// Sends one message to a contract.
    ///
    /// # Errors
    /// The contract refuses, traps or runs out of gas; nothing has changed.
    pub fn execute<M: Serialize>(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &M,
        funds: &[Coin],
    ) -> Result<Outcome, ChainError> {
        let msg = WasmMsg::Execute {
            contract_addr: contract.to_string(),
            msg: to_json_binary(msg)?,
            funds: funds.to_vec(),
        };
        let (response, gas) = self.transaction(|app| app.execute(sender.clone(), msg.into()))?;
        Ok(Outcome { response, gas })
    }

    /// Sends several messages in one transaction: all succeed or none.
    ///
    /// # Errors
    /// One of them fails; nothing has changed.
    pub fn execute_all(
        &mut self,
        sender: &Addr,
        msgs: Vec<CosmosMsg>,
    ) -> Result<Outcome, ChainError> {
        let (responses, gas) = self.transaction(|app| app.execute_multi(sender.clone(), msgs))?;
        let mut response = AppResponse::default();
        for part in responses {
            response.events.extend(part.events);
            response.data = part.data.or(response.data);
        }
        Ok(Outcome { response, gas })
    }

    /// Moves a contract to another code; the sender must be its admin.
    ///
    /// # Errors
    /// The contract refuses; nothing has changed.
    pub fn migrate<M: Serialize>(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &M,
        code_id: u64,
    ) -> Result<Outcome, ChainError> {
        let msg = WasmMsg::Migrate {
            contract_addr: contract.to_string(),
            new_code_id: code_id,
            msg: to_json_binary(msg)?,
        };
        let (response, gas) = self.transaction(|app| app.execute(sender.clone(), msg.into()))?;
        Ok(Outcome { response, gas })
    }

    /// Calls a contract as the chain itself.
    ///
    /// # Errors
    /// The contract refuses; nothing has changed.
    pub fn sudo<M: Serialize>(&mut self, contract: &Addr, msg: &M) -> Result<Outcome, ChainError> {
        let msg = SudoMsg::Wasm(WasmSudo::new(contract, msg)?);
        let (response, gas) = self.transaction(|app| app.sudo(msg))?;
        Ok(Outcome { response, gas })
    }

    fn transaction<T>(
        &mut self,
        run: impl FnOnce(&mut App) -> cosmwasm_std::StdResult<T>,
    ) -> Result<(T, GasReport), ChainError> {
        self.meter.begin(self.gas_limit);
        let result = run(&mut self.app);
        let report = self.meter.report();
        self.reports.get_mut().push(report.clone());
        Ok((result?, report))
    }

    // Queries

    /// Asks a contract.
    ///
    /// # Errors
    /// The contract refuses, traps or runs out of gas, or the answer is not a `T`.
    pub fn query<M: Serialize, T: DeserializeOwned>(
        &self,
        contract: &Addr,
        msg: &M,
    ) -> Result<T, ChainError> {
        self.query_metered(contract, msg).map(|(answer, _)| answer)
    }

    /// Asks a contract, and says what it cost.
    ///
    /// # Errors
    /// As [`Chain::query`].
    pub fn query_metered<M: Serialize, T: DeserializeOwned>(
        &self,
        contract: &Addr,
        msg: &M,
    ) -> Result<(T, GasReport), ChainError> {
        self.meter.begin(self.gas_limit);
        let smart = WasmQuery::Smart {
            contract_addr: contract.to_string(),
            msg: to_json_binary(msg)?,
        };
        let request = to_json_vec(&QueryRequest::<Empty>::Wasm(smart))?;
        let answer = self.app.raw_query(&request).into_result();
        let answer = answer.map_err(|error| ChainError::new(error.to_string()))?;
        let answer = answer.into_result().map_err(ChainError::new)?;
        Ok((from_json(answer)?, self.meter.report()))
    }

    /// What lies under a key of a contract's storage; `None` also where there is no such contract.
    pub fn query_raw(&self, contract: &Addr, key: &[u8]) -> Option<Vec<u8>> {
        self.app
            .wrap()
            .query_wasm_raw(contract.as_str(), key)
            .ok()
            .flatten()
    }

    /// All keys and values of a contract, in order.
    pub fn contract_state(&self, contract: &Addr) -> Vec<Record> {
        self.app.dump_wasm_raw(contract)
    }

    /// The whole state: every contract's storage, balances, contract records, block. Equal in both modes.
    pub fn dump_state(&self) -> Vec<Record> {
        let mut records: Vec<Record> = self
            .app
            .storage()
            .range(None, None, Order::Ascending)
            .collect();
        let block = self.block();
        records.push((
            b"block".to_vec(),
            format!("{} {}", block.height, block.time).into_bytes(),
        ));
        records
    }

    // Time

    /// The block in progress.
    pub fn block(&self) -> BlockInfo {
        self.app.block_info()
    }

    /// Block time in seconds.
    pub fn now(&self) -> u64 {
        self.block().time.seconds()
    }

    /// Lets time pass: one block for every five seconds, at least one.
    pub fn advance(&mut self, seconds: u64) {
        self.app.update_block(|block| {
            block.time = block.time.plus_seconds(seconds);
            block.height += (seconds / BLOCK_SECONDS).max(1);
        });
    }

    /// Sets block time, in seconds; the height goes on by one.
    pub fn set_time(&mut self, seconds: u64) {
        self.app.update_block(|block| {
            block.time = Timestamp::from_seconds(seconds);
            block.height += 1;
        });
    }

    /// Continues with this block: height, and time in nanoseconds.
    pub fn set_block(&mut self, height: u64, nanoseconds: u64) {
        self.app.update_block(|block| {
            block.time = Timestamp::from_nanos(nanoseconds);
            block.height = height;
        });
    }

    /// The chain's id, as contracts see it.
    pub fn chain_id(&self) -> String {
        self.block().chain_id
    }

    // Gas

    /// The reports of all transactions since the last call, failed ones included.
    pub fn take_gas_reports(&mut self) -> Vec<GasReport> {
        std::mem::take(self.reports.get_mut())
    }

    /// The report of the last transaction or [`Chain::query`], also when it failed.
    pub fn last_gas(&self) -> GasReport {
        self.meter.report()
    }
}

fn bytes<M: Serialize>(msg: &M) -> Result<Vec<u8>, ChainError> {
    to_json_vec(msg).map_err(Into::into)
}
