//! Several underlyings together.

use crate::assess::{PricingId, Row, VolMove};
use crate::phantom::phantoms;
use crate::pin::{HALFWAY, between};
use crate::price::{Outcome, Priced};
use crate::profile::BPS_WIDE;
use crate::scenario::SPOT_ONE;
use crate::{BPS_ONE, Beta, UnderlyingId, fine};

/// What a follower may be in when the driver is in a row at a vol. Only pricings of the follower's own set are among them, so
/// that a merged book meets nothing that its parts did not.
pub(crate) struct Candidates<'a> {
    row: Row,
    mark: Option<&'a Outcome>,
    /// Of the same row, or of what stands in for one that it lacks.
    points: Vec<&'a Outcome>,
    /// Its pricing at an unmoved spot, which hardly any row has: the mark or, where the vol moved, the scan's.
    unmoved: Option<&'a Outcome>,
}

impl<'a> Candidates<'a> {
    pub(crate) fn of(follower: &'a Priced, row: Row, vol: VolMove) -> Self {
        let of = |row: Row| {
            let named = move |other: &&Outcome| other.id.row == row && other.id.vol == vol;
            follower.outcomes.iter().filter(named)
        };
        let rows = match row {
            // The follower's own points are of its own size: it stays on the scan.
            Row::LastDay => [Row::Scan; 3],
            Row::RegimeInitial => [row, Row::Regime, Row::Scan],
            _ => [row, Row::Scan, Row::Scan],
        };
        let found = rows.into_iter().find(|row| of(*row).next().is_some());
        let mut still = of(Row::Mark).chain(of(Row::Scan));
        Self {
            row,
            mark: follower.outcomes.first(),
            points: found.map_or_else(Vec::new, |row| of(row).collect()),
            unmoved: still.find(|other| other.spot == SPOT_ONE),
        }
    }

    /// What it is in when the driver moves to this spot factor.
    fn follow(&self, spot: u64, beta: i32) -> Option<&'a Outcome> {
        // A rise without end of the driver is none of the follower when it moves the other way.
        if beta <= 0 && matches!(self.row, Row::Infinity | Row::Zero) {
            return self.mark;
        }
        self.nearest(follow(spot, beta)).or(self.mark)
    }

    /// What it is worth when the driver is in `outcome`.
    fn worth(&self, outcome: &Outcome, beta: i32) -> i128 {
        let least = |of: Option<&Outcome>| of.map_or(0, Outcome::least);
        let moved = least(self.follow(outcome.spot, beta));
        if outcome.led == BPS_ONE {
            return moved;
        }
        fine::mix(least(self.mark), moved, outcome.led)
    }

    /// The pricing whose move is nearest to the one wanted, unmoved where that is nearer still.
    pub(crate) fn nearest(&self, wanted: i64) -> Option<&'a Outcome> {
        let away = |other: &Outcome| signed(other.spot).abs_diff(wanted);
        let points = self.points.iter().copied();
        let nearest = points.min_by_key(|other| (away(other), other.id))?;
        let closer = self.unmoved.filter(|other| away(other) < away(nearest));
        closer.or(Some(nearest))
    }

    /// Its moves, unmoved among them, ascending.
    pub(crate) fn moves(&self) -> Vec<i64> {
        let all = self.points.iter().copied().chain(self.unmoved);
        let mut moves: Vec<i64> = all.map(|point| signed(point.spot)).collect();
        moves.sort_unstable();
        moves.dedup();
        moves
    }
}

/// The pricing of `follower` when `driver` is in `outcome`: the same row and vol, the spot move nearest to beta times the driver's.
pub(crate) fn counterpart<'a>(
    follower: &'a Priced,
    outcome: &Outcome,
    beta: i32,
) -> Option<&'a Outcome> {
    Candidates::of(follower, outcome.id.row, outcome.id.vol).follow(outcome.spot, beta)
}

/// A spot factor as a move, units of `2^-32`.
pub(crate) fn signed(spot: u64) -> i64 {
    let one = i64::try_from(SPOT_ONE).unwrap_or(i64::MAX);
    i64::try_from(spot).unwrap_or(i64::MAX).saturating_sub(one)
}

fn follow(spot: u64, beta: i32) -> i64 {
    signed(spot).saturating_mul(i64::from(beta)) >> 16
}

/// The candidates of every underlying in every row and vol that any of them has.
pub(crate) struct Rows<'a> {
    pub priced: &'a [Priced],
    pub known: Vec<((Row, VolMove), Vec<Candidates<'a>>)>,
}

impl<'a> Rows<'a> {
    pub(crate) fn of(priced: &'a [Priced]) -> Self {
        let mut known: Vec<((Row, VolMove), Vec<Candidates<'a>>)> = Vec::new();
        // A single underlying has none to follow it.
        let several = priced.get(1).map_or(&[][..], |_| priced);
        for PricingId { row, vol, .. } in several.iter().flat_map(|set| &set.outcomes).map(|o| o.id)
        {
            if known.iter().all(|(of, _)| *of != (row, vol)) {
                let candidates = priced
                    .iter()
                    .map(|set| Candidates::of(set, row, vol))
                    .collect();
                known.push(((row, vol), candidates));
            }
        }
        Self { priced, known }
    }

    fn candidates(&self, id: PricingId) -> &[Candidates<'a>] {
        let known = self.known.iter().find(|(of, _)| *of == (id.row, id.vol));
        known.map_or(&[], |(_, candidates)| candidates)
    }
}

/// One underlying that moves first, and what the others are worth in each pricing of its set.
pub(crate) struct Driver<'a> {
    set: &'a Priced,
    followers: Vec<i128>,
}

impl<'a> Driver<'a> {
    pub(crate) fn new(rows: &Rows<'_>, set: &'a Priced, beta: &Beta) -> Self {
        // Not by its number: a phantom is followed by the underlying that it stands for.
        let follows = |other: &Priced| {
            let beta = || beta.get(set.underlying, other.underlying);
            (!std::ptr::eq(other, set)).then(beta)
        };
        let betas: Vec<Option<i32>> = rows.priced.iter().map(follows).collect();
        let followers = set.outcomes.iter().map(|outcome| {
            let mut sum = 0;
            for (beta, candidates) in betas.iter().zip(rows.candidates(outcome.id)) {
                if let Some(beta) = beta {
                    sum = fine::add(sum, candidates.worth(outcome, *beta));
                }
            }
            sum
        });
        let followers = followers.collect();
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
    let rows = Rows::of(priced);
    let mut lowest: Option<(i128, UnderlyingId, PricingId)> = None;
    for set in priced.iter().chain(&phantoms(&rows, beta)) {
        for (value, outcome) in Driver::new(&rows, set, beta).all() {
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
    pub(crate) fn of(follower: &'a Priced, driver: &Priced, outcome: &Outcome, beta: i32) -> Self {
        let Some(pin) = outcome.pin else {
            let moved = counterpart(follower, outcome, beta);
            return Self::led(follower.outcomes.first(), moved, outcome.led);
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

    /// The mark, but for a share of another pricing, in basis points.
    fn led(mark: Option<&'a Outcome>, moved: Option<&'a Outcome>, share: u32) -> Self {
        if share == BPS_ONE {
            return Self::one(moved);
        }
        Self {
            low: mark,
            high: moved,
            share: (HALFWAY / (BPS_WIDE / 2)).saturating_mul(share.into()),
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
            led: BPS_ONE,
            pin: None,
        }
    }

    /// A follower takes the nearest of its row, or stays where it is when that is nearer.
    /// docs/spec/margin.md, *Joint*.
    #[test]
    fn spec_example_a_follower_takes_its_nearest_move() {
        let scan = (-4..=4).map(|step| (Row::Scan, 400 * step));
        let tails = [-6_600, -3_300, 5_000, 10_000, 20_000].map(|x| (Row::Tail, x));
        let own = scan.chain(tails).map(|(row, x)| outcome(row, x, Flat));
        let follower = Priced {
            underlying: 2,
            outcomes: own.collect(),
            pins: Vec::new(),
            equity: 0,
            depeg: 0,
            alpha: 5_000,
        };
        let beta = 65_536 * 6 / 10;
        for (row, asked, taken) in [
            (Row::Scan, 1_600, 800),
            (Row::Scan, 400, 400),
            (Row::Tail, 5_000, 5_000),
            (Row::Tail, -3_300, -3_300),
        ] {
            let found = counterpart(&follower, &outcome(row, asked, Flat), beta).unwrap();
            assert_eq!((found.id.row, found.id.spot_move), (row, taken));
        }
    }

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
