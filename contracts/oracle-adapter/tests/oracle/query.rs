//! Queries: human units, raw records, and what margin makes of them.

use fixed_math::Fx;
use protocol_api::oracle::{ProgressResponse, QueryMsg, RecordResponse, ValidityResponse};
use protocol_api::record::{MarketRecord, PackedPending, decode, market_record_key, to_state};
use risk::{Band, FixingStage};

use crate::world::{
    FEED, PRICE, START, World, decimal, entry, lognormal, minutes, mixture, seconds, stored,
    surface,
};

fn raw(world: &World) -> MarketRecord {
    let key = market_record_key(FEED);
    decode(
        &world
            .app
            .wrap()
            .query_wasm_raw(&world.adapter, key)
            .unwrap()
            .unwrap(),
    )
    .unwrap()
}

#[test]
fn other_contracts_read_the_record_raw_and_get_margins_state() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    report.expiries = surface(vec![
        entry(minutes(1_440), 100_100, mixture(40)),
        entry(minutes(10_080), 100_700, lognormal(110)),
    ]);
    report.expiries[0].entry.discount_deficit = 1 << 20;
    report.expiries[1].entry.discount_deficit = 1 << 22;
    report.expiries[1].entry.confidence = 13;
    world.publish(&report).unwrap();
    let state = to_state(FEED, &raw(&world), START).unwrap();
    assert_eq!((state.underlying, state.sequence), (FEED, 1));
    assert_eq!(state.spot.mid, Fx::from_num(100_000));
    assert_eq!(state.slow, Fx::from_num(100_000));
    assert_eq!(state.regime, risk::Regime::CALM);
    let forwards: Vec<Fx> = state.expiries.iter().map(|expiry| expiry.forward).collect();
    assert_eq!(forwards, [Fx::from_num(100_100), Fx::from_num(100_700)]);
    assert_eq!(state.expiries[0].discount, Fx::ONE - Fx::from_bits(1 << 52));
    assert_eq!(state.expiries[1].confidence, 13 << 8);
    assert_eq!(state.expiries[0].slice.components().len(), 4);
    assert!(state.fixings.is_empty());
}

#[test]
fn attack_risk_18_the_band_widens_with_age_and_only_then() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    let record = raw(&world);
    let mut last = to_state(FEED, &record, START).unwrap().spot;
    assert_eq!(last.low, last.high);
    for age in 0..2_000 {
        let spot = to_state(FEED, &record, START + age).unwrap().spot;
        assert!(spot.low <= last.low && spot.high >= last.high && spot.mid == last.mid);
        assert_eq!(spot.low < spot.mid, age > 10, "{age}");
        last = spot;
    }
    // A sixteenth at most: 93,750 to 106,250.
    assert_eq!(last.low.to_num::<u64>(), 93_749);
    assert_eq!(last.high.to_num::<u64>(), 106_250);
}

#[test]
fn attack_risk_18_vols_widen_with_age_and_only_then() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    let expiry = minutes(1_440);
    report.expiries = surface(vec![entry(expiry, PRICE, lognormal(4))]);
    report.expiries[0].entry.confidence = 13;
    world.publish(&report).unwrap();
    let record = raw(&world);
    let half_width = |age| to_state(FEED, &record, START + age).unwrap().expiries[0].confidence;
    assert_eq!(
        [0, 10, 11].map(half_width),
        [13 << 8, 13 << 8, (13 << 8) + 8]
    );
    // The example of the page: 32 seconds late.
    assert_eq!(half_width(42), 14 << 8);
    // A sixteenth at most.
    assert_eq!([522, 523, 2_000].map(half_width), [29 << 8; 3]);
}

#[test]
fn a_window_passes_bucket_by_bucket() {
    let mut world = World::with_short_window();
    let expiry = minutes(10);
    let listed = surface(vec![entry(expiry, PRICE, lognormal(4))]);
    let mut report = world.report(PRICE);
    report.expiries = listed.clone();
    world.publish(&report).unwrap();
    let stage = |world: &World, now: u64| {
        to_state(FEED, &raw(world), now)
            .unwrap()
            .fixings
            .first()
            .map(|fixing| fixing.stage)
    };
    assert_eq!(stage(&world, START + 239), None);
    let nothing = Some(FixingStage::Window {
        passed: 0,
        observed: band(100_000, 100_000, 100_000),
    });
    assert_eq!(stage(&world, START + 240), nothing);

    // Two buckets are seen.
    for (minute, price) in [(4, 100_000), (5, 101_000)] {
        world.set_time(START + minute * 60);
        let mut report = world.report(price);
        report.expiries = listed.clone();
        world.publish(&report).unwrap();
    }
    // `spec_example_share_passed` has the seconds between.
    let running = Some(FixingStage::Window {
        passed: (2 << 16) / 6,
        observed: band(100_000, 100_500, 101_000),
    });
    assert_eq!(
        stage(&world, START + 419),
        running,
        "the third bucket is still running"
    );
    // After the expiry: the hull of what was seen, and while a report of the last bucket can still come the band, which age widens.
    let hull = |second: u64| match stage(&world, START + second) {
        Some(FixingStage::Pending { hull }) => hull,
        other => panic!("{other:?}"),
    };
    let open = hull(660);
    assert_eq!(open.mid, Fx::from_num(100_500));
    assert!(open.low < Fx::from_num(98_000) && open.high > Fx::from_num(104_000));
    assert_eq!(hull(661), band(100_000, 100_500, 101_000));
}

#[test]
fn the_record_is_shown_in_human_units() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    report.expiries = surface(vec![entry(minutes(1_440), 100_100, lognormal(40))]);
    report.expiries[0].entry.discount_deficit = 1 << 20; // 2^-12
    report.expiries[0].entry.confidence = 64;
    world.publish(&report).unwrap();
    world.advance(7);
    let record: RecordResponse = world.query(&QueryMsg::Record { feed: FEED }).unwrap();
    let expiry = &record.expiries[0];
    assert_eq!(expiry.expiry, seconds(minutes(1_440)));
    assert_eq!(expiry.forward, decimal("100100"));
    assert_eq!(expiry.discount, decimal("0.999755859375"));
    assert_eq!(expiry.confidence, decimal("0.25"));
    assert_eq!(expiry.components[0].weight, decimal("1"));
    assert_eq!(expiry.components[0].forward, decimal("1"));
    let vol = expiry.components[0].total_vol;
    assert!(
        vol <= decimal("0.04") && vol > decimal("0.0399999997"),
        "{vol}"
    );
    let validity: ValidityResponse = world.query(&QueryMsg::Validity { feed: FEED }).unwrap();
    assert_eq!(validity.age, 7);
    assert_eq!(record.evidence.digest.len(), 32);
}

#[test]
fn what_does_not_exist_is_an_error() {
    let world = World::new();
    let code = |msg| world.query::<serde_json::Value>(&msg).unwrap_err();
    assert_eq!(code(QueryMsg::Feed { feed: 9 }), "E_FEED_UNKNOWN");
    assert_eq!(code(QueryMsg::Record { feed: 9 }), "E_FEED_UNKNOWN");
    assert_eq!(code(QueryMsg::Validity { feed: FEED }), "E_FEED_SILENT");
    assert_eq!(
        code(QueryMsg::Fixing {
            feed: FEED,
            expiry: seconds(minutes(1))
        }),
        "E_FEED_SILENT"
    );
}

fn progress(world: &World, expiry: u32) -> PackedPending {
    let question = QueryMsg::Progress {
        feed: FEED,
        expiry: seconds(expiry),
    };
    let answer: ProgressResponse = world.query(&question).unwrap();
    PackedPending::of(expiry, &answer)
}

/// A report with these expiries (minutes after the start) beside the far one that every report carries.
fn publish(world: &mut World, price: u64, expiries: std::ops::RangeInclusive<u32>) {
    let mut report = world.report(price);
    let far = report.expiries.remove(0).entry;
    let near = expiries.map(|at| entry(minutes(at), price, lognormal(u64::from(at))));
    report.expiries = surface(near.chain([far]).collect());
    world.publish(&report).unwrap();
}

/// The record follows what is on its surface; the tape tells the same of it, and as much of every other date.
#[test]
fn the_progress_of_any_window_is_told_on_the_surface_or_not() {
    let mut world = World::with_short_window();
    for minute in 3..9_u64 {
        world.set_time(START + minute * 60);
        publish(&mut world, 100_000 + minute, 10..=10);
    }
    let record = raw(&world);
    assert_eq!(record.pending, [progress(&world, minutes(10))]);
    assert_eq!(record.pending[0].filled, 5, "minutes 4 to 8");
    // Worked out by hand: minutes 6, 7 and 8 belong to the window of the twelfth, and 5 lies before it.
    let off = PackedPending {
        expiry: minutes(12),
        filled: 3,
        confirmed: 3,
        sum: stored(300_021),
        lowest: stored(100_006),
        highest: stored(100_008),
        before: stored(100_005),
    };
    assert_eq!(progress(&world, minutes(12)), off);
    // Margin's state with it: half of the twelfth's window has passed when the ninth minute begins.
    let now = START + 9 * 60;
    assert!(record.misses(minutes(12), now) && !record.misses(minutes(10), now));
    assert!(!record.misses(minutes(16), now), "it has not begun");
    let mut whole = record;
    whole.pending.push(off);
    assert!(!whole.misses(minutes(12), now));
    let fixings = to_state(FEED, &whole, now).unwrap().fixings;
    let stage = FixingStage::Window {
        passed: 1 << 15,
        observed: band(100_006, 100_007, 100_008),
    };
    assert_eq!(fixings[1].stage, stage);
}

fn band(low: u64, mid: u64, high: u64) -> Band {
    Band {
        low: Fx::from_num(low),
        mid: Fx::from_num(mid),
        high: Fx::from_num(high),
    }
}

#[test]
fn a_window_that_no_report_has_met_yet_needs_no_question() {
    let mut world = World::with_short_window();
    world.set_time(START + 239);
    publish(&mut world, PRICE, 10..=10);
    let record = raw(&world);
    assert!(!record.misses(minutes(10), START + 245));
}

#[test]
fn windows_beyond_those_that_a_record_can_follow_are_missed_and_told() {
    let mut world = World::with_short_window();
    for minute in 8..14 {
        world.set_time(START + u64::from(minute) * 60);
        publish(&mut world, PRICE, (minute + 1).max(10)..=18);
    }
    let (record, now) = (raw(&world), world.now());
    assert_eq!(record.pending.len(), 8);
    let missed: Vec<u32> = (10..=18)
        .filter(|at| record.misses(minutes(*at), now))
        .collect();
    assert_eq!(missed, [18]);
    assert_eq!(progress(&world, minutes(18)).filled, 2);
}
