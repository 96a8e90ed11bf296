//! The report on the terminal.

use crate::demo::sold::{Penalty, Slice, shown};
use crate::demo::story::Story;
use crate::plot::number;
use crate::table::Table;
use crate::venue::{GasTally, Venue};

/// Median, largest and count of a tally's total gas.
pub fn gas_line(tally: &GasTally) -> (u64, u64, usize) {
    let mut totals: Vec<u64> = tally.each.iter().map(|(total, _)| *total).collect();
    totals.sort_unstable();
    let middle = totals.get(totals.len() / 2).copied().unwrap_or(0);
    (middle, totals.last().copied().unwrap_or(0), totals.len())
}

/// Share of the VM in a tally's gas, in per cent.
pub fn vm_share(tally: &GasTally) -> f64 {
    let (total, vm) = tally
        .each
        .iter()
        .fold((0, 0), |sum, each| (sum.0 + each.0, sum.1 + each.1));
    if total == 0 {
        0.0
    } else {
        100.0 * vm as f64 / total as f64
    }
}

/// The readable report.
pub fn text(story: &Story) -> String {
    let mut parts = vec![
        accounts(story),
        slices(story),
        rungs(story),
        gas(story),
        ledger(story),
    ];
    let refused: Vec<String> = story
        .venue
        .refused
        .iter()
        .map(|(code, count)| format!("{code} ({count})"))
        .collect();
    parts.push(format!("Refused as they should be: {}", refused.join(", ")));
    parts.push(match story.venue.violations.len() {
        0 => format!(
            "Conserved: every invariant held that the audit of the engine's store checks (docs/invariants.md), after each of {} accepted messages.",
            story.venue.messages
        ),
        n => format!(
            "NOT CONSERVED: {n} violations; first: {}",
            story.venue.violations[0]
        ),
    });
    parts.join("\n\n")
}

fn accounts(story: &Story) -> String {
    let head = [
        "account",
        "equity",
        "maintenance",
        "initial",
        "health low",
        "now",
        "covered",
        "worst pricing",
    ];
    let mut table = Table::new(&head);
    for party in &story.parties {
        let Some(last) = party.readings.last() else {
            continue;
        };
        let show = |h: Option<f64>| h.map_or_else(|| "-".to_owned(), |h| format!("{h:.2}"));
        let low = party
            .readings
            .iter()
            .filter_map(|r| r.health)
            .fold(f64::INFINITY, f64::min);
        table.row(vec![
            party.name.clone(),
            number(last.equity, 1.0),
            number(last.maintenance, 1.0),
            number(last.initial, 1.0),
            show(Some(low).filter(|l| l.is_finite())),
            show(last.health),
            if last.covered { "yes" } else { "no" }.to_owned(),
            last.worst.clone(),
        ]);
    }
    format!("Accounts at the end (USD)\n\n{}", table.plain())
}

/// A step as a line of a table.
pub fn slice_cells(slice: &Slice) -> Vec<String> {
    let [before, after] = slice.health.map(shown);
    let taken = slice.taker.is_some();
    let when_taken = |text: String| if taken { text } else { "-".to_owned() };
    let of_step = |part: fn(&Penalty) -> f64| {
        let told = slice
            .penalty
            .as_ref()
            .map(|penalty| number(part(penalty), 0.01));
        when_taken(told.unwrap_or_default())
    };
    vec![
        format!("{:.2}", slice.hour),
        slice.account.clone(),
        slice
            .taker
            .clone()
            .unwrap_or_else(|| "nobody yet".to_owned()),
        when_taken(format!("{:.2} %", slice.reward)),
        before,
        after,
        when_taken(number(slice.paid, 0.01)),
        of_step(|penalty| penalty.all),
        of_step(|penalty| penalty.keeper),
    ]
}

fn slices(story: &Story) -> String {
    let mut table = Table::new(&[
        "hour",
        "account",
        "taker",
        "reward",
        "health before",
        "after",
        "paid",
        "penalty of the step",
        "to the keeper",
    ]);
    for slice in &story.slices {
        table.row(slice_cells(slice));
    }
    format!("Liquidations (USD)\n\n{}", table.plain())
}

fn rungs(story: &Story) -> String {
    let Some(fall) = &story.waterfall else {
        return "No account lost more than it had.".to_owned();
    };
    let mut table = Table::new(&["hour", "borne by", "USD", "left"]);
    for rung in &fall.rungs {
        table.row(vec![
            format!("{:.2}", rung.hour),
            rung.who.clone(),
            number(rung.amount, 0.01),
            number(rung.left, 0.01),
        ]);
    }
    format!(
        "Who bore the {} USD that {} lost in the gap\n\n{}",
        number(fall.lost, 0.01),
        fall.account,
        table.plain()
    )
}

fn gas(story: &Story) -> String {
    if !is_metered(&story.venue) {
        return "Gas: none, native code is not metered.".to_owned();
    }
    let table = gas_table(&story.venue);
    format!(
        "Gas (SDK gas; on a node, of whole transactions)\n\n{}",
        table.plain()
    )
}

/// Whether gas was counted.
pub fn is_metered<C>(venue: &Venue<C>) -> bool {
    let mut each = venue.gas.values().flat_map(|tally| &tally.each);
    each.any(|(total, _)| *total > 0)
}

/// Gas by kind of message.
pub fn gas_table<C>(venue: &Venue<C>) -> Table {
    let mut table = Table::new(&["message", "times", "median SDK gas", "largest", "VM share"]);
    for (what, tally) in &venue.gas {
        let (median, largest, times) = gas_line(tally);
        table.row(vec![
            what.clone(),
            times.to_string(),
            number(median as f64, 1.0),
            number(largest as f64, 1.0),
            format!("{:.0} %", vm_share(tally)),
        ]);
    }
    table
}

fn ledger(story: &Story) -> String {
    let mut table = Table::new(&[
        "coin",
        "held",
        "cash",
        "fees",
        "unsettled",
        "other",
        "difference",
    ]);
    for line in rows(story) {
        table.row(line);
    }
    format!("Ledger at the end (base units)\n\n{}", table.plain())
}

/// The ledger's rows: coin, held, cash, fees, unsettled, other terms, difference.
pub fn rows(story: &Story) -> Vec<Vec<String>> {
    let row = |c: &protocol_api::engine::LedgerCoin| {
        let other = c.reserved.u128() + c.insurance.u128() + c.escrow.u128() + c.withheld.u128();
        let other = other as i128 - c.lost.u128() as i128 + c.interest.i128();
        let terms = c.cash.i128() + c.fees.u128() as i128 + c.unsettled.i128() + other;
        let group = |x: i128| number(x as f64, 1.0);
        vec![
            c.denom.clone(),
            group(c.held.u128() as i128),
            group(c.cash.i128()),
            group(c.fees.u128() as i128),
            group(c.unsettled.i128()),
            group(other),
            (c.held.u128() as i128 - terms).to_string(),
        ]
    };
    story.ledger.coins.iter().map(row).collect()
}
