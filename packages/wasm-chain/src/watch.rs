//! A contract whose every message is shown to a check before it counts.

use cosmwasm_std::{Binary, Checksum, Deps, DepsMut, Env, MessageInfo, Response, StdResult};

use crate::code::is_abort;
use crate::form::{Form, Input};
use crate::meter::Meter;
use crate::overlay::Overlay;

/// A message that a contract answered, and its storage before and after it.
pub struct Call<'a> {
    /// As the contract saw it.
    pub env: &'a Env,
    /// As the contract saw it.
    pub info: &'a MessageInfo,
    /// JSON.
    pub msg: &'a [u8],
    /// What it answered; `None` when it refused.
    pub response: Option<&'a Response>,
    /// Its storage as the call found it, and the chain that it could ask.
    pub before: Deps<'a>,
    /// Its storage as the call left it, and the same chain; of a call that was refused the chain keeps nothing.
    pub after: Deps<'a>,
    /// The keys that were written or removed.
    pub written: &'a [&'a [u8]],
}

/// What holds of every message that a contract is sent, from outside or by another contract, and answers or refuses; else what
/// is wrong. A panic, a trap and an end of gas are no answer. It is asked before the chain goes on with the messages of the
/// response, and what it queries costs no gas.
pub type Watch = fn(&Call<'_>) -> Result<(), String>;

/// A contract and its watch.
pub(crate) struct Watched<F> {
    pub form: F,
    pub watch: Watch,
    pub meter: Meter,
}

impl<F: Form> Watched<F> {
    #[allow(
        clippy::panic,
        reason = "a broken invariant ends a test; as an error it would pass for a refusal"
    )]
    fn execute(
        &self,
        deps: DepsMut<'_>,
        env: &Env,
        info: &MessageInfo,
        msg: &[u8],
    ) -> StdResult<Response> {
        let DepsMut {
            storage,
            api,
            querier,
        } = deps;
        let mut overlay = Overlay::over(storage);
        let inner = DepsMut {
            storage: &mut overlay,
            api,
            querier,
        };
        let input = Input::Execute(info.clone(), msg.to_vec());
        let answer = self.form.call(inner, env.clone(), input);
        if answer.as_ref().is_err_and(is_abort) {
            return answer;
        }
        let with = |storage| Deps {
            storage,
            api,
            querier,
        };
        let call = Call {
            env,
            info,
            msg,
            response: answer.as_ref().ok(),
            before: with(&*storage),
            after: with(&overlay),
            written: &overlay.writes().keys(),
        };
        if let Err(what) = self.meter.aside(|| (self.watch)(&call)) {
            panic!("{what}, after {}", String::from_utf8_lossy(msg));
        }
        let writes = overlay.into_writes();
        writes.apply(storage);
        answer
    }
}

impl<F: Form> Form for Watched<F> {
    fn call(&self, deps: DepsMut, env: Env, input: Input) -> StdResult<Response> {
        match &input {
            Input::Execute(info, msg) => self.execute(deps, &env, info, msg),
            _ => self.form.call(deps, env, input),
        }
    }

    fn query(&self, deps: Deps, env: Env, msg: Vec<u8>) -> StdResult<Binary> {
        self.form.query(deps, env, msg)
    }

    fn checksum(&self) -> Option<Checksum> {
        self.form.checksum()
    }
}
