//! The gas meter of the transaction in progress, shared by the chain and its contracts.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use cosmwasm_std::Checksum;

use crate::costs;
use crate::report::{CallGas, Entry, GasReport};

/// What a charge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Load,
    Lookup,
    Read,
    Write,
    Iterate,
    Query,
    Events,
}

/// The charge took the transaction over its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutOfGas;

#[derive(Default)]
struct State {
    limit: u64,
    used: u64,
    bank: u64,
    loaded: BTreeSet<Vec<u8>>,
    calls: Vec<CallGas>,
    open: Vec<usize>,
    alone: bool,
}

/// A handle; clones count into the same meter. Calls nest: a charge goes to the innermost open call.
#[derive(Clone, Default)]
pub(crate) struct Meter(Rc<RefCell<State>>);

impl Meter {
    /// Starts a transaction.
    pub fn begin(&self, limit: u64) {
        *self.0.borrow_mut() = State {
            limit,
            ..State::default()
        };
    }

    /// A meter where nobody starts transactions: each call from outside is one, with this limit.
    pub fn alone(limit: u64) -> Self {
        Self(Rc::new(RefCell::new(State {
            limit,
            alone: true,
            ..State::default()
        })))
    }

    /// Does something that counts for nothing.
    pub fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        let unlimited = State {
            limit: u64::MAX,
            ..State::default()
        };
        let state = self.0.replace(unlimited);
        let done = work();
        self.0.replace(state);
        done
    }

    /// What the transaction has used so far, call by call.
    pub fn report(&self) -> GasReport {
        let state = self.0.borrow();
        GasReport::new(state.calls.clone(), state.bank)
    }

    /// SDK gas used so far.
    pub fn used(&self) -> u64 {
        self.0.borrow().used
    }

    /// What is left, in VM gas: the limit of the next instance.
    pub fn left_vm(&self) -> u64 {
        let state = self.0.borrow();
        state
            .limit
            .saturating_sub(state.used)
            .saturating_mul(costs::VM_GAS_PER_GAS)
    }

    /// Opens a call; charges go to it until [`Meter::close`].
    pub fn open(&self, contract: &str, code: &str, entry: Entry, message: &[u8]) {
        let mut state = self.0.borrow_mut();
        if state.alone && state.open.is_empty() {
            *state = State {
                limit: state.limit,
                alone: true,
                ..State::default()
            };
        }
        let call = CallGas {
            contract: contract.to_owned(),
            code: code.to_owned(),
            entry,
            message: message_name(message),
            depth: u32::try_from(state.open.len()).unwrap_or(u32::MAX),
            vm_gas: 0,
            vm: 0,
            load: 0,
            lookup: 0,
            read: 0,
            write: 0,
            iterate: 0,
            query: 0,
            events: 0,
            operations: [0; 3],
            failed: false,
        };
        let index = state.calls.len();
        state.calls.push(call);
        state.open.push(index);
    }

    /// Closes the innermost call.
    pub fn close(&self, failed: bool) {
        let mut state = self.0.borrow_mut();
        let index = state.open.pop();
        if let Some(call) = index.and_then(|index| state.calls.get_mut(index)) {
            call.failed = failed;
        }
    }

    /// Charges SDK gas.
    pub fn charge(&self, kind: Kind, amount: u64) -> Result<(), OutOfGas> {
        self.add(amount, |call| {
            let (sum, counter) = match kind {
                Kind::Load => (&mut call.load, None),
                Kind::Lookup => (&mut call.lookup, None),
                Kind::Read => (&mut call.read, Some(0)),
                Kind::Write => (&mut call.write, Some(1)),
                Kind::Iterate => (&mut call.iterate, Some(2)),
                Kind::Query => (&mut call.query, None),
                Kind::Events => (&mut call.events, None),
            };
            *sum += amount;
            if let Some(counter) = counter.and_then(|index: usize| call.operations.get_mut(index)) {
                *counter += 1;
            }
        })
    }

    /// Charges a transfer of coins, which belongs to no call.
    pub fn charge_bank(&self, amount: u64) -> Result<(), OutOfGas> {
        self.0.borrow_mut().bank += amount;
        self.add(amount, |_| ())
    }

    /// Charges VM gas that an instance used itself.
    pub fn charge_vm(&self, vm_gas: u64) -> Result<(), OutOfGas> {
        let amount = costs::from_vm(vm_gas);
        self.add(amount, |call| {
            call.vm_gas += vm_gas;
            call.vm += amount;
        })
    }

    /// Charges the load of a code: cheap when pinned or seen before in this transaction.
    pub fn charge_load(&self, checksum: &Checksum, pinned: bool) -> Result<(), OutOfGas> {
        let cheap = pinned
            || !self
                .0
                .borrow_mut()
                .loaded
                .insert(checksum.as_slice().to_vec());
        self.charge(
            Kind::Load,
            if cheap {
                costs::LOAD_DISCOUNTED
            } else {
                costs::LOAD
            },
        )
    }

    fn add(&self, amount: u64, book: impl FnOnce(&mut CallGas)) -> Result<(), OutOfGas> {
        let mut state = self.0.borrow_mut();
        state.used = state.used.saturating_add(amount);
        let index = state.open.last().copied();
        if let Some(call) = index.and_then(|index| state.calls.get_mut(index)) {
            book(call);
        }
        if state.used > state.limit {
            Err(OutOfGas)
        } else {
            Ok(())
        }
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
