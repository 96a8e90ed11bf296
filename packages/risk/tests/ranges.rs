//! Numbers at the ends of what is counted: nothing there may look alike, and nothing may hide another.

mod support;

use fixed_math::Fx;
use proptest::prelude::*;
use risk::fixing::{self, Observation, Window};
use risk::{Band, Book, Context, FixingStage, FixingState, Kind, Leg, Level, MAX_GROSS, assess};
use support::*;

fn surplus(book: &Book, level: Level) -> i128 {
    assess(book, &context(), level).unwrap().surplus
}

/// Strikes far above the forward are worth their difference in every pricing, in linear and in inverse markets.
#[test]
fn attack_far_strikes_are_told_apart() {
    for market in [LINEAR, INVERSE] {
        // Bought at 8 billion USD, sold at 16: 0.01 BTC of each, so 80 million USD are owed at any price below.
        let legs = [
            leg(market, 1, 8_000_000, Kind::Put, 1),
            leg(market, 1, 16_000_000, Kind::Put, -1),
        ];
        let owed = 80_000_000_000_000;
        let found = surplus(&book(&[], &legs), Level::Maintenance);
        assert!(found < -owed / 100 * 99, "{market}: {found}");
    }
}

proptest! {
    /// A put spread far in the money is a bond: what it is worth does not depend on how far.
    #[test]
    fn far_inverse_spreads_are_bonds(low in 200_u32..16_000_000, width in 1_u32..1_000_000, units in 1_i64..1_000_000) {
        let at = |strike, quantity| leg(INVERSE, 7, strike, Kind::Put, quantity);
        let spread = |low: u32| {
            let legs = [at(low, units), at(low + width, -units)];
            assess(&book(&[], &legs), &context(), Level::Maintenance).unwrap().equity
        };
        let (here, near) = (spread(low), spread(200_000));
        prop_assert!((here - near).abs() <= 2 + (near >> 36).abs(), "{} {}", here, near);
    }
}

/// docs/spec/margin.md, *Range*.
#[test]
fn spec_example_gross() {
    let mut context = context();
    let spot = &mut context.underlyings[0].state.spot;
    let price = Fx::from_num(100_000);
    (spot.low, spot.mid, spot.high) = (price, price, price);
    let book = book(
        &[(0, -5_000_000_000)],
        &[leg(LINEAR, 7, 80, Kind::Put, -200)],
    );
    let found = assess(&book, &context, Level::Maintenance).unwrap();
    assert_eq!(found.gross, 367_000_000_000);
}

/// Short and long legs of two dates that would both reach the end of the type, and there cancel: below `MAX_GROSS` their sums
/// are exact, at any price up to twenty times higher, so that n times the book has n times the surplus.
#[test]
fn attack_books_too_large_to_be_counted_are_known_by_their_gross() {
    let of = |units: i64| {
        let legs = [
            leg(LINEAR, 1, 16_000_000, Kind::Put, -units),
            leg(LINEAR, 1, 1, Kind::Call, -units),
            leg(LINEAR, 7, 10_000_000, Kind::Put, units),
            leg(LINEAR, 7, 1, Kind::Call, units),
        ];
        let book = book(&[], &legs);
        [Level::Initial, Level::Maintenance].map(|level| assess(&book, &context(), level).unwrap())
    };
    // 1.6 x 10^10 USD a unit of 0.01 BTC and two more like it: 2.6 x 10^14 base units.
    let most = i64::try_from(MAX_GROSS / 260_000_000_000_000).unwrap();
    let (one, inside) = (of(1), of(most / 100 * 99));
    assert!(inside.iter().all(|found| found.gross < MAX_GROSS));
    for (one, inside) in one.iter().zip(&inside) {
        assert_eq!(one.worst, inside.worst);
        let exact = one.surplus * i128::from(most / 100 * 99);
        assert!(
            (inside.surplus - exact).abs() <= i128::from(most),
            "{exact}"
        );
    }
    let outside = of(most / 100 * 101);
    assert!(outside.iter().all(|found| found.gross >= MAX_GROSS));
    // Coins count as well, and debts as much as what is owned.
    for amount in [MAX_GROSS, -MAX_GROSS] {
        let book = book(&[(0, amount)], &[]);
        let found = assess(&book, &context(), Level::Initial).unwrap();
        assert_eq!(found.gross, MAX_GROSS);
    }
}

fn observed(low: u64, mean: u64, high: u64) -> Band {
    let [low, mid, high] = [low, mean, high].map(Fx::from_num);
    Band { low, mid, high }
}

/// 35 of 60 buckets at 100,000 and 25 at 103,000 have a mean of 101,250, but the ladder pays 100,416.67: what is known to the
/// last digit before the expiry must be in the margin, with the rest of the book at any move.
#[test]
fn attack_the_window_is_margined_at_what_the_ladder_can_pay() {
    let window = Window::new(expiry(1), 60, 30).unwrap();
    let buckets: Vec<Observation> = [100_000, 103_000]
        .into_iter()
        .zip([35, 25])
        .flat_map(|(price, count)| {
            let price = Fx::from_num(price);
            let confirmed = true;
            std::iter::repeat_n(Observation { price, confirmed }, count)
        })
        .collect();
    let paid = fixing::fix(&window, &buckets, None, window.expiry).unwrap();
    assert_eq!(paid.rung as u8, 1);
    assert!((paid.price - Fx::from_num(100_416.666_666_666_67)).abs() < Fx::from_num(1e-9));

    let mut context = context();
    context.now = u64::from(expiry(1)) * 60 - 20;
    let state = &mut context.underlyings[0].state;
    state.spot = only(103_000);
    state.slow = Fx::from_num(103_000);
    for date in &mut state.expiries {
        (date.forward, date.discount) = (Fx::from_num(103_000), Fx::ONE);
    }
    state.fixings = vec![FixingState {
        expiry: expiry(1),
        stage: FixingStage::Window {
            passed: 65_536,
            observed: observed(100_000, 101_250, 103_000),
        },
    }];
    let needs = |legs: &[Leg]| {
        let found = assess(&book(&[], legs), &context, Level::Maintenance).unwrap();
        (found.margin as f64 / 1e6).round()
    };
    let future = |quantity| leg(LINEAR, 1, 101, Kind::Future, quantity);
    let call = |strike, quantity| leg(LINEAR, 1, strike, Kind::Call, quantity);
    // One BTC: down to the lowest observed, or up to the highest.
    assert_eq!(
        (needs(&[future(100)]), needs(&[future(-100)])),
        (1_250.0, 1_750.0)
    );
    // A butterfly around what no end of the range tells.
    let sold = [call(100, -100), call(101, 200), call(102, -100)];
    assert_eq!(needs(&sold), 1_000.0 - 750.0);
    // A later future hedges it at no move.
    let hedged = [future(100), leg(LINEAR, 7, 103, Kind::Future, -100)];
    assert!(needs(&hedged) >= 1_250.0);
}

/// Between expiry and fixing the price may lie anywhere in the hull: a butterfly between the points that were named before
/// needs all it can cost.
#[test]
fn attack_the_hull_has_no_holes() {
    let mut context = context();
    let date = (NOW / 60) as u32 - 10;
    context.underlyings[0].state.fixings = vec![FixingState {
        expiry: date,
        stage: FixingStage::Pending {
            hull: observed(96_000, 102_500, 104_000),
        },
    }];
    for market in [LINEAR, INVERSE] {
        for middle in 97..=103 {
            let at = |strike, quantity, kind| {
                let mut leg = leg(market, 1, strike, kind, quantity);
                leg.key.expiry = date;
                leg
            };
            let sold = [
                at(middle - 1, -100, Kind::Call),
                at(middle, 200, Kind::Call),
                at(middle + 1, -100, Kind::Call),
            ];
            let found = assess(&book(&[], &sold), &context, Level::Maintenance).unwrap();
            let all = if market == LINEAR {
                -1_000_000_000
            } else {
                -980_000_000
            };
            assert!(found.surplus <= all, "{market} {middle}: {found:?}");
            // A digital that pays on a thousand dollars inside the hull, sold; its other half below and above.
            let digital = [
                at(middle, -100, Kind::DigitalCall),
                at(middle + 1, 100, Kind::DigitalCall),
            ];
            let found = assess(&book(&[], &digital), &context, Level::Maintenance).unwrap();
            assert!(found.surplus <= all, "{market} {middle}: {found:?}");
        }
    }
}

/// On a decimal grid a digital jumps where the settled integer does, some units beside its strike.
#[test]
fn attack_the_hull_sees_both_sides_of_a_decimal_strike() {
    let mut context = context();
    let market = context.markets.iter_mut().find(|m| m.id == LINEAR).unwrap();
    market.strike_step = Fx::from_num(0.02);
    let date = (NOW / 60) as u32 - 10;
    context.underlyings[0].state.fixings = vec![FixingState {
        expiry: date,
        stage: FixingStage::Pending {
            hull: Band {
                low: Fx::from_num(10),
                mid: Fx::from_num(10.125),
                high: Fx::from_num(10.3),
            },
        },
    }];
    for count in [501, 502, 503, 509, 514] {
        let at = |strike, quantity, kind| {
            let mut leg = leg(LINEAR, 1, strike, kind, quantity);
            leg.key.expiry = date;
            leg
        };
        // Pays 1,000 USD a BTC at the strike; calls bought take back what lies beyond.
        let book = book(
            &[],
            &[
                at(count, -100, Kind::DigitalCall),
                at(count, 5_000_000, Kind::Call),
                at(count + 1, -5_000_000, Kind::Call),
            ],
        );
        let found = assess(&book, &context, Level::Maintenance).unwrap();
        assert_eq!(found.surplus, -1_000_000_000, "{count}");
    }
}

/// Two underlyings in their windows at once: what each can still settle at is owed at once, not a share of it.
#[test]
fn attack_windows_of_two_underlyings_add_up() {
    let mut context = context();
    context.now = u64::from(expiry(1)) * 60 - 20;
    let mut legs = Vec::new();
    for (index, (market, price)) in [(LINEAR, 100_000), (ETH_LINEAR, 2_500)]
        .into_iter()
        .enumerate()
    {
        let state = &mut context.underlyings[index].state;
        state.spot = only(price);
        state.slow = Fx::from_num(price);
        for date in &mut state.expiries {
            (date.forward, date.discount) = (Fx::from_num(price), Fx::ONE);
        }
        let [low, mean, high] = [price, price * 1_012 / 1_000, price * 103 / 100];
        state.fixings = vec![FixingState {
            expiry: expiry(1),
            stage: FixingStage::Window {
                passed: 65_536,
                observed: observed(low, mean, high),
            },
        }];
        let strike = if market == LINEAR { 101 } else { 2_525 / 50 };
        legs.push(leg(
            market,
            1,
            strike,
            Kind::Future,
            if market == LINEAR { 100 } else { 400 },
        ));
    }
    let needs = |legs: &[Leg], level| {
        let found = assess(&book(&[], legs), &context, level).unwrap();
        (found.margin as f64 / 1e6).round()
    };
    for level in [Level::Initial, Level::Maintenance] {
        let apart = [needs(&legs[..1], level), needs(&legs[1..], level)];
        assert_eq!(apart[0], 1_200.0);
        assert!(apart[1] >= 1_199.0, "{apart:?}");
        assert!((needs(&legs, level) - apart[0] - apart[1]).abs() <= 1.0);
    }
}

/// Between dates a forward lies on the line through them; beyond the last it stays and may be off by what the basis goes on to.
#[test]
fn spec_example_a_forward_between_dates_and_beyond() {
    let mut context = context();
    let state = &mut context.underlyings[0].state;
    state.publish_time = context.now;
    let spot = state.spot.mid;
    state.expiries.retain(|date| date.expiry >= expiry(35));
    for (date, growth) in state.expiries.iter_mut().zip([1.01, 1.05]) {
        (date.forward, date.discount) = (spot * Fx::from_num(growth), Fx::from_num(2.0 - growth));
    }
    let of = |legs: &[Leg]| assess(&book(&[], legs), &context, Level::Maintenance).unwrap();
    let scale = spot.to_num::<f64>() * 1e6;
    for (days, forward, discount) in [
        (7, 1.002, 0.998),
        (35, 1.01, 0.99),
        (107, 1.01 + 0.04 * 72.0 / 145.0, 0.99 - 0.04 * 72.0 / 145.0),
        (180, 1.05, 0.95),
        (360, 1.05, 0.95),
    ] {
        let found = of(&[leg(LINEAR, days, 0, Kind::Call, 100)]).equity as f64 / scale;
        let expected = forward * discount;
        assert!(
            (found - expected).abs() < 1e-7,
            "{days}: {found} {expected}"
        );
    }
    // Five per cent in half a year: a roll to a year may turn out five apart. At +4 % of 1.05, discounted by 0.95:
    // tau_180 + tau_360 + 0.05, tau of 0.0022795 and 0.0037589.
    let roll = [
        leg(LINEAR, 180, 0, Kind::Call, -100),
        leg(LINEAR, 360, 0, Kind::Call, 100),
    ];
    let margin = of(&roll).margin as f64 / scale;
    let expected = 1.04 * 1.05 * 0.95 * (0.002_279_5 + 0.003_758_9 + 0.05);
    assert!((margin - expected).abs() < 1e-6, "{margin} {expected}");
    // The last date an hour away, a basis point off: a month beyond it is worth a basis point more.
    let mut last = context.clone();
    let state = &mut last.underlyings[0].state;
    state.expiries.truncate(1);
    state.expiries[0].expiry = (NOW / 60) as u32 + 60;
    let far = book(&[], &[leg(LINEAR, 35, 0, Kind::Call, 100)]);
    let at = |context: &Context| assess(&far, context, Level::Maintenance).unwrap();
    last.underlyings[0].state.expiries[0].forward = spot;
    let flat = at(&last);
    last.underlyings[0].state.expiries[0].forward = spot * Fx::from_num(1.0001);
    let off = at(&last);
    let moved = (off.equity - flat.equity) as f64 / scale;
    assert!((0.0..0.0002).contains(&moved), "{moved}");
}
