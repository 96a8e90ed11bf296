//! Reducing where nothing has a price.

mod support;

use risk::{Kind, only_shrinks, reducing_without_price};
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
