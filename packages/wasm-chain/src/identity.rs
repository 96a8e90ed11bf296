//! What contracts and signatures see of a chain: its id, the prefix of its addresses, the addresses it gives out.

use std::cell::RefCell;
use std::rc::Rc;

use cosmwasm_std::testing::{MockApi, mock_env};
use cosmwasm_std::{Addr, Api, StdResult, Storage};
use cw_multi_test::{AddressGenerator, SimpleAddressGenerator};

/// Who a chain is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The chain's id.
    pub chain_id: String,
    /// Prefix of its addresses.
    pub prefix: &'static str,
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            chain_id: mock_env().block.chain_id,
            prefix: "cosmwasm",
        }
    }
}

impl Identity {
    pub(crate) fn api(&self) -> MockApi {
        MockApi::default().with_prefix(self.prefix)
    }
}

/// The address of the next contract, if somebody set it; else the usual one.
#[derive(Clone, Default)]
pub(crate) struct NextAddress(Rc<RefCell<Option<Addr>>>);

impl NextAddress {
    pub fn set(&self, address: Option<Addr>) {
        *self.0.borrow_mut() = address;
    }
}

impl AddressGenerator for NextAddress {
    fn contract_address(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        code_id: u64,
        instance_id: u64,
    ) -> StdResult<Addr> {
        match self.0.borrow_mut().take() {
            Some(address) => Ok(address),
            None => SimpleAddressGenerator.contract_address(api, storage, code_id, instance_id),
        }
    }
}
