//! One expiry's forward against another's: what the forward choices of the smile row charge, and what they must not.

mod support;

use proptest::prelude::*;
use risk::{
    Assessment, Book, Context, FixingStage, FixingState, Kind, Level, Row, Worst, assess,
    default_profile,
};
use support::*;

const DAY: u32 = 1_440;

/// BTC alone, every date with an annual vol of 50 %.
fn flat(days: &[u32]) -> Context {
    let vol = |days: &u32| (*days, 0.5 * (f64::from(*days) / 365.0).sqrt());
    lognormals(&days.iter().map(vol).collect::<Vec<_>>())
}

fn of(book: &Book, context: &Context) -> Assessment {
    assess(book, context, Level::Maintenance).unwrap()
}

fn row(found: &Assessment) -> Row {
    match found.worst {
        Worst::Joint { pricing, .. } => pricing.row,
        other => panic!("{other:?}"),
    }
}

/// `docs/spec/margin.md`: 8 bp and 30 bp a year, so `tau = 0.0010466` at 30 days and `0.0015397` at 90. A long and a short
/// future of 1 BTC: `104,000 x (tau_30 + tau_90)`, by hand.
const CALENDAR: i128 = 268_975_343;

/// Equal up to a rounding down of `2^-32` of 104,000 USD in each of six places: 24 base units.
fn near(value: i128, expected: i128) {
    assert!((value - expected).abs() <= 150, "{value} {expected}");
}

#[test]
fn attack_calendar_of_futures_needs_margin_spec_example() {
    let context = flat(&[30, 90]);
    let calendar = book(
        &[],
        &[
            leg(LINEAR, 30, 100, Kind::Future, 100),
            leg(LINEAR, 90, 100, Kind::Future, -100),
        ],
    );
    let found = of(&calendar, &context);
    near(found.margin, CALENDAR);
    assert_eq!((found.equity, row(&found)), (0, Row::Smile));
    // The initial set has the same choices.
    let initial = assess(&calendar, &context, Level::Initial).unwrap();
    assert_eq!(initial.margin, found.margin);
}

/// A call less a put is a future, at any strike: no disguise is cheaper.
#[test]
fn attack_synthetic_forwards_need_what_futures_need() {
    let context = flat(&[30, 90]);
    for strike in [60, 100, 150] {
        let disguised = book(
            &[],
            &[
                leg(LINEAR, 30, strike, Kind::Call, 100),
                leg(LINEAR, 30, strike, Kind::Put, -100),
                leg(LINEAR, 90, 100, Kind::Future, -100),
            ],
        );
        near(of(&disguised, &context).margin, CALENDAR);
    }
}

/// An inverse future of 100,000 USD pays `1 - 100,000 / S` coins: in USD `P - 100,000 / (1 +- tau)` at any spot price.
#[test]
fn attack_calendar_of_inverse_futures_needs_margin() {
    let calendar = book(
        &[],
        &[
            leg(INVERSE, 30, 100, Kind::Future, 100),
            leg(INVERSE, 90, 100, Kind::Future, -100),
        ],
    );
    // 100,000 x (0.0010465753 / (1 - 0.0010465753) + 0.0015397260 / (1 + 0.0015397260)).
    near(of(&calendar, &flat(&[30, 90])).margin, 258_503_073);
}

/// A call struck at zero pays one coin whatever the forward does: against a coin owed it needs nothing.
#[test]
fn a_leg_that_pays_a_coin_is_worth_a_coin() {
    let context = flat(&[30]);
    let paid = book(
        &[(1, -100_000_000)],
        &[leg(INVERSE, 30, 0, Kind::Call, 100)],
    );
    let found = of(&paid, &context);
    assert!(found.equity == 0 && found.margin <= 1, "{found:?}");
}

/// Half of the window has passed: half of the forward still moves, and its margin with it.
#[test]
fn in_the_window_only_the_share_that_moves_is_charged() {
    let mut context = flat(&[30]);
    let mut calendar = book(
        &[],
        &[
            leg(LINEAR, 0, 100, Kind::Future, 200),
            leg(LINEAR, 30, 100, Kind::Future, -100),
        ],
    );
    let date = (context.now / 60) as u32 + 15;
    calendar.legs[0].key.expiry = date;
    context.underlyings[0].state.fixings = vec![FixingState {
        expiry: date,
        stage: FixingStage::Window {
            passed: 32_768,
            observed: only(100_000),
        },
    }];
    // 104,000 x (tau of 15 minutes, 0.0008000856, + tau_30).
    near(of(&calendar, &context).margin, 192_052_740);
}

/// A date between two of the surface borrows the forward of one: its own may still differ.
#[test]
fn a_borrowed_forward_moves_by_itself() {
    let mut calendar = book(
        &[],
        &[
            leg(LINEAR, 30, 100, Kind::Future, 100),
            leg(LINEAR, 30, 100, Kind::Future, -100),
        ],
    );
    calendar.legs[1].key.expiry += 2 * DAY;
    // 104,000 x (tau_30 + tau_32 = 0.0010630137).
    near(of(&calendar, &flat(&[30, 90])).margin, 219_397_260);
}

#[test]
fn the_charge_stays_within_its_hard_range() {
    let refused = |change: fn(&mut risk::Profile)| {
        let mut profile = default_profile();
        change(&mut profile);
        match profile.validate() {
            Err(risk::RiskError::Profile { field }) => field,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(|p| p.forward = 501), "forward");
    assert_eq!(refused(|p| p.forward_per_year = 1_001), "forward_per_year");
    // 5 % and 10 % a year over a century: a quarter, no more.
    let mut context = flat(&[30]);
    let profile = &mut context.underlyings[0].profile;
    (profile.forward, profile.forward_per_year) = (500, 1_000);
    assert_eq!(profile.validate(), Ok(()));
    let calendar = book(
        &[],
        &[
            leg(LINEAR, 36_500, 100, Kind::Future, 100),
            leg(LINEAR, 36_501, 100, Kind::Future, -100),
        ],
    );
    near(of(&calendar, &context).margin, 52_000_000_000);
    // Without any twist the calendar is free again: the row is what charges it.
    let profile = &mut context.underlyings[0].profile;
    (profile.forward, profile.forward_per_year) = (0, 0);
    assert_eq!(of(&calendar, &context).margin, 0);
}

proptest! {
    /// Whatever nets out within one expiry is untouched: a conversion beside a book changes nothing of its margin.
    #[test]
    fn what_replicates_within_an_expiry_stays_free(
        base in books(&[LINEAR, ETH_LINEAR], 8), strike in 30_u32..160, q in -3_000_i64..3_000,
        days in proptest::sample::select(&DAYS[..]),
    ) {
        let conversion = book(&[], &[
            leg(LINEAR, days, strike, Kind::Call, q), leg(LINEAR, days, strike, Kind::Put, -q),
            leg(LINEAR, days, strike, Kind::Future, -q),
        ]);
        let with = assess(&merge(&base, &conversion), &context(), Level::Initial).unwrap();
        let without = assess(&base, &context(), Level::Initial).unwrap();
        prop_assert_eq!(with.margin, without.margin);
    }
}
