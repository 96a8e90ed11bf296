//! `Fix`: the ladder on chain. The short window has 6 buckets of 60 seconds.

use protocol_api::oracle::QueryMsg;
use protocol_api::record::{FixingRecord, decode, fixing_key};

use crate::world::{
    FEED, PRICE, START, World, decimal, entry, lognormal, minutes, seconds, stored, surface,
};

/// Expires ten minutes after the start; its window begins after four.
const EXPIRY: u32 = 10;
const DAY: u64 = 86_400;

/// A world with reports in the given buckets (minutes after the start) at the given prices.
fn observed(prices: &[(u64, u64)]) -> World {
    let mut world = World::with_short_window();
    for (minute, price) in prices {
        world.set_time(START + minute * 60 + 10);
        world.publish(&world.report(*price)).unwrap();
    }
    world
}

fn window(prices: [u64; 6]) -> Vec<(u64, u64)> {
    (4..10).zip(prices).collect()
}

#[test]
fn a_fixing_tells_its_buckets_and_nothing_is_left_of_its_hull() {
    let mut world = observed(&window([
        100_000, 100_100, 100_200, 100_300, 100_400, 100_500,
    ]));
    world.set_time(START + 661);
    world.fix(minutes(EXPIRY)).unwrap();
    let fixing = world.fixing(minutes(EXPIRY));
    assert_eq!((fixing.filled, fixing.confirmed), (6, 6));
    assert_eq!(fixing.hull.low, fixing.hull.high);
    assert_eq!(Some(fixing.hull.mid), fixing.price);
}

#[test]
fn observations_outside_the_window_do_not_count() {
    let mut prices = vec![(3, 90_500)];
    prices.extend(window([100_000; 6]));
    prices.push((10, 109_500));
    let mut world = observed(&prices);
    world.fix(minutes(EXPIRY)).unwrap();
    assert_eq!(world.fixing(minutes(EXPIRY)).price, Some(decimal("100000")));
}

#[test]
fn attack_risk_09_and_options_40_the_first_report_of_a_bucket_counts_and_the_rest_do_not() {
    let mut world = World::with_short_window();
    for (second, price) in [(240, 100_000), (245, 101_000), (299, 102_000)] {
        world.set_time(START + second);
        world.publish(&world.report(price)).unwrap();
    }
    let seen = world.evidence(minutes(EXPIRY));
    assert_eq!(seen.observations.len(), 1);
    assert_eq!(seen.observations[0].price, decimal("100000"));
    assert_eq!(u64::from(seen.observations[0].bucket) * 60, START + 240);
    assert_eq!(seen.observations[0].evidence.signers, [0, 1, 2, 3, 4]);
}

#[test]
fn attack_risk_08_a_push_in_one_bucket_moves_the_price_by_a_bounded_share() {
    // One bucket 9 % off is winsorised to 1 %: the mean moves by 1/6 % instead of 1.5 %.
    let mut world = observed(&window([
        100_000, 100_000, 109_000, 100_000, 100_000, 100_000,
    ]));
    world.set_time(START + 700);
    world.fix(minutes(EXPIRY)).unwrap();
    let price = world.fixing(minutes(EXPIRY)).price.unwrap();
    assert!(
        price > decimal("100166.666") && price < decimal("100166.667"),
        "{price}"
    );
}

#[test]
fn attack_risk_07_and_options_40_no_fixing_while_observations_may_still_come() {
    let mut world = observed(&window([100_000; 6]));
    for second in [599, 600, 660] {
        world.set_time(START + second);
        assert_eq!(world.fix(minutes(EXPIRY)).unwrap_err(), "E_FIXING_OPEN");
    }
    // A report after the expiry closes the window early: times strictly rise.
    let mut early = observed(&window([100_000; 6]));
    early.set_time(START + 600);
    early.publish(&early.report(PRICE)).unwrap();
    early.fix(minutes(EXPIRY)).unwrap();
    // Otherwise it closes when a report of the window would be stale.
    world.set_time(START + 661);
    world.fix(minutes(EXPIRY)).unwrap();
}

#[test]
fn a_fixing_never_changes() {
    let mut world = observed(&window([100_000; 6]));
    world.set_time(START + 661);
    world.fix(minutes(EXPIRY)).unwrap();
    world.publish(&world.report(105_000)).unwrap();
    assert_eq!(world.fix(minutes(EXPIRY)).unwrap_err(), "E_FIXING_DONE");
    assert_eq!(world.fixing(minutes(EXPIRY)).price, Some(decimal("100000")));
}

#[test]
fn rung_2_needs_half_of_the_buckets_confirmed_by_a_second_family() {
    // Three of six buckets, as in `spec_example_rung_2`, with one family alone in agreement: not confirmed.
    let mut world = World::with_short_window();
    for (minute, price) in [(4, 100_000), (6, 100_200), (8, 100_400)] {
        world.set_time(START + minute * 60);
        let mut report = world.report(price);
        // Sources 0 and 1 are family 0; 2 and 3 family 1; 4 family 2.
        report.sources.truncate(4);
        report.sources[3].price = stored(price + 3_000);
        report.sources[2].price = stored(price + 1_500);
        report.sources.remove(3);
        world.publish(&report).unwrap();
    }
    world.set_time(START + 661);
    assert_eq!(world.fix(minutes(EXPIRY)).unwrap_err(), "E_FIXING_EARLY");
}

#[test]
fn rung_3_comes_after_a_day_and_not_before() {
    let mut world = observed(&[(4, 100_000), (9, 100_600)]);
    world.set_time(START + 600 + DAY - 1);
    assert_eq!(world.fix(minutes(EXPIRY)).unwrap_err(), "E_FIXING_EARLY");
    world.set_time(START + 600 + DAY);
    world.fix(minutes(EXPIRY)).unwrap();
}

#[test]
fn attack_risk_10_everyone_silent_for_seven_days() {
    let mut world = observed(&[(0, 99_000), (3, 98_500)]);
    world.set_time(START + 600 + 7 * DAY - 1);
    assert_eq!(world.fix(minutes(EXPIRY)).unwrap_err(), "E_FIXING_EARLY");
    world.set_time(START + 600 + 7 * DAY);
    world.fix(minutes(EXPIRY)).unwrap();
    let fixing = world.fixing(minutes(EXPIRY));
    assert_eq!(
        (fixing.price, fixing.rung),
        (Some(decimal("98500")), Some(4))
    );
}

#[test]
fn attack_risk_10_no_report_ever_ends_at_the_reference_price() {
    let mut world = World::with_short_window();
    world.set_time(START + 600 + 7 * DAY);
    world.fix(minutes(EXPIRY)).unwrap();
    let fixing = world.fixing(minutes(EXPIRY));
    assert_eq!(
        (fixing.price, fixing.rung),
        (Some(decimal("100000")), Some(4))
    );
}

#[test]
fn attack_risk_10_silence_then_return_gives_the_same_price() {
    // Reports come back after the window: the last rung still uses the price before it.
    let mut world = observed(&[(3, 98_500)]);
    for day in 1..=7 {
        world.set_time(START + day * DAY);
        world.publish(&world.report(91_000)).unwrap();
    }
    world.set_time(START + 600 + 7 * DAY);
    world.fix(minutes(EXPIRY)).unwrap();
    assert_eq!(world.fixing(minutes(EXPIRY)).price, Some(decimal("98500")));
}

#[test]
fn a_jumped_price_is_observed_but_is_no_price_before_a_window() {
    let mut world = observed(&[(2, 99_000), (3, 120_000)]);
    world.set_time(START + 600 + 7 * DAY);
    world.fix(minutes(EXPIRY)).unwrap();
    assert_eq!(world.fixing(minutes(EXPIRY)).price, Some(decimal("99000")));
}

#[test]
fn attack_risk_10_a_long_jump_before_a_window_does_not_reach_back_to_the_reference_price() {
    // Valid at 99,000, then a hundred jumped buckets and silence through the window of a later expiry.
    let mut world = World::with_short_window();
    world.set_time(START + 60);
    world.publish(&world.report(99_000)).unwrap();
    for minute in 2..102 {
        world.set_time(START + minute * 60);
        let mut report = world.report(900_000);
        report.time -= 1;
        world.publish(&report).unwrap();
    }
    let expiry = minutes(120);
    world.set_time(START + 120 * 60 + 7 * DAY);
    world.fix(expiry).unwrap();
    let fixing = world.fixing(expiry);
    assert_eq!(
        (fixing.price, fixing.rung),
        (Some(decimal("99000")), Some(4))
    );
}

#[test]
fn attack_risk_40_the_tape_keeps_ten_days_and_one_price_before() {
    let mut world = World::with_short_window();
    // One report a day for thirty days: nothing older than ten days is kept but the newest of that.
    for day in 0..30 {
        world.set_time(START + day * DAY);
        world.publish(&world.report(100_000 + day)).unwrap();
    }
    let keys = world.app.dump_wasm_raw(&world.adapter);
    let tape = keys
        .iter()
        .filter(|(key, _)| key.starts_with(b"\x04tape"))
        .count();
    assert_eq!(tape, 12, "eleven young ones and the last before");
}

#[test]
fn uncertain_reports_leave_their_bucket_empty() {
    let mut world = World::with_short_window();
    for minute in 4..10 {
        world.set_time(START + minute * 60);
        let mut report = world.report(PRICE);
        report.sources.truncate(2);
        world.publish(&report).unwrap();
    }
    assert_eq!(world.fixing(minutes(EXPIRY)).filled, 0);
}

#[test]
fn the_record_follows_windows_of_its_expiries_and_forgets_them_when_fixed() {
    let mut world = World::with_short_window();
    let listed = || surface(vec![entry(minutes(EXPIRY), PRICE, lognormal(4))]);
    let mut report = world.report(PRICE);
    report.expiries = listed();
    world.publish(&report).unwrap();
    assert!(world.record().pending.is_empty());
    for (minute, price) in window([100_000, 100_100, 100_200, 100_300, 100_400, 100_500]) {
        world.set_time(START + minute * 60);
        let mut report = world.report(price);
        report.expiries = listed();
        world.publish(&report).unwrap();
    }
    let record = world.record();
    let pending = &record.pending[0];
    assert_eq!(
        (pending.expiry, pending.filled, pending.confirmed),
        (seconds(minutes(EXPIRY)), 6, 6)
    );
    assert_eq!(pending.mean, Some(decimal("100250")));

    world.set_time(START + 601);
    world.publish(&world.report(PRICE)).unwrap();
    let hull = &world.record().pending[0].hull;
    assert_eq!(
        (hull.low, hull.mid, hull.high),
        (decimal("100000"), decimal("100250"), decimal("100500"))
    );
    world.fix(minutes(EXPIRY)).unwrap();
    assert!(world.record().pending.is_empty());
    world.advance(5);
    world.publish(&world.report(PRICE)).unwrap();
    assert!(
        world.record().pending.is_empty(),
        "a fixed expiry is not followed again"
    );
}

#[test]
fn without_any_observation_the_hull_is_the_band_the_slow_price_and_the_price_before() {
    let mut world = World::with_short_window();
    let mut report = world.report(99_000);
    report.expiries = surface(vec![entry(minutes(EXPIRY), PRICE, lognormal(4))]);
    world.publish(&report).unwrap();
    world.set_time(START + 700);
    world.publish(&world.report(97_000)).unwrap();
    let hull = world.fixing(minutes(EXPIRY)).hull;
    assert_eq!(hull.low, decimal("97000"));
    assert_eq!(
        hull.mid,
        decimal("99000"),
        "what the last rung would return"
    );
    assert!(
        hull.high > decimal("99000"),
        "the slow price: {}",
        hull.high
    );
}

#[test]
fn other_contracts_read_the_fixing_raw() {
    let mut world = observed(&window([100_000; 6]));
    let raw = |world: &World| {
        world
            .app
            .wrap()
            .query_wasm_raw(&world.adapter, fixing_key(FEED, minutes(EXPIRY)))
            .unwrap()
    };
    assert_eq!(raw(&world), None);
    world.set_time(START + 661);
    world.fix(minutes(EXPIRY)).unwrap();
    let record: FixingRecord = decode(&raw(&world).unwrap()).unwrap();
    assert_eq!(
        (record.price, record.rung),
        (fixed_math::Fx::from_num(100_000), 1)
    );
}

#[test]
fn a_fixing_of_an_unknown_feed_or_a_time_before_the_feed_is_refused() {
    let mut world = World::with_short_window();
    let sender = world.stranger.clone();
    let unknown = protocol_api::oracle::ExecuteMsg::Fix {
        feed: 9,
        expiry: seconds(minutes(1)),
    };
    assert_eq!(
        world.execute(&sender, &unknown).unwrap_err(),
        "E_FEED_UNKNOWN"
    );
    assert_eq!(
        world.fix(minutes(0) - 20_000).unwrap_err(),
        "E_FIXING_NO_PRICE"
    );
}

#[test]
fn an_expiry_is_a_whole_minute() {
    let mut world = World::with_short_window();
    let (feed, expiry) = (FEED, seconds(minutes(EXPIRY)) + 1);
    let sender = world.stranger.clone();
    let fix = protocol_api::oracle::ExecuteMsg::Fix { feed, expiry };
    assert_eq!(world.execute(&sender, &fix).unwrap_err(), "E_FEED_RANGE");
    let (start_after, limit) = (None, None);
    for question in [
        QueryMsg::Fixing { feed, expiry },
        QueryMsg::Progress { feed, expiry },
        QueryMsg::Fixings {
            feed,
            start_after: Some(expiry),
            limit,
        },
        QueryMsg::FixingEvidence {
            feed,
            expiry,
            start_after,
            limit,
        },
    ] {
        let refused = world.query::<serde_json::Value>(&question).unwrap_err();
        assert_eq!(refused, "E_FEED_RANGE", "{question:?}");
    }
}
