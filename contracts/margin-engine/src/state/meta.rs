//! Who owns an account and who may act for it.

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_std::binary::Record;
use protocol_std::ownership::Offer;

/// A delegate of an account.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Delegate {
    /// True: `id` is a compressed secp256k1 key; false: an address.
    pub is_key: bool,
    /// The key or the address.
    pub id: Vec<u8>,
    /// Bit 0: trade; bit 1: withdraw to the owner.
    pub scopes: u8,
    /// Until when, unix seconds, exclusive.
    pub expires_at: u64,
}

/// Owner, delegates and admitted venues of an account.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Meta {
    /// The owner.
    pub owner: String,
    /// The last offer, lapsed or not.
    pub offer: Option<Offer>,
    /// Delegates.
    pub delegates: Vec<Delegate>,
    /// Admitted venues.
    pub venues: Vec<String>,
}
impl Record for Meta {
    const VERSION: u8 = 1;
}

/// Nothing: the key says it all.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(super) struct Mark;
impl Record for Mark {
    const VERSION: u8 = 1;
}
