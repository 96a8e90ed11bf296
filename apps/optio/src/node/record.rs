//! What was sent to a chain, with block times: enough to do the same again in this process.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;

use chain_client::Client;
use cosmwasm_std::{Addr, Checksum, Coin, HexBinary, Record, Uint256};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::refused;
use crate::error::{CliError, Result};

/// A block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct At {
    /// Its height.
    pub height: u64,
    /// Its time, nanoseconds since 1970.
    pub time: u64,
}

/// One line of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// The chain; the first line.
    Chain {
        /// Its id.
        chain_id: String,
        /// Prefix of its addresses.
        prefix: String,
        /// The version of the node's program.
        version: String,
    },
    /// A contract was made.
    Contract {
        /// The block.
        at: At,
        /// The code's artefact, and its SHA-256.
        code: String,
        /// See `code`.
        checksum: Checksum,
        /// Whether the code was pinned.
        pinned: bool,
        /// Who made it.
        sender: Addr,
        /// Where it is.
        address: Addr,
        /// Its label.
        label: String,
        /// Its first message.
        msg: Value,
    },
    /// Codes were pinned by a vote.
    Pinned {
        /// Their artefacts.
        codes: Vec<String>,
    },
    /// Coins came from outside; coins for fees are left out.
    Coins {
        /// To whom.
        to: Addr,
        /// What.
        coins: Vec<Coin>,
    },
    /// A message went through.
    Message {
        /// The block.
        at: At,
        /// Who sent it.
        sender: Addr,
        /// To which contract.
        contract: Addr,
        /// The message.
        msg: Value,
        /// Coins with it.
        funds: Vec<Coin>,
        /// Gas of the transaction.
        gas: u64,
        /// The part of it that the transaction costs outside the contract, where it was measured.
        overhead: Option<u64>,
    },
    /// The state at the end; the last line.
    End {
        /// By contract: its records.
        contracts: BTreeMap<Addr, Vec<(HexBinary, HexBinary)>>,
        /// By address and denomination: balances other than fee coins.
        balances: BTreeMap<Addr, BTreeMap<String, Uint256>>,
    },
}

/// Writes a record line by line; clones write into the same one.
#[derive(Debug, Clone, Default)]
pub struct Recorder(Rc<RefCell<Sink>>);

#[derive(Debug, Default)]
struct Sink {
    file: Option<File>,
    entries: Vec<Entry>,
}

impl Recorder {
    /// A record in a file as well as in memory.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn to_file(path: &Path) -> Result<Self> {
        let file = File::create(path).map_err(|e| CliError::file(path, e))?;
        Ok(Self(Rc::new(RefCell::new(Sink {
            file: Some(file),
            entries: Vec::new(),
        }))))
    }

    /// Adds a line.
    pub fn add(&self, entry: Entry) {
        let sink = &mut *self.0.borrow_mut();
        if let (Some(file), Ok(line)) = (&mut sink.file, serde_json::to_string(&entry)) {
            // A record that cannot be written is found incomplete when it is read.
            let _ = writeln!(file, "{line}");
        }
        sink.entries.push(entry);
    }

    /// The lines so far.
    pub fn entries(&self) -> Vec<Entry> {
        self.0.borrow().entries.clone()
    }
}

/// Ends a node's record with the state that it has now.
///
/// # Errors
/// The node does not answer.
pub fn finish(client: &Client, recorder: &Recorder) -> Result<()> {
    let (height, _) = client.newest().map_err(|e| refused(&e))?;
    let records = |contract: &Addr| {
        let state = client.contract_state(contract.as_str(), height);
        state.map_err(|e| refused(&e))
    };
    let balance = |purse: &Addr, denom: &str| {
        let held = client.balance(purse.as_str(), denom);
        held.map_err(|e| refused(&e))
    };
    recorder.add(end(&recorder.entries(), records, balance)?);
    Ok(())
}

/// The last line after these: the state of their contracts, and the purses of them and of everybody who was given coins.
///
/// # Errors
/// What `records` or `balance` answer.
pub fn end(
    entries: &[Entry],
    records: impl Fn(&Addr) -> Result<Vec<Record>>,
    balance: impl Fn(&Addr, &str) -> Result<Uint256>,
) -> Result<Entry> {
    let (mut purses, mut denoms, mut contracts) =
        (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    for entry in entries {
        match entry {
            Entry::Contract { address, .. } => {
                let hex = |(key, value)| (HexBinary::from(key), HexBinary::from(value));
                let state = records(address)?.into_iter().map(hex).collect();
                purses.insert(address);
                contracts.insert(address.clone(), state);
            }
            Entry::Coins { to, coins } => {
                purses.insert(to);
                denoms.extend(coins.iter().map(|coin| &coin.denom));
            }
            _ => {}
        }
    }
    let mut balances = BTreeMap::new();
    for purse in purses {
        let mut held = BTreeMap::new();
        for denom in &denoms {
            held.insert((*denom).clone(), balance(purse, denom)?);
        }
        balances.insert(purse.clone(), held);
    }
    Ok(Entry::End {
        contracts,
        balances,
    })
}

/// Reads a record.
///
/// # Errors
/// The file cannot be read, or a line is none.
pub fn read(path: &Path) -> Result<Vec<Entry>> {
    let text = std::fs::read_to_string(path).map_err(|e| CliError::file(path, e))?;
    text.lines()
        .map(|line| serde_json::from_str(line).map_err(|e| CliError::file(path, e)))
        .collect()
}
