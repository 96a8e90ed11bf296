//! Section 3, *Phantoms*: drivers that lead a book of several underlyings, held or not, worth nothing themselves.

use super::joint::Set;
use super::model::World;
use super::real::Real;
use super::scenarios::{PricingId, Row, Vol};
use super::units::{SPOT_GREATEST, SPOT_LEAST, SPOT_ONE, WEIGHT_ONE};
use super::{Candidate, Worst};

/// Stands for a driver that no beta names.
const UNNAMED: u16 = u16::MAX;

/// Every driver that a beta names and one that none does, in every row and vol of the book, by every move. All follow it.
pub(super) fn phantoms<R: Real>(sets: &[Set<'_, R>], world: &World<R>) -> Vec<Candidate<R>> {
    let mut all = Vec::new();
    for driver in drivers(world) {
        for (row, vol) in rows(sets) {
            for spot in moves(sets, driver, row, vol) {
                let pricing = PricingId::new(row, vol, spot);
                let followers = sets.iter();
                all.push(Candidate {
                    value: R::sum(followers.map(|set| set.following(driver, pricing, R::ONE))),
                    worst: Worst::Joint { driver, pricing },
                });
            }
        }
    }
    all
}

fn drivers<R: Real>(world: &World<R>) -> Vec<u16> {
    let mut drivers: Vec<u16> = world.betas.keys().map(|(driver, _)| *driver).collect();
    drivers.push(UNNAMED);
    drivers.dedup();
    drivers
}

/// All that the book has but Mark, `LastDay` and Pin.
fn rows<R: Real>(sets: &[Set<'_, R>]) -> Vec<(Row, Vol)> {
    let pricings = sets.iter().flat_map(|set| &set.pricings);
    let mut rows: Vec<(Row, Vol)> = pricings.map(|p| (p.id.row, p.id.vol)).collect();
    rows.retain(|(row, _)| !matches!(row, Row::Mark | Row::LastDay | Row::Pin));
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// A follower changes its pricing half way between two of its moves, so of all moves a little to the left and to the right of
/// every half way are enough.
fn moves<R: Real>(sets: &[Set<'_, R>], driver: u16, row: Row, vol: Vol) -> Vec<i64> {
    let mut spots = vec![SPOT_LEAST, SPOT_GREATEST];
    for set in sets {
        let beta = R::ratio(set.beta(driver), WEIGHT_ONE);
        for turn in turns(set, row, vol) {
            let turn = turn / beta;
            let aside = R::of(4) + R::of(4) / beta.abs();
            let beside = [turn - aside, turn + aside];
            spots.extend(beside.map(|x| x.whole().saturating_add(SPOT_ONE)));
        }
    }
    spots.retain(|spot| (SPOT_LEAST..=SPOT_GREATEST).contains(spot));
    spots.sort_unstable();
    spots.dedup();
    spots
}

/// Half way between any two moves of a follower, no move among them, units of `2^-32`.
fn turns<R: Real>(set: &Set<'_, R>, row: Row, vol: Vol) -> Vec<R> {
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
        .map(|sum| R::ratio(sum, 2))
        .collect()
}
