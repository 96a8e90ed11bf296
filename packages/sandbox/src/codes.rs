//! The contracts' codes: the same entry points natively that the artefacts hold.

use cw_multi_test::ContractWrapper;
use margin_engine::audit::{Answered, check_message};
use wasm_chain::{Call, Code};

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
