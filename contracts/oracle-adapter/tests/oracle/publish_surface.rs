//! `Publish`: what surfaces are accepted, refused, or *jumped*.

use protocol_api::oracle::Validity;
use protocol_api::oracle::report::ExpiryReport;

use crate::world::{
    PRICE, START, World, decimal, entry, lognormal, minutes, mixture, stored, surface,
};

const DAY: u32 = 1_440;

/// Eight expiries of four lognormals each.
fn eight() -> Vec<ExpiryReport> {
    let days = [1, 2, 7, 14, 30, 60, 90, 180];
    let vols = [26, 37, 69, 98, 143, 203, 248, 351];
    let entries = days
        .iter()
        .zip(vols)
        .map(|(day, vol)| entry(minutes(day * DAY), PRICE, mixture(vol)));
    surface(entries.collect())
}

fn refused(expiries: Vec<ExpiryReport>) -> String {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    report.expiries = expiries;
    let code = world.publish(&report).unwrap_err();
    assert!(
        world
            .query::<protocol_api::oracle::RecordResponse>(
                &protocol_api::oracle::QueryMsg::Record { feed: 1 }
            )
            .is_err(),
        "nothing is stored"
    );
    code
}

#[test]
fn eight_expiries_are_stored_compactly_and_read_back() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    report.expiries = eight();
    world.publish(&report).unwrap();
    let record = world.record();
    assert_eq!(record.expiries.len(), 8);
    assert_eq!(record.validity, Validity::Valid);
    for expiry in &record.expiries {
        let sum: cosmwasm_std::Decimal = expiry.components.iter().map(|part| part.weight).sum();
        assert_eq!(sum, decimal("1"));
        assert_eq!(expiry.forward, decimal("100000"));
    }
    // 62 bytes per expiry of four components; the rest of the record is fixed.
    assert_eq!(
        record.stored_bytes,
        8 * 58 + FIXED_BYTES,
        "{}",
        record.stored_bytes
    );
}

/// Version, prices, times, ages, evidence: everything but the surface.
const FIXED_BYTES: u32 = 1 + 2 + 16 + 6 + 28 + 8 + 2 + 1 + 1 + 4 + 4 + 40;

#[test]
fn expiries_must_rise_and_lie_ahead() {
    let mut swapped = eight();
    swapped.swap(0, 1);
    assert_eq!(refused(swapped), "E_REPORT_EXPIRIES");
    let mut twice = eight();
    twice[1].entry.expiry = twice[0].entry.expiry;
    assert_eq!(refused(twice), "E_REPORT_EXPIRIES");
    let past = surface(vec![entry(minutes(0), PRICE, lognormal(30))]);
    assert_eq!(refused(past), "E_REPORT_EXPIRIES");
}

#[test]
fn discounts_above_one_cannot_be_written_and_rising_ones_are_refused() {
    // A deficit is unsigned: a discount factor above one has no bytes.
    let mut rising = eight();
    rising[0].entry.discount_deficit = 10;
    rising[1].entry.discount_deficit = 9;
    assert_eq!(refused(rising), "E_REPORT_DISCOUNT");
    let mut deep = eight();
    deep[7].entry.discount_deficit = (1 << 31) + 1;
    assert_eq!(refused(deep), "E_REPORT_DISCOUNT");
}

#[test]
fn forwards_out_of_bounds_or_far_from_spot_are_refused() {
    for forward in [999, 49_999, 200_001, 1_000_001] {
        let mut far = eight();
        far[3].entry.forward = stored(forward);
        assert_eq!(refused(far), "E_REPORT_FORWARD", "{forward}");
    }
}

#[test]
fn attack_risk_17_and_options_33_a_slice_that_is_no_density_or_too_wild_is_refused() {
    let mut low = eight();
    low[0].entry.slice.0[0].total_vol = 1 << 20;
    assert_eq!(refused(low), "E_SLICE_VOL");
    let mut order = eight();
    order[0].entry.slice.0.reverse();
    assert_eq!(refused(order), "E_SLICE_ORDER");
    let mut narrow = eight();
    narrow[0].quoted = [1, 2];
    assert!(refused(narrow).starts_with("E_SLICE_"));
    // Sums that are not exact have no bytes at all.
    let mut report = World::new().report(PRICE);
    report.expiries = eight();
    report.expiries[0].entry.slice.0[1].forward += 1;
    assert_eq!(report.to_bytes(), None);
}

#[test]
fn attack_risk_17_and_options_33_calendar_arbitrage_between_neighbours_is_refused() {
    let fallen = surface(vec![
        entry(minutes(7 * DAY), PRICE, lognormal(80)),
        entry(minutes(14 * DAY), PRICE, lognormal(70)),
    ]);
    assert!(refused(fallen).starts_with("E_CALENDAR_"));
    let mut thin = eight();
    thin[2].grid.truncate(1);
    assert_eq!(refused(thin), "E_CALENDAR_COUNT");
    let mut unproved = eight();
    let grid = &mut unproved[2].grid;
    *grid = vec![grid[0], grid[grid.len() - 1]];
    assert_eq!(refused(unproved), "E_CALENDAR_CELL");
}

#[test]
fn a_spot_feed_has_no_surface_and_a_surface_at_most_24_expiries() {
    let many = (1..=25).map(|day| entry(minutes(day * DAY), PRICE, lognormal(u64::from(20 + day))));
    let mut report = World::new().report(PRICE);
    report.expiries = surface(many.collect());
    assert_eq!(refused(report.expiries), "E_REPORT_EXPIRIES");
}

#[test]
fn attack_risk_17_a_wing_moved_beyond_the_envelope_is_jumped_for_a_minute() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    let one = |slice| surface(vec![entry(minutes(30 * DAY), PRICE, slice)]);
    report.expiries = one(lognormal(140));
    world.publish(&report).unwrap();
    assert_eq!(world.validity(), Validity::Valid);

    // 5 % more vol is within the promise of the margin set.
    world.advance(5);
    report.time += 5;
    report.expiries = one(lognormal(147));
    world.publish(&report).unwrap();
    assert_eq!(world.validity(), Validity::Valid);

    // Twice the vol is not: the report is accepted, but *jumped*.
    world.advance(5);
    report.time += 5;
    report.expiries = one(lognormal(294));
    world.publish(&report).unwrap();
    assert_eq!(world.validity(), Validity::Jumped);
    for _ in 0..11 {
        world.advance(5);
        report.time += 5;
        world.publish(&report).unwrap();
        assert_eq!(world.validity(), Validity::Jumped);
    }
    world.advance(5);
    report.time += 5;
    world.publish(&report).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
}

#[test]
fn a_small_fall_of_vol_as_time_passes_is_no_jump() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    let one = |slice| surface(vec![entry(minutes(60), PRICE, slice)]);
    report.expiries = one(lognormal(5));
    world.publish(&report).unwrap();
    // Fifty minutes later five sixths of the variance are gone.
    world.advance(3_000);
    report.time += 3_000;
    report.expiries = one(mixture(2));
    world.publish(&report).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
}

/// Once it is left out its neighbours price it: nobody opens at once on that, nor on what it comes back with.
#[test]
fn an_expiry_is_jumped_when_it_is_left_out_and_when_it_comes_back() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    let near = |vol| entry(minutes(30 * DAY), PRICE, lognormal(vol));
    let far = || entry(minutes(60 * DAY), PRICE, lognormal(400));
    report.expiries = surface(vec![near(140), far()]);
    world.publish(&report).unwrap();
    for (passed, expiries, level) in [
        (5, vec![far()], Validity::Jumped),
        (60, vec![far()], Validity::Valid),
        (5, vec![near(294), far()], Validity::Jumped),
    ] {
        world.advance(passed);
        report.time += u32::try_from(passed).unwrap();
        report.expiries = surface(expiries);
        world.publish(&report).unwrap();
        assert_eq!(world.validity(), level);
    }
}

/// Spot and observations go on, so that a broken calibrator stops no settlement; but what cannot be marked is not opened.
#[test]
fn a_market_feed_without_a_surface_is_jumped_and_still_observed() {
    let mut world = World::with_short_window();
    let expiry = minutes(10);
    for minute in 4..10 {
        world.set_time(START + minute * 60);
        let mut report = world.report(PRICE + minute);
        report.expiries = Vec::new();
        world.publish(&report).unwrap();
        assert_eq!(world.validity(), Validity::Jumped);
    }
    let record = world.record();
    assert_eq!(record.band.mid, decimal("100009"));
    world.set_time(START + 661);
    world.fix(expiry).unwrap();
    let fixing = world.fixing(expiry);
    assert_eq!(
        (fixing.price, fixing.filled),
        (Some(decimal("100006.5")), 6)
    );
    // One slice is enough.
    world.publish(&world.report(PRICE)).unwrap();
    assert_eq!(world.validity(), Validity::Jumped, "it has just appeared");
    world.advance(60);
    world.publish(&world.report(PRICE)).unwrap();
    assert_eq!(world.validity(), Validity::Valid);
}

#[test]
fn a_surface_that_was_left_out_comes_back_jumped() {
    let mut world = World::new();
    let mut report = world.report(PRICE);
    let one = |vol| surface(vec![entry(minutes(30 * DAY), PRICE, lognormal(vol))]);
    for (expiries, level) in [
        (one(140), Validity::Valid),
        (Vec::new(), Validity::Jumped),
        (one(294), Validity::Jumped),
    ] {
        report.expiries = expiries;
        world.publish(&report).unwrap();
        assert_eq!(world.validity(), level);
        world.advance(5);
        report.time += 5;
    }
}

#[test]
fn a_forward_that_leaves_its_ratio_to_spot_is_jumped() {
    for (forward, level) in [
        (PRICE + 9_999, Validity::Valid),
        (PRICE + 10_001, Validity::Jumped),
        (PRICE - 10_001, Validity::Jumped),
    ] {
        let mut world = World::new();
        let mut report = world.report(PRICE);
        let one = |forward| surface(vec![entry(minutes(30 * DAY), forward, lognormal(140))]);
        report.expiries = one(PRICE);
        world.publish(&report).unwrap();
        world.advance(5);
        report.time += 5;
        report.expiries = one(forward);
        world.publish(&report).unwrap();
        assert_eq!(world.validity(), level, "{forward}");
    }
}
