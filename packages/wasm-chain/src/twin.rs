//! A contract as wasm that is held against its native form: every call runs in both, and the two must not differ.

use std::fmt::Debug;

use cosmwasm_std::{Binary, Checksum, Deps, DepsMut, Env, Response, StdError, StdResult, Storage};

use crate::adapter::Wasm;
use crate::code::Native;
use crate::form::{Form, Input};
use crate::overlay::Overlay;

/// What the wasm did is what happened; the native form runs before it, on a copy.
pub(crate) struct Twin {
    pub wasm: Wasm,
    pub native: Native,
}

/// The answer of the wasm, if it is that of the native form.
fn alike<T: Debug + PartialEq>(native: &StdResult<T>, wasm: StdResult<T>) -> StdResult<T> {
    match (native, &wasm) {
        (Ok(native), Ok(wasm)) => {
            assert_eq!(native, wasm, "native (left) and wasm answer differently");
        }
        (Err(native), Err(wasm)) => {
            let (native, wasm) = (words(native), words(wasm));
            // An artefact has no texts of panics.
            let panicked = native.starts_with("Aborted: ") && wasm.contains("RuntimeError");
            assert!(
                native == wasm || panicked,
                "natively: {native}, as wasm: {wasm}"
            );
        }
        (native, wasm) => {
            assert_eq!(
                native.is_ok(),
                wasm.is_ok(),
                "natively {native:?}, as wasm {wasm:?}"
            );
        }
    }
    wasm
}

/// The contract's own words, without what the layers put in front: the kind of error at each, and on the VM the name of an
/// address function.
fn words(error: &StdError) -> String {
    const LAYERS: [&str; 4] = [
        "kind: Other, error: ",
        "addr_validate errored: ",
        "addr_canonicalize errored: ",
        "addr_humanize errored: ",
    ];
    let without = |text: String, layer| text.replace(layer, "");
    LAYERS.into_iter().fold(error.to_string(), without)
}

impl Form for Twin {
    fn call(&self, deps: DepsMut, env: Env, input: Input) -> StdResult<Response> {
        let DepsMut {
            storage,
            api,
            querier,
        } = deps;
        let run = |form: &dyn Form, storage: &mut dyn Storage| {
            let deps = DepsMut {
                storage,
                api,
                querier,
            };
            form.call(deps, env.clone(), input.clone())
        };
        let mut copy = Overlay::over(storage);
        let native = run(&self.native, &mut copy);
        let native_writes = copy.into_writes();
        let mut copy = Overlay::over(storage);
        let wasm = run(&self.wasm, &mut copy);
        let writes = copy.into_writes();
        if wasm.is_ok() {
            assert_eq!(
                native_writes, writes,
                "native (left) and wasm write differently"
            );
        }
        writes.apply(storage);
        alike(&native, wasm)
    }

    fn query(&self, deps: Deps, env: Env, msg: Vec<u8>) -> StdResult<Binary> {
        let native = self.native.query(deps, env.clone(), msg.clone());
        alike(&native, self.wasm.query(deps, env, msg))
    }

    fn checksum(&self) -> Option<Checksum> {
        self.wasm.checksum()
    }
}
