//! A contract as wasm that is held against its native form: every call runs in both, and the two must not differ.

use std::collections::BTreeMap;
use std::fmt::Debug;

use cosmwasm_std::{
    Binary, Checksum, Deps, DepsMut, Empty, Env, MessageInfo, Order, Record, Reply, Response,
    StdError, StdResult, Storage,
};

use crate::adapter::Wasm;
use crate::code::{Contract, Native};

/// What a call wrote: for each key the last value, or that it is gone.
type Writes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// What the wasm did is what happened; the native form runs before it, on a copy.
pub(crate) struct Twin {
    pub wasm: Wasm,
    pub native: Native,
}

impl Twin {
    /// Runs a call that may write.
    fn write<T: Debug + PartialEq>(
        &self,
        deps: DepsMut<'_>,
        call: impl Fn(&dyn Contract<Empty>, DepsMut<'_>) -> StdResult<T>,
    ) -> StdResult<T> {
        let DepsMut {
            storage,
            api,
            querier,
        } = deps;
        let run = |contract, storage: &mut dyn Storage| {
            let deps = DepsMut {
                storage,
                api,
                querier,
            };
            call(contract, deps)
        };
        let mut copy = Copy::of(storage);
        let native = run(&self.native, &mut copy);
        let native_writes = copy.writes;
        let mut copy = Copy::of(storage);
        let wasm = run(&self.wasm, &mut copy);
        let writes = copy.writes;
        if wasm.is_ok() {
            assert_eq!(
                native_writes, writes,
                "native (left) and wasm write differently"
            );
        }
        for (key, value) in &writes {
            match value {
                Some(value) => storage.set(key, value),
                None => storage.remove(key),
            }
        }
        alike(&native, wasm)
    }
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

/// A storage whose changes are kept apart.
struct Copy<'a> {
    below: &'a dyn Storage,
    writes: Writes,
}

impl<'a> Copy<'a> {
    fn of(below: &'a dyn Storage) -> Self {
        let writes = Writes::new();
        Self { below, writes }
    }

    /// The first record of a range.
    fn first(&self, start: &[u8], end: Option<&[u8]>, order: Order) -> Option<Record> {
        let inside = |key: &[u8]| key >= start && end.is_none_or(|end| key < end);
        let changed = self.writes.iter().filter(|(key, _)| inside(key));
        let written = changed.filter_map(|(key, value)| Some((key.clone(), value.clone()?)));
        let mut below = self.below.range(Some(start), end, order);
        let below = below.find(|(key, _)| !self.writes.contains_key(key));
        let both = written.chain(below);
        match order {
            Order::Ascending => both.min(),
            Order::Descending => both.max(),
        }
    }
}

impl Storage for Copy<'_> {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        match self.writes.get(key) {
            Some(value) => value.clone(),
            None => self.below.get(key),
        }
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.writes.insert(key.to_vec(), Some(value.to_vec()));
    }

    fn remove(&mut self, key: &[u8]) {
        self.writes.insert(key.to_vec(), None);
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'a> {
        let mut start = start.unwrap_or_default().to_vec();
        let mut end = end.map(<[u8]>::to_vec);
        Box::new(std::iter::from_fn(move || {
            let record = self.first(&start, end.as_deref(), order)?;
            match order {
                Order::Ascending => {
                    start.clone_from(&record.0);
                    start.push(0);
                }
                Order::Descending => end = Some(record.0.clone()),
            }
            Some(record)
        }))
    }
}

impl Contract<Empty> for Twin {
    fn instantiate(
        &self,
        deps: DepsMut,
        env: Env,
        info: MessageInfo,
        msg: Vec<u8>,
    ) -> StdResult<Response> {
        self.write(deps, |contract, deps| {
            contract.instantiate(deps, env.clone(), info.clone(), msg.clone())
        })
    }

    fn execute(
        &self,
        deps: DepsMut,
        env: Env,
        info: MessageInfo,
        msg: Vec<u8>,
    ) -> StdResult<Response> {
        self.write(deps, |contract, deps| {
            contract.execute(deps, env.clone(), info.clone(), msg.clone())
        })
    }

    fn query(&self, deps: Deps, env: Env, msg: Vec<u8>) -> StdResult<Binary> {
        let native = self.native.query(deps, env.clone(), msg.clone());
        alike(&native, self.wasm.query(deps, env, msg))
    }

    fn reply(&self, deps: DepsMut, env: Env, msg: Reply) -> StdResult<Response> {
        self.write(deps, |contract, deps| {
            contract.reply(deps, env.clone(), msg.clone())
        })
    }

    fn sudo(&self, deps: DepsMut, env: Env, msg: Vec<u8>) -> StdResult<Response> {
        self.write(deps, |contract, deps| {
            contract.sudo(deps, env.clone(), msg.clone())
        })
    }

    fn migrate(&self, deps: DepsMut, env: Env, msg: Vec<u8>) -> StdResult<Response> {
        self.write(deps, |contract, deps| {
            contract.migrate(deps, env.clone(), msg.clone())
        })
    }

    fn checksum(&self) -> Option<Checksum> {
        self.wasm.checksum()
    }
}
