//! What an expiry will settle at, from long before it to its final price.

use cosmwasm_std::{Decimal, coin};
use protocol_api::engine::ExecuteMsg;
use protocol_api::exchange::QuoteLeg;
use protocol_api::lens::{QueryMsg, SettlementEstimateResponse};
use protocol_api::record::market_record_key;
use sandbox::report::{SurfaceExpiry, build, stored};
use sandbox::setup::{BTC, USDC, WINDOW, Window};
use wasm_chain::ChainError;

use crate::world::{NEAR, SPOT, World, example_slice};

/// Expiry, unix seconds.
const EXPIRY: u64 = NEAR as u64 * 60;

fn date(forward: f64) -> SurfaceExpiry {
    SurfaceExpiry {
        expiry: NEAR,
        forward,
        discount: 1.0,
        slice: example_slice(),
        quoted: [0.8, 1.2],
    }
}

fn ask(world: &World, market: &str, expiry: u64) -> Result<SettlementEstimateResponse, ChainError> {
    let query = QueryMsg::SettlementEstimate {
        market: market.into(),
        expiry,
    };
    world.sandbox.chain.query(&world.sandbox.lens, &query)
}

fn of_near(world: &World) -> (Option<Decimal>, Decimal, bool) {
    let answer = ask(world, "BTC_USDC", EXPIRY).unwrap();
    (answer.price, answer.share_passed, answer.is_final)
}

fn dollars(price: u32) -> Option<Decimal> {
    Some(Decimal::from_ratio(price, 1_u32))
}

/// So many buckets of the window have passed at 80,000.
fn passed(buckets: u8) -> World {
    let mut world = World::observed(WINDOW, &date(SPOT));
    let now = world.sandbox.chain.now();
    world.advance(EXPIRY - WINDOW.seconds() - now);
    for bucket in 0..buckets {
        if bucket > 0 {
            world.advance(WINDOW.bucket_seconds.into());
        }
        world.report(80_000.0, &[date(80_000.0)]);
    }
    world.advance(1);
    world
}

#[test]
fn before_the_window_it_is_the_forward_and_off_the_surface_the_spot() {
    let mut world = World::observed(WINDOW, &date(SPOT));
    assert_eq!(of_near(&world), (dollars(100_000), Decimal::zero(), false));
    world.advance(1);
    world.report(SPOT, &[date(101_000.0)]);
    assert_eq!(of_near(&world), (dollars(101_000), Decimal::zero(), false));
    let other = ask(&world, "BTC_USDC", EXPIRY + 86_400).unwrap();
    assert_eq!((other.price, other.is_final), (dollars(100_000), false));
}

#[test]
fn spec_example_half_of_a_window_and_the_forward_for_the_rest() {
    let mut world = passed(WINDOW.buckets / 2);
    world.report(89_000.0, &[date(90_000.0)]);
    assert_eq!(
        of_near(&world),
        (dollars(85_000), Decimal::percent(50), false)
    );
}

#[test]
fn after_the_window_it_is_the_middle_and_then_final() {
    let mut world = passed(WINDOW.buckets / 3);
    world.advance(WINDOW.bucket_seconds.into());
    world.report(90_000.0, &[date(90_000.0)]);
    world.advance(EXPIRY - world.sandbox.chain.now() + 600);
    let (price, share, is_final) = of_near(&world);
    assert_eq!(
        (price, share, is_final),
        (dollars(85_000), Decimal::one(), false)
    );
    world.advance(8 * 86_400);
    world.sandbox.fix(BTC, EXPIRY).unwrap();
    assert_eq!(of_near(&world), (dollars(85_000), Decimal::one(), true));
}

#[test]
fn a_window_that_the_record_does_not_follow_is_asked_for() {
    let mut world = passed(WINDOW.buckets / 2);
    world.report(89_000.0, &[date(90_000.0)]);
    world.forget_windows();
    assert_eq!(
        of_near(&world),
        (dollars(85_000), Decimal::percent(50), false)
    );
}

#[test]
fn without_a_record_there_is_no_price_and_odd_questions_are_refused() {
    let mut world = World::observed(
        Window {
            buckets: 30,
            bucket_seconds: 60,
        },
        &date(SPOT),
    );
    for (market, expiry, code) in [
        ("BTC_USDC", EXPIRY + 1, "E_LENS_EXPIRY"),
        ("BTC_USDC", u64::MAX, "E_LENS_EXPIRY"),
        ("DOGE", EXPIRY, "E_ENGINE_UNKNOWN"),
    ] {
        let said = ask(&world, market, expiry).unwrap_err().to_string();
        assert!(said.contains(code), "{said}");
    }
    let oracle = world.sandbox.oracle.clone();
    let mut storage = world.sandbox.chain.app_mut().contract_storage_mut(&oracle);
    storage.remove(&market_record_key(BTC));
    drop(storage);
    assert_eq!(of_near(&world), (None, Decimal::zero(), false));
}

/// Reports that end before the window, valid ones: the tape keeps the first of a bucket, the market record the last.
#[test]
fn of_a_window_that_no_report_met_it_is_what_the_last_rung_pays() {
    let mut world = World::observed(WINDOW, &date(SPOT));
    world.advance(EXPIRY - WINDOW.seconds() - 30 - world.sandbox.chain.now());
    world.report(SPOT, &[date(SPOT)]);
    world.advance(25);
    world.report(104_000.0, &[date(104_000.0)]);
    world.advance(EXPIRY + 7 * 86_400 - 1 - world.sandbox.chain.now());
    assert_eq!(of_near(&world).0, dollars(100_000));
    world.advance(1);
    world.sandbox.fix(BTC, EXPIRY).unwrap();
    assert_eq!(of_near(&world).0, dollars(100_000));
}

/// The last valid price is 100,000; then sources disagree by more than a price may be uncertain while they fall to 91,000, and
/// no report meets the window. At the expiry the last rung is to pay 100,000, and the writer of a call knows it.
#[test]
fn a_writer_withdraws_nothing_that_the_last_rung_will_ask_for() {
    let window = Window {
        buckets: 6,
        bucket_seconds: 5,
    };
    let mut world = World::observed(window, &date(SPOT));
    let call = "BTC_USDC-2JAN26-95000-C";
    world.list(&[call]);
    let funds = [coin(60_000_000_000, USDC)];
    let writer = world.sandbox.open_account("writer", &funds).unwrap();
    let buyer = world.sandbox.open_account("buyer", &funds).unwrap();
    let leg = QuoteLeg {
        series: call.into(),
        ratio: -100,
        price: 10_500,
    };
    let quote = world.sandbox.quote(&writer, 1, 1, vec![leg]);
    world.sandbox.take(&buyer, quote, 1).unwrap();

    let until = |world: &World, time: u64| time - world.sandbox.chain.now();
    let start = EXPIRY - window.seconds();
    world.advance(until(&world, start - 1_200));
    world.report(SPOT, &[date(SPOT)]);
    while until(&world, start) > 60 {
        world.advance(60);
        disagree(&mut world);
    }
    world.advance(until(&world, start - 1));
    disagree(&mut world);
    world.advance(until(&world, EXPIRY));
    assert_eq!(of_near(&world).0, dollars(100_000));
    let withdraw = ExecuteMsg::Withdraw {
        account: writer.account,
        amounts: vec![coin(64_000_000_000, USDC)],
        to: None,
    };
    let refused = world.sandbox.engine_as(&writer.address, &withdraw, &[]);
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("E_ENGINE_MARGIN"), "{refused}");
    world.advance(7 * 86_400);
    world.sandbox.fix(BTC, EXPIRY).unwrap();
    assert_eq!(of_near(&world).0, dollars(100_000));
}

/// A report of sources between 3 % below 91,000 and 3 % above.
fn disagree(world: &mut World) {
    let (now, spot) = (world.sandbox.chain.now(), 91_000.0);
    let mut report = build(BTC, now, spot, &[date(spot)]).unwrap();
    let beside = [0.97, 0.985, 1.0, 1.015, 1.03];
    for (source, by) in report.sources.iter_mut().zip(beside) {
        source.price = stored(spot * by);
    }
    world.sandbox.publish(&report).unwrap();
}
