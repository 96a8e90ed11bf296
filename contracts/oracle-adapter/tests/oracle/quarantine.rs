//! `Quarantine` and `LiftQuarantine`: the guardian's brake.

use protocol_api::oracle::{
    Action, AllowedActionsResponse, ExecuteMsg, FeedResponse, Permission, QueryMsg, Validity,
};

use crate::world::{FEED, PRICE, START, World, decimal, minutes};

fn brake(world: &mut World, for_seconds: u64) -> Result<(), String> {
    let guardian = world.guardian.clone();
    let msg = ExecuteMsg::Quarantine {
        feed: FEED,
        seconds: for_seconds,
    };
    world.execute(&guardian, &msg).map(|_| ())
}

#[test]
fn attack_risk_32_it_stops_opening_at_once_and_nothing_that_reduces() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    brake(&mut world, 3_600).unwrap();
    assert_eq!(
        world.validity(),
        Validity::Jumped,
        "without waiting for a report"
    );
    world.advance(5);
    world.publish(&world.report(PRICE)).unwrap();
    let answer: AllowedActionsResponse = world
        .query(&QueryMsg::AllowedActions { feed: FEED })
        .unwrap();
    assert_eq!(answer.validity, Validity::Jumped);
    let rule = |action: Action| answer.actions[action as usize].permission;
    assert_eq!(rule(Action::Open), Permission::No);
    assert_eq!(rule(Action::Reduce), Permission::Yes);
    assert_eq!(rule(Action::Withdraw), Permission::WorstPrice);
    assert_eq!(rule(Action::LiquidateShallow), Permission::SecondPrice);
    assert_eq!(rule(Action::LiquidateDeep), Permission::Yes);
    assert_eq!(rule(Action::Settle), Permission::Winsorized);
}

/// A jump alone counts withdrawals at the worse of spot and slow price; a brake on top must not take that back.
#[test]
fn attack_risk_32_it_loosens_nothing_of_a_jumped_feed() {
    let mut world = World::new();
    world.publish(&world.report(PRICE)).unwrap();
    world.advance(5);
    world.publish(&world.report(PRICE * 6 / 5)).unwrap();
    let withdraw = |world: &World| {
        let answer: AllowedActionsResponse = world
            .query(&QueryMsg::AllowedActions { feed: FEED })
            .unwrap();
        (
            answer.validity,
            answer.actions[Action::Withdraw as usize].permission,
        )
    };
    let strict = Permission::WorstPrice;
    assert_eq!(withdraw(&world), (Validity::Jumped, strict));
    brake(&mut world, 3_600).unwrap();
    assert_eq!(withdraw(&world), (Validity::Jumped, strict));
}

#[test]
fn attack_risk_36_it_ends_by_itself_and_the_guardian_must_rest() {
    let mut world = World::new();
    assert_eq!(brake(&mut world, 604_801).unwrap_err(), "E_PAUSE_TIME");
    assert_eq!(brake(&mut world, 0).unwrap_err(), "E_PAUSE_TIME");
    brake(&mut world, 600).unwrap();
    let feed: FeedResponse = world.query(&QueryMsg::Feed { feed: FEED }).unwrap();
    assert_eq!(feed.quarantined_until.unwrap(), START + 600);
    world.advance(600);
    world.publish(&world.report(PRICE)).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
    assert_eq!(brake(&mut world, 1).unwrap_err(), "E_PAUSE_REST");
    world.advance(600);
    brake(&mut world, 1).unwrap();
}

#[test]
fn attack_risk_36_it_changes_no_price_and_no_fixing() {
    let mut world = World::with_short_window();
    for minute in 4..10 {
        world.set_time(START + minute * 60);
        if minute == 5 {
            brake(&mut world, 604_800).unwrap();
        }
        world.publish(&world.report(100_000 + minute)).unwrap();
    }
    assert_eq!(world.record().band.mid, decimal("100009"));
    world.set_time(START + 661);
    world.fix(minutes(10)).unwrap();
    let fixing = world.fixing(minutes(10));
    assert_eq!(
        (fixing.price, fixing.filled),
        (Some(decimal("100006.5")), 6)
    );
}

#[test]
fn the_owner_lifts_it_and_the_next_report_is_valid() {
    let mut world = World::new();
    brake(&mut world, 604_800).unwrap();
    let owner = world.owner.clone();
    world
        .execute(&owner, &ExecuteMsg::LiftQuarantine { feed: FEED })
        .unwrap();
    world.publish(&world.report(PRICE)).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
    assert_eq!(
        brake(&mut world, 1).unwrap_err(),
        "E_PAUSE_REST",
        "lifting earns no new brake"
    );
}

#[test]
fn an_unknown_feed_is_refused() {
    let mut world = World::empty();
    assert_eq!(brake(&mut world, 60).unwrap_err(), "E_FEED_UNKNOWN");
}
