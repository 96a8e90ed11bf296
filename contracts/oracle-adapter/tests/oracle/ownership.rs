//! `ProposeOwner`, `CancelOwnerProposal`, `AcceptOwner`, and migration.

use cosmwasm_std::Uint64;
use cw_multi_test::Executor;
use protocol_api::oracle::{ConfigResponse, ExecuteMsg, MigrateMsg, QueryMsg};

use crate::world::{START, World, code, seconds};

fn offer(world: &World, expires_at: u64) -> ExecuteMsg {
    let owner = world.stranger.to_string();
    ExecuteMsg::ProposeOwner {
        owner,
        expires_at: Uint64::new(expires_at),
    }
}

#[test]
fn ownership_moves_when_the_new_owner_accepts() {
    let mut world = World::new();
    let (owner, heir) = (world.owner.clone(), world.stranger.clone());
    world.execute(&owner, &offer(&world, START + 100)).unwrap();
    let config: ConfigResponse = world.query(&QueryMsg::Config {}).unwrap();
    assert_eq!(config.owner, owner.to_string());
    assert_eq!(config.proposed_owner, Some(heir.to_string()));
    assert_eq!(config.offer_expires_at, Some(seconds(START + 100)));
    world.execute(&heir, &ExecuteMsg::AcceptOwner {}).unwrap();
    let config: ConfigResponse = world.query(&QueryMsg::Config {}).unwrap();
    assert_eq!(
        (config.owner, config.proposed_owner),
        (heir.to_string(), None)
    );
    let late = world
        .execute(&owner, &offer(&world, START + 100))
        .unwrap_err();
    assert_eq!(late, "E_OWNER_ONLY");
}

#[test]
fn attack_risk_37_offers_expire_are_cancelled_and_are_for_one_address() {
    let mut world = World::new();
    let (owner, heir, guardian) = (
        world.owner.clone(),
        world.stranger.clone(),
        world.guardian.clone(),
    );
    let accept = ExecuteMsg::AcceptOwner {};
    assert_eq!(
        world.execute(&heir, &accept).unwrap_err(),
        "E_OWNER_NO_OFFER"
    );
    world.execute(&owner, &offer(&world, START + 100)).unwrap();
    assert_eq!(
        world.execute(&guardian, &accept).unwrap_err(),
        "E_OWNER_PENDING_ONLY"
    );
    world.set_time(START + 100);
    assert_eq!(
        world.execute(&heir, &accept).unwrap_err(),
        "E_OWNER_OFFER_EXPIRED"
    );
    world.execute(&owner, &offer(&world, START + 200)).unwrap();
    world
        .execute(&owner, &ExecuteMsg::CancelOwnerProposal {})
        .unwrap();
    assert_eq!(
        world.execute(&heir, &accept).unwrap_err(),
        "E_OWNER_NO_OFFER"
    );
    let forever = offer(&world, u64::MAX);
    assert_eq!(
        world.execute(&owner, &forever).unwrap_err(),
        "E_OWNER_OFFER_TIME"
    );
}

#[test]
fn attack_risk_38_the_same_version_cannot_migrate_onto_itself() {
    let mut world = World::new();
    let (admin, adapter, code_id) = (world.owner.clone(), world.adapter.clone(), world.code);
    let done = world
        .app
        .migrate_contract(admin, adapter, &MigrateMsg {}, code_id);
    assert_eq!(code(&done.unwrap_err()), "E_MIGRATE_VERSION");
}
