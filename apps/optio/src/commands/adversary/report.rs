//! What the search prints and writes.

use super::moves::{CHOSEN, Family};
use super::{AdversaryArgs, Finding, Found, MARGINS, forwards};
use crate::data::chain::shown;
use crate::data::time::format_timestamp;
use crate::regime::{multiple, said};
use crate::table::Table;

const FAMILIES: [(Family, &str); 5] = [
    (Family::Next, "its own next real move"),
    (Family::Shapes, "forwards by the spot alone"),
    (Family::Other, "the largest real moves"),
    (Family::OneVol, "one expiry's vol +-15 %"),
    (Family::Neighbours, "neighbouring expiries +-10 %"),
];
/// Budgets on real moves: basis points without margin, then loss over margin.
const BUDGETS: [f64; 3] = [5.0, 1.5, 3.0];

/// The section.
pub fn text(args: &AdversaryArgs, snapshots: usize, found: &Found) -> String {
    let only = args.snapshots.map(|most| format!(" --snapshots {most}"));
    format!(
        "## Adversary\n\nWritten by `optio adversary --data DIR{} --every {} --page docs/measurements.md`: {snapshots} snapshots, {} linear \
         programs. Each finds the book, over every quoted option of a chain and a future per expiry, that loses most under one joint move \
         while its maintenance margin (3 lognormals, default profile) is at most 0, 1 % or 0.2 % of its gross notional (contracts x spot). The \
         move is known to the adversary. {} *Its own next real move*: the chain becomes that of the next snapshot, 3.8 to 8 hours later, slice by \
         slice; *forwards by the spot alone*: that move less what forwards did against each other. The other families are tried on the first \
         snapshot of every {}th day; *the largest real moves* are each coin's {CHOSEN} largest in spot and {CHOSEN} more in 30-day vol between \
         two snapshots, as ratios of spot and vol. Cells: largest (99 %, median).\n\n{}\n\n{}\n\n\
         ### Forwards against each other\n\nEach expiry's forward between two such snapshots, against the median expiry of its coin, and the \
         twist that the default profile charges.\n\n{}",
        only.unwrap_or_default(),
        args.every,
        found.findings.len() * MARGINS.len(),
        said(&found.regimes),
        args.every,
        table(&found.findings).markdown(),
        verdict(&found.findings),
        forwards::table(&found.forwards).markdown(),
    )
}

/// Loss in the unit of its column: basis points without margin, else a multiple of the margin.
fn figure(finding: &Finding, column: usize) -> f64 {
    let margin = MARGINS[column];
    let unit = if margin > 0.0 { margin } else { 1.0 };
    finding.losses[column] / unit
}

fn table(findings: &[Finding]) -> Table {
    let mut table = Table::new(&[
        "coin",
        "moves",
        "chains x moves",
        "margin 0: loss, bp of gross",
        "margin 1 %: loss / margin",
        "margin 0.2 %: loss / margin",
    ]);
    for (family, name) in FAMILIES {
        for coin in ["BTC", "ETH"] {
            let own = findings.iter();
            let own: Vec<_> = own
                .filter(|f| f.family == family && f.coin == coin)
                .collect();
            let cell = |column: usize| {
                let all: Vec<f64> = own.iter().map(|f| figure(f, column)).collect();
                let at = |share: f64| shown(&all, share, 2);
                format!("{} ({}, {})", at(1.0), at(0.99), at(0.5))
            };
            let count = own.len().to_string();
            let mut row = vec![coin.to_owned(), name.to_owned(), count];
            row.extend((0..MARGINS.len()).map(cell));
            table.row(row);
        }
    }
    table
}

/// The budgets, and every real move that breaks one, largest first.
fn verdict(findings: &[Finding]) -> String {
    let over = |f: &&Finding| (0..BUDGETS.len()).any(|c| figure(f, c) > BUDGETS[c]);
    let count = |family: Family| {
        let own = || findings.iter().filter(|f| f.family == family);
        format!("{} of {}", own().filter(over).count(), own().count())
    };
    let real = |f: &&Finding| matches!(f.family, Family::Next | Family::Other);
    let mut broken: Vec<&Finding> = findings.iter().filter(real).filter(over).collect();
    broken.sort_by(|a, b| figure(b, 0).total_cmp(&figure(a, 0)));
    let mut lines = vec![format!(
        "Budgets on real moves: {} bp of gross without margin, {} times a margin of 1 %, {} times one of 0.2 %. {} chains under their own next \
         move break one, and {} under one of the largest moves, put on chains of the days sampled.",
        BUDGETS[0],
        BUDGETS[1],
        BUDGETS[2],
        count(Family::Next),
        count(Family::Other),
    )];
    for f in broken.iter().take(20) {
        let same = |other: &&Finding| (&other.coin, other.time) == (&f.coin, f.time);
        let shapes = findings.iter().filter(|o| o.family == Family::Shapes);
        let apart = match (f.family, shapes.clone().find(same)) {
            (Family::Next, Some(alone)) => {
                format!("; forwards by the spot alone: {}", figures(alone))
            }
            _ => String::new(),
        };
        let family = FAMILIES.iter().find(|(family, _)| *family == f.family);
        let (name, time) = (family.map_or("", |found| found.1), format_timestamp(f.time));
        lines.push(format!(
            "- {} {time}, regime {:.2}, {name}: {}{apart}",
            f.coin,
            multiple(f.regime),
            figures(f)
        ));
    }
    lines.join("\n")
}

fn figures(finding: &Finding) -> String {
    let [bare, wide, thin] = [0, 1, 2].map(|column| figure(finding, column));
    format!("{bare:.2} bp, {wide:.2} x 1 %, {thin:.2} x 0.2 %")
}
