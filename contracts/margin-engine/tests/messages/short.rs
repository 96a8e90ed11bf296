//! A market that is short of insurance for the deficits recorded: what its winners leave behind, and what takers do.

use cosmwasm_std::Decimal;
use protocol_api::engine::*;

use crate::common::liquidation::*;
use crate::common::*;
use crate::losses::old_debt;

/// A unit of the specification's example, quote base units: 100 USD.
const UNIT: u128 = 100_000_000;
const OTHER_CALL: &str = "XBT_USDC-25DEC26-100000-C";

fn held(world: &World, account: u64) -> u128 {
    u128::try_from(world.cash(account, USD)).unwrap()
}

/// A withdrawal of all but what stays goes through; of a base unit more it does not.
#[track_caller]
pub fn leaves_behind(world: &mut World, account: u64, stays: u128) {
    let all = held(world, account);
    world.kept(account, all - stays + 1, USD, "E_ENGINE_GAINS");
    world.withdraw(account, all - stays, USD).unwrap();
    assert_eq!(held(world, account), stays);
}

/// Two markets without fees in which a call that was sold for 100 USD a unit ends at 300. Account 1 loses 300 in the first to
/// 2, and 100 in the second to 5; 5 loses 200 in the first to 2, and 30 to 4. Account 1 had 200 and so lacks 200.
fn example() -> World {
    let mut world = World::liquidatable();
    world.second_market(&[OTHER_CALL]);
    let owner = world.owner.clone();
    for market in ["BTC_USDC", "XBT_USDC"] {
        let params = MarketParams {
            maker_rate: Decimal::zero(),
            taker_rate: Decimal::zero(),
            ..market_params()
        };
        let effective_at = world.now();
        let market = market.into();
        world.ok(
            &owner,
            ExecuteMsg::SetMarketParams {
                market,
                params,
                effective_at,
            },
        );
    }
    for (seller, buyer, series, units) in [
        (1, 2, CALL, 150),
        (1, 5, OTHER_CALL, 50),
        (5, 2, CALL, 100),
        (5, 4, CALL, 15),
    ] {
        world
            .trade(seller, buyer, &[(series, units, 2_000)])
            .unwrap();
    }
    // Its cash is 200 and the premium of 200 calls.
    let spare = held(&world, 1) - 400 * UNIT;
    world.set_spot(60_000);
    world.withdraw(1, spare, USD).unwrap();
    world.expire_at(130_000, &[1, 2, 4, 5]);
    world
}

#[test]
fn spec_example_short() {
    let mut world = example();
    assert_eq!(world.cash(1, USD), -200 * UNIT as i128);
    for (market, balance) in [("BTC_USDC", 100), ("XBT_USDC", 80)] {
        world.insure(market, balance * UNIT);
    }
    world.liquidate(order(1, vec![])).unwrap();
    let parts = ["BTC_USDC", "XBT_USDC"].map(|market| world.insurance(market).shortfall.u128());
    assert_eq!(parts, [150 * UNIT, 50 * UNIT]);
    // Gained 500, gained 30; and in the second market, that is not short, 100.
    leaves_behind(&mut world, 2, 50 * UNIT);
    leaves_behind(&mut world, 4, 30 * UNIT);
    world.withdraw(5, held(&world, 5), USD).unwrap();
    // What it is short by, paid in, ends it.
    world.insure("BTC_USDC", 50 * UNIT);
    for (account, left) in [(2, 50), (4, 30)] {
        world.withdraw(account, left * UNIT, USD).unwrap();
    }
}

/// The market is short by account 1's debt; account 4, long a future of the next date, has fallen below maintenance. 2 has so
/// much cash, all of it gained there.
fn fallen(cash: impl Fn(u128) -> u128) -> (World, u128) {
    let mut world = old_debt();
    let series = ["BTC_USDC-26MAR27-60000-C", "BTC_USDC-26MAR27-60000-P"];
    world.next_expiry(&series, 130_000);
    let future = [(series[0], 100, 14_000), (series[1], -100, 1)];
    world.withdraw(4, 925_000_000_000, USD).unwrap();
    world.trade(5, 4, &future).unwrap();
    let debt = (-world.cash(1, USD)).unsigned_abs();
    let found: AccountResponse = world.query(&QueryMsg::Account { account: 2 });
    let gained = found.profits[0].realized.i128().unsigned_abs();
    assert!(gained > 2 * debt, "{gained} {debt}");
    world
        .withdraw(2, held(&world, 2) - cash(debt), USD)
        .unwrap();
    // Margin for a slice: what must stay is none.
    world.deposit(2, 300_000_000, BTC);
    world.liquidate(order(1, vec![])).unwrap();
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), debt);
    world.set_spot(64_000);
    (world, debt)
}

/// A step on account 4 with this one taker.
fn step(world: &World, insists: bool) -> LiquidateOrder {
    let taker = Taker {
        least_reward: insists.then_some(-100_000),
        ..world.taker(2, 500_000_000)
    };
    LiquidateOrder {
        auction: begun(world.now(), 600),
        ..order(4, vec![taker])
    }
}

/// Section 2.7: a taker is tested like a trader, so what his gains owe to a deficit that insurance cannot pay pays for no slice.
#[test]
fn attack_a_gain_in_a_short_market_is_not_paid_for_a_slice() {
    let (mut world, debt) = fallen(|debt| debt);
    let before = world.dump();
    world.liquidation_refused(step(&world, true), "E_ENGINE_GAINS");
    assert_eq!(world.dump(), before);
    let done = world.preview(&step(&world, false)).unwrap().done;
    assert_eq!((done.taken, done.passed_over), (vec![], vec![2]));
    // Cash beside it pays, to the unit.
    world.deposit(2, 1_000_000_000, USD);
    let shown = world.preview(&step(&world, true)).unwrap();
    let after = &shown.accounts[1];
    let cash = after.cash.iter().find(|cash| cash.denom == USD).unwrap();
    let cost = held(&world, 2) - cash.amount.i128().unsigned_abs();
    assert!(after.account == 2 && cost > 100_000_000, "{cost} {after:?}");
    let (mut world, _) = fallen(|debt| debt + cost - 1);
    world.liquidation_refused(step(&world, true), "E_ENGINE_GAINS");
    world.deposit(2, 1, USD);
    let done = world.liquidate(step(&world, false)).unwrap();
    assert_eq!((done.taken.len(), done.passed_over), (1, vec![]));
    assert_eq!(held(&world, 2), debt);
    // So does the market's insurance, once it could pay the deficit.
    let (mut world, _) = fallen(|debt| debt);
    world.insure("BTC_USDC", debt);
    world.liquidate(step(&world, true)).unwrap();
    assert!(held(&world, 2) < debt);
}
