//! A record again in this process: the same messages at the same block times must leave the same state.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, HexBinary, Uint256};
use sandbox::plan::PARTS;
use wasm_chain::{Chain, GasReport, Identity, Mode};

use super::artifact;
use super::record::{At, Entry};
use crate::error::{CliError, Result};
use crate::venue::failed;

/// A message's gas on the node and in this process.
#[derive(Debug, Clone)]
pub struct GasPair {
    /// Name of the message, as in its JSON.
    pub message: String,
    /// Gas of the node's transaction.
    pub node: u64,
    /// The part of it outside the contract, where it was measured.
    pub overhead: Option<u64>,
    /// What the meter counted.
    pub meter: GasReport,
}

/// What a replay found.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// Messages replayed.
    pub messages: usize,
    /// Stored records compared, all equal.
    pub records: usize,
    /// Balances compared, all equal.
    pub balances: usize,
    /// Gas by message, in order.
    pub gas: Vec<GasPair>,
}

/// Replays a record.
///
/// # Errors
/// `E_OPTIO_DIFFERS` when a message is refused here, or a record or balance differs at the end; a record that is not
/// whole.
pub fn replay(entries: &[Entry]) -> Result<Verdict> {
    let Some(Entry::Chain {
        chain_id, prefix, ..
    }) = entries.first()
    else {
        return Err(CliError::input("the record does not begin with its chain"));
    };
    let identity = Identity {
        chain_id: chain_id.clone(),
        // Lives as long as the command; the VM's address functions want it so.
        prefix: prefix.clone().leak(),
    };
    let chain = Chain::like(Mode::Wasm, wasm_chain::artifacts_dir(), identity);
    let mut replay = Replay {
        chain,
        codes: BTreeMap::new(),
        verdict: Verdict::default(),
    };
    for entry in entries {
        replay.entry(entry)?;
    }
    match entries.last() {
        Some(Entry::End { .. }) => Ok(replay.verdict),
        _ => Err(CliError::input("the record has no end")),
    }
}

struct Replay {
    chain: Chain,
    codes: BTreeMap<String, u64>,
    verdict: Verdict,
}

impl Replay {
    fn entry(&mut self, entry: &Entry) -> Result<()> {
        match entry {
            Entry::Chain { .. } => Ok(()),
            Entry::Contract { .. } => self.contract(entry),
            Entry::Pinned { codes } => {
                for id in codes.iter().filter_map(|code| self.codes.get(code)) {
                    self.chain.pin(*id);
                }
                Ok(())
            }
            Entry::Coins { to, coins } => self.chain.mint(to, coins).map_err(|e| failed(&e)),
            Entry::Message { .. } => self.message(entry),
            Entry::End {
                contracts,
                balances,
            } => {
                for (contract, records) in contracts {
                    self.same_records(contract, records)?;
                }
                for (address, held) in balances {
                    self.same_balances(address, held)?;
                }
                Ok(())
            }
        }
    }

    fn go_to(&mut self, at: At) {
        self.chain.set_block(at.height, at.time);
    }

    fn contract(&mut self, entry: &Entry) -> Result<()> {
        let Entry::Contract {
            at,
            code,
            checksum,
            pinned,
            sender,
            address,
            label,
            msg,
            ..
        } = entry
        else {
            return Ok(());
        };
        self.go_to(*at);
        let part = PARTS.iter().find(|part| part.code.name() == code);
        let part = part.ok_or_else(|| CliError::input(format!("no contract {code}")))?;
        let (_, here) = artifact(part.code)?;
        if here != *checksum {
            return Err(differs(format!(
                "{code} is {checksum} there and {here} here"
            )));
        }
        let id = match self.codes.get(code) {
            Some(id) => *id,
            None => self.chain.store(part.code).map_err(|e| failed(&e))?,
        };
        self.codes.insert(code.clone(), id);
        if *pinned {
            self.chain.pin(id);
        }
        self.chain
            .instantiate_at(address, |chain| {
                chain.instantiate(id, sender, msg, &[], label)
            })
            .map_err(|e| failed(&e))?;
        Ok(())
    }

    fn message(&mut self, entry: &Entry) -> Result<()> {
        let Entry::Message {
            at,
            sender,
            contract,
            msg,
            funds,
            gas,
            overhead,
        } = entry
        else {
            return Ok(());
        };
        self.go_to(*at);
        let name = msg.as_object().and_then(|fields| fields.keys().next());
        let name = name.cloned().unwrap_or_default();
        let outcome = self.chain.execute(sender, contract, msg, funds);
        let outcome =
            outcome.map_err(|e| differs(format!("{name} at block {}: {e}", at.height)))?;
        self.verdict.messages += 1;
        self.verdict.gas.push(GasPair {
            message: name,
            node: *gas,
            overhead: *overhead,
            meter: outcome.gas,
        });
        Ok(())
    }

    fn same_records(&mut self, contract: &Addr, records: &[(HexBinary, HexBinary)]) -> Result<()> {
        let hex = |(key, value)| (HexBinary::from(key), HexBinary::from(value));
        let here: Vec<_> = self
            .chain
            .contract_state(contract)
            .into_iter()
            .map(hex)
            .collect();
        let there: BTreeMap<_, _> = records.iter().cloned().collect();
        for (key, value) in &here {
            if there.get(key) != Some(value) {
                return Err(differs(format!(
                    "{contract} stores {value} under {key} here"
                )));
            }
        }
        if here.len() != there.len() {
            return Err(differs(format!(
                "{contract} stores {} records here and {} there",
                here.len(),
                there.len()
            )));
        }
        self.verdict.records += here.len();
        Ok(())
    }

    fn same_balances(&mut self, address: &Addr, held: &BTreeMap<String, Uint256>) -> Result<()> {
        for (denom, there) in held {
            let here = self.chain.balance(address, denom).map_err(|e| failed(&e))?;
            if here != *there {
                return Err(differs(format!(
                    "{address} holds {here} {denom} here and {there} there"
                )));
            }
            self.verdict.balances += 1;
        }
        Ok(())
    }
}

fn differs(what: String) -> CliError {
    CliError::new("E_OPTIO_DIFFERS", what)
}
