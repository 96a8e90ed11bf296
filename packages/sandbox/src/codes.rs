//! The contracts' codes: the same entry points natively that the artefacts hold.

use cw_multi_test::ContractWrapper;
use wasm_chain::Code;

/// Prices, surfaces, fixings.
pub const ORACLE: Code = Code::new("oracle_adapter", || {
    use oracle_adapter::contract::{execute, instantiate, migrate, query};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
});

/// Accounts, positions, money.
pub const ENGINE: Code = Code::new("margin_engine", || {
    use margin_engine::contract::{execute, instantiate, migrate, query};
    Box::new(ContractWrapper::new(execute, instantiate, query).with_migrate(migrate))
});

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
