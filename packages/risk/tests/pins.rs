//! The row of pins: an expiry of the day settles anywhere within the scan.

mod support;

use fixed_math::Fx;
use pricing::slice::{Component, Slice};
use risk::{
    Assessment, Book, Context, FixingStage, FixingState, Kind, Leg, Level, Row, VolMove,
    WEIGHT_ONE, Worst, assess, explain, unit_values,
};
use support::*;

const HOUR: u64 = 3_600;

/// BTC and ETH at 100,000 and 2,500 USD without discount, so long before their first expiry; one lognormal of 50 % a year.
fn before(seconds: u64) -> Context {
    let mut context = context();
    context.now = u64::from(expiry(1)) * 60 - seconds;
    for (underlying, price) in context.underlyings.iter_mut().zip([100_000, 2_500]) {
        let state = &mut underlying.state;
        let price = Fx::from_num(price);
        (state.spot.low, state.spot.mid, state.spot.high) = (price, price, price);
        state.slow = price;
        for date in &mut state.expiries {
            (date.forward, date.discount, date.confidence) = (price, Fx::ONE, 0);
            let left = u64::from(date.expiry) * 60 - context.now;
            let vol = 0.5 * (left as f64 / 31_536_000.0).sqrt();
            date.slice = Slice::new(vec![Component {
                weight: 65_536,
                forward: 1 << 32,
                total_vol: (vol * 4_294_967_296.0) as u64,
            }])
            .unwrap();
        }
    }
    context
}

/// Sold butterflies of one coin, 1,000 USD wide, with this strike (thousands) in the middle.
fn sold(market: u16, middle: u32, units: i64) -> Vec<Leg> {
    let at = |strike, quantity| leg(market, 1, strike, Kind::Call, quantity);
    let legs = [at(middle - 1, -units), at(middle, 2 * units)];
    legs.into_iter().chain([at(middle + 1, -units)]).collect()
}

fn maintenance(book: &Book, context: &Context) -> Assessment {
    assess(book, context, Level::Maintenance).unwrap()
}

fn usd(value: i128) -> f64 {
    value as f64 / 1e6
}

fn pinned_at(found: &Assessment) -> i32 {
    match found.worst {
        Worst::Joint { pricing, .. } if pricing.row == Row::Pin => pricing.spot_move,
        other => panic!("{other:?}"),
    }
}

/// `docs/spec/margin.md`, *Pins*: one hour left, the butterfly's middle costs all of its width; without the row the moves of
/// the others pass it by.
#[test]
fn spec_example_pin() {
    let context = before(HOUR);
    let fly = book(&[], &sold(LINEAR, 102, 100));
    let found = maintenance(&fly, &context);
    assert_eq!(pinned_at(&found), 200);
    assert!((usd(found.surplus) + 1_000.0).abs() < 0.001, "{found:?}");
    assert!((usd(found.equity) + 6.51).abs() < 0.01, "{found:?}");
    let mut blind = context.clone();
    blind.underlyings[0].profile.theta_seconds = 0;
    let missed = usd(maintenance(&fly, &blind).surplus);
    assert!((missed + 232.29).abs() < 0.01, "{missed}");
    let told = explain(&fly, &context, Level::Maintenance).unwrap();
    let worst: Vec<f64> = told.legs.iter().map(|leg| usd(leg.worst)).collect();
    let expected = [-1_000.0, 0.0, 0.0];
    let near = |(a, b): (&f64, f64)| (a - b).abs() < 0.001;
    assert!(worst.iter().zip(expected).all(near), "{told:?}");
}

/// Nothing with a day left, half of it with eighteen hours, all of it from twelve hours on.
#[test]
fn spec_example_pins_come_in_evenly() {
    let loss = |hours: u64| {
        let context = before(hours * HOUR);
        let found = unit_values(
            &sold(LINEAR, 106, 1)
                .iter()
                .map(|leg| leg.key)
                .collect::<Vec<_>>(),
            &context,
            Level::Maintenance,
        );
        let rows = found.unwrap();
        let fly = |row: &risk::UnitValues| {
            let ratios = [-100.0, 200.0, -100.0];
            let values = row.values.iter().zip(ratios);
            values
                .map(|((_, unit), ratio)| *unit as f64 * ratio / 4_294_967_296e6)
                .sum::<f64>()
        };
        let pins = rows.iter().filter(|row| row.pricing.row == Row::Pin);
        pins.map(fly).fold(0.0, f64::min)
    };
    assert!(loss(24).abs() < 1e-9);
    // Half of 1,000, and of the 116.88 that Black has it cost halfway between +4 % and +8 %.
    let half = loss(18);
    assert!((half + 558.44).abs() < 0.01, "{half}");
    for hours in [12, 6, 1] {
        assert!((loss(hours) + 1_000.0).abs() < 0.001, "{hours}");
    }
}

/// A digital jumps at its strike: sold, it costs its payout from there on, bought, it is nothing just below.
#[test]
fn a_digital_is_seen_on_both_sides_of_its_strike() {
    let context = before(HOUR);
    let spread = |q: i64| {
        let at = |strike, q| leg(LINEAR, 1, strike, Kind::DigitalCall, q);
        book(&[], &[at(105, -q), at(106, q)])
    };
    let sold = maintenance(&spread(100), &context);
    assert!((usd(sold.surplus) + 1_000.0).abs() < 0.001, "{sold:?}");
    assert_eq!(pinned_at(&sold), 500);
    let bought = maintenance(&spread(-100), &context);
    assert!(usd(bought.surplus).abs() < 0.001, "{bought:?}");
}

/// Between two moves everything else is between what it is at them: a future of the next date hedges a future of this one.
#[test]
fn the_rest_of_the_book_moves_along() {
    let context = before(HOUR);
    let roll = [
        leg(LINEAR, 1, 100, Kind::Future, -100),
        leg(LINEAR, 7, 100, Kind::Future, 100),
    ];
    let alone = maintenance(&book(&[], &roll), &context);
    let twists = usd(alone.margin);
    assert!((0.0..300.0).contains(&twists), "{alone:?}");
    let mut legs = sold(LINEAR, 106, 100);
    legs.extend(roll);
    let both = maintenance(&book(&[], &legs), &context);
    assert!((usd(both.surplus) + 1_000.0).abs() < 0.01, "{both:?}");
}

/// In the window a pin lies where the mean of all observations may still end.
#[test]
fn in_the_window_only_what_still_moves_is_pinned() {
    let mut context = before(900);
    context.underlyings[0].state.fixings = vec![FixingState {
        expiry: expiry(1),
        stage: FixingStage::Window {
            passed: WEIGHT_ONE / 2,
            observed: only(100_000),
        },
    }];
    let surplus =
        |middle| usd(maintenance(&book(&[], &sold(LINEAR, middle, 100)), &context).surplus);
    // Sixteen per cent on one half.
    assert!((surplus(107) + 1_000.0).abs() < 0.001);
    assert!((surplus(108) + 1_000.0).abs() < 0.001);
    assert!(surplus(110).abs() < 0.001);
}

/// The follower is as far between what it is in at the two moves: the pin of one underlying leaves a hedge in another alive.
#[test]
fn followers_lie_between_their_own_moves() {
    let context = before(HOUR);
    // Long 1 BTC of the future, short as much ETH: they offset each other when both move alike.
    let hedge = [
        leg(LINEAR, 7, 100, Kind::Future, 100),
        leg(ETH_LINEAR, 7, 50, Kind::Future, -400),
    ];
    let pair = maintenance(&book(&[(0, 20_000_000_000)], &hedge), &context);
    let mut legs = sold(LINEAR, 106, 100);
    legs.extend(hedge);
    let all = book(&[(0, 20_000_000_000)], &legs);
    let found = maintenance(&all, &context);
    // Apart it may be more: the sum of both sides' own mixes with the mark.
    let joint = usd(pair.surplus) - 1_000.0;
    assert!(usd(found.surplus) >= joint - 0.01, "{found:?} {pair:?}");
    let told = explain(&all, &context, Level::Maintenance).unwrap();
    let worst: f64 = 20_000.0 + told.legs.iter().map(|leg| usd(leg.worst)).sum::<f64>();
    assert!((worst - usd(found.surplus)).abs() < 0.01, "{told:?}");
}

/// The table for linear programs holds the pins of its series.
#[test]
fn unit_values_know_the_pins() {
    let context = before(2 * HOUR);
    let mut legs = sold(LINEAR, 106, 100);
    legs.push(leg(LINEAR, 7, 104, Kind::Call, 10));
    let keys: Vec<_> = legs.iter().map(|leg| leg.key).collect();
    let table = unit_values(&keys, &context, Level::Maintenance).unwrap();
    let value = |row: &risk::UnitValues| -> f64 {
        let of = |key| legs.iter().find(|leg| leg.key == key).unwrap().quantity;
        let each = row.values.iter();
        each.map(|(key, unit)| of(*key) as f64 * *unit as f64 / 4_294_967_296.0)
            .sum()
    };
    let pins = table.iter().filter(|row| row.pricing.row == Row::Pin);
    assert!(pins.clone().all(|row| row.pricing.vol == VolMove::Flat));
    let lowest = pins.map(value).fold(f64::INFINITY, f64::min);
    let found = maintenance(&book(&[], &legs), &context);
    assert_eq!(pinned_at(&found), 600);
    assert!(
        (found.surplus as f64 - lowest).abs() < 1_000.0,
        "{found:?} {lowest}"
    );
}
