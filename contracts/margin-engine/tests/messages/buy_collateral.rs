//! BuyCollateral: an old debt's collateral is for sale, whatever the debtor's health.

use cosmwasm_std::{Decimal, Uint128, coin};
use protocol_api::engine::*;
use protocol_api::oracle::Validity;

use crate::common::*;

/// Account 1 owes about 7,409 USD against two coins; account 2 holds USD.
pub fn debt_world() -> World {
    let mut world = World::new();
    world.deposit(1, 200_000_000, BTC);
    world.deposit(2, 100_000_000_000, USD);
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 110_000);
    world.set_spot(110_000);
    let mallory = world.mallory.clone();
    world.ok(
        &mallory,
        ExecuteMsg::SettleAccounts {
            accounts: vec![1, 2],
        },
    );
    assert_eq!(
        world.cash(1, USD),
        2_600_000_000 - 9_000_000 - 10_000_000_000
    );
    world
}

pub fn buy(amount: u128, max_pay: u128) -> ExecuteMsg {
    ExecuteMsg::BuyCollateral {
        buyer: 2,
        debtor: 1,
        debt_denom: USD.into(),
        collateral: coin(amount, BTC),
        max_pay: Uint128::new(max_pay),
    }
}

#[test]
fn inv_8_for_sale_after_the_grace_at_the_low_edge_less_a_growing_discount() {
    let mut world = debt_world();
    let bob = world.bob.clone();
    world.refused(&bob, buy(1_000_000, u128::MAX), "E_ENGINE_NO_SALE");
    world.advance(86_400);
    world.publish();
    // At the end of the grace there is no discount: 0.01 BTC at 109,890 USD.
    world.refused(&bob, buy(1_000_000, 1_098_899_999), "E_ENGINE_MAX_PAY");
    world.ok(&bob, buy(1_000_000, 1_098_900_000));
    assert_eq!(world.cash(2, BTC), 1_000_000);
    // Half way up the ramp it is 2.5 %.
    world.advance(1_800);
    world.publish();
    let cash = world.cash(2, USD);
    world.ok(&bob, buy(1_000_000, u128::MAX));
    assert_eq!(cash - world.cash(2, USD), 1_071_427_500);
    // Never more than 5 %, and never more than the debt needs: the debt is gone to the last unit.
    world.advance(999_999);
    world.publish();
    world.ok(&bob, buy(200_000_000, u128::MAX));
    assert_eq!(world.cash(1, USD), 0);
    assert!(world.cash(1, BTC) > 190_000_000);
    assert_eq!(world.ledger(USD).debt.u128(), 0);
    world.refused(&bob, buy(1, u128::MAX), "E_ENGINE_NO_SALE");
}

#[test]
fn past_the_cap_on_debt_it_is_for_sale_at_once() {
    let mut world = debt_world();
    let (owner, bob) = (world.owner.clone(), world.bob.clone());
    let terms = CoinTerms {
        weight_initial: Decimal::one(),
        weight_maintenance: Decimal::one(),
        debt_cap: Uint128::new(1),
        ..coin_terms()
    };
    let (denom, effective_at) = (USD.into(), world.now());
    world.ok(
        &owner,
        ExecuteMsg::SetCoinTerms {
            denom,
            terms,
            effective_at,
        },
    );
    world.ok(&bob, buy(1_000_000, 1_098_900_000));
}

#[test]
fn the_buyer_pays_from_his_own_sound_account() {
    let mut world = debt_world();
    world.advance(86_400);
    world.publish();
    let (alice, mallory, bob) = (
        world.alice.clone(),
        world.mallory.clone(),
        world.bob.clone(),
    );
    // Not without consent of the buying account, not by the debtor's own account.
    world.refused(&mallory, buy(1_000_000, u128::MAX), "E_ENGINE_UNAUTHORIZED");
    let own = ExecuteMsg::BuyCollateral {
        buyer: 1,
        debtor: 1,
        debt_denom: USD.into(),
        collateral: coin(1, BTC),
        max_pay: Uint128::MAX,
    };
    world.refused(&alice, own, "E_ENGINE_SELF_TRADE");
    // Not with money he does not have.
    let all = world.cash(2, USD) as u128;
    world.withdraw(2, all - 1_000_000, USD).unwrap();
    world.refused(&bob, buy(1_000_000, u128::MAX), "E_ENGINE_DEBTOR");
    // Not by another debtor, and nothing where nothing is owed.
    let none = ExecuteMsg::BuyCollateral {
        buyer: 2,
        debtor: 3,
        debt_denom: USD.into(),
        collateral: coin(1, BTC),
        max_pay: Uint128::MAX,
    };
    world.refused(&bob, none, "E_ENGINE_NO_SALE");
}

#[test]
fn a_sale_needs_a_price_that_may_be_marked() {
    let mut world = debt_world();
    world.advance(86_400);
    let bob = world.bob.clone();
    for level in [Validity::Invalid, Validity::NoQuorum, Validity::Stale] {
        world.set_level(level);
        world.refused(&bob, buy(1_000_000, u128::MAX), "E_ENGINE_NO_PRICE");
    }
    world.set_level(Validity::Uncertain);
    world.ok(&bob, buy(1_000_000, u128::MAX));
}

#[test]
fn attack_a_wide_band_sells_nothing_at_its_edge() {
    let mut world = debt_world();
    world.advance(86_400);
    let bob = world.bob.clone();
    // Two live sources, one of them at 20,000: the low edge is its word alone.
    world.market.half_band = 45_000;
    world.market.spot = 65_000;
    world.set_level(Validity::Uncertain);
    world.refused(&bob, buy(1_000_000, u128::MAX), "E_ENGINE_NO_PRICE");
    // Two that agree are believed, also where the slow price stands still without a third.
    world.market.half_band = 5_000;
    world.market.spot = 100_000;
    world.market.slow = 120_000;
    world.publish_as_it_is();
    world.ok(&bob, buy(1_000_000, u128::MAX));
}

/// A debtor who is worth less than nothing: what the discount cost insurance would pay, to his owner's other account too.
#[test]
fn attack_risk_25_nobody_gains_from_insurance_by_buying_what_an_insolvent_debtor_has() {
    let mut world = debt_world();
    world.insure("BTC_USDC", 900_000_000_000);
    world.advance(86_400 + 3_600);
    // Two coins are worth 7,200 USD, 7,409 are owed.
    world.set_spot(3_600);
    let alice = world.alice.clone();
    world.ok(&alice, ExecuteMsg::CreateAccount { venues: vec![] });
    world.deposit(4, 10_000_000_000, USD);
    let (mine, missing) = (world.equity(4), -world.equity(1));
    assert!(missing > 0);
    world.ok(&alice, buy_as(4, 200_000_000));
    let fund = |world: &World| world.insurance("BTC_USDC").balance.u128() as i128;
    let before = fund(&world);
    world.ok(&alice, ExecuteMsg::CoverDebt { account: 1 });
    assert!(world.equity(4) <= mine && before - fund(&world) <= missing + 1);
}

/// A hedged account above maintenance whose owner buys its hedge with another account: it goes at mark, so nothing leaves it.
#[test]
fn attack_risk_25_a_hedge_that_margin_needs_goes_at_mark() {
    let mut world = World::liquidatable();
    // Ten coins, short futures for ten, and all that margin does not need paid away for a far call.
    world.deposit(1, 1_000_000_000, BTC);
    world.deposit(2, 300_000_000_000, USD);
    world.trade(1, 2, &[(FUTURE, 1_000, 18_000)]).unwrap();
    let spare = world.health(1).initial_surplus.unwrap().i128();
    let ticks = (spare - 2_000_000_000) / TICK_VALUE / 100;
    world.trade(2, 1, &[(FAR_CALL, 100, ticks as i64)]).unwrap();
    world.advance(86_400 + 3_600);
    world.publish();
    let alice = world.alice.clone();
    world.ok(&alice, ExecuteMsg::CreateAccount { venues: vec![] });
    world.deposit(6, 1_000_000_000_000, USD);
    let (mine, his) = (world.equity(6), world.equity(1));
    world.ok(&alice, buy_as(6, 1_000_000_000));
    assert!(world.equity(6) <= mine && world.equity(1) >= his - 1);
}

fn buy_as(buyer: u64, amount: u128) -> ExecuteMsg {
    ExecuteMsg::BuyCollateral {
        buyer,
        debtor: 1,
        debt_denom: USD.into(),
        collateral: coin(amount, BTC),
        max_pay: Uint128::MAX,
    }
}
