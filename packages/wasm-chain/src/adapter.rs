//! A contract as compiled wasm: each call runs in a fresh VM instance and is charged as wasmd charges it.

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;

use cosmwasm_std::testing::MockApi;
use cosmwasm_std::{
    Binary, Checksum, ContractResult, Deps, DepsMut, Empty, Env, MessageInfo, Querier, Reply,
    Response, StdError, StdResult, from_json, to_json_vec,
};
use cosmwasm_vm::{
    VmResult, call_execute_raw, call_instantiate_raw, call_migrate_raw, call_query_raw,
    call_reply_raw, call_sudo_raw,
};
use serde::de::DeserializeOwned;

use crate::artifacts;
use crate::backend::{Lent, lend};
use crate::cache::{self, VmInstance};
use crate::code::{Code, Contract, aborted};
use crate::costs::{self, len};
use crate::error::ChainError;
use crate::meter::{Kind, Meter, OutOfGas};
use crate::report::Entry;

/// A stored wasm.
pub(crate) struct Wasm {
    name: &'static str,
    checksum: Checksum,
    api: MockApi,
    pinned: Rc<Cell<bool>>,
    meter: Meter,
}

/// One call: where, through which entry point, with which message (for the report).
struct Call<'a> {
    env: &'a Env,
    entry: Entry,
    msg: &'a [u8],
}

impl Wasm {
    /// The code's artefact in this folder, checked as a chain checks an upload.
    pub fn load(
        code: &Code,
        folder: &Path,
        api: MockApi,
        pinned: Rc<Cell<bool>>,
        meter: Meter,
    ) -> Result<Self, ChainError> {
        let name = code.name();
        let wasm = artifacts::read(&folder.join(format!("{name}.wasm")))?;
        Ok(Self {
            name,
            checksum: cache::store(&wasm)?,
            api,
            pinned,
            meter,
        })
    }

    /// Charges what a call costs before the contract runs, runs it, and parses its answer.
    fn call<T: DeserializeOwned>(
        &self,
        call: &Call<'_>,
        storage: Lent<'_>,
        querier: &dyn Querier,
        run: impl FnOnce(&mut VmInstance, &[u8]) -> VmResult<Vec<u8>>,
    ) -> StdResult<T> {
        let address = call.env.contract.address.as_str();
        self.meter.open(address, self.name, call.entry, call.msg);
        let result = self.metered(call, storage, querier, run);
        self.meter.close(result.is_err());
        result
    }

    fn metered<T: DeserializeOwned>(
        &self,
        call: &Call<'_>,
        storage: Lent<'_>,
        querier: &dyn Querier,
        run: impl FnOnce(&mut VmInstance, &[u8]) -> VmResult<Vec<u8>>,
    ) -> StdResult<T> {
        self.meter
            .charge(Kind::Lookup, costs::LOOKUP)
            .map_err(out_of_gas)?;
        let cheap = self.pinned.get() || call.entry == Entry::Reply;
        self.meter
            .charge_load(&self.checksum, cheap)
            .map_err(out_of_gas)?;
        let env = to_json_vec(call.env)?;
        let limit = self.meter.left_vm();
        let answer = lend(storage, self.api, querier, &self.meter, |backend| {
            let mut instance = cache::instance(&self.checksum, backend, limit)
                .map_err(|e| StdError::msg(e.message()))?;
            let answer = run(&mut instance, &env);
            let used = instance.create_gas_report().used_internally;
            let parsing = answer
                .as_ref()
                .map_or(0, |answer| len(answer) * costs::RESPONSE_BYTE);
            self.meter
                .charge_vm(used.saturating_add(parsing * costs::VM_GAS_PER_GAS))
                .map_err(out_of_gas)?;
            answer.map_err(|error| aborted(format!("{}: {error}", self.name)))
        })?;
        match from_json::<ContractResult<T>>(answer)? {
            ContractResult::Ok(value) => Ok(value),
            ContractResult::Err(text) => Err(StdError::msg(text)),
        }
    }

    /// A call that may write and answers with a response, whose events are charged.
    fn respond(
        &self,
        call: &Call<'_>,
        deps: DepsMut<'_>,
        run: impl FnOnce(&mut VmInstance, &[u8]) -> VmResult<Vec<u8>>,
    ) -> StdResult<Response> {
        let address = call.env.contract.address.as_str();
        self.meter.open(address, self.name, call.entry, call.msg);
        let result = self
            .metered(call, Lent::Mutable(deps.storage), &*deps.querier, run)
            .and_then(|response: Response| {
                let cost = costs::events(&response.attributes, &response.events);
                self.meter.charge(Kind::Events, cost).map_err(out_of_gas)?;
                Ok(response)
            });
        self.meter.close(result.is_err());
        result
    }
}

pub(crate) fn out_of_gas(_: OutOfGas) -> StdError {
    aborted("out of gas")
}

impl Contract<Empty> for Wasm {
    fn instantiate(
        &self,
        deps: DepsMut,
        env: Env,
        info: MessageInfo,
        msg: Vec<u8>,
    ) -> StdResult<Response> {
        let info = to_json_vec(&info)?;
        let call = Call {
            env: &env,
            entry: Entry::Instantiate,
            msg: &msg,
        };
        self.respond(&call, deps, |instance, env| {
            call_instantiate_raw(instance, env, &info, &msg)
        })
    }

    fn execute(
        &self,
        deps: DepsMut,
        env: Env,
        info: MessageInfo,
        msg: Vec<u8>,
    ) -> StdResult<Response> {
        let info = to_json_vec(&info)?;
        let call = Call {
            env: &env,
            entry: Entry::Execute,
            msg: &msg,
        };
        self.respond(&call, deps, |instance, env| {
            call_execute_raw(instance, env, &info, &msg)
        })
    }

    fn query(&self, deps: Deps, env: Env, msg: Vec<u8>) -> StdResult<Binary> {
        let call = Call {
            env: &env,
            entry: Entry::Query,
            msg: &msg,
        };
        self.call(
            &call,
            Lent::Shared(deps.storage),
            &*deps.querier,
            |instance, env| call_query_raw(instance, env, &msg),
        )
    }

    fn reply(&self, deps: DepsMut, env: Env, msg: Reply) -> StdResult<Response> {
        let bytes = to_json_vec(&msg)?;
        let call = Call {
            env: &env,
            entry: Entry::Reply,
            msg: &[],
        };
        self.respond(&call, deps, |instance, env| {
            // Over the limit the contract's own charges fail.
            let _ = self.meter.charge(Kind::Events, costs::reply(&msg));
            call_reply_raw(instance, env, &bytes)
        })
    }

    fn sudo(&self, deps: DepsMut, env: Env, msg: Vec<u8>) -> StdResult<Response> {
        let call = Call {
            env: &env,
            entry: Entry::Sudo,
            msg: &msg,
        };
        self.respond(&call, deps, |instance, env| {
            call_sudo_raw(instance, env, &msg)
        })
    }

    fn migrate(&self, deps: DepsMut, env: Env, msg: Vec<u8>) -> StdResult<Response> {
        let call = Call {
            env: &env,
            entry: Entry::Migrate,
            msg: &msg,
        };
        self.respond(&call, deps, |instance, env| {
            call_migrate_raw(instance, env, &msg)
        })
    }

    fn checksum(&self) -> Option<Checksum> {
        Some(self.checksum)
    }
}
