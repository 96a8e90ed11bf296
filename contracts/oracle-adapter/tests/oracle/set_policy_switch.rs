//! The switch to another policy between two reports: what is judged by which, and what is kept across it.

use protocol_api::Scheduled;
use protocol_api::oracle::{
    Driver, FeedPolicy, FeedResponse, FixingEvidenceResponse, QueryMsg, Source, Validity,
};

use crate::world::{FEED, PRICE, START, World, decimal, minutes, policy, seconds, stored, terms};

/// When the other policy takes effect.
const AT: u64 = START + 100;

/// A world whose policy becomes another one at [`AT`], with a report five seconds before.
fn before(next: &FeedPolicy) -> World {
    let mut world = World::new();
    world.set_policy(next, AT).unwrap();
    world.set_time(AT - 5);
    world.publish(&world.report(PRICE)).unwrap();
    world
}

/// The block counts, not the time at which a report was made: that lies on either side of it.
#[test]
fn a_report_is_judged_by_the_policy_of_its_block() {
    let five = FeedPolicy {
        min_sources: 5,
        ..policy()
    };
    for (made, carried, expected) in [
        (AT - 1, AT - 1, Validity::Valid),
        (AT + 4, AT - 1, Validity::Valid),
        (AT - 1, AT, Validity::Uncertain),
        (AT, AT, Validity::Uncertain),
    ] {
        let mut world = before(&five);
        world.set_time(carried);
        let mut report = world.report(PRICE);
        report.time = u32::try_from(made).unwrap();
        report.sources.truncate(4);
        world.publish(&report).unwrap();
        assert_eq!(world.validity(), expected, "{made} carried at {carried}");
    }
}

#[test]
fn a_report_too_old_for_the_new_ages_is_refused_from_then_on_and_the_record_keeps_its_own() {
    let mut younger = policy();
    (younger.ages.aging, younger.ages.stale) = (5, 20);
    let late = |carried: u64| {
        let mut world = World::new();
        world.set_policy(&younger, AT).unwrap();
        world.set_time(AT - 30);
        let report = world.report(PRICE);
        world.set_time(carried);
        world.publish(&report)
    };
    late(AT - 1).unwrap();
    assert_eq!(late(AT).unwrap_err(), "E_REPORT_STALE");
    // Whoever reads the record raw knows no other ages than those it was published with.
    let mut world = before(&younger);
    world.set_time(AT + 5);
    assert_eq!(world.validity(), Validity::Valid);
    assert_eq!(world.record().ages, policy().ages);
    world.publish(&world.report(PRICE)).unwrap();
    assert_eq!(world.record().ages, younger.ages);
    world.advance(6);
    assert_eq!(world.validity(), Validity::Aging);
}

#[test]
fn bounds_that_a_held_price_lies_beyond_touch_the_next_report_alone() {
    let lower = FeedPolicy {
        max_price: decimal("99999"),
        ..policy()
    };
    let mut world = before(&lower);
    world.set_time(AT);
    assert_eq!(world.validity(), Validity::Valid);
    world.publish(&world.report(PRICE)).unwrap();
    let record = world.record();
    assert_eq!(record.validity, Validity::Invalid);
    assert_eq!(record.band.mid, decimal("100000"), "the prices held stay");
    world.advance(5);
    world.publish(&world.report(99_000)).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
}

#[test]
fn the_regime_goes_on_from_where_it_stands_at_its_own_speed() {
    let calmer = FeedPolicy {
        max_regime: decimal("1"),
        ..policy()
    };
    let mut world = World::new();
    world.set_policy(&calmer, AT).unwrap();
    let mut publish = |at: u64| {
        world.set_time(at);
        let mut report = world.report(PRICE);
        report.realized_vol = 1 << 16;
        world.publish(&report).unwrap();
        world.record().regime
    };
    publish(AT - 64);
    // 60 seconds of 1/256.
    assert_eq!(publish(AT - 4), decimal("1.234375"));
    // 5 seconds of 48 / 2^24: no leap down to the new bound.
    assert_eq!(publish(AT + 1), decimal("1.234360694885253906"));
}

/// Five sources of which the last is a contract that nobody can ask, and the same list from its end.
fn lists() -> [FeedPolicy; 2] {
    let mut mixed = policy();
    mixed.sources[4] = Source {
        name: "contract".into(),
        family: 9,
        driver: Driver::Contract {
            address: World::empty().stranger.to_string(),
            key: "p".into(),
        },
    };
    let mut reversed = mixed.clone();
    reversed.sources.reverse();
    [mixed, reversed]
}

#[test]
fn names_and_positions_of_sources_change_with_the_policy() {
    let [mixed, reversed] = lists();
    let mut world = World::new();
    world.set_policy(&mixed, START).unwrap();
    world.set_policy(&reversed, AT).unwrap();
    let names = |world: &World| {
        let shown: FeedResponse = world.query(&QueryMsg::Feed { feed: FEED }).unwrap();
        let Scheduled { current, next } = shown.policy;
        let names = |policy: FeedPolicy| {
            let names = policy.sources.into_iter().map(|source| source.name);
            names.collect::<Vec<_>>().join(" ")
        };
        (names(current), next.map(|planned| names(planned.value)))
    };
    let lists = ["a b c d contract", "contract d c b a"];
    assert_eq!(names(&world), (lists[0].into(), Some(lists[1].into())));
    // A report for the list of old mutes its contract by position.
    let report = |world: &World, contract: usize| {
        let mut report = world.report(PRICE);
        report.sources[contract].price = 0;
        report
    };
    world.set_time(AT - 1);
    let refused = world.publish(&report(&world, 0));
    assert_eq!(refused.unwrap_err(), "E_REPORT_SOURCE");
    world.publish(&report(&world, 4)).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
    // The same from the switch on: position 4 reports now, position 0 is the contract.
    world.set_time(AT);
    assert_eq!(names(&world), (lists[1].into(), None));
    let late = world.publish(&report(&world, 4));
    assert_eq!(late.unwrap_err(), "E_REPORT_SOURCE");
    world.publish(&report(&world, 0)).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
}

#[test]
fn a_position_that_the_new_list_does_not_have_is_refused() {
    let mut shorter = policy();
    shorter.sources.truncate(3);
    let mut world = before(&shorter);
    world.set_time(AT);
    let refused = world.publish(&world.report(PRICE));
    assert_eq!(refused.unwrap_err(), "E_REPORT_SOURCE");
    let mut report = world.report(PRICE);
    report.sources.truncate(3);
    world.publish(&report).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
}

/// The families of the list in force confirm an observation; what was observed before stays as it was.
#[test]
fn a_window_keeps_what_was_observed_before_the_switch() {
    let mut one_family = policy();
    for source in &mut one_family.sources {
        source.family = 0;
    }
    let mut world = World::with_short_window();
    world.set_policy(&one_family, START + 420).unwrap();
    for minute in 4..10 {
        world.set_time(START + minute * 60);
        world.publish(&world.report(PRICE)).unwrap();
    }
    world.set_time(START + 661);
    world.fix(minutes(10)).unwrap();
    let evidence = QueryMsg::FixingEvidence {
        feed: FEED,
        expiry: seconds(minutes(10)),
        start_after: None,
        limit: None,
    };
    let seen: FixingEvidenceResponse = world.query(&evidence).unwrap();
    let confirmed: Vec<bool> = seen.observations.iter().map(|one| one.confirmed).collect();
    assert_eq!(confirmed, [true, true, true, false, false, false]);
    let fixing = world.fixing(minutes(10));
    assert_eq!((fixing.filled, fixing.confirmed), (6, 3));
}

/// The widths that make a band uncertain, a source dead, or a price jumped: each is the new one from the switch on.
#[test]
fn every_limit_of_a_price_is_the_new_one() {
    let narrow = FeedPolicy {
        uncertain_above: decimal("0.001"),
        ..policy()
    };
    let certain = FeedPolicy {
        max_confidence: decimal("0.001"),
        ..policy()
    };
    let still = FeedPolicy {
        jump: decimal("0.005"),
        ..policy()
    };
    let fresh = FeedPolicy {
        source_age: 1,
        ..policy()
    };
    for (next, price, confidence, age, expected) in [
        (&narrow, PRICE, 300, 0, Validity::Uncertain),
        (&certain, PRICE, 300, 0, Validity::Invalid),
        (&still, PRICE + 1_000, 0, 0, Validity::Jumped),
        (&fresh, PRICE, 0, 2, Validity::Invalid),
    ] {
        for (at, expected) in [(AT - 1, Validity::Valid), (AT, expected)] {
            let mut world = before(next);
            world.set_time(at);
            let mut report = world.report(price);
            for source in &mut report.sources {
                (source.price, source.confidence, source.age) = (stored(price), confidence, age);
            }
            world.publish(&report).unwrap();
            assert_eq!(world.validity(), expected, "{next:?} at {at}");
        }
    }
}

/// A least price that rises may leave the slow price below it, where its step is less than a stored unit: it goes a unit.
#[test]
fn the_slow_price_moves_below_a_least_price_that_rose() {
    let mut world = World::empty();
    let mut terms = terms(6, 60);
    (terms.price_bits, terms.reference_price) = (12, decimal("1"));
    let mut policy = policy();
    (policy.min_price, policy.max_price) = (decimal("1"), decimal("1000"));
    (policy.slow_rate, policy.jump) = (decimal("0.000245"), decimal("0.5"));
    world.add_feed(FEED, &terms, &policy).unwrap();
    (policy.min_price, policy.slow_rate) = (decimal("1.5"), decimal("0.000163"));
    world.set_policy(&policy, world.now()).unwrap();
    for second in 0..100_u64 {
        world.advance(1);
        let mut report = world.report(PRICE);
        for source in &mut report.sources {
            source.price = 2 << 12;
        }
        report.expiries.clear();
        world.publish(&report).unwrap();
        // The first report has no time behind it.
        let moved = decimal(&(1.0 + second as f64 / 4_096.0).to_string());
        assert_eq!(world.record().slow_price, moved);
    }
}
