//! Who may send what: every message by every role, against the table that the gate reads.

use cosmwasm_schema::schema_for;
use protocol_api::access::Role;
use protocol_api::oracle::{ACCESS, ExecuteMsg};

use crate::world::{FEED, PRICE, QUORUM, START, World, minutes, policy, public, seconds, terms};

/// One message of each kind that the right sender could send now.
fn messages(world: &World) -> Vec<ExecuteMsg> {
    let report = world.report(PRICE).to_bytes().unwrap();
    let signatures = world.sign(&world.domain(), &report, &QUORUM);
    vec![
        ExecuteMsg::Publish {
            report: report.into(),
            signatures,
        },
        ExecuteMsg::Refresh { feed: FEED },
        ExecuteMsg::Fix {
            feed: FEED,
            expiry: seconds(minutes(1)),
        },
        ExecuteMsg::AddFeed {
            feed: 2,
            terms: terms(60, 30),
            policy: policy(),
        },
        ExecuteMsg::SetPolicy {
            feed: FEED,
            policy: policy(),
            effective_at: START,
        },
        ExecuteMsg::RotateSigners {
            signers: world.keys.iter().map(public).collect(),
            threshold: 5,
            overlap_seconds: 60,
        },
        ExecuteMsg::SetGuardian {
            guardian: Some(world.guardian.to_string()),
        },
        ExecuteMsg::Quarantine {
            feed: FEED,
            seconds: 60,
        },
        ExecuteMsg::LiftQuarantine { feed: FEED },
        ExecuteMsg::ProposeOwner {
            owner: world.stranger.to_string(),
            expires_at: START + 3_600,
        },
        ExecuteMsg::CancelOwnerProposal {},
        ExecuteMsg::AcceptOwner {},
    ]
}

const REFUSALS: [&str; 3] = [
    "E_OWNER_ONLY",
    "E_ORACLE_UNAUTHORIZED",
    "E_OWNER_PENDING_ONLY",
];

#[test]
fn every_message_has_one_row_and_every_row_a_message() {
    let world = World::new();
    let mut named: Vec<&str> = messages(&world).iter().map(ExecuteMsg::name).collect();
    let mut rows: Vec<&str> = ACCESS.iter().map(|(name, _)| *name).collect();
    // The schema knows every variant, whatever the list above forgot.
    let schema = serde_json::to_value(schema_for!(ExecuteMsg)).unwrap();
    let variants = schema["oneOf"].as_array().unwrap();
    let mut wire: Vec<String> = variants
        .iter()
        .map(|variant| variant["required"][0].as_str().unwrap().to_owned())
        .collect();
    named.sort_unstable();
    rows.sort_unstable();
    wire.sort_unstable();
    assert_eq!(named, rows);
    assert_eq!(wire, rows);
}

#[test]
fn attack_options_3_each_role_may_send_exactly_what_the_table_says() {
    let world = World::new();
    let senders = [
        (world.owner.clone(), Role::Owner),
        (world.guardian.clone(), Role::Guardian),
        (world.stranger.clone(), Role::PendingOwner),
        (world.app.api().addr_make("anybody"), Role::Anyone),
    ];
    for (index, (message, role)) in ACCESS.iter().enumerate() {
        for (sender, own) in &senders {
            // Afresh each time, with an offer to the stranger standing.
            let mut world = World::new();
            let owner = world.owner.clone();
            let offer = ExecuteMsg::ProposeOwner {
                owner: world.stranger.to_string(),
                expires_at: START + 3_600,
            };
            world.execute(&owner, &offer).unwrap();
            let msg = messages(&world).swap_remove(index);
            assert_eq!(msg.name(), *message);
            let outcome = world.execute(sender, &msg);
            let turned_away = outcome.is_err_and(|code| REFUSALS.contains(&code.as_str()));
            let open = matches!(role, Role::Anyone | Role::Quorum);
            assert_eq!(turned_away, !open && role != own, "{message} by {own:?}");
        }
    }
}
