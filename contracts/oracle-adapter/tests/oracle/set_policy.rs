//! `SetPolicy`: what may change of a feed, from a stated time on.

use cw_multi_test::AppResponse;
use protocol_api::oracle::{
    ExecuteMsg, FeedPolicy, FeedResponse, FeedTerms, FeedsResponse, QueryMsg, Validity,
};
use protocol_api::{Planned, Scheduled};

use crate::world::{FEED, PRICE, START, World, decimal, minutes, policy, terms};

const YEAR_SECONDS: u64 = 366 * 86_400;

/// All five sources are needed, and nothing may cost more than 100,000.
fn tighter() -> FeedPolicy {
    FeedPolicy {
        max_price: decimal("100000"),
        min_sources: 5,
        ..policy()
    }
}

/// What `Feed` and `Feeds` show, which is the same.
fn shown(world: &World) -> Scheduled<FeedPolicy> {
    let one: FeedResponse = world.query(&QueryMsg::Feed { feed: FEED }).unwrap();
    let all = QueryMsg::Feeds {
        start_after: None,
        limit: None,
    };
    let all: FeedsResponse = world.query(&all).unwrap();
    assert_eq!(all.feeds, std::slice::from_ref(&one));
    one.policy
}

/// When another policy follows.
fn planned_for(world: &World) -> Option<u64> {
    shown(world).next.map(|planned| planned.effective_at)
}

fn alone(current: FeedPolicy) -> Scheduled<FeedPolicy> {
    Scheduled {
        current,
        next: None,
    }
}

/// The `feed` and `names` records of the feed.
fn stored(world: &World) -> [Vec<u8>; 2] {
    ["feed", "names"].map(|namespace| {
        let mut key = vec![u8::try_from(namespace.len()).unwrap()];
        key.extend(namespace.as_bytes());
        key.extend(FEED.to_be_bytes());
        let found = world.app.wrap().query_wasm_raw(&world.adapter, key);
        found.unwrap().unwrap()
    })
}

fn told(response: &AppResponse) -> Vec<(&str, &str)> {
    let set = response
        .events
        .iter()
        .find(|event| event.ty == "wasm-policy_set");
    let attributes = set.unwrap().attributes.iter();
    attributes
        .map(|attribute| (attribute.key.as_str(), attribute.value.as_str()))
        .filter(|(key, _)| !key.starts_with('_'))
        .collect()
}

/// The level of a report that four sources make at the price.
fn four(world: &mut World) -> Validity {
    let mut report = world.report(PRICE);
    report.sources.truncate(4);
    world.publish(&report).unwrap();
    world.validity()
}

#[test]
fn a_policy_set_for_now_applies_from_the_next_report() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    let response = world.set_policy(&tighter(), START).unwrap();
    let at = START.to_string();
    assert_eq!(
        told(&response),
        [("feed", "1"), ("effective_at", at.as_str())]
    );
    assert_eq!(shown(&world), alone(tighter()));
    assert_eq!(
        world.validity(),
        Validity::Valid,
        "what is published stays published"
    );
    world.advance(5);
    world.publish(&world.report(100_001)).unwrap();
    assert_eq!(world.validity(), Validity::Invalid);
    world.advance(5);
    assert_eq!(
        four(&mut world),
        Validity::Uncertain,
        "four of five that are needed now"
    );
}

#[test]
fn attack_risk_35_a_policy_takes_effect_at_the_stated_time_and_not_before() {
    let mut world = World::new();
    let at = START + 60;
    world.set_policy(&tighter(), at).unwrap();
    let planned = Scheduled {
        current: policy(),
        next: Some(Planned {
            value: tighter(),
            effective_at: at,
        }),
    };
    assert_eq!(shown(&world), planned);
    assert_eq!(four(&mut world), Validity::Valid);
    world.set_time(at - 1);
    assert_eq!(four(&mut world), Validity::Valid);
    assert_eq!(shown(&world), planned);
    world.set_time(at);
    assert_eq!(shown(&world), alone(tighter()), "before any report");
    assert_eq!(four(&mut world), Validity::Uncertain);
    assert_eq!(shown(&world), alone(tighter()), "and after");
    world.advance(86_400);
    assert_eq!(four(&mut world), Validity::Uncertain);
}

#[test]
fn a_policy_for_another_time_out_of_range_or_of_an_unknown_feed_is_refused_and_changes_nothing() {
    let mut world = World::new();
    let planned = FeedPolicy {
        jump: decimal("0.2"),
        ..policy()
    };
    world.set_policy(&planned, START + 60).unwrap();
    let before = stored(&world);
    for at in [0, START - 1, START + YEAR_SECONDS + 1, u64::MAX] {
        assert_eq!(world.set_policy(&tighter(), at).unwrap_err(), "E_FEED_TIME");
    }
    let mut loose = policy();
    loose.jump = decimal("0.6");
    for at in [START, START + 60] {
        assert_eq!(world.set_policy(&loose, at).unwrap_err(), "E_FEED_RANGE");
    }
    let unknown = ExecuteMsg::SetPolicy {
        feed: 9,
        policy: policy(),
        effective_at: START,
    };
    let owner = world.owner.clone();
    assert_eq!(
        world.execute(&owner, &unknown).unwrap_err(),
        "E_FEED_UNKNOWN"
    );
    assert_eq!(stored(&world), before);
    world.set_policy(&tighter(), START + YEAR_SECONDS).unwrap();
    assert_eq!(planned_for(&world), Some(START + YEAR_SECONDS));
}

#[test]
fn a_policy_replaces_the_planned_one_and_not_one_that_is_in_force() {
    let mut world = World::new();
    let [first, second, third] = ["0.2", "0.3", "0.4"].map(|jump| FeedPolicy {
        jump: decimal(jump),
        ..policy()
    });
    world.set_policy(&first, START + 10).unwrap();
    world.advance(9);
    world.set_policy(&second, START + 20).unwrap();
    world.advance(2);
    assert_eq!(shown(&world).current, policy(), "the first never came");
    world.set_time(START + 20);
    assert_eq!(shown(&world), alone(second.clone()));
    // No report has come since: the second is in force all the same.
    world.set_policy(&third, START + 30).unwrap();
    let planned = Scheduled {
        current: second.clone(),
        next: Some(Planned {
            value: third,
            effective_at: START + 30,
        }),
    };
    assert_eq!(shown(&world), planned);
    // What is planned is withdrawn by what is in force.
    world.set_policy(&second, world.now()).unwrap();
    world.set_time(START + 30);
    assert_eq!(shown(&world), alone(second));
}

/// A report reads the feed's record whole: with nothing planned it holds one byte for that, and the first report after the
/// time drops what was replaced.
#[test]
fn the_record_holds_a_second_policy_until_the_first_report_after_its_time() {
    let mut world = World::new();
    let [feed, names] = stored(&world);
    // Version, terms, policy, quarantine, nothing planned.
    assert_eq!(feed.len(), 1 + 16 + 86 + 20 + 1);
    world.set_policy(&tighter(), START + 10).unwrap();
    let [planned, _] = stored(&world);
    // The time, and all of the policy: a count and 5 sources of 2 bytes, 2 bytes, 8 prices and ratios, 3 ages.
    assert_eq!(planned.len(), feed.len() + 8 + 86);
    four(&mut world);
    assert_eq!(
        stored(&world)[0],
        planned,
        "a report before writes nothing here"
    );
    world.set_time(START + 10);
    let mut unordered = world.report(PRICE);
    unordered.sources.swap(0, 1);
    let refused = world.publish(&unordered);
    assert_eq!(refused.unwrap_err(), "E_REPORT_SOURCE");
    assert_eq!(stored(&world)[0], planned);
    four(&mut world);
    let [switched, _] = stored(&world);
    assert_eq!(switched.len(), feed.len());
    world.advance(5);
    four(&mut world);
    assert_eq!(stored(&world)[0], switched);
    // A policy for now never leaves a second one.
    world.set_policy(&policy(), world.now()).unwrap();
    assert_eq!(stored(&world), [feed, names]);
}

#[test]
fn a_quarantine_keeps_what_is_planned() {
    let mut world = World::new();
    world.set_policy(&tighter(), START + 60).unwrap();
    let (guardian, owner) = (world.guardian.clone(), world.owner.clone());
    let brake = ExecuteMsg::Quarantine {
        feed: FEED,
        seconds: 30_u64,
    };
    world.execute(&guardian, &brake).unwrap();
    assert_eq!(planned_for(&world), Some(START + 60));
    world.set_time(START + 60);
    let lift = ExecuteMsg::LiftQuarantine { feed: FEED };
    world.execute(&owner, &lift).unwrap();
    assert_eq!(shown(&world), alone(tighter()));
    assert_eq!(four(&mut world), Validity::Uncertain);
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
            // One now, and one for the time in which the window is observed.
            world.set_policy(&policy(), world.now()).unwrap();
            world.set_policy(&other, world.now()).unwrap();
            let later = FeedPolicy {
                jump: decimal("0.5"),
                ..policy()
            };
            world.set_policy(&later, START + 660).unwrap();
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
