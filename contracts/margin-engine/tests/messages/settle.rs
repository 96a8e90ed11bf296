//! FixExpiry, SettleAccounts, SettlePage and settlement on the next touch.

use cosmwasm_std::{Decimal, from_json};
use protocol_api::engine::*;

use crate::common::*;

const ALL: [&str; 6] = [
    CALL,
    PUT,
    FUTURE,
    "BTC_USDC-25DEC26-95000-DC",
    "BTC_USDC-25DEC26-95000-DP",
    FAR_CALL,
];

fn fix_msg(market: &str, expiry: u32) -> ExecuteMsg {
    ExecuteMsg::FixExpiry {
        market: market.into(),
        expiry: u64::from(expiry) * 60,
    }
}

/// No slice for November was ever published; the price of its window is on the oracle's tape all the same.
#[test]
fn a_window_off_the_surface_is_followed() {
    let mut world = World::funded();
    world.trade(1, 2, &[(NOV_CALL, 100, 100)]).unwrap();
    world.market.expiries.retain(|(expiry, _)| *expiry == DEC);
    world.advance_to(u64::from(NOV) * 60 - 60);
    let cash = world.cash(1, USD);
    let told = |world: &mut World, buckets: usize| {
        let bytes = oracle::progress(&vec![112_000; buckets], 90_000);
        world.raw(oracle::progress_key(NOV), bytes);
    };
    let owed = |world: &World| (cash - world.health(1).equity.unwrap().i128()) as f64 / 1e6;
    // Spot is 10 % under the strike and stays there, but 58 of 60 buckets are in at 12 % above it:
    // B = 112,000 x 58/60 + 90,000 x 2/60 (the share is cut to 2^-16).
    assert!(owed(&world) < 1.0);
    told(&mut world, 58);
    assert!((owed(&world) - 11_266.5).abs() < 1.0, "{}", owed(&world));
    let error = world.withdraw(1, cash as u128, USD).unwrap_err();
    assert!(error.contains("E_ENGINE_MARGIN"), "{error}");
    // Between expiry and fixing the same tape gives the hull.
    world.advance_to(u64::from(NOV) * 60 + 30);
    told(&mut world, 60);
    assert!((owed(&world) - 12_000.0).abs() < 0.01, "{}", owed(&world));
    // A window that cannot be told leaves no price: nothing but covered withdrawals.
    world.raw(oracle::progress_key(NOV), b"?".to_vec());
    let error = world.withdraw(1, 1, USD).unwrap_err();
    assert!(error.contains("E_ENGINE_NO_PRICE"), "{error}");
    assert_eq!(world.health(1).equity, None);
}

fn expired(prices: &[(u32, u64)]) -> World {
    let mut world = World::funded();
    world.list(&ALL);
    let legs: Vec<_> = ALL
        .iter()
        .map(|name| (*name, 10, if *name == FUTURE { 18_000 } else { 100 }))
        .collect();
    world.trade(1, 2, &legs).unwrap();
    world.advance_to(u64::from(DEC) * 60 + 60);
    for (expiry, price) in prices {
        world.fix(*expiry, *price);
    }
    world
}

#[test]
fn inv_2_every_kind_settles_exactly_zero_sum() {
    // Payoffs of 0.1 BTC in USD worked out by hand.
    let cases = [
        (94_999_u64, [0, 0, 499_900_000, 0, 100_000_000, 0]),
        (95_000, [0, 0, 500_000_000, 100_000_000, 0, 0]),
        (
            121_000,
            [2_100_000_000, 0, 3_100_000_000, 100_000_000, 0, 100_000_000],
        ),
        (
            60_000,
            [0, 2_000_000_000, -3_000_000_000, 0, 100_000_000, 0_i128],
        ),
    ];
    for (price, payoffs) in cases {
        let mut world = expired(&[(DEC, price)]);
        let before = (world.cash(3, USD), world.ledger(USD).cash.i128());
        let raw = |world: &World, account: u64| -> i128 { world.cash(account, USD) };
        let start = [100_000_000_000_i128; 2];
        let mallory = world.mallory.clone();
        world.ok(&mallory, fix_msg("BTC_USDC", DEC));
        world.ok(&mallory, ExecuteMsg::SettleAccounts { accounts: vec![1] });
        world.ok(&mallory, ExecuteMsg::SettleAccounts { accounts: vec![2] });
        let total: i128 = payoffs.iter().sum();
        // Premium of five options at 100 ticks x 10 units, 50 USD each; the future at its reference.
        let premium = 5 * 50_000_000;
        let fees = world.ledger(USD).fees.u128() as i128;
        assert_eq!(
            raw(&world, 1) + raw(&world, 2) + fees,
            start[0] + start[1],
            "{price}"
        );
        let gain = raw(&world, 2) - start[1] + premium;
        assert!(
            (total - gain) > 0 && (total - gain) < 30_000_000,
            "{price}: only fees differ"
        );
        assert_eq!(before.0, 0);
        assert_eq!(world.ledger(USD).unsettled.i128(), 0);
        for (name, payoff) in ALL.iter().zip(payoffs) {
            let series: SeriesResponse = world.query(&QueryMsg::Series {
                series: (*name).into(),
            });
            assert_eq!(
                series.payoff.unwrap().i128() * 10,
                payoff,
                "{name} at {price}"
            );
            assert_eq!((series.open_interest.u64(), series.unsettled.i64()), (0, 0));
        }
    }
}

#[test]
fn inverse_settlement_is_one_integer_per_unit() {
    let mut world = World::new();
    world.deposit(1, 200_000_000, BTC);
    world.deposit(2, 200_000_000, BTC);
    world.trade(1, 2, &[(COIN_CALL, 77, 60)]).unwrap();
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 130_001);
    let mallory = world.mallory.clone();
    let before = (world.ledger(BTC).held.u128(), world.ledger(BTC).fees.u128());
    world.ok(
        &mallory,
        ExecuteMsg::SettlePage {
            start_after: None,
            limit: None,
        },
    );
    // 10^6 - ceil(10^6 x 100,000 / 130,001) = 10^6 - 769,225 = 230,775 base units a unit.
    let series: SeriesResponse = world.query(&QueryMsg::Series {
        series: COIN_CALL.into(),
    });
    assert_eq!(series.payoff.unwrap().i128(), 230_775);
    let premium = 77 * 60 * 500;
    assert_eq!(
        world.cash(2, BTC),
        200_000_000 - premium - 23_100 + 77 * 230_775
    );
    assert_eq!(
        world.cash(1, BTC),
        200_000_000 + premium - 7_700 - 77 * 230_775
    );
    assert_eq!(
        (world.ledger(BTC).held.u128(), world.ledger(BTC).fees.u128()),
        before
    );
}

#[test]
fn prices_are_taken_over_once_and_only_when_final() {
    let mut world = World::funded();
    world.trade(1, 2, &[(CALL, 10, 520)]).unwrap();
    let mallory = world.mallory.clone();
    world.refused(&mallory, fix_msg("BTC_USDC", DEC), "E_ENGINE_NOT_FIXED");
    world.refused(&mallory, fix_msg("BTC_USDC", DEC + 1), "E_ENGINE_UNKNOWN");
    world.refused(&mallory, fix_msg("NONE", DEC), "E_ENGINE_UNKNOWN");
    let odd = ExecuteMsg::FixExpiry {
        market: "BTC_USDC".into(),
        expiry: u64::from(DEC) * 60 + 1,
    };
    world.refused(&mallory, odd, "E_ENGINE_RANGE");
    // A record that appears before the expiry is not believed.
    world.fix(DEC, 1);
    world.refused(&mallory, fix_msg("BTC_USDC", DEC), "E_ENGINE_NOT_FIXED");
    world.advance_to(u64::from(DEC) * 60);
    world.fix(DEC, 104_500);
    world.ok(&mallory, fix_msg("BTC_USDC", DEC));
    world.refused(&mallory, fix_msg("BTC_USDC", DEC), "E_ENGINE_ALREADY_FIXED");
    // Whatever the oracle says later changes nothing.
    world.fix(DEC, 200_000);
    world.ok(
        &mallory,
        ExecuteMsg::SettleAccounts {
            accounts: vec![1, 2],
        },
    );
    let series: SeriesResponse = world.query(&QueryMsg::Series {
        series: CALL.into(),
    });
    assert_eq!(series.payoff.unwrap().i128(), 45_000_000);
    let listed: ExpiriesResponse = world.query(&QueryMsg::Expiries {
        market: "BTC_USDC".into(),
        start_after: None,
        limit: None,
    });
    let mut listed = listed.expiries.iter();
    let december = listed.find(|listed| listed.expiry == u64::from(DEC) * 60);
    let price = Decimal::from_ratio(104_500_u32, 1_u32);
    assert_eq!(december.unwrap().settlement_price, Some(price));
}

#[test]
fn the_next_touch_settles_without_any_crank() {
    let mut world = expired(&[(DEC, 104_500)]);
    // A withdrawal by bob settles him first; alice is settled by a deposit.
    assert_eq!(
        world.quantity(2, CALL),
        0,
        "queries show what the next touch leaves"
    );
    world.withdraw(2, 1, USD).unwrap();
    world.deposit(1, 1, USD);
    let account: AccountResponse = world.query(&QueryMsg::Account { account: 1 });
    assert_eq!(account.legs, []);
    assert_eq!(world.ledger(USD).unsettled.i128(), 0);
}

#[test]
fn attack_options_4_order_of_settlement_changes_nothing() {
    let paid: Vec<(i128, i128)> = [[1_u64, 2], [2, 1]]
        .into_iter()
        .map(|order| {
            let mut world = expired(&[(DEC, 121_000)]);
            let mallory = world.mallory.clone();
            for account in order {
                world.ok(
                    &mallory,
                    ExecuteMsg::SettleAccounts {
                        accounts: vec![account],
                    },
                );
            }
            (world.cash(1, USD), world.cash(2, USD))
        })
        .collect();
    assert_eq!(paid[0], paid[1]);
}

#[test]
fn attack_options_26_a_late_settlement_uses_the_same_price() {
    let paid: Vec<i128> = [0_u64, 86_400, 31_536_000]
        .into_iter()
        .map(|late| {
            let mut world = expired(&[(DEC, 121_000)]);
            world.advance(late);
            world.set_spot(50_000);
            let mallory = world.mallory.clone();
            world.ok(
                &mallory,
                ExecuteMsg::SettleAccounts {
                    accounts: vec![1, 2],
                },
            );
            world.cash(2, USD)
        })
        .collect();
    assert!(paid[0] == paid[1] && paid[1] == paid[2]);
}

#[test]
fn attack_risk_27_pages_settle_everyone_and_end() {
    let mut world = World::funded();
    let (venue, mallory) = (world.venue.to_string(), world.mallory.clone());
    for n in 0..12 {
        world.ok(
            &mallory,
            ExecuteMsg::CreateAccount {
                venues: vec![venue.clone()],
            },
        );
        world.deposit(4 + n, 1_000_000_000, USD);
        world.trade(1, 4 + n, &[(CALL, 1, 520)]).unwrap();
    }
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 110_000);
    let (mut after, mut calls) = (None, 0);
    loop {
        let page = ExecuteMsg::SettlePage {
            start_after: after,
            limit: Some(5),
        };
        let data: SettlePageData = from_json(world.ok(&mallory, page).data.unwrap()).unwrap();
        calls += 1;
        match data.last {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    assert_eq!(calls, 4);
    let series: SeriesResponse = world.query(&QueryMsg::Series {
        series: CALL.into(),
    });
    assert_eq!((series.open_interest.u64(), series.unsettled.i64()), (0, 0));
    let many = ExecuteMsg::SettleAccounts {
        accounts: (1..=33).collect(),
    };
    world.refused(&mallory, many, "E_ENGINE_LIST");
}

#[test]
fn attack_options_28_everything_ends_without_an_admin() {
    let mut world = expired(&[(DEC, 121_000)]);
    world.silence();
    // The engine's owner, the guardian and the publishers are gone; alice and bob leave with all they own.
    let mallory = world.mallory.clone();
    world.ok(&mallory, ExecuteMsg::CollectFees { denom: USD.into() });
    for account in [1, 2] {
        let all = world.cash(account, USD);
        world.withdraw(account, all as u128, USD).unwrap();
    }
    assert_eq!(world.bank(&world.engine, USD), world.cash(3, USD) as u128);
}

#[test]
fn between_expiry_and_fixing_withdrawals_go_on_against_the_worst_of_the_hull() {
    let mut world = expired(&[]);
    let health = world.health(1);
    assert!(health.initial_surplus.is_some());
    // Alice is short a future of 0.1 BTC and more; she may take something, but not all.
    world.withdraw(1, 1_000_000_000, USD).unwrap();
    let rest = world.cash(1, USD) as u128;
    assert!(
        world
            .withdraw(1, rest, USD)
            .unwrap_err()
            .contains("E_ENGINE_MARGIN")
    );
}

const NOV_ABOVE: &str = "BTC_USDC-27NOV26-95000-DC";
const NOV_BELOW: &str = "BTC_USDC-27NOV26-95000-DP";

/// Alice holds both digitals of November, 1,000 USD whatever happens, against a call spread of December
/// that can cost her 20,000; with 19,500 USD in cash she is covered, but only once November has paid.
fn relying_on_an_earlier_expiry() -> World {
    let mut world = World::new();
    world.list(&[NOV_ABOVE, NOV_BELOW]);
    world.deposit(1, 100_000_000_000, USD);
    world.deposit(2, 100_000_000_000, USD);
    let legs = [
        (NOV_ABOVE, -100, 100),
        (NOV_BELOW, -100, 100),
        (CALL, 100, 520),
        (FAR_CALL, -100, 100),
    ];
    world.trade(1, 2, &legs).unwrap();
    let rest = world.cash(1, USD) as u128 - 19_500_000_000;
    world.withdraw(1, rest, USD).unwrap();
    assert!(world.health(1).covered);
    world.advance_to(u64::from(DEC) * 60 + 60);
    world
}

#[test]
fn inv_10_spec_example_a_covered_account_never_owes_whatever_is_fixed_first() {
    let mut world = relying_on_an_earlier_expiry();
    let all = ExecuteMsg::SettleAccounts {
        accounts: vec![1, 2],
    };
    let mallory = world.mallory.clone();
    world.fix(DEC, 130_000);
    world.ok(&mallory, all.clone());
    assert_eq!(world.cash(1, USD), 19_500_000_000);
    assert_eq!(world.quantity(1, CALL), -100, "December waits for November");
    assert!(world.health(1).covered);
    let error = world.withdraw(1, 500_000_001, USD).unwrap_err();
    assert!(error.contains("E_ENGINE_MARGIN"), "{error}");
    world.fix(NOV, 90_000);
    world.ok(&mallory, all);
    assert_eq!(world.cash(1, USD), 500_000_000);
    assert_eq!(world.quantity(1, CALL), 0);
    assert_eq!(world.ledger(USD).unsettled.i128(), 0);
}

#[test]
fn a_leg_that_waits_is_margined_at_its_final_price() {
    let mut world = relying_on_an_earlier_expiry();
    world.set_spot(140_000);
    let before = world.health(1).equity.unwrap().i128();
    assert_eq!(before, 500_000_000, "19,500 and 1,000 less 20,000");
    world.fix(DEC, 110_000);
    // Now the spread costs exactly 10,000 wherever the spot is.
    for spot in [80_000, 140_000] {
        world.set_spot(spot);
        let health = world.health(1);
        assert_eq!(health.equity.unwrap().i128(), 10_500_000_000, "{spot}");
        assert_eq!(health.maintenance_margin.unwrap().u128(), 0, "{spot}");
    }
}

#[test]
fn a_leg_in_another_coin_or_of_an_earlier_expiry_does_not_wait() {
    let mut world = World::funded();
    world.deposit(1, 200_000_000, BTC);
    world
        .trade(1, 2, &[(NOV_CALL, 10, 520), (CALL, 10, 520)])
        .unwrap();
    world.deposit(2, 200_000_000, BTC);
    world.trade(1, 2, &[(COIN_CALL, 10, 60)]).unwrap();
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 110_000);
    assert_eq!(world.quantity(2, COIN_CALL), 0, "nothing earlier in coins");
    assert_eq!(world.quantity(2, CALL), 10);
    world.fix(NOV, 110_000);
    assert_eq!(world.quantity(2, CALL), 0);
    assert_eq!(world.quantity(2, NOV_CALL), 0);
}
