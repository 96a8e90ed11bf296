//! What the replay prints and writes.

use super::ReplayArgs;
use super::prepare::{Moment, Prepared};
use super::run::Outcome;
use crate::data::chain::shown;
use crate::data::time::format_timestamp;
use crate::demo::summary::gas_table;
use crate::fitted::DAYS_LEFT;
use crate::table::Table;

/// The report; `seconds` are those of fitting and of everything.
pub fn text(
    args: &ReplayArgs,
    moments: &[Moment],
    outcome: &Outcome,
    seconds: (f64, f64),
) -> String {
    let time = |m: Option<&Moment>| m.map_or_else(String::new, |m| format_timestamp(m.time));
    let parts = [
        format!(
            "## Replay of real chains\n\nWritten by `optio replay --data DIR --page docs/measurements.md`: {} \
             snapshots from {} to {}, {} accounts that trade at random, makers among them, {} lognormals a slice, contracts run as {}. Between snapshots the \
             price follows a seeded bridge (seed {}), which also makes the settlement prices; reports carry its realised vol.",
            moments.len(),
            time(moments.first()),
            time(moments.last()),
            outcome.accounts,
            args.components,
            if args.native {
                "native code"
            } else {
                "compiled wasm on the VM"
            },
            args.seed,
        ),
        errors(moments),
        comparisons(moments),
        events(outcome),
        gas(args, outcome),
        format!(
            "Seconds: {:.1} for reading, fitting and comparing on two threads, {:.1} in all, {:.2} a snapshot.",
            seconds.0,
            seconds.1,
            seconds.1 / moments.len().max(1) as f64
        ),
    ];
    parts.join("\n\n")
}

fn prepared(moments: &[Moment]) -> impl Iterator<Item = &Prepared> {
    moments.iter().flat_map(|m| m.coins.values())
}

fn errors(moments: &[Moment]) -> String {
    let mut table = Table::new(&[
        "coin",
        "days left",
        "expiries",
        "median rms",
        "90 %",
        "99 %",
        "median max",
    ]);
    for coin in ["BTC", "ETH"] {
        let mut low = 0.0;
        for (name, high) in DAYS_LEFT {
            let days = low..high;
            let fits = prepared(moments).filter(|p| p.chain.coin == coin);
            let fits = fits
                .filter_map(|p| p.fitted.as_ref().ok())
                .flat_map(|f| &f.expiries);
            let inside: Vec<_> = fits.filter(|e| days.contains(&(e.years * 365.0))).collect();
            let rms: Vec<f64> = inside.iter().map(|e| e.error.rms).collect();
            let max: Vec<f64> = inside.iter().map(|e| e.error.max).collect();
            let at = |share: f64| shown(&rms, share, 3);
            let worst = shown(&max, 0.5, 3);
            let cells = [rms.len().to_string(), at(0.5), at(0.9), at(0.99), worst];
            table.row([vec![coin.to_owned(), name.to_owned()], cells.to_vec()].concat());
            low = high;
        }
    }
    format!(
        "### Vega-weighted fit error, vol points\n\n{}",
        table.markdown()
    )
}

fn comparisons(moments: &[Moment]) -> String {
    let head = [
        "coin",
        "options",
        "mark: median, bp of F",
        "mark: 99 %",
        "delta: median",
        "delta: 99 %",
        "without delta",
    ];
    let mut table = Table::new(&head);
    for coin in ["BTC", "ETH"] {
        let of = || {
            prepared(moments)
                .filter(|p| p.chain.coin == coin)
                .map(|p| &p.comparison)
        };
        let marks: Vec<f64> = of().flat_map(|c| c.marks.iter().copied()).collect();
        let deltas: Vec<f64> = of().flat_map(|c| c.deltas.iter().copied()).collect();
        let without: usize = of().map(|c| c.without_delta).sum();
        table.row(vec![
            coin.to_owned(),
            marks.len().to_string(),
            shown(&marks, 0.5, 3),
            shown(&marks, 0.99, 3),
            shown(&deltas, 0.5, 5),
            shown(&deltas, 0.99, 5),
            without.to_string(),
        ]);
    }
    format!(
        "### Our marks and deltas against the exchange's\n\n{}",
        table.markdown()
    )
}

fn events(outcome: &Outcome) -> String {
    let (rejected, violations) = (outcome.rejected.iter(), outcome.venue.violations.iter());
    let mut lines = counts(outcome);
    lines.extend(rejected.take(20).map(|r| format!("- rejected: {r}")));
    lines.extend(violations.take(5).map(|v| format!("- VIOLATION {v}")));
    format!("### What happened\n\n{}", lines.join("\n"))
}

fn counts(outcome: &Outcome) -> Vec<String> {
    vec![
        format!(
            "- {} reports published, {} rejected, {} surfaces jumped and were confirmed",
            outcome.published,
            outcome.rejected.len(),
            outcome.jumped
        ),
        format!(
            "- {} trades with {} legs at the real bid and ask in linear and inverse markets, {} series listed",
            outcome.trades.0, outcome.trades.1, outcome.series
        ),
        format!(
            "- {} times an account owed coins and paid them",
            outcome.debts
        ),
        format!(
            "- {} margin calls: {} cured by reducing, {} by a deposit; {} accounts had lost all equity",
            outcome.calls,
            outcome.reduced,
            outcome.calls - outcome.reduced,
            outcome.insolvent
        ),
        format!(
            "- {} expiries fixed and settled, {} legs open at the end",
            outcome.fixed, outcome.open_legs
        ),
        format!("- refused: {}", refusals(outcome)),
        format!(
            "- every message to the engine held against the invariants, and its whole store audited after each of {} that were accepted: {} violations",
            outcome.venue.messages,
            outcome.venue.violations.len()
        ),
    ]
}

fn refusals(outcome: &Outcome) -> String {
    let refused = outcome.venue.refused.iter();
    let codes: Vec<String> = refused.map(|(code, n)| format!("{code} {n}")).collect();
    if codes.is_empty() {
        "nothing".to_owned()
    } else {
        codes.join(", ")
    }
}

fn gas(args: &ReplayArgs, outcome: &Outcome) -> String {
    if args.native {
        return "Gas: none, native code is not metered.".to_owned();
    }
    let table = gas_table(&outcome.venue);
    format!("### Gas, code pinned\n\n{}", table.markdown())
}
