//! The attack registers' rows that a liquidation must withstand, by number.

use cosmwasm_std::{Uint128, coin};
use proptest::prelude::*;
use protocol_api::engine::*;

use crate::common::liquidation::*;
use crate::common::*;

const PLENTY: u128 = 900_000_000_000;

fn at(world: &World, seconds: u64, takers: Vec<Taker>) -> LiquidateOrder {
    LiquidateOrder {
        auction: begun(world.now(), seconds),
        ..order(1, takers)
    }
}

#[test]
fn attack_risk_18_the_older_the_price_the_higher_the_margin() {
    // A spread whose worst is the end of the scan and half the band beyond it: the band widens past ten seconds of age.
    let mut world = World::liquidatable();
    let spread = [(CALL, 400, 520), (FAR_CALL, -400, 100)];
    world.trade(1, 2, &spread).unwrap();
    world.set_spot(100_000);
    let margins = |world: &World| {
        let health = world.health(1);
        [health.initial_margin, health.maintenance_margin].map(|margin| margin.unwrap().u128())
    };
    let fresh = margins(&world);
    world.advance(10);
    let mut last = margins(&world);
    assert_eq!(last, fresh);
    for age in 11..=60 {
        world.advance(1);
        let now = margins(&world);
        assert!(now[0] > last[0], "{age} s: {now:?}, {last:?} before");
        // The band is a matter of initial margin alone.
        assert_eq!(now[1], last[1]);
        last = now;
    }
}

#[test]
fn attack_risk_20_and_options_15_fifty_round_trips_in_one_transaction_gain_nothing() {
    let mut world = World::funded();
    let before = world.cash(1, USD);
    assert_eq!(world.cash(2, USD), before);
    let there = world.fill(1, 2, &[(CALL, 10, 520)]);
    let back = world.fill(2, 1, &[(CALL, 10, 520)]);
    let fills = core::iter::repeat_n([there, back], 50).flatten().collect();
    world.settle(fills).unwrap();
    // On 9,000 USD 0.01 % as maker and 0.03 % as taker, fifty times each.
    let fees = 50 * (900_000 + 2_700_000);
    assert_eq!(world.cash(1, USD), before - fees);
    assert_eq!(world.cash(2, USD), before - fees);
    assert_eq!(world.ledger(USD).fees.u128() as i128, 2 * fees);
    assert_eq!((world.quantity(1, CALL), world.quantity(2, CALL)), (0, 0));
}

#[test]
fn attack_risk_25_owning_seller_taker_and_keeper_never_profits() {
    for seconds in [0, 300, 600, 1_200] {
        let mut world = World::short_calls(111_000);
        let all = |world: &World| world.equity(1) + world.equity(4) + world.equity(5);
        let before = all(&world);
        let step = LiquidateOrder {
            keeper: Some(5),
            ..at(&world, seconds, vec![world.taker(4, PLENTY)])
        };
        world.liquidate(step).unwrap();
        assert!(all(&world) <= before, "{seconds}");
    }
}

/// Account 1, short 400 calls, with a spot price between its maintenance and its ruin, and a fund full since the hour before.
fn under_water(spot: u64) -> World {
    let mut world = World::liquidatable();
    world.trade(1, 2, &[(CALL, 400, 520)]).unwrap();
    world.insure("BTC_USDC", 1_000_000_000_000);
    world.advance(3_600);
    world.set_spot(spot);
    world
}

#[test]
fn attack_risk_25_who_owns_every_role_of_a_solvent_account_gets_nothing_from_the_fund() {
    // Left alone until the schedule gives all of the margin; the account is worth less and less of it.
    for spot in [112_000, 119_000, 124_500] {
        let mut world = under_water(spot);
        let (equity, margin) = world.health_of(1);
        assert!(0 < equity && equity < margin, "{equity} {margin}");
        let all = |world: &World| world.equity(1) + world.equity(4) + world.equity(5);
        let fund = |world: &World| world.insurance("BTC_USDC").balance.u128();
        let (owned, insured) = (all(&world), fund(&world));
        // In one step, or in many of little money each.
        for budget in [1, 20_000_000, 300_000_000, PLENTY] {
            let step = LiquidateOrder {
                keeper: Some(5),
                ..at(&world, 3_600, vec![world.taker(4, budget)])
            };
            world.liquidate(step).unwrap();
            // A leg's value is rounded once in each account that holds a part of it.
            assert!(all(&world) <= owned + 2, "{spot} {budget}");
            assert!(fund(&world) >= insured, "{spot} {budget}");
        }
        assert_eq!(world.quantity(1, CALL), 0);
    }
}

#[test]
fn attack_risk_26_without_bids_the_price_falls_by_time_alone_and_nothing_is_sold() {
    let mut world = World::short_calls(111_000);
    let mut auction = None;
    for _ in 0..50 {
        let step = LiquidateOrder {
            auction: auction.clone(),
            ..order(1, vec![])
        };
        let done = world.liquidate(step).unwrap();
        assert!(done.taken.is_empty());
        auction = Some(done.auction);
        world.advance(6);
        world.publish();
    }
    assert_eq!(world.quantity(1, CALL), -400);
    assert_eq!(auction.unwrap().at, world.now() - 300);
}

#[test]
fn attack_risk_27_dust_accounts_go_whole_in_one_step() {
    let mut world = World::liquidatable();
    let carol = world.app.api().addr_make("carol");
    world.ok(
        &carol,
        ExecuteMsg::CreateAccount {
            venues: vec![world.venue.to_string()],
        },
    );
    // One unit short, 200 USD of cash.
    world.deposit(6, 400_000_000, USD);
    world.trade(6, 2, &[(CALL, 1, 520)]).unwrap();
    world.advance(60);
    world.set_spot(125_000);
    let step = LiquidateOrder {
        auction: begun(world.now(), 600),
        ..order(6, vec![world.taker(4, PLENTY)])
    };
    let (equity, margin) = world.health_of(6);
    assert!(equity < margin, "{equity} {margin}");
    let done = world.liquidate(step).unwrap();
    assert_eq!(
        (done.after, world.quantity(6, CALL)),
        (Standing::Healthy, 0)
    );
}

#[test]
fn attack_risk_32_no_pause_stops_a_liquidation() {
    for mask in 1..8_usize {
        let actions = [PauseAction::Open, PauseAction::List, PauseAction::Deposit];
        let actions = (0..3)
            .filter(|n| mask >> n & 1 == 1)
            .map(|n| actions[n])
            .collect();
        let mut world = World::short_calls(111_000);
        let guardian = world.guardian.clone();
        let seconds = 600;
        world.ok(&guardian, ExecuteMsg::Pause { actions, seconds });
        let step = at(&world, 600, vec![world.taker(4, PLENTY)]);
        assert_eq!(world.liquidate(step).unwrap().after, Standing::Healthy);
    }
}

#[test]
fn attack_risk_24_the_price_comes_from_the_account_not_from_what_traded() {
    // An absurd fill between two accounts of the attacker moves no price.
    let mut world = World::short_calls(111_000);
    let plan = at(&world, 600, vec![world.taker(4, PLENTY)]);
    let calm = world.preview(&plan).unwrap().done;
    world.trade(5, 2, &[(CALL, 1, 20_000)]).unwrap();
    let step = at(&world, 600, vec![world.taker(4, PLENTY)]);
    assert_eq!(world.liquidate(step).unwrap().taken, calm.taken);
}

#[test]
fn attack_options_11_a_feed_of_another_coin_that_is_gone_stops_nobody_from_reducing() {
    let mut world = World::short_calls(111_000);
    world.liquidate(order(1, vec![])).unwrap();
    assert!(!world.may_open(1));
    // In liquidation the owner himself still closes, with and without a price.
    world.trade(2, 1, &[(CALL, 10, 3_000)]).unwrap();
    world.silence();
    world.deposit(1, 1_000_000_000_000, USD);
    world.trade(2, 1, &[(CALL, 390, 3_000)]).unwrap();
    assert_eq!(world.quantity(1, CALL), 0);
}

#[test]
fn attack_options_11_a_dead_coin_sent_to_an_account_stops_no_liquidation() {
    let mut world = World::short_calls(111_000);
    world.ether();
    world.deposit(1, 200_000, "ueth");
    // Its feed never spoke.
    let step = at(&world, 600, vec![world.taker(4, PLENTY)]);
    let done = world.preview(&step).unwrap().done;
    assert_eq!(done.after, Standing::Healthy);
    // Its feed fell silent a minute ago: what is worth something is waited for, an hour at most.
    let mut other = world.market.clone();
    other.published = world.now() - 61;
    world.publish_as(2, &other);
    world.liquidation_refused(step.clone(), "E_ENGINE_NO_PRICE");
    other.published = world.now() - 3_601;
    world.publish_as(2, &other);
    let done = world.liquidate(step).unwrap();
    assert_eq!(done.after, Standing::Healthy);
    assert_eq!(world.cash(1, "ueth"), 200_000, "and stays where it is");
}

/// A seller who has more in a coin whose feed is silent than he lacks: he pays, not insurance.
#[test]
fn attack_risk_29_a_coin_that_is_left_out_pays_before_insurance() {
    let fallen = |worth_of_coins: u128| {
        let mut world = World::liquidatable();
        let owner = world.owner.clone();
        let listing = CoinListing {
            denom: "ueth".into(),
            underlying: 2,
            ..btc_coin()
        };
        world.ok(&owner, ExecuteMsg::AddCoin { listing });
        world.trade(1, 2, &[(CALL, 400, 520)]).unwrap();
        // At the spot of the market's record a unit of 10^-8 is worth 0.0009 dollars.
        world.deposit(1, worth_of_coins * 100_000_000 / 90_000, "ueth");
        let other = world.market.clone();
        world.publish_as(2, &other);
        world.insure("BTC_USDC", 1_000_000_000_000);
        world.advance(3_601);
        world.set_spot(131_000);
        let (equity, _) = world.health_of(1);
        assert!(equity < -1_000_000_000, "{equity}");
        assert_eq!(
            world.state_of(1).price_time,
            None,
            "not all of it is priced"
        );
        let step = at(&world, 600, vec![world.taker(4, PLENTY)]);
        world.liquidate(step).unwrap();
        let found = world.insurance("BTC_USDC");
        let paid = 1_000_000_000_000 - found.balance.u128() as i128;
        assert_eq!(found.shortfall.u128(), 0);
        assert_eq!(world.quantity(1, CALL), 0);
        (-equity, paid, world.cash(1, USD))
    };
    let (missing, paid, owed) = fallen(300_000);
    assert_eq!((paid, owed), (0, -missing));
    // A thousand dollars of it are his to pay, insurance pays the rest.
    let (missing, paid, owed) = fallen(1_000);
    assert!(
        (missing - 1_000_000_000 - paid).abs() <= 1_000,
        "{missing} {paid}"
    );
    assert_eq!(owed, paid - missing);
}

/// One unit for sale and three who bid at one reward: the parts of the first two are less than a unit. That is no fault of
/// theirs; nor is it that a seller's feed without a quorum lets nobody in who has legs.
#[test]
fn attack_risk_26_no_bid_is_dropped_for_what_is_not_its_own() {
    let mut world = World::liquidatable();
    let carol = world.app.api().addr_make("carol");
    let venues = vec![world.venue.to_string(), world.liquidator().into_string()];
    world.ok(&carol, ExecuteMsg::CreateAccount { venues });
    world.deposit(6, 250_000_000, USD);
    world.trade(2, 6, &[(FUTURE, 1, 18_000)]).unwrap();
    let mut spot = 90_000;
    while {
        let (equity, margin) = world.health_of(6);
        equity * 100 >= margin * 95
    } {
        spot -= 500;
        world.advance(60);
        world.set_spot(spot);
    }
    let bid = |world: &World, account| Taker {
        reward: Some(50_000),
        ..world.taker(account, 1_000_000_000)
    };
    let takers = [2, 4, 5].map(|account| bid(&world, account)).to_vec();
    let step = LiquidateOrder {
        auction: begun(world.now(), 600),
        ..order(6, takers)
    };
    let done = world.liquidate(step).unwrap();
    let who: Vec<u64> = done.taken.iter().map(|taken| taken.account).collect();
    assert_eq!((who, done.passed_over), (vec![5], vec![]));

    let mut world = World::short_calls(112_000);
    world.market.slow = 112_000;
    world.set_level(protocol_api::oracle::Validity::NoQuorum);
    let done = world.liquidate(at(&world, 600, vec![world.taker(4, PLENTY)]));
    let done = done.unwrap();
    assert!(
        done.taken.is_empty() && done.passed_over.is_empty(),
        "{done:?}"
    );
}

#[test]
fn attack_options_12_and_18_coins_sent_unasked_change_nobodys_eligibility() {
    let mut world = World::short_calls(111_000);
    let plan = at(&world, 600, vec![world.taker(4, PLENTY)]);
    let before = world.preview(&plan).unwrap().done;
    // Dust to seller and taker, and a donation to the engine itself.
    world.deposit(1, 1, BTC);
    world.deposit(4, 1, BTC);
    let (mallory, engine) = (world.mallory.clone(), world.engine.clone());
    use cw_multi_test::Executor;
    world
        .app
        .send_tokens(mallory, engine, &[coin(7, USD)])
        .unwrap();
    let done = world.liquidate(plan).unwrap();
    assert_eq!(done.after, Standing::Healthy);
    let (was, is) = (before.taken[0].paid.i128(), done.taken[0].paid.i128());
    assert!((was - is).abs() < 10_000, "{was} {is}");
}

/// A unit given to every account: the same takers take the same legs, for the same but for two units.
#[test]
fn attack_options_18_a_unit_given_to_everybody_moves_no_payment_by_more_than_two() {
    let sold = |gift: bool| {
        let mut world = World::short_calls(111_000);
        for account in [1, 2, 4, 5].into_iter().filter(|_| gift) {
            let mallory = world.mallory.clone();
            let given = ExecuteMsg::Deposit { account };
            world.send(&mallory, given, &[coin(1, USD)]).unwrap();
        }
        let mut step = at(
            &world,
            600,
            vec![world.taker(4, 3_000_000_000), world.taker(5, PLENTY)],
        );
        step.keeper = Some(2);
        let done = world.liquidate(step).unwrap();
        let legs = [1, 2, 4, 5].map(|id| world.quantity(id, CALL));
        (done, legs)
    };
    let ((calm, legs), (given, after)) = (sold(false), sold(true));
    assert_eq!(legs, after);
    assert_eq!((calm.before, calm.after), (given.before, given.after));
    assert_eq!(calm.taken.len(), 2);
    for (was, is) in calm.taken.iter().zip(&given.taken) {
        assert_eq!((was.account, was.reward), (is.account, is.reward));
        // A unit more is for sale, and a little less of it must go.
        let moved = is.paid.i128() - was.paid.i128();
        assert!(moved.abs() <= 2, "{was:?} {is:?}");
    }
}

#[test]
fn attack_risk_43_and_options_21_many_tiny_steps_cost_the_owner_no_more_than_one_large_one() {
    let mut large = World::short_calls(111_000);
    let (equity, margin) = large.health_of(1);
    large
        .liquidate(at(&large, 600, vec![large.taker(4, PLENTY)]))
        .unwrap();
    let mut tiny = World::short_calls(111_000);
    for _ in 0..100 {
        let step = at(&tiny, 600, vec![tiny.taker(4, 300_000_000)]);
        if tiny.liquidate(step).unwrap().after == Standing::Healthy {
            break;
        }
    }
    // The owner's loss is the reward for the margin he was rid of, in any number of pieces.
    for world in [&large, &tiny] {
        let (left, rest) = world.health_of(1);
        assert!(equity - left <= (margin - rest) / 20, "{}", equity - left);
    }
}

#[test]
fn attack_options_35_a_taker_is_tested_like_a_trader() {
    // What a trade would refuse for want of margin a liquidation refuses too.
    let mut world = World::short_calls(111_000);
    world.withdraw(5, 990_000_000_000, USD).unwrap();
    world.trade_refused(5, 2, &[(CALL, 100, 2_600)], "E_ENGINE_MARGIN");
    let insists = Taker {
        least_reward: Some(0),
        ..world.taker(5, 10_000_000_000)
    };
    world.liquidation_refused(at(&world, 600, vec![insists]), "E_ENGINE_MARGIN");
    // One who is himself in liquidation takes nothing.
    let mut world = World::liquidatable();
    world.trade(1, 2, &[(CALL, 400, 520)]).unwrap();
    world.withdraw(5, 900_000_000_000, USD).unwrap();
    world.trade(5, 2, &[(CALL, 400, 520)]).unwrap();
    world.advance(60);
    world.set_spot(111_000);
    world.liquidate(order(5, vec![])).unwrap();
    let insists = Taker {
        least_reward: Some(0),
        ..world.taker(5, 1_000_000_000)
    };
    world.liquidation_refused(at(&world, 600, vec![insists]), "E_ENGINE_REDUCE_ONLY");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// attack_options_10 and attack_risk_43: whatever the book and the price, a step is an answer, the ledger balances
    /// (audited after every message), health never falls while the price is positive.
    #[test]
    fn attack_options_10_no_book_makes_a_step_fail(
        calls in 1_i64..9, puts in 1_i64..9, futures in -9_i64..9, coins in 0_u128..50_000_000,
        cash in 0_u128..3_000_000_000, spot in 40_000_u64..260_000, seconds in 0_u64..4_000, budget in 1_u128..PLENTY,
    ) {
        let mut world = World::liquidatable();
        let alice = world.alice.clone();
        let venues = vec![world.venue.to_string()];
        world.ok(&alice, ExecuteMsg::CreateAccount { venues });
        world.deposit(6, 20_000_000_000, USD);
        if coins > 0 {
            world.deposit(6, coins, BTC);
        }
        let mut legs = vec![(CALL, calls, 520), (PUT, puts, 200), (FAR_CALL, -calls, 100)];
        if futures != 0 {
            legs.push((FUTURE, futures, 18_000));
        }
        world.trade(6, 2, &legs).unwrap();
        world.trade(2, 6, &[(COIN_CALL, 1, 10)]).unwrap();
        let all = world.cash(6, USD) as u128;
        let take = all.saturating_sub(cash);
        if take > 0 {
            let _ = world.withdraw(6, take, USD);
        }
        world.advance(60);
        world.set_spot(spot);
        let (equity, margin) = world.health_of(6);
        let step = LiquidateOrder {
            auction: begun(world.now(), seconds),
            ..order(6, vec![
                Taker { reward: Some(-20_000), ..world.taker(5, budget / 7) },
                world.taker(4, budget),
            ])
        };
        let done = world.liquidate(step).unwrap();
        let (left, rest) = world.health_of(6);
        prop_assert_eq!(done.before == Standing::Healthy, equity >= margin);
        // The highest reward that was given: at a price that is not negative health never falls.
        let most = done.taken.iter().map(|taken| i128::from(taken.reward)).max().unwrap_or(0);
        prop_assert!(rest <= margin);
        if equity * 1_000_000 >= most * margin {
            prop_assert!(left * margin >= equity * rest, "{equity}/{margin} -> {left}/{rest}");
        }
        prop_assert!(world.ledger(USD).escrow == Uint128::zero());
    }
}
