//! Many accounts beside those that a test is about: one is opened by messages, its records are written again under other
//! numbers, for a message each would take minutes.

use cosmwasm_std::{Order, Record};
use sandbox::{Sandbox, Trader};

/// Namespace of accounts in the engine, and the key of the next account's number.
const ACCOUNTS: &[u8] = b"\x01a";
const NEXT: &[u8] = b"\x01n";

/// Copies of an account under the next numbers, which are returned as a range.
///
/// # Panics
/// The engine's store is not laid out as it was.
pub fn copies(world: &mut Sandbox, of: &Trader, count: u64) -> core::ops::Range<u64> {
    let own = records(world, of.account);
    assert_eq!(own.len(), 3, "account, grants, index by owner");
    let mut storage = world.chain.app_mut().contract_storage_mut(&world.engine);
    let next = storage.get(NEXT).unwrap();
    let first = u64::from_le_bytes(next[1..].try_into().unwrap());
    for number in first..first + count {
        for (name, value) in &own {
            storage.set(&[name, &number.to_be_bytes()[..]].concat(), value);
        }
    }
    // A version byte, then the number.
    let next = [&next[..1], &(first + count).to_le_bytes()].concat();
    storage.set(NEXT, &next);
    first..first + count
}

/// Takes everything from an account, so that it is as another one that is empty.
///
/// # Panics
/// The engine's store is not laid out as it was.
pub fn empty(world: &mut Sandbox, account: u64, like: u64) {
    let mut storage = world.chain.app_mut().contract_storage_mut(&world.engine);
    let key = |account: u64| [ACCOUNTS, &account.to_be_bytes()].concat();
    let nothing = storage.get(&key(like)).unwrap();
    storage.set(&key(account), &nothing);
}

/// The records whose keys end with an account's number, without it.
fn records(world: &Sandbox, account: u64) -> Vec<Record> {
    let suffix = account.to_be_bytes();
    let storage = world.chain.app().contract_storage(&world.engine);
    let all = storage.range(None, None, Order::Ascending);
    let own = all.filter(|(key, _)| key.ends_with(&suffix));
    own.map(|(key, value)| (key[..key.len() - suffix.len()].to_vec(), value))
        .collect()
}
