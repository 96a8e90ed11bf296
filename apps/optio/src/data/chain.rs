//! One coin's chain at one time, with the forward and the clock its marks were made with.
//!
//! The marks of one expiry share one exact forward that is not the printed one:
//! in units of the coin, call mark less put mark is `1 - K / F`. The year fraction
//! behaves as rounded to a whole minute, at a time that lies up to minutes after
//! the snapshot's.

use std::collections::BTreeMap;

use calibrate::normal::{black_call, black_put};
use calibrate::{ExpiryQuotes, Quote};

use super::parity;
use super::snapshot::{Row, Side, Snapshot};

/// Seconds of the year options are quoted in: 365 days.
pub const YEAR: f64 = 31_536_000.0;

/// One strike of an expiry.
#[derive(Debug, Clone)]
pub struct Strike {
    /// Strike, USD.
    pub strike: f64,
    /// The call, if listed.
    pub call: Option<Row>,
    /// The put, if listed.
    pub put: Option<Row>,
}

impl Strike {
    /// Mark volatility, from the side that is out of the money at `forward`.
    pub fn mark_iv(&self, forward: f64) -> Option<f64> {
        let (first, second) = if self.strike < forward {
            (&self.put, &self.call)
        } else {
            (&self.call, &self.put)
        };
        let row = first.as_ref().or(second.as_ref())?;
        (row.mark_iv > 0.0).then_some(row.mark_iv)
    }
}

/// One expiry of a coin.
#[derive(Debug, Clone)]
pub struct Expiry {
    /// Unix seconds.
    pub expiry: u64,
    /// The forward inside the marks, USD.
    pub forward: f64,
    /// Whole minutes to expiry that explain the marks best.
    pub minutes: u64,
    /// Strikes, ascending.
    pub strikes: Vec<Strike>,
}

/// One coin's chain.
#[derive(Debug, Clone)]
pub struct Chain {
    /// Coin symbol.
    pub coin: String,
    /// Start of the snapshot, unix seconds.
    pub time: u64,
    /// Median index price, USD.
    pub index: f64,
    /// Expiries, ascending, all after `time`.
    pub expiries: Vec<Expiry>,
}

impl Expiry {
    /// Years to expiry on the whole-minute clock.
    pub fn years(&self) -> f64 {
        self.minutes as f64 * 60.0 / YEAR
    }

    /// Quotes for the calibrator: one per strike, at the mark volatility.
    pub fn quotes(&self) -> ExpiryQuotes {
        let quote = |s: &Strike| {
            let vol = s.mark_iv(self.forward)?;
            Some(Quote {
                moneyness: s.strike / self.forward,
                vol,
            })
        };
        ExpiryQuotes {
            years: self.years(),
            quotes: self.strikes.iter().filter_map(quote).collect(),
        }
    }

    /// All rows of this expiry.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.strikes
            .iter()
            .flat_map(|s| s.call.iter().chain(s.put.iter()))
    }
}

/// Decimals of a coin's printed marks.
pub fn mark_digits(coin: &str) -> i32 {
    if coin == "BTC" { 8 } else { 6 }
}

/// Black-76 over the forward at the row's own volatility: the mark in the coin.
pub fn black_mark(row: &Row, forward: f64, years: f64) -> f64 {
    let k = row.instrument.strike / forward;
    let s = row.mark_iv * years.sqrt();
    match row.instrument.side {
        Side::Call => black_call(1.0, k, s),
        Side::Put => black_put(1.0, k, s),
    }
}

/// Whether Black-76 at the printed volatility gives the printed mark: within half a unit of the
/// mark's last digit and of the volatility's (four decimals).
pub fn explains(row: &Row, forward: f64, years: f64, digits: i32) -> bool {
    let at = |shift: f64| {
        let moved = Row {
            mark_iv: (row.mark_iv + shift).max(1e-9),
            ..row.clone()
        };
        black_mark(&moved, forward, years)
    };
    let half = 0.5 * 10f64.powi(-digits) * (1.0 + 1e-6);
    at(-5e-5) - half <= row.mark && row.mark <= at(5e-5) + half
}

/// The chains of a snapshot, by coin name; expiries within `least_minutes` of expiring are left out.
pub fn chains(snapshot: &Snapshot, least_minutes: u64) -> Vec<Chain> {
    let mut coins: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &snapshot.rows {
        coins.entry(&row.instrument.coin).or_default().push(row);
    }
    let build = |(coin, rows): (&str, Vec<&Row>)| {
        let mut expiries: BTreeMap<u64, Vec<&Row>> = BTreeMap::new();
        for row in &rows {
            if row.instrument.expiry > snapshot.time + 60 * least_minutes {
                expiries.entry(row.instrument.expiry).or_default().push(row);
            }
        }
        let expiries = expiries.into_iter();
        Chain {
            coin: coin.to_owned(),
            time: snapshot.time,
            index: median(rows.iter().map(|r| r.index).collect()),
            expiries: expiries
                .filter_map(|(e, rows)| expiry(snapshot.time, e, &rows))
                .collect(),
        }
    };
    coins.into_iter().map(build).collect()
}

fn expiry(time: u64, expiry: u64, rows: &[&Row]) -> Option<Expiry> {
    let mut strikes: BTreeMap<u64, Strike> = BTreeMap::new();
    for row in rows {
        let strike = row.instrument.strike;
        let entry = strikes.entry(strike.to_bits()).or_insert(Strike {
            strike,
            call: None,
            put: None,
        });
        match row.instrument.side {
            Side::Call => entry.call = Some((*row).clone()),
            Side::Put => entry.put = Some((*row).clone()),
        }
    }
    let mut found = Expiry {
        expiry,
        forward: 0.0,
        minutes: 0,
        strikes: strikes.into_values().collect(),
    };
    found.forward = exact_forward(&found)?;
    found.minutes = clock(&found, time);
    Some(found)
}

/// The forward inside the marks: the middle of what the strikes' parities allow. The printed one where no strike has both
/// marks, or none that agrees with it: reading has refused an expiry most of whose strikes do not, but in its last half hour.
fn exact_forward(expiry: &Expiry) -> Option<f64> {
    let printed = median(expiry.rows().map(|r| r.underlying).collect());
    if printed.is_nan() || printed <= 0.0 {
        return None;
    }
    let mut implied: Vec<f64> = expiry
        .strikes
        .iter()
        .filter_map(|s| {
            let (call, put) = (s.call.as_ref()?, s.put.as_ref()?);
            parity::forward(call, put, printed)
        })
        .collect();
    if implied.is_empty() {
        return Some(printed);
    }
    implied.sort_by(f64::total_cmp);
    let coin = expiry
        .rows()
        .next()
        .map_or("", |r| r.instrument.coin.as_str());
    Some(densest(
        &implied,
        3.0 * 10f64.powi(-mark_digits(coin)) * printed,
    ))
}

/// Median of the densest stretch of this width: rows read a moment apart carry different forwards.
fn densest(sorted: &[f64], width: f64) -> f64 {
    let mut best = 0..0;
    for (first, low) in sorted.iter().enumerate() {
        let past = sorted.partition_point(|f| *f <= low + width);
        if past - first > best.len() {
            best = first..past;
        }
    }
    median(sorted[best].to_vec())
}

/// Whole minutes to expiry that explain most marks; the nearest to the snapshot on a draw.
fn clock(expiry: &Expiry, time: u64) -> u64 {
    let exact = (expiry.expiry.saturating_sub(time) + 30) / 60;
    let mut best = (0, exact.max(1));
    for late in [1u64, 0, 2, 3, 4, 5, 6] {
        let minutes = (exact + 1).saturating_sub(late).max(1);
        let years = minutes as f64 * 60.0 / YEAR;
        let explained = expiry
            .rows()
            .filter(|r| explains(r, expiry.forward, years, mark_digits(&r.instrument.coin)))
            .count();
        if explained > best.0 {
            best = (explained, minutes);
        }
    }
    best.1
}

/// Median of values; zero of none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[middle],
        _ => 0.5 * (values[middle - 1] + values[middle]),
    }
}

/// A quantile with so many digits; `-` where there are no values.
pub fn shown(values: &[f64], share: f64, digits: usize) -> String {
    if values.is_empty() {
        return "-".to_owned();
    }
    format!("{:.digits$}", quantile(values.to_vec(), share))
}

/// A part of a whole in per cent; `-` where the whole is nothing.
pub fn percent(part: usize, of: usize) -> String {
    if of == 0 {
        return "-".to_owned();
    }
    format!("{:.3} %", 100.0 * part as f64 / of as f64)
}

/// Quantile of values by linear interpolation; zero of none.
pub fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else {
        return 0.0;
    };
    let place = share * last as f64;
    let low = place.floor() as usize;
    let high = (low + 1).min(last);
    values[low] + (place - low as f64) * (values[high] - values[low])
}
