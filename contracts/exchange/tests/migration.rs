//! Migration: from an older version of the exchange and from nothing else; the stamp is all that changes.

mod common;

use common::*;
use cosmwasm_std::to_json_vec;
use cw_multi_test::Executor;
use protocol_api::exchange::*;

const STAMP: &[u8] = b"contract_info";

fn set_stamp(world: &mut World, stamp: &[u8]) {
    let exchange = world.exchange.clone();
    world.app.contract_storage_mut(&exchange).set(STAMP, stamp);
}

fn stamped(name: &str, version: &str) -> Vec<u8> {
    let stamp: std::collections::BTreeMap<_, _> = [("contract", name), ("version", version)].into();
    to_json_vec(&stamp).unwrap()
}

fn migrate(world: &mut World) -> Result<(), String> {
    let (admin, exchange, code) = (world.admin.clone(), world.exchange.clone(), world.code);
    let done = world
        .app
        .migrate_contract(admin, exchange, &MigrateMsg {}, code);
    done.map(drop).map_err(|error| format!("{error:?}"))
}

#[test]
fn attack_risk_38_migration_goes_forward_only_and_changes_no_record() {
    let mut world = World::new();
    let quote = world.signed(world.quote(9, 5, 500));
    world.take(world.order(vec![quote], 2, 1_000)).unwrap();
    let maker = world.owner_of(MAKER);
    let cancel = ExecuteMsg::CancelQuotes {
        account: MAKER,
        from: 3u64.into(),
        to: 4u64.into(),
    };
    world.send(&maker, &cancel).unwrap();
    let now = world.dump();
    for (stamp, code) in [
        (
            stamped("optio:exchange", env!("CARGO_PKG_VERSION")),
            "E_MIGRATE_VERSION",
        ),
        (stamped("optio:exchange", "99.0.0"), "E_MIGRATE_VERSION"),
        (stamped("optio:lens", "0.0.1"), "E_MIGRATE_CONTRACT"),
        (stamped("optio:exchange", "0.0"), "E_MIGRATE_MALFORMED"),
        (b"?".to_vec(), "E_MIGRATE_STAMP"),
    ] {
        set_stamp(&mut world, &stamp);
        let before = world.dump();
        let error = migrate(&mut world).unwrap_err();
        assert!(error.contains(code), "wanted {code}, got {error}");
        assert_eq!(world.dump(), before);
    }
    set_stamp(&mut world, &stamped("optio:exchange", "0.0.1"));
    assert_ne!(world.dump(), now);
    migrate(&mut world).unwrap();
    assert_eq!(world.dump(), now);
    assert_eq!(world.status(MAKER, 9).filled.u64(), 2);
    assert!(
        migrate(&mut world)
            .unwrap_err()
            .contains("E_MIGRATE_VERSION")
    );
}
