//! A contract as compiled wasm: each call runs in a fresh VM instance and is charged as wasmd charges it.

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;

use cosmwasm_std::testing::MockApi;
use cosmwasm_std::{
    Binary, Checksum, ContractResult, Deps, DepsMut, Env, Querier, Response, StdError, StdResult,
    from_json,
};
use cosmwasm_vm::{
    VmResult, call_execute_raw, call_instantiate_raw, call_migrate_raw, call_query_raw,
    call_reply_raw, call_sudo_raw, to_vec,
};
use serde::de::DeserializeOwned;

use crate::artifacts;
use crate::backend::{Lent, lend};
use crate::cache::{self, VmInstance};
use crate::code::{Code, aborted};
use crate::costs::{self, len};
use crate::error::ChainError;
use crate::form::{Form, Input};
use crate::meter::{Kind, Meter, OutOfGas};
use crate::report::{CallGas, Entry};

/// A stored wasm.
pub(crate) struct Wasm {
    name: &'static str,
    checksum: Checksum,
    api: MockApi,
    pinned: Rc<Cell<bool>>,
    meter: Meter,
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

    /// Charges what a call costs before the contract runs.
    fn charge_start(&self, entry: Entry) -> Result<(), OutOfGas> {
        self.meter.charge(Kind::Lookup, costs::LOOKUP)?;
        let cheap = self.pinned.get() || entry == Entry::Reply;
        self.meter.charge_load(&self.checksum, cheap)
    }

    /// Runs the contract on what gas is left, charges what it used, and parses its answer.
    fn run<T: DeserializeOwned>(
        &self,
        storage: Lent<'_>,
        querier: &dyn Querier,
        enter: impl FnOnce(&mut VmInstance) -> VmResult<Vec<u8>>,
    ) -> StdResult<T> {
        let limit = self.meter.left_vm();
        let answer = lend(storage, self.api, querier, &self.meter, |backend| {
            let mut instance = cache::instance(&self.checksum, backend, limit)
                .map_err(|e| StdError::msg(e.message()))?;
            let answer = enter(&mut instance);
            let used = instance.create_gas_report().used_internally;
            let parsing = answer
                .as_ref()
                .map_or(0, |answer| len(answer) * costs::RESPONSE_BYTE);
            self.meter
                .charge_vm(used.saturating_add(parsing * costs::VM_GAS_PER_GAS))?;
            answer.map_err(|error| aborted(format!("{}: {error}", self.name)))
        })?;
        match from_json::<ContractResult<T>>(answer)? {
            ContractResult::Ok(value) => Ok(value),
            ContractResult::Err(text) => Err(StdError::msg(text)),
        }
    }

    /// The call on the VM.
    fn enter(&self, vm: &mut VmInstance, env: &Env, input: &Input) -> VmResult<Vec<u8>> {
        let env = to_vec(env)?;
        match input {
            Input::Instantiate(info, msg) => call_instantiate_raw(vm, &env, &to_vec(info)?, msg),
            Input::Execute(info, msg) => call_execute_raw(vm, &env, &to_vec(info)?, msg),
            Input::Reply(reply) => {
                // Over the limit the contract's own charges fail.
                let _ = self.meter.charge(Kind::Events, costs::reply(reply));
                call_reply_raw(vm, &env, &to_vec(reply)?)
            }
            Input::Sudo(msg) => call_sudo_raw(vm, &env, msg),
            Input::Migrate(msg) => call_migrate_raw(vm, &env, msg),
        }
    }
}

impl Form for Wasm {
    fn call(&self, deps: DepsMut, env: Env, input: Input) -> StdResult<Response> {
        let entry = input.entry();
        let call = CallGas::new(self.name, &env, entry, input.msg());
        self.meter.call(call, || {
            self.charge_start(entry)?;
            let storage = Lent::Mutable(deps.storage);
            let enter = |vm: &mut VmInstance| self.enter(vm, &env, &input);
            let response: Response = self.run(storage, &*deps.querier, enter)?;
            let cost = costs::events(&response.attributes, &response.events);
            self.meter.charge(Kind::Events, cost)?;
            Ok(response)
        })
    }

    fn query(&self, deps: Deps, env: Env, msg: Vec<u8>) -> StdResult<Binary> {
        let call = CallGas::new(self.name, &env, Entry::Query, &msg);
        self.meter.call(call, || {
            self.charge_start(Entry::Query)?;
            let storage = Lent::Shared(deps.storage);
            let enter = |vm: &mut VmInstance| call_query_raw(vm, &to_vec(&env)?, &msg);
            self.run(storage, &*deps.querier, enter)
        })
    }

    fn checksum(&self) -> Option<Checksum> {
        Some(self.checksum)
    }
}
