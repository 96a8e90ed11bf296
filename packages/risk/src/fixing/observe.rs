//! One observation: the median over live sources, and whether a second family confirms it.

use fixed_math::{Fx, Proved};

use super::Observation;

/// Sources needed for a median: with fewer, one corrupted source could move it.
pub const MIN_SOURCES: usize = 3;

/// The price of one live source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Its price, positive.
    pub price: Fx,
    /// Its family: sources of one family share a way to fail.
    pub family: u8,
}

/// Middle of the sorted values; of an even number the mean of the two middle ones, rounded down.
/// `None` when there are none.
#[must_use]
pub fn median(values: &[Fx]) -> Option<Fx> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let upper = *sorted.get(sorted.len() >> 1)?;
    if sorted.len() & 1 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get((sorted.len() >> 1).checked_sub(1)?)?;
    Some(middle(lower, upper))
}

/// Mean of two prices, rounded down.
pub(crate) fn middle(a: Fx, b: Fx) -> Fx {
    let (a, b) = (a.to_bits(), b.to_bits());
    // What they share, and half of what they do not: no sum that could overflow.
    Fx::from_bits((a & b).plus((a ^ b) >> 1))
}

/// Whether `price` lies within 1 % of `centre`: `|price - centre| * 100 <= centre`.
#[must_use]
pub fn within_one_percent(price: Fx, centre: Fx) -> bool {
    let gap = price.to_bits().abs_diff(centre.to_bits());
    gap.saturating_mul(100) <= centre.to_bits().unsigned_abs()
}

/// The observation that the live sources make together: their median, confirmed when the medians of at
/// least two families lie within 1 % of it. `None` with fewer than three sources.
#[must_use]
pub fn observe(quotes: &[Quote]) -> Option<Observation> {
    if quotes.len() < MIN_SOURCES {
        return None;
    }
    let all: Vec<Fx> = quotes.iter().map(|quote| quote.price).collect();
    let price = median(&all)?;
    let mut families: Vec<u8> = quotes.iter().map(|quote| quote.family).collect();
    families.sort_unstable();
    families.dedup();
    let agreeing = families.iter().filter(|family| {
        let own = quotes.iter().filter(|quote| quote.family == **family);
        let own: Vec<Fx> = own.map(|quote| quote.price).collect();
        median(&own).is_some_and(|own| within_one_percent(own, price))
    });
    Some(Observation {
        price,
        confirmed: agreeing.count() >= 2,
    })
}
