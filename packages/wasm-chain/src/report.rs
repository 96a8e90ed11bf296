//! Where the gas of one message went.

use std::collections::BTreeMap;
use std::fmt;

use cosmwasm_std::Env;
use serde::Serialize;

/// The entry point that a call went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// `instantiate`.
    Instantiate,
    /// `execute`.
    Execute,
    /// `query`.
    Query,
    /// `reply`.
    Reply,
    /// `sudo`.
    Sudo,
    /// `migrate`.
    Migrate,
}

impl Entry {
    /// The name of the wasm export.
    pub fn name(self) -> &'static str {
        match self {
            Self::Instantiate => "instantiate",
            Self::Execute => "execute",
            Self::Query => "query",
            Self::Reply => "reply",
            Self::Sudo => "sudo",
            Self::Migrate => "migrate",
        }
    }
}

/// How often a call went to its contract's storage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Operations {
    /// Reads of a key, whether it was there or not.
    pub reads: u32,
    /// Writes and deletes.
    pub writes: u32,
    /// Iterators opened, and steps of theirs onto a record.
    pub steps: u32,
}

/// One call of one contract: its own gas, without the calls it made. SDK gas, except `vm_gas`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallGas {
    /// The contract's address.
    pub contract: String,
    /// The code's name.
    pub code: String,
    /// The entry point.
    pub entry: Entry,
    /// The message's name (the first key of its JSON), or empty.
    pub message: String,
    /// How many calls deep, 0 for the message itself and for sub-messages, more for queries within calls.
    pub depth: u32,
    /// VM gas of the wasm and its host calls, in VM gas.
    pub vm_gas: u64,
    /// [`Self::vm_gas`] in SDK gas, rounded down as the chain does, with the response's bytes.
    pub vm: u64,
    /// Loading the code.
    pub load: u64,
    /// Reading the contract's and the code's records and the pin flag.
    pub lookup: u64,
    /// Store reads.
    pub read: u64,
    /// Store writes and deletes.
    pub write: u64,
    /// Iterator steps.
    pub iterate: u64,
    /// Bank and raw queries the contract made (smart queries are calls of their own).
    pub query: u64,
    /// Events, and events handed back with a reply.
    pub events: u64,
    /// How many reads, writes and steps `read`, `write` and `iterate` are for.
    pub operations: Operations,
    /// Whether the call returned an error.
    pub failed: bool,
}

impl CallGas {
    /// A call that begins.
    pub(crate) fn new(code: &str, env: &Env, entry: Entry, msg: &[u8]) -> Self {
        Self {
            contract: env.contract.address.to_string(),
            code: code.to_owned(),
            entry,
            message: message_name(msg),
            depth: 0,
            vm_gas: 0,
            vm: 0,
            load: 0,
            lookup: 0,
            read: 0,
            write: 0,
            iterate: 0,
            query: 0,
            events: 0,
            operations: Operations::default(),
            failed: false,
        }
    }

    /// Everything of this call in SDK gas.
    pub fn total(&self) -> u64 {
        self.vm
            + self.load
            + self.lookup
            + self.read
            + self.write
            + self.iterate
            + self.query
            + self.events
    }
}

/// The first key of a JSON object, or the string itself for a unit message.
fn message_name(message: &[u8]) -> String {
    match serde_json::from_slice(message) {
        Ok(serde_json::Value::Object(object)) => object.keys().next().cloned().unwrap_or_default(),
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// All calls of one transaction or query, in the order in which they began.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct GasReport {
    /// SDK gas of all calls and transfers.
    pub total: u64,
    /// The calls.
    pub calls: Vec<CallGas>,
    /// SDK gas of the bank's transfers: coins sent with messages and by contracts.
    pub bank: u64,
}

impl GasReport {
    pub(crate) fn new(calls: Vec<CallGas>, bank: u64) -> Self {
        Self {
            total: calls.iter().map(CallGas::total).sum::<u64>() + bank,
            calls,
            bank,
        }
    }

    /// VM gas of all calls.
    pub fn vm_gas(&self) -> u64 {
        self.calls.iter().map(|call| call.vm_gas).sum()
    }

    /// SDK gas per code name.
    pub fn by_code(&self) -> BTreeMap<&str, u64> {
        let mut sums = BTreeMap::new();
        for call in &self.calls {
            *sums.entry(call.code.as_str()).or_insert(0) += call.total();
        }
        sums
    }
}

impl fmt::Display for GasReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<44} {:>9} {:>9} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7}",
            "call", "total", "vm", "load", "lookup", "read", "write", "iterate", "query", "events"
        )?;
        for call in &self.calls {
            let indent = "  ".repeat(call.depth as usize);
            let name = format!(
                "{indent}{}::{} {}",
                call.code,
                call.entry.name(),
                call.message
            );
            writeln!(
                f,
                "{name:<44} {:>9} {:>9} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7}",
                call.total(),
                call.vm,
                call.load,
                call.lookup,
                call.read,
                call.write,
                call.iterate,
                call.query,
                call.events
            )?;
        }
        if self.bank > 0 {
            writeln!(f, "{:<44} {:>9}", "transfers of coins", self.bank)?;
        }
        write!(f, "{:<44} {:>9}", "all", self.total)
    }
}
