//! A chain fitted, rounded and put before the on-chain tests.

use std::collections::BTreeMap;

use calibrate::{
    ExpiryQuotes, FitError, IntegerSlice, Mixture, Quote, Settings, certificate, fit_chain,
    fit_error, round_mixture,
};
use pricing::slice::Slice;
use protocol_api::record::MAX_EXPIRIES;

use crate::data::chain::{Chain, Expiry};
use crate::data::time::format_expiry;
use crate::error::{CliError, Result};

/// Days left by which tables of fits are split: a name and where it ends.
pub const DAYS_LEFT: [(&str, f64); 4] = [
    ("under 2", 2.0),
    ("2 to 14", 14.0),
    ("14 to 60", 60.0),
    ("over 60", f64::INFINITY),
];

/// Checks a number of lognormals that a slice may have at most.
///
/// # Errors
/// When it is not 2 to 4.
pub fn check_components(components: usize) -> Result<()> {
    if (2..=4).contains(&components) {
        Ok(())
    } else {
        Err(CliError::input("components must be 2, 3 or 4"))
    }
}

/// Calendar slacks and tightness of the bounds tried in turn, should the chain refuse.
const ATTEMPTS: [(f64, f64); 5] = [
    (5e-6, 1.0),
    (5e-6, 0.85),
    (2e-6, 0.85),
    (5e-6, 0.65),
    (-2e-6, 0.5),
];
/// How far, in vol points, a fitted slice may lie off its quotes in the mean before it is no picture of them: several times
/// what the worst of the real chains need (docs/measurements.md).
const MAX_RMS: f64 = 20.0;
/// One in a quoted moneyness and in certificate points.
const POINT_ONE: f64 = 16_777_216.0;

/// One expiry of a fitted chain.
#[derive(Debug, Clone)]
pub struct FittedExpiry {
    /// Unix seconds.
    pub expiry: u64,
    /// The forward, USD.
    pub forward: f64,
    /// Years to expiry.
    pub years: f64,
    /// Lowest and highest quoted moneyness, units of 2^-24, rounded inward.
    pub quoted: [u32; 2],
    /// The integers that are published.
    pub integers: IntegerSlice,
    /// What these integers stand for.
    pub mixture: Mixture,
    /// The accepted slice.
    pub slice: Slice,
    /// Error against the quotes, of the integers.
    pub error: FitError,
    /// Certificate points between this expiry and the next, units of 2^-24; empty for the last.
    pub grid: Vec<u32>,
}

/// A fitted chain that has passed the on-chain tests.
#[derive(Debug, Clone)]
pub struct FittedChain {
    /// Coin symbol.
    pub coin: String,
    /// Unix seconds.
    pub time: u64,
    /// Index price, USD.
    pub index: f64,
    /// Expiries ascending.
    pub expiries: Vec<FittedExpiry>,
    /// Rounds of joint fitting that were needed.
    pub rounds: usize,
    /// Processor seconds of fitting, rounding and proving.
    pub seconds: f64,
}

impl FittedChain {
    /// The slices by expiry, to start the next fit from.
    pub fn memory(&self) -> BTreeMap<u64, Mixture> {
        self.expiries
            .iter()
            .map(|e| (e.expiry, e.mixture.clone()))
            .collect()
    }

    /// The surface at another time and spot: forwards move with the spot, log-returns shrink with
    /// the square root of the time left, expiries that have passed are dropped. Unchanged at its own time
    /// and spot.
    ///
    /// # Errors
    /// When a shrunk slice is refused by the on-chain test.
    pub fn carried(&self, now: u64, spot: f64) -> Result<Self> {
        let mut carried = self.clone();
        carried.expiries.retain(|e| e.expiry > now);
        let move_by = spot / self.index;
        carried.index = spot;
        carried.time = now;
        for e in &mut carried.expiries {
            e.forward *= move_by;
            let full = e.expiry.saturating_sub(self.time);
            if now == self.time || full == 0 {
                continue;
            }
            let share = (e.expiry - now) as f64 / full as f64;
            e.years *= share;
            e.stretch(share.sqrt())?;
        }
        Ok(carried)
    }

    /// The surface with each expiry's log-returns multiplied by its factor: its vol moves by it.
    ///
    /// # Errors
    /// As [`Self::carried`].
    pub fn stretched(&self, factor: impl Fn(usize, &FittedExpiry) -> f64) -> Result<Self> {
        let mut stretched = self.clone();
        for (at, e) in stretched.expiries.iter_mut().enumerate() {
            let factor = factor(at, e);
            if factor != 1.0 {
                e.stretch(factor)?;
            }
        }
        Ok(stretched)
    }

    /// The expiry at this time.
    pub fn expiry(&self, expiry: u64) -> Option<&FittedExpiry> {
        self.expiries.iter().find(|e| e.expiry == expiry)
    }
}

impl FittedExpiry {
    /// A mixture rounded and accepted, not yet proved in order with the next.
    fn of(expiry: &Expiry, quotes: &ExpiryQuotes, mixture: &Mixture) -> Result<Self> {
        let integers = round_mixture(mixture).map_err(|e| CliError::of(&e))?;
        let slice = integers.accept().map_err(|e| CliError::of(&e))?;
        let mixture = integers.mixture();
        let edge = |q: Option<&Quote>| q.map_or(1.0, |q| q.moneyness) * POINT_ONE;
        let lowest = edge(quotes.quotes.first()).ceil() as u32;
        let highest = edge(quotes.quotes.last()).floor() as u32;
        Ok(Self {
            expiry: expiry.expiry,
            forward: expiry.forward,
            years: quotes.years,
            // Two strikes are apart by more than a unit; one alone is both ends, which inward would pass one another.
            quoted: [lowest, highest.max(lowest)],
            error: fit_error(&mixture, quotes),
            mixture,
            slice,
            integers,
            grid: Vec::new(),
        })
    }

    fn stretch(&mut self, factor: f64) -> Result<()> {
        self.mixture = self.mixture.shrunk(factor);
        self.integers = round_mixture(&self.mixture).map_err(|e| CliError::of(&e))?;
        self.slice = self.integers.accept().map_err(|e| CliError::of(&e))?;
        self.mixture = self.integers.mixture();
        self.quoted = self
            .quoted
            .map(|q| ((f64::from(q) / POINT_ONE).powf(factor) * POINT_ONE) as u32);
        self.grid.clear();
        Ok(())
    }

    /// Value of an option over 1 of the underlying, USD.
    pub fn price(&self, strike: f64, call: bool) -> f64 {
        let k = strike / self.forward;
        self.forward
            * if call {
                self.mixture.call(k)
            } else {
                self.mixture.put(k)
            }
    }
}

/// Why a chain has no surface.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The first thing that failed.
    pub error: CliError,
    /// On each expiry; none where there are too few or too many.
    pub verdicts: Vec<Verdict>,
}

/// What the test said of one expiry, by itself and before the next one.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Unix seconds.
    pub expiry: u64,
    /// Its fit; none where the slice itself is refused.
    pub fitted: Option<FittedExpiry>,
    /// Why it is refused, if it is.
    pub refused: Option<CliError>,
}

impl Verdict {
    /// On one fitted mixture, not yet proved in order with the next.
    fn of(chain: &Chain, expiry: &Expiry, quotes: &ExpiryQuotes, mixture: &Mixture) -> Self {
        let fitted = FittedExpiry::of(expiry, quotes, mixture);
        let (fitted, refused) = match fitted {
            Ok(fitted) => {
                let refused = check(chain, &fitted).err();
                (Some(fitted), refused)
            }
            Err(error) => (None, Some(error)),
        };
        Self {
            expiry: expiry.expiry,
            fitted,
            refused: refused.map(|error| error.about(&name(chain, expiry.expiry))),
        }
    }

    /// The fit, if it is accepted.
    fn accepted(&self) -> Option<&FittedExpiry> {
        self.fitted.as_ref().filter(|_| self.refused.is_none())
    }
}

/// Fits a chain, starting from the slices of the surface before.
///
/// # Errors
/// When a slice or a certificate is refused by the on-chain test.
pub fn fit(
    chain: &Chain,
    before: &BTreeMap<u64, Mixture>,
    components: usize,
) -> Result<FittedChain> {
    judge(chain, before, components).map_err(|refusal| refusal.error)
}

/// The same, with the verdict on each expiry of a surface that is refused.
///
/// # Errors
/// As [`fit`].
pub fn judge(
    chain: &Chain,
    before: &BTreeMap<u64, Mixture>,
    components: usize,
) -> std::result::Result<FittedChain, Refusal> {
    let started = processor_seconds();
    let mut last = Refusal {
        error: CliError::input(format!("no expiry of {} can be fitted", chain.coin)),
        verdicts: Vec::new(),
    };
    for (calendar_slack, tightness) in ATTEMPTS {
        let settings = Settings {
            components,
            calendar_slack,
            tightness,
        };
        match attempt(chain, before, settings) {
            Ok(mut fitted) => {
                fitted.seconds = processor_seconds() - started;
                return Ok(fitted);
            }
            Err(refusal) => last = refusal,
        }
    }
    Err(last)
}

fn attempt(
    chain: &Chain,
    before: &BTreeMap<u64, Mixture>,
    settings: Settings,
) -> std::result::Result<FittedChain, Refusal> {
    let quotes: Vec<_> = chain.expiries.iter().map(Expiry::quotes).collect();
    let previous: Vec<_> = chain
        .expiries
        .iter()
        .map(|e| before.get(&e.expiry).cloned())
        .collect();
    if !(1..=MAX_EXPIRIES).contains(&quotes.len()) {
        return Err(Refusal {
            error: CliError::input(format!(
                "{}: {} expiries ahead, a surface has 1 to {MAX_EXPIRIES}",
                chain.coin,
                quotes.len()
            )),
            verdicts: Vec::new(),
        });
    }
    let fit = fit_chain(&quotes, &previous, settings);
    let each = chain.expiries.iter().zip(&quotes).zip(&fit.slices);
    let mut verdicts: Vec<Verdict> = each
        .map(|((expiry, quotes), mixture)| Verdict::of(chain, expiry, quotes, mixture))
        .collect();
    prove(chain, &mut verdicts);
    Ok(FittedChain {
        coin: chain.coin.clone(),
        time: chain.time,
        index: chain.index,
        expiries: all(verdicts)?,
        rounds: fit.rounds,
        seconds: 0.0,
    })
}

fn name(chain: &Chain, expiry: u64) -> String {
    format!("{} {}", chain.coin, format_expiry(expiry))
}

/// Proves every two neighbours in order; where that fails, the earlier one is refused.
fn prove(chain: &Chain, verdicts: &mut [Verdict]) {
    for i in 1..verdicts.len() {
        let (Some(near), Some(far)) = (verdicts[i - 1].accepted(), verdicts[i].accepted()) else {
            continue;
        };
        let proof = certificate(&near.integers, &far.integers);
        let pair = format!(
            "{} before {}",
            name(chain, near.expiry),
            format_expiry(far.expiry)
        );
        match (proof, &mut verdicts[i - 1].fitted) {
            (Ok(grid), Some(near)) => near.grid = grid,
            (Ok(_), None) => {}
            (Err(error), _) => verdicts[i - 1].refused = Some(CliError::of(&error).about(&pair)),
        }
    }
}

/// The expiries, if each was accepted.
fn all(verdicts: Vec<Verdict>) -> std::result::Result<Vec<FittedExpiry>, Refusal> {
    match verdicts.iter().find_map(|v| v.refused.clone()) {
        Some(error) => Err(Refusal { error, verdicts }),
        None => Ok(verdicts.into_iter().filter_map(|v| v.fitted).collect()),
    }
}

/// What the adapter tests of an expiry beside its slice and its order, and whether it is what was quoted at all.
fn check(chain: &Chain, e: &FittedExpiry) -> Result<()> {
    let near = chain.index / 2.0..=chain.index * 2.0;
    if !near.contains(&e.forward) {
        return Err(CliError::new(
            "E_REPORT_FORWARD",
            format!(
                "its forward of {} is not within half and twice the index price of {}",
                e.forward, chain.index
            ),
        ));
    }
    // Before the tails, which begin at the outermost strikes: with none near the forward their verdict would be of no use.
    if e.error.strikes == 0 {
        return Err(CliError::input(format!(
            "no quoted strike is near enough to its forward of {:.2} to measure the surface by (n(d1) > 0.02)",
            e.forward
        )));
    }
    e.slice
        .check_tails(e.quoted)
        .map_err(|reason| CliError::of(&reason))?;
    if e.error.rms > MAX_RMS {
        return Err(CliError::input(format!(
            "the surface is {:.1} vol points off {} quotes in the mean (at most {MAX_RMS}): is one of them wrong, or \
             cheaper than an earlier date allows?",
            e.error.rms, e.error.strikes
        )));
    }
    Ok(())
}

/// Seconds this thread has spent on a processor (wall time where the system does not tell).
pub fn processor_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let first = told.and_then(|t| {
        t.split_whitespace()
            .next()
            .and_then(|n| n.parse::<f64>().ok())
    });
    first.map_or_else(
        || {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            now.map_or(0.0, |d| d.as_secs_f64())
        },
        |nanoseconds| nanoseconds * 1e-9,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chain of dates without strikes, and one lognormal fitted to each.
    fn made(vols: &[f64]) -> (Chain, Vec<Verdict>) {
        let expiry = |at: usize| Expiry {
            expiry: 1_774_598_400 + 86_400 * at as u64,
            forward: 100.0,
            minutes: 1_440,
            strikes: Vec::new(),
        };
        let chain = Chain {
            coin: "BTC".to_owned(),
            time: 1_774_500_000,
            index: 100.0,
            expiries: (0..vols.len()).map(expiry).collect(),
        };
        let fit = |(expiry, total_vol): (&Expiry, &f64)| {
            let mixture = Mixture::flat(*total_vol);
            Verdict {
                expiry: expiry.expiry,
                fitted: Some(FittedExpiry::of(expiry, &expiry.quotes(), &mixture).unwrap()),
                refused: None,
            }
        };
        let fits = chain.expiries.iter().zip(vols).map(fit).collect();
        (chain, fits)
    }

    #[test]
    fn a_verdict_is_what_the_test_said_of_each_date() {
        // The second has less vol than the first, the third more than both.
        let (chain, mut fits) = made(&[0.2, 0.1, 0.3]);
        prove(&chain, &mut fits);
        let refusal = all(fits).unwrap_err();
        let said: Vec<&str> = refusal.verdicts.iter().map(verdict).collect();
        assert!(said[0].starts_with("E_CALENDAR_"), "{said:?}");
        assert_eq!(said[1..], ["accepted", "accepted"]);
        let about = &refusal.error.message;
        assert!(about.starts_with("BTC 27MAR26 before 28MAR26: "), "{about}");
        // What was fitted is kept, whatever was said of it.
        assert!(refusal.verdicts.iter().all(|v| v.fitted.is_some()));

        let (chain, mut fits) = made(&[0.1, 0.2, 0.3]);
        prove(&chain, &mut fits);
        let accepted = all(fits).unwrap();
        let points: Vec<bool> = accepted.iter().map(|e| e.grid.is_empty()).collect();
        assert_eq!(points, [false, false, true]);
    }

    fn verdict(v: &Verdict) -> &str {
        v.refused.as_ref().map_or("accepted", |e| e.code.as_str())
    }
}
