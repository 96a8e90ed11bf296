//! No margin jumps because time passes: not even when an expiry that a book has nothing of goes.

mod support;

use std::collections::BTreeMap;

use fixed_math::Fx;
use pricing::slice::{Component, Slice};
use proptest::prelude::*;
use risk::{Context, ExpiryState, Kind, Leg, Level, Row, UnitValues, VolMove, assess, unit_values};
use support::*;

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// BTC at 100,000 USD, 50 % vol, as a report of this second has it: an expiry each day for a week, and no other underlying.
fn daily(now: u64) -> Context {
    let mut context = context();
    context.now = now;
    context.underlyings.truncate(1);
    context.markets.retain(|market| market.underlying == BTC);
    let state = &mut context.underlyings[0].state;
    let price = Fx::from_num(100_000);
    (state.spot.low, state.spot.mid, state.spot.high) = (price, price, price);
    (state.slow, state.publish_time) = (price, now);
    let live = (1..=7).map(expiry).filter(|e| u64::from(*e) * 60 > now);
    state.expiries = live.map(|date| flat(date, now, price)).collect();
    context
}

fn flat(expiry: u32, now: u64, forward: Fx) -> ExpiryState {
    let left = u64::from(expiry) * 60 - now;
    let vol = 0.5 * (left as f64 / 31_536_000.0).sqrt();
    let part = Component {
        weight: 65_536,
        forward: 1 << 32,
        total_vol: (vol * 4_294_967_296.0) as u64,
    };
    ExpiryState {
        expiry,
        forward,
        discount: Fx::ONE,
        slice: Slice::new(vec![part]).unwrap(),
        confidence: 655,
    }
}

fn maintenance(legs: &[Leg], now: u64) -> risk::Assessment {
    assess(&book(&[], legs), &daily(now), Level::Maintenance).unwrap()
}

proptest! {
    /// A second changes a margin by what a second of vol is worth, at most a thousandth of it: also that in which the nearest
    /// expiry passes, while the book holds others. With that go its last moves: twice a vol of 0.9 bp, so 2 bp of the book.
    #[test]
    fn attack_options_25_margin_does_not_jump_in_time(
        days in 2_u32..=7,
        picked in proptest::collection::vec((88_u32..112, 0_usize..4, prop_oneof![-9_i64..0, 1_i64..10]), 1..6),
        at in prop_oneof![Just(DAY - 1), 0..DAY + HOUR],
    ) {
        let kinds = [Kind::Call, Kind::Put, Kind::DigitalCall, Kind::Future];
        let mut legs: Vec<Leg> = picked
            .into_iter()
            .map(|(strike, kind, quantity)| leg(LINEAR, days, strike, kinds[kind], quantity * 100))
            .collect();
        legs.sort_unstable_by_key(|leg| leg.key);
        legs.dedup_by_key(|leg| leg.key);
        let now = NOW / 60 * 60 + at;
        let [before, after] = [now, now + 1].map(|now| maintenance(&legs, now).margin);
        // A unit is a hundredth of a coin: 1,000 USD, 2 bp of which are 0.20.
        let held: u64 = legs.iter().map(|leg| leg.quantity.unsigned_abs()).sum();
        let most = before.max(after) / 1_000 + i128::from(held) * 200_000 + 1_000_000;
        prop_assert!((before - after).abs() <= most, "{before} and {after}");
    }
}

/// `docs/spec/margin.md`, *LastDay*: half of the moves counts where the expiry's own vol is 5 %, none from 6 % on.
#[test]
fn spec_example_last_days_fade() {
    let call = leg(LINEAR, 4, 100, Kind::Call, 1).key;
    // By move in basis points, USD: vol 50 % and so long to go, no other expiry.
    let values = |seconds: u64| -> BTreeMap<i32, f64> {
        let mut context = daily(u64::from(expiry(4)) * 60 - seconds);
        let expiries = &mut context.underlyings[0].state.expiries;
        expiries.retain(|date| date.expiry == expiry(4));
        let rows = unit_values(&[call], &context, Level::Maintenance).unwrap();
        let flat =
            |row: &&UnitValues| (row.pricing.row, row.pricing.vol) == (Row::LastDay, VolMove::Flat);
        let usd = |row: &UnitValues| row.values[0].1 as f64 / (10_000.0 * 4_294_967_296.0);
        let rows = rows.iter().filter(flat);
        rows.map(|row| (row.pricing.spot_move, usd(row))).collect()
    };
    let half = values(315_360);
    assert_eq!(
        half.keys().copied().collect::<Vec<_>>(),
        [-1_000, -500, -250, 250, 500, 1_000]
    );
    let near = |x: i32, usd: f64| (half[&x] - usd).abs() < 0.01;
    assert!(near(500, 3_720.66) && near(-500, 1_190.42), "{half:?}");
    assert_eq!(values(454_200).len(), 0);
}
