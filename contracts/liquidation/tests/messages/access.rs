//! Every message against every role.

use cosmwasm_std::Uint128;
use protocol_api::access::{Role, role};
use protocol_api::liquidation::*;

use crate::world::{World, liquidate, terms};

fn messages(world: &World) -> Vec<ExecuteMsg> {
    vec![
        liquidate(None),
        ExecuteMsg::PlaceBid {
            account: 3,
            reward: 0,
            budget: Uint128::new(5_000),
        },
        ExecuteMsg::WithdrawBid {
            account: 3,
            reward: 0,
        },
        ExecuteMsg::DepositBackstop { group: 5 },
        ExecuteMsg::WithdrawBackstop {
            group: 5,
            shares: Uint128::new(1),
        },
        ExecuteMsg::TakeBackstop {
            group: 5,
            account: 1,
            keeper: None,
        },
        ExecuteMsg::Nominate {
            account: 1,
            candidates: vec![3],
        },
        ExecuteMsg::Deleverage { account: 1 },
        ExecuteMsg::CreateBackstop {
            group: 5,
            markets: vec!["BTC_USDC".into()],
        },
        ExecuteMsg::SetTerms {
            terms: terms(),
            effective_at: world.now(),
        },
        ExecuteMsg::ProposeOwner {
            owner: world.address("next").to_string(),
            expires_at: world.now() + 100,
        },
        ExecuteMsg::CancelOwnerProposal {},
        ExecuteMsg::AcceptOwner {},
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

/// Whether the answer is about who sent it.
fn is_about_sender(error: &str) -> bool {
    let codes = [
        "E_OWNER_ONLY",
        "E_OWNER_PENDING_ONLY",
        "E_LIQUIDATION_UNAUTHORIZED",
        "E_ENGINE_CONSENT",
    ];
    codes.iter().any(|code| error.contains(code))
}

const OWNER: [Role; 3] = [
    Role::AccountDelegate,
    Role::AccountDelegateOrDebtor,
    Role::Anyone,
];

#[test]
fn attack_options_3_messages_are_refused_to_everybody_else() {
    for (index, (name, _)) in ACCESS.iter().enumerate() {
        let wanted = role(ACCESS, name).unwrap();
        let parties: [(&str, &[Role]); 3] = [
            ("owner", &[Role::Owner, Role::Anyone]),
            ("owner of 3", &OWNER),
            ("stranger", &[Role::Anyone]),
        ];
        for (party, roles) in parties {
            let mut world = World::new();
            let owner = world.owner.clone();
            let offer = messages(&world).remove(10);
            world.send(&owner, &offer).unwrap();
            let sender = world.address(party);
            let msg = messages(&world).remove(index);
            let refused = match world.send(&sender, &msg) {
                Ok(_) => false,
                Err(error) => is_about_sender(&error),
            };
            assert_eq!(!refused, roles.contains(&wanted), "{party} sends {name}");
        }
    }
}
