//! The exchange's storage. Nothing outside this file names a key. Namespaces of this contract:
//!
//! | namespace | key | what |
//! |---|---|---|
//! | `e` | | the margin engine |
//! | `f` | account, nonce | lots filled of a quote |
//! | `c` | account | its cancelled nonces |

use borsh::{BorshDeserialize, BorshSerialize};
use cosmwasm_std::{Addr, Storage};
use protocol_std::binary::{Item, Map, Record, StoreError};

use crate::core::cancel::Cancelled;

type Result<T> = core::result::Result<T, StoreError>;

const ENGINE: Item<Engine> = Item::new("e");
const FILLS: Map<(u64, u64), Filled> = Map::new("f");
const CANCELLED: Map<u64, Cancelled> = Map::new("c");

#[derive(BorshSerialize, BorshDeserialize)]
struct Engine(String);

impl Record for Engine {
    const VERSION: u8 = 1;
}

#[derive(Default, BorshSerialize, BorshDeserialize)]
struct Filled(u64);

impl Record for Filled {
    const VERSION: u8 = 1;
}

impl Record for Cancelled {
    const VERSION: u8 = 1;
}

/// The margin engine's address.
pub fn load_engine(storage: &dyn Storage) -> Result<Addr> {
    Ok(Addr::unchecked(ENGINE.load(storage)?.0))
}

/// Sets the margin engine's address, once, at instantiation.
pub fn save_engine(storage: &mut dyn Storage, engine: &Addr) -> Result<()> {
    ENGINE.save(storage, &Engine(engine.to_string()))
}

/// Lots filled of a quote; zero when it was never taken.
pub fn load_fill(storage: &dyn Storage, account: u64, nonce: u64) -> Result<u64> {
    let filled = FILLS.may_load(storage, &(account, nonce))?;
    Ok(filled.unwrap_or_default().0)
}

/// Records the lots filled of a quote.
pub fn save_fill(storage: &mut dyn Storage, account: u64, nonce: u64, filled: u64) -> Result<()> {
    FILLS.save(storage, &(account, nonce), &Filled(filled))
}

/// Removes the fill record of a quote.
pub fn remove_fill(storage: &mut dyn Storage, account: u64, nonce: u64) {
    FILLS.remove(storage, &(account, nonce));
}

/// The account's cancelled nonces.
pub fn load_cancelled(storage: &dyn Storage, account: u64) -> Result<Cancelled> {
    Ok(CANCELLED.may_load(storage, &account)?.unwrap_or_default())
}

/// Records the account's cancelled nonces.
pub fn save_cancelled(
    storage: &mut dyn Storage,
    account: u64,
    cancelled: &Cancelled,
) -> Result<()> {
    CANCELLED.save(storage, &account, cancelled)
}
