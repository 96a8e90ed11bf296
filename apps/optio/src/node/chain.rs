//! A node as the chain that the protocol's parties use.

use std::cell::Cell;
use std::collections::BTreeMap;

use chain_client::{Client, ClientError, CodeInfo, Delivered, Key, Message};
use cosmwasm_std::{Addr, Checksum, Coin, Storage, Uint256};
use cw_multi_test::AppResponse;
use sandbox::Network;
use sandbox::network::storage_of;
use sandbox::plan::Part;
use serde_json::Value;
use sha2::{Digest, Sha256};
use wasm_chain::{ChainError, GasReport, Outcome};

use super::record::{At, Entry, Recorder};

/// Fee coins that a party gets when it first acts.
const ALLOWANCE: u128 = 100_000_000;
/// Deposit of a proposal on a local network, base units of the fee coin.
const DEPOSIT: u128 = 1_000;

/// A chain behind a node. The given key pays: it owns the contracts and fills the parties' purses. The parties' keys
/// are made from their names and the height at which the run began, so that each run has parties of its own with empty
/// purses, and anyone could use them: for local networks only.
pub struct NodeChain {
    /// The node.
    pub client: Client,
    owner: (Addr, Key),
    began: u64,
    parties: BTreeMap<Addr, Party>,
    recorder: Recorder,
    gas: Vec<GasReport>,
    newest: Cell<u64>,
    probe: bool,
}

struct Party {
    key: Key,
    has_fees: bool,
}

fn error(error: ClientError) -> ChainError {
    ChainError::new(error.to_string())
}

fn bytes(msg: &Value) -> Vec<u8> {
    msg.to_string().into_bytes()
}

impl NodeChain {
    /// The chain with the key that pays.
    ///
    /// # Errors
    /// The chain's prefix is none, or something that the key signed before stays under way.
    pub fn new(client: Client, key: Key, recorder: Recorder) -> Result<Self, ClientError> {
        let address = client.address(&key)?;
        client.quiesce(&key)?;
        let (began, _) = client.newest()?;
        recorder.add(Entry::Chain {
            chain_id: client.chain_id().to_owned(),
            prefix: client.settings().prefix.clone(),
            version: client.version()?,
        });
        Ok(Self {
            client,
            owner: (address, key),
            began,
            parties: BTreeMap::new(),
            recorder,
            gas: Vec::new(),
            newest: Cell::new(0),
            probe: false,
        })
    }

    /// The paying key's address.
    pub fn owner(&self) -> &Addr {
        &self.owner.0
    }

    /// Whether from now on the cost of each transaction outside its contract is measured too.
    pub fn measure_overhead(&mut self, probe: bool) {
        self.probe = probe;
    }

    /// Pins codes by a vote of these validators.
    ///
    /// # Errors
    /// The chain refuses, or the vote changes nothing.
    pub fn pin(&mut self, codes: &[(&str, u64)], validators: &[Key]) -> Result<(), ClientError> {
        let ids: Vec<u64> = codes.iter().map(|(_, id)| *id).collect();
        self.client.vote_pins(validators, &ids, true, DEPOSIT)?;
        let codes = codes.iter().map(|(name, _)| (*name).to_owned()).collect();
        self.recorder.add(Entry::Pinned { codes });
        Ok(())
    }

    /// Waits until nothing that the paying key signed is still under way.
    ///
    /// # Errors
    /// Something stays under way for longer than the client is patient; no answer.
    pub fn quiesce(&self) -> Result<(), ClientError> {
        self.client.quiesce(&self.owner.1)
    }

    /// Stores a code, gzipped; its number.
    ///
    /// # Errors
    /// The chain refuses it.
    pub fn store(&mut self, gzipped: Vec<u8>) -> Result<u64, ClientError> {
        let message = Client::store_code(&self.owner.0, gzipped);
        let delivered = self.client.send(&self.owner.1, &[message])?;
        attribute(&delivered, "code_id")
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| ClientError::Answer("the stored code has no number".to_owned()))
    }

    /// Makes a contract at its predicted address.
    ///
    /// # Errors
    /// The contract refuses its first message.
    pub fn instantiate(
        &mut self,
        part: &Part,
        code: CodeInfo,
        salt: &[u8],
        msg: &Value,
    ) -> Result<Addr, ClientError> {
        let CodeInfo { id, checksum } = code;
        let address = self.client.predict(&checksum, &self.owner.0, salt)?;
        let message = Client::instantiate2(&self.owner.0, id, part.name, salt, bytes(msg));
        let delivered = self.client.send(&self.owner.1, &[message])?;
        self.recorder.add(Entry::Contract {
            at: at(&delivered),
            code: part.code.name().to_owned(),
            checksum,
            pinned: self.client.pinned()?.contains(&id),
            sender: self.owner.0.clone(),
            address: address.clone(),
            label: part.name.to_owned(),
            msg: msg.clone(),
        });
        Ok(address)
    }

    /// Coins from the owner's purse, with fee coins for who has none yet.
    fn give(&mut self, to: &Addr, coins: &[Coin]) -> Result<(), ClientError> {
        let mut all = coins.to_vec();
        let party = self.parties.get_mut(to).filter(|party| !party.has_fees);
        if let Some(party) = party {
            party.has_fees = true;
            let denom = self.client.settings().fees.denom.clone();
            all.push(Coin::new(ALLOWANCE, denom));
        }
        if !all.is_empty() {
            let message = Client::bank_send(&self.owner.0, to, &all);
            self.client.send(&self.owner.1, &[message])?;
        }
        if !coins.is_empty() {
            self.recorder.add(Entry::Coins {
                to: to.clone(),
                coins: coins.to_vec(),
            });
        }
        Ok(())
    }

    fn key(&self, address: &Addr) -> Result<&Key, ClientError> {
        if *address == self.owner.0 {
            return Ok(&self.owner.1);
        }
        let party = self.parties.get(address);
        party
            .map(|party| &party.key)
            .ok_or_else(|| ClientError::Input(format!("no key for {address}")))
    }

    fn execute(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &Value,
        funds: &[Coin],
    ) -> Result<Outcome, ClientError> {
        if *sender != self.owner.0 {
            self.give(sender, &[])?;
        }
        let overhead = if self.probe {
            Some(self.overhead(sender, msg, funds)?)
        } else {
            None
        };
        let message = Client::execute(sender, contract, bytes(msg), funds);
        let delivered = self.deliver(sender, message)?;
        self.newest.set(delivered.time / 1_000_000_000);
        self.recorder.add(Entry::Message {
            at: at(&delivered),
            sender: sender.clone(),
            contract: contract.clone(),
            msg: msg.clone(),
            funds: funds.to_vec(),
            gas: delivered.gas,
            overhead,
        });
        let gas = GasReport {
            total: delivered.gas,
            ..GasReport::default()
        };
        self.gas.push(gas.clone());
        let response = AppResponse {
            events: delivered.events,
            ..AppResponse::default()
        };
        Ok(Outcome { response, gas })
    }

    /// A party's key is known to this process alone: where other bytes took its sequence, they were this process's, and it knows
    /// what came of them. The paying key may have been used by others, who may have done the very same: the caller looks.
    fn deliver(&self, sender: &Addr, message: Message) -> Result<Delivered, ClientError> {
        const ATTEMPTS: usize = 5;
        let key = self.key(sender)?;
        let messages = [message];
        let mut result = self.client.send(key, &messages);
        for _ in 1..ATTEMPTS {
            match result {
                Err(ClientError::Taken(_)) if *sender != self.owner.0 => {
                    self.client.quiesce(key)?;
                    result = self.client.send(key, &messages);
                }
                _ => break,
            }
        }
        result
    }

    /// What a transaction costs outside the contract: the same message to an address without one fails when the
    /// contract is looked up, after everything else has been paid.
    fn overhead(&self, sender: &Addr, msg: &Value, funds: &[Coin]) -> Result<u64, ClientError> {
        // A read that finds nothing: one prefix byte and a 32-byte address.
        const MISSED_LOOKUP: u64 = wasm_chain::costs::read(33, 0);
        const ENOUGH: u64 = 1_000_000;
        let nobody = self
            .client
            .predict(&Checksum::generate(b"nobody"), sender, b"nobody")?;
        let message = Client::execute(sender, &nobody, bytes(msg), funds);
        let failed = self
            .client
            .send_blindly(self.key(sender)?, &[message], ENOUGH)?;
        Ok(failed.gas.saturating_sub(MISSED_LOOKUP))
    }
}

fn attribute<'a>(delivered: &'a Delivered, key: &str) -> Option<&'a str> {
    let mut attributes = delivered.events.iter().flat_map(|event| &event.attributes);
    attributes
        .find(|attribute| attribute.key == key)
        .map(|attribute| attribute.value.as_str())
}

fn at(delivered: &Delivered) -> At {
    At {
        height: delivered.height,
        time: delivered.time,
    }
}

impl Network for NodeChain {
    fn chain_id(&self) -> String {
        self.client.chain_id().to_owned()
    }

    fn now(&self) -> u64 {
        // A node that is away for a moment does not change the time.
        if let Ok((_, nanoseconds)) = self.client.newest() {
            self.newest.set(nanoseconds / 1_000_000_000);
        }
        self.newest.get()
    }

    fn reach(&mut self, time: u64) -> Result<(), ChainError> {
        self.client.wait_until(time).map_err(error)
    }

    fn party(&mut self, name: &str) -> Addr {
        let secret = Sha256::digest(format!("{name}, since block {}", self.began));
        let made = Key::from_secret(&secret).and_then(|key| Ok((self.client.address(&key)?, key)));
        // A hash is a secret but for one in 2^127, and the prefix has been used before.
        let Ok((address, key)) = made else {
            return self.owner.0.clone();
        };
        let party = Party {
            key,
            has_fees: false,
        };
        self.parties.entry(address.clone()).or_insert(party);
        address
    }

    fn fund(&mut self, to: &Addr, coins: &[Coin]) -> Result<(), ChainError> {
        self.give(to, coins).map_err(error)
    }

    fn balance(&self, of: &Addr, denom: &str) -> Result<Uint256, ChainError> {
        self.client.balance(of.as_str(), denom).map_err(error)
    }

    fn send(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &Value,
        funds: &[Coin],
    ) -> Result<Outcome, ChainError> {
        self.execute(sender, contract, msg, funds).map_err(error)
    }

    fn ask(&self, contract: &Addr, msg: &Value) -> Result<Value, ChainError> {
        let answer = self
            .client
            .smart(contract.as_str(), &bytes(msg))
            .map_err(error)?;
        serde_json::from_slice(&answer).map_err(|e| ChainError::new(e.to_string()))
    }

    fn storage(&self, contract: &Addr) -> Result<Box<dyn Storage + '_>, ChainError> {
        let state = || {
            let (height, _) = self.client.newest()?;
            self.client.contract_state(contract.as_str(), height)
        };
        state().map(storage_of).map_err(error)
    }

    fn take_gas(&mut self) -> Vec<GasReport> {
        std::mem::take(&mut self.gas)
    }
}
