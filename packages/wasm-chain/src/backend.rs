//! The chain's storage, querier and address functions as the VM wants them: without copying anything.
//!
//! The VM demands a backend that lives for ever; the chain lends its storage for one call. [`lend`] bridges the two
//! with raw pointers that are only valid inside it.
//!
//! # Why this is sound
//!
//! * [`lend`] is the only place that makes the pointers. It holds the borrows (`&mut` or `&`) they come from for its
//!   whole duration, and it never touches them again itself, so the pointers are the only way to the storage meanwhile.
//! * Each pointer is used behind a [`Lease`] that `lend` ends before it returns, also when it unwinds. A backend that
//!   outlived the call (the VM could only leak it) finds its lease ended and answers an error without looking.
//! * Every use makes a reference that lives for one method and calls nothing that could come back to the same storage:
//!   reads and writes are leaf calls of the chain's storage. A query goes to the querier, which reads a storage
//!   layer of its own, as the borrow checker made sure when the chain built both.
//! * Iterators hold no reference: each step looks up the next key after the last one. So a contract that writes
//!   between two steps invalidates nothing.
//! * One thread: backend, lease and meter hold `Rc`s and raw pointers, so they are not `Send`; the VM runs the call
//!   on the calling thread. The one part that the VM demands to be `Send`, the address functions, holds no pointer.
#![allow(
    unsafe_code,
    reason = "lends the chain's storage to the VM for one call; argued in the module's text"
)]

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use cosmwasm_std::testing::MockApi;
use cosmwasm_std::{
    Api, Binary, CanonicalAddr, ContractResult, Empty, Order, Querier, QueryRequest, Record,
    Storage, SystemError, SystemResult, WasmQuery,
};
use cosmwasm_vm::{BackendApi, BackendError, BackendResult, GasInfo};

use crate::code::panic_text;
use crate::costs::{self, len};
use crate::meter::{Kind, Meter};

/// The chain's storage, as a call gets it.
pub(crate) enum Lent<'a> {
    /// For a query.
    Shared(&'a dyn Storage),
    /// For everything else.
    Mutable(&'a mut dyn Storage),
}

/// The VM's backend types.
pub(crate) type Backend = cosmwasm_vm::Backend<ChainApi, ChainStorage, ChainQuerier>;

/// Runs `call` with a backend over the lent storage and querier.
pub(crate) fn lend<T>(
    storage: Lent<'_>,
    api: MockApi,
    querier: &dyn Querier,
    meter: &Meter,
    call: impl FnOnce(Backend) -> T,
) -> T {
    let lease = Lease(Rc::new(Cell::new(true)));
    let _end = End(lease.clone());
    let pointer = match storage {
        // SAFETY: only the lifetime is erased, see the module's text.
        Lent::Shared(storage) => Pointer::Shared(unsafe {
            std::mem::transmute::<*const (dyn Storage + '_), *const (dyn Storage + 'static)>(
                storage,
            )
        }),
        // SAFETY: as above.
        Lent::Mutable(storage) => Pointer::Mutable(unsafe {
            std::mem::transmute::<*mut (dyn Storage + '_), *mut (dyn Storage + 'static)>(storage)
        }),
    };
    // SAFETY: as above.
    let querier = unsafe {
        std::mem::transmute::<*const (dyn Querier + '_), *const (dyn Querier + 'static)>(querier)
    };
    call(Backend {
        api: ChainApi(api),
        storage: ChainStorage {
            pointer,
            lease: lease.clone(),
            meter: meter.clone(),
            iterators: Vec::new(),
        },
        querier: ChainQuerier {
            pointer: querier,
            lease,
            meter: meter.clone(),
        },
    })
}

/// Whether the borrow behind a pointer still holds.
#[derive(Clone)]
struct Lease(Rc<Cell<bool>>);

impl Lease {
    fn check(&self) -> Result<(), BackendError> {
        if self.0.get() {
            Ok(())
        } else {
            Err(BackendError::unknown("the call has ended"))
        }
    }
}

/// Ends the lease when dropped.
struct End(Lease);

impl Drop for End {
    fn drop(&mut self) {
        self.0.0.set(false);
    }
}

enum Pointer {
    Shared(*const (dyn Storage + 'static)),
    Mutable(*mut (dyn Storage + 'static)),
}

/// The contract's storage: charges the chain's store table and passes on.
pub(crate) struct ChainStorage {
    pointer: Pointer,
    lease: Lease,
    meter: Meter,
    iterators: Vec<Cursor>,
}

/// What is left of a range.
struct Cursor {
    start: Option<Vec<u8>>,
    end: Option<Vec<u8>>,
    order: Order,
}

impl ChainStorage {
    fn shared(&self) -> Result<&dyn Storage, BackendError> {
        self.lease.check()?;
        Ok(match self.pointer {
            // SAFETY: the lease holds, so the borrow it came from does; no other reference is alive.
            Pointer::Shared(pointer) => unsafe { &*pointer },
            // SAFETY: as above.
            Pointer::Mutable(pointer) => unsafe { &*pointer },
        })
    }

    fn mutable(&mut self) -> Result<&mut dyn Storage, BackendError> {
        self.lease.check()?;
        match self.pointer {
            Pointer::Shared(_) => Err(BackendError::unknown("a query must not write")),
            // SAFETY: the lease holds, so the exclusive borrow it came from does; `&mut self` makes this reference
            // the only one.
            Pointer::Mutable(pointer) => Ok(unsafe { &mut *pointer }),
        }
    }

    /// Charges the meter and tells the VM.
    fn charge(&self, kind: Kind, amount: u64) -> GasInfo {
        // Over the limit the VM notices by itself: the amount exceeds what it has left.
        let _ = self.meter.charge(kind, amount);
        external(amount)
    }

    /// The next record of a cursor, which stays where it is.
    fn peek(&self, cursor: &Cursor) -> Result<Option<Record>, BackendError> {
        Ok(self
            .shared()?
            .range(cursor.start.as_deref(), cursor.end.as_deref(), cursor.order)
            .next())
    }

    fn cursor(&mut self, id: u32) -> Result<&mut Cursor, BackendError> {
        usize::try_from(id)
            .ok()
            .and_then(|id| self.iterators.get_mut(id.checked_sub(1)?))
            .ok_or_else(|| BackendError::iterator_does_not_exist(id))
    }

    /// Steps a cursor over the record it is at.
    fn step(&mut self, id: u32) -> Result<Option<Record>, BackendError> {
        let cursor = self.cursor(id)?;
        let here = Cursor {
            start: cursor.start.clone(),
            end: cursor.end.clone(),
            order: cursor.order,
        };
        let record = self.peek(&here)?;
        if let Some((key, _)) = &record {
            let cursor = self.cursor(id)?;
            match cursor.order {
                Order::Ascending => {
                    let mut after = key.clone();
                    after.push(0);
                    cursor.start = Some(after);
                }
                Order::Descending => cursor.end = Some(key.clone()),
            }
        }
        Ok(record)
    }
}

fn external(amount: u64) -> GasInfo {
    GasInfo::with_externally_used(amount.saturating_mul(costs::VM_GAS_PER_GAS))
}

fn key_len(key: &[u8]) -> u64 {
    costs::CONTRACT_PREFIX + len(key)
}

fn record_cost(record: Option<&Record>) -> u64 {
    record.map_or(0, |(key, value)| costs::step(key_len(key), len(value)))
}

impl cosmwasm_vm::Storage for ChainStorage {
    fn get(&self, key: &[u8]) -> BackendResult<Option<Vec<u8>>> {
        let result = self.shared().map(|storage| storage.get(key));
        let bytes = match &result {
            Ok(Some(value)) => len(value),
            _ => 0,
        };
        (
            result,
            self.charge(Kind::Read, costs::read(key_len(key), bytes)),
        )
    }

    fn scan(
        &mut self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> BackendResult<u32> {
        let cursor = Cursor {
            start: start.map(<[u8]>::to_vec),
            end: end.map(<[u8]>::to_vec),
            order,
        };
        let first = match self.peek(&cursor) {
            Ok(first) => first,
            Err(error) => return (Err(error), GasInfo::free()),
        };
        self.iterators.push(cursor);
        let id = u32::try_from(self.iterators.len())
            .map_err(|_| BackendError::unknown("too many iterators"));
        // Opening one reads the first record; an empty range still costs the flat part.
        let cost = record_cost(first.as_ref()).max(costs::STEP_FLAT);
        (id, self.charge(Kind::Iterate, cost))
    }

    fn next(&mut self, iterator_id: u32) -> BackendResult<Option<Record>> {
        match self.step(iterator_id) {
            Ok(record) => {
                let cost = record_cost(record.as_ref());
                let gas = if cost == 0 {
                    GasInfo::free()
                } else {
                    self.charge(Kind::Iterate, cost)
                };
                (Ok(record), gas)
            }
            Err(error) => (Err(error), GasInfo::free()),
        }
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> BackendResult<()> {
        let gas = self.charge(Kind::Write, costs::write(key_len(key), len(value)));
        if value.is_empty() {
            return (
                Err(BackendError::unknown("an empty value cannot be stored")),
                gas,
            );
        }
        (self.mutable().map(|storage| storage.set(key, value)), gas)
    }

    fn remove(&mut self, key: &[u8]) -> BackendResult<()> {
        let gas = self.charge(Kind::Write, costs::DELETE);
        (self.mutable().map(|storage| storage.remove(key)), gas)
    }
}

/// The chain's querier: smart queries meter themselves, raw and bank queries are charged here.
pub(crate) struct ChainQuerier {
    pointer: *const (dyn Querier + 'static),
    lease: Lease,
    meter: Meter,
}

impl cosmwasm_vm::Querier for ChainQuerier {
    fn query_raw(
        &self,
        request: &[u8],
        _gas_limit: u64,
    ) -> BackendResult<SystemResult<ContractResult<Binary>>> {
        if let Err(error) = self.lease.check() {
            return (Err(error), GasInfo::free());
        }
        // SAFETY: the lease holds, so the shared borrow the pointer came from does.
        let querier = unsafe { &*self.pointer };
        let before = self.meter.used();
        let answer =
            catch_unwind(AssertUnwindSafe(|| querier.raw_query(request))).unwrap_or_else(|panic| {
                SystemResult::Err(SystemError::UnsupportedRequest {
                    kind: panic_text(&*panic).to_owned(),
                })
            });
        let _ = self
            .meter
            .charge(Kind::Query, plain_query_cost(request, &answer));
        (
            Ok(answer),
            external(self.meter.used().saturating_sub(before)),
        )
    }
}

/// What a query costs that no contract answers.
fn plain_query_cost(request: &[u8], answer: &SystemResult<ContractResult<Binary>>) -> u64 {
    match serde_json::from_slice::<QueryRequest<Empty>>(request) {
        Ok(QueryRequest::Wasm(WasmQuery::Raw { key, .. })) => {
            let value = match answer {
                SystemResult::Ok(ContractResult::Ok(value)) => len(value),
                _ => 0,
            };
            costs::read(key_len(&key), value)
        }
        Ok(QueryRequest::Bank(_)) => costs::BALANCE_QUERY,
        Ok(QueryRequest::Wasm(WasmQuery::ContractInfo { .. })) => costs::LOOKUP,
        _ => 0,
    }
}

/// The chain's address functions.
#[derive(Clone)]
pub(crate) struct ChainApi(MockApi);

impl BackendApi for ChainApi {
    fn addr_validate(&self, input: &str) -> BackendResult<()> {
        let result = self.0.addr_validate(input).map(drop).map_err(user_error);
        (
            result,
            GasInfo::with_cost(costs::CANONICALIZE_VM + costs::HUMANIZE_VM),
        )
    }

    fn addr_canonicalize(&self, human: &str) -> BackendResult<Vec<u8>> {
        let result = self
            .0
            .addr_canonicalize(human)
            .map(Into::into)
            .map_err(user_error);
        (result, GasInfo::with_cost(costs::CANONICALIZE_VM))
    }

    fn addr_humanize(&self, canonical: &[u8]) -> BackendResult<String> {
        let result = self
            .0
            .addr_humanize(&CanonicalAddr::from(canonical))
            .map(Into::into)
            .map_err(user_error);
        (result, GasInfo::with_cost(costs::HUMANIZE_VM))
    }
}

fn user_error(error: cosmwasm_std::StdError) -> BackendError {
    BackendError::user_err(error.to_string())
}
