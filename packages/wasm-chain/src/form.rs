//! A contract has several forms: native, wasm, both at once, under watch. Each has two ways in, and [`Stored`] alone
//! has the six that a chain calls.

use cosmwasm_std::{
    Binary, Checksum, Deps, DepsMut, Empty, Env, MessageInfo, Reply, Response, StdResult,
};

use crate::code::Contract;
use crate::report::Entry;

/// What a call that may write brings to its entry point.
#[derive(Clone)]
pub(crate) enum Input {
    Instantiate(MessageInfo, Vec<u8>),
    Execute(MessageInfo, Vec<u8>),
    Reply(Reply),
    Sudo(Vec<u8>),
    Migrate(Vec<u8>),
}

impl Input {
    /// The entry point.
    pub fn entry(&self) -> Entry {
        match self {
            Self::Instantiate(..) => Entry::Instantiate,
            Self::Execute(..) => Entry::Execute,
            Self::Reply(_) => Entry::Reply,
            Self::Sudo(_) => Entry::Sudo,
            Self::Migrate(_) => Entry::Migrate,
        }
    }

    /// The message's JSON; a reply has none.
    pub fn msg(&self) -> &[u8] {
        match self {
            Self::Instantiate(_, msg) | Self::Execute(_, msg) => msg,
            Self::Sudo(msg) | Self::Migrate(msg) => msg,
            Self::Reply(_) => &[],
        }
    }
}

/// A form of a contract.
pub(crate) trait Form {
    /// Runs a call that may write.
    fn call(&self, deps: DepsMut, env: Env, input: Input) -> StdResult<Response>;

    /// Answers a query.
    fn query(&self, deps: Deps, env: Env, msg: Vec<u8>) -> StdResult<Binary>;

    /// The wasm's, where there is one.
    fn checksum(&self) -> Option<Checksum> {
        None
    }
}

/// Entry points as they are.
impl Form for Box<dyn Contract<Empty>> {
    fn call(&self, deps: DepsMut, env: Env, input: Input) -> StdResult<Response> {
        match input {
            Input::Instantiate(info, msg) => self.instantiate(deps, env, info, msg),
            Input::Execute(info, msg) => self.execute(deps, env, info, msg),
            Input::Reply(reply) => self.reply(deps, env, reply),
            Input::Sudo(msg) => self.sudo(deps, env, msg),
            Input::Migrate(msg) => self.migrate(deps, env, msg),
        }
    }

    fn query(&self, deps: Deps, env: Env, msg: Vec<u8>) -> StdResult<Binary> {
        self.as_ref().query(deps, env, msg)
    }

    fn checksum(&self) -> Option<Checksum> {
        self.as_ref().checksum()
    }
}

/// A form as a chain calls it.
pub(crate) struct Stored<F>(pub F);

impl<F: Form> Contract<Empty> for Stored<F> {
    fn instantiate(
        &self,
        deps: DepsMut,
        env: Env,
        info: MessageInfo,
        msg: Vec<u8>,
    ) -> StdResult<Response> {
        self.0.call(deps, env, Input::Instantiate(info, msg))
    }

    fn execute(
        &self,
        deps: DepsMut,
        env: Env,
        info: MessageInfo,
        msg: Vec<u8>,
    ) -> StdResult<Response> {
        self.0.call(deps, env, Input::Execute(info, msg))
    }

    fn query(&self, deps: Deps, env: Env, msg: Vec<u8>) -> StdResult<Binary> {
        self.0.query(deps, env, msg)
    }

    fn reply(&self, deps: DepsMut, env: Env, msg: Reply) -> StdResult<Response> {
        self.0.call(deps, env, Input::Reply(msg))
    }

    fn sudo(&self, deps: DepsMut, env: Env, msg: Vec<u8>) -> StdResult<Response> {
        self.0.call(deps, env, Input::Sudo(msg))
    }

    fn migrate(&self, deps: DepsMut, env: Env, msg: Vec<u8>) -> StdResult<Response> {
        self.0.call(deps, env, Input::Migrate(msg))
    }

    fn checksum(&self) -> Option<Checksum> {
        self.0.checksum()
    }
}
