//! Deficits beyond a market's insurance: who waits.

use cosmwasm_std::Uint128;

use crate::common::liquidation::*;
use crate::common::*;
use crate::insurance::{at_knee, insolvent};

#[test]
fn attack_options_17_insurance_of_another_market_opens_no_gate() {
    let mut world = insolvent(1_000_000);
    world.insure("BTC", 1_000_000_000_000);
    world.trade(4, 5, &[(FAR_CALL, 10, 3_000)]).unwrap();
    world.liquidate(order(1, vec![])).unwrap();
    let found = world.insurance("BTC_USDC");
    assert_eq!(found.shortfall.u128() as i128, -world.equity(1));
    assert!(found.shortfall > Uint128::new(10_000_000_000));
    assert_eq!(world.insurance("BTC").shortfall.u128(), 0);
    world.kept(4, 1_000_000, USD, "E_ENGINE_SHORTFALL");
}

#[test]
fn attack_risk_28_a_deficit_gates_nobody_in_another_market() {
    let mut world = insolvent(1_000_000);
    world.insure("BTC", 1_000_000);
    world.deposit(2, 100_000_000, BTC);
    world.deposit(4, 100_000_000, BTC);
    // Neither is covered: 4 has sold puts in the other market, 5 calls in this one.
    world.trade(4, 2, &[(COIN_PUT, 10, 100)]).unwrap();
    world.trade(5, 2, &[(FAR_CALL, 10, 3_000)]).unwrap();
    world.liquidate(order(1, vec![])).unwrap();
    assert!(world.insurance("BTC_USDC").shortfall.u128() > 10_000_000_000);
    world.kept(5, 1_000_000, USD, "E_ENGINE_SHORTFALL");
    world.withdraw(4, 1_000_000, USD).unwrap();
    world.withdraw(4, 100_000_000, BTC).unwrap();
}

#[test]
fn a_deficit_lies_with_the_markets_whose_insurance_pays_it() {
    let markets = ["BTC_USDC", "XBT_USDC"];
    let mut world = World::liquidatable();
    world.second_market(&["XBT_USDC-25DEC26-100000-C"]);
    world.trade(1, 2, &[(CALL, 300, 520)]).unwrap();
    let other = [("XBT_USDC-25DEC26-100000-C", 100, 500)];
    world.trade(1, 2, &other).unwrap();
    for market in markets {
        world.insure(market, 1_000_000_000_000);
    }
    world.advance(3_600);
    world.set_spot(131_000);
    world.liquidate(order(1, vec![])).unwrap();
    let owed = markets.map(|market| world.insurance(market).shortfall.u128());
    let held = markets.map(|market| world.insurance(market).balance.u128());
    assert_eq!((owed[0] + owed[1]) as i128, -world.equity(1));
    assert!(owed[0] > 2 * owed[1] && owed[1] > 0, "{owed:?}");
    world
        .liquidate(at_knee(&world, vec![world.taker(4, 1)]))
        .unwrap();
    for (place, market) in markets.into_iter().enumerate() {
        let found = world.insurance(market);
        assert_eq!(held[place] - found.balance.u128(), owed[place]);
        assert_eq!(found.shortfall.u128(), 0);
    }
}
