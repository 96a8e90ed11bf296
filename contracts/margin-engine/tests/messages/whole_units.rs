//! What whole units, several takers in a step, and prices that sell nobody do to a sale.

use cosmwasm_std::Uint128;
use protocol_api::engine::*;
use protocol_api::oracle::Validity;

use crate::common::liquidation::*;
use crate::common::*;
use crate::liquidate::{PLENTY, sold};

/// Long one unit of the future, with nothing else: no share of it is a whole unit but all.
fn one_long_future() -> World {
    let mut world = World::liquidatable();
    world.list(&[FUTURE]);
    world.trade(2, 1, &[(FUTURE, 1, 20_000)]).unwrap();
    world.set_spot(125_000);
    let cash = world.cash(1, USD).unsigned_abs();
    world.withdraw(1, cash, USD).unwrap();
    world.advance(60);
    world.set_spot(105_000);
    let (equity, margin) = world.health_of(1);
    assert!(0 < equity && 20 * equity < 19 * margin && margin > 100_000_000);
    world
}

#[test]
fn longs_that_no_share_makes_a_whole_unit_of_go_whole() {
    let mut world = one_long_future();
    let (equity, margin) = world.health_of(1);
    let done = world.liquidate(sold(&world, 1)).unwrap();
    assert_eq!((done.taken.len(), done.after), (1, Standing::Healthy));
    let held = [1, 4].map(|account| world.quantity(account, FUTURE));
    assert_eq!(held, [0, 1]);
    // All of it at pi = E - 5 % of M, rounded up for the seller.
    assert_eq!(world.cash(1, USD), equity - margin * 50_000 / 1_000_000);
}

#[test]
fn bids_that_divide_a_unit_leave_it_to_the_last_and_stand() {
    let mut world = one_long_future();
    let bid = |account, budget| Taker {
        reward: Some(20_000),
        ..world.taker(account, budget)
    };
    let bids = vec![bid(4, PLENTY), bid(5, PLENTY)];
    let step = LiquidateOrder {
        takers: bids,
        ..sold(&world, 1)
    };
    let done = world.liquidate(step).unwrap();
    assert_eq!((done.taken.len(), done.passed_over.len()), (1, 0));
    assert_eq!(done.taken[0].account, 5);
}

#[test]
fn a_bid_too_small_for_the_only_unit_ends_and_blocks_nobody() {
    let mut world = one_long_future();
    let bid = Taker {
        reward: Some(20_000),
        ..world.taker(4, 50_000_000)
    };
    let step = LiquidateOrder {
        takers: vec![bid, world.taker(5, PLENTY)],
        ..sold(&world, 1)
    };
    let done = world.liquidate(step).unwrap();
    assert_eq!(done.passed_over, [4]);
    assert_eq!((done.taken.len(), done.taken[0].account), (1, 5));
}

#[test]
fn attack_a_second_taker_leaves_alone_what_the_first_made_healthy() {
    // Ten units of the future and cash: a ninth of a unit short of the target, what is left is above maintenance.
    let mut world = World::liquidatable();
    world.list(&[FUTURE]);
    world.trade(2, 1, &[(FUTURE, 10, 20_000)]).unwrap();
    world.set_spot(125_000);
    let cash = world.cash(1, USD).unsigned_abs();
    world.withdraw(1, cash - 123_456, USD).unwrap();
    world.advance(60);
    world.set_spot(107_100);
    let (equity, margin) = world.health_of(1);
    assert!(100 * equity < 98 * margin && 100 * equity > 95 * margin);
    let bid = Taker {
        reward: Some(0),
        ..world.taker(4, PLENTY)
    };
    let greedy = |world: &World, least_reward| LiquidateOrder {
        takers: vec![
            bid.clone(),
            Taker {
                least_reward,
                ..world.taker(5, PLENTY)
            },
        ],
        ..sold(world, 1)
    };
    world.liquidation_refused(greedy(&world, Some(0)), "E_ENGINE_NOT_TAKEN");
    let done = world.liquidate(greedy(&world, None)).unwrap();
    assert_eq!((done.taken.len(), done.after), (1, Standing::Healthy));
    assert_eq!(done.taken[0].account, 4);
    assert!(world.quantity(1, FUTURE) > 0 && world.quantity(5, FUTURE) == 0);
}

/// Long futures that are worth less a unit than the reward for the margin of one, with cash.
fn long_futures(units: i64, least_cash: u128, spot: u64) -> World {
    let mut world = World::liquidatable();
    world.list(&[FUTURE]);
    for account in [1, 2] {
        world.deposit(account, 200_000_000_000, USD);
    }
    world.set_spot(91_000);
    world.trade(2, 1, &[(FUTURE, units, 18_200)]).unwrap();
    let cash = world.cash(1, USD).unsigned_abs();
    world.withdraw(1, cash - least_cash, USD).unwrap();
    world.advance(60);
    world.set_spot(spot);
    let (equity, margin) = world.health_of(1);
    assert!(0 < equity && equity < margin, "{equity} {margin}");
    world
}

#[test]
fn attack_bids_smaller_than_all_that_is_wanted_are_served_also_where_a_unit_is_worth_little() {
    let mut world = long_futures(1_000, 140_500_000_000, 90_300);
    let (equity, margin) = world.health_of(1);
    let wanted = (1.1 * margin as f64 - equity as f64) / (1.05 * margin as f64);
    let cost = wanted * (equity as f64 - 0.05 * margin as f64);
    let bid = |account, part: f64| Taker {
        reward: Some(50_000),
        ..world.taker(account, (part * cost) as u128)
    };
    for parts in [[0.2, 0.2], [0.33, 0.5], [0.017, 0.83]] {
        let takers = vec![bid(4, parts[0]), bid(5, parts[1])];
        let order = LiquidateOrder {
            takers,
            ..sold(&world, 1)
        };
        let preview = world.preview(&order).unwrap().done;
        assert_eq!(preview.passed_over, [0_u64; 0]);
        assert_eq!(preview.taken.len(), 2);
        for (taken, part) in preview.taken.iter().zip(parts) {
            // All of the budget but what a unit or two cost, and never more.
            let (paid, budget) = (taken.paid.i128(), (part * cost) as i128);
            assert!(
                (budget - 300_000_000..=budget).contains(&paid),
                "{paid} {budget}"
            );
        }
    }
    world.liquidate(sold(&world, 1)).unwrap();
}

#[test]
fn a_unit_more_than_is_wanted_goes_before_all_do() {
    let mut world = long_futures(9, 1_262_000_000, 90_700);
    let (equity, margin) = world.health_of(1);
    assert!(
        100 * equity > 97 * margin,
        "an eleventh of the account is wanted: less than a unit"
    );
    let done = world.liquidate(sold(&world, 1)).unwrap();
    assert_eq!((done.taken.len(), done.after), (1, Standing::Healthy));
    assert_eq!(
        (world.quantity(1, FUTURE), world.quantity(4, FUTURE)),
        (8, 1)
    );
}

#[test]
fn attack_a_healthy_rest_is_not_taken_whole_under_the_dust_floor() {
    let mut world = World::short_calls(107_900);
    let (equity, margin) = world.health_of(1);
    assert!(
        equity < margin && 20 * equity >= 19 * margin,
        "{equity} {margin}"
    );
    let wanted = (1.1 * margin as f64 - equity as f64) / (1.05 * margin as f64);
    let half = (0.5 * wanted * (equity as f64 - 0.05 * margin as f64)) as u128;
    let first = Taker {
        reward: Some(40_000),
        ..world.taker(5, half)
    };
    let mut order = LiquidateOrder {
        takers: vec![first, world.taker(4, PLENTY)],
        ..sold(&world, 1)
    };
    // Half of what is wanted leaves the account above maintenance, the other half under this floor.
    let kept = 1.0 - 0.75 * wanted;
    order.terms.dust = Uint128::new((kept * margin as f64) as u128);
    let done = world.liquidate(order).unwrap();
    assert_eq!(done.after, Standing::Healthy);
    assert!(world.quantity(1, CALL) < -200, "{:?}", done.taken);
}

#[test]
fn attack_a_price_that_sells_nobody_ends_no_auction() {
    let mut world = World::short_calls(95_000);
    world.set_level(Validity::NoQuorum);
    world.market.slow = 70_000;
    world.publish_as_it_is();
    // Healthy at a price that could not sell it: whoever gains by an end of its auction gets none.
    world.liquidation_refused(sold(&world, 1), "E_ENGINE_NO_PRICE");
    let fresh = order(1, vec![world.taker(4, PLENTY)]);
    assert_eq!(world.liquidate(fresh).unwrap().after, Standing::Healthy);
}

#[test]
fn what_no_price_would_sell_at_once_has_no_price_time() {
    let mut world = World::short_calls(95_000);
    assert_eq!(world.state_of(1).price_time, Some(world.now()));
    world.set_level(Validity::Uncertain);
    let state = world.state_of(1);
    assert!(state.equity.is_some());
    assert_eq!(state.price_time, None);
}

#[test]
fn attack_a_backstop_is_not_made_a_debtor() {
    let mut world = World::liquidatable();
    // A bitcoin against calls bought on credit.
    world.deposit(1, 200_000_000, BTC);
    let cash = world.cash(1, USD).unsigned_abs();
    world.withdraw(1, cash, USD).unwrap();
    world.trade(2, 1, &[(CALL, 800, 2_000)]).unwrap();
    assert!(world.cash(1, USD) < -70_000_000_000);
    let contract = world.liquidator();
    let venues = vec![contract.to_string()];
    world.ok(&contract, ExecuteMsg::CreateAccount { venues });
    world.deposit(6, 10_000_000_000, USD);
    world.advance(60);
    world.set_spot(52_000);
    let (equity, margin) = world.health_of(1);
    assert!(0 < equity && equity < margin, "{equity} {margin}");
    let take = |world: &World, account| LiquidateOrder {
        takers: vec![Taker {
            least_reward: Some(0),
            ..world.taker(account, PLENTY)
        }],
        ..sold(world, 1)
    };
    world.liquidation_refused(take(&world, 6), "E_ENGINE_DEBTOR");
    // Anybody else may owe what he takes over, within his margin.
    world.withdraw(4, 990_000_000_000, USD).unwrap();
    world.liquidate(take(&world, 4)).unwrap();
    assert!(world.cash(4, USD) < 0);
}

#[test]
fn attack_a_budget_of_a_unit_buys_a_unit_at_any_reward() {
    // Deep below maintenance, late in the auction: a unit's share costs a sixth of its margin.
    let mut world = World::liquidatable();
    world.list(&[FUTURE]);
    for account in [1, 2] {
        world.deposit(account, 200_000_000_000, USD);
    }
    world.set_spot(91_000);
    world.trade(2, 1, &[(FUTURE, 20, 18_200)]).unwrap();
    let cash = world.cash(1, USD).unsigned_abs();
    world.withdraw(1, cash - 2_900_000_000, USD).unwrap();
    world.advance(60);
    world.set_spot(84_000);
    let (equity, margin) = world.health_of(1);
    assert!(2 * margin > 3 * equity && equity > 0, "{equity} {margin}");
    let late = LiquidateOrder {
        auction: begun(world.now(), 1_600),
        ..order(1, vec![])
    };
    let reward = 366_666.0 / 1e6;
    let unit = (equity as f64 - reward * margin as f64) / 20.0 * 1.01;
    for part in [1.05, 1.34, 1.86, 1.99, 2.5, 5.5] {
        let budget = (part * unit) as u128;
        let order = LiquidateOrder {
            takers: vec![world.taker(4, budget)],
            ..late.clone()
        };
        let done = world.preview(&order).unwrap().done;
        assert_eq!(done.taken.len(), 1, "{part} {done:?}");
        assert!(done.taken[0].paid.i128() as u128 <= budget);
    }
}

#[test]
fn attack_a_budget_is_not_tuned_to_take_all() {
    // Late in the auction three of seven units cost more than all seven: who cannot pay for them gets less, never all.
    for part in [
        0.5, 0.9, 0.99, 1.0, 1.01, 1.02, 1.05, 1.1, 1.2, 1.3, 1.6, 2.0, 9.0,
    ] {
        let mut world = long_futures(7, 1_018_700_000, 90_000);
        let (equity, margin) = world.health_of(1);
        let late = begun(world.now(), 3_190);
        let reward = 0.05 + 0.95 * 2_590.0 / 3_000.0;
        let whole = (equity as f64 - reward * margin as f64) * 1.01;
        let done = world.liquidate(LiquidateOrder {
            auction: late,
            ..order(1, vec![world.taker(4, (part * whole) as u128)])
        });
        assert!(world.quantity(1, FUTURE) > 0, "{part} {done:?}");
    }
}
