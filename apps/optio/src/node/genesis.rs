//! The genesis of a network that begins with a past: the codes, contracts and purses that a record ends with.

use std::collections::{BTreeMap, BTreeSet};

use cosmwasm_std::{Addr, Binary, Checksum, Coin, HexBinary, Uint256};
use serde_json::{Value, from_value, json};

use super::record::Entry;
use crate::data::time::parse_timestamp;
use crate::error::{CliError, Result};

const CODES: &str = "/app_state/wasm/codes";
const CONTRACTS: &str = "/app_state/wasm/contracts";
const SEQUENCES: &str = "/app_state/wasm/sequences";
const ACCOUNTS: &str = "/app_state/auth/accounts";
const BALANCES: &str = "/app_state/bank/balances";
const SUPPLY: &str = "/app_state/bank/supply";
/// Where the wasm module keeps the next numbers of a code and of a contract that is made without a salt.
const NEXT_CODE: &[u8] = b"\x04lastCodeId";
const NEXT_CONTRACT: &[u8] = b"\x04lastContractId";

/// The genesis of a network that has no contract.
#[derive(Debug)]
pub struct Genesis {
    /// The chain's id.
    pub chain_id: String,
    /// When it begins, unix seconds.
    pub time: u64,
    value: Value,
}

/// A code's artefact.
#[derive(Debug)]
pub struct Artifact {
    /// Its name.
    pub name: &'static str,
    /// Its wasm.
    pub wasm: Vec<u8>,
}

/// A record's contract and where it goes.
struct Contract<'a> {
    code_id: usize,
    height: u64,
    creator: &'a Addr,
    address: &'a Addr,
    label: &'a str,
    msg: &'a Value,
}

fn wrong(what: impl Into<String>) -> CliError {
    CliError::new("E_OPTIO_GENESIS", what)
}

impl Genesis {
    /// A genesis as its file says.
    ///
    /// # Errors
    /// `E_OPTIO_GENESIS` when the id, the time or a list that will be added to is missing, or when there is a code or a
    /// contract already.
    pub fn new(mut value: Value) -> Result<Self> {
        for place in [ACCOUNTS, BALANCES, SUPPLY] {
            list(&mut value, place)?;
        }
        for place in [CODES, CONTRACTS, SEQUENCES] {
            if !list(&mut value, place)?.is_empty() {
                return Err(wrong(format!("something is at {place} already")));
            }
        }
        let text = |field: &str| value.get(field).and_then(Value::as_str);
        let chain_id = text("chain_id").ok_or_else(|| wrong("no chain_id"))?;
        let time = text("genesis_time").and_then(|time| {
            let whole = time.trim_end_matches('Z').split('.').next()?;
            parse_timestamp(&format!("{whole}Z"))
        });
        Ok(Self {
            chain_id: chain_id.to_owned(),
            time: time.ok_or_else(|| wrong("no genesis_time"))?,
            value,
        })
    }

    /// With the codes, unpinned and numbered from one, and what a record of contracts made of them ends with.
    ///
    /// # Errors
    /// `E_OPTIO_GENESIS` when the record is not whole or has a contract of another code, or when a coin of the supply is none.
    pub fn begin_with(mut self, codes: &[Artifact], past: &[Entry]) -> Result<Value> {
        let (Some(Entry::Chain { prefix, .. }), Some(end)) = (past.first(), past.last()) else {
            return Err(wrong("the record is empty"));
        };
        let Entry::End {
            contracts: states,
            balances,
        } = end
        else {
            return Err(wrong("the record has no end"));
        };
        let contracts = contracts(codes, past)?;
        self.add_codes(codes, &contracts)?;
        for contract in &contracts {
            let state = states.get(contract.address);
            let state = state.ok_or_else(|| wrong("a contract without a state"))?;
            list(&mut self.value, CONTRACTS)?.push(contract_in_json(contract, state, prefix));
        }
        self.add_sequences([codes.len(), contracts.len()])?;
        self.add_balances(balances)?;
        let parties = contracts
            .iter()
            .flat_map(|made| [made.creator, made.address]);
        self.add_accounts(parties.chain(balances.keys()).collect())?;
        Ok(self.value)
    }

    /// A code belongs to whoever made a contract of it first.
    fn add_codes(&mut self, codes: &[Artifact], contracts: &[Contract<'_>]) -> Result<()> {
        for (code_id, code) in (1..).zip(codes) {
            let maker = contracts.iter().find(|made| made.code_id == code_id);
            let maker = maker.ok_or_else(|| wrong(format!("no contract of {}", code.name)))?;
            list(&mut self.value, CODES)?.push(json!({
                "code_id": code_id.to_string(),
                "code_info": {
                    "code_hash": Binary::from(Checksum::generate(&code.wasm).as_slice()),
                    "creator": maker.creator,
                    "instantiate_config": { "permission": "Everybody", "addresses": [] },
                },
                "code_bytes": Binary::from(code.wasm.as_slice()),
                "pinned": false,
            }));
        }
        Ok(())
    }

    fn add_sequences(&mut self, used: [usize; 2]) -> Result<()> {
        for (key, used) in [NEXT_CODE, NEXT_CONTRACT].into_iter().zip(used) {
            list(&mut self.value, SEQUENCES)?.push(json!({
                "id_key": Binary::from(key),
                "value": (used + 1).to_string(),
            }));
        }
        Ok(())
    }

    /// Purses, and what they add to the supply, which the chain wants in the order of denominations.
    fn add_balances(&mut self, balances: &BTreeMap<Addr, BTreeMap<String, Uint256>>) -> Result<()> {
        let supply = list(&mut self.value, SUPPLY)?;
        let coins: Vec<Coin> = from_value(Value::Array(std::mem::take(supply)))
            .map_err(|e| wrong(format!("{SUPPLY}: {e}")))?;
        let mut supply: BTreeMap<String, Uint256> = coins
            .into_iter()
            .map(|coin| (coin.denom, coin.amount))
            .collect();
        for (address, held) in balances {
            let held: Vec<Coin> = held
                .iter()
                .filter(|(_, amount)| !amount.is_zero())
                .map(|(denom, amount)| Coin::new(*amount, denom))
                .collect();
            for coin in &held {
                let sum = supply.entry(coin.denom.clone()).or_default();
                let more = sum.checked_add(coin.amount);
                *sum = more.map_err(|e| wrong(format!("{SUPPLY}: {e}")))?;
            }
            if !held.is_empty() {
                let purse = json!({ "address": address, "coins": held });
                list(&mut self.value, BALANCES)?.push(purse);
            }
        }
        let coins = supply
            .into_iter()
            .map(|(denom, amount)| json!(Coin::new(amount, denom)));
        list(&mut self.value, SUPPLY)?.extend(coins);
        Ok(())
    }

    /// Contracts, who made them, and whoever holds coins have an account on a chain.
    fn add_accounts(&mut self, addresses: BTreeSet<&Addr>) -> Result<()> {
        let accounts = list(&mut self.value, ACCOUNTS)?;
        for address in addresses {
            accounts.push(json!({
                "@type": "/cosmos.auth.v1beta1.BaseAccount",
                "address": address,
                "pub_key": null,
                "account_number": accounts.len().to_string(),
                "sequence": "0",
            }));
        }
        Ok(())
    }
}

fn list<'a>(value: &'a mut Value, place: &str) -> Result<&'a mut Vec<Value>> {
    let found = value.pointer_mut(place).and_then(Value::as_array_mut);
    found.ok_or_else(|| wrong(format!("no list at {place}")))
}

/// The record's contracts in the order in which they were made.
fn contracts<'a>(codes: &[Artifact], past: &'a [Entry]) -> Result<Vec<Contract<'a>>> {
    let mut contracts = Vec::new();
    for entry in past {
        let Entry::Contract {
            at,
            code,
            sender,
            address,
            label,
            msg,
            ..
        } = entry
        else {
            continue;
        };
        let place = codes.iter().position(|known| known.name == code);
        contracts.push(Contract {
            code_id: place.ok_or_else(|| wrong(format!("no code {code}")))? + 1,
            height: at.height,
            creator: sender,
            address,
            label,
            msg,
        });
    }
    Ok(contracts)
}

/// Written as the wasm module exports it; the maker is the admin, as in [`wasm_chain::Chain::instantiate`].
fn contract_in_json(
    contract: &Contract<'_>,
    state: &[(HexBinary, HexBinary)],
    prefix: &str,
) -> Value {
    let position = json!({ "block_height": contract.height.to_string(), "tx_index": "0" });
    let code_id = contract.code_id.to_string();
    let address = contract.address.as_str();
    let bare = address.strip_prefix(prefix).unwrap_or(address);
    let model = |(key, value): &(HexBinary, HexBinary)| {
        let (key, value) = (key.to_hex().to_uppercase(), Binary::from(value.as_slice()));
        json!({ "key": key, "value": value })
    };
    json!({
        "contract_address": address,
        "contract_info": {
            "code_id": code_id,
            "creator": contract.creator,
            "admin": contract.creator,
            "label": contract.label,
            "created": position,
            "ibc_port_id": "",
            "extension": null,
            "ibc2_port_id": format!("wasm2{bare}"),
        },
        "contract_state": state.iter().map(model).collect::<Vec<_>>(),
        "contract_code_history": [{
            "operation": "CONTRACT_CODE_HISTORY_OPERATION_TYPE_INIT",
            "code_id": code_id,
            "updated": position,
            "msg": contract.msg,
        }],
    })
}

#[cfg(test)]
pub mod tests;
