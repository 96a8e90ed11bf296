//! `SetTerms`, `Config`, ownership, versions.

use cw_multi_test::Executor;
use protocol_api::liquidation::*;

use crate::world::{World, attribute, deep, terms};

fn set(change: impl FnOnce(&mut Terms), effective_at: u64) -> ExecuteMsg {
    let mut terms = terms();
    change(&mut terms);
    ExecuteMsg::SetTerms {
        terms,
        effective_at,
    }
}

#[test]
fn terms_take_effect_at_their_time() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let at = world.now() + 86_400;
    let slower = set(|terms| terms.auction.schedule.end_after = 7_200, at);
    let response = world.send(&owner, &slower).unwrap();
    assert_eq!(
        attribute(&response, "terms_set", "effective_at"),
        Some(at.to_string())
    );
    let shown: ConfigResponse = world.query(&QueryMsg::Config {});
    assert_eq!(shown.terms.current, terms());
    assert_eq!(shown.terms.next.expect("planned").effective_at, at);
    world.advance(86_399);
    let start = world.now();
    world.script(deep(start));
    world.step();
    assert_eq!(world.order().terms.schedule.end_after, 3_600);
    world.advance(1);
    world.script(deep(start));
    world.step();
    assert_eq!(world.order().terms.schedule.end_after, 7_200);
    let shown: ConfigResponse = world.query(&QueryMsg::Config {});
    assert_eq!(shown.terms.next, None);
    assert_eq!(shown.quote_denom, "uusdc");
}

#[test]
fn attack_risk_32_no_terms_stop_a_liquidation() {
    // Every lever that would leave an auction without a buyer is out of range.
    let mut world = World::new();
    let owner = world.owner.clone();
    let soonest = world.now() + 86_400;
    let range = "E_LIQUIDATION_RANGE";
    world.refused(&owner, &set(|t| t.tail = 0, soonest), range);
    world.refused(&owner, &set(|t| t.tail = 3_601, soonest), range);
    // The auction that a nomination touched still runs when the table is ripe.
    world.refused(&owner, &set(|t| t.nomination = t.tail - 59, soonest), range);
    world.refused(
        &owner,
        &set(|t| (t.tail, t.nomination) = (119, 60), soonest),
        range,
    );
    world.refused(
        &owner,
        &set(|t| t.auction.schedule.end_after = 86_401, soonest),
        range,
    );
    let never = |terms: &mut Terms| {
        let schedule = &mut terms.auction.schedule;
        (schedule.knee, schedule.end) = (-20_000, -20_000);
    };
    world.refused(&owner, &set(never, soonest), range);
    // Nobody who bids or takes meets terms that he had no day to look at.
    world.refused(&owner, &set(|_| (), soonest - 1), "E_LIQUIDATION_TIME");
    let late = world.now() + 366 * 86_400 + 1;
    world.refused(&owner, &set(|_| (), late), "E_LIQUIDATION_TIME");
    assert!(
        ACCESS.iter().all(|(name, _)| !name.contains("pause")),
        "there is no brake"
    );
}

#[test]
fn ownership_moves_in_two_steps() {
    let mut world = World::new();
    let (owner, next) = (world.owner.clone(), world.address("next"));
    let offer = ExecuteMsg::ProposeOwner {
        owner: next.to_string(),
        expires_at: world.now() + 100,
    };
    world.send(&owner, &offer).unwrap();
    let shown: ConfigResponse = world.query(&QueryMsg::Config {});
    assert_eq!(shown.offer.expect("open").to, next.to_string());
    let accept = ExecuteMsg::AcceptOwner {};
    world.refused(&owner, &accept, "E_OWNER_PENDING_ONLY");
    world
        .send(&owner, &ExecuteMsg::CancelOwnerProposal {})
        .unwrap();
    world.refused(&next, &accept, "E_OWNER_NO_OFFER");
    world.send(&owner, &offer).unwrap();
    world.send(&next, &accept).unwrap();
    let shown: ConfigResponse = world.query(&QueryMsg::Config {});
    assert_eq!((shown.owner, shown.offer), (next.to_string(), None));
    let now = world.now();
    world.refused(&owner, &set(|_| (), now), "E_OWNER_ONLY");
}

/// The stamp that migrations read, in its stored form.
fn set_stamp(world: &mut World, stamp: &str) {
    let contract = world.contract.clone();
    let mut storage = world.app.contract_storage_mut(&contract);
    storage.set(b"contract_info", stamp.as_bytes());
}

fn migrate(world: &mut World) -> Result<(), String> {
    let (owner, contract) = (world.owner.clone(), world.contract.clone());
    let done = world
        .app
        .migrate_contract(owner, contract, &MigrateMsg {}, 2);
    done.map(drop).map_err(|error| format!("{error:?}"))
}

#[test]
fn attack_risk_38_migration_goes_forward_only_and_changes_no_record() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    world.step();
    world.place(3, 20_000, 5_000).unwrap();
    let now = world.app.dump_wasm_raw(&world.contract);
    assert!(now.len() > 4, "an auction, a bid and the terms");
    let this = env!("CARGO_PKG_VERSION");
    for (name, version, code) in [
        ("optio:liquidation", this, "E_MIGRATE_VERSION"),
        ("optio:liquidation", "99.0.0", "E_MIGRATE_VERSION"),
        ("optio:margin-engine", "0.0.1", "E_MIGRATE_CONTRACT"),
        ("optio:liquidation", "one", "E_MIGRATE_MALFORMED"),
    ] {
        let stamp = format!(r#"{{"contract":"{name}","version":"{version}"}}"#);
        set_stamp(&mut world, &stamp);
        let before = world.app.dump_wasm_raw(&world.contract);
        let error = migrate(&mut world).unwrap_err();
        assert!(error.contains(code), "wanted {code}, got {error}");
        assert_eq!(world.app.dump_wasm_raw(&world.contract), before);
    }
    let older = r#"{"contract":"optio:liquidation","version":"0.0.9"}"#;
    set_stamp(&mut world, older);
    migrate(&mut world).unwrap();
    // All that was there, the stamp of this version with it.
    assert_eq!(world.app.dump_wasm_raw(&world.contract), now);
    assert!(
        migrate(&mut world)
            .unwrap_err()
            .contains("E_MIGRATE_VERSION")
    );
    world.check_escrow();
}
