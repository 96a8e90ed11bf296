//! The lens's storage: the two contracts that it reads, in one record.

use borsh::{BorshDeserialize, BorshSerialize};
use cosmwasm_std::Storage;
use protocol_std::binary::{Item, Record, StoreError};

const SOURCES: Item<Sources> = Item::new("c");

/// The contracts that the lens reads.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub struct Sources {
    /// The margin engine.
    pub engine: String,
    /// The oracle adapter.
    pub oracle: String,
}

impl Record for Sources {
    const VERSION: u8 = 1;
}

/// The two addresses.
pub fn load(storage: &dyn Storage) -> Result<Sources, StoreError> {
    SOURCES.load(storage)
}

/// Sets them, once, at instantiation.
pub fn save(storage: &mut dyn Storage, sources: &Sources) -> Result<(), StoreError> {
    SOURCES.save(storage, sources)
}
