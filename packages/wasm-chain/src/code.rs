//! A contract's code: its name, and its native form.

use std::any::Any;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cosmwasm_std::{Binary, Deps, DepsMut, Empty, Env, Response, StdError, StdResult};

use crate::form::{Form, Input, Stored};
use crate::meter::Meter;
use crate::report::{CallGas, Entry};
use crate::watch::{Watch, Watched};

/// A contract as the chain calls it; `cw_multi_test::ContractWrapper` makes one from entry points.
pub use cw_multi_test::Contract;

/// A code that can be stored on a [`crate::Chain`] in either mode.
#[derive(Clone, Copy)]
pub struct Code {
    pub(crate) name: &'static str,
    pub(crate) native: fn() -> Box<dyn Contract<Empty>>,
    watch: Option<Watch>,
}

impl Code {
    /// `name` is the artefact's name without `.wasm`; `native` makes the same contract from its entry points.
    pub const fn new(name: &'static str, native: fn() -> Box<dyn Contract<Empty>>) -> Self {
        Self {
            name,
            native,
            watch: None,
        }
    }

    /// This code, every message to it shown to a check.
    #[must_use]
    pub const fn watched(mut self, watch: Watch) -> Self {
        self.watch = Some(watch);
        self
    }

    /// The artefact's name without `.wasm`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// A form of this code as a chain calls it, watched if the code is.
    pub(crate) fn stored(
        &self,
        form: impl Form + 'static,
        meter: Meter,
    ) -> Box<dyn Contract<Empty>> {
        match self.watch {
            Some(watch) => Box::new(Stored(Watched { form, watch, meter })),
            None => Box::new(Stored(form)),
        }
    }
}

/// A native contract whose panics are errors, as they are on the VM, and whose calls are listed in the gas report
/// (without gas: native code is not metered).
pub(crate) struct Native {
    name: &'static str,
    contract: Box<dyn Contract<Empty>>,
    meter: Meter,
}

impl Native {
    pub fn new(code: &Code, meter: Meter) -> Self {
        Self {
            name: code.name,
            contract: (code.native)(),
            meter,
        }
    }
}

/// A panic as an error.
fn guard<T>(call: impl FnOnce() -> StdResult<T>) -> StdResult<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| Err(aborted(panic_text(&*panic))))
}

/// What the error of a call begins with that ended without an answer.
const ABORTED: &str = "Aborted: ";

/// The error of a call that ended without an answer: by a panic, a trap, or for want of gas.
pub(crate) fn aborted(why: impl Display) -> StdError {
    StdError::msg(format!("{ABORTED}{why}"))
}

/// Whether a call ended without an answer.
pub(crate) fn is_abort(error: &StdError) -> bool {
    error.to_string().contains(ABORTED)
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("panicked")
}

impl Form for Native {
    fn call(&self, deps: DepsMut, env: Env, input: Input) -> StdResult<Response> {
        let call = CallGas::new(self.name, &env, input.entry(), input.msg());
        self.meter
            .call(call, || guard(|| self.contract.call(deps, env, input)))
    }

    fn query(&self, deps: Deps, env: Env, msg: Vec<u8>) -> StdResult<Binary> {
        let call = CallGas::new(self.name, &env, Entry::Query, &msg);
        self.meter
            .call(call, || guard(|| self.contract.query(deps, env, msg)))
    }
}
