//! Every message against every role, as the table says.

mod common;

use common::*;
use cosmwasm_std::{Addr, Api};
use protocol_api::access::Role;
use protocol_api::exchange::*;

fn messages(world: &World) -> Vec<ExecuteMsg> {
    let quote = world.signed(world.quote(1, 5, 500));
    vec![
        ExecuteMsg::TakeQuotes(world.order(vec![quote], 1, 1_000)),
        ExecuteMsg::CancelQuotes {
            account: TAKER,
            from: 0u64.into(),
            to: 1u64.into(),
        },
        ExecuteMsg::PruneQuotes {
            account: MAKER,
            nonces: vec![1u64.into()],
        },
    ]
}

#[test]
fn every_message_has_a_row_and_every_row_a_message() {
    let names: Vec<&str> = messages(&World::new())
        .iter()
        .map(ExecuteMsg::name)
        .collect();
    let rows: Vec<&str> = ACCESS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, rows);
}

/// All messages are for the taker's account.
fn parties(world: &World) -> [(&'static str, Addr, &'static [Role]); 6] {
    const NOBODY: &[Role] = &[Role::Anyone];
    const FOR_THE_ACCOUNT: &[Role] = &[Role::AccountDelegate, Role::Anyone];
    let stranger = world.app.api().addr_make("stranger");
    [
        ("owner", world.owner_of(TAKER), FOR_THE_ACCOUNT),
        ("delegate", world.delegate_of(TAKER), FOR_THE_ACCOUNT),
        ("owner of another account", world.owner_of(MAKER), NOBODY),
        ("engine", world.engine.clone(), NOBODY),
        ("admin", world.admin.clone(), NOBODY),
        ("stranger", stranger, NOBODY),
    ]
}

#[test]
fn attack_options_3_messages_are_refused_to_everybody_else() {
    for (index, (name, wanted)) in ACCESS.iter().enumerate() {
        for (party, sender, roles) in parties(&World::new()) {
            let mut world = World::new();
            let msg = messages(&world).remove(index);
            assert_eq!(msg.name(), *name);
            if roles.contains(wanted) {
                let sent = world.send(&sender, &msg);
                assert!(sent.is_ok(), "{party} sends {name}: {sent:?}");
            } else {
                let code = match msg {
                    // The exchange names the sender, the engine judges.
                    ExecuteMsg::TakeQuotes(_) => "E_ENGINE_CONSENT",
                    _ => "E_EXCHANGE_UNAUTHORIZED",
                };
                world.refuses(&sender, &msg, code);
            }
        }
    }
}

/// Who signed a quote is no reason to take one for the signer's account.
#[test]
fn a_maker_key_takes_nothing() {
    let mut world = World::new();
    let quote = world.quote(1, 5, 500);
    let (signature, maker) = adr036(&world, &key(9), &world.text(&quote));
    let order = world.order(vec![SignedQuote { quote, signature }], 1, 1_000);
    assert!(world.app.api().addr_canonicalize(maker.as_str()).is_ok());
    world.refuses(&maker, &ExecuteMsg::TakeQuotes(order), "E_ENGINE_CONSENT");
}
