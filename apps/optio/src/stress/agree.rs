//! Both depths on their overlap: the contracts, then the pure crates at the very same prices.

use std::time::Instant;

use wasm_chain::Mode;

use super::StressArgs;
use super::agents::{Agent, Draw, agents};
use super::coin::Coin;
use super::contracts::{HEARTBEAT, Played, Seen, converted, play};
use super::law::{Law, cash};
use super::path::{Path, Way};
use super::report::{RUNGS, Sums, listed, span, timely, walked as walked_down};
use super::rules::Rules;
use super::run::{End, Outcome, Setting, run};
use super::rungs::walked;
use super::sale::signed;
use super::scenario::{Plan, leaps};
use super::waterfall::{Walk, table};
use crate::error::{CliError, Result};

/// Base units by which an account may end differently after a leap: what others owe meanwhile earns it interest.
pub const INTEREST: u128 = 10_000;
/// One part in so many of what was lacking: by so much the depths' ways down may differ then.
pub const PART: u128 = 1_000;

/// Whether an account ended alike: when it fell and was closed, what buyers paid when, equity, cash and legs, sums to `slack`
/// base units.
pub fn is_same(seen: &Seen, end: &End, slack: u128) -> bool {
    let near = |a: i128, b: i128| a.abs_diff(b) <= slack;
    let sales = end.sales.iter();
    let sales = sales.map(|(tick, sold)| (*tick, sold.paid + signed(sold.penalty)));
    let pairs = seen.paid.iter().copied().zip(sales);
    let paid = pairs.into_iter().all(|(a, b)| a.0 == b.0 && near(a.1, b.1));
    let legs = |book: &risk::Book| {
        let mut legs = book.legs.clone();
        legs.sort_unstable();
        legs
    };
    seen.fell == end.fell
        && seen.closed == end.closed.map(|closed| closed.0)
        && seen.paid.len() == end.sales.len()
        && paid
        && near(seen.equity, end.equity)
        && near(cash(&seen.book), cash(&end.book))
        && legs(&seen.book) == legs(&end.book)
}

/// What one scenario came to at both depths.
pub struct Both {
    name: &'static str,
    /// On the contracts.
    pub played: Played,
    /// On the pure crates.
    pub pure: Outcome,
    /// The ways down: the contracts', then the pure crates'.
    pub walks: [Walk; 2],
    /// Accounts that ended differently.
    pub differing: usize,
    /// Whether insurance and the ways down are alike.
    pub even: bool,
}

impl Both {
    /// Plays agents on the contracts, then follows them on the pure crates at the prices that the contracts recorded.
    ///
    /// # Errors
    /// When a step fails that should not or an invariant breaks.
    pub fn of(
        name: &'static str,
        mode: Mode,
        (path, drawn): (&Path<'_>, &[Agent]),
        rules: &Rules,
        fund: u128,
    ) -> Result<Self> {
        let played = play(mode, path, drawn, rules, fund)?;
        let setting = Setting {
            law: Law::Grid,
            rules,
            fund,
        };
        let pure = run(&played.prices, &played.agents, &setting)?;
        let times: Vec<u64> = path.ticks.iter().map(|tick| tick.time).collect();
        let walks = [played.walk, walked(&pure, &times)?];
        let exact = walks.iter().all(|walk| walk.deficit == 0);
        let slack = if exact { 0 } else { INTEREST };
        let pairs = played.seen.iter().zip(&pure.ends);
        let differing = pairs
            .filter(|(seen, end)| !is_same(seen, end, slack))
            .count();
        let even = played.fund.abs_diff(pure.others.fund.balance) <= slack
            && walks[0].is_near(&walks[1], PART)
            && walks.iter().all(Walk::is_even);
        Ok(Self {
            name,
            played,
            pure,
            walks,
            differing,
            even,
        })
    }

    fn line(&self) -> String {
        let sums = Sums::of(self.pure.ends.iter());
        format!(
            "- {}: {} accounts ({} more lived while no price allowed to open), {} fell below maintenance, {} steps sold, {} accounts went whole, {} were \
             closed against the other sides, {} needed others' money; accounts that ended differently: {}, insurance and ways down alike: {}",
            self.name,
            self.played.agents.len(),
            self.played.left_out,
            sums.fell,
            sums.sales,
            sums.whole,
            self.walks[0].closed,
            sums.broke,
            self.differing,
            self.even
        )
    }
}

/// Follows accounts of BTC on the contracts and on the pure crates, and compares them one by one.
///
/// # Errors
/// When a step fails that should not, an invariant breaks, or the depths differ.
pub fn run_both(args: &StressArgs, coin: &Coin, mode: Mode, started: Instant) -> Result<()> {
    if args.tick > HEARTBEAT {
        let said =
            format!("on the contracts a tick is at most {HEARTBEAT} s: a longer silence is a gap");
        return Err(CliError::input(said));
    }
    let plan = Plan::of(args);
    // On the contracts every account is looked at in every tick.
    let rules = Rules {
        scan: 1,
        ..plan.rules(0)
    };
    let mut results = Vec::new();
    let mut scenarios = vec![("default parameters", Way::Bridge)];
    scenarios.extend(leaps(args));
    for (name, way) in scenarios {
        let path = Path::new(coin, args.tick, way, plan.seed());
        let draw = Draw {
            fits: |book| converted(book).is_some(),
            ..plan.draw(plan.accounts(), plan.seed())
        };
        let drawn = agents(&path, Law::Grid, draw)?;
        let both = Both::of(name, mode, (&path, &drawn), &rules, plan.fund())?;
        println!(
            "{:>5.0} s  {}",
            started.elapsed().as_secs_f64(),
            both.line()
        );
        results.push(both);
    }
    let text = text(args, coin, &results, started.elapsed().as_secs_f64());
    println!("\n{text}");
    if let Some(page) = &args.page {
        crate::measurements::write_section(page, "stress-contracts", &text)?;
    }
    match results.iter().find(|both| both.differing > 0 || !both.even) {
        Some(both) => Err(CliError::new("E_OPTIO_INVARIANT", both.line())),
        None => Ok(()),
    }
}

fn text(args: &StressArgs, coin: &Coin, results: &[Both], seconds: f64) -> String {
    let data = args.data.as_ref().map_or("", |_| " --data DIR");
    let (flag, form) = if args.vm {
        (" --vm", "as artefacts on the VM")
    } else {
        ("", "as native code")
    };
    let lines: Vec<String> = results.iter().map(Both::line).collect();
    let named = |both: &Both| {
        let names = ["contracts", "pure crates"].map(|depth| format!("{}, {depth}", both.name));
        names.into_iter().zip(both.walks).collect::<Vec<_>>()
    };
    let walks: Vec<(String, Walk)> = results.iter().flat_map(named).collect();
    let walks: Vec<(&str, Walk)> = walks.iter().map(|(name, walk)| (&**name, *walk)).collect();
    let targets = [walked_down(&walks), timely(seconds)];
    format!(
        "## Stress on the contracts\n\nWritten by `optio stress{}{} --depth contracts --page docs/measurements.md`: {}, the contracts {}; accounts opened, traded, watched, \
         sold, closed and walked down by messages, then the pure crates at the prices that the contracts recorded, their regime by the realised vol of the chains' index prices. *A leap*: up by {} % (then twice that) within one \
         report, after the first chain alone. Accounts must end alike in every unit of payments, cash, legs and equity; after a leap, where debts earn \
         interest on the contracts alone, to a cent, and each column of the ways down to a thousandth of the deficits. Every invariant of the engine held \
         after every tick, and from the first nomination on after every message.\n\n{}\n\n{RUNGS}\n\n{}\n\n{}",
        data,
        flag,
        span(coin),
        form,
        args.leap,
        lines.join("\n"),
        table("scenario and depth, USD", walks.iter().copied()).markdown(),
        listed(&targets),
    )
}
