//! `Publish`: what a report does to the band, the slow price, the regime and the record's life.

use cosmwasm_std::coin;
use cw_multi_test::Executor;
use protocol_api::oracle::report::SourcePrice;
use protocol_api::oracle::{ExecuteMsg, FeedPolicy, Validity};

use crate::world::{PRICE, START, World, decimal, policy, stored};

#[test]
fn a_report_becomes_the_record() {
    let mut world = World::new();
    let done = world.publish(&world.report(PRICE)).unwrap();
    let record = world.record();
    assert_eq!(record.sequence, 1);
    assert_eq!(record.band.mid, decimal("100000"));
    assert_eq!(record.band.low, record.band.high);
    assert_eq!(record.validity, Validity::Valid);
    assert_eq!(record.publish_time, world.now());
    assert_eq!(record.live_since, world.now());
    assert_eq!(record.evidence.signers, [0, 1, 2, 3, 4]);
    let event = done
        .events
        .iter()
        .find(|event| event.ty == "wasm-report_accepted")
        .unwrap();
    let names: Vec<&str> = event.attributes.iter().map(|a| a.key.as_str()).collect();
    let expected = [
        "_contract_address",
        "feed",
        "sequence",
        "time",
        "validity",
        "mid",
        "epoch",
        "signers",
        "digest",
    ];
    assert_eq!(names, expected);
}

#[test]
fn coins_sent_along_are_refused() {
    let mut world = World::new();
    let sender = world.stranger.clone();
    world.app.init_modules(|router, _, storage| {
        router
            .bank
            .init_balance(storage, &sender, vec![coin(5, "usd")])
            .unwrap();
    });
    let report = world.report(PRICE).to_bytes().unwrap();
    let msg = ExecuteMsg::Publish {
        report: report.into(),
        signatures: vec![],
    };
    let sent = world
        .app
        .execute_contract(sender, world.adapter.clone(), &msg, &[coin(5, "usd")]);
    assert_eq!(crate::world::code(&sent.unwrap_err()), "E_FUNDS_UNWANTED");
}

#[test]
fn the_band_is_the_median_with_the_greater_of_confidence_and_deviation() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    let prices = [99_900, 99_950, 100_000, 100_040, 100_100];
    for (source, price) in report.sources.iter_mut().zip(prices) {
        source.price = stored(price);
    }
    world.publish(&report).unwrap();
    // Deviations 100, 50, 0, 40, 100: their median is 50.
    let band = world.record().band;
    assert_eq!(band.low, decimal("99950"));
    assert_eq!(band.mid, decimal("100000"));
    assert_eq!(band.high, decimal("100050"));

    world.advance(5);
    let mut report = world.report(PRICE);
    for source in &mut report.sources {
        source.confidence = 66; // 66 / 65,536 of 100,000 is 100.708.
    }
    world.publish(&report).unwrap();
    let band = world.record().band;
    assert!(band.high > decimal("100100.7") && band.high < decimal("100100.8"));
    assert_eq!(band.high - band.mid, band.mid - band.low);
}

#[test]
fn attack_risk_05_a_thousandfold_outlier_never_moves_the_median() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    // Two of five lie: one within the bounds of the feed, one beyond.
    report.sources[0].price = stored(999_999);
    report.sources[1].price = stored(100_000_000);
    world.publish(&report).unwrap();
    let record = world.record();
    assert_eq!(record.band.mid, decimal("100000"));
    assert_eq!(record.validity, Validity::Valid);
}

#[test]
fn attack_risk_05_two_sources_give_their_hull_and_reduce_only_and_one_gives_no_quorum() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    report.sources.truncate(2);
    report.sources[1].price = stored(100_200);
    world.publish(&report).unwrap();
    let record = world.record();
    assert_eq!(record.validity, Validity::Uncertain);
    assert_eq!(record.band.low, decimal("100000"));
    assert_eq!(record.band.high, decimal("100200"));
    assert_eq!(
        record.slow_price,
        decimal("100000"),
        "only a median moves the slow price"
    );

    world.advance(5);
    let mut report = world.report(101_000);
    report.sources.truncate(1);
    world.publish(&report).unwrap();
    assert_eq!(world.validity(), Validity::NoQuorum);
    assert_eq!(world.record().slow_price, decimal("100000"));
}

#[test]
fn attack_risk_45_withheld_sources_walk_down_to_invalid() {
    let mut world = World::new();
    let expected = [
        (5, Validity::Valid),
        (4, Validity::Valid),
        (3, Validity::Valid),
        (2, Validity::Uncertain),
        (1, Validity::NoQuorum),
        (0, Validity::Invalid),
    ];
    for (count, level) in expected {
        let mut report = world.report(PRICE);
        report.sources.truncate(count);
        world.publish(&report).unwrap();
        assert_eq!(world.validity(), level, "{count} sources");
        world.advance(5);
    }
}

#[test]
fn attack_risk_04_a_price_at_a_bound_is_dropped_not_clipped() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    world.advance(5);
    // Every source falls through the floor of 1,000.
    world.publish(&world.report(999)).unwrap();
    let record = world.record();
    assert_eq!(
        record.validity,
        Validity::Invalid,
        "at once, not after ageing"
    );
    assert_eq!(
        record.band.mid,
        decimal("100000"),
        "the old prices stay, unclipped"
    );
    assert_eq!(record.publish_time + 5, record.report_time);
    world.advance(5);
    world.publish(&world.report(PRICE)).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
}

/// Venues whose own floor is the feed's go on printing it while the others fall through: what is below is dropped, and what
/// is left are too few sources to open at a floor that nobody pays.
#[test]
fn attack_risk_04_venues_frozen_at_the_floor_open_nothing_when_the_others_fall_through() {
    let mut world = World::new();
    let policy = FeedPolicy {
        min_price: decimal("99000"),
        ..policy()
    };
    world.set_policy(&policy, START).unwrap();
    world.publish(&world.report(99_100)).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
    let slow = world.record().slow_price;
    for (frozen, level) in [(2, Validity::Uncertain), (1, Validity::NoQuorum)] {
        for below in [98_900, 90_000, 50_000] {
            world.advance(5);
            let mut report = world.report(99_000);
            for source in &mut report.sources[frozen..] {
                source.price = stored(below);
            }
            world.publish(&report).unwrap();
            assert_eq!(
                world.validity(),
                level,
                "{frozen} frozen, others at {below}"
            );
            assert_eq!(world.record().slow_price, slow);
        }
    }
    // Where the signers say what the market pays, out of the bounds or far from what is frozen, there is no price at all.
    for frozen in [2, 1] {
        for below in [98_900, 90_000, 40_000] {
            world.advance(5);
            world.publish(&world.report(99_100)).unwrap();
            assert_eq!(world.record().band.mid, decimal("99100"));
            world.advance(5);
            let mut report = world.report(below);
            for source in &mut report.sources[..frozen] {
                source.price = stored(99_000);
            }
            world.publish(&report).unwrap();
            assert_eq!(world.validity(), Validity::Invalid, "{frozen}, {below}");
            assert_eq!(world.record().band.mid, decimal("99100"));
        }
    }
}

#[test]
fn attack_risk_06_a_spike_on_one_venue_moves_nothing() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    let calm = world.record().band;
    // Twenty seconds at +30 % on one source, then at -30 %.
    for price in [130_000, 130_000, 70_000, 70_000] {
        world.advance(5);
        let mut report = world.report(PRICE);
        report.sources[2].price = stored(price);
        world.publish(&report).unwrap();
        assert_eq!(world.record().band, calm);
        assert_eq!(world.validity(), Validity::Valid);
    }
}

#[test]
fn a_source_too_old_or_too_uncertain_is_not_live() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    report.sources[0].age = 11;
    report.sources[1].confidence = 3_277; // 5.0003 %
    report.sources[2].age = 10;
    report.sources[3].confidence = 3_276; // 4.9988 %
    world.publish(&report).unwrap();
    assert_eq!(world.validity(), Validity::Valid, "three of five are live");
    world.advance(5);
    let mut report = world.report(PRICE);
    report.sources[0].age = 11;
    report.sources[1].confidence = 3_277;
    report.sources[2].age = 11;
    world.publish(&report).unwrap();
    assert_eq!(
        world.validity(),
        Validity::Uncertain,
        "two are left: their hull"
    );
}

#[test]
fn a_wide_band_is_uncertain() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    for source in &mut report.sources {
        source.confidence = 656; // a hair above 1 %
    }
    world.publish(&report).unwrap();
    assert_eq!(world.validity(), Validity::Uncertain);
    world.advance(5);
    for source in &mut report.sources {
        source.confidence = 655; // a hair below
    }
    report.time += 5;
    world.publish(&report).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
}

#[test]
fn sources_must_be_known_and_rising() {
    let mut world = World::new();
    let base = world.report(PRICE);
    let with = |sources: Vec<SourcePrice>| {
        let mut report = base.clone();
        report.sources = sources;
        report
    };
    let unknown = SourcePrice {
        source: 5,
        price: stored(PRICE),
        confidence: 0,
        age: 0,
    };
    let mut twice = base.sources.clone();
    twice[1].source = 0;
    let mut swapped = base.sources.clone();
    swapped.swap(0, 1);
    for sources in [vec![unknown], twice, swapped] {
        assert_eq!(
            world.publish(&with(sources)).unwrap_err(),
            "E_REPORT_SOURCE"
        );
    }
}

#[test]
fn attack_risk_19_a_pump_is_jumped_and_the_slow_price_follows_slowly() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    // Nine times the price for ten minutes, a report every five seconds.
    for _ in 0..120 {
        world.advance(5);
        world.publish(&world.report(900_000)).unwrap();
        assert_eq!(world.validity(), Validity::Jumped);
    }
    // 0.01 % a second compounds to at most e^0.06.
    let slow = world.record().slow_price;
    assert!(
        slow > decimal("106170") && slow < decimal("106184"),
        "{slow}"
    );
}

#[test]
fn a_jump_heals_once_the_slow_price_has_caught_up() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    world.advance(5);
    world.publish(&world.report(111_000)).unwrap();
    assert_eq!(world.validity(), Validity::Jumped);
    let mut seconds = 0;
    while world.validity() == Validity::Jumped {
        world.advance(5);
        world.publish(&world.report(111_000)).unwrap();
        seconds += 5;
    }
    // 111,000 is within 10 % of 100,909.09: 0.905 % at 0.01 % a second is 91 seconds.
    assert!((85..=95).contains(&seconds), "{seconds}");
}

#[test]
fn silence_earns_the_slow_price_no_leap() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    world.advance(3_600);
    world.publish(&world.report(109_000)).unwrap();
    // One step counts 60 seconds: 0.6 %.
    assert_eq!(world.record().slow_price, decimal("100600"));
}

#[test]
fn attack_risk_33_a_gap_of_five_minutes_restarts_the_live_time() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    let born = world.now();
    world.advance(300);
    world.publish(&world.report(PRICE)).unwrap();
    assert_eq!(world.record().live_since, born, "300 seconds are no gap");
    world.advance(301);
    world.publish(&world.report(PRICE)).unwrap();
    assert_eq!(world.record().live_since, world.now());
}

/// A chain that stood for 355 seconds goes on with a report that was made after 296 of them.
#[test]
fn attack_risk_33_a_halt_is_a_gap_however_old_the_report_that_ends_it() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    let halted = world.now();
    world.advance(355);
    let mut report = world.report(PRICE);
    report.time -= 59;
    assert!(u64::from(report.time) <= halted + 300);
    world.publish(&report).unwrap();
    // From when somebody could use it, not from when it was signed.
    assert_eq!(world.record().live_since, world.now());
}

#[test]
fn invalid_reports_do_not_keep_a_feed_alive() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    for _ in 0..4 {
        world.advance(100);
        world.publish(&world.report(1)).unwrap();
    }
    world.advance(1);
    world.publish(&world.report(PRICE)).unwrap();
    assert_eq!(world.record().live_since, world.now());
}

#[test]
fn the_regime_rises_with_realised_vol_and_maintenance_follows_later() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    world.publish(&report).unwrap();
    for _ in 0..128 {
        world.advance(2);
        report.time += 2;
        report.realized_vol = 1 << 16; // twice the normal vol of 0.5
        world.publish(&report).unwrap();
    }
    let record = world.record();
    assert_eq!(record.regime, decimal("2"));
    assert_eq!(record.regime_maintenance, decimal("1.0625"));
    report.realized_vol = 1 << 20; // thirty-two times: the policy's bound holds
    world.advance(60);
    report.time += 60;
    world.publish(&report).unwrap();
    assert_eq!(world.record().regime, decimal("2"));
}
