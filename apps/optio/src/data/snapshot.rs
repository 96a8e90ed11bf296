//! Snapshots of an option chain, as committed by the collector: one row per option.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::parity;
use super::time::{parse_expiry, parse_timestamp};
use crate::error::{CliError, Result};

/// Call or put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Right to buy.
    Call,
    /// Right to sell.
    Put,
}

/// A parsed instrument name, `BTC-25DEC26-100000-C`.
#[derive(Debug, Clone, PartialEq)]
pub struct Instrument {
    /// Coin symbol.
    pub coin: String,
    /// Expiry, unix seconds.
    pub expiry: u64,
    /// Strike, USD.
    pub strike: f64,
    /// Call or put.
    pub side: Side,
}

impl Instrument {
    /// Parses a name; `None` when it does not follow the form.
    pub fn parse(name: &str) -> Option<Self> {
        let mut parts = name.split('-');
        let coin = parts.next().filter(|c| !c.is_empty())?.to_owned();
        let expiry = parse_expiry(parts.next()?)?;
        let strike = parts.next()?;
        // No sign, no exponent: a strike has one spelling but for zeros.
        let plain = strike.bytes().all(|b| b.is_ascii_digit() || b == b'd');
        let strike: f64 = strike.replace('d', ".").parse().ok().filter(|_| plain)?;
        let side = match parts.next()? {
            "C" => Side::Call,
            "P" => Side::Put,
            _ => return None,
        };
        let sound = strike.is_finite() && strike > 0.0 && parts.next().is_none();
        sound.then_some(Self {
            coin,
            expiry,
            strike,
            side,
        })
    }
}

/// One option at one time. Prices are in the underlying coin.
#[derive(Debug, Clone)]
pub struct Row {
    /// Parsed name.
    pub instrument: Instrument,
    /// Printed forward of the expiry, USD.
    pub underlying: f64,
    /// Best bid, if any.
    pub bid: Option<f64>,
    /// Best ask, if any.
    pub ask: Option<f64>,
    /// Mark price.
    pub mark: f64,
    /// Mark volatility (0.5 is 50 %).
    pub mark_iv: f64,
    /// Delta as printed.
    pub delta: f64,
    /// Index price, USD.
    pub index: f64,
}

/// All rows of one time.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Start of the snapshot, unix seconds.
    pub time: u64,
    /// The options.
    pub rows: Vec<Row>,
}

/// Positions of the columns that are read.
struct Columns {
    timestamp: usize,
    instrument_name: usize,
    numbers: [usize; 7],
}

/// What a feed's prices stay below, USD.
const MOST_USD: f64 = 1_099_511_627_776.0;
/// Room, as a factor, between the forward that is printed and the one inside the marks.
const ROOM: f64 = 1.02;

/// A numeric column and what its cells can be.
struct Number {
    name: &'static str,
    may_be_empty: bool,
    least: f64,
    most: f64,
    range: &'static str,
}

impl Number {
    const fn given(name: &'static str, (least, most): (f64, f64), range: &'static str) -> Self {
        Self {
            name,
            may_be_empty: false,
            least,
            most,
            range,
        }
    }

    const fn usd(name: &'static str) -> Self {
        let range = "above 0 and at most 2^40, in USD";
        Self::given(name, (f64::MIN_POSITIVE, MOST_USD), range)
    }

    const fn quote(name: &'static str) -> Self {
        let range = "from 0 to 2^40, in the coin";
        Self {
            may_be_empty: true,
            ..Self::given(name, (0.0, MOST_USD), range)
        }
    }

    /// The value of a cell; zero of an empty one.
    fn value(&self, text: &str) -> std::result::Result<f64, String> {
        if text.is_empty() && self.may_be_empty {
            return Ok(0.0);
        }
        if text.is_empty() {
            return Err(format!("no {}", self.name));
        }
        let value: Option<f64> = text.parse().ok();
        let value = value.ok_or_else(|| format!("bad {} {text}", self.name))?;
        // Not a number is in no range.
        if (self.least..=self.most).contains(&value) {
            return Ok(value);
        }
        Err(format!("{} {text} is not {}", self.name, self.range))
    }
}

/// The numeric columns, in the order in which a row takes them. Asks have no upper end: real ones are up to 14 times the most
/// that their option can be worth.
const NUMBERS: [Number; 7] = [
    Number::usd("underlying_price"),
    Number::quote("bid_price"),
    Number::quote("ask_price"),
    Number::given("mark_price", (0.0, MOST_USD), "from 0 to 2^40, in the coin"),
    Number::given(
        "mark_iv",
        (f64::MIN_POSITIVE, 10.0),
        "above 0 and at most 10 (0.5 is 50 %)",
    ),
    Number::given("delta", (-1.0, 1.0), "from -1 to 1"),
    Number::usd("index_price"),
];

impl Columns {
    fn of(head: &str) -> std::result::Result<Self, String> {
        let names: Vec<&str> = head.split(',').map(str::trim).collect();
        let find = |name: &str| {
            let at = names.iter().position(|n| *n == name);
            at.ok_or_else(|| format!("line 1: no column {name}"))
        };
        let mut numbers = [0; 7];
        for (slot, number) in numbers.iter_mut().zip(&NUMBERS) {
            *slot = find(number.name)?;
        }
        Ok(Self {
            timestamp: find("timestamp")?,
            instrument_name: find("instrument_name")?,
            numbers,
        })
    }

    /// The time and the row of one line.
    fn row(&self, line: &str) -> std::result::Result<(u64, Row), String> {
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let cell = |at: usize| {
            cells
                .get(at)
                .copied()
                .ok_or_else(|| "too few columns".to_owned())
        };
        let stamp = cell(self.timestamp)?;
        let time = parse_timestamp(stamp).ok_or_else(|| format!("bad timestamp {stamp}"))?;
        let name = cell(self.instrument_name)?;
        let instrument =
            Instrument::parse(name).ok_or_else(|| format!("bad instrument name {name}"))?;
        let mut values = [0.0; 7];
        for ((slot, at), number) in values.iter_mut().zip(self.numbers).zip(&NUMBERS) {
            let value = number.value(cell(at)?);
            *slot = value.map_err(|error| format!("{name}: {error}"))?;
        }
        let [underlying, bid, ask, mark, mark_iv, delta, index] = values;
        let some = |price: f64| Some(price).filter(|p| *p > 0.0);
        let row = Row {
            instrument,
            underlying,
            bid: some(bid),
            ask: some(ask),
            mark,
            mark_iv,
            delta,
            index,
        };
        row.check().map_err(|error| format!("{name}: {error}"))?;
        Ok((time, row))
    }
}

impl Row {
    /// Whether the mark and the bid can be those of this option: a call is worth at most its coin, a put at most its strike.
    fn check(&self) -> std::result::Result<(), String> {
        let strike = self.instrument.strike;
        if strike > MOST_USD {
            return Err("its strike is beyond all prices".to_owned());
        }
        let most = match self.instrument.side {
            Side::Call => ROOM,
            Side::Put => ROOM * strike / self.underlying,
        };
        for (name, price) in [
            ("mark_price", self.mark),
            ("bid_price", self.bid.unwrap_or(0.0)),
        ] {
            if price > most {
                return Err(format!(
                    "{name} {price} is more than the option can be worth, about {most:.4} in the coin"
                ));
            }
        }
        Ok(())
    }
}

/// Reads one file (`.csv` or `.csv.gz`); snapshots ascending in time.
///
/// # Errors
/// When the file cannot be read, a column is missing, a row does not parse or the marks of an expiry are no marks in the coin.
pub fn read_file(path: &Path) -> Result<Vec<Snapshot>> {
    let file = File::open(path).map_err(|e| CliError::file(path, e))?;
    let zipped = path.extension().is_some_and(|e| e == "gz");
    let mut text = String::new();
    let read = if zipped {
        flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text)
    } else {
        std::io::BufReader::new(file).read_to_string(&mut text)
    };
    read.map_err(|e| CliError::file(path, e))?;
    let wrong = |message: String| CliError::file(path, message);
    let snapshots = parse(&text).map_err(wrong)?;
    snapshots
        .iter()
        .try_for_each(parity::check)
        .map_err(wrong)?;
    Ok(snapshots)
}

fn parse(text: &str) -> std::result::Result<Vec<Snapshot>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().enumerate();
    let columns = Columns::of(lines.next().map_or("", |(_, head)| head))?;
    let mut groups: BTreeMap<u64, Vec<Row>> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let (time, row) = columns
            .row(line)
            .map_err(|e| format!("line {}: {e}", at + 1))?;
        let Instrument {
            coin,
            expiry,
            strike,
            side,
        } = &row.instrument;
        if !known.insert((time, coin.clone(), *expiry, strike.to_bits(), *side)) {
            return Err(format!("line {}: the option stands twice", at + 1));
        }
        groups.entry(time).or_default().push(row);
    }
    if groups.is_empty() {
        return Err("no rows".to_owned());
    }
    Ok(groups
        .into_iter()
        .map(|(time, rows)| Snapshot { time, rows })
        .collect())
}

/// The snapshot files below a folder (its own, or those of its `options` folder), by name.
///
/// # Errors
/// When the folder cannot be read or holds none.
pub fn list_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let nested = folder.join("options");
    let folder = if nested.is_dir() {
        nested
    } else {
        folder.to_path_buf()
    };
    let entries = std::fs::read_dir(&folder).map_err(|e| CliError::file(&folder, e))?;
    let wanted = |p: &PathBuf| {
        let name = p
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let dated = name.starts_with(|c: char| c.is_ascii_digit());
        dated && (name.ends_with(".csv") || name.ends_with(".csv.gz"))
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(wanted)
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(CliError::file(
            &folder,
            "no snapshot files (YYYYMMDD.csv.gz)",
        ));
    }
    Ok(files)
}

/// Reads one snapshot of a file: the first, or the one at `time`.
///
/// # Errors
/// As [`read_file`], or when no snapshot has that time.
pub fn read_one(path: &Path, time: Option<u64>) -> Result<Snapshot> {
    let all = read_file(path)?;
    let known: Vec<String> = all
        .iter()
        .map(|s| super::time::format_timestamp(s.time))
        .collect();
    let found = all.into_iter().find(|s| time.is_none_or(|t| s.time == t));
    found.ok_or_else(|| {
        CliError::input(format!(
            "no snapshot at that time; the file has {}",
            known.join(", ")
        ))
    })
}
