//! The gas table: what a wasmd node charges, in SDK gas unless a name says VM gas.
//!
//! Taken from wasmd (`x/wasm/types/gas_register.go`, `x/wasm/keeper`) at 0.61 and the Cosmos SDK (`store/types/gas.go`).
//!
//! Counted: VM gas of the wasm itself and of its host calls; loading the code; the reads every call makes before the
//! contract runs; the contract's reads, writes, deletes and iteration with the full keys; balance queries; events;
//! parsing the response; replies. Counted too: transfers of coins, by the
//! bank's own reads and writes (`x/bank/keeper/send.go`, SDK 0.53). Not counted: what the transaction costs outside the
//! contracts (size, signatures), the account record that a first transfer to an address makes, and the records that
//! instantiation and migration themselves write.

use cosmwasm_std::{Attribute, Event, Reply, SubMsgResult, Uint256};

/// VM gas in one unit of SDK gas.
pub const VM_GAS_PER_GAS: u64 = 140_000;
/// Loading a code that is neither pinned nor already used in this transaction.
pub const LOAD: u64 = 60_000;
/// Loading a code that is pinned, was used in this transaction, or answers a reply.
pub const LOAD_DISCOUNTED: u64 = 2_000;
/// A store read, before its bytes.
pub const READ_FLAT: u64 = 1_000;
/// A byte of key or value read.
pub const READ_BYTE: u64 = 3;
/// A store write, before its bytes.
pub const WRITE_FLAT: u64 = 2_000;
/// A byte of key or value written.
pub const WRITE_BYTE: u64 = 30;
/// A delete.
pub const DELETE: u64 = 1_000;
/// A test whether a key exists.
pub const HAS: u64 = 1_000;
/// A step of an iterator, before its bytes (which cost [`READ_BYTE`] each).
pub const STEP_FLAT: u64 = 30;
/// An event that is not the contract's main one.
pub const EVENT: u64 = 20;
/// An attribute of any event.
pub const ATTRIBUTE: u64 = 10;
/// Bytes of attribute keys and values that are free in each response.
pub const ATTRIBUTE_FREE_BYTES: u64 = 100;
/// A byte of the contract's response, for parsing it.
pub const RESPONSE_BYTE: u64 = 1;
/// Turning a canonical address into text, in VM gas.
pub const HUMANIZE_VM: u64 = 5 * VM_GAS_PER_GAS;
/// Turning an address into its canonical bytes, in VM gas.
pub const CANONICALIZE_VM: u64 = 4 * VM_GAS_PER_GAS;

/// Bytes in front of every key of a contract: one prefix byte and its 32-byte address.
pub const CONTRACT_PREFIX: u64 = 33;
/// Stored size of a contract's info record: code id, creator, admin, label, position, port. Typical, not exact.
const CONTRACT_INFO: u64 = 200;
/// Stored size of a code's info record: checksum, creator, permission. Typical, not exact.
const CODE_INFO: u64 = 85;
/// Key of a code's info record.
const CODE_KEY: u64 = 9;
/// Key and value of a bank balance: prefix, length byte, address, denomination, digits. Typical, not exact.
const BALANCE: u64 = 65;

/// Length of a contract's address, as canonical bytes; a key's has 20.
const CONTRACT_ADDRESS: u64 = 32;
/// Stored size of an account's record: type, address as text, number, and of a key's account also key and sequence.
/// For a prefix of four letters and small numbers.
const CONTRACT_ACCOUNT: u64 = 103;
const KEY_ACCOUNT: u64 = 157;
/// Key and value of the bank's parameters.
const BANK_PARAMS: u64 = 3;

/// Whether a coin may be sent: there is no entry unless a chain forbids it.
pub const SEND_ENABLED: u64 = HAS;

/// What every call pays before the contract runs: contract info, code info, pin flag.
pub const LOOKUP: u64 = read(CONTRACT_PREFIX, CONTRACT_INFO) + read(CODE_KEY, CODE_INFO) + HAS;

/// A bank balance query.
pub const BALANCE_QUERY: u64 = read(0, BALANCE);

/// A transfer, before its coins, from an address of so many canonical bytes: the bank's parameters, the payer's account
/// (its coins might be locked), and whether the payee has one.
pub const fn transfer(payer: u64) -> u64 {
    let account = if payer == CONTRACT_ADDRESS {
        CONTRACT_ACCOUNT
    } else {
        KEY_ACCOUNT
    };
    read(0, BANK_PARAMS) + read(1 + payer, account) + HAS
}

/// A balance that changes: read, then it and its entry in the index by denomination written, or both deleted. `names`
/// counts the bytes of address and denomination; an amount is stored as its digits, nothing where it is zero.
pub fn balance_change(names: u64, before: Uint256, after: Uint256) -> u64 {
    // Prefix and the address's length; the index ends the denomination by a zero.
    let (key, index) = (names + 2, names + 3);
    let written = if after.is_zero() {
        2 * DELETE
    } else {
        write(key, digits(after)) + write(index, 0)
    };
    read(key, digits(before)) + written
}

fn digits(amount: Uint256) -> u64 {
    if amount.is_zero() {
        0
    } else {
        len(amount.to_string())
    }
}

/// A read of `value` bytes under a full key of `key` bytes (`value` 0 where there is none).
pub const fn read(key: u64, value: u64) -> u64 {
    READ_FLAT + READ_BYTE * (key + value)
}

/// A write of `value` bytes under a full key of `key` bytes.
pub const fn write(key: u64, value: u64) -> u64 {
    WRITE_FLAT + WRITE_BYTE * (key + value)
}

/// A step of an iterator onto a record of `key` and `value` bytes.
pub const fn step(key: u64, value: u64) -> u64 {
    STEP_FLAT + READ_BYTE * (key + value)
}

/// SDK gas for an amount of VM gas; the remainder of a call is not charged.
pub const fn from_vm(vm_gas: u64) -> u64 {
    vm_gas / VM_GAS_PER_GAS
}

/// The events of a response: its own attributes and its further events.
pub fn events(attributes: &[Attribute], events: &[Event]) -> u64 {
    let types: u64 = events.iter().map(|event| EVENT + len(&event.ty)).sum();
    let all = attributes
        .iter()
        .chain(events.iter().flat_map(|event| &event.attributes));
    types + attribute_cost(all)
}

/// What a reply pays beside the discounted load: the events handed back to the contract.
pub fn reply(reply: &Reply) -> u64 {
    match &reply.result {
        SubMsgResult::Ok(response) => {
            let types: u64 = response.events.iter().map(|event| len(&event.ty)).sum();
            types + attribute_cost(response.events.iter().flat_map(|event| &event.attributes))
        }
        SubMsgResult::Err(_) => 0,
    }
}

fn attribute_cost<'a>(attributes: impl Iterator<Item = &'a Attribute>) -> u64 {
    let (count, bytes) = attributes.fold((0, 0), |(count, bytes), attribute| {
        (
            count + 1,
            bytes + len(&attribute.key) + len(&attribute.value),
        )
    });
    ATTRIBUTE * count + u64::saturating_sub(bytes, ATTRIBUTE_FREE_BYTES)
}

/// A length as the gas table counts it.
pub(crate) fn len(bytes: impl AsRef<[u8]>) -> u64 {
    bytes.as_ref().len() as u64
}

#[cfg(test)]
mod tests {
    use super::{balance_change, events, read, step, transfer, write};
    use cosmwasm_std::{Attribute, Event, Uint256};

    #[test]
    fn store_table() {
        // By hand from the SDK's table: flat plus bytes.
        assert_eq!(read(33, 0), 1_099);
        assert_eq!(write(40, 60), 5_000);
        assert_eq!(step(40, 60), 330);
    }

    #[test]
    fn transfers() {
        // From a key of 20 bytes: parameters 1,000 + 3 (1 + 2), account 1,000 + 3 (21 + 157), and 1,000.
        assert_eq!(transfer(20), 1_009 + 1_534 + 1_000);
        let (none, seven, million) = (
            Uint256::zero(),
            Uint256::from(7_u8),
            Uint256::from(1_000_000_u32),
        );
        // A contract's `uusdc` from seven digits to one: keys of 1 + 1 + 32 + 5 and 1 + 5 + 1 + 1 + 32 bytes.
        let written = 2_000 + 30 * (39 + 1) + 2_000 + 30 * 40;
        assert_eq!(
            balance_change(37, million, seven),
            1_000 + 3 * (39 + 7) + written
        );
        // The first coins, and the last.
        assert_eq!(balance_change(37, none, seven), 1_000 + 3 * 39 + written);
        assert_eq!(
            balance_change(37, seven, none),
            1_000 + 3 * (39 + 1) + 2_000
        );
    }

    #[test]
    fn event_table() {
        // 2 attributes of 60 bytes together: 20, within the free bytes.
        let own = [
            Attribute::new("a".repeat(10), "b".repeat(20)),
            Attribute::new("c".repeat(10), "d".repeat(20)),
        ];
        assert_eq!(events(&own, &[]), 20);
        // A further event named by 5 letters with one attribute of 50 bytes: 20 + 5 + 10, and 110 - 100 bytes.
        let more = Event::new("trade").add_attribute("k".repeat(10), "v".repeat(40));
        assert_eq!(events(&own, &[more]), 20 + 20 + 5 + 10 + 10);
    }
}
