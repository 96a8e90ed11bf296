//! The worked examples of `docs/spec/oracle.md` and `docs/spec/settlement.md`, number by number.

use cosmwasm_std::Uint256;
use fixed_math::Fx;
use protocol_api::oracle::report::Domain;
use protocol_api::oracle::{FeedKind, FeedPolicy, ObservationView, Validity};
use protocol_api::record::{
    Component, MarketRecord, PackedSlice, decode, market_record_key, to_state,
};
use risk::{Band, FixingStage};
use sha2::{Digest, Sha256};

use crate::world::{
    BITS, FEED, PRICE, START, World, YEAR, decimal, entry, lognormal, minutes, mixture, policy,
    stored, surface,
};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn raw(world: &World) -> Vec<u8> {
    world
        .app
        .wrap()
        .query_wasm_raw(&world.adapter, market_record_key(FEED))
        .unwrap()
        .unwrap()
}

#[test]
fn spec_example_digest() {
    let domain = Domain {
        chain_id: "optio-1",
        contract: "optio1adapter",
        feed: 1,
        kind: FeedKind::Market,
    };
    let preimage = domain.preimage(&[2, 3]);
    assert_eq!(preimage.len(), 58);
    let digest = hex(&Sha256::digest(preimage));
    assert_eq!(
        digest,
        "4d1fecf0eb988095d1e6fbdcaa987a323f7578bb714a73f4918ccc73c6a1c154"
    );
}

#[test]
fn spec_example_band() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    for (source, price) in report
        .sources
        .iter_mut()
        .zip([99_900, 99_950, 100_000, 100_040, 100_100])
    {
        source.price = stored(price);
    }
    world.publish(&report).unwrap();
    let band = world.record().band;
    let edges = (band.low, band.mid, band.high);
    assert_eq!(
        edges,
        (decimal("99950"), decimal("100000"), decimal("100050"))
    );

    world.advance(5);
    report.time += 5;
    report.sources[0].price = stored(100_000_000);
    world.publish(&report).unwrap();
    assert_eq!(world.record().band.mid, decimal("100020"));
}

#[test]
fn spec_example_widening() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    let record: MarketRecord = decode(&raw(&world)).unwrap();
    let spot = to_state(FEED, &record, START + 42).unwrap().spot;
    let unit = Fx::from_bits(1 << 32);
    let (low, high) = (Fx::from_num(99_609.375), Fx::from_num(100_390.625));
    assert!(spot.low <= low && low - spot.low <= unit, "{}", spot.low);
    assert!(
        spot.high >= high && spot.high - high <= unit,
        "{}",
        spot.high
    );
}

#[test]
fn spec_example_slow_price() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    for count in 1..=19 {
        world.advance(5);
        world.publish(&world.report(111_000)).unwrap();
        let record = world.record();
        if count == 1 {
            assert_eq!(record.slow_price, decimal("100050"));
        }
        let expected = if count < 19 {
            Validity::Jumped
        } else {
            Validity::Valid
        };
        assert_eq!(record.validity, expected, "{count}");
    }
}

#[test]
fn spec_example_policy_switch() {
    let next = FeedPolicy {
        jump: decimal("0.05"),
        slow_rate: decimal("0.0002"),
        ..policy()
    };
    for (carried, rate, slow, expected) in [
        (9, 1, "100090.007999999914318323", Validity::Valid),
        (10, 2, "100100.015999999828636646", Validity::Jumped),
    ] {
        let mut world = World::new();
        world.set_policy(&next, START + 10).unwrap();
        world.publish(&world.report(PRICE)).unwrap();
        world.set_time(START + 8);
        world.publish(&world.report(106_000)).unwrap();
        let record = world.record();
        assert_eq!(record.slow_price, decimal("100080"));
        assert_eq!(record.validity, Validity::Valid);
        // Made in second 9, carried then or a second later.
        world.set_time(START + carried);
        let mut report = world.report(106_000);
        report.time = u32::try_from(START + 9).unwrap();
        world.publish(&report).unwrap();
        let held: MarketRecord = decode(&raw(&world)).unwrap();
        assert_eq!(held.slow, stored(100_080) + stored(100_080) * rate / 10_000);
        let record = world.record();
        assert_eq!(record.slow_price, decimal(slow));
        assert_eq!(record.validity, expected, "{carried}");
    }
}

#[test]
fn spec_example_half_width() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    for source in &mut report.sources {
        (source.price, source.confidence) = (429_496_729_600_001, 66);
    }
    world.publish(&report).unwrap();
    let record: MarketRecord = decode(&raw(&world)).unwrap();
    let half = 432_537_600_001;
    let mid = 429_496_729_600_001;
    let band = record.band;
    assert_eq!(
        (band.low, band.mid, band.high),
        (mid - half, mid, mid + half)
    );
    let band = world.record().band;
    assert_eq!(band.low, decimal("99899.2919921875"));
    // Shown to the 18th digit.
    assert_eq!(band.high, decimal("100100.708007812965661287"));
}

#[test]
fn spec_example_regime_steps() {
    let mut world = World::new();
    let mut publish = |seconds: u64, realised_vol: u32| {
        world.advance(seconds);
        let mut report = world.report(PRICE);
        report.realized_vol = realised_vol;
        world.publish(&report).unwrap();
        let record = world.record();
        (record.regime, record.regime_maintenance)
    };
    let (calm, wild) = (1 << 15, 1 << 16);
    publish(0, calm);
    let after = publish(5, wild);
    assert_eq!(after, (decimal("1.01953125"), decimal("1.001220703125")));
    let after = (0..51).map(|_| publish(5, wild)).last().unwrap();
    assert_eq!(after, (decimal("2"), decimal("1.0634765625")));
    let after = publish(60, calm);
    assert_eq!(
        after,
        (
            decimal("1.999828338623046875"),
            decimal("1.063304901123046875")
        )
    );
}

#[test]
fn spec_example_forward_jump() {
    for (forward, expected) in [
        (113_322, Validity::Valid),
        (113_323, Validity::Jumped),
        (92_718, Validity::Valid),
        (92_717, Validity::Jumped),
    ] {
        let mut world = World::new();
        let mut publish = |spot, forward| {
            let mut report = world.report(spot);
            report.expiries = surface(vec![entry(minutes(YEAR), forward, lognormal(500))]);
            world.publish(&report).unwrap();
            world.advance(5);
            world.validity()
        };
        assert_eq!(publish(PRICE, 102_000), Validity::Valid);
        assert_eq!(publish(101_000, forward), expected, "{forward}");
    }
}

/// The example of docs/spec/surface.md, *Envelope*.
#[test]
fn spec_example_envelope() {
    for (tenth_thousandths, expected) in [
        (1_949, Validity::Valid),
        (1_951, Validity::Jumped),
        (1_186, Validity::Valid),
        (1_184, Validity::Jumped),
    ] {
        let mut world = World::new();
        let mut publish = |tenth_thousandths: u64| {
            let slice = PackedSlice(vec![Component {
                weight: 1 << 16,
                forward: 1 << 32,
                total_vol: (tenth_thousandths << 32) / 10_000,
            }]);
            let mut report = world.report(PRICE);
            report.expiries = surface(vec![entry(minutes(30 * 1_440), PRICE, slice)]);
            world.publish(&report).unwrap();
            world.advance(5);
            world.validity()
        };
        assert_eq!(publish(1_500), Validity::Valid);
        assert_eq!(publish(tenth_thousandths), expected, "{tenth_thousandths}");
    }
}

/// A lognormal of total vol 0.15 gets a bump of a thirty-second of its weight, 3 `v` below: a choice of margin, which has a
/// twentieth. One of a tenth is more than margin holds.
#[test]
fn a_bump_that_margin_holds_is_no_jump() {
    let v = (1_u64 << 32) / 1_000 * 150;
    // Weight times forward must add up to one: 2^48 less the bump's is a multiple of the rest's weight.
    for (weight, expected) in [(2_048_u32, Validity::Valid), (6_553, Validity::Jumped)] {
        let rest = (1 << 16) - weight;
        let near = ((-0.45_f64).exp() * 2_f64.powi(32)) as u64;
        let left = |forward: u64| (1_u64 << 48) - u64::from(weight) * forward;
        let below = (near..)
            .find(|f| left(*f).is_multiple_of(u64::from(rest)))
            .unwrap();
        let part = |weight, forward, total_vol| Component {
            weight,
            forward,
            total_vol,
        };
        let bumped = PackedSlice(vec![
            part(weight, below, v / 2),
            part(rest, left(below) / u64::from(rest), v),
        ]);
        let mut world = World::new();
        let mut publish = |slice: PackedSlice| {
            let mut report = world.report(PRICE);
            report.expiries = surface(vec![entry(minutes(30 * 1_440), PRICE, slice)]);
            world.publish(&report).unwrap();
            world.advance(5);
            world.validity()
        };
        assert_eq!(publish(lognormal(150)), Validity::Valid);
        assert_eq!(publish(bumped), expected, "{weight}");
    }
}

#[test]
fn spec_example_slice_bytes() {
    let part = |weight, forward, total_vol| Component {
        weight,
        forward,
        total_vol,
    };
    let slice = PackedSlice(vec![
        part(16_384, 3_865_470_565, 644_245_094),
        part(49_152, 4_438_132_873, 429_496_729),
    ]);
    let bytes = borsh::to_vec(&slice).unwrap();
    assert_eq!(hex(&bytes), "020040656666e60066666626009999991900");
    assert_eq!(borsh::from_slice::<PackedSlice>(&bytes).unwrap(), slice);
}

#[test]
fn spec_example_record_size() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    let days = [1, 2, 7, 14, 30, 60, 90, 180]
        .into_iter()
        .zip([26, 37, 69, 98, 143, 203, 248, 351]);
    let entries = days.map(|(day, vol)| entry(minutes(day * 1_440), PRICE, mixture(vol)));
    report.expiries = surface(entries.collect());
    world.publish(&report).unwrap();
    assert_eq!(raw(&world).len(), 577);
}

/// A world with a window of 6 buckets of 60 s and reports in the given buckets, minute 4 being the first.
fn observed(prices: &[(u64, u64)]) -> World {
    let mut world = World::with_short_window();
    for (minute, price) in prices {
        world.set_time(START + minute * 60);
        world.publish(&world.report(*price)).unwrap();
    }
    world
}

fn fixed(mut world: World, after_expiry: u64) -> (String, u8) {
    world.set_time(START + 600 + after_expiry);
    world.fix(minutes(10)).unwrap();
    let fixing = world.fixing(minutes(10));
    (fixing.price.unwrap().to_string(), fixing.rung.unwrap())
}

#[test]
fn spec_example_rung_1() {
    let prices = [100_000, 100_100, 100_200, 100_300, 100_400, 100_500];
    let window: Vec<(u64, u64)> = (4..).zip(prices).collect();
    assert_eq!(fixed(observed(&window), 61), ("100250".into(), 1));
    let mut pushed = window;
    pushed[2].1 = 109_000;
    assert_eq!(fixed(observed(&pushed), 61), ("100442.25".into(), 1));
}

#[test]
fn spec_example_rung_2() {
    let three = [(4, 100_000), (6, 100_200), (8, 100_400)];
    assert_eq!(fixed(observed(&three), 61), ("100200".into(), 2));
}

#[test]
fn spec_example_rung_3() {
    let two = [(4, 100_000), (9, 100_600)];
    assert_eq!(fixed(observed(&two), 86_400), ("100300".into(), 3));
}

#[test]
fn spec_example_rung_4() {
    assert_eq!(
        fixed(observed(&[(0, 98_500)]), 7 * 86_400),
        ("98500".into(), 4)
    );
}

#[test]
fn spec_example_share_passed() {
    let mut world = World::with_short_window();
    for (minute, price) in [(0, 100_000), (4, 100_000), (5, 101_000)] {
        world.set_time(START + minute * 60);
        let mut report = world.report(price);
        report.expiries = surface(vec![entry(minutes(10), PRICE, lognormal(4))]);
        world.publish(&report).unwrap();
    }
    let record: MarketRecord = decode(&raw(&world)).unwrap();
    for (second, (seen, all)) in [(300, (2, 6)), (420, (2, 5)), (599, (2, 3))] {
        let state = to_state(FEED, &record, START + second).unwrap();
        let expected = FixingStage::Window {
            passed: (seen << 16) / all,
            observed: Band {
                low: Fx::from_num(100_000),
                mid: Fx::from_num(100_500),
                high: Fx::from_num(101_000),
            },
        };
        assert_eq!(state.fixings[0].stage, expected);
    }
}

/// What an auditor hashes of an observation, from what the query tells and the feed's `price_bits`.
fn evidence_bytes(seen: &ObservationView) -> Vec<u8> {
    // Rounded up: the decimal was rounded down, by less than a stored unit.
    let atomics = seen.price.atomics().full_mul(1_u128 << BITS);
    let one = Uint256::from(10_u128.pow(18));
    let units = (atomics + one - Uint256::one()) / one;
    let price: u64 = units.to_string().parse().unwrap();
    let signers: u32 = seen.evidence.signers.iter().map(|at| 1 << at).sum();
    let mut bytes = seen.bucket.to_be_bytes().to_vec();
    bytes.extend(price.to_be_bytes());
    bytes.extend([u8::from(seen.confirmed), u8::from(seen.jumped)]);
    bytes.extend(signers.to_be_bytes());
    bytes.extend(seen.evidence.digest.as_slice());
    bytes
}

#[test]
fn spec_example_evidence() {
    let mut world = World::with_short_window();
    world.set_time(START + 240);
    let mut report = world.report(PRICE);
    for source in &mut report.sources {
        source.price = 429_496_729_600_001;
    }
    world.publish(&report).unwrap();
    // Two families, of which one is 3.3 % off, and other signers.
    world.set_time(START + 540);
    let mut report = world.report(120_000);
    report.sources.truncate(3);
    report.sources[2].price = stored(116_000);
    let bytes = report.to_bytes().unwrap();
    let signatures = world.sign(&world.domain(), &bytes, &[2, 3, 4, 5, 6]);
    world.publish_raw(&bytes, signatures).unwrap();
    world.set_time(START + 600 + 86_400);
    world.fix(minutes(10)).unwrap();

    let seen = world.evidence(minutes(10));
    let told = |seen: &ObservationView| (seen.price, seen.confirmed, seen.jumped);
    assert_eq!(
        seen.observations.iter().map(told).collect::<Vec<_>>(),
        [
            (decimal("100000.000000000232830643"), true, false),
            (decimal("120000"), false, true)
        ]
    );
    let lines: Vec<Vec<u8>> = seen.observations.iter().map(evidence_bytes).collect();
    assert_eq!(
        hex(&lines.concat()),
        "01c16dc4000186a00000000101000000001f5bdd32da55692290cc282dc9328f2fecff9a71db63bce811456e50e92a545d14\
         01c16dc90001d4c00000000000010000007cf7c0cd5463c38be09933179c226230b97d1014cc2c3902caafc01f09b2c4bb76"
    );
    let fixing = world.fixing(minutes(10));
    assert_eq!(
        (fixing.rung, fixing.filled, fixing.confirmed),
        (Some(3), 2, 1)
    );
    assert_eq!(
        hex(&fixing.evidence.unwrap()),
        "9dc84a1db4ab904409d171432e10cfe248bb600a186405fbebf9448c4922b65b"
    );
    // The digest of an observation is that of the report that was signed.
    let digest = Sha256::digest(world.domain().preimage(&bytes));
    assert_eq!(seen.observations[1].evidence.digest.as_slice(), &digest[..]);
}
