//! The messages.

use cosmwasm_std::{Binary, Coin};
use serde::{Deserialize, Serialize};

/// What it can do.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Execute {
    /// Stores a value.
    Set {
        /// Under this key.
        key: String,
        /// The value.
        value: String,
    },
    /// Deletes a value.
    Remove {
        /// Under this key.
        key: String,
    },
    /// Stores `count` numbered records.
    Fill {
        /// The first number.
        from: u32,
        /// How many.
        count: u32,
    },
    /// Writes, then returns an error.
    Fail {
        /// The error's text.
        text: String,
    },
    /// Panics.
    Panic {},
    /// Writes for ever.
    Burn {},
    /// Pays the caller.
    Pay {
        /// This.
        amount: Coin,
    },
    /// Emits events.
    Emit {
        /// How many.
        times: u32,
    },
    /// Calls a contract.
    Call {
        /// Its address.
        contract: String,
        /// The message.
        msg: Binary,
        /// Whether to go on when it fails.
        catch: bool,
    },
    /// Counts the filled records and stores the count.
    CountTwice {},
}

/// What it can be asked.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// A value.
    Get {
        /// Under this key.
        key: String,
    },
    /// How many filled records there are, by iterating.
    Count {
        /// Stop at this many.
        limit: Option<u32>,
        /// From the end.
        descending: bool,
    },
    /// The first record from a key onwards, or before it.
    First {
        /// The key.
        from: String,
        /// Backwards.
        descending: bool,
    },
    /// Another contract's answer.
    Ask {
        /// Its address.
        contract: String,
        /// The query.
        msg: Binary,
    },
    /// A raw value of another contract.
    Peek {
        /// Its address.
        contract: String,
        /// The key.
        key: String,
    },
    /// A balance.
    Balance {
        /// Whose.
        of: String,
        /// Of what.
        denom: String,
    },
    /// Whether an address is valid.
    Valid {
        /// The address.
        address: String,
    },
}
