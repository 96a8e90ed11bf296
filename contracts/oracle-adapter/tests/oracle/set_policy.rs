//! `SetPolicy`: what may change of a feed, from the next report on.

use protocol_api::oracle::{ExecuteMsg, FeedResponse, FeedTerms, QueryMsg, Validity};

use crate::world::{FEED, PRICE, START, World, decimal, minutes, policy, terms};

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

/// What a policy may change is how reports are judged from now on: what was observed pays as it would have.
#[test]
fn attack_options_2_a_changed_policy_touches_no_fixing_made_or_to_come() {
    let fixed = |meddles: bool| {
        let mut world = World::with_short_window();
        for minute in 0..6 {
            world.set_time(START + (4 + minute) * 60);
            world.publish(&world.report(PRICE + minute * 100)).unwrap();
        }
        // 109,000 in the window of the next minute alone.
        world.set_time(START + 600);
        world.publish(&world.report(109_000)).unwrap();
        world.fix(minutes(10)).unwrap();
        if meddles {
            let mut other = policy();
            other.sources.reverse();
            (other.min_price, other.max_price) = (decimal("1"), decimal("100000"));
            (other.jump, other.slow_rate) = (decimal("0.005"), decimal("0.001"));
            (other.min_sources, other.source_age) = (5, 1);
            let owner = world.owner.clone();
            let msg = ExecuteMsg::SetPolicy {
                feed: FEED,
                policy: other,
            };
            world.execute(&owner, &msg).unwrap();
            // Decimals, reference and window are the feed's for ever.
            for (price_bits, reference) in [(20, "100000"), (32, "90000")] {
                let terms = FeedTerms {
                    price_bits,
                    reference_price: decimal(reference),
                    ..terms(6, 60)
                };
                let again = world.add_feed(FEED, &terms, &policy());
                assert_eq!(again.unwrap_err(), "E_FEED_EXISTS");
            }
        }
        world.set_time(START + 721);
        world.fix(minutes(11)).unwrap();
        [10, 11].map(|minute| {
            let made = world.fixing(minutes(minute));
            (made.price, made.rung, made.filled, made.evidence)
        })
    };
    let [made, later] = fixed(false);
    assert_eq!((made.0, made.1), (Some(decimal("100250")), Some(1)));
    // 100,100 to 100,500 and 109,000, of which 1 % above the median of 100,350 counts.
    assert_eq!(
        (later.0, later.1),
        (Some(decimal("100475.583333333333333333")), Some(1))
    );
    assert_eq!(fixed(true), [made, later]);
}
