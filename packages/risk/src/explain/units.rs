//! Unit values of series in every pricing of the set.

use super::place::Place;
use crate::assess::{Level, PricingId};
use crate::build::{Grouping, grouped};
use crate::price::Holding;
use crate::scenario::Shape;
use crate::smile::{SMILE_CHOICES, SmileChoice};
use crate::{Book, Context, Leg, RiskError, SeriesKey, UnderlyingId};

/// Unit values of a list of series under one pricing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitValues {
    /// The underlying whose set the pricing belongs to.
    pub underlying: UnderlyingId,
    /// The pricing.
    pub pricing: PricingId,
    /// In the smile row, which choice; the row's value of a book is the sum over expiries of the
    /// lowest choice.
    pub choice: Option<SmileChoice>,
    /// Per series of this underlying, sorted by expiry, market, strike and kind: its lower bound in
    /// units of `2^-32` quote base units per quantity unit.
    pub values: Vec<(SeriesKey, i128)>,
}

/// Every live series' unit value in every pricing of the set: what a linear program needs to look
/// for books that the set misses. The mark comes first for each underlying.
///
/// # Errors
/// As [`crate::assess()`]; at most [`crate::MAX_LEGS`] series at a time.
pub fn unit_values(
    series: &[SeriesKey],
    context: &Context,
    level: Level,
) -> Result<Vec<UnitValues>, RiskError> {
    let legs = series.iter().map(|key| Leg {
        key: *key,
        quantity: 1,
    });
    let book = Book {
        cash: Vec::new(),
        legs: legs.collect(),
    };
    let mut table = Vec::new();
    for holding in grouped(&book, context, level, Grouping::Apart)?.holdings {
        for scenario in &holding.scenarios {
            let smile = scenario.shape == Shape::Smile;
            let choices = if smile {
                &SMILE_CHOICES[..]
            } else {
                &SMILE_CHOICES[..1]
            };
            let place = Place {
                ends: [scenario; 2],
                share: 0,
                pin: None,
            };
            for choice in choices {
                let choice = smile.then_some(*choice);
                table.push(row(&holding, &place, scenario.id, choice)?);
            }
        }
        for pin in holding.pins() {
            let place = Place::pinned(pin, &holding);
            let spot = place.spot();
            table.push(row(&holding, &place, PricingId::pin(spot), None)?);
        }
    }
    Ok(table)
}

/// What every series is worth in one place.
fn row(
    holding: &Holding,
    place: &Place,
    pricing: PricingId,
    choice: Option<SmileChoice>,
) -> Result<UnitValues, RiskError> {
    let mut list = Vec::new();
    for (at, live) in holding.live.iter().enumerate() {
        let keys = live.groups.iter().map(|group| group.first.key);
        let values = place.values(at, live, &|_| Ok(choice.unwrap_or(SmileChoice::Mark)), None)?;
        list.extend(keys.zip(values));
    }
    Ok(UnitValues {
        underlying: holding.underlying,
        pricing,
        choice,
        values: list,
    })
}
