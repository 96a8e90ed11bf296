//! Instantiation, parameters, profiles, betas, venues, treasury, guardian, ownership, migration.

use cosmwasm_std::{Decimal, Event, Uint128};
use cw_multi_test::Executor;
use protocol_api::engine::*;

use crate::common::*;

#[test]
fn parameters_have_ranges_and_a_time() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let set = |change: fn(&mut EngineParams)| {
        let mut new = params();
        change(&mut new);
        ExecuteMsg::SetParams {
            params: new,
            effective_at: START + 10,
        }
    };
    for (msg, field) in [
        (set(|p| p.debt_grace = 3_599), "debt_grace"),
        (set(|p| p.debt_grace = 604_801), "debt_grace"),
        (set(|p| p.debt_rate = percent(101)), "debt_rate"),
        (
            set(|p| p.collateral_discount = percent(11)),
            "collateral_discount",
        ),
        (set(|p| p.discount_ramp = 604_801), "discount_ramp"),
        (set(|p| p.listing_fee = Uint128::MAX), "listing_fee"),
    ] {
        world.refused(&owner, msg, field);
    }
    world.ok(&owner, set(|p| p.debt_grace = 7_200));
    let config = |world: &World| world.query::<ConfigResponse>(&QueryMsg::Config {});
    assert_eq!(config(&world).params.current, params());
    world.advance(10);
    assert_eq!(config(&world).params.current.debt_grace, 7_200);
    assert_eq!(config(&world).params.next, None);
}

#[test]
fn a_profile_changes_margin_at_its_time() {
    let mut world = World::funded();
    let owner = world.owner.clone();
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    let before = world.health(1).initial_margin.unwrap();
    let mut profile = Profile::from(&risk::default_profile());
    for tail in &mut profile.tails {
        tail.share *= 2;
    }
    let set = |profile: &Profile| ExecuteMsg::SetProfile {
        underlying: 1,
        profile: profile.clone(),
        effective_at: START + 5,
    };
    world.ok(&owner, set(&profile));
    assert_eq!(world.health(1).initial_margin.unwrap(), before);
    world.advance(5);
    world.publish();
    assert!(world.health(1).initial_margin.unwrap() > before);
    profile.spot_moves = vec![1, 2, 3];
    let msg = ExecuteMsg::SetProfile {
        underlying: 1,
        profile,
        effective_at: world.now(),
    };
    world.refused(&owner, msg, "E_RISK_PROFILE");
}

#[test]
fn betas_are_bounded_and_distinct() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let entry = |driver, follower, beta| BetaEntry {
        driver,
        follower,
        beta,
    };
    let set = |betas: Vec<BetaEntry>| ExecuteMsg::SetBetas {
        betas,
        effective_at: START,
    };
    world.ok(&owner, set(vec![entry(1, 2, 8_000), entry(2, 1, 12_000)]));
    world.refused(&owner, set(vec![entry(1, 1, 8_000)]), "E_ENGINE_LIST");
    world.refused(
        &owner,
        set(vec![entry(1, 2, 1), entry(1, 2, 2)]),
        "E_ENGINE_LIST",
    );
    world.refused(&owner, set(vec![entry(1, 2, 40_001)]), "E_ENGINE_RANGE");
    world.refused(&owner, set(vec![entry(65_535, 2, 1)]), "E_ENGINE_RANGE");
    world.refused(
        &owner,
        set((0..65).map(|n| entry(n, 99, 1)).collect()),
        "E_ENGINE_RANGE",
    );
}

#[test]
fn venues_and_treasury() {
    let mut world = World::new();
    let owner = world.owner.clone();
    for n in 0..15 {
        let venue = world
            .app
            .api()
            .addr_make(&format!("venue{n}"))
            .into_string();
        world.ok(
            &owner,
            ExecuteMsg::SetVenue {
                venue,
                authorized: true,
            },
        );
    }
    let venue = world.app.api().addr_make("one more").into_string();
    world.refused(
        &owner,
        ExecuteMsg::SetVenue {
            venue,
            authorized: true,
        },
        "E_ENGINE_RANGE",
    );
    let page: VenuesResponse = world.query(&QueryMsg::Venues {
        start_after: None,
        limit: Some(50),
    });
    assert_eq!(page.venues.len(), 16);
    assert!(page.venues.windows(2).all(|pair| pair[0] < pair[1]));
    let venue = world.venue.to_string();
    assert!(
        world
            .query::<VenueResponse>(&QueryMsg::Venue { venue })
            .authorized
    );
    let bad = ExecuteMsg::SetVenue {
        venue: "NOT-AN-ADDRESS".into(),
        authorized: true,
    };
    world.refused(&owner, bad, "E_ENGINE_CHAIN");
    world.refused(
        &owner,
        ExecuteMsg::SetTreasury { account: 99 },
        "E_ENGINE_NO_ACCOUNT",
    );
}

#[test]
fn collected_fees_go_to_the_treasury_account() {
    let mut world = World::funded();
    let mallory = world.mallory.clone();
    let collect = ExecuteMsg::CollectFees { denom: USD.into() };
    world.refused(&mallory, collect.clone(), "E_ENGINE_NOTHING_DUE");
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    world.ok(&mallory, collect.clone());
    assert_eq!(
        (world.cash(3, USD), world.ledger(USD).fees.u128()),
        (36_000_000, 0)
    );
    world.refused(
        &mallory,
        ExecuteMsg::CollectFees { denom: "no".into() },
        "E_ENGINE_UNKNOWN",
    );
    let mut fresh = World::bare();
    fresh.refused(&mallory, collect, "E_ENGINE_NO_TREASURY");
}

#[test]
fn attack_risk_36_the_guardian_only_pauses_for_a_while() {
    let mut world = World::funded();
    let (guardian, owner) = (world.guardian.clone(), world.owner.clone());
    let pause = |actions: Vec<PauseAction>, seconds: u64| ExecuteMsg::Pause { actions, seconds };
    world.refused(&guardian, pause(vec![], 60), "E_PAUSE_BITS");
    world.refused(
        &guardian,
        pause(vec![PauseAction::Open], 604_801),
        "E_PAUSE_TIME",
    );
    world.ok(
        &guardian,
        pause(vec![PauseAction::Open, PauseAction::List], 600),
    );
    world.refused(&guardian, ExecuteMsg::LiftPause {}, "E_OWNER_ONLY");
    world.ok(&owner, ExecuteMsg::LiftPause {});
    world.trade(1, 2, &[(CALL, 1, 500)]).unwrap();
    world.refused(
        &guardian,
        pause(vec![PauseAction::Open], 60),
        "E_PAUSE_REST",
    );
    world.ok(&owner, ExecuteMsg::SetGuardian { guardian: None });
    world.advance(1_200);
    world.refused(
        &guardian,
        pause(vec![PauseAction::Open], 60),
        "E_ENGINE_UNAUTHORIZED",
    );
}

#[test]
fn attack_risk_37_the_engine_changes_hands_in_two_steps() {
    let mut world = World::new();
    let (owner, bob, mallory) = (
        world.owner.clone(),
        world.bob.clone(),
        world.mallory.clone(),
    );
    let propose = |to: &str| ExecuteMsg::ProposeOwner {
        owner: to.into(),
        expires_at: START + 60,
    };
    world.refused(&owner, propose("NOT-AN-ADDRESS"), "E_ENGINE_CHAIN");
    world.ok(&owner, propose(bob.as_str()));
    world.refused(&mallory, ExecuteMsg::AcceptOwner {}, "E_OWNER_PENDING_ONLY");
    world.ok(&owner, ExecuteMsg::CancelOwnerProposal {});
    world.refused(&bob, ExecuteMsg::AcceptOwner {}, "E_OWNER_NO_OFFER");
    world.ok(&owner, propose(bob.as_str()));
    world.ok(&bob, ExecuteMsg::AcceptOwner {});
    world.refused(&owner, propose(bob.as_str()), "E_OWNER_ONLY");
    let config: ConfigResponse = world.query(&QueryMsg::Config {});
    assert_eq!((config.owner, config.offer), (bob.to_string(), None));
}

/// Who watches the chain sees who may do what, and until when something is paused.
#[test]
fn owners_guardians_and_pauses_are_told() {
    let mut world = World::funded();
    let (owner, guardian, bob) = (
        world.owner.clone(),
        world.guardian.clone(),
        world.bob.clone(),
    );
    let (until, name) = ((START + 60).to_string(), bob.to_string());
    let pause = ExecuteMsg::Pause {
        actions: vec![PauseAction::Deposit, PauseAction::Open],
        seconds: 60,
    };
    let propose = ExecuteMsg::ProposeOwner {
        owner: name.clone(),
        expires_at: START + 60,
    };
    let named = Some(name.clone());
    for (sender, msg, told) in [
        (
            &guardian,
            pause,
            Event::new("wasm-paused")
                .add_attributes([("actions", "open,deposit"), ("until", &until)]),
        ),
        (
            &owner,
            ExecuteMsg::LiftPause {},
            Event::new("wasm-pause_lifted"),
        ),
        (
            &owner,
            ExecuteMsg::SetTreasury { account: 2 },
            Event::new("wasm-treasury_set").add_attribute("account", "2"),
        ),
        (
            &owner,
            ExecuteMsg::SetGuardian { guardian: named },
            Event::new("wasm-guardian_set").add_attribute("guardian", &name),
        ),
        (
            &owner,
            ExecuteMsg::SetGuardian { guardian: None },
            Event::new("wasm-guardian_set").add_attribute("guardian", ""),
        ),
        (
            &owner,
            propose.clone(),
            Event::new("wasm-owner_proposed")
                .add_attributes([("owner", &name), ("expires_at", &until)]),
        ),
        (
            &owner,
            ExecuteMsg::CancelOwnerProposal {},
            Event::new("wasm-owner_proposal_cancelled"),
        ),
        (
            &owner,
            propose,
            Event::new("wasm-owner_proposed")
                .add_attributes([("owner", &name), ("expires_at", &until)]),
        ),
        (
            &bob,
            ExecuteMsg::AcceptOwner {},
            Event::new("wasm-owner_accepted").add_attribute("owner", &name),
        ),
    ] {
        let done = world.ok(sender, msg);
        let found = done.events.iter().find(|event| event.ty == told.ty);
        let attributes = &found.expect("told").attributes;
        // The chain says first whose event it is.
        assert_eq!(attributes[1..], told.attributes, "{}", told.ty);
    }
}

#[test]
fn attack_options_34_instantiation_checks_everything() {
    let world = World::bare();
    let good = instantiate_msg(&world.owner, &world.guardian, &world.oracle);
    let refused = |msg: InstantiateMsg, code: &str| {
        let mut app = cw_multi_test::App::default();
        let code_id = app.store_code(wasm_chain::contract(&CODE));
        let sender = app.api().addr_make("sender");
        let error = app
            .instantiate_contract(code_id, sender, &msg, &[], "engine", None)
            .unwrap_err();
        let shown = format!("{error:?}");
        assert!(shown.contains(code), "{shown}");
    };
    refused(
        InstantiateMsg {
            owner: "X".into(),
            ..good.clone()
        },
        "E_ENGINE_CHAIN",
    );
    refused(
        InstantiateMsg {
            oracle: "X".into(),
            ..good.clone()
        },
        "E_ENGINE_CHAIN",
    );
    refused(
        InstantiateMsg {
            guardian: Some("X".into()),
            ..good.clone()
        },
        "E_ENGINE_CHAIN",
    );
    let params = EngineParams {
        debt_rate: Decimal::percent(101),
        ..params()
    };
    refused(
        InstantiateMsg {
            params,
            ..good.clone()
        },
        "debt_rate",
    );
    let quote_coin = QuoteCoin {
        decimals: 13,
        ..good.quote_coin.clone()
    };
    refused(
        InstantiateMsg {
            quote_coin,
            ..good.clone()
        },
        "decimals",
    );
    let slow = InstantiateMsg {
        cap_ramp: 2_592_001,
        ..good.clone()
    };
    refused(slow, "cap_ramp");
    let quote_coin = QuoteCoin {
        denom: String::new(),
        ..good.quote_coin.clone()
    };
    refused(InstantiateMsg { quote_coin, ..good }, "denom");
}

/// The stamp that migrations read, in its stored form.
fn set_stamp(world: &mut World, name: &str, version: &str) {
    let stamp = format!(r#"{{"contract":"{name}","version":"{version}"}}"#);
    let engine = world.engine.clone();
    let mut storage = world.app.contract_storage_mut(&engine);
    storage.set(b"contract_info", stamp.as_bytes());
}

#[test]
fn attack_risk_38_migration_goes_forward_only_and_changes_no_account() {
    const NAME: &str = "optio:margin-engine";
    let mut world = World::funded();
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    let now = world.dump();
    let code_id = world.app.store_code(wasm_chain::contract(&CODE));
    let migrate = |world: &mut World| {
        let (owner, engine) = (world.owner.clone(), world.engine.clone());
        let done = world
            .app
            .migrate_contract(owner, engine, &MigrateMsg {}, code_id);
        done.map(drop).map_err(|error| format!("{error:?}"))
    };
    for (name, version, code) in [
        (NAME, env!("CARGO_PKG_VERSION"), "E_MIGRATE_VERSION"),
        (NAME, "99.0.0", "E_MIGRATE_VERSION"),
        ("optio:exchange", "0.0.1", "E_MIGRATE_CONTRACT"),
        (NAME, "1", "E_MIGRATE_MALFORMED"),
    ] {
        set_stamp(&mut world, name, version);
        let before = world.dump();
        let error = migrate(&mut world).unwrap_err();
        assert!(error.contains(code), "wanted {code}, got {error}");
        assert_eq!(world.dump(), before);
    }
    set_stamp(&mut world, NAME, "0.0.9");
    migrate(&mut world).unwrap();
    // All that was there, the stamp of this version with it.
    assert_eq!(world.dump(), now);
    let again = migrate(&mut world).unwrap_err();
    assert!(again.contains("E_MIGRATE_VERSION"), "{again}");
    world.audit();
    world.trade(2, 1, &[(CALL, 100, 520)]).unwrap();
}

#[test]
fn interest_moves_from_debtors_to_creditors_at_the_rate_of_its_time() {
    let mut world = World::new();
    world.deposit(1, 200_000_000, BTC);
    world.deposit(2, 100_000_000_000, USD);
    // Long before anyone owes, the rate is zero.
    world.advance(10_000_000);
    world.publish();
    let owner = world.owner.clone();
    let series = "BTC_USDC-25DEC27-100000-C";
    world.list(&[series]);
    world.market.expiries = vec![(DEC + 365 * 1_440, 500)];
    world.publish();
    world.trade(2, 1, &[(series, 100, 520)]).unwrap();
    let debt = 2_600_000_000 + 27_000_000;
    assert_eq!(world.cash(1, USD), -debt);
    let set = |rate: u64, effective_at: u64| ExecuteMsg::SetParams {
        params: EngineParams {
            debt_rate: percent(rate),
            ..params()
        },
        effective_at,
    };
    // 10 % from a tenth of a year on, 20 % from two tenths on.
    let tenth = 3_153_600;
    world.ok(&owner, set(10, world.now() + tenth));
    world.advance(tenth);
    assert_eq!(world.cash(1, USD), -debt, "not before its time");
    world.ok(&owner, set(20, world.now() + tenth));
    world.advance(2 * tenth);
    // 1 % and 2 % of 2,627 USD.
    let owed = -debt - world.cash(1, USD);
    assert!((78_810_000 - owed).abs() <= 1, "{owed}");
    // The creditor has it whether the debtor was touched or not, and whoever comes late shares in nothing.
    world.deposit(3, 1_000_000_000_000, USD);
    let gained = world.cash(2, USD) - (100_000_000_000 + 2_600_000_000 - 9_000_000);
    assert!((78_809_998..=78_810_000).contains(&gained), "{gained}");
    world.deposit(1, 1, USD);
    assert_eq!(world.cash(3, USD), 1_000_000_000_000);
    world.deposit(2, 1, USD);
    world.deposit(3, 1, USD);
    assert!((0..=3).contains(&world.ledger(USD).interest.i128()));
}
