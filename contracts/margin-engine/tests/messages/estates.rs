//! A debt behind legs that can only pay: CoverDebt makes the account insurance's, and collects what it is paid.

use cosmwasm_std::coin;
use protocol_api::engine::*;
use protocol_api::governance::Offer;

use crate::common::liquidation::*;
use crate::common::*;
use crate::losses::{DAY, cover, share, share_in};

/// Account 1 sold 400 November calls to 2 and bought ten far December calls from 4. November ended at 130,000: it owes some
/// 9,700 USD, and nobody took its calls, which are worth about 1,350, in the grace of its debt.
fn behind_a_call() -> World {
    behind_calls(|_| ())
}

/// The same with what else the account traded before.
pub fn behind_calls(traded: impl FnOnce(&mut World)) -> World {
    let mut world = World::liquidatable();
    world.trade(1, 2, &[(NOV_CALL, 400, 520)]).unwrap();
    world.trade(4, 1, &[(FAR_CALL, 10, 100)]).unwrap();
    traded(&mut world);
    world.advance_to(u64::from(NOV) * 60 + 60);
    world.fix(NOV, 130_000);
    world.market.expiries.remove(0);
    world.set_spot(130_000);
    let accounts = vec![1, 2];
    world.anyone(ExecuteMsg::SettleAccounts { accounts });
    world.advance(DAY - 3_600);
    world.publish();
    world.liquidate(order(1, vec![])).unwrap();
    world
}

/// The same when the grace is over.
pub fn past_the_grace() -> World {
    let mut world = behind_a_call();
    world.advance(3_600);
    world.publish();
    world
}

/// What the account owes and what its calls are worth.
fn owed_and_worth(world: &World) -> (i128, i128) {
    let owed = -world.cash(1, USD);
    (owed, world.equity(1) + owed)
}

pub fn insurance(world: &World) -> i128 {
    world.insurance("BTC_USDC").balance.u128() as i128
}

#[test]
fn spec_example_an_account_that_insurance_takes_over() {
    let mut world = behind_a_call();
    world.insure("BTC_USDC", 900_000_000_000);
    world.advance(3_599);
    world.publish();
    world.nobody_may(cover(1), "E_ENGINE_NOTHING_DUE");
    world.advance(1);
    world.publish();
    let (owed, worth) = owed_and_worth(&world);
    assert_eq!((owed, worth), (9_688_700_000, 1_350_996_190));

    world.anyone(cover(1));
    // Insurance has paid what was missing at mark, not a unit more; the calls stand for the rest of the debt.
    assert_eq!(world.cash(1, USD), -worth);
    assert_eq!(world.equity(1), 0);
    assert_eq!(insurance(&world), 900_000_000_000 - (owed - worth));
    assert_eq!(world.quantity(1, FAR_CALL), 10);
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), 0);
    assert_eq!(world.owner_of(1), world.engine);
    world.nobody_may(cover(1), "E_ENGINE_ALIVE");

    // The calls end in the money: they pay the debt, and insurance has the rest.
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 150_000);
    let before = insurance(&world);
    world.anyone(cover(1));
    assert_eq!(insurance(&world) - before, 3_000_000_000 - worth);
    assert_eq!(world.cash(1, USD), 0);
    world.nobody_may(cover(1), "E_ENGINE_NOTHING_DUE");
}

#[test]
fn what_calls_that_end_worthless_lack_is_a_dead_debt() {
    let mut world = past_the_grace();
    world.insure("BTC_USDC", 900_000_000_000);
    world.advance(3_600);
    world.publish();
    world.anyone(cover(1));
    let (owed, _) = owed_and_worth(&world);
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 100_000);
    let before = insurance(&world);
    world.anyone(cover(1));
    assert_eq!((world.cash(1, USD), insurance(&world)), (0, before - owed));
}

#[test]
fn a_long_option_that_nobody_takes_keeps_no_withdrawal_waiting() {
    let mut world = past_the_grace();
    // No insurance: the deficit gates whoever is not covered.
    let error = world.withdraw(4, 1_000_000, USD).unwrap_err();
    assert!(error.contains("E_ENGINE_SHORTFALL"), "{error}");
    let (owed, worth) = owed_and_worth(&world);
    world.anyone(cover(1));
    let lost = world.ledger(USD).lost.u128() as i128;
    assert_eq!((lost, world.cash(1, USD)), (owed - worth, -worth));
    world.withdraw(4, 1_000_000, USD).unwrap();
    // The loss goes its way: 2 gained far more than it.
    world.anyone(share(&[2]));
    world.pass_a_round("BTC_USDC");
    world.publish();
    world.anyone(share(&[2]));
    assert_eq!(world.ledger(USD).lost.u128(), 0);
}

#[test]
fn who_owned_it_has_no_say_and_no_gain() {
    let mut world = past_the_grace();
    world.anyone(cover(1));
    let alice = world.alice.clone();
    let amounts = vec![coin(1, USD)];
    let withdraw = ExecuteMsg::Withdraw {
        account: 1,
        amounts,
        to: None,
    };
    world.refused(&alice, withdraw, "E_ENGINE_UNAUTHORIZED");
    let error = world.trade(2, 1, &[(FAR_CALL, 10, 1)]).unwrap_err();
    assert!(error.contains("E_ENGINE_VENUE"), "{error}");
    let mine: AccountsResponse = world.query(&QueryMsg::AccountsByOwner {
        owner: alice.to_string(),
        start_after: None,
        limit: None,
    });
    assert!(mine.accounts.is_empty());
    // What he sends it is insurance's too, and another coin he cannot send.
    let deposit = ExecuteMsg::Deposit { account: 1 };
    let gift = world.send(&alice, deposit.clone(), &[coin(5, BTC)]);
    assert!(gift.unwrap_err().contains("E_ENGINE_GIFT"));
    world
        .send(&alice, deposit, &[coin(5_000_000_000, USD)])
        .unwrap();
    let (before, left) = (insurance(&world), world.cash(1, USD));
    assert!(left > 0);
    world.anyone(cover(1));
    assert_eq!((insurance(&world), world.cash(1, USD)), (before + left, 0));
    assert_eq!(world.quantity(1, FAR_CALL), 10, "they still may pay");
}

#[test]
fn other_coins_of_an_estate_that_owes_nothing_are_fees() {
    let mut world = behind_calls(|world| {
        world.deposit(4, 100_000_000, BTC);
        // An eighth of a tick is the fee.
        world.deposit(1, 63, BTC);
        world.trade(4, 1, &[(COIN_CALL, 1, 0)]).unwrap();
        assert_eq!(world.cash(1, BTC), 0);
    });
    world.advance(3_600);
    world.publish();
    world.anyone(cover(1));
    assert_eq!(world.owner_of(1), world.engine);
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 150_000);
    world.anyone(ExecuteMsg::SettleAccounts { accounts: vec![1] });
    let (rest, paid) = (world.cash(1, USD), world.cash(1, BTC));
    assert!(rest > 0 && paid > 0, "{rest} {paid}");
    let fees = world.ledger(BTC).fees.u128();
    world.anyone(cover(1));
    assert_eq!(world.cash(1, BTC), 0);
    assert_eq!(world.ledger(BTC).fees.u128() - fees, paid.unsigned_abs());
}

#[test]
fn what_legs_are_worth_counts_where_the_loss_is_shared() {
    // In the other market the account spent 70,000 USD on calls that are worth them: it lost nothing there.
    let deep = "BTX_USDC-25DEC26-20000-C";
    let mut world = World::liquidatable();
    let listing = MarketListing {
        symbol: "BTX_USDC".into(),
        ..linear()
    };
    let owner = world.owner.clone();
    world.ok(&owner, ExecuteMsg::AddMarket { listing });
    world.list(&[deep]);
    world.trade(4, 1, &[(deep, 100, 14_000)]).unwrap();
    world.trade(1, 2, &[(NOV_CALL, 400, 520)]).unwrap();
    world.insure("BTC_USDC", 900_000_000_000);
    world.insure("BTX_USDC", 900_000_000_000);
    world.advance_to(u64::from(NOV) * 60 + 60);
    world.fix(NOV, 190_000);
    world.market.expiries.remove(0);
    world.set_spot(90_000);
    let accounts = vec![1, 2];
    world.anyone(ExecuteMsg::SettleAccounts { accounts });
    world.advance(DAY);
    world.publish();
    world.anyone(cover(1));
    world.anyone(share_in("BTX_USDC", &[]));
    // It had paid a fee of 27 USD there, beside 100,000 here.
    let paid = |market: &str| 900_000_000_000 - world.insurance(market).balance.u128();
    let (here, there) = (paid("BTC_USDC"), paid("BTX_USDC"));
    assert!(here > 44_000_000_000, "{here}");
    assert!(there > 0 && there < here / 1_000, "{there} of {here}");
}

#[test]
fn an_estate_that_falls_gates_nobody_and_is_paid_for_once() {
    let mut world = past_the_grace();
    world.anyone(cover(1));
    world.set_spot(125_000);
    world.liquidate(order(1, vec![])).unwrap();
    assert!(world.equity(1) < -300_000_000);
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), 0);
    world.insure("BTC_USDC", 900_000_000_000);
    world.advance(3_600);
    world.publish();
    world.nobody_may(cover(1), "E_ENGINE_ALIVE");
    // Nor does insurance pay when they are sold: what is left is a dead debt.
    let (lacks, cash) = (world.equity(1), world.cash(5, USD));
    let sale = LiquidateOrder {
        auction: begun(world.now(), 3_600),
        ..order(1, vec![world.taker(5, 900_000_000_000)])
    };
    world.liquidate(sale).unwrap();
    assert_eq!(
        (world.cash(1, USD), world.quantity(5, FAR_CALL)),
        (lacks, 10)
    );
    assert!(cash > world.cash(5, USD));
    assert_eq!(insurance(&world), 900_000_000_000);
    world.anyone(cover(1));
    assert_eq!(insurance(&world), 900_000_000_000 + lacks);
}

#[test]
fn a_step_sells_it_at_mark_whenever() {
    for since in [600, 3_600] {
        let mut world = past_the_grace();
        world.anyone(cover(1));
        // It gained since: nobody is given that.
        world.set_spot(133_000);
        let worth = world.equity(1);
        assert!(worth > 100_000_000);
        let sale = LiquidateOrder {
            auction: begun(world.now(), since),
            ..order(1, vec![world.taker(5, 900_000_000_000)])
        };
        let done = world.liquidate(sale).unwrap();
        assert_eq!(done.after, Standing::Healthy);
        let left = world.quantity(1, FAR_CALL);
        assert!(
            left < 5 && left + world.quantity(5, FAR_CALL) == 10,
            "{left}"
        );
        assert_eq!(world.equity(1), worth);
    }
}

#[test]
fn legs_that_may_cost_or_have_no_price_a_second_debt_and_a_backstop_wait() {
    // A put sold before: it may cost.
    let mut short = behind_calls(|world| {
        world.trade(1, 4, &[(PUT, 1, 100)]).unwrap();
    });
    short.advance(3_600);
    short.publish();
    short.nobody_may(cover(1), "E_ENGINE_ALIVE");
    // A premium in another coin: a debt that only a price could compare.
    let mut two = behind_calls(|world| {
        world.deposit(4, 100_000_000, BTC);
        world.trade(4, 1, &[(COIN_CALL, 1, 1)]).unwrap();
    });
    two.advance(3_600);
    two.publish();
    assert!(two.cash(1, BTC) < 0);
    two.nobody_may(cover(1), "E_ENGINE_ALIVE");

    let mut world = past_the_grace();
    world.set_level(protocol_api::oracle::Validity::Invalid);
    world.nobody_may(cover(1), "E_ENGINE_NO_PRICE");
    world.set_level(protocol_api::oracle::Validity::Valid);
    let (alice, liquidator) = (world.alice.clone(), world.liquidator());
    let offer = ExecuteMsg::OfferAccount {
        account: 1,
        offer: Some(Offer {
            to: liquidator.to_string(),
            expires_at: world.now() + 60,
        }),
    };
    world.ok(&alice, offer);
    world.ok(
        &liquidator,
        ExecuteMsg::AcceptAccount {
            account: 1,
            fingerprint: None,
        },
    );
    world.nobody_may(cover(1), "E_ENGINE_ALIVE");
    // So it stays when another contract is named.
    let owner = world.owner.clone();
    let liquidator = world.app.api().addr_make("next").into_string();
    world.ok(&owner, ExecuteMsg::SetLiquidator { liquidator });
    world.nobody_may(cover(1), "E_ENGINE_ALIVE");
    // Its legs end worthless: the backstop's debt is dead like another's.
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 100_000);
    world.anyone(cover(1));
    assert_eq!(world.owner_of(1), world.liquidator());
    assert_eq!(world.cash(1, USD), 0);
}

const EARLY: u32 = NOV - 6 * 1_440;

/// Account 1 owes what an early call cost, holds a box that pays 20,000 USD in November whatever happens, and has sold a
/// December spread that costs as much at most: together its legs cost nothing, but December's alone may.
#[test]
fn attack_an_early_payment_does_not_stand_for_a_later_cost() {
    let mut world = World::liquidatable();
    world.market.expiries = vec![(EARLY, 20), (NOV, 70), (DEC, 150)];
    world.set_spot(90_000);
    let early = "BTC_USDC-21NOV26-100000-C";
    let far_leg = "BTC_USDC-27NOV26-110000-C";
    let puts = ["BTC_USDC-27NOV26-110000-P", "BTC_USDC-27NOV26-100000-P"];
    world.list(&[early, far_leg, puts[0], puts[1]]);
    world.deposit(1, 20_000_000_000, USD);
    world.trade(1, 2, &[(early, 400, 1)]).unwrap();
    world.trade(4, 1, &[(NOV_CALL, 200, 10)]).unwrap();
    world.trade(1, 4, &[(far_leg, 200, 9)]).unwrap();
    world.trade(4, 1, &[(puts[0], 200, 3_999)]).unwrap();
    world.trade(1, 4, &[(puts[1], 200, 2_000)]).unwrap();
    world.trade(1, 5, &[(CALL, 100, 500)]).unwrap();
    world.trade(5, 1, &[(FAR_CALL, 100, 200)]).unwrap();
    world.insure("BTC_USDC", 900_000_000_000);
    world.advance_to(u64::from(EARLY) * 60 + 60);
    world.market.expiries.remove(0);
    world.fix(EARLY, 129_500);
    world.set_spot(112_000);
    let accounts = vec![1, 2];
    world.anyone(ExecuteMsg::SettleAccounts { accounts });
    world.advance(DAY + 60);
    world.publish();
    assert!(world.cash(1, USD) < 0);
    world.nobody_may(cover(1), "E_ENGINE_ALIVE");
}

#[test]
fn an_owner_who_pays_in_time_keeps_it() {
    let mut world = past_the_grace();
    let (owed, worth) = owed_and_worth(&world);
    world.deposit(1, (owed - worth).unsigned_abs(), USD);
    world.nobody_may(cover(1), "E_ENGINE_NOTHING_DUE");
    assert_eq!(world.owner_of(1), world.alice);
}
