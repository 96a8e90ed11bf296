//! The switch of the suites that leave it to their caller how contracts run.
#![allow(
    clippy::panic,
    reason = "only suites ask, and they must fail where they cannot run as they were told"
)]

use std::ffi::OsStr;

use cosmwasm_std::Empty;

use crate::adapter::Wasm;
use crate::artifacts;
use crate::chain::{GAS_LIMIT, Mode};
use crate::code::{Code, Contract, Native};
use crate::identity::Identity;
use crate::meter::Meter;
use crate::twin::Twin;

/// `native`, as when it is not set, or `wasm`.
const VARIABLE: &str = "CONTRACTS_AS";

impl Mode {
    /// What `$CONTRACTS_AS` says: `native`, as when it is not set, or `wasm`.
    ///
    /// # Panics
    /// It says something else: a suite must not pass as what nobody asked for.
    pub fn chosen() -> Self {
        let word = std::env::var_os(VARIABLE);
        Self::named(word.as_deref()).unwrap_or_else(|| {
            panic!("{VARIABLE} is {word:?}, and only `native` and `wasm` are known")
        })
    }

    fn named(word: Option<&OsStr>) -> Option<Self> {
        match word {
            None => Some(Self::Native),
            Some(word) if word == "native" => Some(Self::Native),
            Some(word) if word == "wasm" => Some(Self::Wasm),
            Some(_) => None,
        }
    }
}

/// A code as [`Mode::chosen`] says, for an `App` of `cw-multi-test` itself.
///
/// As wasm, each call from outside has a chain's whole gas; and every call runs natively as well, on a copy of the storage,
/// so that the first answer, error or write that differs ends the test.
///
/// # Panics
/// As [`Mode::chosen`], or the artefact is missing or refused.
pub fn contract(code: &Code) -> Box<dyn Contract<Empty>> {
    match Mode::chosen() {
        Mode::Native => code.stored((code.native)(), Meter::default()),
        Mode::Wasm => code.stored(twin(code), Meter::default()),
    }
}

fn twin(code: &Code) -> Twin {
    let meter = || Meter::alone(GAS_LIMIT);
    let (folder, api) = (artifacts::artifacts_dir(), Identity::default().api());
    let wasm = Wasm::load(code, &folder, api, Default::default(), meter());
    Twin {
        wasm: wasm.unwrap_or_else(|error| panic!("{error}")),
        native: Native::new(code, meter()),
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, StdError, StdResult};
    use cw_multi_test::{App, AppResponse, ContractWrapper, Executor};
    use sampler::Execute;

    use super::{Code, Mode, twin};
    use crate::form::Stored;

    const SAMPLER: Code = Code::new("sampler", || {
        let wrapper = ContractWrapper::new(sampler::execute, sampler::instantiate, sampler::query);
        Box::new(wrapper)
    });

    /// What a code does with the messages, one after another.
    fn run(code: &Code, messages: &[Execute]) -> Vec<StdResult<AppResponse>> {
        let mut app = App::default();
        let id = app.store_code(Box::new(Stored(twin(code))));
        let user = app.api().addr_make("user");
        let nothing = serde_json::json!({});
        let made = app.instantiate_contract(id, user.clone(), &nothing, &[], "sampler", None);
        let contract = made.unwrap();
        let send = |msg| app.execute_contract(user.clone(), contract.clone(), msg, &[]);
        messages.iter().map(send).collect()
    }

    fn set(key: &str) -> Execute {
        let (key, value) = (key.into(), "value".into());
        Execute::Set { key, value }
    }

    #[test]
    fn what_is_alike_passes_with_its_errors_and_panics() {
        let (from, count) = (1, 9);
        let refused = Execute::Fail { text: "no".into() };
        let done = run(
            &SAMPLER,
            &[
                Execute::Fill { from, count },
                set("key"),
                Execute::Remove { key: "key".into() },
                Execute::CountTwice {},
                refused,
                Execute::Panic {},
            ],
        );
        let passed: Vec<bool> = done.iter().map(Result::is_ok).collect();
        assert_eq!(passed, [true, true, true, true, false, false]);
    }

    /// A sampler that does something else with one message.
    fn other(deps: DepsMut, env: Env, info: MessageInfo, msg: Execute) -> StdResult<Response> {
        let mut response = Response::new();
        match &msg {
            Execute::Set { key, .. } if key == "written" => deps.storage.set(b"also", b"this"),
            Execute::Set { key, .. } if key == "said" => {
                response = response.add_attribute("a", "b")
            }
            Execute::Fail { .. } => return Err(StdError::msg("other words")),
            _ => return sampler::execute(deps, env, info, msg),
        }
        let done = sampler::execute(deps, env, info, msg)?;
        Ok(response.add_attributes(done.attributes))
    }

    const OTHER: Code = Code::new("sampler", || {
        Box::new(ContractWrapper::new(
            other,
            sampler::instantiate,
            sampler::query,
        ))
    });

    #[test]
    #[should_panic(expected = "write differently")]
    fn another_write_is_found() {
        run(&OTHER, &[set("alike"), set("written")]);
    }

    #[test]
    #[should_panic(expected = "answer differently")]
    fn another_answer_is_found() {
        run(&OTHER, &[set("alike"), set("said")]);
    }

    #[test]
    #[should_panic(expected = "natively: other words, as wasm: no")]
    fn another_error_is_found() {
        run(&OTHER, &[Execute::Fail { text: "no".into() }]);
    }

    #[test]
    fn known_words_alone_choose() {
        let named = |word: &str| Mode::named(Some(word.as_ref()));
        assert_eq!(Mode::named(None), Some(Mode::Native));
        assert_eq!(named("native"), Some(Mode::Native));
        assert_eq!(named("wasm"), Some(Mode::Wasm));
        assert_eq!((named(""), named("Wasm")), (None, None));
    }
}
