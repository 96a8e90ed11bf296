//! Queries: health, covered, lists, simulations.

use cosmwasm_std::{Decimal, coin};
use protocol_api::engine::*;

use crate::common::*;

#[test]
fn health_of_cash_and_coins() {
    let mut world = World::new();
    world.deposit(1, 5_000_000_000, USD);
    let health = world.health(1);
    assert_eq!(health.equity.unwrap().i128(), 5_000_000_000);
    assert_eq!(health.maintenance_margin.unwrap().u128(), 0);
    assert!(health.covered && !health.debtor && health.legs.is_empty());
    // One BTC at 90,000 USD.
    world.deposit(1, 100_000_000, BTC);
    let health = world.health(1);
    assert_eq!(health.equity.unwrap().i128(), 95_000_000_000);
    let maintenance = health.maintenance_surplus.unwrap().i128();
    let initial = health.initial_surplus.unwrap().i128();
    // Weights 0.90 and 0.85 of the coin at the lowest scan point, 16 % down (initial: band and more).
    assert!(maintenance <= 5_000_000_000 + 68_040_000_000);
    assert!(initial < maintenance && initial > 5_000_000_000);
}

#[test]
fn health_explains_itself() {
    let mut world = World::funded();
    world
        .trade(1, 2, &[(CALL, 100, 520), (PUT, -50, 300)])
        .unwrap();
    let health = world.health(1);
    let equity = health.equity.unwrap().i128();
    let marks: i128 = health.legs.iter().map(|leg| leg.mark.i128()).sum();
    assert!(
        (world.cash(1, USD) + marks - equity).abs() <= 2,
        "equity is cash and marks"
    );
    let names: Vec<&str> = health.legs.iter().map(|leg| leg.series.as_str()).collect();
    assert_eq!(names, [PUT, CALL]);
    let worst = health.worst.unwrap();
    assert!(worst.contains("underlying 1"), "{worst}");
    let margin = health.maintenance_margin.unwrap().u128() as i128;
    assert_eq!(equity - margin, health.maintenance_surplus.unwrap().i128());
    assert!(health.initial_margin.unwrap().u128() as i128 >= margin);
    assert!(health.legs[1].worst < health.legs[1].mark);
    let ratio = health.health.unwrap().to_string();
    assert!(ratio.parse::<f64>().unwrap() > 1.0);
}

#[test]
fn covered_surplus_by_coin() {
    let mut world = World::funded();
    world
        .trade(1, 2, &[(CALL, 100, 520), (FAR_CALL, -100, 100)])
        .unwrap();
    let covered: CoveredResponse = world.query(&QueryMsg::Covered { account: 1 });
    assert!(covered.covered);
    let cash = world.cash(1, USD);
    assert_eq!(covered.coins[0].denom, USD);
    assert_eq!(
        covered.coins[0].surplus.unwrap().i128(),
        cash - 20_000_000_000
    );
    world.trade(1, 2, &[(CALL, 1, 520)]).unwrap();
    let covered: CoveredResponse = world.query(&QueryMsg::Covered { account: 1 });
    assert_eq!((covered.covered, covered.coins[0].surplus), (false, None));
}

#[test]
fn series_come_in_pages_by_expiry_strike_and_kind() {
    let mut world = World::funded();
    world.trade(1, 2, &[(CALL, 7, 520)]).unwrap();
    let page = |world: &World,
                market: &str,
                expiry: Option<u32>,
                start_after: Option<&str>|
     -> Vec<SeriesResponse> {
        let query = QueryMsg::SeriesPage {
            market: market.into(),
            expiry: expiry.map(|minutes| u64::from(minutes) * 60),
            start_after: start_after.map(String::from),
            limit: Some(50),
        };
        world.query::<SeriesPageResponse>(&query).series
    };
    let all = page(&world, "BTC_USDC", None, None);
    let names: Vec<&str> = all.iter().map(|series| series.series.as_str()).collect();
    assert_eq!(names, [NOV_CALL, PUT, FUTURE, CALL, FAR_CALL]);
    assert_eq!(page(&world, "BTC_USDC", Some(DEC), None), all[1..]);
    assert_eq!(page(&world, "BTC_USDC", None, Some(CALL)), all[4..]);
    assert_eq!(page(&world, "BTC_USDC", Some(DEC), Some(CALL)), all[4..]);
    assert_eq!(page(&world, "BTC_USDC", Some(NOV), None), all[..1]);
    let call = &all[3];
    assert_eq!(
        (call.kind, call.expiry),
        (SeriesKind::Call, u64::from(DEC) * 60)
    );
    assert_eq!(call.strike, Decimal::from_ratio(100_000_u32, 1_u32));
    assert_eq!((call.open_interest.u64(), call.payoff), (7, None));
    let coins: Vec<String> = page(&world, "BTC", None, None)
        .into_iter()
        .map(|series| series.series)
        .collect();
    assert_eq!(coins, [COIN_PUT, COIN_CALL]);
    // A page of one expiry may start after a series of an earlier one.
    assert_eq!(
        page(&world, "BTC_USDC", Some(DEC), Some(NOV_CALL)),
        all[1..]
    );
}

#[test]
fn a_page_of_series_starts_after_a_series_of_its_own_market() {
    let world = World::funded();
    for (market, after) in [("BTC_USDC", COIN_PUT), ("BTC", PUT)] {
        let query = QueryMsg::SeriesPage {
            market: market.into(),
            expiry: None,
            start_after: Some(after.into()),
            limit: None,
        };
        let asked = world
            .app
            .wrap()
            .query_wasm_smart::<SeriesPageResponse>(&world.engine, &query);
        let said = asked.unwrap_err().to_string();
        assert!(said.contains("E_ENGINE_NOT_LISTED"), "{said}");
    }
}

#[test]
fn simulations_say_what_would_happen_and_change_nothing() {
    let mut world = World::new();
    world.deposit(1, 5_000_000_000, USD);
    world.deposit(2, 100_000_000_000, USD);
    let before = world.dump();
    let simulate = |world: &World, legs: &[(&str, i64, i64)]| -> SimulateFillsResponse {
        world.query(&QueryMsg::SimulateFills {
            fills: vec![world.fill(1, 2, legs)],
        })
    };
    let good = simulate(&world, &[(CALL, 10, 520)]);
    assert_eq!(good.error, None);
    let maker = &good.accounts[0];
    assert_eq!(
        (maker.account, maker.fee.u128(), maker.premium.i128()),
        (1, 900_000, 260_000_000)
    );
    assert!(!maker.covered && !maker.reducing && maker.initial_surplus.unwrap().i128() > 0);
    assert!(good.accounts[1].covered);
    let bad = simulate(&world, &[(CALL, 100, 520)]);
    assert!(bad.error.unwrap().starts_with("E_ENGINE_MARGIN: account 1"));
    let promised = maker.initial_surplus;
    assert_eq!(world.dump(), before);
    world.trade(1, 2, &[(CALL, 10, 520)]).unwrap();
    assert_eq!(world.health(1).initial_surplus, promised);
    let withdraw: SimulateWithdrawResponse = world.query(&QueryMsg::SimulateWithdraw {
        account: 1,
        amounts: vec![coin(9_000_000_000, USD)],
    });
    assert!(withdraw.error.unwrap().starts_with("E_ENGINE_CASH"));
    let withdraw: SimulateWithdrawResponse = world.query(&QueryMsg::SimulateWithdraw {
        account: 1,
        amounts: vec![coin(9, USD)],
    });
    assert_eq!((withdraw.error, withdraw.paid), (None, vec![coin(9, USD)]));
}

#[test]
fn health_and_simulations_answer_with_what_is_known_where_an_expiry_has_no_slice() {
    let mut world = World::funded();
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    world.market.expiries = vec![];
    world.publish();
    let health = world.health(1);
    assert!(!health.covered && !health.debtor && health.legs.is_empty());
    let money = (
        health.equity,
        health.initial_surplus,
        health.maintenance_surplus,
    );
    assert_eq!(money, (None, None, None));
    assert_eq!((health.health, health.worst), (None, None));
    let cash = world.health(3).worst;
    assert_eq!(cash.as_deref(), Some("none: cash alone"));
    let long = world.health(2);
    assert!(long.covered && long.equity.is_none());
    let simulated: SimulateFillsResponse = world.query(&QueryMsg::SimulateFills {
        fills: vec![world.fill(1, 2, &[(CALL, 1, 520)])],
    });
    assert!(simulated.error.unwrap().starts_with("E_ENGINE_NO_PRICE"));
    let seen: Vec<_> = simulated
        .accounts
        .iter()
        .map(|account| (account.fee.u128(), account.covered, account.initial_surplus))
        .collect();
    // 1 bp and 3 bp of 900 USD.
    assert_eq!(seen, [(90_000, false, None), (270_000, true, None)]);
}
