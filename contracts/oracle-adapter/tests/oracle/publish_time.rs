//! `Publish`: report times strictly rise, and lie neither in the future nor in a stale past.

use protocol_api::oracle::Validity;

use crate::world::{PRICE, World};

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
