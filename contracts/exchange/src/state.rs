//! The exchange's storage. Nothing outside this file names a key.
//!
//! | key | record |
//! |---|---|
//! | `config` | engine address |
//! | `f` + account (8 bytes) + nonce (8 bytes) | lots filled |
//! | `c` + account (8 bytes) | cancelled nonces |

use borsh::{BorshDeserialize, BorshSerialize};
use cosmwasm_std::{Addr, Storage};

use crate::core::cancel::Cancelled;
use crate::error::ContractError;

const CONFIG: &[u8] = b"config";

/// The margin engine's address.
pub fn load_engine(storage: &dyn Storage) -> Result<Addr, ContractError> {
    let bytes = storage.get(CONFIG).ok_or(ContractError::State)?;
    let text = String::from_utf8(bytes).map_err(|_| ContractError::State)?;
    Ok(Addr::unchecked(text))
}

/// Sets the margin engine's address, once, at instantiation.
pub fn save_engine(storage: &mut dyn Storage, engine: &Addr) {
    storage.set(CONFIG, engine.as_bytes());
}

/// Lots filled of a quote; zero when it was never taken.
pub fn load_fill(storage: &dyn Storage, account: u64, nonce: u64) -> Result<u64, ContractError> {
    load(storage, &fill_key(account, nonce))
}

/// Records the lots filled of a quote.
pub fn save_fill(
    storage: &mut dyn Storage,
    account: u64,
    nonce: u64,
    filled: u64,
) -> Result<(), ContractError> {
    save(storage, &fill_key(account, nonce), &filled)
}

/// Removes the fill record of a quote.
pub fn remove_fill(storage: &mut dyn Storage, account: u64, nonce: u64) {
    storage.remove(&fill_key(account, nonce));
}

/// The account's cancelled nonces.
pub fn load_cancelled(storage: &dyn Storage, account: u64) -> Result<Cancelled, ContractError> {
    load(storage, &cancelled_key(account))
}

/// Records the account's cancelled nonces.
pub fn save_cancelled(
    storage: &mut dyn Storage,
    account: u64,
    cancelled: &Cancelled,
) -> Result<(), ContractError> {
    save(storage, &cancelled_key(account), cancelled)
}

fn fill_key(account: u64, nonce: u64) -> Vec<u8> {
    [
        b"f".as_slice(),
        &account.to_be_bytes(),
        &nonce.to_be_bytes(),
    ]
    .concat()
}

fn cancelled_key(account: u64) -> Vec<u8> {
    [b"c".as_slice(), &account.to_be_bytes()].concat()
}

fn load<T: BorshDeserialize + Default>(
    storage: &dyn Storage,
    key: &[u8],
) -> Result<T, ContractError> {
    match storage.get(key) {
        Some(bytes) => borsh::from_slice(&bytes).map_err(|_| ContractError::State),
        None => Ok(T::default()),
    }
}

fn save<T: BorshSerialize>(
    storage: &mut dyn Storage,
    key: &[u8],
    value: &T,
) -> Result<(), ContractError> {
    let bytes = borsh::to_vec(value).map_err(|_| ContractError::State)?;
    storage.set(key, &bytes);
    Ok(())
}
