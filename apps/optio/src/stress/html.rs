//! The plots as one HTML file that needs nothing else.

use super::coin::Coin;
use super::report::walks;
use super::scenario::{Found, Part};
use super::waterfall::COLUMNS;
use crate::error::Result;
use crate::plot::{Plot, Style, escape};

/// The page.
///
/// # Errors
/// When a round of a haircut cannot be counted.
pub fn page(coins: &[Coin], results: &[Found]) -> Result<String> {
    let mut plots: Vec<Plot> = coins.iter().map(prices).collect();
    plots.push(ends(results));
    plots.extend(results[0].parts.iter().map(|part| sold(part, &results[0])));
    let cards: Vec<String> = plots.iter().map(Plot::svg).collect();
    let rows: Vec<String> = results
        .iter()
        .map(|found| {
            format!(
                "<li>{}: {}</li>",
                escape(found.scenario.name),
                escape(&found.line())
            )
        })
        .collect();
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Optio stress</title><style>body{{max-width:1100px;margin:2em \
         auto;font:15px/1.5 system-ui,sans-serif}}svg{{width:100%;height:auto;margin:12px 0}}td,th{{padding:2px \
         8px;text-align:right}}td:first-child{{text-align:left}}</style></head><body>\n<h1>Optio: what liquidation \
         leaves</h1>\n<ul>{}</ul>\n{}\n{}\n</body></html>\n",
        rows.join("\n"),
        rungs(results)?,
        cards.join("\n")
    ))
}

/// Who bore what accounts lacked, a row a scenario.
fn rungs(results: &[Found]) -> Result<String> {
    let row = |tag: &str, cells: &[String]| {
        let cells = cells
            .iter()
            .map(|cell| format!("<{tag}>{}</{tag}>", escape(cell)));
        format!("<tr>{}</tr>", cells.collect::<String>())
    };
    let head = ["down the waterfall, USD"].iter().chain(&COLUMNS);
    let head: Vec<String> = head.map(ToString::to_string).collect();
    let mut rows = vec![row("th", &head)];
    for (name, walk) in walks(results)? {
        rows.push(row("td", &[vec![name.to_owned()], walk.cells()].concat()));
    }
    Ok(format!("<table>{}</table>", rows.join("\n")))
}

fn days(coin: &Coin, time: u64) -> f64 {
    let start = coin.chains.first().map_or(0, |c| c.0.time);
    time.saturating_sub(start) as f64 / 86_400.0
}

fn prices(coin: &Coin) -> Plot {
    let title = format!("{}: index", coin.name);
    let mut plot = Plot::new(&title, "days", "USD");
    let points = coin
        .chains
        .iter()
        .map(|(c, _)| (days(coin, c.time), c.index));
    plot.add("", Style::Line, 0, points.collect());
    plot
}

/// Of the accounts that fell: equity at the end over initial margin, in ascending order.
fn ends(results: &[Found]) -> Plot {
    let mut plot = Plot::new(
        "Accounts that fell below maintenance: equity at the end",
        "percent of accounts",
        "equity / initial margin",
    );
    for (colour, found) in results.iter().enumerate() {
        let fell = found
            .ends()
            .filter(|end| end.fell.is_some() && end.margin > 0);
        let mut ratios: Vec<f64> = fell
            .map(|end| (end.equity as f64 / end.margin as f64).clamp(-1.0, 2.0))
            .collect();
        ratios.sort_by(f64::total_cmp);
        let points = (0..=200).filter_map(|step| {
            let at = step * ratios.len().saturating_sub(1) / 200;
            Some((step as f64 / 2.0, *ratios.get(at)?))
        });
        plot.add(found.scenario.name, Style::Line, colour, points.collect());
    }
    plot
}

/// Slices sold per day.
fn sold(part: &Part, found: &Found) -> Plot {
    let title = format!("{}: slices sold a day, {}", part.coin, found.scenario.name);
    let mut plot = Plot::new(&title, "days", "slices");
    let start = part.times.first().copied().unwrap_or(0);
    let day = |tick: usize| (part.times[tick] - start) / 86_400;
    let last = day(part.times.len().saturating_sub(1)) as usize;
    let mut counts = vec![0_u32; last + 1];
    for (tick, _) in part.outcome.ends.iter().flat_map(|end| &end.sales) {
        counts[day(*tick) as usize] += 1;
    }
    let points = (0..).zip(&counts);
    plot.add(
        "",
        Style::Line,
        0,
        points.map(|(d, n)| (f64::from(d), f64::from(*n))).collect(),
    );
    plot
}
