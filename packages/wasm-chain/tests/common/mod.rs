//! A chain with the sampler on it.
#![allow(dead_code, reason = "each test file uses its part")]

use cosmwasm_std::{Addr, Binary, to_json_binary};
use cw_multi_test::ContractWrapper;
use sampler::{Execute, Query};
use wasm_chain::{Chain, ChainError, Code, Mode, Outcome};

/// The sampler's code.
pub const SAMPLER: Code = Code::new("sampler", || {
    Box::new(
        ContractWrapper::new(sampler::execute, sampler::instantiate, sampler::query)
            .with_reply(sampler::reply)
            .with_sudo(sampler::sudo)
            .with_migrate(sampler::migrate),
    )
});

/// A chain, its user, and samplers.
pub struct World {
    pub chain: Chain,
    pub user: Addr,
    pub code: u64,
    pub first: Addr,
    pub second: Addr,
}

impl World {
    pub fn new(mode: Mode) -> Self {
        Self::of(mode, &SAMPLER)
    }

    /// The same with another form of its code.
    pub fn of(mode: Mode, code: &Code) -> Self {
        let mut chain = Chain::new(mode);
        let user = chain.address("user");
        let code = chain.store(code).unwrap();
        let mut make = |label| {
            chain
                .instantiate(code, &user, &serde_json::json!({}), &[], label)
                .unwrap()
        };
        let (first, second) = (make("first"), make("second"));
        chain.take_gas_reports();
        Self {
            chain,
            user,
            code,
            first,
            second,
        }
    }

    pub fn execute(&mut self, msg: &Execute) -> Result<Outcome, ChainError> {
        self.chain.execute(&self.user, &self.first, msg, &[])
    }

    pub fn get(&self, contract: &Addr, key: &str) -> Option<String> {
        let query = Query::Get {
            key: key.to_owned(),
        };
        let value: Option<Binary> = self.chain.query(contract, &query).unwrap();
        value.map(|value| String::from_utf8(value.to_vec()).unwrap())
    }
}

/// Stores a value.
pub fn set(key: &str, value: &str) -> Execute {
    Execute::Set {
        key: key.to_owned(),
        value: value.to_owned(),
    }
}

/// Calls another contract.
pub fn call(contract: &Addr, msg: &Execute, catch: bool) -> Execute {
    Execute::Call {
        contract: contract.to_string(),
        msg: to_json_binary(msg).unwrap(),
        catch,
    }
}

pub const BOTH: [Mode; 2] = [Mode::Native, Mode::Wasm];
