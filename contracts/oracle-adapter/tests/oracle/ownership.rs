//! `ProposeOwner`, `CancelOwnerProposal`, `AcceptOwner`, and migration.

use cw_multi_test::{AppResponse, Executor};
use protocol_api::governance::Offer;
use protocol_api::oracle::{ConfigResponse, ExecuteMsg, MigrateMsg, QueryMsg};

use crate::world::{PRICE, START, World, code};

fn offer(world: &World, expires_at: u64) -> ExecuteMsg {
    let owner = world.stranger.to_string();
    ExecuteMsg::ProposeOwner { owner, expires_at }
}

#[test]
fn ownership_moves_when_the_new_owner_accepts() {
    let mut world = World::new();
    let (owner, heir) = (world.owner.clone(), world.stranger.clone());
    world.execute(&owner, &offer(&world, START + 100)).unwrap();
    let config: ConfigResponse = world.query(&QueryMsg::Config {}).unwrap();
    assert_eq!(config.owner, owner.to_string());
    let open = Offer {
        to: heir.to_string(),
        expires_at: START + 100,
    };
    assert_eq!(config.offer, Some(open));
    world.execute(&heir, &ExecuteMsg::AcceptOwner {}).unwrap();
    let config: ConfigResponse = world.query(&QueryMsg::Config {}).unwrap();
    assert_eq!((config.owner, config.offer), (heir.to_string(), None));
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

/// The stamp that migrations read, in its stored form.
fn set_stamp(world: &mut World, name: &str, version: &str) {
    let stamp = format!(r#"{{"contract":"{name}","version":"{version}"}}"#);
    let adapter = world.adapter.clone();
    let mut storage = world.app.contract_storage_mut(&adapter);
    storage.set(b"contract_info", stamp.as_bytes());
}

fn migrate(world: &mut World) -> Result<AppResponse, String> {
    let (admin, adapter, code_id) = (world.owner.clone(), world.adapter.clone(), world.code);
    let done = world
        .app
        .migrate_contract(admin, adapter, &MigrateMsg {}, code_id);
    done.map_err(|error| code(&error))
}

#[test]
fn attack_risk_38_migration_goes_forward_only_and_changes_no_record() {
    const NAME: &str = "optio:oracle-adapter";
    let mut world = World::new();
    let report = world.report(PRICE);
    world.publish(&report).unwrap();
    let now = world.app.dump_wasm_raw(&world.adapter);
    let this = env!("CARGO_PKG_VERSION");
    for (name, version, wanted) in [
        (NAME, this, "E_MIGRATE_VERSION"),
        (NAME, "99.0.0", "E_MIGRATE_VERSION"),
        ("optio:margin-engine", "0.0.1", "E_MIGRATE_CONTRACT"),
        (NAME, "0.0.1.2", "E_MIGRATE_MALFORMED"),
    ] {
        set_stamp(&mut world, name, version);
        let before = world.app.dump_wasm_raw(&world.adapter);
        assert_eq!(migrate(&mut world).unwrap_err(), wanted);
        assert_eq!(world.app.dump_wasm_raw(&world.adapter), before);
    }
    set_stamp(&mut world, NAME, "0.0.9");
    let response = migrate(&mut world).unwrap();
    let told = |key: &str| {
        let mut all = response.events.iter().flat_map(|event| &event.attributes);
        all.find(|attribute| attribute.key == key)
            .map(|attribute| attribute.value.clone())
    };
    assert_eq!(told("from").as_deref(), Some("0.0.9"));
    assert_eq!(told("to").as_deref(), Some(this));
    // All that was there, the stamp of this version with it.
    assert_eq!(world.app.dump_wasm_raw(&world.adapter), now);
    assert_eq!(migrate(&mut world).unwrap_err(), "E_MIGRATE_VERSION");
}
