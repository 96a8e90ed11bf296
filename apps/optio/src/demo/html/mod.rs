//! The report as one HTML file that needs nothing else.

mod sold;

use std::fmt::Write as _;

use super::summary::{gas_line, is_metered, rows, vm_share};
use crate::commands::surface::smile_plot;
use crate::data::time::format_expiry;
use crate::demo::party::{Party, Reading};
use crate::demo::story::{Point, Settled, Story};
use crate::plot::{Plot, Style, escape, number};

const STYLE: &str = "
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#f4f6f9;color:#1d2733;font:15px/1.5 system-ui,sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:26px;margin:0 0 4px}
h2{font-size:18px;margin:34px 0 10px}
p{margin:6px 0;max-width:78ch}
.lead{color:#4a5563}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:12px;margin:20px 0}
.tile{background:#fff;border:1px solid #dde3ea;border-radius:8px;padding:12px 14px}
.tile b{display:block;font-size:21px}
.tile span{color:#4a5563;font-size:13px}
.good b{color:#1f7a4d}.bad b{color:#b3261e}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(480px,1fr));gap:14px}
.card{background:#fff;border:1px solid #dde3ea;border-radius:8px;padding:10px}
.card svg{width:100%;height:auto;display:block}
.wide{overflow-x:auto;background:#fff;border:1px solid #dde3ea;border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{padding:7px 12px;text-align:right;border-bottom:1px solid #eef1f5;white-space:nowrap}
th:first-child,td:first-child,td.text,th.text{text-align:left}
th{background:#f8fafc;font-weight:600}
tr:last-child td{border-bottom:0}
.bar{display:inline-block;height:9px;background:#3366cc;border-radius:2px;vertical-align:middle}
.bar.rest{background:#b9c9ec}
.bar.own{background:#5b6472}.bar.fund{background:#2b8a5a}.bar.sides{background:#d9622b}.bar.drift{background:#b9c2ce}
@media(max-width:560px){.grid{grid-template-columns:1fr}}
";

/// The page.
pub fn page(story: &Story) -> String {
    let mut out = opening();
    tiles(story, &mut out);
    section(&mut out, "What happened", &events(story));
    let surfaces: Vec<Plot> = story.first.iter().map(|(c, f)| smile_plot(c, f)).collect();
    charts(
        &mut out,
        "Volatility surface: quotes (dots) and published slices (lines)",
        &surfaces,
    );
    charts(
        &mut out,
        "Price and health through time",
        &through_time(story),
    );
    section(&mut out, "Liquidations", &sold::slices(story));
    section(
        &mut out,
        "A loss larger than the account",
        &sold::rungs(story),
    );
    let traded = story.parties.iter().filter(|p| !p.positions.is_empty());
    let payoffs: Vec<Plot> = traded.map(|p| payoff(p, story)).collect();
    if !payoffs.is_empty() {
        charts(&mut out, "Profit at expiry, by price of BTC", &payoffs);
    }
    section(&mut out, "Accounts at the end", &accounts(story));
    if is_metered(&story.venue) {
        section(&mut out, "Gas per message", &gas(story));
    }
    section(&mut out, "Conservation", &conservation(story));
    out.push_str("</main></body></html>\n");
    out
}

fn opening() -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>Optio demo</title><style>{STYLE}</style></head><body><main>\n<h1>Optio: one option book from \
         first report to last payout</h1>\n<p class=\"lead\">A made-up market, fixed by its seed, run through the \
         compiled contracts. Every number below came out of a message to a contract or a query.</p>\n"
    )
}

fn through_time(story: &Story) -> [Plot; 6] {
    [
        prices(story),
        health(story),
        margins(story, "bob"),
        margins(story, "grace"),
        margins(story, "judy"),
        fits(story),
    ]
}

fn section(out: &mut String, title: &str, body: &str) {
    let _ = writeln!(out, "<h2>{}</h2>\n{body}", escape(title));
}

fn charts(out: &mut String, title: &str, plots: &[Plot]) {
    let cards: Vec<String> = plots
        .iter()
        .map(|p| format!("<div class=\"card\">{}</div>", p.svg()))
        .collect();
    section(
        out,
        title,
        &format!("<div class=\"grid\">{}</div>", cards.join("\n")),
    );
}

fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let cells = |tag: &str, row: &[String]| {
        let each = row.iter().map(|c| format!("<{tag}>{c}</{tag}>"));
        format!("<tr>{}</tr>", each.collect::<String>())
    };
    let head: Vec<String> = head.iter().map(|h| escape(h)).collect();
    let body: String = rows.iter().map(|r| cells("td", r) + "\n").collect();
    format!(
        "<div class=\"wide\"><table>{}\n{body}</table></div>",
        cells("th", &head)
    )
}

fn tiles(story: &Story, out: &mut String) {
    let trades: usize = story
        .venue
        .gas
        .iter()
        .filter(|(what, _)| what.starts_with("take quote"))
        .map(|(_, tally)| tally.each.len())
        .sum();
    let published = story.venue.gas.get("publish").map_or(0, |t| t.each.len());
    let low = story.low();
    let worst = story.fits.iter().map(|f| f.worst).fold(0.0, f64::max);
    let mut facts = vec![
        (
            story.venue.messages.to_string(),
            "messages through the contracts",
        ),
        (published.to_string(), "signed reports (5 of 7) published"),
        (trades.to_string(), "signed quotes taken"),
        (
            story.slices_taken().to_string(),
            "slices of accounts below maintenance sold",
        ),
        (
            format!("{worst:.2}"),
            "vol points: largest fit error of any expiry",
        ),
        (number(low, 1.0), "lowest BTC price, from 95,000"),
    ];
    if story.fixing > 0.0 {
        facts.push((number(story.fixing, 0.01), "settlement price, USD"));
    }
    let tile = |class: &str, value: &str, label: &str| {
        format!("<div class=\"tile {class}\"><b>{value}</b><span>{label}</span></div>")
    };
    let mut tiles: Vec<String> = facts.iter().map(|(v, l)| tile("", v, l)).collect();
    let broken = story.venue.violations.len();
    let class = if broken == 0 { "good" } else { "bad" };
    tiles.push(tile(class, &broken.to_string(), "invariant violations"));
    let _ = writeln!(out, "<div class=\"tiles\">{}</div>", tiles.join("\n"));
}

fn events(story: &Story) -> String {
    let row = |(hour, what): &(f64, String)| {
        format!(
            "<tr><td>{hour:.2} h</td><td class=\"text\" style=\"white-space:normal\">{}</td></tr>",
            escape(what)
        )
    };
    let rows: String = story.events.iter().map(row).collect();
    format!(
        "<div class=\"wide\"><table><tr><th>hours</th><th class=\"text\">event</th></tr>{rows}</table></div>"
    )
}

fn prices(story: &Story) -> Plot {
    let mut plot = Plot::new(
        "Published prices",
        "hours since the start",
        "price / first price, %",
    );
    let Some(first) = story.path.first() else {
        return plot;
    };
    let line = |pick: fn(&Point) -> f64| {
        story
            .path
            .iter()
            .map(|p| (p.hour, 100.0 * pick(p) / pick(first)))
            .collect()
    };
    plot.add("BTC", Style::Line, 0, line(|p| p.spot.btc));
    plot.add("ETH", Style::Line, 1, line(|p| p.spot.eth));
    moments(&mut plot, story);
    plot
}

fn moments(plot: &mut Plot, story: &Story) {
    if story.fixing > 0.0 {
        plot.moments.push((6.0, "fall begins".to_owned()));
        plot.moments.push((28.0, "expiry".to_owned()));
    }
    if let Some(fall) = &story.waterfall {
        plot.moments.push((fall.hour, "ETH leaps".to_owned()));
    }
}

fn health(story: &Story) -> Plot {
    let mut plot = Plot::new(
        "Health = equity / maintenance (capped at -1 and 6)",
        "hours since the start",
        "health",
    );
    let mut colour = 0;
    for party in &story.parties {
        let points = party.readings.iter();
        let points: Vec<(f64, f64)> = points
            .filter_map(|r| Some((r.hour, r.health?.clamp(-1.0, 6.0))))
            .collect();
        if points.len() > 1 && points.iter().any(|p| p.1 < 6.0) {
            plot.add(&party.name, Style::Line, colour, points);
            colour += 1;
        }
    }
    plot.levels.push((1.0, "1: liquidation below".to_owned()));
    moments(&mut plot, story);
    plot
}

/// Equity and margins of a party from its first trade on.
fn margins(story: &Story, name: &str) -> Plot {
    let title = format!("Equity and margins of {name}");
    let mut plot = Plot::new(&title, "hours since the start", "USD");
    let Some(party) = story.parties.iter().find(|p| p.name == name) else {
        return plot;
    };
    let line = |pick: fn(&Reading) -> f64| {
        let readings = party.readings.iter().skip_while(|r| r.maintenance == 0.0);
        readings.map(|r| (r.hour, pick(r))).collect()
    };
    plot.add("equity", Style::Line, 0, line(|r| r.equity));
    plot.add("maintenance", Style::Line, 1, line(|r| r.maintenance));
    plot.add("initial", Style::Dashed, 3, line(|r| r.initial));
    let first = party.readings.iter().find(|r| r.maintenance != 0.0);
    let begins = first.map_or(0.0, |r| r.hour);
    moments(&mut plot, story);
    plot.moments.retain(|(hour, _)| *hour >= begins);
    plot
}

fn fits(story: &Story) -> Plot {
    let mut plot = Plot::new(
        "Fit error, worst expiry of each chain",
        "hours since the start",
        "rms, vol points",
    );
    for (colour, coin) in ["BTC", "ETH"].into_iter().enumerate() {
        let points = story
            .fits
            .iter()
            .filter(|f| f.coin == coin)
            .map(|f| (f.hour, f.worst))
            .collect();
        plot.add(coin, Style::Line, colour, points);
    }
    plot
}

/// Profit of a party's linear positions if each expiry ends at the price on the axis.
fn payoff(party: &Party, story: &Story) -> Plot {
    let expiry = party.positions.first().map_or(0, |p| p.expiry);
    let title = format!("{}: {} ({})", party.name, party.plan, format_expiry(expiry));
    let mut plot = Plot::new(&title, "BTC at expiry, USD", "profit, USD");
    let spot = story.path.first().map_or(0.0, |p| p.spot.btc);
    let value = |s: f64| -> f64 {
        let one = |p: &super::party::Position| {
            let pays = if p.call {
                (s - p.strike).max(0.0)
            } else {
                (p.strike - s).max(0.0)
            };
            p.quantity * (pays - p.price)
        };
        party.positions.iter().map(one).sum()
    };
    let mut axis: Vec<f64> = (0..=120)
        .map(|i| spot * (0.78 + 0.44 * f64::from(i) / 120.0))
        .collect();
    axis.extend(party.positions.iter().map(|p| p.strike));
    axis.sort_by(f64::total_cmp);
    plot.add(
        "",
        Style::Line,
        0,
        axis.into_iter().map(|s| (s, value(s))).collect(),
    );
    plot.levels.push((0.0, String::new()));
    plot.moments.push((spot, "price at the trade".to_owned()));
    if expiry == story.daily {
        plot.moments.push((story.fixing, "fixing".to_owned()));
    }
    plot
}

fn accounts(story: &Story) -> String {
    let head = [
        "account",
        "equity",
        "maintenance",
        "initial",
        "lowest health",
        "health",
        "covered",
        "settlement",
        "deciding pricing",
    ];
    let cells = |party: &Party| account_cells(party, story);
    let rows: Vec<Vec<String>> = story.parties.iter().filter_map(cells).collect();
    table(&head, &rows)
}

fn account_cells(party: &Party, story: &Story) -> Option<Vec<String>> {
    let last = party.readings.last()?;
    let healths = party.readings.iter().filter_map(|r| r.health);
    let low = healths.fold(f64::INFINITY, f64::min);
    let show = |h: Option<f64>| {
        h.filter(|h| h.is_finite())
            .map_or("-".to_owned(), |h| format!("{h:.2}"))
    };
    let settled = story.settled.iter().find(|s| s.name == party.name);
    let paid = settled.map_or(0.0, Settled::paid);
    Some(vec![
        escape(&party.name),
        number(last.equity, 0.01),
        number(last.maintenance, 0.01),
        number(last.initial, 0.01),
        show(Some(low)),
        show(last.health),
        if last.covered { "yes" } else { "no" }.to_owned(),
        number(paid, 0.01),
        escape(&last.worst),
    ])
}

fn gas(story: &Story) -> String {
    let most = story
        .venue
        .gas
        .values()
        .map(|t| gas_line(t).0)
        .max()
        .unwrap_or(1)
        .max(1);
    let row = |(what, tally): (&String, &crate::venue::GasTally)| {
        let (median, largest, times) = gas_line(tally);
        let width = 260.0 * median as f64 / most as f64;
        let vm = vm_share(tally) / 100.0;
        vec![
            escape(what),
            times.to_string(),
            number(median as f64, 1.0),
            number(largest as f64, 1.0),
            format!("{:.0} %", 100.0 * vm),
            format!(
                "<span class=\"bar\" style=\"width:{:.0}px\"></span><span class=\"bar rest\" \
                 style=\"width:{:.0}px\"></span>",
                width * vm,
                width * (1.0 - vm)
            ),
        ]
    };
    let rows: Vec<Vec<String>> = story.venue.gas.iter().map(row).collect();
    let head = [
        "message",
        "times",
        "median gas",
        "largest",
        "VM share",
        "median: VM dark, storage and the rest light",
    ];
    table(&head, &rows).replace("<td><span", "<td class=\"text\"><span")
}

fn conservation(story: &Story) -> String {
    let head = [
        "coin",
        "held",
        "cash of accounts",
        "fees",
        "unsettled",
        "other",
        "difference",
    ];
    let verdict = match story.venue.violations.first() {
        None => format!(
            "<p>After each of {} messages the whole store of the engine was checked against every numbered invariant: \
             none was broken.{}</p>",
            story.venue.messages,
            settlement(story)
        ),
        Some(first) => format!("<p><b>Broken:</b> {}</p>", escape(first)),
    };
    format!("{verdict}{}", table(&head, &rows(story)))
}

fn settlement(story: &Story) -> String {
    if story.settled.is_empty() {
        return String::new();
    }
    let units = |s: &Settled| (s.paid() * 1e6).round() as i128;
    let sum: i128 = story.settled.iter().map(units).sum();
    format!(
        " The settlement of the daily expiry moved {sum} base units in all: what some paid, others received."
    )
}
