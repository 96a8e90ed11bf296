//! Unit values of series in every pricing of the set.

use std::collections::BTreeSet;

use super::place::Place;
use crate::assess::{Level, PricingId};
use crate::build::{Grouping, grouped};
use crate::expiry::Live;
use crate::pin::Pin;
use crate::price::Holding;
use crate::scenario::{Scenario, Shape};
use crate::smile::{SMILE_CHOICES, SmileChoice};
use crate::{Book, Context, Leg, MAX_LEGS, RiskError, SeriesKey, UnderlyingId};

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
/// for books that the set misses. The mark comes first for each underlying. Any number of series: more than an account
/// may hold, so that every pin is among the pricings of all.
///
/// # Errors
/// As [`crate::assess()`], but for the number of legs.
pub fn unit_values(
    series: &[SeriesKey],
    context: &Context,
    level: Level,
) -> Result<Vec<UnitValues>, RiskError> {
    let all = pages(series, context, level)?;
    let ids: BTreeSet<UnderlyingId> = all.iter().map(|page| page.underlying).collect();
    let mut table = Vec::new();
    for underlying in ids {
        let own = all.iter().filter(|page| page.underlying == underlying);
        let pages = own.collect();
        Sheet { underlying, pages }.add_rows(&mut table)?;
    }
    Ok(table)
}

/// One unit of each series, as many together as an account may hold, in the order of the rows.
fn pages(series: &[SeriesKey], context: &Context, level: Level) -> Result<Vec<Holding>, RiskError> {
    let mut sorted = series.to_vec();
    sorted.sort_unstable_by_key(|key| (key.expiry, *key));
    if sorted.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(RiskError::Duplicate);
    }
    let mut pages = Vec::new();
    for page in sorted.chunks(MAX_LEGS) {
        let legs = page.iter().map(|key| Leg {
            key: *key,
            quantity: 1,
        });
        let book = Book {
            cash: Vec::new(),
            legs: legs.collect(),
        };
        pages.extend(grouped(&book, context, level, Grouping::Apart)?.holdings);
    }
    Ok(pages)
}

/// The series of one underlying, a page of them after the other. All have the same set but for the pins.
struct Sheet<'a> {
    underlying: UnderlyingId,
    pages: Vec<&'a Holding>,
}

impl<'a> Sheet<'a> {
    fn add_rows(&self, table: &mut Vec<UnitValues>) -> Result<(), RiskError> {
        let scenarios = self.pages.first().map_or(&[][..], |page| &page.scenarios);
        for scenario in scenarios {
            let smile = scenario.shape == Shape::Smile;
            let choices = if smile {
                &SMILE_CHOICES[..]
            } else {
                &SMILE_CHOICES[..1]
            };
            for choice in choices {
                let choice = smile.then_some(*choice);
                table.push(self.row(scenario.id, choice, |_| Place::at(scenario))?);
            }
        }
        for page in &self.pages {
            for pin in page.pins() {
                let own = Place::pinned(pin, page);
                let expiry = page.live.get(pin.live).and_then(Live::expiry);
                let place = |other: &'a Holding| {
                    let same = |live: &Live| live.expiry() == expiry;
                    let live = other.live.iter().position(same);
                    Place {
                        pin: live.map(|live| Pin { live, ..pin }),
                        ..own
                    }
                };
                table.push(self.row(PricingId::pin(own.spot()), None, place)?);
            }
        }
        Ok(())
    }

    /// What every series is worth in one place.
    fn row(
        &self,
        pricing: PricingId,
        choice: Option<SmileChoice>,
        place: impl Fn(&'a Holding) -> Place<'a>,
    ) -> Result<UnitValues, RiskError> {
        let mut list = Vec::new();
        for page in &self.pages {
            let place = place(page);
            for (at, live) in page.live.iter().enumerate() {
                let keys = live.groups.iter().map(|group| group.first.key);
                let choice = |_: &Scenario| Ok(choice.unwrap_or(SmileChoice::Mark));
                list.extend(keys.zip(place.values(at, live, &choice, None)?));
            }
        }
        Ok(UnitValues {
            underlying: self.underlying,
            pricing,
            choice,
            values: list,
        })
    }
}
