//! Records of one kind on the desk.

use crate::error::EngineError;

/// A record as it was loaded and as it is now.
#[derive(Clone, Debug)]
pub(super) struct Held<K, T> {
    pub key: K,
    pub before: T,
    pub now: T,
    fresh: bool,
}

/// Records of one kind. A handful: searched one by one, which is also the smallest code.
#[derive(Clone, Debug)]
pub(super) struct Shelf<K, T>(pub Vec<Held<K, T>>);

impl<K: Clone + PartialEq, T: Clone + PartialEq> Shelf<K, T> {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    pub fn held(&self, key: &K) -> Option<&Held<K, T>> {
        self.0.iter().find(|held| held.key == *key)
    }

    pub fn has(&self, key: &K) -> bool {
        self.held(key).is_some()
    }

    pub fn get_mut(&mut self, key: &K) -> Option<&mut T> {
        self.0
            .iter_mut()
            .find(|held| held.key == *key)
            .map(|held| &mut held.now)
    }

    /// The record of a key, loaded unless it is here; `None` if there is none.
    pub fn find(
        &mut self,
        key: K,
        load: impl FnOnce() -> Result<Option<T>, EngineError>,
    ) -> Result<Option<&mut T>, EngineError> {
        if !self.has(&key)
            && let Some(loaded) = load()?
        {
            self.put(key.clone(), loaded);
        }
        Ok(self.get_mut(&key))
    }

    /// The record of a key that always has one, loaded unless it is here.
    pub fn get(
        &mut self,
        key: K,
        load: impl FnOnce() -> Result<T, EngineError>,
    ) -> Result<&mut T, EngineError> {
        let found = self.find(key, || load().map(Some))?;
        found.ok_or(EngineError::Corrupt)
    }

    /// Puts a record that was loaded.
    pub fn put(&mut self, key: K, loaded: T) {
        self.0.push(Held {
            key,
            before: loaded.clone(),
            now: loaded,
            fresh: false,
        });
    }

    /// Puts a record that is not stored yet, or must be written anyway.
    pub fn put_fresh(&mut self, key: K, record: T) {
        self.0.retain(|held| held.key != key);
        self.0.push(Held {
            key,
            before: record.clone(),
            now: record,
            fresh: true,
        });
    }

    /// Hands over what differs from the store.
    pub fn changed<E>(&self, mut save: impl FnMut(&K, &T) -> Result<(), E>) -> Result<(), E> {
        let differs = |held: &&Held<K, T>| held.fresh || held.now != held.before;
        self.0
            .iter()
            .filter(differs)
            .try_for_each(|held| save(&held.key, &held.now))
    }
}
