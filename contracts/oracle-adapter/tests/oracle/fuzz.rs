//! Random bytes, random changes of signed reports, and random walks against a model written apart.

use proptest::collection::vec;
use proptest::prelude::*;
use protocol_api::oracle::Validity;
use protocol_api::oracle::report::Report;
use protocol_api::record::{MarketRecord, decode, market_record_key, to_state};

use crate::world::{
    FEED, PRICE, QUORUM, START, World, entry, lognormal, minutes, mixture, stored, surface,
};

fn raw(world: &World) -> Option<MarketRecord> {
    let bytes = world
        .app
        .wrap()
        .query_wasm_raw(&world.adapter, market_record_key(FEED))
        .unwrap();
    bytes.map(|bytes| decode(&bytes).unwrap())
}

fn full_report(world: &World) -> Report {
    let mut report = world.report(PRICE);
    report.expiries = surface(vec![
        entry(minutes(1_440), PRICE, mixture(26)),
        entry(minutes(10_080), PRICE, lognormal(69)),
    ]);
    report
}

/// What must hold of any record that was stored.
fn check(world: &World) {
    let Some(record) = raw(world) else { return };
    assert!(
        record.band.low <= record.band.mid && record.band.mid <= record.band.high,
        "ORA-3"
    );
    assert!(
        (stored(1_000)..=stored(1_000_000)).contains(&record.band.mid),
        "ORA-3"
    );
    assert!(record.publish_time <= record.report_time);
    assert!(u64::from(record.report_time) <= world.now() + 5, "ORA-2");
    assert!(record.regime_maintenance <= record.regime && record.regime <= 2 << 24);
    assert!(record.expiries.windows(2).all(|pair| {
        pair[0].expiry < pair[1].expiry && pair[0].discount_deficit <= pair[1].discount_deficit
    }));
    for age in [0, 30, 400] {
        to_state(FEED, &record, world.now() + age).expect("ORA-6");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn attack_risk_41_random_bytes_are_refused(bytes in vec(any::<u8>(), 0..400)) {
        let mut world = World::new();
        let signatures = world.sign(&world.domain(), &bytes, &QUORUM);
        let error = world.publish_raw(&bytes, signatures).unwrap_err();
        prop_assert!(error.contains("E_REPORT_MALFORMED"), "{}", error);
        prop_assert!(raw(&world).is_none());
    }

    /// Even a quorum that signs nonsense cannot store what margin could not read.
    #[test]
    fn attack_risk_12_a_changed_report_signed_anew_is_refused_or_sound(
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut world = World::new();
        let mut bytes = full_report(&world).to_bytes().unwrap();
        for (index, value) in changes {
            let at = index.index(bytes.len());
            bytes[at] = value;
        }
        let signatures = world.sign(&world.domain(), &bytes, &QUORUM);
        if world.publish_raw(&bytes, signatures).is_ok() {
            check(&world);
            // And the feed goes on.
            world.advance(6);
            let next = full_report(&world);
            let newest = raw(&world).map_or(0, |record| record.report_time);
            prop_assert!(newest >= next.time || world.publish(&next).is_ok());
        }
    }
}

/// One step of a walk: seconds that pass, the prices of five sources, how many of them speak.
type Step = (u64, [i32; 5], usize);

fn step() -> impl Strategy<Value = Step> {
    // Mostly near 100,000; sometimes a source far off, sometimes few sources, sometimes silence.
    let offset = prop_oneof![9 => -300..300_i32, 1 => -60_000..60_000_i32];
    let offsets = [
        offset.clone(),
        offset.clone(),
        offset.clone(),
        offset.clone(),
        offset,
    ];
    let gap = prop_oneof![6 => 1..40_u64, 1 => 40..200_u64];
    (
        gap,
        offsets,
        prop_oneof![5 => Just(5_usize), 1 => 0..5_usize],
    )
}

/// A model that knows only the specification: exact integers in hundredths of stored units are not
/// needed, because all prices are whole dollars and halves.
#[derive(Default)]
struct Model {
    /// Slow price in stored units, as the specification rounds it.
    slow: u128,
    published: Option<u64>,
    /// Bucket, twice the price in dollars, confirmed.
    seen: Vec<(u64, u64, bool)>,
    last_valid: Option<(u64, u64)>,
}

fn twice_median(prices: &mut [u64]) -> u64 {
    prices.sort_unstable();
    let n = prices.len();
    if n % 2 == 1 {
        2 * prices[n / 2]
    } else {
        prices[n / 2 - 1] + prices[n / 2]
    }
}

const FAMILIES: [u8; 5] = [0, 0, 1, 1, 2];

impl Model {
    fn publish(&mut self, time: u64, quotes: &[(usize, u64)]) -> Validity {
        let live: Vec<(usize, u64)> = quotes.to_vec();
        let mut prices: Vec<u64> = live.iter().map(|(_, price)| *price).collect();
        let level = match live.len() {
            0 => return Validity::Invalid,
            1 => Validity::NoQuorum,
            2 => Validity::Uncertain,
            _ => Validity::Valid,
        };
        let twice = twice_median(&mut prices);
        let mid = u128::from(twice) << 31;
        let mut deviations: Vec<u64> = prices.iter().map(|p| (2 * p).abs_diff(twice)).collect();
        let four_times_deviation = twice_median(&mut deviations);
        let passed = self.published.map_or(0, |before| (time - before).min(60));
        if live.len() >= 3 {
            let most = self.slow * u128::from(passed) / 10_000;
            let gap = mid.abs_diff(self.slow).min(most);
            self.slow = if mid > self.slow {
                self.slow + gap
            } else {
                self.slow - gap
            };
        }
        self.published = Some(time);
        // Four times the half-width over twice the price: half / mid > 1 %.
        let wide = level == Validity::Valid && four_times_deviation * 100 > twice * 2;
        let level = if wide { Validity::Uncertain } else { level };
        let jumped = mid.abs_diff(self.slow) * 10 > self.slow;
        if level == Validity::Valid && self.seen.last().is_none_or(|seen| seen.0 < time / 60) {
            let agreeing = (0..3).filter(|family| {
                let own = live
                    .iter()
                    .filter(|(source, _)| FAMILIES[*source] == *family);
                let mut own: Vec<u64> = own.map(|(_, price)| *price).collect();
                !own.is_empty() && twice_median(&mut own).abs_diff(twice) * 100 <= twice
            });
            self.seen.push((time / 60, twice, agreeing.count() >= 2));
            if !jumped {
                self.last_valid = Some((time / 60, twice));
            }
        }
        if jumped {
            level.min(Validity::Jumped)
        } else {
            level
        }
    }

    /// The rung, and the price where the model knows it exactly (in dollars).
    fn fixing(&self, first: u64, end: u64) -> (u8, Option<f64>) {
        let window: Vec<_> = self
            .seen
            .iter()
            .filter(|s| (first..end).contains(&s.0))
            .collect();
        let mean = |prices: Vec<u64>| {
            let centre = twice_median(&mut prices.clone()) as f64 / 4.0;
            let clamp = |p: u64| (p as f64 / 2.0).clamp(0.99 * centre, 1.01 * centre);
            prices.iter().map(|p| clamp(*p)).sum::<f64>() / prices.len() as f64
        };
        let confirmed: Vec<u64> = window.iter().filter(|s| s.2).map(|s| s.1).collect();
        if window.len() as u64 * 10 >= (end - first) * 9 {
            (1, Some(mean(window.iter().map(|s| s.1).collect())))
        } else if confirmed.len() as u64 * 2 >= end - first {
            (2, Some(mean(confirmed)))
        } else if let (Some(low), Some(high)) = (
            window.iter().map(|s| s.1).min(),
            window.iter().map(|s| s.1).max(),
        ) {
            (3, Some((low + high) as f64 / 4.0))
        } else {
            (4, None)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn random_walks_agree_with_the_model(steps in vec(step(), 5..40)) {
        let mut world = World::with_short_window();
        let mut model = Model { slow: 100_000 << 32, ..Model::default() };
        // The first report brings the surface, which would count as jumped had it come later.
        world.publish(&world.report(PRICE)).unwrap();
        model.publish(world.now(), &[PRICE; 5].into_iter().enumerate().collect::<Vec<_>>());
        for (gap, offsets, speaking) in steps {
            world.advance(gap);
            let mut report = world.report(PRICE);
            let price = |offset: i32| u64::try_from(100_000 + offset).unwrap();
            for (source, offset) in report.sources.iter_mut().zip(offsets) {
                source.price = stored(price(offset));
            }
            report.sources.truncate(speaking);
            let quotes: Vec<(usize, u64)> =
                offsets.iter().take(speaking).map(|o| price(*o)).enumerate().collect();
            // The forward goes with the median, so that only spot can jump.
            if !quotes.is_empty() {
                let mut prices: Vec<u64> = quotes.iter().map(|quote| quote.1).collect();
                report.expiries[0].entry.forward = twice_median(&mut prices) << 31;
            }
            world.publish(&report).unwrap();
            let level = model.publish(world.now(), &quotes);
            prop_assert_eq!(world.validity(), level);
            prop_assert_eq!(u128::from(raw(&world).unwrap().slow), model.slow);
            check(&world);
        }
        // Ten minutes after the start an expiry; seven days later it has a price by the model's rung.
        world.set_time(START + 600 + 8 * 86_400);
        world.fix(minutes(10)).unwrap();
        let fixing = world.fixing(minutes(10));
        let (rung, price) = model.fixing(START / 60 + 4, START / 60 + 10);
        prop_assert_eq!(fixing.rung, Some(rung));
        if let Some(price) = price {
            let made: f64 = fixing.price.unwrap().to_string().parse().unwrap();
            prop_assert!((made - price).abs() < 1e-6, "{} {}", made, price);
        }
    }
}
