//! Deficits beyond a market's insurance: who waits, and what of gains stays until they have ended.

use cosmwasm_std::Uint128;
use protocol_api::engine::*;

use crate::common::liquidation::*;
use crate::common::*;
use crate::insurance::{at_knee, insolvent};
use crate::losses::{DAY, cover, share};
use crate::losses_attacks::NEXT_CALL;

/// Account 1 sold 300 calls to 2 and 100 to 5, owes what they ended beyond its cash, and a step has recorded that.
fn settled() -> (World, u128) {
    let mut world = World::liquidatable();
    world.trade(1, 2, &[(CALL, 300, 520)]).unwrap();
    world.trade(1, 5, &[(CALL, 100, 520)]).unwrap();
    world.expire_at(130_000, &[1, 2, 5]);
    world.liquidate(order(1, vec![])).unwrap();
    let debt = (-world.cash(1, USD)).unsigned_abs();
    assert!(debt > 9_000_000_000, "{debt}");
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), debt);
    (world, debt)
}

fn all_of(world: &World, account: u64, denom: &str) -> u128 {
    world.cash(account, denom).unsigned_abs()
}

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

#[test]
fn attack_options_17_who_has_settled_gains_leaves_behind_what_a_deficit_could_take() {
    let (mut world, debt) = settled();
    for account in [2, 5] {
        let all = all_of(&world, account, USD);
        world.kept(account, all, USD, "E_ENGINE_GAINS");
        world.kept(account, all - debt + 1, USD, "E_ENGINE_GAINS");
        world.withdraw(account, all - debt, USD).unwrap();
    }
    // Nor does a premium or a bid carry it away.
    world.next_expiry(&[NEXT_CALL], 130_000);
    world.trade_refused(4, 2, &[(NEXT_CALL, 1, 2_000)], "E_ENGINE_GAINS");
    let (liquidator, consent) = (world.liquidator(), world.side(2).consent);
    let bid = ExecuteMsg::Reserve {
        account: 2,
        consent,
        amount: Uint128::new(1),
    };
    world.refused(&liquidator, bid, "E_ENGINE_GAINS");
    // Who gained nothing leaves with all that he has.
    world.withdraw(4, all_of(&world, 4, USD), USD).unwrap();
}

#[test]
fn attack_risk_31_the_first_and_the_last_winner_to_leave_pay_the_same() {
    for [first, last] in [[2, 5], [5, 2]] {
        let (mut world, debt) = settled();
        let leaves = |world: &mut World, account: u64| {
            let most = all_of(world, account, USD) - debt;
            world.kept(account, most + 1, USD, "E_ENGINE_GAINS");
            world.withdraw(account, most, USD).unwrap();
        };
        leaves(&mut world, first);
        world.advance(DAY);
        world.publish();
        leaves(&mut world, last);
        world.anyone(cover(1));
        assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), 0);
        world.anyone(share(&[2, 5]));
        world.pass_a_round("BTC_USDC");
        world.anyone(share(&[2, 5]));
        assert_eq!(world.ledger(USD).lost.u128(), 0);
        for account in [2, 5] {
            assert_eq!(all_of(&world, account, USD), debt - debt.div_ceil(2));
        }
    }
}

/// A deficit holds back no more of anybody than it is beyond insurance, and that much, paid in by whoever wants, ends it.
#[test]
fn attack_a_small_deficit_holds_back_little_and_ends_for_what_it_is() {
    let (mut world, debt) = settled();
    world.insure("BTC_USDC", debt - 1);
    let all = all_of(&world, 2, USD);
    world.kept(2, all, USD, "E_ENGINE_GAINS");
    world.withdraw(2, all - 1, USD).unwrap();
    world.kept(2, 1, USD, "E_ENGINE_GAINS");
    world.insure("BTC_USDC", 1);
    world.withdraw(2, 1, USD).unwrap();
    // So does its debtor: the next step finds nothing.
    let (mut world, debt) = settled();
    world.deposit(1, debt, USD);
    world.liquidate(order(1, vec![])).unwrap();
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), 0);
    world.withdraw(2, all, USD).unwrap();
}

#[test]
fn gains_in_coins_stay_at_the_spot_price_and_without_one_all_of_them() {
    let mut world = World::liquidatable();
    world.deposit(2, 300_000_000, BTC);
    world.trade(1, 2, &[(COIN_PUT, 300, 100)]).unwrap();
    world.expire_at(40_000, &[1, 2]);
    world.liquidate(order(1, vec![])).unwrap();
    let short = world.insurance("BTC").shortfall.u128();
    assert!(short > 10_000_000_000, "{short}");
    let found: AccountResponse = world.query(&QueryMsg::Account { account: 2 });
    let gain = found.profits[0].realized.i128().unsigned_abs();
    // 0.0004 USD a satoshi.
    let (all, bound) = (all_of(&world, 2, BTC), short.div_ceil(400));
    assert!(bound < gain && gain < all, "{bound} {gain} {all}");
    world.kept(2, all - bound + 1, BTC, "E_ENGINE_GAINS");
    world.silence();
    world.kept(2, all - gain + 1, BTC, "E_ENGINE_GAINS");
    world.withdraw(2, all - gain, BTC).unwrap();
    world.publish();
    world.withdraw(2, gain - bound, BTC).unwrap();
}
