//! The contracts' codes: the protocol's, and the probe's.

use cw_multi_test::ContractWrapper;
pub use sandbox::codes::*;
use wasm_chain::Code;

/// The mathematics, for gas and for bit-for-bit comparison. Not part of the protocol.
pub const PROBE: Code = Code::new("math_probe", || {
    Box::new(ContractWrapper::new(
        math_probe::execute,
        math_probe::instantiate,
        math_probe::query,
    ))
});
