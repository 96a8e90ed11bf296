//! The smile row: what one date's slice does by itself while the other's stands.

mod support;

use pricing::slice::{Component, Slice};
use risk::{
    Assessment, Book, Context, FixingStage, FixingState, Kind, Leg, Level, Row, SmileChoice,
    UnitValues, Worst, assess, explain, smile_mixes, unit_values,
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

/// The same components (weight in 65,536, forward over the expiry's, total vol) at 30 and at 31 days.
fn alike(parts: &[(u32, u64, f64)]) -> Context {
    let mut context = twins();
    let parts = parts.iter().map(|(weight, forward, vol)| Component {
        weight: *weight,
        forward: *forward,
        total_vol: (vol * 4_294_967_296.0) as u64,
    });
    let slice = Slice::new(parts.collect()).unwrap();
    for date in &mut context.underlyings[0].state.expiries {
        date.slice = slice.clone();
    }
    context
}

/// Calls of one date: strikes in thousands, and coins.
type Calls<'a> = &'a [(u32, i64)];

/// Sells calls on the first date and buys them on the second. At +4 %: what the margin is, and per date the choices that cost
/// most and next to most, with what the calls are worth in them, USD.
fn sold_and_bought(context: &Context, calls: Calls) -> (f64, [[(SmileChoice, f64); 2]; 2]) {
    let dates = &context.underlyings[0].state.expiries;
    let sides = [(dates[0].expiry, -1), (dates[1].expiry, 1)];
    let legs = sides.map(|(expiry, sign)| {
        calls.iter().map(move |(strike, coins)| {
            let mut call = leg(LINEAR, 0, *strike, Kind::Call, 100 * sign * coins);
            call.key.expiry = expiry;
            call
        })
    });
    let legs: Vec<Leg> = legs.into_iter().flatten().collect();
    let found = of(&book(&[], &legs), context);
    let Worst::Joint { pricing, .. } = found.worst else {
        panic!("{found:?}")
    };
    assert_eq!((pricing.row, pricing.spot_move), (Row::Smile, 400));
    let keys: Vec<_> = legs.iter().map(|leg| leg.key).collect();
    let table = unit_values(&keys, context, Level::Maintenance).unwrap();
    let lowest = sides.map(|(expiry, _)| {
        let own = legs.iter().filter(|leg| leg.key.expiry == expiry);
        let own: Vec<&Leg> = own.collect();
        let rows = table.iter().filter(|row| row.pricing == pricing);
        let worth = rows.map(|row| (row.choice.unwrap(), worth(&own, row)));
        let mut all: Vec<(SmileChoice, f64)> = worth.collect();
        all.sort_by(|a, b| a.1.total_cmp(&b.1));
        [all[0], all[1]]
    });
    (found.margin as f64 / 1e6, lowest)
}

/// Of legs by the unit values of a pricing, USD.
fn worth(legs: &[&Leg], row: &UnitValues) -> f64 {
    let unit = |leg: &Leg| {
        let found = row.values.iter().find(|(key, _)| *key == leg.key);
        found.unwrap().1 as f64 / 4_294_967_296.0 / 1e6
    };
    legs.iter().map(|leg| leg.quantity as f64 * unit(leg)).sum()
}

fn assert_lowest(found: [(SmileChoice, f64); 2], expected: [(SmileChoice, f64); 2]) {
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.0, expected.0);
        assert!((found.1 - expected.1).abs() < 0.01, "{found:?}");
    }
}

/// Two lognormals a fifth of the forward apart. By 40 digits elsewhere, as the next two.
#[test]
fn spec_example_skew() {
    let (low, high) = (3_865_470_566, 4_724_464_026);
    let context = alike(&[(32_768, low, 0.08), (32_768, high, 0.08)]);
    let (margin, [sold, bought]) = sold_and_bought(&context, &[(100, 1)]);
    let bump = SmileChoice::Bump(-3);
    assert_lowest(sold, [(bump, -8_418.50), (SmileChoice::VolUp, -8_368.08)]);
    let (skew, vol) = (SmileChoice::SkewDown, SmileChoice::VolDown);
    assert_lowest(bought, [(skew, 7_180.95), (vol, 7_280.43)]);
    assert!((margin - 1_237.56).abs() < 0.01, "{margin}");
}

/// Two lognormals about the forward, one three times as wide as the other.
#[test]
fn spec_example_curvature() {
    let one = 1 << 32;
    let context = alike(&[(49_152, one, 0.1), (16_384, one, 0.3)]);
    let (margin, [sold, bought]) = sold_and_bought(&context, &[(135, 1)]);
    let bump = SmileChoice::Bump(3);
    assert_lowest(sold, [(bump, -1_614.56), (SmileChoice::VolUp, -1_270.09)]);
    let (curvature, vol) = (SmileChoice::CurvatureDown, SmileChoice::VolDown);
    assert_lowest(bought, [(curvature, 730.75), (vol, 748.26)]);
    assert!((margin - 883.81).abs() < 0.01, "{margin}");
}

/// One lognormal has no component forwards to move: skew mixes in another.
#[test]
fn spec_example_side_mix() {
    let context = lognormals(&[(364, 1.0), (365, 1.0)]);
    let (margin, [sold, bought]) = sold_and_bought(&context, &[(300, 2), (1_000, -1)]);
    let (skew, bump) = (SmileChoice::SkewUp, SmileChoice::Bump(3));
    assert_lowest(sold, [(skew, -26_448.74), (bump, -26_406.39)]);
    let (vol, bump) = (SmileChoice::VolDown, SmileChoice::Bump(0));
    assert_lowest(bought, [(vol, 20_565.20), (bump, 21_935.81)]);
    assert!((margin - 5_883.54).abs() < 0.01, "{margin}");
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
