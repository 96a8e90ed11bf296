//! The attack registers' rows that the engine must withstand, by number, as far as they have no test beside
//! the message they attack.

use cosmwasm_std::{Uint64, coin};
use protocol_api::engine::*;
use wasm_chain::Mode;

use crate::common::*;

#[test]
fn attack_risk_1_and_options_16_open_on_a_stale_price_then_close_on_the_fresh_one_gains_nothing_from_the_protocol()
 {
    let mut world = World::funded();
    // The price in the store is old; the fresh one is 5 % higher.
    world.advance(30);
    world.trade_refused(1, 2, &[(CALL, 10, 520)], "E_ENGINE_NO_PRICE");
    // Trades move money between two consenting accounts and nobody else, at any price.
    world.set_spot(94_500);
    let before = [1, 2].map(|account| world.cash(account, USD));
    world.trade(1, 2, &[(CALL, 10, 520)]).unwrap();
    world.trade(1, 2, &[(CALL, -10, 900)]).unwrap();
    // Ten units 380 ticks dearer, and 0.01 % and 0.03 % of 9,450 USD both ways.
    let (gain, fees) = (10 * 380 * TICK_VALUE, [2 * 945_000, 2 * 2_835_000]);
    assert_eq!(world.cash(1, USD), before[0] - gain - fees[0]);
    assert_eq!(world.cash(2, USD), before[1] + gain - fees[1]);
    let kept = world.ledger(USD).fees.u128() as i128;
    assert_eq!(kept, fees[0] + fees[1]);
}

/// Below initial margin a close frees margin. Were surplus all that counts, she could hand that, beyond all she has, to a
/// friend as a premium: he withdraws it, her debt stays.
#[test]
fn attack_options_11_a_close_pays_away_no_more_than_the_equity_there_is() {
    let mut world = World::new();
    world.deposit(1, 30_000_000_000, USD);
    world.deposit(2, 100_000_000_000, USD);
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    world.advance(60);
    world.set_spot(115_000);
    let health = world.health(1);
    let (equity, surplus) = (
        health.equity.unwrap().i128(),
        health.initial_surplus.unwrap().i128(),
    );
    assert!(equity > 0 && surplus < 0);
    // Closed at a price that keeps the surplus as it is, she would owe all of it.
    let cash = world.cash(1, USD);
    let at = |left: i128| i64::try_from((cash - left) / TICK_VALUE / 100).unwrap();
    world.trade_refused(
        2,
        1,
        &[(CALL, 100, at(surplus) - 20)],
        "E_ENGINE_MARGIN: account 1",
    );
    world.trade_refused(
        2,
        1,
        &[(CALL, 100, at(-1_000_000))],
        "E_ENGINE_MARGIN: account 1",
    );
    // Half a close costs at most half of her equity beyond the mark, and the whole one all of it.
    let fair = (cash - equity) / TICK_VALUE / 100;
    let beyond = |part: i128, units: i128| i64::try_from(fair + part / TICK_VALUE / units).unwrap();
    let dear = beyond(equity * 11 / 20, 50);
    world.trade_refused(2, 1, &[(CALL, 50, dear)], "E_ENGINE_MARGIN: account 1");
    world
        .trade(2, 1, &[(CALL, 50, beyond(equity * 9 / 20, 50))])
        .unwrap();
    let left = world.cash(1, USD);
    let rest = i64::try_from((left - 20_000_000) / TICK_VALUE / 50).unwrap();
    world.trade(2, 1, &[(CALL, 50, rest)]).unwrap();
    assert!(world.cash(1, USD) >= 0);
}

#[test]
fn attack_risk_20_and_options_15_a_round_trip_in_one_block_costs_exactly_the_fees() {
    let mut world = World::funded();
    let before = world.cash(1, USD);
    assert_eq!(world.cash(2, USD), before);
    for _ in 0..25 {
        world
            .trade(1, 2, &[(CALL, 10, 520), (PUT, -3, 200)])
            .unwrap();
        world
            .trade(2, 1, &[(CALL, 10, 520), (PUT, -3, 200)])
            .unwrap();
    }
    // On 9,000 and 2,700 USD 0.01 % as maker and 0.03 % as taker, 25 times each.
    let fees = 25 * (900_000 + 270_000 + 2_700_000 + 810_000);
    assert_eq!(world.cash(1, USD), before - fees);
    assert_eq!(world.cash(2, USD), before - fees);
    assert_eq!(world.ledger(USD).fees.u128() as i128, 2 * fees);
}

#[test]
fn attack_risk_21_collateral_counts_at_the_lower_edges_and_weights() {
    let mut world = World::new();
    world.deposit(1, 100_000_000, BTC);
    let calm = world.health(1).initial_surplus.unwrap().i128();
    // A wide band lowers the initial surplus of a coin holder, a spot that falls does so too.
    world.market.half_band = 4_500;
    world.publish();
    let wide = world.health(1).initial_surplus.unwrap().i128();
    assert!(wide < calm);
    world.set_spot(70_000);
    assert!(world.health(1).initial_surplus.unwrap().i128() < calm);
}

#[test]
fn attack_risk_32_no_pause_stops_reducing_settling_repaying_or_leaving() {
    let everything = [PauseAction::Open, PauseAction::List, PauseAction::Deposit];
    for mask in 1..8_usize {
        let actions: Vec<PauseAction> = everything
            .iter()
            .enumerate()
            .filter(|(n, _)| mask >> n & 1 == 1)
            .map(|(_, a)| *a)
            .collect();
        let mut world = World::funded();
        world
            .trade(1, 2, &[(CALL, 10, 520), (NOV_CALL, 10, 100)])
            .unwrap();
        world.advance_to(u64::from(NOV) * 60);
        world.fix(NOV, 101_000);
        let (guardian, mallory) = (world.guardian.clone(), world.mallory.clone());
        world.ok(
            &guardian,
            ExecuteMsg::Pause {
                actions,
                seconds: 600,
            },
        );
        world.trade(1, 2, &[(CALL, -5, 520)]).unwrap();
        let fix = ExecuteMsg::FixExpiry {
            market: "BTC_USDC".into(),
            expiry: u64::from(NOV) * 60,
        };
        world.refused(&mallory, fix, "E_ENGINE_ALREADY_FIXED");
        world.ok(
            &mallory,
            ExecuteMsg::SettleAccounts {
                accounts: vec![1, 2],
            },
        );
        world.withdraw(1, 1_000_000_000, USD).unwrap();
    }
}

#[test]
fn attack_risk_33_after_a_gap_old_prices_open_nothing() {
    let mut world = World::funded();
    world.advance(7_200);
    world.trade_refused(1, 2, &[(CALL, 10, 520)], "E_ENGINE_NO_PRICE");
    assert!(
        world.withdraw(1, 100_000_000_000, USD).is_ok(),
        "covered accounts need no price"
    );
}

#[test]
fn attack_risk_41_addresses_in_other_case_and_amounts_at_the_edges() {
    let mut world = World::funded();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let upper = bob.to_string().to_uppercase();
    let admit = ExecuteMsg::AdmitVenue {
        account: 1,
        venue: upper.clone(),
        admitted: true,
    };
    world.refused(&alice, admit, "E_ENGINE_CHAIN");
    let delegate = DelegateId::Address { address: upper };
    let grant = Some(Grant {
        scopes: vec![Scope::Trade],
        expires_at: START + 9,
    });
    world.refused(
        &alice,
        ExecuteMsg::SetDelegate {
            account: 1,
            delegate,
            grant,
        },
        "E_ENGINE_CHAIN",
    );
    for price in [i64::MAX, i64::MAX / 2, 1 << 40] {
        for (quantity, code) in [
            (i64::MAX, "E_ENGINE_OVERFLOW"),
            (-i64::MAX, "E_ENGINE_OVERFLOW"),
            ((1 << 40) - 1, "E_ENGINE_OI_CAP"),
        ] {
            world.trade_refused(1, 2, &[(CALL, quantity, price)], code);
        }
    }
    let msg = ExecuteMsg::Withdraw {
        account: 1,
        amounts: vec![coin(u128::MAX, USD)],
        to: None,
    };
    world.refused(&alice, msg, "E_ENGINE_OVERFLOW");
}

#[test]
fn attack_risk_42_in_the_last_hour_and_the_window_margin_follows_the_price() {
    let mut world = World::funded();
    world.market.expiries = vec![(NOV, 5), (DEC, 150)];
    world.trade(1, 2, &[(NOV_CALL, 100, 40)]).unwrap();
    let end = u64::from(NOV) * 60;
    // An hour before, just before the window of half an hour, half way through it, in its last bucket.
    let margins = [3_600, 1_801, 900, 30].map(|left| {
        world.advance_to(end - left);
        let filled = (60 - (left / 30).min(60)) as usize;
        let at = |spot: u64| {
            world.set_spot(spot);
            let seen = oracle::progress(&vec![spot; filled], spot);
            world.raw(oracle::progress_key(NOV), seen);
            let found = world.health(1);
            // Away from the strike equity is what the call would pay, but for a dollar.
            let lost = i128::from(spot.saturating_sub(100_000)) * 1_000_000;
            let rest = world.cash(1, USD) - found.equity.unwrap().i128() - lost;
            assert!(spot == 99_500 || (0..1_000_000).contains(&rest), "{rest}");
            found.maintenance_margin.unwrap().u128()
        };
        let margins = [80_000, 99_500, 103_000].map(at);
        assert!(margins.is_sorted_by(|low, high| low < high), "{margins:?}");
        margins
    });
    // What is fixed already moves no more: the same prices need about a half, then next to nothing.
    for (place, before) in margins[1].into_iter().enumerate() {
        assert_eq!(before, margins[0][place]);
        let [half, last] = [margins[2][place], margins[3][place]];
        assert!(
            (before * 2 / 5..=before.div_ceil(2)).contains(&half),
            "{before} {half}"
        );
        assert!(last < before / 50, "{before} {last}");
    }
}

#[test]
fn attack_risk_43_tiny_trades_never_gain_a_unit() {
    // On the VM a trade takes twenty times as long; what a tiny trade pays is the same each time.
    let trades: i128 = match Mode::chosen() {
        Mode::Native => 100_000,
        Mode::Wasm => 2_000,
    };
    let mut world = World::funded();
    let owner = world.owner.clone();
    // A market whose tick is worth one base unit and whose fees are always a fraction of one.
    let tiny = MarketListing {
        symbol: "TINY".into(),
        unit: cosmwasm_std::Decimal::permille(1),
        tick: cosmwasm_std::Decimal::permille(1),
        ..linear()
    };
    world.ok(&owner, ExecuteMsg::AddMarket { listing: tiny });
    world.list(&["TINY-25DEC26-100000-C"]);
    let before = world.cash(1, USD) + world.cash(2, USD);
    for n in 0..trades {
        let (maker, taker) = if n % 2 == 0 { (1, 2) } else { (2, 1) };
        world
            .trade(maker, taker, &[("TINY-25DEC26-100000-C", 1, 1)])
            .unwrap();
    }
    // Each side paid at least one unit each time, though 12.5 % of one unit was due.
    assert_eq!(world.cash(1, USD) + world.cash(2, USD), before - 2 * trades);
}

/// Anyone may settle anyone, and each touch counts interest; the fraction of a unit that rounding takes counts at the next.
/// So ten thousand touches cost each of two no more than one base unit, and interest on interest: about five here.
#[test]
fn attack_options_21_ten_thousand_forced_settles_cost_a_unit_and_interest_on_interest() {
    let (touches, start) = (10_000, 20_000_000_000);
    let after = |each_second: bool| {
        let mut world = World::new();
        world.deposit(1, 200_000_000, BTC);
        world.deposit(2, start, USD);
        let owner = world.owner.clone();
        let params = EngineParams {
            debt_rate: percent(20),
            ..params()
        };
        let effective_at = world.now();
        world.ok(
            &owner,
            ExecuteMsg::SetParams {
                params,
                effective_at,
            },
        );
        world.trade(2, 1, &[(CALL, 100, 520)]).unwrap();
        let mallory = world.mallory.clone();
        let touch = || ExecuteMsg::SettleAccounts {
            accounts: vec![1, 2],
        };
        for _ in 0..touches {
            world
                .app
                .update_block(|block| block.time = block.time.plus_seconds(1));
            if each_second {
                world.ok(&mallory, touch());
            }
        }
        world.ok(&mallory, touch());
        (world.cash(1, USD), world.cash(2, USD))
    };
    let (alone, forced) = (after(false), after(true));
    assert!(alone.0 < 0 && alone.1 > start as i128, "{alone:?}");
    for (alone, forced) in [(alone.0, forced.0), (alone.1, forced.1)] {
        assert!((alone - forced).abs() <= 6, "{alone} {forced}");
    }
}

#[test]
fn attack_options_1_one_payment_is_never_used_twice() {
    let mut world = World::new();
    let alice = world.alice.clone();
    // One message, one account, exactly the coins attached.
    world
        .send(&alice, ExecuteMsg::Deposit { account: 1 }, &[coin(10, USD)])
        .unwrap();
    assert_eq!((world.cash(1, USD), world.cash(2, USD)), (10, 0));
    // Several fills paying out of the same cash are tested together.
    world.deposit(1, 2_000_000_000, USD);
    world.deposit(2, 100_000_000_000, USD);
    world.deposit(3, 100_000_000_000, USD);
    // The seller has what it sells: only the buyer's cash can be too little, and is enough for one fill.
    world.trade(3, 2, &[(CALL, 200, 520)]).unwrap();
    world.silence();
    let buy = world.fill(2, 1, &[(CALL, 100, 350)]);
    let venue = world.venue.clone();
    let twice = ExecuteMsg::SettleFills {
        fills: vec![buy.clone(), buy.clone()],
    };
    world.refused(&venue, twice, "E_ENGINE_NO_PRICE: account 1 ");
    world.settle(vec![buy]).unwrap();
    assert_eq!(world.quantity(1, CALL), 100);
}

/// Whatever the owner may set, set to something else: once while a series is alive and once more after its price is fixed.
#[test]
fn attack_options_2_nothing_the_owner_sets_changes_what_an_old_series_pays() {
    fn meddle(world: &mut World) {
        let effective_at = world.now();
        let params = EngineParams {
            debt_rate: percent(20),
            listing_fee: cosmwasm_std::Uint128::new(7),
            ..params()
        };
        let market = MarketParams {
            maker_rate: cosmwasm_std::Decimal::bps(9),
            taker_rate: cosmwasm_std::Decimal::bps(9),
            series_cap: Uint64::new(1),
            open: false,
            ..market_params()
        };
        let coin = CoinTerms {
            weight_initial: percent(50),
            weight_maintenance: percent(50),
            ..coin_terms()
        };
        let mut profile = risk::default_profile();
        profile.vega_limit = 1;
        let owner = world.owner.clone();
        for msg in [
            ExecuteMsg::SetParams {
                params,
                effective_at,
            },
            ExecuteMsg::SetMarketParams {
                market: "BTC_USDC".into(),
                params: market,
                effective_at,
            },
            ExecuteMsg::SetCoinTerms {
                denom: BTC.into(),
                terms: coin,
                effective_at,
            },
            ExecuteMsg::SetProfile {
                underlying: 1,
                profile: Profile::from(&profile),
                effective_at,
            },
        ] {
            world.ok(&owner, msg);
        }
        // Unit, tick, style, fixing window: no message has them, and a name is taken for ever.
        let listing = MarketListing {
            unit: percent(100),
            ..linear()
        };
        world.refused(&owner, ExecuteMsg::AddMarket { listing }, "E_ENGINE_TAKEN");
    }
    let paid = |meddles: bool| {
        let mut world = World::funded();
        let legs = [(CALL, 10, 520), (PUT, -3, 200), (FUTURE, 2, 18_000)];
        world.trade(1, 2, &legs).unwrap();
        if meddles {
            meddle(&mut world);
        }
        world.advance_to(u64::from(DEC) * 60 + 60);
        world.fix(DEC, 104_500);
        if meddles {
            meddle(&mut world);
        }
        let mallory = world.mallory.clone();
        let accounts = vec![2, 1];
        world.ok(&mallory, ExecuteMsg::SettleAccounts { accounts });
        [1, 2].map(|account| world.cash(account, USD))
    };
    let before = paid(false);
    // Calls pay 450 USD and cost 260, the futures, bought at their reference of 90,000, pay 290, and 30 came for the puts.
    let gain = before[1] - 100_000_000_000;
    assert!((500_000_000..510_000_000).contains(&gain), "{gain}");
    assert_eq!(paid(true), before);
}

/// Who gets the fees is named by the owner alone, and no way of trading goes around them.
#[test]
fn attack_options_22_fees_have_one_path_and_their_recipient_one_master() {
    let fees = |relayed: bool| {
        let mut world = World::funded();
        let fills = vec![world.fill(1, 2, &[(CALL, 10, 520), (FUTURE, -4, 18_000)])];
        let mut venue = world.venue.clone();
        if relayed {
            // A venue of his own, which the trader admits.
            let owner = world.owner.clone();
            venue = world.mallory.clone();
            let authorise = ExecuteMsg::SetVenue {
                venue: venue.to_string(),
                authorized: true,
            };
            world.ok(&owner, authorise);
            for account in [1, 2] {
                let admit = ExecuteMsg::AdmitVenue {
                    account,
                    venue: venue.to_string(),
                    admitted: true,
                };
                let user = world.owner_of(account);
                world.ok(&user, admit);
            }
        }
        world.ok(&venue, ExecuteMsg::SettleFills { fills });
        world
    };
    let kept = |world: &World| world.ledger(USD).fees.u128();
    let mut world = fees(false);
    let due = kept(&world);
    assert!(due > 0);
    assert_eq!(kept(&fees(true)), due);
    // Nobody makes himself the treasury, whoever he is to the engine.
    for (caller, account) in [
        (world.alice.clone(), 1),
        (world.venue.clone(), 1),
        (world.guardian.clone(), 2),
        (world.liquidator(), 2),
    ] {
        let msg = ExecuteMsg::SetTreasury { account };
        world.refused(&caller, msg, "E_OWNER_ONLY");
    }
    // Nor is there a second beginning: what set the engine up is no message to it.
    let setup = instantiate_msg(&world.mallory, &world.mallory, &world.oracle);
    let again = cosmwasm_std::WasmMsg::Execute {
        contract_addr: world.engine.to_string(),
        msg: cosmwasm_std::to_json_binary(&setup).unwrap(),
        funds: vec![],
    };
    let (mallory, before) = (world.mallory.clone(), world.dump());
    assert!(
        cw_multi_test::Executor::execute(&mut world.app, mallory.clone(), again.into()).is_err()
    );
    assert_eq!(world.dump(), before);
    // Anyone collects them, for the treasury, once.
    let cash = [1, 2, 3].map(|account| world.cash(account, USD));
    let collect = ExecuteMsg::CollectFees { denom: USD.into() };
    world.ok(&mallory, collect.clone());
    let after = [1, 2, 3].map(|account| world.cash(account, USD));
    assert_eq!(after, [cash[0], cash[1], cash[2] + due as i128]);
    let _ = world.send(&mallory, collect, &[]);
    assert_eq!([1, 2, 3].map(|account| world.cash(account, USD)), after);
}

#[test]
fn attack_options_8_the_buyer_pays_and_the_seller_receives() {
    let mut world = World::funded();
    for (quantity, sign) in [(10_i64, -1_i128), (-10, 1)] {
        let before = world.cash(2, USD);
        world.trade(1, 2, &[(PUT, quantity, 200)]).unwrap();
        let moved = world.cash(2, USD) - before;
        assert_eq!(moved.signum(), sign, "the taker of {quantity}");
    }
}

#[test]
fn attack_options_24_health_is_tested_after_every_message_that_takes_something_out() {
    let mut world = World::new();
    world.deposit(1, 200_000_000, BTC);
    world.deposit(2, 100_000_000_000, USD);
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    // Neither swapping coins out nor selling them under value passes the test.
    assert!(
        world
            .withdraw(1, 190_000_000, BTC)
            .unwrap_err()
            .contains("E_ENGINE_MARGIN")
    );
    world.trade_refused(1, 2, &[(FUTURE, 200, 1)], "E_ENGINE_MARGIN");
}

#[test]
fn attack_options_35_there_is_one_gate_for_every_venue() {
    let mut world = World::new();
    world.deposit(1, 5_000_000_000, USD);
    world.deposit(2, 100_000_000_000, USD);
    let owner = world.owner.clone();
    // The owner of the engine himself as venue gets the same answer.
    let venue = owner.to_string();
    world.ok(
        &owner,
        ExecuteMsg::SetVenue {
            venue: venue.clone(),
            authorized: true,
        },
    );
    for account in [1, 2] {
        let user = world.owner_of(account);
        world.ok(
            &user,
            ExecuteMsg::AdmitVenue {
                account,
                venue: venue.clone(),
                admitted: true,
            },
        );
    }
    let fills = vec![world.fill(1, 2, &[(CALL, 100, 520)])];
    world.refused(
        &owner,
        ExecuteMsg::SettleFills {
            fills: fills.clone(),
        },
        "E_ENGINE_MARGIN",
    );
    let venue = world.venue.clone();
    world.refused(&venue, ExecuteMsg::SettleFills { fills }, "E_ENGINE_MARGIN");
}

#[test]
fn attack_options_11_a_broken_oracle_locks_nobody_in() {
    let mut world = World::funded();
    world.trade(1, 2, &[(CALL, 10, 520)]).unwrap();
    world.advance_to(u64::from(DEC) * 60 + 60);
    // Unreadable bytes where the settlement price and the market record should be.
    world.raw(protocol_api::record::fixing_key(1, DEC), vec![9, 9, 9]);
    world.raw(protocol_api::record::market_record_key(1), vec![9, 9, 9]);
    // Bob is long and covered: he takes his cash; alice keeps waiting, and may pay in.
    let cash = world.cash(2, USD) as u128;
    world.withdraw(2, cash, USD).unwrap();
    world.deposit(1, 1, USD);
    assert!(
        world
            .withdraw(1, 1, USD)
            .unwrap_err()
            .contains("E_ENGINE_NO_PRICE")
    );
    // Once a price is there everybody ends.
    world.fix(DEC, 101_000);
    let all = world.cash(1, USD) as u128;
    world.withdraw(1, all, USD).unwrap();
    assert_eq!(world.cash(2, USD), 100_000_000);
}

#[test]
fn attack_options_11_an_impossible_settlement_price_is_none() {
    for bad in [0_u64, 1 << 40] {
        let mut world = World::funded();
        world.trade(1, 2, &[(CALL, 10, 520)]).unwrap();
        world.advance_to(u64::from(DEC) * 60 + 60);
        world.fix(DEC, bad);
        world.deposit(1, 1, USD);
        assert_eq!(world.quantity(1, CALL), -10, "{bad}");
        world.fix(DEC, 101_000);
        world.deposit(1, 1, USD);
        assert_eq!(world.quantity(1, CALL), 0, "{bad}");
    }
}

/// Books that pay nothing at any price are covered without a coin; their open interest still costs a fee.
#[test]
fn attack_open_interest_is_not_filled_for_nothing() {
    let mut world = World::funded();
    let strikes = [90_000, 90_500, 91_000, 91_500];
    let names: Vec<String> = ["C", "P"]
        .iter()
        .flat_map(|kind| strikes.map(|strike| format!("BTC_USDC-25DEC26-{strike}-{kind}")))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    world.list(&names);
    let signs = [1, -1, -1, 1, -1, 1, 1, -1];
    let legs: Vec<(&str, i64, i64)> = names
        .iter()
        .zip(signs)
        .map(|(name, sign)| (*name, sign * 1_000_000, 0))
        .collect();
    let (alice, bob) = (world.cash(1, USD), world.cash(2, USD));
    world.trade(1, 2, &legs).unwrap();
    // Eight series at their cap: an eighth of a tick a unit, from both sides.
    let fee = 8 * 1_000_000 * TICK_VALUE / 8;
    assert_eq!(
        (world.cash(1, USD), world.cash(2, USD)),
        (alice - fee, bob - fee)
    );
    // Closing it again for nothing is free.
    world.trade(2, 1, &legs).unwrap();
    assert_eq!(
        (world.cash(1, USD), world.cash(2, USD)),
        (alice - fee, bob - fee)
    );
    // Without the fee there is no such position.
    for account in [1, 2] {
        let cash = world.cash(account, USD).unsigned_abs();
        world.withdraw(account, cash, USD).unwrap();
    }
    world.trade_refused(1, 2, &legs, "E_ENGINE_MARGIN");
}
