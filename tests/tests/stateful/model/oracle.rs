//! The oracle's spot price, tape and fixings: docs/spec/oracle.md and settlement.md in plain integers.
//!
//! Prices are held in the feed's stored unit, `2^-32` dollars; fixings in `2^-64`.

use std::collections::BTreeMap;

use super::series::{EXPIRIES, Price, expires};
use super::{Codes, Expect};

/// Seconds of a bucket, and buckets of a window.
pub const BUCKET: u64 = 30;
pub const BUCKETS: u64 = 6;
/// From this age in seconds nothing is opened, and from that one nothing is withdrawn against a price.
const AGING: u64 = 10;
const STALE: u64 = 60;
/// How far ahead of the block a report may be.
const AHEAD: u64 = 5;
/// What the feed starts from, and the prices that count, dollars.
const REFERENCE: u64 = 90_000;
const LEAST: u64 = 100;
const MOST: u64 = 5_000_000;
/// Oldest price of a source that counts, seconds.
const SOURCE_AGE: u8 = 10;

const fn stored(dollars: u64) -> u64 {
    dollars << 32
}

/// What one source says: dollars, and how old that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    pub dollars: u64,
    pub age: u8,
}

/// A report as the model sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub time: u64,
    pub said: Vec<Said>,
    /// Enough publishers have signed it, for this chain.
    pub signed: bool,
}

/// One observation: its price, and whether it lies too far from the slow price to be a last valid one.
#[derive(Clone, Copy, Debug)]
struct Observed {
    price: u64,
    jumped: bool,
}

#[derive(Clone, Debug)]
pub struct Oracle {
    newest: Option<Told>,
    /// Middle of the spot band.
    mid: u64,
    slow: u64,
    /// When the prices held were published, and how many sources were live.
    priced_at: Option<u64>,
    live: usize,
    tape: BTreeMap<u64, Observed>,
    /// Settlement prices by date.
    pub fixed: BTreeMap<usize, Price>,
    /// Which rung gave each.
    pub rungs: BTreeMap<usize, u8>,
}

impl Oracle {
    pub fn new() -> Self {
        Self {
            newest: None,
            mid: stored(REFERENCE),
            slow: stored(REFERENCE),
            priced_at: None,
            live: 0,
            tape: BTreeMap::new(),
            fixed: BTreeMap::new(),
            rungs: BTreeMap::new(),
        }
    }

    /// The index that fees are counted on, `2^-32` dollars.
    pub fn index(&self) -> i128 {
        self.mid.into()
    }

    fn age(&self, now: u64) -> u64 {
        now.saturating_sub(self.priced_at.unwrap_or(0))
    }

    /// Whether a trade may add risk, as far as age and sources tell: a jump may forbid it yet.
    pub fn may_open(&self, now: u64) -> bool {
        self.live >= 3 && self.age(now) <= AGING
    }

    /// Whether anything but covered accounts and free gifts may move.
    pub fn may_price(&self, now: u64) -> bool {
        self.live >= 2 && self.age(now) <= STALE
    }

    /// What the adapter must answer to a report.
    pub fn expect_report(&self, told: &Told, now: u64) -> Expect {
        if self.newest.as_ref() == Some(told) {
            return Expect::Accept;
        }
        let mut codes = Codes::new();
        let newest = self.newest.as_ref().map_or(0, |newest| newest.time);
        codes.fault(told.time <= newest, "E_REPORT_OLD");
        codes.fault(told.time > now + AHEAD, "E_REPORT_FUTURE");
        codes.fault(told.time + STALE < now, "E_REPORT_STALE");
        codes.fault(!told.signed, "E_SIGNATURES_FEW");
        codes.expect()
    }

    /// Takes over an accepted report. Carried again it changes nothing.
    pub fn take(&mut self, told: &Told) {
        if self.newest.as_ref() == Some(told) {
            return;
        }
        self.newest = Some(told.clone());
        let counts =
            |said: &&Said| (LEAST..=MOST).contains(&said.dollars) && said.age <= SOURCE_AGE;
        let mut live: Vec<u64> = told
            .said
            .iter()
            .filter(counts)
            .map(|said| stored(said.dollars))
            .collect();
        live.sort_unstable();
        self.live = live.len();
        if live.is_empty() {
            return;
        }
        let half = live.len() / 2;
        self.mid = if live.len() % 2 == 1 {
            live[half]
        } else {
            (live[half - 1] + live[half]) / 2
        };
        let passed = self
            .priced_at
            .map_or(0, |before| told.time - before)
            .min(60);
        self.priced_at = Some(told.time);
        if self.live >= 3 {
            self.observe(told.time, passed);
        }
    }

    fn observe(&mut self, time: u64, passed: u64) {
        // At most 0.01 % a second.
        let most = (u128::from(self.slow) * u128::from(passed) / 10_000) as u64;
        self.slow = self.mid.clamp(self.slow - most, self.slow + most);
        let gap = u128::from(self.mid.abs_diff(self.slow));
        let jumped = 10 * gap > u128::from(self.slow);
        let price = self.mid;
        self.tape
            .entry(time / BUCKET)
            .or_insert(Observed { price, jumped });
    }

    /// First bucket of a date's window, and the one after its last.
    fn window(date: usize) -> std::ops::Range<u64> {
        let end = expires(date) / BUCKET;
        end - BUCKETS..end
    }

    /// What the adapter must answer when it is asked to fix a date.
    pub fn expect_fix(&self, date: usize, now: u64) -> Expect {
        let mut codes = Codes::new();
        codes.fault(self.fixed.contains_key(&date), "E_FIXING_DONE");
        let newest = self.newest.as_ref().map_or(0, |newest| newest.time);
        codes.fault(
            newest < expires(date) && now <= expires(date) + STALE,
            "E_FIXING_OPEN",
        );
        codes.fault(self.ladder(date, now).is_none(), "E_FIXING_EARLY");
        codes.expect()
    }

    /// Takes over that a date was fixed.
    pub fn fix(&mut self, date: usize, now: u64) -> Price {
        let (rung, price) = self.ladder(date, now).expect("a rung was open");
        self.fixed.insert(date, price);
        self.rungs.insert(date, rung);
        price
    }

    fn ladder(&self, date: usize, now: u64) -> Option<(u8, Price)> {
        let seen: Vec<Price> = self
            .tape
            .range(Self::window(date))
            .map(|(_, seen)| wide(seen.price))
            .collect();
        let (filled, after) = (seen.len() as u64, now.checked_sub(expires(date))?);
        // Three live sources within a percent always are of two families: what was observed is confirmed.
        if filled * 10 >= BUCKETS * 9 {
            Some((1, winsorised(&seen)))
        } else if filled * 2 >= BUCKETS {
            Some((2, winsorised(&seen)))
        } else if filled > 0 && after >= 86_400 {
            let (low, high) = (seen.iter().min()?, seen.iter().max()?);
            Some((3, (low + high).div_euclid(2)))
        } else if after >= 7 * 86_400 {
            let mut before = self.tape.range(..Self::window(date).start).rev();
            let valid = before.find(|(_, seen)| !seen.jumped);
            Some((
                4,
                wide(valid.map_or(stored(REFERENCE), |(_, seen)| seen.price)),
            ))
        } else {
            None
        }
    }

    /// The first date whose window has not begun.
    pub fn next_window(now: u64) -> Option<usize> {
        (0..EXPIRIES.len()).find(|date| Self::window(*date).start * BUCKET > now)
    }
}

fn wide(stored: u64) -> Price {
    Price::from(stored) << 32
}

/// The mean of what is clamped to 1 % around the median, to nearest, ties up.
fn winsorised(seen: &[Price]) -> Price {
    let mut sorted = seen.to_vec();
    sorted.sort_unstable();
    let half = sorted.len() / 2;
    let median = if sorted.len() % 2 == 1 {
        sorted[half]
    } else {
        (sorted[half - 1] + sorted[half]).div_euclid(2)
    };
    let (low, high) = (median - median / 100, median + median / 100);
    let sum: i128 = seen.iter().map(|price| (*price).clamp(low, high)).sum();
    let count = seen.len() as i128;
    (2 * sum + count).div_euclid(2 * count)
}
