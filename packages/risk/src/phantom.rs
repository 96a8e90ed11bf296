//! Drivers that lead whatever a book holds.
//!
//! Without them an account could be in a pricing that no part of it is in: an underlying that it takes over would lead two
//! others by betas that those two have not between themselves. So every driver leads every book of several underlyings as a
//! phantom, worth nothing: one that is held follows its own phantom, and leads once more in each of its own pricings.

use crate::assess::{PricingId, Row};
use crate::joint::{Candidates, Rows, signed};
use crate::price::{Outcome, Priced};
use crate::scenario::{SPOT_GREATEST, SPOT_LEAST, SPOT_ONE, to_bps};
use crate::{BPS_ONE, Beta, UnderlyingId};

/// The phantoms that lead a book, none of a single underlying; in every row that the book has, at one move for each way in
/// which it follows. At the mark nothing moves, and a driver's last day moves others along their scan.
pub(crate) fn phantoms(rows: &Rows<'_>, beta: &Beta) -> Vec<Priced> {
    if rows.priced.len() < 2 {
        return Vec::new();
    }
    let held = |id| rows.priced.iter().any(|set| set.underlying == id);
    // A driver whose betas all name others moves this book as one that no beta names.
    let named = beta.entries.iter().filter(|entry| held(entry.follower));
    let mut drivers: Vec<UnderlyingId> = named.map(|entry| entry.driver).collect();
    drivers.push(Beta::UNNAMED);
    drivers.sort_unstable();
    drivers.dedup();
    let phantom = |id| phantom(id, rows, beta);
    drivers.into_iter().map(phantom).collect()
}

fn phantom(underlying: UnderlyingId, rows: &Rows<'_>, beta: &Beta) -> Priced {
    let mut outcomes = Vec::new();
    for ((row, vol), candidates) in &rows.known {
        if matches!(row, Row::Mark | Row::LastDay) {
            continue;
        }
        let mut turns = vec![SPOT_LEAST, SPOT_GREATEST.saturating_add(1)];
        for (follower, among) in rows.priced.iter().zip(candidates) {
            let beta = beta.get(underlying, follower.underlying);
            add_turns(among, beta, &mut turns);
        }
        turns.sort_unstable();
        turns.dedup();
        outcomes.extend(turns.windows(2).filter_map(|pair| {
            let [first, next] = pair else { return None };
            // The smallest move of those that all follow alike.
            let spot = SPOT_ONE.clamp(*first, next.saturating_sub(1));
            let id = PricingId {
                row: *row,
                spot_move: to_bps(spot),
                vol: *vol,
            };
            Some(Outcome {
                id,
                spot,
                totals: Vec::new(),
                led: BPS_ONE,
                pin: None,
            })
        }));
    }
    Priced {
        underlying,
        outcomes,
        pins: Vec::new(),
        equity: 0,
        depeg: 0,
        alpha: 0,
    }
}

/// Adds the lowest spot factor of the driver at each of a follower's steps from one pricing to the next, exactly.
fn add_turns(candidates: &Candidates<'_>, beta: i32, turns: &mut Vec<u64>) {
    let beta = i128::from(beta);
    for pair in candidates.moves().windows(2) {
        let [low, high] = pair else { continue };
        // It steps up at the middle, or with the next unit when a tie falls to the lower one.
        let middle = low.saturating_add(*high) >> 1;
        let there = candidates.nearest(middle).map(|point| signed(point.spot));
        let step = i128::from(middle).saturating_add(i128::from(there != Some(*high)));
        // The first move whose `floor(beta x)` reaches the step, or, where it falls, no longer does: a whole number, exact,
        // so that nobody gains by these divisions.
        let scaled = step.saturating_mul(1 << 16);
        let first = if beta > 0 {
            let up = scaled.saturating_add(beta.saturating_sub(1));
            up.checked_div_euclid(beta)
        } else {
            let last = scaled
                .saturating_neg()
                .checked_div_euclid(beta.saturating_neg());
            last.map(|last| last.saturating_add(1))
        };
        let spot = first.and_then(|x| u64::try_from(x.saturating_add(SPOT_ONE.into())).ok());
        turns.extend(spot.filter(|spot| (SPOT_LEAST..=SPOT_GREATEST).contains(spot)));
    }
}
