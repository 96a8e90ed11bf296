//! Deposit.

use cosmwasm_std::{Uint128, coin};
use cw_multi_test::Executor;
use protocol_api::engine::*;

use crate::common::*;

#[test]
fn exactly_what_is_attached_is_credited() {
    let mut world = World::new();
    let (mallory, owner) = (world.mallory.clone(), world.owner_of(1));
    let deposit = ExecuteMsg::Deposit { account: 1 };
    // Funds travel sorted by denomination.
    let both = [coin(5, BTC), coin(7, USD)];
    world.refused_with(&mallory, deposit.clone(), &both, "E_ENGINE_GIFT");
    world.send(&owner, deposit.clone(), &both).unwrap();
    assert_eq!((world.cash(1, USD), world.cash(1, BTC)), (7, 5));
    assert_eq!(
        (world.ledger(USD).held.u128(), world.ledger(BTC).held.u128()),
        (7, 5)
    );
    world.refused(&mallory, deposit, "E_FUNDS_MISSING");
    let unknown = ExecuteMsg::Deposit { account: 77 };
    world.refused_with(&mallory, unknown, &[coin(1, USD)], "E_ENGINE_NO_ACCOUNT");
}

#[test]
fn unknown_coins_are_refused() {
    let mut world = World::bare();
    let alice = world.alice.clone();
    world.ok(&alice, ExecuteMsg::CreateAccount { venues: vec![] });
    let deposit = ExecuteMsg::Deposit { account: 1 };
    world.refused_with(&alice, deposit, &[coin(1, BTC)], "E_ENGINE_UNKNOWN");
}

#[test]
fn attack_risk_22_a_cap_stops_deposits_and_never_changes_value() {
    let mut world = World::new();
    let owner = world.owner.clone();
    world.deposit(1, 100_000_000, BTC);
    let before = world.health(1);
    let terms = CoinTerms {
        cap: Uint128::new(50),
        ..coin_terms()
    };
    let set = ExecuteMsg::SetCoinTerms {
        denom: BTC.into(),
        terms,
        effective_at: START,
    };
    world.ok(&owner, set);
    assert_eq!(world.health(1), before);
    let deposit = ExecuteMsg::Deposit { account: 1 };
    world.refused_with(&owner.clone(), deposit.clone(), &[], "E_FUNDS_MISSING");
    let alice = world.alice.clone();
    world.refused_with(&alice, deposit, &[coin(1, BTC)], "E_ENGINE_DEPOSIT_CAP");
    world.withdraw(1, 100_000_000, BTC).unwrap();
}

#[test]
fn attack_risk_22_a_hostile_listing_finds_no_cap_for_a_week() {
    const WEEK: u64 = 604_800;
    let mut world = World::ramped(WEEK);
    let (owner, alice) = (world.owner.clone(), world.alice.clone());
    let listing = btc_coin();
    let cap = listing.terms.cap.u128();
    world.ok(&owner, ExecuteMsg::AddCoin { listing });
    world.ok(&alice, ExecuteMsg::CreateAccount { venues: vec![] });
    let deposit = ExecuteMsg::Deposit { account: 1 };
    let too_much = |world: &mut World, amount: u128| {
        let sent = [coin(amount, BTC)];
        world.refused_with(&alice, deposit.clone(), &sent, "E_ENGINE_DEPOSIT_CAP");
    };
    let accepted = |world: &World| {
        let coins: CoinsResponse = world.query(&QueryMsg::Coins {});
        (
            coins.coins[0].accepted.u128(),
            coins.coins[1].accepted.u128(),
        )
    };
    let dollars = world.ledger(USD);
    assert_eq!(dollars.held.u128(), 0);
    assert_eq!(accepted(&world), (1_000_000_000_000_000, 0));
    too_much(&mut world, 1);
    world.advance(WEEK);
    too_much(&mut world, 1);
    // Half way up half of it comes in, and not a unit more.
    world.advance(WEEK / 2);
    assert_eq!(accepted(&world).1, cap / 2);
    too_much(&mut world, cap / 2 + 1);
    world.deposit(1, cap / 2, BTC);
    // A higher cap keeps what has been reached and waits again; a lower one counts at once.
    let set = |cap: u128, effective_at: u64| ExecuteMsg::SetCoinTerms {
        denom: BTC.into(),
        terms: CoinTerms {
            cap: Uint128::new(cap),
            ..coin_terms()
        },
        effective_at,
    };
    let now = world.now();
    world.ok(&owner, set(cap * 3, now));
    world.advance(WEEK);
    assert_eq!(accepted(&world).1, cap / 2);
    too_much(&mut world, 1);
    world.advance(WEEK);
    assert_eq!(accepted(&world).1, cap * 3);
    let now = world.now();
    world.ok(&owner, set(10, now));
    assert_eq!(accepted(&world).1, 10);
    world.withdraw(1, cap / 2, BTC).unwrap();
}

#[test]
fn attack_options_12_a_donation_changes_nothing() {
    let mut world = World::funded();
    let (engine, alice) = (world.engine.clone(), world.alice.clone());
    let (ledger, health) = (world.ledger(USD), world.health(1));
    world
        .app
        .send_tokens(alice, engine, &[coin(1_000_000_000_000, USD)])
        .unwrap();
    let after = world.ledger(USD);
    assert_eq!(after.bank.u128(), ledger.bank.u128() + 1_000_000_000_000);
    assert_eq!(
        LedgerCoin {
            bank: ledger.bank,
            ..after
        },
        ledger
    );
    assert_eq!(world.health(1), health);
    // The cap counts what was deposited, not what was donated.
    world.deposit(1, 100_000_000, BTC);
    let terms = CoinTerms {
        cap: world.ledger(BTC).held + Uint128::one(),
        ..coin_terms()
    };
    let set = ExecuteMsg::SetCoinTerms {
        denom: BTC.into(),
        terms,
        effective_at: START,
    };
    let (owner, alice, engine) = (
        world.owner.clone(),
        world.alice.clone(),
        world.engine.clone(),
    );
    world.ok(&owner, set);
    let gift = [coin(1_000, BTC)];
    world.app.send_tokens(alice.clone(), engine, &gift).unwrap();
    world.deposit(1, 1, BTC);
    let deposit = ExecuteMsg::Deposit { account: 1 };
    let over = [coin(1, BTC)];
    world.refused_with(&alice, deposit, &over, "E_ENGINE_DEPOSIT_CAP");
}

#[test]
fn attack_risk_32_a_pause_stops_new_money_but_no_repayment() {
    let mut world = World::new();
    world.deposit(1, 200_000_000, BTC);
    world.deposit(2, 100_000_000_000, USD);
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 130_000);
    let (guardian, alice) = (world.guardian.clone(), world.alice.clone());
    world.ok(
        &alice,
        ExecuteMsg::SettleAccounts {
            accounts: vec![1, 2],
        },
    );
    assert!(world.cash(1, USD) < 0);
    let pause = ExecuteMsg::Pause {
        actions: vec![PauseAction::Deposit],
        seconds: 600,
    };
    world.ok(&guardian, pause);
    let refused = ExecuteMsg::Deposit { account: 2 };
    world.refused_with(&alice, refused, &[coin(1, USD)], "E_PAUSED");
    world.refused(
        &alice,
        ExecuteMsg::CreateAccount { venues: vec![] },
        "E_PAUSED",
    );
    world.deposit(1, 50_000_000_000, USD);
    assert!(world.cash(1, USD) > 0);
    assert_eq!(world.ledger(USD).debt.u128(), 0);
    world.withdraw(1, 1, USD).unwrap();
}

#[test]
fn a_cap_never_stops_a_repayment() {
    let mut world = World::new();
    let owner = world.owner.clone();
    world.deposit(1, 200_000_000, BTC);
    world.deposit(2, 1_000_000, BTC);
    // Paid on credit: a call bought in coin by account 2 leaves it owing coins.
    world.deposit(2, 100_000_000_000, USD);
    world.trade(1, 2, &[(COIN_CALL, 100, 100)]).unwrap();
    let debt = world.cash(2, BTC).unsigned_abs();
    assert!(world.cash(2, BTC) < 0);
    let terms = CoinTerms {
        cap: Uint128::new(50),
        ..coin_terms()
    };
    let set = ExecuteMsg::SetCoinTerms {
        denom: BTC.into(),
        terms,
        effective_at: START,
    };
    world.ok(&owner, set);
    let alice = world.alice.clone();
    let deposit = ExecuteMsg::Deposit { account: 2 };
    let over = [coin(debt + 1, BTC)];
    world.refused_with(&alice, deposit, &over, "E_ENGINE_DEPOSIT_CAP");
    world.deposit(2, debt, BTC);
    assert_eq!(world.cash(2, BTC), 0);
}
