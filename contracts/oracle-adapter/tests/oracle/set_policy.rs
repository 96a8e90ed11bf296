//! `SetPolicy`: what may change of a feed, from the next report on.

use protocol_api::oracle::{ExecuteMsg, FeedResponse, QueryMsg, Validity};

use crate::world::{FEED, PRICE, World, decimal, policy};

#[test]
fn a_new_policy_applies_from_the_next_report() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    let mut tighter = policy();
    tighter.max_price = decimal("100000");
    tighter.min_sources = 5;
    let owner = world.owner.clone();
    world
        .execute(
            &owner,
            &ExecuteMsg::SetPolicy {
                feed: FEED,
                policy: tighter.clone(),
            },
        )
        .unwrap();
    assert_eq!(
        world.validity(),
        Validity::Valid,
        "what is published stays published"
    );
    world.advance(5);
    world.publish(&world.report(100_001)).unwrap();
    assert_eq!(world.validity(), Validity::Invalid);
    world.advance(5);
    let mut four = world.report(PRICE);
    four.sources.truncate(4);
    world.publish(&four).unwrap();
    assert_eq!(
        world.validity(),
        Validity::Uncertain,
        "four of five that are needed now"
    );
    let answer: FeedResponse = world.query(&QueryMsg::Feed { feed: FEED }).unwrap();
    assert_eq!(answer.policy, tighter);
}

#[test]
fn a_policy_out_of_range_or_of_an_unknown_feed_is_refused() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let mut loose = policy();
    loose.jump = decimal("0.6");
    let refused = world.execute(
        &owner,
        &ExecuteMsg::SetPolicy {
            feed: FEED,
            policy: loose,
        },
    );
    assert_eq!(refused.unwrap_err(), "E_FEED_RANGE");
    let unknown = ExecuteMsg::SetPolicy {
        feed: 9,
        policy: policy(),
    };
    assert_eq!(
        world.execute(&owner, &unknown).unwrap_err(),
        "E_FEED_UNKNOWN"
    );
}
