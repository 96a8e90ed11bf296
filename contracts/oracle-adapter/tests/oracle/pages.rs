//! Lists with more records than a page holds.

use cosmwasm_std::Binary;
use protocol_api::oracle::{
    ExecuteMsg, FeedsResponse, FixingEvidenceResponse, FixingsResponse, QueryMsg,
    SignerEpochsResponse,
};

use crate::paging::check_pages;
use crate::world::{FEED, PRICE, START, World, key, minutes, policy, public, seconds, terms};

const DAY: u64 = 86_400;

#[test]
fn attack_risk_40_feeds_come_in_pages() {
    let mut world = World::empty();
    let mut feeds: Vec<u16> = (1..=104).chain([500]).collect();
    for feed in feeds.iter().rev() {
        world.add_feed(*feed, &terms(60, 30), &policy()).unwrap();
    }
    feeds.sort_unstable();
    check_pages(100, &feeds, |start_after, limit| {
        let query = QueryMsg::Feeds { start_after, limit };
        let found: FeedsResponse = world.query(&query).unwrap();
        found.feeds.iter().map(|feed| feed.feed).collect()
    });
}

#[test]
fn attack_risk_40_fixings_come_in_pages() {
    let mut world = World::with_short_window();
    world.publish(&world.report(PRICE)).unwrap();
    let dates: Vec<u32> = (10..115).map(minutes).collect();
    world.set_time(seconds(dates[104]) + 8 * DAY);
    for expiry in &dates {
        world.fix(*expiry).unwrap();
    }
    let dates: Vec<u64> = dates.into_iter().map(seconds).collect();
    check_pages(100, &dates, |start_after, limit| {
        let query = QueryMsg::Fixings {
            feed: FEED,
            start_after,
            limit,
        };
        let found: FixingsResponse = world.query(&query).unwrap();
        found.fixings.iter().map(|fixing| fixing.expiry).collect()
    });
}

/// A window of 105 buckets, with an observation in each and one before and after.
#[test]
fn attack_risk_40_observations_of_a_window_come_in_pages() {
    let mut world = World::empty();
    world.add_feed(FEED, &terms(105, 60), &policy()).unwrap();
    for minute in 14..=120 {
        world.set_time(START + minute * 60 + 10);
        world.publish(&world.report(PRICE)).unwrap();
    }
    let buckets: Vec<u32> = (15..120).map(minutes).collect();
    check_pages(100, &buckets, |start_after, limit| {
        let query = QueryMsg::FixingEvidence {
            feed: FEED,
            expiry: seconds(minutes(120)),
            start_after,
            limit,
        };
        let found: FixingEvidenceResponse = world.query(&query).unwrap();
        found.observations.iter().map(|seen| seen.bucket).collect()
    });
}

#[test]
fn attack_risk_40_signer_epochs_come_in_pages() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let signers: Vec<Binary> = (11..=15).map(|seed| public(&key(seed))).collect();
    for _ in 2..=105 {
        let rotate = ExecuteMsg::RotateSigners {
            signers: signers.clone(),
            threshold: 3,
            overlap_seconds: 0,
        };
        world.execute(&owner, &rotate).unwrap();
        world.advance(1);
    }
    let epochs: Vec<u32> = (1..=105).collect();
    check_pages(100, &epochs, |start_after, limit| {
        let query = QueryMsg::SignerEpochs { start_after, limit };
        let found: SignerEpochsResponse = world.query(&query).unwrap();
        found.epochs.iter().map(|epoch| epoch.epoch).collect()
    });
}
