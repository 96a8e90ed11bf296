//! The VM in this process as a chain whose messages are recorded as those of a node are.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, Coin, Storage, Uint256};
use sandbox::plan::{self, Config, Part, Site};
use sandbox::{Network, codes, network};
use serde_json::Value;
use wasm_chain::{Chain, ChainError, GasReport, Identity, Mode, Outcome};

use super::artifact;
use super::record::{At, Entry, Recorder, end};
use crate::error;
use crate::venue::failed;

/// A chain in this process, and its record. No code is pinned.
pub struct Recorded {
    chain: Chain,
    recorder: Recorder,
    codes: BTreeMap<&'static str, u64>,
}

impl Recorded {
    /// An empty chain that contracts and signatures take for this one.
    pub fn new(identity: Identity, recorder: Recorder) -> Self {
        recorder.add(Entry::Chain {
            chain_id: identity.chain_id.clone(),
            prefix: identity.prefix.to_owned(),
            version: format!("in process, optio {}", env!("CARGO_PKG_VERSION")),
        });
        Self {
            chain: Chain::like(Mode::Wasm, wasm_chain::artifacts_dir(), identity),
            recorder,
            codes: BTreeMap::new(),
        }
    }

    /// Deploys the protocol, as often as one likes; each code is stored once.
    ///
    /// # Errors
    /// An artefact is missing, or a contract refuses.
    pub fn deploy(&mut self, config: &Config, owner: &str) -> Result<Site, ChainError> {
        let owner = self.chain.address(owner);
        plan::deploy(self, config, owner.clone(), |chain, part, msg| {
            chain.make(part, &owner, msg)
        })
    }

    fn make(&mut self, part: &Part, owner: &Addr, msg: &Value) -> Result<Addr, ChainError> {
        let code = part.code.name();
        let id = match self.codes.get(code) {
            Some(id) => *id,
            None => codes::store(&mut self.chain, part.code)?,
        };
        self.codes.insert(code, id);
        let (_, checksum) = artifact(part.code).map_err(|e| ChainError::new(e.to_string()))?;
        let address = self.chain.instantiate(id, owner, msg, &[], part.name)?;
        self.recorder.add(Entry::Contract {
            at: self.at(),
            code: code.to_owned(),
            checksum,
            pinned: false,
            sender: owner.clone(),
            address: address.clone(),
            label: part.name.to_owned(),
            msg: msg.clone(),
        });
        Ok(address)
    }

    fn at(&self) -> At {
        let block = self.chain.block();
        At {
            height: block.height,
            time: block.time.nanos(),
        }
    }

    /// Ends the record; all of it.
    ///
    /// # Errors
    /// The bank refuses a query.
    pub fn finish(self) -> error::Result<Vec<Entry>> {
        let records = |contract: &Addr| Ok(self.chain.contract_state(contract));
        let balance = |purse: &Addr, denom: &str| {
            let held = self.chain.balance(purse, denom);
            held.map_err(|e| failed(&e))
        };
        let end = end(&self.recorder.entries(), records, balance)?;
        self.recorder.add(end);
        Ok(self.recorder.entries())
    }
}

impl Network for Recorded {
    fn chain_id(&self) -> String {
        self.chain.chain_id()
    }

    fn now(&self) -> u64 {
        self.chain.now()
    }

    fn reach(&mut self, time: u64) -> Result<(), ChainError> {
        self.chain.reach(time)
    }

    fn party(&mut self, name: &str) -> Addr {
        self.chain.address(name)
    }

    fn fund(&mut self, to: &Addr, coins: &[Coin]) -> Result<(), ChainError> {
        self.chain.mint(to, coins)?;
        self.recorder.add(Entry::Coins {
            to: to.clone(),
            coins: coins.to_vec(),
        });
        Ok(())
    }

    fn balance(&self, of: &Addr, denom: &str) -> Result<Uint256, ChainError> {
        self.chain.balance(of, denom)
    }

    fn send(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &Value,
        funds: &[Coin],
    ) -> Result<Outcome, ChainError> {
        let outcome = self.chain.execute(sender, contract, msg, funds)?;
        self.recorder.add(Entry::Message {
            at: self.at(),
            sender: sender.clone(),
            contract: contract.clone(),
            msg: msg.clone(),
            funds: funds.to_vec(),
            gas: outcome.gas.total,
            overhead: None,
        });
        Ok(outcome)
    }

    fn ask(&self, contract: &Addr, msg: &Value) -> Result<Value, ChainError> {
        network::ask(&self.chain, contract, msg)
    }

    fn storage(&self, contract: &Addr) -> Result<Box<dyn Storage + '_>, ChainError> {
        Network::storage(&self.chain, contract)
    }

    fn take_gas(&mut self) -> Vec<GasReport> {
        self.chain.take_gas_reports()
    }
}
