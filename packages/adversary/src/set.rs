//! The scenario set as rows of unit values.

use std::ops::Range;

use risk::{Context, Level, RiskError, SeriesKey, UnitValues, unit_values};

/// What one contract stands for: quote-coin base units, of which values are basis points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Notional(pub f64);

impl Notional {
    /// A unit value of [`UnitValues`] in basis points of the notional.
    fn share(self, value: i128) -> f64 {
        value as f64 / self.0 * (10_000.0 / 4_294_967_296.0)
    }
}

/// Every pricing of a scenario set over a list of series of one underlying, as value less mark.
#[derive(Debug, Clone)]
pub struct PricingSet {
    /// The series, ascending by expiry.
    pub(crate) series: Vec<SeriesKey>,
    pub(crate) mark: Vec<f64>,
    /// Pricings that hold for the whole book.
    pub(crate) whole: Vec<Vec<f64>>,
    /// Smile rows, one per spot move: their choices, of which every expiry takes its lowest.
    pub(crate) smiles: Vec<Smile>,
    /// Where each expiry's series lie.
    pub(crate) expiries: Vec<Range<usize>>,
}

/// The choices of one smile row.
#[derive(Debug, Clone)]
pub(crate) struct Smile {
    spot_move: i32,
    pub(crate) choices: Vec<Vec<f64>>,
}

/// Series in the order of expiries.
fn ordered(series: &[SeriesKey]) -> Vec<SeriesKey> {
    let mut series = series.to_vec();
    series.sort_unstable_by_key(|key| (key.expiry, *key));
    series.dedup();
    series
}

/// Value of each series at mark, basis points of the notional, in the order of [`PricingSet::series`].
///
/// # Errors
/// As [`unit_values`].
pub fn marks(
    set: &PricingSet,
    context: &Context,
    notional: Notional,
) -> Result<Vec<f64>, RiskError> {
    let rows = unit_values(&set.series, context, Level::Maintenance)?;
    let mark = rows.first().map(|row| shares(row, notional));
    Ok(mark.unwrap_or_default())
}

fn shares(row: &UnitValues, notional: Notional) -> Vec<f64> {
    let values = row.values.iter();
    values.map(|(_, value)| notional.share(*value)).collect()
}

impl PricingSet {
    /// The set of a level over live series of one underlying.
    ///
    /// # Errors
    /// As [`unit_values`].
    pub fn new(
        series: &[SeriesKey],
        context: &Context,
        level: Level,
        notional: Notional,
    ) -> Result<Self, RiskError> {
        let rows = unit_values(&ordered(series), context, level)?;
        // In the order of the rows, whose values go by place from here on.
        let keys = |row: &UnitValues| row.values.iter().map(|(key, _)| *key).collect();
        let series: Vec<SeriesKey> = rows.first().map_or_else(Vec::new, keys);
        let mark = rows.first().map(|row| shares(row, notional));
        let mut set = Self {
            mark: mark.unwrap_or_default(),
            whole: Vec::new(),
            smiles: Vec::new(),
            expiries: series
                .chunk_by(|a, b| a.expiry == b.expiry)
                .scan(0, |end, own| {
                    let start = *end;
                    *end += own.len();
                    Some(start..*end)
                })
                .collect(),
            series,
        };
        for row in rows.iter().skip(1) {
            let values = shares(row, notional);
            let change = values.iter().zip(&set.mark).map(|(v, m)| v - m).collect();
            match row.choice {
                None => set.whole.push(change),
                Some(_) => set.add_choice(row.pricing.spot_move, change),
            }
        }
        Ok(set)
    }

    fn add_choice(&mut self, spot_move: i32, choice: Vec<f64>) {
        match self.smiles.iter_mut().find(|s| s.spot_move == spot_move) {
            Some(smile) => smile.choices.push(choice),
            None => self.smiles.push(Smile {
                spot_move,
                choices: vec![choice],
            }),
        }
    }

    /// The series, ascending by expiry.
    #[must_use]
    pub fn series(&self) -> &[SeriesKey] {
        &self.series
    }
}
