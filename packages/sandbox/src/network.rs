//! What the protocol's parties need of a chain.

use cosmwasm_std::{Addr, Coin, Record, Storage, Uint256};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, from_value, to_value};
use wasm_chain::{Chain, ChainError, GasReport, Outcome};

/// A chain: one implementation is the VM in this process ([`Chain`]), another a node behind its RPC.
///
/// Parties are names: where their keys come from is the implementation's business. Messages and answers are JSON.
pub trait Network {
    /// The chain's id, as contracts and signatures see it.
    fn chain_id(&self) -> String;

    /// Time of the newest block, unix seconds.
    fn now(&self) -> u64;

    /// Goes on when block time has reached this (unix seconds): at once in this process, by waiting on a node.
    ///
    /// # Errors
    /// The node does not answer.
    fn reach(&mut self, time: u64) -> Result<(), ChainError>;

    /// The address of a party; the same name is always the same party.
    fn party(&mut self, name: &str) -> Addr;

    /// Gives a party coins, minted or from a faucet.
    ///
    /// # Errors
    /// The bank refuses.
    fn fund(&mut self, to: &Addr, coins: &[Coin]) -> Result<(), ChainError>;

    /// What an address holds of a denomination.
    ///
    /// # Errors
    /// The bank refuses the query.
    fn balance(&self, of: &Addr, denom: &str) -> Result<Uint256, ChainError>;

    /// Sends a contract a message, in a transaction of its own; it is in a block when this returns.
    ///
    /// # Errors
    /// The contract refuses; nothing has changed.
    fn send(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &Value,
        funds: &[Coin],
    ) -> Result<Outcome, ChainError>;

    /// Asks a contract.
    ///
    /// # Errors
    /// The contract refuses.
    fn ask(&self, contract: &Addr, msg: &Value) -> Result<Value, ChainError>;

    /// All that a contract stores.
    ///
    /// # Errors
    /// There is no such contract.
    fn storage(&self, contract: &Addr) -> Result<Box<dyn Storage + '_>, ChainError>;

    /// Gas of the transactions since the last call.
    fn take_gas(&mut self) -> Vec<GasReport>;
}

/// [`Network::send`] for a typed message.
///
/// # Errors
/// As there.
pub fn send<N: Network + ?Sized, M: Serialize>(
    chain: &mut N,
    sender: &Addr,
    contract: &Addr,
    msg: &M,
    funds: &[Coin],
) -> Result<Outcome, ChainError> {
    chain.send(sender, contract, &json(msg)?, funds)
}

/// [`Network::ask`] for a typed query.
///
/// # Errors
/// As there, or the answer is not a `T`.
pub fn ask<N: Network + ?Sized, M: Serialize, T: DeserializeOwned>(
    chain: &N,
    contract: &Addr,
    msg: &M,
) -> Result<T, ChainError> {
    let answer = chain.ask(contract, &json(msg)?)?;
    from_value(answer).map_err(|error| ChainError::new(error.to_string()))
}

pub(crate) fn json<M: Serialize>(msg: &M) -> Result<Value, ChainError> {
    to_value(msg).map_err(|error| ChainError::new(error.to_string()))
}

impl Network for Chain {
    fn chain_id(&self) -> String {
        Chain::chain_id(self)
    }

    fn now(&self) -> u64 {
        Chain::now(self)
    }

    fn reach(&mut self, time: u64) -> Result<(), ChainError> {
        self.set_time(time.max(self.now()));
        Ok(())
    }

    fn party(&mut self, name: &str) -> Addr {
        self.address(name)
    }

    fn fund(&mut self, to: &Addr, coins: &[Coin]) -> Result<(), ChainError> {
        self.mint(to, coins)
    }

    fn balance(&self, of: &Addr, denom: &str) -> Result<Uint256, ChainError> {
        Chain::balance(self, of, denom)
    }

    fn send(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &Value,
        funds: &[Coin],
    ) -> Result<Outcome, ChainError> {
        self.execute(sender, contract, msg, funds)
    }

    fn ask(&self, contract: &Addr, msg: &Value) -> Result<Value, ChainError> {
        self.query(contract, msg)
    }

    fn storage(&self, contract: &Addr) -> Result<Box<dyn Storage + '_>, ChainError> {
        Ok(self.app().contract_storage(contract))
    }

    fn take_gas(&mut self) -> Vec<GasReport> {
        self.take_gas_reports()
    }
}

impl<N: Network + ?Sized> Network for Box<N> {
    fn chain_id(&self) -> String {
        (**self).chain_id()
    }

    fn now(&self) -> u64 {
        (**self).now()
    }

    fn reach(&mut self, time: u64) -> Result<(), ChainError> {
        (**self).reach(time)
    }

    fn party(&mut self, name: &str) -> Addr {
        (**self).party(name)
    }

    fn fund(&mut self, to: &Addr, coins: &[Coin]) -> Result<(), ChainError> {
        (**self).fund(to, coins)
    }

    fn balance(&self, of: &Addr, denom: &str) -> Result<Uint256, ChainError> {
        (**self).balance(of, denom)
    }

    fn send(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &Value,
        funds: &[Coin],
    ) -> Result<Outcome, ChainError> {
        (**self).send(sender, contract, msg, funds)
    }

    fn ask(&self, contract: &Addr, msg: &Value) -> Result<Value, ChainError> {
        (**self).ask(contract, msg)
    }

    fn storage(&self, contract: &Addr) -> Result<Box<dyn Storage + '_>, ChainError> {
        (**self).storage(contract)
    }

    fn take_gas(&mut self) -> Vec<GasReport> {
        (**self).take_gas()
    }
}

/// Storage made of records, for a chain that hands them out.
pub fn storage_of(records: Vec<Record>) -> Box<dyn Storage> {
    let mut storage = cosmwasm_std::testing::MockStorage::new();
    for (key, value) in records {
        storage.set(&key, &value);
    }
    Box::new(storage)
}
