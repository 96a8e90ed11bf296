//! Several underlyings together.

use crate::assess::{PricingId, Row};
use crate::price::{Outcome, Priced};
use crate::scenario::SPOT_ONE;
use crate::{Beta, UnderlyingId};

/// The pricing of `follower` when `driver` is in `outcome`: the same row and vol, the spot move nearest to
/// beta times the driver's. Only pricings of the follower's own set are taken, so that a merged
/// book meets nothing that its parts did not.
pub(crate) fn counterpart<'a>(
    follower: &'a Priced,
    outcome: &Outcome,
    beta: i32,
) -> Option<&'a Outcome> {
    let wanted = follow(outcome.spot, beta);
    let distance = |other: &&Outcome| (signed(other.spot).abs_diff(wanted), other.id);
    let in_row = |row: Row| {
        follower
            .outcomes
            .iter()
            .filter(move |other| other.id.row == row && other.id.vol == outcome.id.vol)
            .min_by_key(distance)
    };
    match outcome.id.row {
        // The follower's own points are of its own size: it stays on the scan.
        Row::LastDay => in_row(Row::Scan).or_else(|| follower.outcomes.first()),
        // A rise without end of the driver is none of the follower when it moves the other way.
        Row::Infinity | Row::Zero if beta <= 0 => follower.outcomes.first(),
        Row::RegimeInitial => in_row(Row::RegimeInitial)
            .or_else(|| in_row(Row::Regime))
            .or_else(|| in_row(Row::Scan)),
        row => in_row(row)
            .or_else(|| in_row(Row::Scan))
            .or_else(|| follower.outcomes.first()),
    }
}

fn signed(spot: u64) -> i64 {
    let one = i64::try_from(SPOT_ONE).unwrap_or(i64::MAX);
    i64::try_from(spot).unwrap_or(i64::MAX).saturating_sub(one)
}

fn follow(spot: u64, beta: i32) -> i64 {
    signed(spot).saturating_mul(i64::from(beta)) >> 16
}

/// The lowest joint pricing over all drivers: its value, driver and pricing.
#[inline(never)] // The VM allows 100 locals a function.
pub(crate) fn lowest(priced: &[Priced], beta: &Beta) -> Option<(i128, UnderlyingId, PricingId)> {
    let mut lowest: Option<(i128, UnderlyingId, PricingId)> = None;
    for driver in priced {
        for outcome in &driver.outcomes {
            let value = together(priced, driver, outcome, beta);
            let candidate = (value, driver.underlying, outcome.id);
            if lowest.is_none_or(|best| candidate < best) {
                lowest = Some(candidate);
            }
        }
    }
    lowest
}

fn together(priced: &[Priced], driver: &Priced, outcome: &Outcome, beta: &Beta) -> i128 {
    priced.iter().fold(0, |sum, other| {
        let own = if other.underlying == driver.underlying {
            Some(outcome)
        } else {
            let beta = beta.get(driver.underlying, other.underlying);
            counterpart(other, outcome, beta)
        };
        crate::fine::add(sum, own.map_or(0, Outcome::least))
    })
}
