//! Section 3, *Phantoms*: drivers that lead a book of several underlyings, held or not, worth nothing themselves.

use super::joint::Set;
use super::model::World;
use super::scenarios::{PricingId, Row, Vol};
use super::units::{SPOT_GREATEST, SPOT_LEAST, SPOT_ONE, WEIGHT_ONE};
use super::{Candidate, Worst};

/// Stands for a driver that no beta names.
const UNNAMED: u16 = u16::MAX;

/// Every driver that a beta names and one that none does, in every row and vol of the book, by every move. All follow it.
pub(super) fn phantoms(sets: &[Set<'_>], world: &World) -> Vec<Candidate> {
    let mut all = Vec::new();
    for driver in drivers(world) {
        for (row, vol) in rows(sets) {
            for spot in moves(sets, driver, row, vol) {
                let pricing = PricingId::new(row, vol, spot);
                let followers = sets.iter();
                all.push(Candidate {
                    value: followers
                        .map(|set| set.following(driver, pricing, 1.0))
                        .sum(),
                    worst: Worst::Joint { driver, pricing },
                });
            }
        }
    }
    all
}

fn drivers(world: &World) -> Vec<u16> {
    let mut drivers: Vec<u16> = world.betas.keys().map(|(driver, _)| *driver).collect();
    drivers.push(UNNAMED);
    drivers.dedup();
    drivers
}

/// All that the book has but Mark, `LastDay` and Pin.
fn rows(sets: &[Set<'_>]) -> Vec<(Row, Vol)> {
    let pricings = sets.iter().flat_map(|set| &set.pricings);
    let mut rows: Vec<(Row, Vol)> = pricings.map(|p| (p.id.row, p.id.vol)).collect();
    rows.retain(|(row, _)| !matches!(row, Row::Mark | Row::LastDay | Row::Pin));
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// A follower changes its pricing half way between two of its moves, so of all moves a little to the left and to the right of
/// every half way are enough.
fn moves(sets: &[Set<'_>], driver: u16, row: Row, vol: Vol) -> Vec<i64> {
    let mut spots = vec![SPOT_LEAST, SPOT_GREATEST];
    for set in sets {
        let beta = set.beta(driver) as f64 / WEIGHT_ONE as f64;
        for turn in turns(set, row, vol) {
            let turn = turn / beta;
            let aside = 4.0 + 4.0 / beta.abs();
            let beside = [turn - aside, turn + aside];
            spots.extend(beside.map(|x| (x as i64).saturating_add(SPOT_ONE)));
        }
    }
    spots.retain(|spot| (SPOT_LEAST..=SPOT_GREATEST).contains(spot));
    spots.sort_unstable();
    spots.dedup();
    spots
}

/// Half way between any two moves of a follower, no move among them, units of `2^-32`.
fn turns(set: &Set<'_>, row: Row, vol: Vol) -> Vec<f64> {
    let Some(row) = set.row_for(row, vol) else {
        return Vec::new();
    };
    let moves = set.of_row(row, vol).map(|p| p.id.spot - SPOT_ONE);
    let mut moves: Vec<i64> = moves.chain([0]).collect();
    moves.sort_unstable();
    moves.dedup();
    let pairs = moves.iter().enumerate();
    pairs
        .flat_map(|(n, low)| moves[n + 1..].iter().map(move |high| low + high))
        .map(|sum| sum as f64 / 2.0)
        .collect()
}
