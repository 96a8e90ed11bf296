//! What the command prints and writes.

use risk::Regime;

use super::agents::Kind;
use super::between;
use super::coin::Coin;
use super::law::{Law, notional};
use super::path::{Path, Way};
use super::run::End;
use super::sale::signed;
use super::scenario::{Found, USD};
use super::waterfall::{self, Walk};
use super::{BASKETS, StressArgs};
use crate::data::chain::{percent, shown};
use crate::data::time::format_timestamp;
use crate::error::Result;
use crate::regime;
use crate::table::Table;

/// Share of the accounts that fell which must end with equity >= 0, percent.
const KEPT: f64 = 99.9;
/// Seconds that a run may take.
const SECONDS: f64 = 900.0;
/// Accounts that must have fallen for the share to mean something.
const FELL: usize = 10_000;

/// Counts and sums over accounts; amounts in quote base units.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    /// All.
    pub accounts: usize,
    /// Ever below maintenance.
    pub fell: usize,
    /// Of those, with equity below zero when sold or at the end: what insurance pays does not make one solvent.
    pub broke: usize,
    /// Covered ones among them.
    pub covered_broke: usize,
    /// Steps that sold.
    pub sales: usize,
    /// Accounts sold whole.
    pub whole: usize,
    /// Sum of what was missing.
    pub debt: i128,
    /// Paid by buyers to sellers.
    pub paid: i128,
    /// Paid by insurance during sales.
    pub relief: u128,
    /// Penalties.
    pub penalty: u128,
}

impl Sums {
    /// Over these.
    pub fn of<'a>(ends: impl Iterator<Item = &'a End>) -> Self {
        let mut sums = Self::default();
        for end in ends {
            let short = end.shortfall();
            let broke = short > 0;
            sums.accounts += 1;
            sums.fell += usize::from(end.fell.is_some());
            sums.broke += usize::from(broke && end.fell.is_some());
            sums.covered_broke += usize::from(broke && end.kind == Kind::Covered);
            sums.debt += short;
            for (_, sold) in &end.sales {
                sums.sales += 1;
                sums.whole += usize::from(sold.whole);
                sums.paid += sold.paid;
                sums.relief += sold.relief;
                sums.penalty += sold.penalty;
            }
        }
        sums
    }

    /// How many of those that fell end with equity >= 0, in per cent; `-` where none fell.
    pub fn kept(&self) -> String {
        percent(self.fell - self.broke, self.fell)
    }

    /// Whether that share is the one that is asked for.
    fn is_kept(&self) -> bool {
        100.0 * (self.fell - self.broke) as f64 >= KEPT * self.fell as f64
    }
}

/// The section.
///
/// # Errors
/// When a round of a haircut cannot be counted.
pub fn text(args: &StressArgs, coins: &[Coin], results: &[Found], seconds: f64) -> Result<String> {
    let walks = walks(results)?;
    let rungs = walks.iter().map(|(name, walk)| (*name, *walk));
    let rungs = waterfall::table("scenario, USD", rungs);
    let parts = [
        format!("## Stress\n\n{}", intro(args, coins)),
        format!("### Scenarios\n\n{}", scenarios(results).markdown()),
        format!("### Down the waterfall\n\n{RUNGS}\n\n{}", rungs.markdown()),
        format!(
            "### Kinds of account, default parameters\n\n{}",
            kinds(&results[0]).markdown()
        ),
        format!(
            "### What the laws ask for\n\n{}",
            capital(coins, args, results).markdown()
        ),
        format!("### Targets\n\n{}", targets(results, &walks, seconds)),
    ];
    Ok(parts.join("\n\n"))
}

/// What the columns of the waterfall mean.
pub const RUNGS: &str = "An account whose schedule has ended is closed against who holds the other sides, five minutes after they were named. Insurance pays \
     within its caps an hour and a message: at closings, for dead debts each hour, for losses. A debt a day old is written off; rounds share it over the \
     market's winners, all accounts looked at. Debts earn interest on the contracts alone. Every sum is read off whom it concerns: what accounts lacked (deficits, and interest on what they owed) off \
     them, what others lost off the fund, the counterparties' equity at mark and the winners' cash.";

/// Every scenario's way down.
///
/// # Errors
/// When a round of a haircut cannot be counted.
pub fn walks(results: &[Found]) -> Result<Vec<(&'static str, Walk)>> {
    let each = results.iter();
    each.map(|found| Ok((found.scenario.name, found.walk()?)))
        .collect()
}

/// The most memory that this process has held, in words; nothing where the system does not tell.
pub fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kib.map_or_else(String::new, |kib| {
        format!(", {} MiB of memory at most", kib.div_ceil(1_024))
    })
}

/// What was read of a coin, in words.
pub fn span(coin: &Coin) -> String {
    let time = |c: Option<&(crate::data::chain::Chain, _)>| {
        c.map_or_else(String::new, |c| format_timestamp(c.0.time))
    };
    format!(
        "{} chains of {} from {} to {}",
        coin.chains.len(),
        coin.name,
        time(coin.chains.first()),
        time(coin.chains.last())
    )
}

/// What lies between two chains, in words.
fn on_the_way(coins: &[Coin]) -> String {
    let steps = coins.iter().flat_map(|coin| &coin.between).flatten();
    format!(
        "Between chains the price follows a seeded bridge and the surface goes to the next in at most {} steps, one for each {:.3} % of the forward that \
         the at-the-money option of some expiry gains or loses: {} fits of quotes whose vols and forwards are part of the way there.",
        between::MOST,
        f64::from(between::STEP) / 1e4,
        steps.count(),
    )
}

fn intro(args: &StressArgs, coins: &[Coin]) -> String {
    let spans: Vec<String> = coins.iter().map(span).collect();
    let regimes: Vec<Regime> = coins.iter().flat_map(|coin| coin.regimes.clone()).collect();
    let baskets: usize = coins.iter().map(|coin| coin.baskets.len()).sum();
    format!(
        "Written by `optio stress{} --accounts {} --tick {} --scan {}{} --page docs/measurements.md` (seed {}{}): {}. {} Each account enters at a random chain with 1.0 to 1.3 \
         times its initial margin (a covered one with its bound, one whose legs are worth more without cash) and lives {} hours, or until the first of its options is about to expire; \
         what it has then decides. Baskets are {} distinct books, the one of 0.2 % margin that loses most by the next chain for each at which a search found one, in sizes of 1 to {}. {} Accounts below maintenance are looked at every {} s, others every {} s; a buyer takes at \
         {:.1} % of margin and can always pay; terms of liquidation as the sandbox's; each market's insurance starts with {} USD. Every scenario \
         but the first two follows a tenth of the accounts. *Late keepers* act {} s after an account fell; without keepers {} s, without prices {} s \
         from the start of each coin's worst fall between two chains, with accounts that enter within a life before that; *in one jump*: the whole move of the price between two chains comes in one tick, that of the surface in the tick of the next chain; *a leap*: \
         up by {} % within one report soon after the first chain, and no way back before the second; *twice as far* is more than the other sides can bear. \
         An account ends with equity >= 0 if it needed nobody else's money for that: insurance that pays for a negative equity counts as bad \
         debt. Static margin has one level, for entering and for staying; its baskets are the ones found against ours.",
        if args.data.is_some() {
            " --data DIR"
        } else {
            ""
        },
        super::scenario::Plan::of(args).accounts(),
        args.tick,
        args.scan,
        asked_baskets(args.baskets),
        args.seed,
        peak(),
        spans.join(", "),
        regime::said(&regimes),
        args.life,
        baskets,
        super::agents::SIZES,
        on_the_way(coins),
        args.tick,
        args.tick * args.scan as u64,
        f64::from(args.appetite) / 1e4,
        args.fund,
        args.delay,
        args.outage,
        args.gap,
        args.leap,
    )
}

/// The option that asks for so many baskets, where it is not the default.
fn asked_baskets(count: usize) -> String {
    if count == BASKETS {
        return String::new();
    }
    format!(" --baskets {count}")
}

/// Whole dollars; what is not a whole one is not shown as nothing.
pub fn usd(amount: i128) -> String {
    let dollars = amount as f64 / USD;
    if amount != 0 && dollars.abs() < 1.0 {
        return if amount > 0 { "< 1" } else { "> -1" }.to_owned();
    }
    format!("{dollars:.0}")
}

/// What both tables say of some accounts.
const COLUMNS: [&str; 7] = [
    "accounts",
    "fell below maintenance",
    "slices sold",
    "sold whole",
    "end with equity >= 0",
    "bad debt, USD",
    "insurance paid in sales",
];

impl Sums {
    /// Named, in the order of the columns.
    fn cells(&self, name: &str) -> Vec<String> {
        vec![
            name.to_owned(),
            self.accounts.to_string(),
            self.fell.to_string(),
            self.sales.to_string(),
            self.whole.to_string(),
            self.kept(),
            usd(self.debt),
            usd(signed(self.relief)),
        ]
    }
}

fn table(first: &'static str, last: &[&'static str]) -> Table {
    Table::new(&[&[first], &COLUMNS[..], last].concat())
}

fn scenarios(results: &[Found]) -> Table {
    let last = ["penalties", "bought for"];
    let mut table = table("scenario", &last);
    for found in results {
        let sums = found.sums();
        let mut row = sums.cells(found.scenario.name);
        row.extend([signed(sums.penalty), sums.paid].map(usd));
        table.row(row);
    }
    table
}

fn kinds(found: &Found) -> Table {
    let mut table = table("kind", &["lowest end: equity / initial margin"]);
    for kind in Kind::ALL {
        let own = || found.ends().filter(|end| end.kind == kind);
        let ratios = own().filter(|end| end.margin > 0);
        let lowest = ratios.map(|end| end.equity as f64 / end.margin as f64);
        let lowest = lowest.fold(f64::INFINITY, f64::min);
        let mut row = Sums::of(own()).cells(kind.name());
        row.push(if lowest.is_finite() {
            format!("{lowest:.2}")
        } else {
            "-".to_owned()
        });
        table.row(row);
    }
    table
}

/// Initial margin over gross notional, law by law and kind by kind.
fn capital(coins: &[Coin], args: &StressArgs, results: &[Found]) -> Table {
    let mut table = Table::new(&[
        "kind",
        "worst price: median margin, % of gross",
        "static 15 %: median margin, % of gross",
        "worst price: broke, of those that fell",
        "static 15 %: broke, of those that fell",
    ]);
    for kind in Kind::ALL {
        let mut row = vec![kind.name().to_owned()];
        for law in [Law::Grid, Law::Static] {
            let found = results.iter().find(|found| found.scenario.law == law);
            let shares = found.map(|found| margins(coins, args, found, kind));
            let shares = shares.unwrap_or_default();
            let shares: Vec<f64> = shares.iter().map(|share| 100.0 * share).collect();
            row.push(shown(&shares, 0.5, 2));
        }
        for law in [Law::Grid, Law::Static] {
            let found = results.iter().find(|found| found.scenario.law == law);
            let sums = found.map(|f| Sums::of(f.ends().filter(|end| end.kind == kind)));
            let sums = sums.unwrap_or_default();
            row.push(format!("{} of {}", sums.broke, sums.fell));
        }
        table.row(row);
    }
    table
}

fn margins(coins: &[Coin], args: &StressArgs, found: &Found, kind: Kind) -> Vec<f64> {
    let mut shares = Vec::new();
    for (part, coin) in found.parts.iter().zip(coins) {
        let path = Path::new(coin, args.tick, Way::Bridge, 0);
        let mut known = None;
        for agent in part.agents.iter().filter(|agent| agent.kind == kind) {
            if known.as_ref().is_none_or(|(tick, _)| *tick != agent.life.0) {
                known = path
                    .context(agent.life.0)
                    .ok()
                    .flatten()
                    .map(|c| (agent.life.0, c));
            }
            let gross = known
                .as_ref()
                .and_then(|k| notional(&agent.book, &k.1, false).ok());
            if let Some(gross) = gross.filter(|gross| *gross > 0) {
                shares.push(agent.margin as f64 / gross as f64);
            }
        }
    }
    shares
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "NOT MET" }
}

/// Whether what accounts lacked is what others lost for it, and all of it paid.
pub fn walked(walks: &[(&str, Walk)]) -> (&'static str, String) {
    let open: Vec<String> = walks
        .iter()
        .filter(|(_, walk)| !walk.is_even() || !walk.is_paid())
        .map(|(name, walk)| {
            format!(
                "{name}: {} nobody's, {} unpaid",
                usd(walk.gap()),
                usd(signed(walk.unpaid))
            )
        })
        .collect();
    let lacked: u128 = walks.iter().map(|(_, walk)| walk.deficit).sum();
    let held: u128 = walks.iter().map(|(_, walk)| walk.held).sum();
    let said = format!(
        "deficits of {} USD over all rows, read off the accounts, are what insurance, counterparties and winners lost, read off theirs, to a few units an account; \
         nothing is left unpaid but {} USD of accounts whose lives ended before their schedules",
        usd(signed(lacked)),
        usd(signed(held))
    );
    match (lacked, open.is_empty()) {
        (0, _) => ("nothing was lacking", said),
        (_, true) => (verdict(true), said),
        (_, false) => (verdict(false), format!("{said} ({})", open.join("; "))),
    }
}

/// Whether a run was short enough.
pub fn timely(seconds: f64) -> (&'static str, String) {
    let said = format!("the run took {seconds:.0} s (asked: less than {SECONDS:.0})");
    (verdict(seconds < SECONDS), said)
}

/// The targets, met or not.
fn targets(results: &[Found], walks: &[(&str, Walk)], seconds: f64) -> String {
    let plain = results[0].sums();
    let covered: usize = results
        .iter()
        .filter(|found| found.scenario.law == Law::Grid)
        .map(|found| found.sums().covered_broke)
        .sum();
    let exact = results.iter().all(Found::is_exact);
    let said = format!(
        "default parameters: {} of {} accounts that fell below maintenance end with equity >= 0 (asked: {KEPT} % of at least {FELL})",
        plain.kept(),
        plain.fell
    );
    let kept = match (plain.is_kept(), plain.fell >= FELL) {
        (true, false) => "too few fell to say",
        (kept, _) => verdict(kept),
    };
    let lines = [
        (
            verdict(covered == 0),
            format!("covered accounts with bad debt in any scenario: {covered}"),
        ),
        (kept, said),
        (
            verdict(exact),
            "cash and legs of sellers, buyers, keepers, counterparties and insurance add up to the last unit in every scenario"
                .to_owned(),
        ),
        walked(walks),
        timely(seconds),
    ];
    listed(&lines)
}

/// A line a target.
pub fn listed(lines: &[(&str, String)]) -> String {
    let line = |(verdict, said): &(&str, String)| format!("- {verdict}: {said}");
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}
