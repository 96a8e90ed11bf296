//! Both depths on their overlap: the contracts, then the pure crates at the very same prices.

use wasm_chain::Mode;

use super::StressArgs;
use super::agents::{Draw, agents};
use super::contracts::{HEARTBEAT, Played, Seen, converted, play};
use super::law::Law;
use super::path::{Coin, Path, Way};
use super::report::{Sums, span};
use super::rules::Rules;
use super::run::{End, Setting, run};
use super::sale::signed;
use super::scenario::Plan;
use crate::error::{CliError, Result};

/// Whether an account ended alike: when it fell, what buyers paid when, equity, cash and legs.
pub fn is_same(seen: &Seen, end: &End) -> bool {
    let paid = end.sales.iter();
    let paid = paid.map(|(tick, sold)| (*tick, sold.paid + signed(sold.penalty)));
    let sorted = |book: &risk::Book| {
        let mut book = book.clone();
        book.legs.sort_unstable();
        book
    };
    seen.fell == end.fell
        && seen.paid.iter().copied().eq(paid)
        && seen.equity == end.equity
        && sorted(&seen.book) == sorted(&end.book)
}

/// Follows accounts of BTC on the contracts and on the pure crates, and compares them one by one.
///
/// # Errors
/// When a step fails that should not, an invariant breaks, or the depths differ.
pub fn run_both(args: &StressArgs, coin: &Coin, mode: Mode) -> Result<()> {
    if args.tick > HEARTBEAT {
        let said =
            format!("on the contracts a tick is at most {HEARTBEAT} s: a longer silence is a gap");
        return Err(CliError::input(said));
    }
    let plan = Plan::of(args);
    let path = Path::new(coin, args.tick, Way::Bridge, plan.seed());
    let draw = Draw {
        fits: |book| converted(book).is_some(),
        ..plan.draw(plan.accounts(), plan.seed())
    };
    let drawn = agents(&path, Law::Grid, draw)?;
    // On the contracts every account is looked at in every tick.
    let rules = Rules {
        scan: 1,
        ..plan.rules(0)
    };
    let played = play(mode, &path, &drawn, &rules, plan.fund())?;
    let setting = Setting {
        law: Law::Grid,
        rules: &rules,
        fund: plan.fund(),
    };
    let pure = run(&played.prices, &played.agents, &setting)?;
    let pairs = played.seen.iter().zip(&pure.ends);
    let differing = pairs.filter(|(seen, end)| !is_same(seen, end)).count();
    let even = played.fund == pure.others.fund.balance;
    let sums = Sums::of(pure.ends.iter());
    let text = text(args, coin, &played, &sums, differing);
    println!("{text}");
    if let Some(page) = &args.page {
        crate::measurements::write_section(page, "stress-contracts", &text)?;
    }
    if differing > 0 || !even {
        let said = format!("{differing} accounts ended differently, insurance alike: {even}");
        return Err(CliError::new("E_OPTIO_INVARIANT", said));
    }
    Ok(())
}

fn text(args: &StressArgs, coin: &Coin, played: &Played, sums: &Sums, differing: usize) -> String {
    let data = args.data.as_ref().map_or("", |_| " --data DIR");
    format!(
        "## Stress on the contracts\n\nWritten by `optio stress{} --depth contracts --page docs/measurements.md`: {}; {} \
         accounts opened, traded, watched and sold by messages ({} more lived while no price allowed to open), then the pure \
         crates at the prices that the contracts recorded. {} accounts fell below maintenance, {} steps sold, {} accounts went whole, {} needed others' \
         money. Accounts that ended differently in any unit of payments, cash, legs or equity: {differing}. Every invariant of the engine held after \
         every tick.",
        data,
        span(coin),
        played.agents.len(),
        played.left_out,
        sums.fell,
        sums.sales,
        sums.whole,
        sums.broke,
    )
}
