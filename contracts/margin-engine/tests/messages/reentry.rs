//! Re-entry: an owner that is a contract acts again before the chain is done with what he asked first.
//!
//! The engine sends coins and nothing else; no chain runs code of who receives them. What is left to a contract are the replies
//! to its own messages: whatever it does in them, it must be as if it had sent one message after another.

#[path = "../../../liquidation/tests/messages/relay.rs"]
mod relay;

use cosmwasm_std::{Addr, CosmosMsg, Empty, WasmMsg, coin, to_json_binary};
use cw_multi_test::{AppResponse, Executor};
use protocol_api::engine::*;

use crate::common::*;

/// The relay owns account 4 with 20,000 USD and is a venue that accounts 2 and 4 admit.
fn relayed() -> (World, Addr) {
    let mut world = World::funded();
    let (owner, bob) = (world.owner.clone(), world.bob.clone());
    let code = world.app.store_code(relay::contract());
    let relay = world
        .app
        .instantiate_contract(code, owner.clone(), &Empty {}, &[], "relay", None)
        .unwrap();
    let venue = relay.to_string();
    let authorise = ExecuteMsg::SetVenue {
        venue: venue.clone(),
        authorized: true,
    };
    world.ok(&owner, authorise);
    let create = ExecuteMsg::CreateAccount {
        venues: vec![venue.clone()],
    };
    world.ok(&relay, create);
    let admit = ExecuteMsg::AdmitVenue {
        account: 2,
        venue,
        admitted: true,
    };
    world.ok(&bob, admit);
    world.deposit(4, 20_000_000_000, USD);
    (world, relay)
}

fn nested(world: &mut World, relay: &Addr, messages: &[ExecuteMsg]) -> Vec<bool> {
    let to_engine = |msg: &ExecuteMsg| -> CosmosMsg {
        let (contract_addr, msg) = (world.engine.to_string(), to_json_binary(msg).unwrap());
        let funds = vec![];
        WasmMsg::Execute {
            contract_addr,
            msg,
            funds,
        }
        .into()
    };
    let all: Vec<CosmosMsg> = messages.iter().map(to_engine).collect();
    let sender = world.mallory.clone();
    let done = world
        .app
        .execute_contract(sender, relay.clone(), &all, &[])
        .unwrap();
    only_these_ran(&done, &[relay, &world.engine]);
    world.audit();
    let storage = world.app.contract_storage(relay);
    let passed = storage.get(relay::PASSED).unwrap();
    passed.into_iter().map(|passed| passed == 1).collect()
}

/// No other contract was given control.
fn only_these_ran(done: &AppResponse, known: &[&Addr]) {
    let mut ran = 0;
    for event in &done.events {
        for attribute in &event.attributes {
            if attribute.key == "_contract_address" {
                assert!(known.iter().any(|of| attribute.value == of.as_str()));
                ran += 1;
            }
        }
    }
    assert!(ran > 0);
}

/// Runs the messages nested and one by one: both pass, refuse, store and pay the same.
fn runs_alike(messages: impl Fn(&World) -> Vec<ExecuteMsg>) -> (Vec<bool>, World, Addr) {
    let (mut world, relay) = relayed();
    let all = messages(&world);
    let passed = nested(&mut world, &relay, &all);
    let (mut apart, same) = relayed();
    assert_eq!(same, relay);
    let alone: Vec<bool> = all
        .into_iter()
        .map(|msg| apart.send(&relay, msg, &[]).is_ok())
        .collect();
    assert_eq!(passed, alone);
    assert_eq!(world.dump(), apart.dump());
    assert_eq!(world.bank(&relay, USD), apart.bank(&relay, USD));
    (passed, world, relay)
}

fn withdraw(amount: u128) -> ExecuteMsg {
    ExecuteMsg::Withdraw {
        account: 4,
        amounts: vec![coin(amount, USD)],
        to: None,
    }
}

#[test]
fn attack_risk_39_and_options_37_who_withdraws_again_from_the_reply_is_paid_once() {
    let twice = |_: &World| {
        let half = withdraw(10_000_000_000);
        vec![
            withdraw(20_000_000_001),
            half.clone(),
            half.clone(),
            half,
            withdraw(1),
        ]
    };
    let (passed, world, relay) = runs_alike(twice);
    assert_eq!(passed, [false, true, true, false, false]);
    assert_eq!(world.bank(&relay, USD), 20_000_000_000);
    assert_eq!(world.cash(4, USD), 0);
}

/// The premium of a sale is cash at once, and its risk is, too.
#[test]
fn attack_risk_39_and_options_37_a_venue_that_withdraws_from_the_reply_to_its_fill_meets_the_margin_test()
 {
    let sale = |world: &World| {
        let fills = vec![world.fill(2, 4, &[(CALL, -100, 520)])];
        vec![
            ExecuteMsg::SettleFills {
                fills: fills.clone(),
            },
            withdraw(20_000_000_000),
            ExecuteMsg::SettleFills { fills },
            withdraw(1_000_000_000),
        ]
    };
    let (passed, world, relay) = runs_alike(sale);
    assert_eq!(passed, [true, false, false, true]);
    assert_eq!(world.quantity(4, CALL), -100);
    assert_eq!(world.bank(&relay, USD), 1_000_000_000);
}
