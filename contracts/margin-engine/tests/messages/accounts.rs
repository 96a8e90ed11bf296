//! CreateAccount, OfferAccount, AcceptAccount, SetDelegate, AdmitVenue.

use cosmwasm_std::{Binary, coin, from_json};
use protocol_api::engine::*;
use protocol_api::governance::Offer;

use crate::common::*;

fn offer(account: u64, to: &str, expires_at: u64) -> ExecuteMsg {
    let to = to.to_owned();
    ExecuteMsg::OfferAccount {
        account,
        offer: Some(Offer { to, expires_at }),
    }
}

#[test]
fn accounts_are_numbered_owned_and_listed_by_owner() {
    let mut world = World::new();
    let mallory = world.mallory.clone();
    for expected in [4_u64, 5] {
        let created = world
            .send(
                &mallory,
                ExecuteMsg::CreateAccount { venues: vec![] },
                &[coin(7, USD)],
            )
            .unwrap();
        let number: u64 = from_json(created.data.unwrap()).unwrap();
        assert_eq!(number, expected);
        assert_eq!(world.cash(number, USD), 7);
    }
    let owned: AccountsResponse = world.query(&QueryMsg::AccountsByOwner {
        owner: mallory.to_string(),
        start_after: Some(4),
        limit: None,
    });
    assert_eq!(
        owned.accounts.iter().map(|a| a.account).collect::<Vec<_>>(),
        [5]
    );
    let all: AccountsResponse = world.query(&QueryMsg::Accounts {
        start_after: None,
        limit: Some(3),
    });
    assert_eq!(
        all.accounts.iter().map(|a| a.account).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    let twice = vec![world.venue.to_string(), world.venue.to_string()];
    world.refused(
        &mallory,
        ExecuteMsg::CreateAccount { venues: twice },
        "E_ENGINE_LIST",
    );
}

#[test]
fn nobody_takes_over_less_than_he_looked_at() {
    let mut world = World::funded();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    world.ok(&alice, offer(1, bob.as_ref(), START + 600));
    let seen = |world: &World| world.state_of(1).fingerprint;
    let accept = |fingerprint| ExecuteMsg::AcceptAccount {
        account: 1,
        fingerprint: Some(fingerprint),
    };
    let full = seen(&world);
    world.withdraw(1, 1_000_000, USD).unwrap();
    world.refused(&bob, accept(full), "E_ENGINE_FINGERPRINT");
    let left = seen(&world);
    world.ok(&bob, accept(left));
    assert_eq!(world.owner_of(1), bob);
}

#[test]
fn attack_risk_37_an_account_changes_hands_in_two_steps() {
    let mut world = World::funded();
    let (alice, bob, mallory) = (
        world.alice.clone(),
        world.bob.clone(),
        world.mallory.clone(),
    );
    let to = bob.to_string();
    world.refused(&alice, offer(1, &to, START), "E_ENGINE_TIME");
    world.refused(&alice, offer(1, &to, START + 31 * 86_400), "E_ENGINE_TIME");
    world.refused(&mallory, offer(1, &to, START + 60), "E_ENGINE_UNAUTHORIZED");
    world.refused(
        &bob,
        ExecuteMsg::AcceptAccount {
            account: 1,
            fingerprint: None,
        },
        "E_ENGINE_NO_OFFER",
    );
    world.ok(&alice, offer(1, &to, START + 60));
    world.refused(
        &mallory,
        ExecuteMsg::AcceptAccount {
            account: 1,
            fingerprint: None,
        },
        "E_ENGINE_NO_OFFER",
    );
    world.advance(60);
    world.refused(
        &bob,
        ExecuteMsg::AcceptAccount {
            account: 1,
            fingerprint: None,
        },
        "E_ENGINE_NO_OFFER",
    );

    let grant = Some(Grant {
        scopes: vec![Scope::Trade],
        expires_at: START + 9_999,
    });
    let delegate = DelegateId::Address {
        address: mallory.to_string(),
    };
    world.ok(
        &alice,
        ExecuteMsg::SetDelegate {
            account: 1,
            delegate,
            grant,
        },
    );
    world.ok(&alice, offer(1, &to, START + 600));
    world.ok(
        &alice,
        ExecuteMsg::OfferAccount {
            account: 1,
            offer: None,
        },
    );
    world.refused(
        &bob,
        ExecuteMsg::AcceptAccount {
            account: 1,
            fingerprint: None,
        },
        "E_ENGINE_NO_OFFER",
    );
    world.ok(&alice, offer(1, &to, START + 600));
    world.ok(
        &bob,
        ExecuteMsg::AcceptAccount {
            account: 1,
            fingerprint: None,
        },
    );
    // The old owner's delegates and venues are gone, and so is he.
    let now: DelegatesResponse = world.query(&QueryMsg::Delegates { account: 1 });
    assert_eq!(
        now,
        DelegatesResponse {
            owner: to.clone(),
            delegates: vec![],
            venues: vec![]
        }
    );
    let withdraw = ExecuteMsg::Withdraw {
        account: 1,
        amounts: vec![coin(1, USD)],
        to: None,
    };
    world.refused(&alice, withdraw.clone(), "E_ENGINE_UNAUTHORIZED");
    world.ok(&bob, withdraw);
    let owned = |world: &World, owner: &str| -> Vec<u64> {
        let query = QueryMsg::AccountsByOwner {
            owner: owner.into(),
            start_after: None,
            limit: None,
        };
        let found: AccountsResponse = world.query(&query);
        found
            .accounts
            .iter()
            .map(|account| account.account)
            .collect()
    };
    assert_eq!(owned(&world, &to), [1, 2]);
    assert_eq!(owned(&world, alice.as_str()), [0_u64; 0]);
}

#[test]
fn delegates_are_scoped_bounded_and_expire() {
    let mut world = World::funded();
    let alice = world.alice.clone();
    let set = |byte: u8, scopes: Vec<Scope>, expires_at: u64| ExecuteMsg::SetDelegate {
        account: 1,
        delegate: DelegateId::Key {
            public_key: Binary::from([[2].as_slice(), &[byte; 32]].concat()),
        },
        grant: Some(Grant { scopes, expires_at }),
    };
    world.refused(&alice, set(0, vec![], START + 60), "E_ENGINE_LIST");
    world.refused(
        &alice,
        set(0, vec![Scope::Trade, Scope::Trade], START + 60),
        "E_ENGINE_LIST",
    );
    world.refused(&alice, set(0, vec![Scope::Trade], START), "E_ENGINE_TIME");
    let bad_key = ExecuteMsg::SetDelegate {
        account: 1,
        delegate: DelegateId::Key {
            public_key: Binary::from([4_u8; 33]),
        },
        grant: None,
    };
    world.refused(&alice, bad_key, "E_ENGINE_RANGE");
    for byte in 0..16 {
        world.ok(&alice, set(byte, vec![Scope::Trade], START + 60));
    }
    world.refused(
        &alice,
        set(99, vec![Scope::Trade], START + 60),
        "E_ENGINE_LIST",
    );
    // The same key again replaces its grant; lapsed grants make room.
    world.ok(
        &alice,
        set(3, vec![Scope::Trade, Scope::WithdrawToOwner], START + 120),
    );
    world.advance(60);
    world.ok(&alice, set(99, vec![Scope::Trade], START + 999));
    let now: DelegatesResponse = world.query(&QueryMsg::Delegates { account: 1 });
    assert_eq!(now.delegates.len(), 2);
    let asked = |world: &World, byte: u8, scope: Scope| -> bool {
        let public_key = Binary::from([[2].as_slice(), &[byte; 32]].concat());
        let query = QueryMsg::Authorized {
            account: 1,
            consent: Consent::Key { public_key },
            scope,
        };
        world.query::<AuthorizedResponse>(&query).authorized
    };
    assert!(asked(&world, 3, Scope::WithdrawToOwner));
    assert!(!asked(&world, 99, Scope::WithdrawToOwner));
    assert!(!asked(&world, 0, Scope::Trade));
}

#[test]
fn venues_are_admitted_and_barred() {
    let mut world = World::funded();
    let alice = world.alice.clone();
    let venue = world.venue.to_string();
    let admit = |admitted| ExecuteMsg::AdmitVenue {
        account: 1,
        venue: venue.clone(),
        admitted,
    };
    world.ok(&alice, admit(false));
    world.trade_refused(1, 2, &[(CALL, 1, 500)], "E_ENGINE_VENUE");
    world.ok(&alice, admit(true));
    world.ok(&alice, admit(true));
    world.trade(1, 2, &[(CALL, 1, 500)]).unwrap();
    let now: DelegatesResponse = world.query(&QueryMsg::Delegates { account: 1 });
    assert_eq!(now.venues, [venue]);
}
