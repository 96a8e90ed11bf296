//! Reading the oracle adapter: raw queries of its documented binary records, at most one per feed, and a question to itself
//! about a window that the record does not follow.

use cosmwasm_std::{QuerierWrapper, StdResult};
use fixed_math::Fx;
use protocol_api::oracle::{ProgressResponse, QueryMsg, Validity, validity_at};
use protocol_api::record::{
    MarketRecord, PackedPending, decode, fixing_key, market_record_key, settlement_price, to_state,
};
use protocol_std::expiry::seconds;
use protocol_std::message;
use risk::{FixingStage, FixingState, UnderlyingState};

/// A feed's record, decoded.
#[derive(Clone, Debug)]
pub struct Feed {
    /// How valid it is now.
    pub validity: Validity,
    /// What margin knows of it; absent when its numbers cannot be used.
    pub state: Option<UnderlyingState>,
    /// Buckets and seconds per bucket of its fixings.
    pub fixing: (u16, u16),
    record: MarketRecord,
    /// Final prices of legs that wait to be settled; the record has dropped them.
    finals: Vec<FixingState>,
}

impl Feed {
    /// The state that the record and the final prices make together.
    fn derive(&mut self, id: u16, now: u64) {
        self.state = to_state(id, &self.record, now).ok();
        if let Some(state) = &mut self.state {
            let known = |expiry| self.finals.iter().any(|fixing| fixing.expiry == expiry);
            state.fixings.retain(|fixing| !known(fixing.expiry));
            state.fixings.extend(self.finals.iter().cloned());
        }
    }

    /// Whether margin cannot tell yet how far the fixing of an expiry has come.
    fn misses(&self, expiry: u32, now: u64) -> bool {
        let is_final = self.finals.iter().any(|fixing| fixing.expiry == expiry);
        self.state.is_some() && !is_final && self.record.misses(expiry, now)
    }
}

/// Feeds read so far.
pub struct Feeds<'a> {
    querier: QuerierWrapper<'a>,
    oracle: String,
    now: u64,
    cache: Vec<(u16, Option<Feed>)>,
}

impl<'a> Feeds<'a> {
    /// Reads from the adapter at `oracle`.
    pub const fn new(querier: QuerierWrapper<'a>, oracle: String, now: u64) -> Self {
        Self {
            querier,
            oracle,
            now,
            cache: Vec::new(),
        }
    }

    /// The record of a feed; `None` when there is none or it cannot be read. A broken feed is a feed
    /// without price, never an error: covered accounts must not depend on it.
    pub fn feed(&mut self, id: u16) -> Option<&Feed> {
        if !self.cache.iter().any(|(known, _)| *known == id) {
            let feed = self.read(id);
            self.cache.push((id, feed));
        }
        self.cache
            .iter()
            .find(|(known, _)| *known == id)?
            .1
            .as_ref()
    }

    /// Makes the state know how far the fixing of an expiry (unix minutes) has come, whether or not its date is on the surface.
    /// A window that nobody can tell leaves the feed without price.
    pub fn follow(&mut self, id: u16, expiry: u32) {
        let now = self.now;
        if !self.feed(id).is_some_and(|feed| feed.misses(expiry, now)) {
            return;
        }
        let question = QueryMsg::Progress {
            feed: id,
            expiry: seconds(expiry),
        };
        let answer: StdResult<ProgressResponse> =
            message::ask(self.querier, &self.oracle, &question);
        let cached = self.cache.iter_mut().find(|(known, _)| *known == id);
        let Some((_, Some(feed))) = cached else {
            return;
        };
        feed.state = None;
        if let Ok(progress) = answer {
            let window = PackedPending::of(expiry, &progress);
            feed.record.pending.push(window);
            feed.derive(id, now);
        }
    }

    /// The final settlement price of an expiry (unix minutes), if there is one that can be read.
    pub fn fixing(&self, id: u16, expiry: u32) -> Option<Fx> {
        let key = fixing_key(id, expiry);
        settlement_price(&self.querier.query_wasm_raw(&self.oracle, key).ok()??)
    }

    /// Tells margin the final price of an expiry whose legs are not settled yet: the feed's record has dropped it.
    pub fn note_final(&mut self, id: u16, expiry: u32, price: Fx) {
        self.feed(id);
        let now = self.now;
        let cached = self.cache.iter_mut().find(|(known, _)| *known == id);
        let feed = cached.and_then(|(_, feed)| feed.as_mut());
        if let Some(feed) = feed.filter(|feed| feed.state.is_some()) {
            feed.finals.retain(|fixing| fixing.expiry != expiry);
            let stage = FixingStage::Final { price };
            feed.finals.push(FixingState { expiry, stage });
            feed.derive(id, now);
        }
    }

    fn read(&self, id: u16) -> Option<Feed> {
        let key = market_record_key(id);
        let bytes = self.querier.query_wasm_raw(&self.oracle, key).ok()??;
        let record: MarketRecord = decode(&bytes).ok()?;
        Some(Feed {
            validity: validity_at(&record, self.now),
            state: to_state(id, &record, self.now).ok(),
            fixing: (record.buckets.into(), record.bucket_seconds.into()),
            record,
            finals: Vec::new(),
        })
    }
}

/// Whether two prices are within 5 % of the second.
pub fn are_near(price: Fx, reference: Fx) -> bool {
    let (price, reference) = (price.to_bits(), reference.to_bits());
    price.abs_diff(reference) <= reference.unsigned_abs() / 20
}
