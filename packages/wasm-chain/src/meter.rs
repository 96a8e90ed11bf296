//! The gas meter of the transaction in progress, shared by the chain and its contracts.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use cosmwasm_std::{Checksum, StdError, StdResult};

use crate::code::aborted;
use crate::costs;
use crate::report::{CallGas, GasReport};

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

impl From<OutOfGas> for StdError {
    fn from(_: OutOfGas) -> Self {
        aborted("out of gas")
    }
}

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

    /// Runs a call and books on it what is charged meanwhile, but for the calls within it.
    pub fn call<T>(&self, call: CallGas, run: impl FnOnce() -> StdResult<T>) -> StdResult<T> {
        self.open(call);
        let result = run();
        self.close(result.is_err());
        result
    }

    fn open(&self, mut call: CallGas) {
        let mut state = self.0.borrow_mut();
        if state.alone && state.open.is_empty() {
            *state = State {
                limit: state.limit,
                alone: true,
                ..State::default()
            };
        }
        call.depth = u32::try_from(state.open.len()).unwrap_or(u32::MAX);
        let index = state.calls.len();
        state.calls.push(call);
        state.open.push(index);
    }

    fn close(&self, failed: bool) {
        let mut state = self.0.borrow_mut();
        let index = state.open.pop();
        if let Some(call) = index.and_then(|index| state.calls.get_mut(index)) {
            call.failed = failed;
        }
    }

    /// Charges SDK gas.
    pub fn charge(&self, kind: Kind, amount: u64) -> Result<(), OutOfGas> {
        self.add(amount, |call| {
            let sum = match kind {
                Kind::Load => &mut call.load,
                Kind::Lookup => &mut call.lookup,
                Kind::Read => {
                    call.operations.reads += 1;
                    &mut call.read
                }
                Kind::Write => {
                    call.operations.writes += 1;
                    &mut call.write
                }
                Kind::Iterate => {
                    call.operations.steps += 1;
                    &mut call.iterate
                }
                Kind::Query => &mut call.query,
                Kind::Events => &mut call.events,
            };
            *sum += amount;
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
