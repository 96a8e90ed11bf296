//! Every reason to refuse, and migration.

use cosmwasm_std::{Coin, Empty};
use protocol_api::lens::{ACCESS, ConfigResponse, InstantiateMsg, QueryMsg};
use protocol_std::binary::prefix;
use sandbox::codes;
use sandbox::setup::USDC;
use serde_json::json;

use crate::world::{FAR, World};

const STAMP: &[u8] = b"contract_info";

fn chain(market: &str) -> QueryMsg {
    QueryMsg::Chain {
        market: market.into(),
        expiry: None,
        start_after: None,
        limit: None,
    }
}

fn refused(world: &World, query: &QueryMsg, code: &str) {
    let error = world.chain(query).unwrap_err();
    assert!(error.contains(code), "wanted {code}, got {error}");
}

#[test]
fn it_takes_no_message_of_anybody() {
    assert!(ACCESS.is_empty());
    let mut world = World::new();
    let lens = world.sandbox.lens.clone();
    let before = world.sandbox.chain.app().dump_wasm_raw(&lens);
    for sender in [world.sandbox.owner.clone(), world.sandbox.keeper.clone()] {
        let error = world.sandbox.chain.execute(&sender, &lens, &Empty {}, &[]);
        assert_eq!(error.unwrap_err().code(), Some("E_LENS_READ_ONLY"));
    }
    assert_eq!(world.sandbox.chain.app().dump_wasm_raw(&lens), before);
}

#[test]
fn what_the_engine_refuses_is_told() {
    let mut world = World::new();
    world.list(&["BTC_USDC-9JAN26-100000-C", "BTC-9JAN26-100000-C"]);
    let after = |series: &str| QueryMsg::Chain {
        market: "BTC_USDC".into(),
        expiry: None,
        start_after: Some(series.into()),
        limit: None,
    };
    for (query, code) in [
        (chain("DOGE"), "E_ENGINE_UNKNOWN"),
        (after("BTC-9JAN26-100000-C"), "E_ENGINE_NOT_LISTED"),
        (after("nonsense"), "E_RISK_NAME"),
        (
            QueryMsg::Chain {
                market: "BTC_USDC".into(),
                expiry: Some(u64::from(FAR) * 60 + 1),
                start_after: None,
                limit: None,
            },
            "E_ENGINE",
        ),
    ] {
        refused(&world, &query, "E_LENS_CHAIN");
        refused(&world, &query, code);
    }
}

#[test]
fn addresses_that_cannot_be_read_are_an_error() {
    let mut world = World::new();
    let lens = world.sandbox.lens.clone();
    for stored in [None, Some(b"{}".as_slice()), Some(b"\xff".as_slice())] {
        let mut storage = world.sandbox.chain.app_mut().contract_storage_mut(&lens);
        match stored {
            Some(bytes) => storage.set(&prefix("c"), bytes),
            None => storage.remove(&prefix("c")),
        }
        drop(storage);
        refused(&world, &chain("BTC_USDC"), "E_STORE_");
        refused(&world, &QueryMsg::Config {}, "E_STORE_");
    }
}

#[test]
fn instantiation_wants_two_addresses_and_no_coins() {
    let mut world = World::new();
    let owner = world.sandbox.owner.clone();
    let good = InstantiateMsg {
        engine: world.sandbox.engine.to_string(),
        oracle: world.sandbox.oracle.to_string(),
    };
    let bad_engine = InstantiateMsg {
        engine: "NOT-AN-ADDRESS".into(),
        ..good.clone()
    };
    let bad_oracle = InstantiateMsg {
        oracle: String::new(),
        ..good.clone()
    };
    let chain = &mut world.sandbox.chain;
    let coins = [Coin::new(5_u128, USDC)];
    chain.mint(&owner, &coins).unwrap();
    let code = chain.store(&codes::LENS).unwrap();
    for (msg, funds, wanted) in [
        (&bad_engine, &[][..], "E_LENS_CHAIN"),
        (&bad_oracle, &[], "E_LENS_CHAIN"),
        (&good, &coins, "E_FUNDS_UNWANTED"),
    ] {
        let error = chain.instantiate(code, &owner, msg, funds, "lens");
        assert_eq!(error.unwrap_err().code(), Some(wanted));
    }
    let lens = chain.instantiate(code, &owner, &good, &[], "lens").unwrap();
    let config: ConfigResponse = chain.query(&lens, &QueryMsg::Config {}).unwrap();
    assert_eq!((config.engine, config.oracle), (good.engine, good.oracle));
}

/// From an older version of the lens and from nothing else; the stamp is all that changes.
#[test]
fn attack_risk_38_migration_goes_forward_only_and_changes_no_address() {
    let mut world = World::new();
    let (owner, lens) = (world.sandbox.owner.clone(), world.sandbox.lens.clone());
    let chain = &mut world.sandbox.chain;
    let code = chain.store(&codes::LENS).unwrap();
    let now = chain.app().dump_wasm_raw(&lens);
    let stamped = |name: &str, version: &str| {
        let stamp = json!({ "contract": name, "version": version });
        serde_json::to_vec(&stamp).unwrap()
    };
    for (stamp, wanted) in [
        (
            stamped("optio:lens", env!("CARGO_PKG_VERSION")),
            "E_MIGRATE_VERSION",
        ),
        (stamped("optio:lens", "99.0.0"), "E_MIGRATE_VERSION"),
        (stamped("optio:exchange", "0.0.1"), "E_MIGRATE_CONTRACT"),
        (stamped("optio:lens", "old"), "E_MIGRATE_MALFORMED"),
        (b"?".to_vec(), "E_MIGRATE_STAMP"),
    ] {
        chain
            .app_mut()
            .contract_storage_mut(&lens)
            .set(STAMP, &stamp);
        let before = chain.app().dump_wasm_raw(&lens);
        let error = chain.migrate(&owner, &lens, &json!({}), code).unwrap_err();
        assert_eq!(error.code(), Some(wanted), "{error}");
        assert_eq!(chain.app().dump_wasm_raw(&lens), before);
    }
    let older = stamped("optio:lens", "0.0.1");
    chain
        .app_mut()
        .contract_storage_mut(&lens)
        .set(STAMP, &older);
    chain.migrate(&owner, &lens, &json!({}), code).unwrap();
    assert_eq!(chain.app().dump_wasm_raw(&lens), now);
    let again = chain.migrate(&owner, &lens, &json!({}), code).unwrap_err();
    assert_eq!(again.code(), Some("E_MIGRATE_VERSION"));
}
