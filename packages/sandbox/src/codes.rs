//! The contracts' codes: the same entry points natively that the artefacts hold; and what builds those.

use cw_multi_test::ContractWrapper;
use margin_engine::audit::{Answered, check_message};
use wasm_chain::{Call, Chain, ChainError, Code};

/// What to do where an artefact is missing.
pub const HOW_TO_BUILD: &str = "scripts/build-wasm builds the artefacts";

/// Prices, surfaces, fixings.
pub const ORACLE: Code = Code::new("oracle_adapter", || {
    use oracle_adapter::contract::{execute, instantiate, migrate, query};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
});

/// Accounts, positions, money; every message is held against the engine's invariants.
pub const ENGINE: Code = Code::new("margin_engine", || {
    use margin_engine::contract::{execute, instantiate, migrate, query};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
})
.watched(watch);

/// Signed quotes.
pub const EXCHANGE: Code = Code::new("exchange", || {
    use exchange::contract::{execute, instantiate, migrate, query};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
});

/// Auctions, standing bids, backstops.
pub const LIQUIDATION: Code = Code::new("liquidation", || {
    use liquidation::contract::{execute, instantiate, migrate, query, reply};
    let wrapper = ContractWrapper::new(execute, instantiate, query);
    Box::new(wrapper.with_reply(reply).with_migrate(migrate))
});

/// Tickers; read only.
pub const LENS: Code = Code::new("lens", || {
    use lens::contract::{execute, instantiate, migrate, query};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
});

/// Stores a code on a chain of this process.
///
/// # Errors
/// The artefact is missing or refused.
pub fn store(chain: &mut Chain, code: &Code) -> Result<u64, ChainError> {
    let built = |error| ChainError::new(format!("{error}; {HOW_TO_BUILD}"));
    chain.store(code).map_err(built)
}

fn watch(call: &Call<'_>) -> Result<(), String> {
    let answered = Answered {
        before: call.before,
        after: call.after,
        env: call.env,
        funds: &call.info.funds,
        msg: call.msg,
        response: call.response,
        written: call.written,
    };
    check_message(&answered).map_err(|broken| broken.to_string())
}

#[cfg(test)]
mod tests {
    use wasm_chain::{Chain, Mode};

    use super::{ORACLE, store};

    #[test]
    fn who_misses_an_artefact_hears_what_builds_it() {
        let mut chain = Chain::with_artifacts(Mode::Wasm, "no/such/folder");
        let error = store(&mut chain, &ORACLE).unwrap_err();
        let text = error.message();
        assert!(
            text.starts_with("no/such/folder/oracle_adapter.wasm: "),
            "{text}"
        );
        assert!(
            text.ends_with("scripts/build-wasm builds the artefacts"),
            "{text}"
        );
    }
}
