//! Versioned binary records: a namespace, a fixed-width key, one version byte, then borsh.
//!
//! A stored byte costs 30 gas to write, so hot state is binary and keys are short:
//!
//! ```text
//! key   = length of namespace (1 byte) | namespace | key parts, big endian, fixed width
//! value = version (1 byte) | borsh of the record
//! ```
//!
//! Fixed-width big-endian keys keep numbers in order, so a page is a range.

use std::marker::PhantomData;

use borsh::{BorshDeserialize, BorshSerialize};
use cosmwasm_std::{Order, Storage};
use thiserror::Error;

/// What can be wrong with a stored record.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Nothing is stored at the key.
    #[error("E_STORE_MISSING: no record in `{namespace}`")]
    Missing {
        /// The namespace that was read.
        namespace: &'static str,
    },
    /// The bytes are not a record of this kind.
    #[error("E_STORE_CORRUPT: unreadable record in `{namespace}`")]
    Corrupt {
        /// The namespace that was read.
        namespace: &'static str,
    },
    /// The record was written by another version of the layout.
    #[error("E_STORE_VERSION: record in `{namespace}` has layout {found}, expected {expected}")]
    Version {
        /// The namespace that was read.
        namespace: &'static str,
        /// The layout the code reads.
        expected: u8,
        /// The layout found in the store.
        found: u8,
    },
    /// A record that cannot be written.
    #[error("E_STORE_WRITE: record for `{namespace}` cannot be written")]
    Write {
        /// The namespace that was written.
        namespace: &'static str,
    },
}

/// A record kept in binary form. `VERSION` is its first stored byte.
pub trait Record: BorshSerialize + BorshDeserialize {
    /// Layout number; raise it whenever the stored bytes change their meaning.
    const VERSION: u8;
}

/// A key part of fixed width whose byte order is its numeric order.
pub trait StoreKey: Sized {
    /// Number of bytes written by [`StoreKey::write`].
    const WIDTH: usize;
    /// Appends the key bytes.
    fn write(&self, out: &mut Vec<u8>);
    /// Reads the key back from exactly `WIDTH` bytes; `None` if the length is wrong.
    fn read(bytes: &[u8]) -> Option<Self>;
}

macro_rules! integer_keys {
    ($($kind:ty),*) => {$(
        impl StoreKey for $kind {
            const WIDTH: usize = size_of::<$kind>();
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_be_bytes());
            }
            fn read(bytes: &[u8]) -> Option<Self> {
                Some(<$kind>::from_be_bytes(bytes.try_into().ok()?))
            }
        }
    )*};
}
integer_keys!(u8, u16, u32, u64, u128);

impl<const N: usize> StoreKey for [u8; N] {
    const WIDTH: usize = N;
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }
    fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok()
    }
}

impl<A: StoreKey, B: StoreKey> StoreKey for (A, B) {
    const WIDTH: usize = A::WIDTH.saturating_add(B::WIDTH);
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
    }
    fn read(bytes: &[u8]) -> Option<Self> {
        let (a, b) = bytes.split_at_checked(A::WIDTH)?;
        Some((A::read(a)?, B::read(b)?))
    }
}

impl<A: StoreKey, B: StoreKey, C: StoreKey> StoreKey for (A, B, C) {
    const WIDTH: usize = A::WIDTH.saturating_add(B::WIDTH).saturating_add(C::WIDTH);
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
        self.2.write(out);
    }
    fn read(bytes: &[u8]) -> Option<Self> {
        let (a, rest) = bytes.split_at_checked(A::WIDTH)?;
        let (b, c) = rest.split_at_checked(B::WIDTH)?;
        Some((A::read(a)?, B::read(b)?, C::read(c)?))
    }
}

/// The raw storage prefix of a namespace.
#[must_use]
pub fn prefix(namespace: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(namespace.len().saturating_add(24));
    out.push(u8::try_from(namespace.len()).unwrap_or(u8::MAX));
    out.extend_from_slice(namespace.as_bytes());
    out
}

/// The raw storage key of one record.
#[must_use]
pub fn raw_key<K: StoreKey>(namespace: &str, key: &K) -> Vec<u8> {
    let mut out = prefix(namespace);
    key.write(&mut out);
    out
}

/// The stored form of a record: version byte, then borsh.
///
/// # Errors
/// [`StoreError::Write`] when borsh refuses the value.
pub fn encode<T: Record>(namespace: &'static str, value: &T) -> Result<Vec<u8>, StoreError> {
    let mut bytes = vec![T::VERSION];
    borsh::to_writer(&mut bytes, value).map_err(|_| StoreError::Write { namespace })?;
    Ok(bytes)
}

/// Reads a record back; every byte must be used.
///
/// # Errors
/// [`StoreError::Version`] on another layout, [`StoreError::Corrupt`] on anything else.
pub fn decode<T: Record>(namespace: &'static str, bytes: &[u8]) -> Result<T, StoreError> {
    let (found, body) = bytes
        .split_first()
        .ok_or(StoreError::Corrupt { namespace })?;
    if *found != T::VERSION {
        return Err(StoreError::Version {
            namespace,
            expected: T::VERSION,
            found: *found,
        });
    }
    borsh::from_slice(body).map_err(|_| StoreError::Corrupt { namespace })
}

/// One record under a namespace of its own.
#[derive(Debug)]
pub struct Item<T> {
    namespace: &'static str,
    kind: PhantomData<fn() -> T>,
}

impl<T: Record> Item<T> {
    /// Names the record. Namespaces of a contract must be distinct.
    #[must_use]
    pub const fn new(namespace: &'static str) -> Self {
        Self {
            namespace,
            kind: PhantomData,
        }
    }

    /// Writes the record.
    ///
    /// # Errors
    /// [`StoreError::Write`] when it cannot be encoded.
    pub fn save(&self, storage: &mut dyn Storage, value: &T) -> Result<(), StoreError> {
        storage.set(&prefix(self.namespace), &encode(self.namespace, value)?);
        Ok(())
    }

    /// Reads the record.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none, else as [`decode`].
    pub fn load(&self, storage: &dyn Storage) -> Result<T, StoreError> {
        self.may_load(storage)?.ok_or(StoreError::Missing {
            namespace: self.namespace,
        })
    }

    /// Reads the record if there is one.
    ///
    /// # Errors
    /// As [`decode`].
    pub fn may_load(&self, storage: &dyn Storage) -> Result<Option<T>, StoreError> {
        storage
            .get(&prefix(self.namespace))
            .map(|bytes| decode(self.namespace, &bytes))
            .transpose()
    }

    /// Deletes the record.
    pub fn remove(&self, storage: &mut dyn Storage) {
        storage.remove(&prefix(self.namespace));
    }
}

/// Where a page starts and how many records it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page<K> {
    /// The page starts after this key (before it, when descending).
    pub after: Option<K>,
    /// At most so many records.
    pub limit: usize,
    /// Ascending or descending keys.
    pub descending: bool,
}

impl<K> Page<K> {
    /// The first records after a key, or of all.
    pub const fn ascending(after: Option<K>, limit: usize) -> Self {
        Self {
            after,
            limit,
            descending: false,
        }
    }
}

/// Records of one kind under a namespace, by key.
#[derive(Debug)]
pub struct Map<K, T> {
    namespace: &'static str,
    kind: PhantomData<fn() -> (K, T)>,
}

impl<K: StoreKey, T: Record> Map<K, T> {
    /// Names the map. Namespaces of a contract must be distinct.
    #[must_use]
    pub const fn new(namespace: &'static str) -> Self {
        Self {
            namespace,
            kind: PhantomData,
        }
    }

    /// The raw storage key of a record, as another contract would query it.
    #[must_use]
    pub fn key(&self, key: &K) -> Vec<u8> {
        raw_key(self.namespace, key)
    }

    /// The key of a record of this map from its raw storage key; `None` if it is not one.
    #[must_use]
    pub fn read_key(&self, raw: &[u8]) -> Option<K> {
        K::read(raw.strip_prefix(prefix(self.namespace).as_slice())?)
    }

    /// Writes a record.
    ///
    /// # Errors
    /// [`StoreError::Write`] when it cannot be encoded.
    pub fn save(&self, storage: &mut dyn Storage, key: &K, value: &T) -> Result<(), StoreError> {
        storage.set(&self.key(key), &encode(self.namespace, value)?);
        Ok(())
    }

    /// Reads a record.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none, else as [`decode`].
    pub fn load(&self, storage: &dyn Storage, key: &K) -> Result<T, StoreError> {
        self.may_load(storage, key)?.ok_or(StoreError::Missing {
            namespace: self.namespace,
        })
    }

    /// Reads a record if there is one.
    ///
    /// # Errors
    /// As [`decode`].
    pub fn may_load(&self, storage: &dyn Storage, key: &K) -> Result<Option<T>, StoreError> {
        storage
            .get(&self.key(key))
            .map(|bytes| decode(self.namespace, &bytes))
            .transpose()
    }

    /// Whether a record exists. Costs a read of the whole value.
    #[must_use]
    pub fn has(&self, storage: &dyn Storage, key: &K) -> bool {
        storage.get(&self.key(key)).is_some()
    }

    /// Deletes a record.
    pub fn remove(&self, storage: &mut dyn Storage, key: &K) {
        storage.remove(&self.key(key));
    }

    /// One page over all keys.
    ///
    /// # Errors
    /// As [`decode`], for the first unreadable record.
    pub fn page(&self, storage: &dyn Storage, page: &Page<K>) -> Result<Vec<(K, T)>, StoreError> {
        self.page_under(storage, &[], page)
    }

    /// One page over the keys that begin with the bytes of `first`, wherever `page.after` lies.
    ///
    /// # Errors
    /// As [`decode`], for the first unreadable record.
    pub fn page_of<P: StoreKey>(
        &self,
        storage: &dyn Storage,
        first: &P,
        page: &Page<K>,
    ) -> Result<Vec<(K, T)>, StoreError> {
        let mut bytes = Vec::new();
        first.write(&mut bytes);
        self.page_under(storage, &bytes, page)
    }

    fn page_under(
        &self,
        storage: &dyn Storage,
        first: &[u8],
        page: &Page<K>,
    ) -> Result<Vec<(K, T)>, StoreError> {
        let base = prefix(self.namespace);
        let mut all = base.clone();
        all.extend_from_slice(first);
        let after = page.after.as_ref().map(|after| self.key(after));
        let (low, high, order) = bounds(all, after, page.descending);
        let corrupt = StoreError::Corrupt {
            namespace: self.namespace,
        };
        storage
            .range(Some(&low), high.as_deref(), order)
            .take(page.limit)
            .map(|(key, value)| {
                let key = key
                    .get(base.len()..)
                    .and_then(K::read)
                    .ok_or(corrupt.clone())?;
                Ok((key, decode(self.namespace, &value)?))
            })
            .collect()
    }
}

/// Where a page begins and ends: keys that start with `all`, beyond `after` in its order. Apart from the kinds of maps, of
/// which each would have a copy.
#[inline(never)]
fn bounds(
    all: Vec<u8>,
    after: Option<Vec<u8>>,
    descending: bool,
) -> (Vec<u8>, Option<Vec<u8>>, Order) {
    let end = increment(&all);
    match after {
        Some(mut after) if !descending => {
            after.push(0);
            (all.max(after), end, Order::Ascending)
        }
        Some(after) => {
            let high = match end {
                Some(end) => end.min(after),
                None => after,
            };
            (all, Some(high), Order::Descending)
        }
        None if descending => (all, end, Order::Descending),
        None => (all, end, Order::Ascending),
    }
}

/// The smallest byte string greater than every string that starts with `bytes`.
fn increment(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = bytes.to_vec();
    while let Some(last) = out.pop() {
        if let Some(next) = last.checked_add(1) {
            out.push(next);
            return Some(out);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::testing::MockStorage;

    use super::*;

    #[derive(Debug, Clone, PartialEq, BorshSerialize, BorshDeserialize)]
    struct Point {
        x: u16,
        y: u32,
    }
    impl Record for Point {
        const VERSION: u8 = 3;
    }

    const ONE: Item<Point> = Item::new("one");
    const MANY: Map<(u16, u32), Point> = Map::new("many");

    #[test]
    fn bytes_are_exactly_as_documented() {
        let mut store = MockStorage::new();
        ONE.save(&mut store, &Point { x: 1, y: 2 }).unwrap();
        assert_eq!(store.get(b"\x03one").unwrap(), vec![3, 1, 0, 2, 0, 0, 0]);
        MANY.save(&mut store, &(7, 9), &Point { x: 1, y: 2 })
            .unwrap();
        let raw = b"\x04many\x00\x07\x00\x00\x00\x09";
        assert!(store.get(raw).is_some());
        assert_eq!(MANY.read_key(raw), Some((7, 9)));
        assert_eq!(MANY.read_key(&raw[..10]), None);
        assert_eq!(MANY.read_key(b"\x03one"), None);
    }

    #[test]
    fn missing_corrupt_and_foreign_records_are_told_apart() {
        let mut store = MockStorage::new();
        assert_eq!(
            ONE.load(&store),
            Err(StoreError::Missing { namespace: "one" })
        );
        store.set(b"\x03one", &[3, 1]);
        assert_eq!(
            ONE.load(&store),
            Err(StoreError::Corrupt { namespace: "one" })
        );
        store.set(b"\x03one", &[3, 1, 0, 2, 0, 0, 0, 9]);
        assert_eq!(
            ONE.load(&store),
            Err(StoreError::Corrupt { namespace: "one" })
        );
        store.set(b"\x03one", &[4, 1, 0, 2, 0, 0, 0]);
        let wrong = StoreError::Version {
            namespace: "one",
            expected: 3,
            found: 4,
        };
        assert_eq!(ONE.load(&store), Err(wrong));
        let empty = decode::<Point>("one", &[]);
        assert_eq!(empty, Err(StoreError::Corrupt { namespace: "one" }));
    }

    #[test]
    fn pages_walk_in_numeric_order_and_stay_in_their_prefix() {
        let mut store = MockStorage::new();
        for (a, b) in [(1, 1), (1, 256), (1, 2), (2, 0), (u16::MAX, 5)] {
            MANY.save(&mut store, &(a, b), &Point { x: a, y: b })
                .unwrap();
        }
        let keys =
            |page: Vec<((u16, u32), Point)>| page.into_iter().map(|e| e.0).collect::<Vec<_>>();
        let first = Page {
            after: None,
            limit: 2,
            descending: false,
        };
        assert_eq!(keys(MANY.page(&store, &first).unwrap()), [(1, 1), (1, 2)]);
        let next = Page {
            after: Some((1, 2)),
            limit: 9,
            descending: false,
        };
        assert_eq!(
            keys(MANY.page(&store, &next).unwrap()),
            [(1, 256), (2, 0), (u16::MAX, 5)]
        );
        assert_eq!(
            keys(MANY.page_of(&store, &1_u16, &next).unwrap()),
            [(1, 256)]
        );
        let last = Page {
            after: None,
            limit: 9,
            descending: true,
        };
        assert_eq!(
            keys(MANY.page_of(&store, &u16::MAX, &last).unwrap()),
            [(u16::MAX, 5)]
        );
        let down = Page {
            after: Some((1, 256)),
            limit: 9,
            descending: true,
        };
        assert_eq!(
            keys(MANY.page_of(&store, &1_u16, &down).unwrap()),
            [(1, 2), (1, 1)]
        );
    }

    #[test]
    fn a_page_that_starts_outside_its_prefix_stays_inside() {
        let mut store = MockStorage::new();
        for key in [(1, 1), (2, 1), (2, 2), (3, 1), (u16::MAX, 5)] {
            MANY.save(&mut store, &key, &Point { x: 0, y: 0 }).unwrap();
        }
        let keys = |first: u16, after, descending| {
            let page = Page {
                after: Some(after),
                limit: 9,
                descending,
            };
            let page = MANY.page_of(&store, &first, &page).unwrap();
            page.into_iter().map(|e| e.0).collect::<Vec<_>>()
        };
        assert_eq!(keys(2, (1, 0), false), [(2, 1), (2, 2)]);
        assert_eq!(keys(2, (3, 0), false), []);
        assert_eq!(keys(2, (3, 9), true), [(2, 2), (2, 1)]);
        assert_eq!(keys(2, (1, 9), true), []);
        assert_eq!(keys(u16::MAX, (3, 1), false), [(u16::MAX, 5)]);
        assert_eq!(keys(u16::MAX, (u16::MAX, 6), true), [(u16::MAX, 5)]);
    }
}
