//! Liquidate: who is sold, to whom, for what; what is left.

use cosmwasm_std::Uint128;
use protocol_api::engine::*;
use protocol_api::oracle::Validity;

use crate::common::liquidation::*;
use crate::common::*;

pub const PLENTY: u128 = 900_000_000_000;

/// One step with one open taker, account 4, ten minutes into the auction: reward 5 %.
pub fn sold(world: &World, account: u64) -> LiquidateOrder {
    LiquidateOrder {
        auction: begun(world.now(), 600),
        ..order(account, vec![world.taker(4, PLENTY)])
    }
}

#[test]
fn a_deep_account_is_sold_down_to_the_target_at_one_price() {
    let mut world = World::short_calls(111_000);
    let (equity, margin) = world.health_of(1);
    assert!(20 * equity < 19 * margin && 3 * equity >= 2 * margin);
    let takers_before = world.equity(4);
    let step = LiquidateOrder {
        keeper: Some(2),
        ..sold(&world, 1)
    };
    let keeper = world.cash(2, USD);
    let done = world.liquidate(step).unwrap();
    assert_eq!(
        (done.before, done.after),
        (Standing::Deep, Standing::Healthy)
    );
    let [taken] = &done.taken[..] else {
        panic!("{done:?}")
    };
    assert_eq!((taken.account, taken.reward), (4, 50_000));
    // By the formula: f = (1.1 M - E) / 1.05 M, paid f (E - 0.05 M), rounded to whole calls.
    let share = (1.1 * margin as f64 - equity as f64) / (1.05 * margin as f64);
    let moved = world.quantity(4, CALL);
    assert_eq!(moved, -(share * 400.0).ceil() as i64);
    assert_eq!(world.quantity(1, CALL), -400 - moved);
    let price = share * (equity as f64 - 0.05 * margin as f64);
    let paid = taken.paid.i128() as f64 / 1.01;
    assert!((paid / price - 1.0).abs() < 0.01, "{paid} {price}");
    // What the account lost is the reward for the margin it was rid of, to a unit; it stands at 1.1.
    let (left, rest) = world.health_of(1);
    assert_eq!(equity - left, (margin - rest) * 50_000 / 1_000_000);
    let health = left as f64 / rest as f64;
    assert!((1.099..1.11).contains(&health), "{health}");
    // The taker gained the reward less the penalty; that went to the keeper and to insurance.
    let reward = (margin - rest) / 20;
    let penalty = taken.paid.i128() - (taken.paid.i128() * 100 / 101);
    let gain = world.equity(4) - takers_before;
    assert!(
        (gain - (reward - penalty)).abs() <= 400,
        "{gain} {reward} {penalty}"
    );
    let part = 1_000_000 + (taken.paid.i128() - penalty) / 1_000;
    assert!((done.keeper_reward.u128() as i128 - part).abs() <= 1);
    assert_eq!(
        world.cash(2, USD) - keeper,
        done.keeper_reward.u128() as i128
    );
    let insured = world.insurance("BTC_USDC").balance.u128() as i128;
    assert!((insured - (penalty - part)).abs() <= 2);
    // Positions only moved: open interest stays, and so does the sum of booked profits.
    let series: SeriesResponse = world.query(&QueryMsg::Series {
        series: CALL.into(),
    });
    assert_eq!(series.open_interest.u64(), 400);
}

#[test]
fn the_profit_of_what_moves_goes_along_at_mark() {
    let mut world = World::short_calls(111_000);
    let realised = |world: &World, account| {
        let found: AccountResponse = world.query(&QueryMsg::Account { account });
        found.profits.first().map_or(0, |sum| sum.realized.i128())
    };
    let before = realised(&world, 1);
    world.liquidate(sold(&world, 1)).unwrap();
    let taken = realised(&world, 4);
    assert!(
        taken > 0,
        "he took over short calls: their mark is his to lose"
    );
    assert_eq!(realised(&world, 1) - before, -taken);
}

#[test]
fn a_healthy_account_is_left_alone() {
    let mut world = World::short_calls(95_000);
    let before = world.dump();
    let done = world.liquidate(sold(&world, 1)).unwrap();
    assert_eq!((done.before, done.taken.len()), (Standing::Healthy, 0));
    assert_eq!(world.dump(), before);
}

#[test]
fn attack_risk_6_a_shallow_account_waits_for_a_second_price_and_may_only_reduce_meanwhile() {
    let mut world = World::short_calls(107_800);
    let (equity, margin) = world.health_of(1);
    assert!(
        equity < margin && 20 * equity >= 19 * margin,
        "{equity} {margin}"
    );
    let first = order(1, vec![world.taker(4, PLENTY)]);
    let done = world.liquidate(first).unwrap();
    assert_eq!((done.after, done.taken.len()), (Standing::Shallow, 0));
    assert_eq!(
        done.auction,
        AuctionStart {
            at: world.now(),
            price_time: world.now()
        }
    );
    assert!(!world.may_open(1));
    // The same price again sells nothing, whoever asks and however often.
    let again = LiquidateOrder {
        auction: Some(done.auction.clone()),
        ..sold(&world, 1)
    };
    let first = world.now();
    world.advance(7);
    let waited = world.liquidate(again.clone()).unwrap();
    assert_eq!(waited.taken.len(), 0);
    // Nobody could take: no time has passed.
    assert_eq!(
        (waited.auction.at, waited.auction.price_time),
        (first + 7, first)
    );
    // A spike that is gone at the next price: nobody was sold, and the account is free again.
    let mut spiked = World::short_calls(107_800);
    spiked.liquidate(order(1, vec![])).unwrap();
    spiked.advance(5);
    spiked.set_spot(100_000);
    assert_eq!(
        spiked.liquidate(again.clone()).unwrap().after,
        Standing::Healthy
    );
    assert!(spiked.may_open(1));
    // A second price that confirms sells.
    world.advance(5);
    world.publish();
    assert_eq!(world.liquidate(again).unwrap().taken.len(), 1);
    assert!(world.may_open(1));
}

#[test]
fn the_oracles_table_decides_whether_prices_allow_it() {
    let at = |spot: u64, level, slow: u64, half_band: u64| {
        let mut world = World::short_calls(spot);
        world.market.slow = slow;
        world.market.half_band = half_band;
        world.set_level(level);
        let step = sold(&world, 1);
        let allowed = world.state_of(1).allowed;
        let done = world.liquidate(step);
        assert_eq!(allowed, done.is_ok());
        done.map(|done| done.taken.len()).map_err(|error| {
            assert!(error.contains("E_ENGINE_NO_PRICE"), "{error}");
        })
    };
    let deep = 112_000;
    for level in [Validity::Invalid, Validity::Stale] {
        assert_eq!(at(deep, level, deep, 100), Err(()), "{level:?}");
    }
    for level in [Validity::Jumped, Validity::Aging, Validity::Valid] {
        assert_eq!(at(deep, level, deep, 100), Ok(1), "{level:?}");
    }
    // Without a quorum only within 5 % of the slow price, and only takers who need no price: nobody here.
    assert_eq!(at(deep, Validity::NoQuorum, 106_700, 100), Ok(0));
    assert_eq!(at(deep, Validity::NoQuorum, 106_000, 100), Err(()));
    // and only where the whole band condemns the account.
    assert_eq!(at(deep, Validity::NoQuorum, 106_700, 9_000), Err(()));
    // An uncertain price must condemn the account over the whole band.
    assert_eq!(at(deep, Validity::Uncertain, deep, 100), Ok(1));
    assert_eq!(at(deep, Validity::Uncertain, deep, 9_000), Err(()));
    // A shallow one is not sold on it at all.
    assert_eq!(at(107_800, Validity::Uncertain, 107_800, 1), Err(()));
}

#[test]
fn attack_risk_33_the_price_falls_with_time_only_while_prices_come() {
    let mut world = World::short_calls(111_000);
    let fresh = sold(&world, 1);
    // Two hours without a price: nothing is sold at what nobody could see, then the clock begins anew.
    world.advance(7_200);
    world.liquidation_refused(fresh.clone(), "E_ENGINE_NO_PRICE");
    world.market.live_since = world.now();
    world.publish();
    let done = world.liquidate(fresh).unwrap();
    assert_eq!(done.auction.at, world.now());
    assert_eq!(done.taken[0].reward, -20_000);
}

#[test]
fn takers_at_one_reward_share_pro_rata_and_cheaper_ones_come_first() {
    let mut world = World::short_calls(111_000);
    let now = world.now();
    let at = |world: &World, account, reward, budget| Taker {
        reward: Some(reward),
        ..world.taker(account, budget)
    };
    // Three quarters and one quarter of what must go.
    let takers = vec![
        at(&world, 4, 50_000, 30_000_000_000),
        at(&world, 5, 50_000, 10_000_000_000),
    ];
    let step = LiquidateOrder {
        auction: begun(now, 600),
        ..order(1, takers)
    };
    let done = world.liquidate(step).unwrap();
    assert_eq!(done.after, Standing::Healthy);
    let (a, b) = (world.quantity(4, CALL), world.quantity(5, CALL));
    assert!((a - 3 * b).abs() <= 4, "{a} {b}");
    // A cheaper one takes all he can pay for before the other gets the rest.
    let mut world = World::short_calls(111_000);
    let takers = vec![
        at(&world, 5, 10_000, 2_000_000_000),
        at(&world, 4, 50_000, 30_000_000_000),
    ];
    let step = LiquidateOrder {
        auction: begun(now, 600),
        ..order(1, takers)
    };
    let done = world.liquidate(step).unwrap();
    let rewards: Vec<i32> = done.taken.iter().map(|taken| taken.reward).collect();
    assert_eq!(rewards, [10_000, 50_000]);
    let paid = done.taken[0].paid.i128();
    assert!((1_900_000_000..=2_000_000_000).contains(&paid), "{paid}");
}

#[test]
fn who_cannot_take_is_passed_over_and_the_rest_goes_on() {
    let mut world = World::short_calls(111_000);
    // Account 5's cash is gone; account 3 did not admit the contract; a stranger speaks for 4; 1 is the seller itself.
    world.withdraw(5, 999_999_000_000, USD).unwrap();
    let poor = Taker {
        budget: Uint128::new(40_000_000_000),
        ..world.taker(5, 0)
    };
    let foreign = Taker {
        consent: world.side(2).consent,
        ..world.taker(4, PLENTY)
    };
    for bad in [
        poor,
        world.taker(3, PLENTY),
        foreign,
        world.taker(1, PLENTY),
    ] {
        let takers = vec![bad.clone(), world.taker(4, PLENTY)];
        let step = LiquidateOrder {
            auction: begun(world.now(), 600),
            ..order(1, takers)
        };
        let preview = world.preview(&step).unwrap();
        let shown: Vec<u64> = preview.accounts.iter().map(|shown| shown.account).collect();
        assert_eq!(shown, [1, 4], "{bad:?}");
        let takers: Vec<u64> = preview
            .done
            .taken
            .iter()
            .map(|taken| taken.account)
            .collect();
        assert_eq!(takers, [4], "{bad:?}");
        // One who insists stops the step with his reason.
        let insists = Taker {
            least_reward: Some(0),
            ..bad
        };
        let error = world
            .liquidate(LiquidateOrder {
                takers: vec![insists],
                ..step
            })
            .unwrap_err();
        assert!(
            [
                "E_ENGINE_VENUE",
                "E_ENGINE_CONSENT",
                "E_ENGINE_SELF_TRADE",
                "E_ENGINE_MARGIN"
            ]
            .iter()
            .any(|code| error.contains(code)),
            "{error}"
        );
    }
    // An open taker's is the most he gets: 5 % here, whatever more he asks.
    let asks = |reward| {
        let takers = vec![Taker {
            reward: Some(reward),
            ..world.taker(4, PLENTY)
        }];
        let step = LiquidateOrder {
            takers,
            ..sold(&world, 1)
        };
        world.preview(&step).unwrap().done.taken[0].reward
    };
    assert_eq!((asks(50_001), asks(20_000)), (50_000, 20_000));
    // Rewards out of escrow above what the schedule gives now, or accepted only above it.
    let greedy = Taker {
        reward: Some(50_001),
        escrowed: true,
        ..world.taker(4, PLENTY)
    };
    let step = LiquidateOrder {
        takers: vec![greedy],
        ..sold(&world, 1)
    };
    assert_eq!(world.liquidate(step).unwrap().taken.len(), 0);
    let choosy = Taker {
        least_reward: Some(50_001),
        ..world.taker(4, PLENTY)
    };
    let step = LiquidateOrder {
        takers: vec![choosy],
        ..sold(&world, 1)
    };
    world.liquidation_refused(step, "E_ENGINE_NOT_TAKEN");
}

#[test]
fn a_taker_keeps_his_own_initial_margin() {
    let mut world = World::short_calls(111_000);
    // 5 has enough to pay, not enough to carry what he takes.
    world.withdraw(5, 985_000_000_000, USD).unwrap();
    let insists = Taker {
        least_reward: Some(0),
        ..world.taker(5, 15_000_000_000)
    };
    let step = LiquidateOrder {
        auction: begun(world.now(), 600),
        ..order(1, vec![insists])
    };
    world.liquidation_refused(step, "E_ENGINE_MARGIN");
}

#[test]
fn a_budget_is_never_passed_and_little_money_buys_a_little() {
    let mut world = World::short_calls(111_000);
    let (equity, margin) = world.health_of(1);
    let step = LiquidateOrder {
        auction: begun(world.now(), 600),
        ..order(1, vec![world.taker(4, 1_000_000_000)])
    };
    let done = world.liquidate(step).unwrap();
    let paid = done.taken[0].paid.i128();
    assert!((900_000_000..=1_000_000_000).contains(&paid), "{paid}");
    assert_eq!(done.after, Standing::Deep);
    let (left, rest) = world.health_of(1);
    assert!(
        rest < margin && left * margin >= equity * rest,
        "health did not fall"
    );
    // Too little for a single unit buys nothing.
    let poor = Taker {
        least_reward: Some(0),
        ..world.taker(4, 3)
    };
    let step = LiquidateOrder {
        takers: vec![poor],
        ..sold(&world, 1)
    };
    world.liquidation_refused(step, "E_ENGINE_NOT_TAKEN");
}

#[test]
fn below_the_dust_floor_an_account_goes_whole() {
    let mut world = World::short_calls(111_000);
    let mut step = sold(&world, 1);
    step.terms.dust = Uint128::new(1_000_000_000_000);
    let done = world.liquidate(step).unwrap();
    assert_eq!(done.after, Standing::Healthy);
    assert_eq!(
        (world.quantity(1, CALL), world.quantity(4, CALL)),
        (0, -400)
    );
    // The seller is left with the price, in cash.
    let step = done.taken[0].paid.i128();
    assert!((world.cash(1, USD) - step * 100 / 101).abs() <= 2);
}

#[test]
fn positions_that_net_close_and_lower_open_interest() {
    let mut world = World::liquidatable();
    world.trade(1, 4, &[(CALL, 400, 520)]).unwrap();
    world.advance(60);
    world.set_spot(111_000);
    let done = world.liquidate(sold(&world, 1)).unwrap();
    assert_eq!(done.after, Standing::Healthy);
    let held = world.quantity(4, CALL);
    assert_eq!(held, -world.quantity(1, CALL));
    let series: SeriesResponse = world.query(&QueryMsg::Series {
        series: CALL.into(),
    });
    assert_eq!(series.open_interest.u64() as i64, held);
}

#[test]
fn attack_options_18_a_gift_leaves_the_fingerprint_of_the_legs() {
    let mut world = World::short_calls(111_000);
    let seen = world.state_of(1);
    assert_eq!(seen.legs_fingerprint.len(), 32);
    let named = |world: &World| LiquidateOrder {
        legs_fingerprint: Some(seen.legs_fingerprint.clone()),
        ..sold(world, 1)
    };
    world.deposit(1, 1, USD);
    assert_ne!(world.state_of(1).fingerprint, seen.fingerprint);
    let taken = world.liquidate(named(&world)).unwrap().taken;
    assert_eq!(taken.len(), 1);
    // What is left of the legs is another book.
    world.liquidation_refused(named(&world), "E_ENGINE_FINGERPRINT");
}

#[test]
fn terms_outside_their_ranges_change_nothing() {
    let mut world = World::short_calls(111_000);
    let with = |change: fn(&mut LiquidationTerms)| {
        let mut step = order(1, vec![]);
        change(&mut step.terms);
        step
    };
    let bad = [
        with(|terms| terms.target = PPM),
        with(|terms| terms.target = MAX_TARGET + 1),
        with(|terms| terms.penalty = MAX_PENALTY + 1),
        with(|terms| terms.chip = PPM + 1),
        with(|terms| terms.dust = Uint128::MAX),
        with(|terms| terms.tip = Uint128::MAX),
        with(|terms| terms.schedule.start = -MAX_DISCOUNT - 1),
        with(|terms| terms.schedule.end = 1_000_001),
        with(|terms| terms.schedule.knee_after = 3_601),
    ];
    for step in bad {
        world.liquidation_refused(step, "E_ENGINE_RANGE");
    }
    let taker = |reward| Taker {
        reward,
        ..world.taker(4, PLENTY)
    };
    let lists = [
        vec![taker(None); MAX_TAKERS + 1],
        vec![taker(Some(2)), taker(Some(1))],
        vec![taker(None), taker(Some(1))],
    ];
    for takers in lists {
        world.liquidation_refused(order(1, takers), "E_ENGINE_LIST");
    }
    world.liquidation_refused(order(99, vec![]), "E_ENGINE_NO_ACCOUNT");
    let nobody = LiquidateOrder {
        keeper: Some(99),
        ..sold(&world, 1)
    };
    world.liquidation_refused(nobody, "E_ENGINE_NO_ACCOUNT");
}

#[test]
fn due_legs_settle_first() {
    let mut world = World::liquidatable();
    world
        .trade(1, 2, &[(CALL, 400, 520), (NOV_CALL, 10, 100)])
        .unwrap();
    world.advance_to(u64::from(NOV) * 60);
    world.fix(NOV, 111_000);
    world.set_spot(111_000);
    world.liquidate(sold(&world, 1)).unwrap();
    assert_eq!(
        (world.quantity(1, NOV_CALL), world.quantity(4, NOV_CALL)),
        (0, 0)
    );
}

#[test]
fn liquidators_find_whom_they_look_for() {
    let world = World::short_calls(111_000);
    let below = |bound, start_after, limit| -> BelowHealthResponse {
        world.query(&QueryMsg::BelowHealth {
            bound,
            start_after,
            limit,
        })
    };
    let found = below(1_000_000, None, None);
    assert_eq!(found.accounts, [world.state_of(1)]);
    assert_eq!(found.last, Some(5));
    assert_eq!(found.accounts[0].standing, Some(Standing::Deep));
    assert!(found.accounts[0].allowed);
    assert!(below(700_000, None, None).accounts.is_empty());
    let none = below(1_000_000, Some(1), Some(2));
    assert_eq!((none.accounts.len(), none.last), (0, Some(3)));
    assert_eq!(below(1_000_000, Some(5), None).last, None);
    let health = world.health(1);
    assert_eq!(found.accounts[0].equity, health.equity);
    assert_eq!(found.accounts[0].maintenance, health.maintenance_margin);
    let too_many: Result<Vec<LiquidationStateResponse>, _> = world.app.wrap().query_wasm_smart(
        &world.engine,
        &QueryMsg::LiquidationStates {
            accounts: vec![1; 33],
        },
    );
    assert!(too_many.is_err());
}
