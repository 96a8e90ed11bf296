//! A storage whose changes are kept apart from what lies below.

use std::collections::BTreeMap;
use std::iter;

use cosmwasm_std::{Order, Record, Storage};

/// What a call wrote: for each key the last value, or that it is gone.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Writes(BTreeMap<Vec<u8>, Option<Vec<u8>>>);

impl Writes {
    /// The keys that were written or removed.
    pub fn keys(&self) -> Vec<&[u8]> {
        self.0.keys().map(Vec::as_slice).collect()
    }

    /// Writes all of it.
    pub fn apply(self, storage: &mut dyn Storage) {
        for (key, value) in self.0 {
            match value {
                Some(value) => storage.set(&key, &value),
                None => storage.remove(&key),
            }
        }
    }
}

/// Reads through to the storage below; writes stay here.
pub(crate) struct Overlay<'a> {
    below: &'a dyn Storage,
    writes: Writes,
}

impl<'a> Overlay<'a> {
    /// Nothing written yet.
    pub fn over(below: &'a dyn Storage) -> Self {
        Self {
            below,
            writes: Writes::default(),
        }
    }

    /// What was written so far.
    pub fn writes(&self) -> &Writes {
        &self.writes
    }

    /// What was written.
    pub fn into_writes(self) -> Writes {
        self.writes
    }

    /// The first record of a range.
    fn first(&self, start: &[u8], end: Option<&[u8]>, order: Order) -> Option<Record> {
        let Writes(writes) = &self.writes;
        let inside = |key: &[u8]| key >= start && end.is_none_or(|end| key < end);
        let changed = writes.iter().filter(|(key, _)| inside(key));
        let written = changed.filter_map(|(key, value)| Some((key.clone(), value.clone()?)));
        let mut below = self.below.range(Some(start), end, order);
        let below = below.find(|(key, _)| !writes.contains_key(key));
        let both = written.chain(below);
        match order {
            Order::Ascending => both.min(),
            Order::Descending => both.max(),
        }
    }
}

impl Storage for Overlay<'_> {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        match self.writes.0.get(key) {
            Some(value) => value.clone(),
            None => self.below.get(key),
        }
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.writes.0.insert(key.to_vec(), Some(value.to_vec()));
    }

    fn remove(&mut self, key: &[u8]) {
        self.writes.0.insert(key.to_vec(), None);
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'a> {
        let mut start = start.unwrap_or_default().to_vec();
        let mut end = end.map(<[u8]>::to_vec);
        Box::new(iter::from_fn(move || {
            let record = self.first(&start, end.as_deref(), order)?;
            match order {
                Order::Ascending => {
                    start.clone_from(&record.0);
                    start.push(0);
                }
                Order::Descending => end = Some(record.0.clone()),
            }
            Some(record)
        }))
    }
}
