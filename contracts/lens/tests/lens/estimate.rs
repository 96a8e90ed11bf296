//! What an expiry will settle at, from long before it to its final price.

use cosmwasm_std::Decimal;
use protocol_api::lens::{QueryMsg, SettlementEstimateResponse};
use protocol_api::record::market_record_key;
use sandbox::report::SurfaceExpiry;
use sandbox::setup::{BTC, WINDOW, Window};
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
