//! `Publish`: report times strictly rise, and lie neither in the future nor in a stale past.

use protocol_api::oracle::Validity;

use crate::world::{PRICE, START, World, minutes, policy};

#[test]
fn attack_risk_13_future_report() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    let now = report.time;
    report.time = now + 3_600;
    assert_eq!(world.publish(&report).unwrap_err(), "E_REPORT_FUTURE");
    report.time = now + 6;
    assert_eq!(world.publish(&report).unwrap_err(), "E_REPORT_FUTURE");
    // It blocks nothing: a later valid report is accepted, and five seconds ahead are allowed.
    report.time = now + 5;
    world.publish(&report).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
}

#[test]
fn attack_risk_02_and_options_5_the_same_report_changes_nothing_and_an_older_one_is_refused() {
    let mut world = World::new();
    world.advance(30);
    let report = world.report(PRICE);
    world.publish(&report).unwrap();
    // Who is overtaken by a copy of his report keeps what he bundles with it.
    let held = world.record();
    world.advance(1);
    assert!(world.publish(&report).is_ok());
    assert_eq!(world.record().sequence, held.sequence);
    let mut older = world.report(90_000);
    older.time -= 1;
    assert_eq!(world.publish(&older).unwrap_err(), "E_REPORT_OLD");
    assert_eq!(world.record().sequence, 1);
}

#[test]
fn a_report_stale_on_arrival_is_refused() {
    let mut world = World::new();
    let report = world.report(PRICE);
    world.advance(61);
    assert_eq!(world.publish(&report).unwrap_err(), "E_REPORT_STALE");
    let mut edge = world.report(PRICE);
    edge.time -= 60;
    world.publish(&edge).unwrap();
    assert_eq!(world.validity(), Validity::Aging);
}

/// A longer age must not open a window again that the shorter one has closed: its fixing is made, its evidence summed.
#[test]
fn an_age_that_grows_reopens_no_window() {
    let mut world = World::with_short_window();
    for minute in 4..9 {
        world.set_time(START + minute * 60);
        world.publish(&world.report(PRICE)).unwrap();
    }
    world.set_time(START + 661);
    world.fix(minutes(10)).unwrap();
    let mut longer = policy();
    (longer.ages.stale, longer.ages.dead) = (300, 900);
    world.set_policy(&longer, world.now()).unwrap();
    let mut late = world.report(105_000);
    late.time = u32::try_from(START + 595).unwrap();
    assert_eq!(world.publish(&late).unwrap_err(), "E_REPORT_STALE");
    let evidence = world.evidence(minutes(10));
    assert_eq!(evidence.observations.len(), 5);
    // From the first report by the new policy on its age counts.
    world.publish(&world.report(PRICE)).unwrap();
    world.advance(290);
    let mut old = world.report(PRICE);
    old.time -= 280;
    world.publish(&old).unwrap();
}
