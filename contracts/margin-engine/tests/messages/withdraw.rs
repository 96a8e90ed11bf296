//! Withdraw and ClaimQueued.

use cosmwasm_std::{Addr, Event, coin};
use protocol_api::engine::*;
use protocol_api::oracle::Validity;

use crate::common::*;

#[test]
fn at_most_the_cash_held_and_to_whom_the_owner_says() {
    let mut world = World::funded();
    let (alice, mallory) = (world.alice.clone(), world.mallory.clone());
    let withdraw = |amount: u128, to: Option<String>| ExecuteMsg::Withdraw {
        account: 1,
        amounts: vec![coin(amount, USD)],
        to,
    };
    world.refused(&alice, withdraw(100_000_000_001, None), "E_ENGINE_CASH");
    world.refused(&alice, withdraw(0, None), "E_ENGINE_LIST");
    let twice = vec![coin(1, USD), coin(1, USD)];
    let msg = ExecuteMsg::Withdraw {
        account: 1,
        amounts: twice,
        to: None,
    };
    world.refused(&alice, msg, "E_ENGINE_LIST");
    let none = ExecuteMsg::Withdraw {
        account: 1,
        amounts: vec![],
        to: None,
    };
    world.refused(&alice, none, "E_ENGINE_LIST");
    let before = world.bank(&mallory, USD);
    world.ok(&alice, withdraw(100, Some(mallory.to_string())));
    assert_eq!(world.bank(&mallory, USD), before + 100);
    assert_eq!(world.ledger(USD).held.u128(), 200_000_000_000 - 100);
}

#[test]
fn several_coins_leave_at_once_or_not_at_all() {
    let mut world = World::funded();
    world.deposit(1, 50, BTC);
    let alice = world.alice.clone();
    let msg = |usd: u128, btc: u128| ExecuteMsg::Withdraw {
        account: 1,
        amounts: vec![coin(usd, USD), coin(btc, BTC)],
        to: None,
    };
    world.refused(&alice, msg(10, 51), "E_ENGINE_CASH");
    world.ok(&alice, msg(10, 50));
    assert_eq!(world.cash(1, BTC), 0);
}

#[test]
fn a_delegate_withdraws_to_the_owner_only_while_his_grant_lives() {
    let mut world = World::funded();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let delegate = DelegateId::Address {
        address: bob.to_string(),
    };
    let trade = Some(Grant {
        scopes: vec![Scope::Trade],
        expires_at: START + 60,
    });
    let both = vec![Scope::Trade, Scope::WithdrawToOwner];
    let full = Some(Grant {
        scopes: both,
        expires_at: START + 60,
    });
    let msg = |to: Option<String>| ExecuteMsg::Withdraw {
        account: 1,
        amounts: vec![coin(5, USD)],
        to,
    };
    world.ok(
        &alice,
        ExecuteMsg::SetDelegate {
            account: 1,
            delegate: delegate.clone(),
            grant: trade,
        },
    );
    world.refused(&bob, msg(None), "E_ENGINE_UNAUTHORIZED");
    world.ok(
        &alice,
        ExecuteMsg::SetDelegate {
            account: 1,
            delegate,
            grant: full,
        },
    );
    world.refused(&bob, msg(Some(bob.to_string())), "E_ENGINE_UNAUTHORIZED");
    let before = world.bank(&alice, USD);
    world.ok(&bob, msg(None));
    assert_eq!(world.bank(&alice, USD), before + 5);
    world.advance(60);
    world.refused(&bob, msg(None), "E_ENGINE_UNAUTHORIZED");
}

#[test]
fn inv_3_what_is_left_must_pass_the_initial_test() {
    let mut world = World::funded();
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    let surplus = world.health(1).initial_surplus.unwrap().i128();
    assert!(surplus > 0);
    let error = world.withdraw(1, (surplus + 1) as u128, USD).unwrap_err();
    assert!(
        error.contains("E_ENGINE_MARGIN: account 1 would miss 1 "),
        "{error}"
    );
    world.withdraw(1, surplus as u128, USD).unwrap();
    assert_eq!(world.health(1).initial_surplus.unwrap().i128(), 0);
}

#[test]
fn inv_3_a_covered_account_withdraws_down_to_the_bound_without_any_price() {
    let mut world = World::funded();
    // Alice is short a 100/120 call spread: at most 20,000 USD.
    world
        .trade(1, 2, &[(CALL, 100, 520), (FAR_CALL, -100, 100)])
        .unwrap();
    world.silence();
    let cash = world.cash(1, USD) as u128;
    let free = cash - 20_000_000_000;
    assert!(
        world
            .withdraw(1, free + 1, USD)
            .unwrap_err()
            .contains("E_ENGINE_NO_PRICE")
    );
    world.withdraw(1, free, USD).unwrap();
    assert!(world.health(1).covered);
    // And it settles from exactly what was left.
    world.advance(u64::from(DEC) * 60 + 60 - START);
    world.fix(DEC, 500_000);
    let mallory = world.mallory.clone();
    world.ok(
        &mallory,
        ExecuteMsg::SettleAccounts {
            accounts: vec![1, 2],
        },
    );
    assert_eq!(world.cash(1, USD), 0);
}

#[test]
fn the_oracles_level_decides_what_an_uncovered_account_may_take() {
    let mut world = World::funded();
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    for level in [Validity::Invalid, Validity::NoQuorum, Validity::Stale] {
        world.set_level(level);
        assert!(
            world
                .withdraw(1, 1, USD)
                .unwrap_err()
                .contains("E_ENGINE_NO_PRICE"),
            "{level:?}"
        );
    }
    let at_mid = world.health(1).initial_surplus.unwrap().i128() as u128;
    // Aging: the worse edge of the band, 90 USD higher, costs a short call something.
    world.set_level(Validity::Aging);
    assert!(
        world
            .withdraw(1, at_mid, USD)
            .unwrap_err()
            .contains("E_ENGINE_MARGIN")
    );
    // Jumped: the worse of spot and slow price; a slow price far above takes more.
    world.market.slow = 95_000;
    world.set_level(Validity::Jumped);
    assert!(
        world
            .withdraw(1, at_mid - 1_000_000_000, USD)
            .unwrap_err()
            .contains("E_ENGINE_MARGIN")
    );
    world.market.slow = 90_000;
    world.set_level(Validity::Valid);
    world.withdraw(1, at_mid, USD).unwrap();
}

#[test]
fn attack_risk_19_unrealised_gains_never_leave() {
    let mut world = World::funded();
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    let paid_in = world.cash(2, USD);
    // The index is pumped twenty times in ten minutes; the call is worth more than all deposits.
    world.advance(600);
    world.set_spot(1_800_000);
    assert!(world.health(2).equity.unwrap().i128() > 1_500_000_000_000);
    let error = world.withdraw(2, paid_in as u128 + 1, USD).unwrap_err();
    assert!(error.contains("E_ENGINE_CASH"), "{error}");
}

/// Alice owes 27,409 USD after a settlement; bob and carol's accounts have more cash than there is.
pub fn short_world() -> World {
    let mut world = World::new();
    world.deposit(1, 200_000_000, BTC);
    world.deposit(2, 10_000_000_000, USD);
    world.deposit(3, 10_000_000_000, USD);
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 130_000);
    let mallory = world.mallory.clone();
    world.ok(
        &mallory,
        ExecuteMsg::SettleAccounts {
            accounts: vec![1, 2, 3],
        },
    );
    assert_eq!(
        world.cash(1, USD),
        2_600_000_000 - 9_000_000 - 30_000_000_000
    );
    assert_eq!(
        world.cash(2, USD),
        10_000_000_000 - 2_600_000_000 - 27_000_000 + 30_000_000_000
    );
    world
}

/// While the queue lasts a claim is rounded down by at most a unit or two; in the end all is paid.
#[track_caller]
fn near(found: u128, expected: u128) {
    assert!(
        found <= expected && expected - found <= 2,
        "{found} instead of {expected}"
    );
}

#[test]
fn attack_risk_31_a_short_coin_pays_the_queue_pro_rata() {
    let mut world = short_world();
    let (bob, owner) = (world.bob.clone(), world.owner.clone());
    // 20,000 USD came in (less 36 of fees); 47,373 are owed to the two accounts.
    let simulated: SimulateWithdrawResponse = world.query(&QueryMsg::SimulateWithdraw {
        account: 2,
        amounts: vec![coin(30_000_000_000, USD)],
    });
    assert_eq!((simulated.error, simulated.paid), (None, vec![]));
    let before = (world.bank(&bob, USD), world.bank(&owner, USD));
    world.withdraw(2, 30_000_000_000, USD).unwrap();
    // The first in the queue gets what is there: it has come in.
    world.ok(
        &owner,
        ExecuteMsg::ClaimQueued {
            account: 2,
            denom: USD.into(),
            to: None,
        },
    );
    let first = world.bank(&bob, USD) - before.0;
    near(first, 20_000_000_000 - 36_000_000);
    world.withdraw(3, 10_000_000_000, USD).unwrap();
    let claim = |account| ExecuteMsg::ClaimQueued {
        account,
        denom: USD.into(),
        to: None,
    };
    world.refused(&owner, claim(3), "E_ENGINE_NOTHING_DUE");
    world.refused(&owner, claim(1), "E_ENGINE_NOTHING_DUE");
    // 10,036 and 10,000 wait; 2,003.6 USD come in: half and half but for the 36 USD.
    world.deposit(1, 2_003_600_000, USD);
    let mallory = world.mallory.clone();
    world.ok(&mallory, claim(2));
    world.ok(&mallory, claim(3));
    near(world.bank(&bob, USD) - before.0 - first, 1_003_600_000);
    near(world.bank(&owner, USD) - before.1, 1_000_000_000);
    let queue: QueueResponse = world.query(&QueryMsg::Queue {
        denom: USD.into(),
        account: Some(3),
        to: None,
    });
    near(9_000_000_000, queue.own_waiting.u128());
    // The rest of the debt is repaid: everybody has everything.
    let rest = world.cash(1, USD).unsigned_abs();
    world.deposit(1, rest, USD);
    world.ok(&mallory, claim(3));
    world.ok(&mallory, claim(2));
    assert_eq!(world.bank(&owner, USD) - before.1, 10_000_000_000);
    assert_eq!(world.bank(&bob, USD) - before.0, 30_000_000_000);
    assert_eq!(world.ledger(USD).reserved.u128(), 0);
    // From here on withdrawals are paid at once again.
    let left = world.cash(2, USD) as u128;
    world.withdraw(2, left, USD).unwrap();
    assert_eq!(world.cash(2, USD), 0);
}

#[test]
fn inv_4_a_debtor_withdraws_nothing() {
    let mut world = short_world();
    assert!(
        world
            .withdraw(1, 1, BTC)
            .unwrap_err()
            .contains("E_ENGINE_DEBTOR")
    );
    let rest = world.cash(1, USD).unsigned_abs();
    world.deposit(1, rest, USD);
    world.withdraw(1, 200_000_000, BTC).unwrap();
}

#[test]
fn a_coin_that_is_not_short_is_paid_while_another_queues() {
    let mut world = short_world();
    world.deposit(2, 5, BTC);
    world.withdraw(2, 30_000_000_000, USD).unwrap();
    let before = world.bank(&world.bob, BTC);
    world.withdraw(2, 5, BTC).unwrap();
    assert_eq!(world.bank(&world.bob, BTC), before + 5);
}

#[test]
fn the_engine_is_no_recipient() {
    let mut world = World::funded();
    let (alice, engine) = (world.alice.clone(), world.engine.to_string());
    let msg = ExecuteMsg::Withdraw {
        account: 1,
        amounts: vec![coin(1, USD)],
        to: Some(engine),
    };
    world.refused(&alice, msg, "E_ENGINE_RECIPIENT");
}

#[test]
fn the_strictest_of_several_feeds_decides_in_any_order() {
    for other in [0, 2] {
        let mut world = World::new();
        let owner = world.owner.clone();
        let listing = CoinListing {
            denom: "uother".into(),
            underlying: other,
            ..btc_coin()
        };
        world.ok(&owner, ExecuteMsg::AddCoin { listing });
        let key = protocol_api::record::market_record_key(other);
        world.raw(key.clone(), world.market.record());
        world.deposit(1, 100_000_000_000, USD);
        world.deposit(2, 100_000_000_000, USD);
        let alice = world.alice.clone();
        let crumb = vec![coin(1_000, "uother")];
        let mint = cw_multi_test::BankSudo::Mint {
            to_address: alice.to_string(),
            amount: crumb.clone(),
        };
        world.app.sudo(cw_multi_test::SudoMsg::Bank(mint)).unwrap();
        world
            .send(&alice, ExecuteMsg::Deposit { account: 1 }, &crumb)
            .unwrap();
        world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
        let at_mid = world.health(1).initial_surplus.unwrap();
        // The other feed only ages; BTC has jumped away from its slow price.
        let mut aging = world.market.clone();
        aging.level = Validity::Aging;
        world.raw(key, aging.record());
        world.market.slow = 95_000;
        world.set_level(Validity::Jumped);
        let most = at_mid.i128() as u128 - 1_000_000_000;
        let left = world.withdraw(1, most, USD).unwrap_err();
        assert!(left.contains("E_ENGINE_MARGIN"), "{other}: {left}");
    }
}

#[test]
fn what_a_stranger_deposits_never_hurts() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let other = CoinListing {
        denom: "uother".into(),
        underlying: 2,
        ..btc_coin()
    };
    world.ok(&owner, ExecuteMsg::AddCoin { listing: other });
    world.deposit(1, 100_000_000_000, USD);
    world.deposit(2, 100_000_000_000, USD);
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    let free = world.health(1).initial_surplus.unwrap().i128() as u128;
    // A crumb of a coin whose feed ages: its band is no business of a book in BTC.
    let mut aging = world.market.clone();
    aging.level = Validity::Aging;
    let key = protocol_api::record::market_record_key(2);
    world.raw(key, aging.record());
    let mallory = world.mallory.clone();
    let crumb = vec![coin(1_000, "uother")];
    let mint = cw_multi_test::BankSudo::Mint {
        to_address: mallory.to_string(),
        amount: crumb.clone(),
    };
    world.app.sudo(cw_multi_test::SudoMsg::Bank(mint)).unwrap();
    let gift = ExecuteMsg::Deposit { account: 1 };
    world.refused_with(&mallory, gift, &crumb, "E_ENGINE_GIFT");
    world.deposit(1, 1_000, "uother");
    let trade = world.fill(1, 2, &[(CALL, 1, 520)]);
    let simulated: SimulateFillsResponse =
        world.query(&QueryMsg::SimulateFills { fills: vec![trade] });
    assert_eq!(simulated.error, None, "openings go on");
    world.withdraw(1, free, USD).unwrap();
}

#[test]
fn attack_risk_31_what_waits_goes_to_whom_it_was_queued_for() {
    let mut world = short_world();
    let bob = world.bob.clone();
    let to = |name: &str| world.app.api().addr_make(name);
    let (cold, mallory) = (to("cold"), world.mallory.clone());
    let withdraw = |amount: u128, to: &Addr| ExecuteMsg::Withdraw {
        account: 2,
        amounts: vec![coin(amount, USD)],
        to: Some(to.to_string()),
    };
    let claim = |to: &Addr| ExecuteMsg::ClaimQueued {
        account: 2,
        denom: USD.into(),
        to: Some(to.to_string()),
    };
    let before = world.bank(&bob, USD);
    world.ok(&bob, withdraw(30_000_000_000, &bob));
    world.ok(&mallory, claim(&bob));
    // 19,964 USD are paid to bob, 10,036 wait; now 5,018 more to another address of his.
    near(world.bank(&bob, USD) - before, 19_964_000_000);
    let sent = world.ok(&bob, withdraw(5_018_000_000, &cold));
    let queued = Event::new("wasm-withdrawn").add_attribute("queued", "5018000000");
    sent.assert_event(&queued.add_attribute("to", &cold));
    let queue = |world: &World, to: Option<&Addr>| -> QueueResponse {
        world.query(&QueryMsg::Queue {
            denom: USD.into(),
            account: Some(2),
            to: to.map(Addr::to_string),
        })
    };
    // The owner's claim unless another is named.
    assert_eq!(queue(&world, None).own_waiting.u128(), 10_036_000_001);
    let cold_waits = queue(&world, Some(&cold)).own_waiting.u128();
    assert_eq!(cold_waits, 5_018_000_000);
    world.deposit(1, 3_000_000_000, USD);
    near(
        queue(&world, Some(&bob)).own_claimable.u128(),
        2_000_000_000,
    );
    near(
        queue(&world, Some(&cold)).own_claimable.u128(),
        1_000_000_000,
    );
    world.ok(&mallory, claim(&bob));
    world.ok(&mallory, claim(&cold));
    near(world.bank(&bob, USD) - before, 21_964_000_000);
    near(world.bank(&cold, USD), 1_000_000_000);
    let rest = world.cash(1, USD).unsigned_abs();
    world.deposit(1, rest, USD);
    world.ok(&mallory, claim(&bob));
    world.ok(&mallory, claim(&cold));
    assert_eq!(world.bank(&bob, USD) - before, 30_000_000_000);
    assert_eq!(world.bank(&cold, USD), 5_018_000_000);
    assert_eq!(world.ledger(USD).reserved.u128(), 0);
}

/// An account that many have a claim on (a backstop) queues for all of them: dust claims keep nobody out of it.
#[test]
fn attack_risk_31_one_account_queues_for_any_number_of_recipients() {
    let mut world = short_world();
    let (bob, mallory) = (world.bob.clone(), world.mallory.clone());
    let recipients: Vec<Addr> = (0..20)
        .map(|n| world.app.api().addr_make(&format!("r{n}")))
        .collect();
    let withdraw = |amount: u128, to: &Addr| ExecuteMsg::Withdraw {
        account: 2,
        amounts: vec![coin(amount, USD)],
        to: Some(to.to_string()),
    };
    world.ok(&bob, withdraw(25_000_000_000, &bob));
    for to in &recipients {
        world.ok(&bob, withdraw(1_000, to));
    }
    world.ok(&bob, withdraw(1_000, &recipients[3]));
    // The rest of the debt is repaid: each gets his own, and only when his claim is named.
    let rest = world.cash(1, USD).unsigned_abs();
    world.deposit(1, rest, USD);
    let claim = |to: &Addr| ExecuteMsg::ClaimQueued {
        account: 2,
        denom: USD.into(),
        to: Some(to.to_string()),
    };
    for (n, to) in recipients.iter().enumerate() {
        world.ok(&mallory, claim(to));
        let expected = if n == 3 { 2_000 } else { 1_000 };
        assert_eq!(world.bank(to, USD), expected, "recipient {n}");
        world.refused(&mallory, claim(to), "E_ENGINE_NOTHING_DUE");
    }
    world.refused(&bob, claim(&mallory), "E_ENGINE_NOTHING_DUE");
    let nobody = claim(&Addr::unchecked("nobody"));
    let before = world.dump();
    world.refused(&bob, nobody, "E_ENGINE_CHAIN");
    assert_eq!(world.dump(), before);
    world.ok(&mallory, claim(&bob));
    assert_eq!(world.ledger(USD).reserved.u128(), 0);
}

/// A wish that the message has no field for is refused, not passed over: this one would have been paid to the owner.
#[test]
fn a_misspelt_field_changes_nothing() {
    let mut world = World::new();
    world.deposit(1, 1_000_000, USD);
    let before = world.dump();
    let text = format!(
        r#"{{"withdraw":{{"account":1,"amounts":[{{"denom":"{USD}","amount":"5"}}],"too":"{}"}}}}"#,
        world.mallory
    );
    let msg = cosmwasm_std::WasmMsg::Execute {
        contract_addr: world.engine.to_string(),
        msg: cosmwasm_std::Binary::new(text.into_bytes()),
        funds: vec![],
    };
    let refused = cw_multi_test::Executor::execute(&mut world.app, world.alice.clone(), msg.into());
    let refused = format!("{:?}", refused.unwrap_err());
    assert!(refused.contains("near `too`: no such field"), "{refused}");
    assert_eq!(world.dump(), before);
}
