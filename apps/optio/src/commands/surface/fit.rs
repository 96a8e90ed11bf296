//! `optio surface fit`: one snapshot's surface.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::FitArgs;
use crate::data::chain::{Chain, chains};
use crate::data::snapshot::read_one;
use crate::data::time::{format_expiry, format_timestamp, parse_timestamp};
use crate::error::{CliError, Result};
use crate::fitted::{FittedChain, FittedExpiry, Refusal, Verdict, check_components, judge};
use crate::output::{Format, check_writable, decimal};
use crate::plot::{Plot, Style};
use crate::table::Table;

/// Expiries nearer than this are left out: their quotes are a settlement average.
const LEAST_MINUTES: u64 = 30;

/// Runs the command.
///
/// # Errors
/// On unreadable input, an unknown coin or time, or, after the answer, when a surface was refused.
pub fn run(args: &FitArgs) -> Result<()> {
    let time = match &args.at {
        Some(text) => Some(parse_timestamp(text).ok_or_else(|| {
            CliError::input(format!("bad timestamp {text}; want 2026-02-05T04:29:52Z"))
        })?),
        None => None,
    };
    check_components(args.components)?;
    args.plot.iter().try_for_each(|path| check_writable(path))?;
    let snapshot = read_one(&args.snapshot, time)?;
    let mut chosen = chains(&snapshot, LEAST_MINUTES);
    if let Some(coin) = &args.coin {
        chosen.retain(|c| c.coin == *coin);
        if chosen.is_empty() {
            return Err(CliError::input(format!(
                "the snapshot has no {coin} options"
            )));
        }
    }
    let judged: Vec<Judged> = chosen
        .into_iter()
        .map(|chain| Judged {
            outcome: judge(&chain, &BTreeMap::new(), args.components),
            chain,
        })
        .collect();
    if let Some(path) = &args.plot {
        let accepted = judged
            .iter()
            .filter_map(|j| Some((&j.chain, j.outcome.as_ref().ok()?)));
        let charts: Vec<String> = accepted.map(|(c, f)| smile_plot(c, f).svg()).collect();
        std::fs::write(path, stacked(&charts)).map_err(|e| CliError::file(path, e))?;
    }
    match args.format {
        Format::Json => crate::output::json(&as_json(snapshot.time, &judged))?,
        Format::Table => judged.iter().for_each(|j| println!("{}\n", as_table(j))),
    }
    ending(&judged)
}

/// A coin's chain and what the on-chain test said of its surface.
struct Judged {
    chain: Chain,
    outcome: std::result::Result<FittedChain, Refusal>,
}

/// The error that the command ends with: that of input from which no surface can be made, else of the first surface refused.
fn ending(judged: &[Judged]) -> Result<()> {
    let errors = judged.iter().filter_map(|j| j.outcome.as_ref().err());
    let errors: Vec<&CliError> = errors.map(|refusal| &refusal.error).collect();
    let input = CliError::input("").code;
    match (errors.iter().find(|e| e.code == input), errors.first()) {
        (Some(wrong), _) => Err((*wrong).clone()),
        (None, Some(refused)) => Err((*refused).clone().refused()),
        (None, None) => Ok(()),
    }
}

/// Several charts in one SVG file, one below the other.
fn stacked(charts: &[String]) -> String {
    let height = 360 * charts.len();
    let mut out =
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 {height}\">\n");
    for (at, chart) in charts.iter().enumerate() {
        let place = format!("<svg y=\"{}\" width=\"640\" height=\"360\"", 360 * at);
        out.push_str(&chart.replacen("<svg", &place, 1));
    }
    out.push_str("</svg>\n");
    out
}

/// In a word: accepted, or the code of what refused it.
fn verdict(refused: Option<&CliError>) -> &str {
    refused.map_or("accepted", |error| &error.code)
}

fn as_json(time: u64, judged: &[Judged]) -> Value {
    let surface = |j: &Judged| {
        let refused = j.outcome.as_ref().err().map(|refusal| &refusal.error);
        let mut surface = json!({ "coin": j.chain.coin, "verdict": verdict(refused) });
        if let Some(error) = refused {
            surface["reason"] = error.message.clone().into();
        }
        surface
    };
    let surfaces: Vec<Value> = judged.iter().map(surface).collect();
    let expiries: Vec<Value> = judged.iter().flat_map(expiries).collect();
    json!({ "timestamp": format_timestamp(time), "surfaces": surfaces, "expiries": expiries })
}

/// Every expiry of a coin; of a surface that is refused, which were and why, with what was fitted.
fn expiries(judged: &Judged) -> Vec<Value> {
    let coin = &judged.chain.coin;
    match &judged.outcome {
        Ok(fitted) => fitted.expiries.iter().map(|e| expiry(coin, e)).collect(),
        Err(refusal) => refusal
            .verdicts
            .iter()
            .map(|v| judged_expiry(coin, v))
            .collect(),
    }
}

fn judged_expiry(coin: &str, said: &Verdict) -> Value {
    let bare = || {
        json!({
            "coin": coin,
            "expiry": format_expiry(said.expiry),
            "expiration_timestamp": said.expiry,
        })
    };
    let mut row = said.fitted.as_ref().map_or_else(bare, |e| expiry(coin, e));
    row["verdict"] = verdict(said.refused.as_ref()).into();
    if let Some(error) = &said.refused {
        row["reason"] = error.message.clone().into();
    }
    row
}

fn expiry(coin: &str, e: &FittedExpiry) -> Value {
    let component = |c: &calibrate::Component| {
        json!({
            "weight": decimal(f64::from(c.weight) / 65_536.0, 16),
            "forward": decimal(c.forward as f64 / 4_294_967_296.0, 12),
            "total_vol": decimal(c.total_vol as f64 / 4_294_967_296.0, 12),
        })
    };
    json!({
        "coin": coin,
        "expiry": format_expiry(e.expiry),
        "expiration_timestamp": e.expiry,
        "years": decimal(e.years, 12),
        "forward": decimal(e.forward, 6),
        "components": e.integers.components.iter().map(component).collect::<Vec<_>>(),
        "rms_vol_points": decimal(e.error.rms, 6),
        "max_vol_points": decimal(e.error.max, 6),
        "strikes": e.error.strikes,
        "certificate_points": e.grid.len(),
        // That of a fitted chain, which has passed the test whole.
        "verdict": verdict(None),
    })
}

/// Columns of the table.
const HEAD: [&str; 9] = [
    "expiry",
    "days",
    "forward",
    "vol %",
    "rms, vol pts",
    "max, vol pts",
    "strikes",
    "proof points",
    "weight : forward : total vol",
];

fn as_table(judged: &Judged) -> String {
    match &judged.outcome {
        Ok(fitted) => accepted_table(fitted),
        Err(refusal) => refused_table(&judged.chain, refusal),
    }
}

fn refused_table(chain: &Chain, refusal: &Refusal) -> String {
    let head = format!(
        "{} at {}: refused, {}",
        chain.coin,
        format_timestamp(chain.time),
        refusal.error,
    );
    if refusal.verdicts.is_empty() {
        return head;
    }
    let mut table = Table::new(&[&HEAD[..], &["verdict", "reason"]].concat());
    for said in &refusal.verdicts {
        let mut row = match &said.fitted {
            Some(fitted) => cells(fitted),
            None => vec!["-".to_owned(); HEAD.len()],
        };
        row[0] = format_expiry(said.expiry);
        let refused = said.refused.as_ref();
        let reason = refused.map_or("-", |error| error.message.as_str());
        row.extend([verdict(refused), reason].map(str::to_owned));
        table.row(row);
    }
    format!("{head}\n\n{}", table.plain())
}

fn accepted_table(chain: &FittedChain) -> String {
    let mut table = Table::new(&HEAD);
    chain.expiries.iter().for_each(|e| table.row(cells(e)));
    let most = chain.expiries.iter().map(|e| e.mixture.parts.len()).max();
    format!(
        "{} at {}: accepted by the on-chain test, {} lognormals at most, index {:.2}, fitted in {:.3} s ({} joint rounds)\n\n{}",
        chain.coin,
        format_timestamp(chain.time),
        most.unwrap_or(0),
        chain.index,
        chain.seconds,
        chain.rounds,
        table.plain(),
    )
}

fn cells(e: &FittedExpiry) -> Vec<String> {
    let parts = e.mixture.parts.iter();
    let parts: Vec<String> = parts
        .map(|p| format!("{:.4} : {:.5} : {:.5}", p.weight, p.forward, p.total_vol))
        .collect();
    vec![
        format_expiry(e.expiry),
        format!("{:.2}", e.years * 365.0),
        format!("{:.2}", e.forward),
        format!("{:.2}", 100.0 * e.mixture.atm_total_vol() / e.years.sqrt()),
        format!("{:.3}", e.error.rms),
        format!("{:.3}", e.error.max),
        e.error.strikes.to_string(),
        // There is nothing to prove the last against.
        match e.grid.len() {
            0 => "-".to_owned(),
            points => points.to_string(),
        },
        parts.join("   "),
    ]
}

/// Quoted and fitted volatility against log-moneyness in standard deviations.
pub fn smile_plot(chain: &Chain, fitted: &FittedChain) -> Plot {
    let title = format!("{} smiles, {}", fitted.coin, format_timestamp(fitted.time));
    let mut plot = Plot::new(
        &title,
        "log-moneyness in at-the-money deviations",
        "volatility, %",
    );
    let count = fitted.expiries.len();
    let step = count.div_ceil(6).max(1);
    for (colour, at) in (0..count).step_by(step).enumerate() {
        let (e, quoted) = (&fitted.expiries[at], &chain.expiries[at]);
        let v = e.mixture.atm_total_vol();
        let root = e.years.sqrt();
        let inside = |x: f64| (-3.5..=3.5).contains(&x);
        let dots = quoted
            .quotes()
            .quotes
            .into_iter()
            .map(|q| (q.moneyness.ln() / v, 100.0 * q.vol));
        let line = (-70..=70).filter_map(|i| {
            let x = f64::from(i) / 20.0;
            Some((
                x,
                100.0 * e.mixture.implied_total_vol((x * v).exp())? / root,
            ))
        });
        plot.add(
            &format_expiry(e.expiry),
            Style::Line,
            colour,
            line.collect(),
        );
        plot.add(
            "",
            Style::Dots,
            colour,
            dots.filter(|p| inside(p.0)).collect(),
        );
    }
    plot
}
