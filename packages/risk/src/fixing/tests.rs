//! The ladder against numbers worked out by hand, and its laws on random windows.

use fixed_math::Fx;
use proptest::prelude::*;

use super::*;
use crate::Band;

const EXPIRY: u64 = 1_767_261_600;
const DAY: u64 = 86_400;

fn price(value: f64) -> Fx {
    Fx::from_num(value)
}

fn window(buckets: u32) -> Window {
    Window::new(u32::try_from(EXPIRY / 60).unwrap(), buckets, 30).unwrap()
}

fn seen(prices: &[f64]) -> Vec<Observation> {
    prices
        .iter()
        .map(|p| Observation {
            price: price(*p),
            confirmed: true,
        })
        .collect()
}

fn unconfirmed(prices: &[f64]) -> Vec<Observation> {
    prices
        .iter()
        .map(|p| Observation {
            price: price(*p),
            confirmed: false,
        })
        .collect()
}

#[test]
fn windows_have_bounded_terms_and_whole_buckets() {
    assert_eq!(Window::new(1, 5, 30), None);
    assert_eq!(Window::new(1, 241, 30), None);
    assert_eq!(Window::new(1, 60, 0), None);
    assert_eq!(Window::new(1, 60, 25), None);
    assert_eq!(Window::new(1, 60, 61), None);
    let window = window(60);
    assert_eq!(window.start(), EXPIRY - 1_800);
    assert_eq!(window.range(), ((EXPIRY - 1_800) / 30, EXPIRY / 30));
    assert!(!window.contains(EXPIRY - 1_801) && window.contains(EXPIRY - 1_800));
    assert!(window.contains(EXPIRY - 1) && !window.contains(EXPIRY));
}

#[test]
fn medians_of_odd_and_even_counts() {
    assert_eq!(median(&[]), None);
    assert_eq!(
        median(&[price(3.0), price(1.0), price(2.0)]),
        Some(price(2.0))
    );
    assert_eq!(median(&[price(4.0), price(1.0)]), Some(price(2.5)));
    // Two neighbouring numbers: rounded down.
    let unit = Fx::from_bits(7);
    assert_eq!(median(&[unit, Fx::from_bits(8)]), Some(unit));
}

#[test]
fn an_observation_needs_three_sources_and_two_families_to_be_confirmed() {
    let quote = |p: f64, family| Quote {
        price: price(p),
        family,
    };
    assert_eq!(observe(&[quote(100.0, 0), quote(100.0, 1)]), None);
    let together = observe(&[quote(100.0, 0), quote(100.0, 1), quote(500.0, 2)]).unwrap();
    assert_eq!(
        together,
        Observation {
            price: price(100.0),
            confirmed: true
        }
    );
    let alone = observe(&[quote(100.0, 0), quote(100.0, 0), quote(102.0, 1)]).unwrap();
    assert_eq!(
        alone,
        Observation {
            price: price(100.0),
            confirmed: false
        }
    );
    let edge = observe(&[quote(100.0, 0), quote(100.0, 0), quote(101.0, 1)]).unwrap();
    assert!(edge.confirmed, "exactly one percent counts");
}

#[test]
fn rung_1_winsorises_and_needs_ninety_percent() {
    let window = window(10);
    // Median 100; 120 counts as 101 and 50 as 99: (7 * 100 + 101 + 99) / 9.
    let prices = [100.0, 100.0, 120.0, 100.0, 100.0, 50.0, 100.0, 100.0, 100.0];
    assert_eq!(rung_buckets(&window, &seen(&prices)), Some(price(100.0)));
    assert_eq!(rung_buckets(&window, &seen(&prices[..8])), None);
    let up = [
        100.0, 100.0, 120.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0,
    ];
    // The clamp is at 101 less a few units of 2^-64: a hundredth is rounded down.
    let tenth = rung_buckets(&window, &seen(&up)).unwrap();
    assert!(tenth < price(100.100_000_001) && tenth > price(100.099_999_999));
}

#[test]
fn rung_2_counts_confirmed_buckets_only() {
    let window = window(10);
    let mut mixed = seen(&[100.0, 101.0, 102.0, 101.0, 101.0]);
    assert_eq!(rung_confirmed(&window, &mixed), Some(price(101.0)));
    mixed.extend(unconfirmed(&[500.0; 3]));
    assert_eq!(rung_confirmed(&window, &mixed), Some(price(101.0)));
    mixed[0].confirmed = false;
    assert_eq!(rung_confirmed(&window, &mixed), None);
}

#[test]
fn rung_3_and_4_open_in_time() {
    let window = window(60);
    let two = unconfirmed(&[90.0, 110.0]);
    assert_eq!(rung_hull_middle(&window, &two, EXPIRY + DAY - 1), None);
    assert_eq!(
        rung_hull_middle(&window, &two, EXPIRY + DAY),
        Some(price(100.0))
    );
    assert_eq!(rung_hull_middle(&window, &[], EXPIRY + DAY), None);
    let before = Some(price(95.0));
    assert_eq!(
        rung_before_window(&window, before, EXPIRY + 7 * DAY - 1),
        None
    );
    assert_eq!(
        rung_before_window(&window, before, EXPIRY + 7 * DAY),
        before
    );
}

#[test]
fn the_ladder_takes_the_first_rung_and_says_when_the_next_opens() {
    let window = window(10);
    let before = Some(price(95.0));
    let fixed = |observations: &[Observation], now| fix(&window, observations, before, now);
    assert_eq!(
        fixed(&seen(&[100.0; 10]), EXPIRY - 1),
        Err(FixingError::TooEarly { next: EXPIRY })
    );
    let rung = |observations: &[Observation], now| fixed(observations, now).map(|made| made.rung);
    assert_eq!(rung(&seen(&[100.0; 9]), EXPIRY), Ok(Rung::Buckets));
    assert_eq!(rung(&seen(&[100.0; 5]), EXPIRY), Ok(Rung::Confirmed));
    let few = seen(&[100.0; 4]);
    assert_eq!(
        rung(&few, EXPIRY),
        Err(FixingError::TooEarly { next: EXPIRY + DAY })
    );
    assert_eq!(rung(&few, EXPIRY + DAY), Ok(Rung::HullMiddle));
    assert_eq!(rung(&few, EXPIRY + 30 * DAY), Ok(Rung::HullMiddle));
    assert_eq!(
        rung(&[], EXPIRY + DAY),
        Err(FixingError::TooEarly {
            next: EXPIRY + 7 * DAY
        })
    );
    assert_eq!(rung(&[], EXPIRY + 7 * DAY), Ok(Rung::BeforeWindow));
    let nothing = fix(&window, &[], None, EXPIRY + 7 * DAY);
    assert_eq!(nothing, Err(FixingError::NoPrice));
}

#[test]
fn the_share_passed_counts_what_can_still_come() {
    let window = window(10);
    let (first, _) = window.range();
    let progress = |filled, newest| Progress {
        confirmed: 0,
        filled,
        newest,
        observed: Band {
            low: price(1.0),
            mid: price(1.0),
            high: price(1.0),
        },
    };
    let at = |bucket: u64| window.start() + bucket * 30;
    assert_eq!(share_passed(&window, &progress(0, 0), at(9)), 0);
    assert_eq!(
        share_passed(&window, &progress(1, first), at(0)),
        (1 << 16) / 10
    );
    assert_eq!(
        share_passed(&window, &progress(5, first + 4), at(5)),
        1 << 15
    );
    // Five buckets missed: one of five that count.
    assert_eq!(
        share_passed(&window, &progress(1, first), at(6)),
        (1 << 16) / 5
    );
    assert_eq!(
        share_passed(&window, &progress(10, first + 9), EXPIRY - 1),
        1 << 16
    );
    assert_eq!(
        share_passed(&window, &progress(3, first + 2), EXPIRY),
        1 << 16
    );
}

#[test]
fn the_hull_is_what_was_observed_else_spot_slow_and_before() {
    let band = |low: f64, mid: f64, high: f64| Band {
        low: price(low),
        mid: price(mid),
        high: price(high),
    };
    let spot = band(98.0, 99.0, 100.0);
    let beside = Beside {
        spot,
        slow: price(120.0),
        before: price(80.0),
        closed: true,
    };
    let window = window(60);
    let observed = Progress {
        filled: 59,
        confirmed: 0,
        newest: window.range().1 - 2,
        observed: band(90.0, 95.0, 97.0),
    };
    assert_eq!(hull(&window, &observed, &beside), observed.observed);
    let nothing = Progress {
        filled: 0,
        ..observed
    };
    let fallen_back = Beside {
        slow: price(101.0),
        before: price(97.0),
        ..beside
    };
    assert_eq!(
        hull(&window, &nothing, &fallen_back),
        band(97.0, 97.0, 101.0)
    );
    // Too few buckets for a mean: rung 3 pays halfway, half of them confirmed are enough for one.
    let few = Progress {
        filled: 53,
        confirmed: 29,
        ..observed
    };
    assert_eq!(hull(&window, &few, &beside), band(90.0, 93.5, 97.0));
    let confirmed = Progress {
        confirmed: 30,
        ..few
    };
    assert_eq!(hull(&window, &confirmed, &beside), observed.observed);
    // Until the window is closed its last bucket may still be filled, unless it is.
    let open = Beside {
        closed: false,
        ..beside
    };
    assert_eq!(hull(&window, &few, &open), band(90.0, 95.0, 100.0));
    let filled = Progress {
        newest: window.range().1 - 1,
        ..few
    };
    assert_eq!(hull(&window, &filled, &open), observed.observed);
}

/// Prices as the contract stores them: positive, below 2^24 with 32 fraction bits.
fn stored_price() -> impl Strategy<Value = Fx> {
    (1_u64..1 << 56).prop_map(|stored| Fx::from_bits(i128::from(stored) << 32))
}

fn observation() -> impl Strategy<Value = Observation> {
    (stored_price(), any::<bool>()).prop_map(|(price, confirmed)| Observation { price, confirmed })
}

proptest! {
    /// Whatever was observed, the price lies between the lowest and the highest bucket.
    #[test]
    fn attack_risk_11_no_rung_leaves_the_hull_of_what_was_observed(
        observations in prop::collection::vec(observation(), 1..=60),
        wait in 0_u64..8 * DAY,
    ) {
        let window = window(60);
        if let Ok(made) = fix(&window, &observations, Some(price(1.0)), EXPIRY + wait) {
            let low = observations.iter().map(|o| o.price).min().unwrap();
            let high = observations.iter().map(|o| o.price).max().unwrap();
            prop_assert!(low <= made.price && made.price <= high);
            prop_assert_ne!(made.rung, Rung::BeforeWindow);
        }
    }

    /// A week after the expiry there is a price, whoever fell silent when.
    #[test]
    fn attack_risk_10_it_always_ends(
        observations in prop::collection::vec(observation(), 0..=60),
        before in stored_price(),
    ) {
        let made = fix(&window(60), &observations, Some(before), EXPIRY + 7 * DAY);
        prop_assert!(made.is_ok());
    }

    /// Pushing any k of n buckets anywhere moves rung 1 by at most k / n of 2 % of the median,
    /// as long as they are fewer than half.
    #[test]
    fn attack_risk_08_a_push_is_bounded(
        honest in 1_000.0_f64..100_000.0,
        pushed in prop::collection::vec(stored_price(), 1..=29),
    ) {
        let window = window(60);
        let fair = price(honest);
        let mut observations = vec![Observation { price: fair, confirmed: true }; 60];
        for (slot, wrong) in observations.iter_mut().zip(&pushed) {
            slot.price = *wrong;
        }
        let made = rung_buckets(&window, &observations).unwrap();
        // Half stay honest, so the median is honest, and each push counts one percent at most.
        let most = fair.to_bits() / 100 * i128::try_from(pushed.len()).unwrap() / 60 + 1;
        prop_assert!(made.to_bits().abs_diff(fair.to_bits()) <= most.unsigned_abs());
    }

    /// The mean against exact rational arithmetic: nearest, ties up.
    #[test]
    fn the_mean_is_rounded_to_nearest(prices in prop::collection::vec(1_i64..1 << 40, 1..=60)) {
        // All within one percent of each other, so that nothing is clamped.
        let base = 1_i128 << 100;
        let bits: Vec<i128> = prices.iter().map(|p| base + i128::from(*p)).collect();
        let count = i128::try_from(bits.len()).unwrap();
        let sum: i128 = prices.iter().map(|p| i128::from(*p)).sum();
        let expected = base + (2 * sum + count).div_euclid(2 * count);
        let all: Vec<Fx> = bits.iter().map(|b| Fx::from_bits(*b)).collect();
        prop_assert_eq!(winsorised_mean(&all).unwrap().to_bits(), expected);
    }
}
