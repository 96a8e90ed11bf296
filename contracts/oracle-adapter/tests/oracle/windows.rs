//! What margin knows of a window, from the market record or by asking, against the tape and what the ladder pays in the end.

use fixed_math::Fx;
use proptest::collection::vec;
use proptest::prelude::*;
use protocol_api::oracle::report::Report;
use protocol_api::oracle::{ProgressResponse, QueryMsg};
use protocol_api::record::{
    MarketRecord, PackedPending, decode, fixing_key, market_record_key, settlement_price, to_state,
};
use risk::FixingStage;

use crate::world::{
    FEED, PRICE, START, World, decimal, entry, lognormal, minutes, policy, seconds, stored,
    surface, terms,
};

fn raw(world: &World, key: Vec<u8>) -> Option<Vec<u8>> {
    let app = world.app.wrap();
    app.query_wasm_raw(&world.adapter, key).unwrap()
}

fn record(world: &World) -> Option<MarketRecord> {
    raw(world, market_record_key(FEED)).map(|bytes| decode(&bytes).unwrap())
}

fn on_tape(world: &World, expiry: u32) -> PackedPending {
    let question = QueryMsg::Progress {
        feed: FEED,
        expiry: seconds(expiry),
    };
    let answer: ProgressResponse = world.query(&question).unwrap();
    PackedPending::of(expiry, &answer)
}

fn stage(world: &World, record: &MarketRecord, expiry: u32) -> Option<FixingStage> {
    let state = to_state(FEED, record, world.now()).unwrap();
    let found = state.fixings.iter().find(|fixing| fixing.expiry == expiry);
    found.map(|fixing| fixing.stage)
}

/// As margin and the lens read it: they ask only where the record says that it lacks something.
fn as_read(world: &World, expiry: u32) -> Option<FixingStage> {
    let mut record = record(world)?;
    if record.misses(expiry, world.now()) {
        record.pending.push(on_tape(world, expiry));
    }
    stage(world, &record, expiry)
}

/// As the tape has it, always asked.
fn as_taped(world: &World, expiry: u32) -> Option<FixingStage> {
    let mut record = record(world)?;
    record.pending.retain(|entry| entry.expiry != expiry);
    record.pending.push(on_tape(world, expiry));
    stage(world, &record, expiry)
}

/// The first report of a bucket is on the tape, the last one in the record.
#[test]
fn the_price_before_a_window_that_no_report_met_is_the_tapes() {
    let mut world = World::with_short_window();
    let expiry = minutes(10);
    for (second, price) in [(180, 100_000), (235, 101_000)] {
        world.set_time(START + second);
        let mut report = world.report(price);
        let far = report.expiries.remove(0).entry;
        report.expiries = surface(vec![entry(expiry, price, lognormal(4)), far]);
        world.publish(&report).unwrap();
    }
    world.set_time(START + 600);
    let Some(FixingStage::Pending { hull }) = as_read(&world, expiry) else {
        panic!("the expiry has come");
    };
    assert_eq!(hull.mid, Fx::from_num(100_000));
    assert_eq!(world.fixing(expiry).hull.mid, decimal("100000"));
    world.set_time(START + 600 + 7 * 86_400);
    world.fix(expiry).unwrap();
    assert_eq!(world.fixing(expiry).price, Some(decimal("100000")));
}

/// In the window `Fixing` and `Record` tell what was observed and, while a bucket is still to come, the spot band.
#[test]
fn the_hull_in_the_window_holds_the_spot_band_until_the_last_bucket() {
    let mut world = World::with_short_window();
    for (minute, price) in (4..10_u32).zip([100_000, 101_000, 102_000, 103_000, 104_000, 105_000]) {
        world.set_time(START + u64::from(minute) * 60);
        let mut report = world.report(price);
        let far = report.expiries.remove(0).entry;
        report.expiries = surface(vec![entry(minutes(10), price, lognormal(4)), far]);
        world.publish(&report).unwrap();
        let hull = world.fixing(minutes(10)).hull;
        let shown = world.record();
        assert_eq!(shown.pending[0].hull, hull);
        assert_eq!(hull.low, decimal("100000"));
        assert!(hull.high >= decimal(&price.to_string()), "{hull:?}");
        // Of six buckets so many have passed: the mean so far, and the price now for the rest.
        let count = u64::from(minute) - 3;
        let mean = 100_000 + 500 * (count - 1);
        let expected = (mean * count + price * (6 - count)) as f64 / 6.0;
        let told: f64 = hull.mid.to_string().parse().unwrap();
        assert!((told - expected).abs() < 1.0, "{minute}: {told} {expected}");
    }
    assert_eq!(world.fixing(minutes(10)).hull.mid, decimal("102500"));
    world.set_time(START + 661);
    world.fix(minutes(10)).unwrap();
    assert_eq!(world.fixing(minutes(10)).price, Some(decimal("102500")));
}

/// One report of a random life.
#[derive(Debug, Clone)]
struct Step {
    /// Seconds since the one before.
    gap: u64,
    /// Dollars of the sources beside the price.
    offsets: [i32; 5],
    /// How many of them speak.
    speaking: usize,
    /// Which of the dates are on the surface, a bit each.
    dates: u16,
    /// How late it comes, seconds.
    age: u64,
}

fn step() -> impl Strategy<Value = Step> {
    let gap = prop_oneof![6 => 1..40_u64, 2 => 40..200_u64];
    let base = prop_oneof![-300..300_i32, -12_000..12_000_i32];
    let wide = prop_oneof![Just(50), Just(2_500)];
    let speaking = prop_oneof![5 => Just(5_usize), 2 => 0..5_usize];
    let date = (any::<u16>(), 0..30_u64);
    (gap, base, wide, speaking, date).prop_map(|(gap, base, wide, speaking, (dates, age))| {
        let offsets = [0, wide, -wide, wide / 2, -wide / 2].map(|offset| base + offset);
        Step {
            gap,
            offsets,
            speaking,
            dates,
            age,
        }
    })
}

/// The report of a step, unless a newer one is held.
fn made(world: &World, step: &Step, dates: &[u32]) -> Option<Report> {
    let mut report = world.report(PRICE);
    report.time -= u32::try_from(step.age.min(world.now() - START)).unwrap();
    if record(world).is_some_and(|held| held.report_time >= report.time) {
        return None;
    }
    for (source, offset) in report.sources.iter_mut().zip(step.offsets) {
        source.price = stored(u64::try_from(100_000 + offset).unwrap());
    }
    report.sources.truncate(step.speaking);
    let far = report.expiries.remove(0).entry;
    let on_surface = |(place, date): &(usize, &u32)| {
        step.dates >> place & 1 == 1 && seconds(**date) > u64::from(report.time)
    };
    let near = dates.iter().enumerate().filter(on_surface);
    let near = near.map(|(_, date)| entry(*date, PRICE, lognormal(u64::from(date - minutes(0)))));
    report.expiries = surface(near.chain([far]).collect());
    Some(report)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is reported, and however it is left off the surface: what is read is what the tape has, and what the ladder pays
    /// lies in the hull told before. Rungs 3 and 4 pay what is expected.
    #[test]
    fn what_is_read_of_a_window_is_what_the_tape_has(
        steps in vec(step(), 5..60),
        bucket_seconds in prop_oneof![Just(10_u8), Just(60)],
        min_sources in 3..5_u8,
    ) {
        let mut world = World::empty();
        let mut policy = policy();
        (policy.ages.stale, policy.ages.dead, policy.min_sources) = (300, 900, min_sources);
        world.add_feed(FEED, &terms(6, bucket_seconds), &policy).unwrap();
        let dates: Vec<u32> = (0..12).map(|place| minutes(4 + 2 * place)).collect();
        for step in &steps {
            world.advance(step.gap);
            let Some(report) = made(&world, step, &dates) else { continue };
            world.publish(&report).unwrap();
            for date in &dates {
                if world.now() >= seconds(*date) - 6 * u64::from(bucket_seconds) {
                    prop_assert_eq!(as_read(&world, *date), as_taped(&world, *date), "{}", date);
                }
            }
        }
        // Then silence, until everything is closed.
        world.set_time(START + 60 * 40);
        if record(&world).is_none() {
            return Ok(());
        }
        let told: Vec<_> = dates.iter().map(|date| as_read(&world, *date)).collect();
        world.set_time(START + 60 * 40 + 8 * 86_400);
        for (date, told) in dates.iter().zip(told) {
            let Some(FixingStage::Pending { hull }) = told else { panic!("{told:?}") };
            world.fix(*date).unwrap();
            let paid = settlement_price(&raw(&world, fixing_key(FEED, *date)).unwrap()).unwrap();
            prop_assert!(hull.low <= paid && paid <= hull.high, "{:?} {}", hull, paid);
            if world.fixing(*date).rung >= Some(3) {
                prop_assert!((hull.mid - paid).abs() <= Fx::DELTA, "{:?} {}", hull, paid);
            }
        }
    }
}
