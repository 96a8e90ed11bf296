//! What is left to pay a debt before it is dead: coins without a price, bids, gains withheld; and how old a debt is.

use cosmwasm_std::Int128;
use protocol_api::engine::*;

use crate::common::liquidation::*;
use crate::common::*;
use crate::estates::{behind_calls, insurance, past_the_grace};
use crate::losses::{DAY, cover, share};

/// Ether as a coin, at a price.
fn priced_ether(world: &mut World, price: u64) -> oracle::Market {
    world.ether();
    let market = oracle::Market::new(price, world.now(), &[]);
    world.publish_as(2, &market);
    market
}

/// A coin that is silent for an hour pays a debt still: its account is neither taken over nor are its debts written off,
/// however old they are.
#[test]
fn attack_a_silent_coin_takes_no_account_and_pays_nobody_a_debt() {
    let mut world = World::liquidatable();
    let mut ether = priced_ether(&mut world, 90_000);
    world.deposit(1, 1_000_000_000, "ueth");
    world.withdraw(1, 100_000_000_000, USD).unwrap();
    let far = "BTC_USDC-25DEC26-200000-C";
    world.list(&[far]);
    world.trade(4, 1, &[(far, 1, 1)]).unwrap();
    world.insure("BTC_USDC", 900_000_000_000);
    assert!(world.cash(1, USD) < 0);
    // After 31 days it still has 900,000 USD in a coin whose feed falls silent for an hour.
    world.advance(31 * DAY);
    world.publish();
    ether.published = world.now();
    world.publish_as(2, &ether);
    world.nobody_may(cover(1), "E_ENGINE_ALIVE");
    world.advance(3_601);
    world.publish();
    world.nobody_may(cover(1), "E_ENGINE_ALIVE");
    // Nor without its leg.
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 100_000);
    let accounts = vec![1];
    world.anyone(ExecuteMsg::SettleAccounts { accounts });
    world.nobody_may(cover(1), "E_ENGINE_NOTHING_DUE");
    assert_eq!(world.owner_of(1), world.alice);
    // A month of silence, and the coin pays nothing any more; it stays the owner's.
    world.advance(30 * DAY);
    world.publish();
    world.anyone(cover(1));
    assert_eq!(
        (world.cash(1, USD), world.cash(1, "ueth")),
        (0, 1_000_000_000)
    );
    assert_eq!(world.owner_of(1), world.alice);
}

fn age(world: &World, account: u64) -> u64 {
    let found: AccountResponse = world.query(&QueryMsg::Account { account });
    let debt = found.cash.into_iter().find(|cash| cash.denom == USD);
    world.now() - debt.unwrap().debt_since.unwrap()
}

#[test]
fn attack_money_that_passes_through_makes_no_debt_young() {
    let mut world = past_the_grace();
    let was = age(&world, 1);
    // He buys a call back and sells it, and the other way round, at a price beyond his debt, with a friend.
    let price = 100_000_000;
    for sold_first in [false, true] {
        let buy = world.fill(4, 1, &[(FAR_CALL, 1, price)]);
        let sell = world.fill(1, 4, &[(FAR_CALL, 1, price + 10_000)]);
        let fills = if sold_first {
            vec![sell, buy]
        } else {
            vec![buy, sell]
        };
        world.settle(fills).unwrap();
        assert_eq!(age(&world, 1), was);
    }
    world.anyone(cover(1));
}

#[test]
fn what_settles_together_is_netted_in_the_age_of_a_debt() {
    let puts = ["BTC_USDC-25DEC26-130000-P", "BTC_USDC-25DEC26-120000-P"];
    let mut world = behind_calls(|world| {
        world.list(&puts);
        world.trade(4, 1, &[(puts[0], 10, 100)]).unwrap();
        world.trade(1, 4, &[(puts[1], 10, 50)]).unwrap();
    });
    world.advance_to(u64::from(DEC) * 60 + 60);
    let was = age(&world, 1);
    world.fix(DEC, 90_000);
    let accounts = vec![1];
    world.anyone(ExecuteMsg::SettleAccounts { accounts });
    assert_eq!(age(&world, 1), was, "the spread paid: nothing was added");
}

/// Reserves quote coins of account 1 for a bid.
fn reserve(world: &mut World, amount: u128) {
    world.deposit(1, amount, USD);
    let (liquidator, consent) = (world.liquidator(), world.side(1).consent);
    let msg = ExecuteMsg::Reserve {
        account: 1,
        amount: amount.into(),
        consent,
    };
    world.ok(&liquidator, msg);
}

#[test]
fn attack_coins_in_a_bid_pay_a_debt_before_insurance() {
    let mut world = behind_calls(|world| reserve(world, 10_000_000_000));
    world.insure("BTC_USDC", 900_000_000_000);
    world.advance(3_600);
    world.publish();
    world.nobody_may(cover(1), "E_ENGINE_ALIVE");
    // Nor when its legs are gone.
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 100_000);
    world.nobody_may(cover(1), "E_ENGINE_ALIVE");
    let (liquidator, owed) = (world.liquidator(), world.cash(1, USD));
    let release = |account, amount: u128| ExecuteMsg::Release {
        account,
        amount: amount.into(),
    };
    world.refused(&liquidator, release(2, 1), "E_ENGINE_ESCROW");
    world.refused(&liquidator, release(1, 10_000_000_001), "E_ENGINE_ESCROW");
    // Nor does a step pay it.
    let sale = LiquidateOrder {
        auction: begun(world.now(), 600),
        ..order(1, vec![world.taker(5, 900_000_000_000)])
    };
    world.liquidate(sale).unwrap();
    assert_eq!(
        (world.cash(1, USD), insurance(&world)),
        (owed, 900_000_000_000)
    );
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), 0);
    world.ok(&liquidator, release(1, 10_000_000_000));
    assert_eq!(world.cash(1, USD), owed + 10_000_000_000);
}

#[test]
fn attack_no_step_pays_for_legs_beside_coins_in_a_bid() {
    let mut world = behind_calls(|world| reserve(world, 10_000_000_000));
    world.insure("BTC_USDC", 900_000_000_000);
    world.advance(3_600);
    world.publish();
    let equity = world.equity(1);
    assert!(-10_000_000_000 < equity && equity < -8_000_000_000);
    let sale = LiquidateOrder {
        auction: begun(world.now(), 600),
        ..order(1, vec![world.taker(5, 900_000_000_000)])
    };
    world.liquidate(sale).unwrap();
    assert_eq!(world.quantity(1, FAR_CALL), 0);
    // What the taker did not pay for is owed still.
    assert_eq!(
        (world.cash(1, USD), insurance(&world)),
        (equity, 900_000_000_000)
    );
}

#[test]
fn attack_gains_withheld_pay_a_debt_wherever_they_were_gained() {
    let mut world = past_the_grace();
    let deep = "BTC_USDC-25DEC26-20000-C";
    world.list(&[deep]);
    world.anyone(cover(1));
    world.anyone(share(&[2]));
    let withheld = world.ledger(USD).withheld;
    assert!(withheld.u128() > 8_000_000_000);
    let gained = world.cash(2, USD) - 100_000_000_000;
    world.withdraw(2, gained.unsigned_abs(), USD).unwrap();
    // Its sum in the market becomes nothing, to the unit, and is dropped.
    let legs = [(deep, -100, 21_894), (FAR_CALL, -8, 20)];
    world.trade(2, 5, &legs).unwrap();
    world.insure("BTC_USDC", 2_000_000_000_000);
    world.advance(3_600);
    world.publish();
    world.anyone(share(&[]));
    let found: AccountResponse = world.query(&QueryMsg::Account { account: 2 });
    let nothing = ProfitView {
        market: "BTC_USDC".into(),
        realized: Int128::zero(),
        withheld,
    };
    assert_eq!(found.profits, [nothing], "what is withheld is still shown");
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 20_000);
    let accounts = vec![2];
    world.anyone(ExecuteMsg::SettleAccounts { accounts });
    assert!(world.cash(2, USD) < 0);
    world.nobody_may(cover(2), "E_ENGINE_ALIVE");
    // A step pays what it lacks beyond them.
    let (before, lacks) = (
        insurance(&world),
        -world.cash(2, USD) - withheld.u128() as i128,
    );
    let sale = LiquidateOrder {
        auction: begun(world.now(), 600),
        ..order(2, vec![world.taker(5, 900_000_000_000)])
    };
    world.liquidate(sale).unwrap();
    assert_eq!(before - insurance(&world), lacks);
    // What is given back pays the rest.
    world.anyone(share(&[2]));
    assert_eq!(world.cash(2, USD), 0);
}

#[test]
fn a_coin_that_may_get_its_price_back_goes_with_no_legs() {
    let mut world = World::liquidatable();
    let mut ether = priced_ether(&mut world, 90_000);
    world.deposit(1, 10_000_000, "ueth");
    world.withdraw(1, 100_000_000_000, USD).unwrap();
    world.trade(4, 1, &[(FAR_CALL, 10, 9_000)]).unwrap();
    world.insure("BTC_USDC", 900_000_000_000);
    world.advance(DAY);
    world.set_spot(70_000);
    ether.published = world.now();
    ether.spot = 44_000;
    world.publish_as(2, &ether);
    // A tenth at 44,000 and calls worth next to nothing against 4,500 owed; silent for an hour.
    world.advance(3_601);
    world.publish();
    assert!(world.equity(1) < 0);
    world.nobody_may(cover(1), "E_ENGINE_ALIVE");
}

#[test]
fn a_debt_in_another_coin_leaves_its_part_of_the_deficit() {
    let mut world = World::liquidatable();
    let far = "BTC-27NOV26-200000-C";
    world.list(&[far]);
    world.deposit(4, 100_000_000, BTC);
    world.trade(1, 2, &[(NOV_CALL, 400, 520)]).unwrap();
    world.insure("BTC_USDC", 10_000_000_000);
    world.insure("BTC", 10_000_000_000);
    world.advance_to(u64::from(NOV) * 60 - 3_600);
    world.publish();
    world.trade(4, 1, &[(far, 1, 1)]).unwrap();
    world.advance_to(u64::from(NOV) * 60 + 60);
    world.fix(NOV, 130_000);
    world.market.expiries.remove(0);
    world.set_spot(130_000);
    world.liquidate(order(1, vec![])).unwrap();
    let part = |world: &World, market| world.insurance(market).shortfall.u128() as i128;
    let short = |world: &World| part(world, "BTC_USDC") + part(world, "BTC");
    let (owed, before) = (-world.cash(1, USD), short(&world));
    assert!(world.cash(1, BTC) < 0 && before > owed);
    world.anyone(cover(1));
    let paid = owed + world.cash(1, USD);
    assert!(paid > 0 && world.cash(1, BTC) < 0);
    assert_eq!(short(&world), before - paid);
}

/// Who takes an account over takes a part of its debts: with a debt in a coin that no market settles in which he traded, he
/// loses all he has.
#[test]
fn a_debt_in_a_coin_of_none_of_its_markets_is_shared_by_the_first_that_settles_in_it() {
    let mut world = World::liquidatable();
    let far = "BTC-27NOV26-200000-C";
    world.list(&[far]);
    world.deposit(4, 100_000_000, BTC);
    world.trade(1, 2, &[(NOV_CALL, 400, 520)]).unwrap();
    // For coins that it does not have; of one call a slice moves none.
    world.trade(4, 1, &[(far, 1, 40)]).unwrap();
    world.withdraw(5, 940_000_000_000, USD).unwrap();
    world.advance(60);
    world.set_spot(111_000);
    let step = order(1, vec![world.taker(5, 900_000_000_000)]);
    let taken = world.liquidate(step).unwrap().taken;
    assert_eq!(taken.len(), 1);
    let owed = -world.cash(5, BTC);
    assert!(owed > 0);
    world.advance_to(u64::from(NOV) * 60 + 60);
    world.fix(NOV, 300_000);
    world.market.expiries.remove(0);
    world.set_spot(300_000);
    let accounts = vec![5];
    world.anyone(ExecuteMsg::SettleAccounts { accounts });
    let found: AccountResponse = world.query(&QueryMsg::Account { account: 5 });
    assert!(found.profits.iter().all(|sum| sum.market != "BTC"));
    assert!(world.cash(5, USD) < 0);
    let owed = owed.max(-world.cash(5, BTC)).unsigned_abs();
    world.anyone(cover(5));
    assert_eq!(world.cash(5, BTC), 0);
    let loss: LossResponse = world.query(&QueryMsg::Loss {
        market: "BTC".into(),
        account: None,
    });
    assert_eq!(loss.lost.u128(), owed);
}

#[test]
fn a_debt_in_another_coin_waits_for_a_coin_of_weight_and_not_for_dust() {
    for (units, waits) in [(10_000_000, true), (55_000, false)] {
        let mut world = World::liquidatable();
        let far = "BTC-27NOV26-200000-C";
        world.list(&[far]);
        world.deposit(4, 100_000_000, BTC);
        priced_ether(&mut world, 90_000);
        // 9,000 USD, or 49.50.
        world.deposit(1, units, "ueth");
        world.withdraw(1, 100_000_000_000, USD).unwrap();
        world.trade(4, 1, &[(far, 1, 1)]).unwrap();
        world.advance_to(u64::from(NOV) * 60 + 60);
        world.fix(NOV, 90_000);
        world.market.expiries.remove(0);
        world.set_spot(90_000);
        assert!(world.cash(1, BTC) < 0);
        if waits {
            world.nobody_may(cover(1), "E_ENGINE_NOTHING_DUE");
        } else {
            world.anyone(cover(1));
            assert_eq!((world.cash(1, BTC), world.cash(1, "ueth")), (0, 55_000));
        }
    }
}

#[test]
fn what_nobody_can_buy_keeps_no_debt_and_hides_no_price() {
    let mut world = World::liquidatable();
    let owner = world.owner.clone();
    let mut listing = CoinListing {
        denom: "ueth".into(),
        underlying: 2,
        decimals: 18,
        ..btc_coin()
    };
    listing.terms.cap = 1_000_000_000_000_000_000_000_u128.into();
    world.ok(&owner, ExecuteMsg::AddCoin { listing });
    let mut ether = oracle::Market::new(3_000, world.now(), &[]);
    world.publish_as(2, &ether);
    // A thousand wei are less than a millionth of a dollar.
    world.deposit(1, 1_000, "ueth");
    assert_eq!(world.state_of(1).price_time, Some(world.now()));
    world.trade(1, 2, &[(NOV_CALL, 400, 520)]).unwrap();
    world.advance_to(u64::from(NOV) * 60 + 60);
    world.fix(NOV, 130_000);
    world.market.expiries.remove(0);
    let accounts = vec![1];
    world.anyone(ExecuteMsg::SettleAccounts { accounts });
    world.advance(DAY);
    world.set_spot(130_000);
    ether.published = world.now();
    world.publish_as(2, &ether);
    assert!(world.cash(1, USD) < 0);
    world.anyone(cover(1));
    assert_eq!((world.cash(1, USD), world.cash(1, "ueth")), (0, 1_000));
}
