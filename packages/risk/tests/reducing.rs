//! Reducing, with a price and where nothing has one.

mod support;

use risk::liquidation::Health;
use risk::{Assessment, Kind, Level, assess, only_shrinks, reducing_without_price};
use support::*;

#[test]
fn shrinking_means_no_leg_grows_flips_or_appears() {
    let with = |legs: &[(u32, i64)]| -> Vec<risk::Leg> {
        let leg = |(strike, quantity): &(u32, i64)| leg(LINEAR, 35, *strike, Kind::Call, *quantity);
        legs.iter().map(leg).collect()
    };
    let before = with(&[(1, 5), (2, -5)]);
    assert!(only_shrinks(&before, &with(&[(1, 5), (2, -4)])));
    assert!(only_shrinks(&before, &with(&[])));
    assert!(!only_shrinks(&before, &with(&[(1, 6)])));
    assert!(!only_shrinks(&before, &with(&[(1, -1)])));
    assert!(!only_shrinks(&before, &with(&[(3, 1)])));
}

#[test]
fn value_is_never_given_away_at_a_price_nobody_can_judge() {
    let long = |q| leg(LINEAR, 35, 60, Kind::Call, q);
    let short = |q| leg(LINEAR, 35, 100, Kind::Call, q);
    let reduces = |from: &[risk::Leg], to: &[risk::Leg], cash: i128| {
        let (before, after) = (book(&[(0, 5)], from), book(&[(0, 5 + cash)], to));
        only_shrinks(&before.legs, &after.legs)
            && reducing_without_price(&before, &after, &context().markets).unwrap()
    };
    let held = [long(100), short(-200)];
    assert!(!reduces(&held, &[short(-200)], 0), "a long for nothing");
    assert!(
        !reduces(&held, &[short(-200)], 1_000_000_000),
        "nor for much"
    );
    assert!(reduces(&held, &[long(100), short(-199)], 0));
    assert!(!reduces(&held, &[long(100), short(-199)], -1));
    assert!(reduces(&held, &[long(100)], -5), "ends covered");
    assert!(!reduces(&held, &[long(101), short(-199)], 0), "grows");
    // A put given away can owe its strike and no more: 100 x 60,000 USD x 0.01.
    let put = |q| leg(LINEAR, 35, 60, Kind::Put, q);
    let held = [put(100), short(-200)];
    let bound = 100 * 60_000 * 10_000;
    assert!(!reduces(&held, &[short(-200)], bound - 1));
    assert!(reduces(&held, &[short(-200)], bound));
}

/// Half of a short call bought back, from an account whose equity is half of its margin: for up to half of the cash, which
/// leaves half of everything. By double precision elsewhere the call is worth 2,500.24, its margin 14,999.98.
#[test]
fn spec_example_reducing() {
    let context = lognormals(&[(30, 0.15)]);
    let initial = |usd: i128, quantity: i64| {
        let call = leg(LINEAR, 30, 110, Kind::Call, quantity);
        let found = assess(
            &book(&[(0, usd * 1_000_000)], &[call]),
            &context,
            Level::Initial,
        );
        let Assessment { equity, margin, .. } = found.unwrap();
        Health { equity, margin }
    };
    let near = |value: i128, usd: f64| assert!((value as f64 / 1e6 - usd).abs() < 0.01, "{value}");
    let before = initial(10_000, -100);
    near(before.equity, 7_499.76);
    near(before.margin, 14_999.98);
    near(before.surplus(), -7_500.23);
    let (passes, refused) = (initial(10_000 - 4_999, -50), initial(10_000 - 5_001, -50));
    near(passes.margin, 7_499.99);
    near(passes.equity, 3_750.88);
    assert!(passes.is_no_weaker_than(&before));
    near(refused.equity, 3_748.88);
    near(refused.surplus(), -3_751.11);
    assert!(!refused.is_no_weaker_than(&before));
}
