//! Feeds with their terms and policies; prices are shown as stored, ratios exactly as given.

use cosmwasm_std::Storage;
use protocol_api::decimal::from_atomics;
use protocol_api::oracle::{
    AgePolicy, Driver, FeedPolicy, FeedResponse, FeedTerms, FeedsResponse, FixingTerms, Source,
};
use protocol_api::{Planned, Scheduled};

use crate::core::advance::QUARANTINE_BIT;
use crate::core::feed::{Feed, Names, Policy, StoredSource, from_stored};
use crate::error::ContractError;
use crate::state;

pub fn feed(storage: &dyn Storage, id: u16, now: u64) -> Result<FeedResponse, ContractError> {
    let feed = state::feed(storage, id, now)?;
    Ok(view(id, &feed, state::names(storage, id, now)?, now))
}

pub fn feeds(
    storage: &dyn Storage,
    after: Option<u16>,
    limit: usize,
    now: u64,
) -> Result<FeedsResponse, ContractError> {
    let found = state::feeds(storage, after, limit, now)?;
    let feeds: Result<Vec<_>, ContractError> = found
        .iter()
        .map(|(id, feed)| Ok(view(*id, feed, state::names(storage, *id, now)?, now)))
        .collect();
    Ok(FeedsResponse { feeds: feeds? })
}

fn view(id: u16, feed: &Feed, names: Names, now: u64) -> FeedResponse {
    let until = feed.quarantine.until;
    FeedResponse {
        feed: id,
        policy: scheduled(feed, &names),
        terms: FeedTerms {
            kind: feed.kind(),
            symbol: names.symbol,
            price_bits: feed.price_bits,
            reference_price: from_stored(feed.reference, feed.price_bits),
            fixing: FixingTerms {
                buckets: feed.buckets,
                bucket_seconds: feed.bucket_seconds,
            },
        },
        quarantined_until: feed.quarantine.holds(QUARANTINE_BIT, now).then_some(until),
    }
}

/// The policy in force and the planned one, each with the names of its own sources.
fn scheduled(feed: &Feed, names: &Names) -> Scheduled<FeedPolicy> {
    let bits = feed.price_bits;
    let planned = feed.policy.next.as_ref().zip(names.sources.next.as_ref());
    Scheduled {
        current: policy(feed.policy(), &names.sources.current, bits),
        next: planned.map(|((from, next), (_, names))| Planned {
            value: policy(next, names, bits),
            effective_at: *from,
        }),
    }
}

fn policy(policy: &Policy, names: &[String], price_bits: u8) -> FeedPolicy {
    let [aging, stale, dead] = policy.ages;
    let ratio = |atomics: u64| from_atomics(atomics.into());
    FeedPolicy {
        sources: policy.sources.iter().zip(names).map(source).collect(),
        min_sources: policy.min_sources,
        min_price: from_stored(policy.min_price, price_bits),
        max_price: from_stored(policy.max_price, price_bits),
        source_age: policy.source_age,
        uncertain_above: ratio(policy.uncertain_above),
        max_confidence: ratio(policy.max_confidence),
        jump: ratio(policy.jump),
        slow_rate: ratio(policy.slow_rate),
        ages: AgePolicy { aging, stale, dead },
        normal_vol: ratio(policy.normal_vol),
        max_regime: ratio(policy.max_regime),
    }
}

fn source((stored, name): (&StoredSource, &String)) -> Source {
    let driver = match &stored.contract {
        None => Driver::Report {},
        Some((address, key)) => Driver::Contract {
            address: address.clone(),
            key: key.clone(),
        },
    };
    Source {
        name: name.clone(),
        family: stored.family,
        driver,
    }
}
