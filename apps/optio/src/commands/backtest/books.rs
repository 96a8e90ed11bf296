//! Random books of a chain's options.

use std::collections::BTreeMap;

use risk::{Book, Leg, SeriesKey};

use crate::data::chain::{Chain, Expiry};
use crate::data::snapshot::{Row, Side};
use crate::margined::key;
use crate::random::Random;

/// Quantity units of one contract.
const CONTRACT: i64 = 10_000;
/// Most legs of a random book.
const MOST_LEGS: usize = 16;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One short option.
    Short,
    /// A short strangle: a put below, a call above.
    Strangle,
    /// A vertical: one option short, another of the same side and expiry long.
    Vertical,
    /// A calendar: one option short, one of the nearest strike in another expiry long.
    Calendar,
    /// Two to sixteen legs of any size and sign.
    Random,
}

impl Shape {
    /// All of them, with their names.
    pub const ALL: [Self; 5] = [
        Self::Short,
        Self::Strangle,
        Self::Vertical,
        Self::Calendar,
        Self::Random,
    ];

    /// For a table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Short => "one short option",
            Self::Strangle => "short strangle",
            Self::Vertical => "vertical",
            Self::Calendar => "calendar",
            Self::Random => "2 to 16 random legs",
        }
    }
}

/// A book of this shape; none where the chain has no such options.
pub fn draw(shape: Shape, chain: &Chain, random: &mut Random) -> Option<Book> {
    let expiry = some(&chain.expiries, random)?;
    let side = *random.pick(&[Side::Call, Side::Put]);
    let options = quoted(expiry, side);
    let first = *some(&options, random)?;
    let legs = match shape {
        Shape::Short => vec![(first, -CONTRACT)],
        Shape::Strangle => strangle(expiry, random)?,
        Shape::Vertical => vec![(first, -CONTRACT), (*some(&options, random)?, CONTRACT)],
        Shape::Calendar => {
            let other = quoted(some(&chain.expiries, random)?, side);
            vec![(first, -CONTRACT), (nearest(&other, first)?, CONTRACT)]
        }
        Shape::Random => any(chain, random),
    };
    book(&legs)
}

/// One of a list; none of none.
fn some<'a, T>(list: &'a [T], random: &mut Random) -> Option<&'a T> {
    (!list.is_empty()).then(|| random.pick(list))
}

/// Options with a bid and an ask and a delta between 2 and 90 %.
fn quoted(expiry: &Expiry, side: Side) -> Vec<&Row> {
    let good = |r: &&Row| {
        r.instrument.side == side
            && r.bid.is_some()
            && r.ask.is_some()
            && (0.02..0.9).contains(&r.delta.abs())
    };
    expiry.rows().filter(good).collect()
}

fn strangle<'a>(expiry: &'a Expiry, random: &mut Random) -> Option<Vec<(&'a Row, i64)>> {
    let mut wing = |side: Side| {
        let mut options = quoted(expiry, side);
        options.retain(|r| r.delta.abs() < 0.5);
        some(&options, random).copied()
    };
    Some(vec![
        (wing(Side::Put)?, -CONTRACT),
        (wing(Side::Call)?, -CONTRACT),
    ])
}

/// The option whose strike is nearest.
fn nearest<'a>(options: &[&'a Row], to: &Row) -> Option<&'a Row> {
    let far = |r: &&&Row| (r.instrument.strike - to.instrument.strike).abs();
    let nearest = options.iter().min_by(|a, b| far(a).total_cmp(&far(b)));
    nearest.copied()
}

fn any<'a>(chain: &'a Chain, random: &mut Random) -> Vec<(&'a Row, i64)> {
    let count = 2 + random.below(MOST_LEGS - 1);
    let mut leg = || {
        let side = *random.pick(&[Side::Call, Side::Put]);
        let expiry = some(&chain.expiries, random)?;
        let option = *some(&quoted(expiry, side), random)?;
        let quantity = 1 + random.below(2 * CONTRACT as usize) as i64;
        let sign = if random.unit() < 0.5 { -1 } else { 1 };
        Some((option, sign * quantity))
    };
    (0..count).filter_map(|_| leg()).collect()
}

/// Equal legs as one; none when nothing is left.
fn book(legs: &[(&Row, i64)]) -> Option<Book> {
    let mut sums: BTreeMap<SeriesKey, i64> = BTreeMap::new();
    for (option, quantity) in legs {
        *sums.entry(key(1, &option.instrument)?).or_default() += quantity;
    }
    let held = sums.into_iter().filter(|(_, quantity)| *quantity != 0);
    let legs: Vec<Leg> = held.map(|(key, quantity)| Leg { key, quantity }).collect();
    (!legs.is_empty()).then(|| Book {
        cash: Vec::new(),
        legs,
    })
}
