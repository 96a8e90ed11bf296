//! Several underlyings together.

use crate::assess::{PricingId, Row};
use crate::pin::{HALFWAY, between};
use crate::price::{Outcome, Priced};
use crate::scenario::SPOT_ONE;
use crate::{Beta, UnderlyingId, fine};

/// The pricing of `follower` when `driver` is in `outcome`: the same row and vol, the spot move nearest to
/// beta times the driver's, unmoved among them. Only pricings of the follower's own set are taken, so that a merged
/// book meets nothing that its parts did not.
pub(crate) fn counterpart<'a>(
    follower: &'a Priced,
    outcome: &Outcome,
    beta: i32,
) -> Option<&'a Outcome> {
    let wanted = follow(outcome.spot, beta);
    let away = |other: &Outcome| signed(other.spot).abs_diff(wanted);
    let of = |row: Row| {
        let named = move |other: &&Outcome| other.id.row == row && other.id.vol == outcome.id.vol;
        follower.outcomes.iter().filter(named)
    };
    // Hardly any row has an unmoved point of its own: it is the mark, or with the vol moved the scan's.
    let mut still = of(Row::Mark).chain(of(Row::Scan));
    let unmoved = still.find(|other| other.spot == SPOT_ONE);
    let in_row = |row: Row| {
        let nearest = of(row).min_by_key(|other| (away(other), other.id))?;
        let closer = unmoved.filter(|other| away(other) < away(nearest));
        closer.or(Some(nearest))
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

/// One underlying that moves first, and what the others are worth in each pricing of its set.
pub(crate) struct Driver<'a> {
    set: &'a Priced,
    followers: Vec<i128>,
}

impl<'a> Driver<'a> {
    pub(crate) fn new(priced: &[Priced], set: &'a Priced, beta: &Beta) -> Self {
        let mut followers = Vec::with_capacity(set.outcomes.len());
        for outcome in &set.outcomes {
            let mut sum = 0;
            for other in priced.iter().filter(|p| p.underlying != set.underlying) {
                let beta = beta.get(set.underlying, other.underlying);
                let own = counterpart(other, outcome, beta);
                sum = fine::add(sum, own.map_or(0, Outcome::least));
            }
            followers.push(sum);
        }
        Self { set, followers }
    }

    /// Every pricing of the set and every pin, with what all are worth in it. A pin lies between two moves, and the followers
    /// lie as far between what they are in at them: so that the sum stays linear from one move to the next.
    pub(crate) fn all(&self) -> Vec<(i128, &'a Outcome)> {
        let at = |place: usize| self.followers.get(place).copied().unwrap_or(0);
        let mut all = Vec::new();
        for set in [&self.set.outcomes, &self.set.pins] {
            for (place, outcome) in set.iter().enumerate() {
                let others = match outcome.pin {
                    None => at(place),
                    Some(pin) => between(at(pin.left), at(pin.right), pin.share),
                };
                all.push((fine::add(others, outcome.least()), outcome));
            }
        }
        all
    }
}

/// The lowest joint pricing over all drivers: its value, driver and pricing.
#[inline(never)] // The VM allows 100 locals a function.
pub(crate) fn lowest(priced: &[Priced], beta: &Beta) -> Option<(i128, UnderlyingId, PricingId)> {
    let mut lowest: Option<(i128, UnderlyingId, PricingId)> = None;
    for set in priced {
        for (value, outcome) in Driver::new(priced, set, beta).all() {
            let candidate = (value, set.underlying, outcome.id);
            if lowest.is_none_or(|best| candidate < best) {
                lowest = Some(candidate);
            }
        }
    }
    lowest
}

/// What a follower is in: one pricing of its own, or a share of the way from one to another.
pub(crate) struct Follows<'a> {
    pub low: Option<&'a Outcome>,
    pub high: Option<&'a Outcome>,
    /// Units of `2^-62`.
    pub share: u64,
}

impl<'a> Follows<'a> {
    /// What `follower` is in when `driver` is in `outcome`.
    pub(crate) fn of(
        follower: &'a Priced,
        (driver, outcome): (&Priced, &Outcome),
        beta: i32,
    ) -> Self {
        let Some(pin) = outcome.pin else {
            return Self::one(counterpart(follower, outcome, beta));
        };
        let at = |place: usize| {
            let moved = driver.outcomes.get(place)?;
            counterpart(follower, moved, beta)
        };
        Self {
            low: at(pin.left),
            high: at(pin.right),
            share: pin.share,
        }
    }

    /// One pricing.
    pub(crate) fn one(outcome: Option<&'a Outcome>) -> Self {
        Self {
            low: outcome,
            high: outcome,
            share: 0,
        }
    }

    /// The pricing that names it.
    pub(crate) fn nearest(&self) -> Option<&'a Outcome> {
        if self.share <= HALFWAY {
            self.low
        } else {
            self.high
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::VolMove::{self, Down, Flat, Up};

    fn outcome(row: Row, spot_move: i32, vol: VolMove) -> Outcome {
        let spot = (i64::from(10_000 + spot_move) << 32) / 10_000;
        Outcome {
            id: PricingId {
                row,
                spot_move,
                vol,
            },
            spot: u64::try_from(spot).unwrap(),
            totals: vec![0],
            pin: None,
        }
    }

    /// A follower takes the nearest of its row, or stays where it is when that is nearer.
    #[test]
    fn unmoved_is_among_what_a_follower_takes() {
        let set = [
            (Row::Mark, 0, Flat),
            (Row::Scan, -400, Flat),
            (Row::Scan, 400, Flat),
            (Row::Scan, 0, Up),
            (Row::Scan, 400, Up),
            (Row::Tail, -3_300, Flat),
            (Row::Tail, 5_000, Flat),
            (Row::Zero, 0, Flat),
            (Row::Regime, 0, Up),
            (Row::Band, -1_650, Up),
            (Row::Band, 1_650, Up),
        ];
        let follower = Priced {
            underlying: 2,
            outcomes: set.map(|(row, x, vol)| outcome(row, x, vol)).to_vec(),
            pins: Vec::new(),
            equity: 0,
            depeg: 0,
            alpha: 5_000,
        };
        let taken = |row, x, vol, percent: i32| {
            let found = counterpart(&follower, &outcome(row, x, vol), percent * 65_536 / 100);
            let id = found.unwrap().id;
            (id.row, id.spot_move, id.vol)
        };
        let mark = (Row::Mark, 0, Flat);
        assert_eq!(taken(Row::LastDay, 50, Flat, 100), mark);
        assert_eq!(taken(Row::LastDay, 300, Flat, 100), (Row::Scan, 400, Flat));
        assert_eq!(taken(Row::Scan, 400, Flat, 25), mark);
        assert_eq!(taken(Row::Scan, 400, Flat, 75), (Row::Scan, 400, Flat));
        assert_eq!(taken(Row::Scan, 400, Up, 25), (Row::Scan, 0, Up));
        assert_eq!(taken(Row::Tail, -6_600, Flat, 10), mark);
        assert_eq!(
            taken(Row::Tail, -6_600, Flat, 50),
            (Row::Tail, -3_300, Flat)
        );
        assert_eq!(taken(Row::Band, 1_650, Up, 0), (Row::Scan, 0, Up));
        assert_eq!(taken(Row::Band, 1_650, Up, -100), (Row::Band, -1_650, Up));
        // Where the row has an unmoved point of its own, that one.
        assert_eq!(taken(Row::Regime, 0, Up, 100), (Row::Regime, 0, Up));
        assert_eq!(taken(Row::Zero, 0, Flat, 100), (Row::Zero, 0, Flat));
        // A row that the follower lacks: the scan's nearest, or nothing at all.
        assert_eq!(taken(Row::Regime, 400, Flat, 100), (Row::Scan, 400, Flat));
        assert_eq!(taken(Row::Scan, 400, Down, 100), mark);
    }
}
