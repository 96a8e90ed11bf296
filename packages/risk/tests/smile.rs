//! The smile row: what one date's slice does by itself while the other's stands.

mod support;

use risk::{
    Assessment, Book, Context, FixingStage, FixingState, Kind, Level, Row, SmileChoice, Worst,
    assess, explain, smile_mixes, unit_values,
};
use support::*;

/// Two days with the same lognormal of total vol 0.15.
fn twins() -> Context {
    lognormals(&[(30, 0.15), (31, 0.15)])
}

/// The butterfly 70,000 / 74,000 / 78,000 of 1 BTC, sold at 30 days and bought at 31.
fn sold_against_bought() -> Book {
    let fly = |days, sign: i64| {
        [(70, 1), (74, -2), (78, 1)]
            .map(|(strike, count)| leg(LINEAR, days, strike, Kind::Call, 100 * sign * count))
    };
    book(&[], &[fly(30, -1), fly(31, 1)].concat())
}

fn of(book: &Book, context: &Context) -> Assessment {
    assess(book, context, Level::Maintenance).unwrap()
}

/// `docs/spec/margin.md`, *Bumps*. By double precision elsewhere: the butterfly is worth 90.71 on both days; sold, with 5 % of a
/// lognormal at 74,082 it costs 127.32; bought, at 0.9165 times its vol it is worth 68.35.
#[test]
fn spec_example_bump() {
    let (context, book) = (twins(), sold_against_bought());
    let found = of(&book, &context);
    let Worst::Joint { pricing, .. } = found.worst else {
        panic!("{found:?}")
    };
    assert_eq!((pricing.row, pricing.spot_move), (Row::Smile, 0));
    let near = |value: i128, usd: f64| (value as f64 / 1e6 - usd).abs() < 0.01;
    assert!(near(found.equity, 0.0), "{found:?}");
    assert!(near(found.margin, 127.317 - 68.352), "{found:?}");
    let told = explain(&book, &context, Level::Maintenance).unwrap();
    let worth = |days| {
        let own = told
            .legs
            .iter()
            .filter(|leg| leg.leg.key.expiry == expiry(days));
        own.map(|leg| leg.worst).sum::<i128>()
    };
    assert!(
        near(worth(30), -127.317) && near(worth(31), 68.352),
        "{told:?}"
    );
}

/// What the oracle takes for its envelope: two sides of 2 %, seven bumps of 5 %, those above thinned by their forward.
#[test]
fn the_lognormals_of_the_row() {
    let mixes = smile_mixes((0.15 * 4_294_967_296.0) as u64);
    let told: Vec<_> = mixes.iter().map(|m| (m.place, m.width, m.weight)).collect();
    let bumps = [3_277, 3_277, 3_277, 3_277, 2_820, 2_427, 2_089];
    let places = [-6, -4, -2, 0, 2, 4, 6];
    let expected = places
        .iter()
        .zip(bumps)
        .map(|(place, weight)| (*place, 1, weight));
    assert_eq!(told[..2], [(-3, 2, 1_311), (3, 2, 1_311)]);
    assert_eq!(told[2..], expected.collect::<Vec<_>>());
}

/// A put and a call, strikes in thousands, and where spot is.
#[derive(Clone, Copy)]
struct Options {
    days: u32,
    put: u32,
    call: u32,
    spot_move: i32,
}

const NEAR: Options = Options {
    days: 30,
    put: 80,
    call: 120,
    spot_move: 0,
};

/// A put and a call of one date in one choice at one move of spot (basis points), USD per BTC.
fn put_and_call(context: &Context, of: Options, choice: SmileChoice) -> [f64; 2] {
    let legs = [
        leg(LINEAR, of.days, of.put, Kind::Put, 1),
        leg(LINEAR, of.days, of.call, Kind::Call, 1),
    ];
    let table = unit_values(&legs.map(|leg| leg.key), context, Level::Maintenance).unwrap();
    let row = table
        .iter()
        .find(|row| row.choice == Some(choice) && row.pricing.spot_move == of.spot_move)
        .unwrap();
    // A quantity unit is 0.01 BTC, its value in 2^-32 of a millionth.
    let usd = |kind| {
        let found = row.values.iter().find(|(key, _)| key.kind == kind).unwrap();
        found.1 as f64 / 4_294_967_296.0 / 1e4
    };
    [usd(Kind::Put), usd(Kind::Call)]
}

/// By double precision elsewhere, from the formulas of `docs/spec/surface.md`.
#[test]
fn choices_mix_in_what_the_page_says() {
    let context = twins();
    for (choice, expected) in [
        (SmileChoice::Mark, [403.60, 891.28]),
        (SmileChoice::SkewUp, [425.72, 1_009.50]),
        (SmileChoice::SkewDown, [466.76, 925.28]),
        (SmileChoice::Bump(-3), [1_044.98, 1_092.79]),
        (SmileChoice::Bump(-2), [595.03, 1_016.87]),
        (SmileChoice::Bump(0), [383.56, 847.73]),
        (SmileChoice::Bump(3), [505.36, 1_749.56]),
    ] {
        let found = put_and_call(&context, NEAR, choice);
        let near = |(a, b): (&f64, &f64)| (a - b).abs() < 0.01;
        assert!(
            found.iter().zip(&expected).all(near),
            "{choice:?}: {found:?}"
        );
    }
}

/// Half of the window has passed at the forward: the other half takes the choice, and puts and calls half as far away feel it.
#[test]
fn choices_act_on_what_still_moves() {
    let mut context = twins();
    context.underlyings[0].state.fixings = vec![FixingState {
        expiry: expiry(30),
        stage: FixingStage::Window {
            passed: 32_768,
            observed: only(100_000),
        },
    }];
    for (choice, expected) in [
        (SmileChoice::Mark, [258.02, 380.76]),
        (SmileChoice::SkewDown, [287.54, 398.13]),
        (SmileChoice::Bump(-2), [346.98, 444.51]),
        (SmileChoice::Bump(3), [311.04, 816.40]),
    ] {
        let options = Options {
            put: 90,
            call: 110,
            ..NEAR
        };
        let found = put_and_call(&context, options, choice);
        let near = |(a, b): (&f64, &f64)| (a - b).abs() < 0.01;
        assert!(
            found.iter().zip(&expected).all(near),
            "{choice:?}: {found:?}"
        );
    }
}

/// At every move of the row, and on a date that borrows its slice: 62 days out twice the variance of 31, `v` = 0.2121.
#[test]
fn bumps_move_with_spot_and_with_the_date() {
    let context = twins();
    let fallen = Options {
        spot_move: -400,
        ..NEAR
    };
    let far = Options {
        days: 62,
        put: 70,
        call: 140,
        ..NEAR
    };
    for (options, choice, expected) in [
        (fallen, SmileChoice::Bump(-2), [976.16, 562.56]),
        (far, SmileChoice::Mark, [338.17, 600.21]),
        (far, SmileChoice::Bump(-2), [510.68, 695.80]),
        (far, SmileChoice::Bump(3), [422.45, 1_625.57]),
    ] {
        let found = put_and_call(&context, options, choice);
        let near = |(a, b): (&f64, &f64)| (a - b).abs() < 0.01;
        assert!(
            found.iter().zip(&expected).all(near),
            "{choice:?}: {found:?}"
        );
    }
}
