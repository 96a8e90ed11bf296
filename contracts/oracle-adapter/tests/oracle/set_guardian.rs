//! `SetGuardian`: who may quarantine.

use protocol_api::oracle::{ConfigResponse, ExecuteMsg, QueryMsg};

use crate::world::{FEED, World};

#[test]
fn the_guardian_can_be_replaced_and_removed() {
    let mut world = World::new();
    let (owner, old, new) = (
        world.owner.clone(),
        world.guardian.clone(),
        world.stranger.clone(),
    );
    let brake = ExecuteMsg::Quarantine {
        feed: FEED,
        seconds: 60,
    };
    let set = |guardian: Option<String>| ExecuteMsg::SetGuardian { guardian };
    world.execute(&owner, &set(Some(new.to_string()))).unwrap();
    assert_eq!(
        world.execute(&old, &brake).unwrap_err(),
        "E_ORACLE_UNAUTHORIZED"
    );
    world.execute(&new, &brake).unwrap();
    world.execute(&owner, &set(None)).unwrap();
    assert_eq!(
        world.execute(&new, &brake).unwrap_err(),
        "E_ORACLE_UNAUTHORIZED"
    );
    let config: ConfigResponse = world.query(&QueryMsg::Config {}).unwrap();
    assert_eq!(config.guardian, None);
}

#[test]
fn attack_risk_41_an_address_in_the_wrong_case_or_no_address_is_refused() {
    let mut world = World::new();
    let owner = world.owner.clone();
    for text in [
        world.stranger.to_string().to_uppercase(),
        "nobody".into(),
        String::new(),
    ] {
        let msg = ExecuteMsg::SetGuardian {
            guardian: Some(text),
        };
        assert_eq!(world.execute(&owner, &msg).unwrap_err(), "E_ORACLE_ADDRESS");
    }
}
