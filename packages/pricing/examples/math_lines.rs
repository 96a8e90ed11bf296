//! `math_lines FUNCTION`: reads lines of comma-separated I64F64 bit patterns, writes lines of
//! results in the column order of the reference vectors, or `error: CODE`.

#![allow(
    clippy::indexing_slicing,
    reason = "an example; a short line may well stop it"
)]

use fixed_math::Fx;
use pricing::black76::{Black76, BlackError};
use pricing::implied_vol::{ImpliedVolError, Side, implied_total_vol, implied_vol};
use std::io::{BufRead, BufWriter, Write};

type Row = Result<Vec<Fx>, String>;

fn code(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    text.split(':').next().unwrap_or("E").to_owned()
}

fn black(x: &[Fx]) -> Result<Black76, BlackError> {
    Black76::new(x[0], x[1], x[2], x[3])
}

fn black76(x: &[Fx]) -> Result<Vec<Fx>, BlackError> {
    let option = black(x)?;
    let prices = option.prices()?;
    let g = option.greeks()?;
    let delta = option.call_delta()?;
    Ok(vec![
        prices.call,
        prices.put,
        delta,
        g.gamma,
        g.vega,
        g.theta,
        g.vanna,
        g.volga,
    ])
}

fn black76_all(x: &[Fx]) -> Result<Vec<Fx>, BlackError> {
    let option = black(x)?;
    let prices = option.prices()?;
    let g = option.greeks()?;
    Ok(vec![
        prices.call,
        prices.put,
        g.call_delta,
        option.digital_call()?,
        g.gamma,
        g.vega,
        g.theta,
        g.vanna,
        g.volga,
        g.charm,
        g.call_rho,
        g.put_rho,
    ])
}

fn digital_all(x: &[Fx]) -> Result<Vec<Fx>, BlackError> {
    let g = black(x)?.digital_greeks()?;
    Ok(vec![
        g.delta, g.gamma, g.vega, g.theta, g.vanna, g.volga, g.charm, g.call_rho, g.put_rho,
    ])
}

fn black76_total(x: &[Fx]) -> Result<Vec<Fx>, BlackError> {
    let option = Black76::with_total_vol(x[0], x[1], x[2])?;
    let prices = option.prices()?;
    let (delta, digital) = (option.call_delta()?, option.digital_call()?);
    Ok(vec![
        prices.call,
        prices.put,
        delta,
        digital,
        option.gamma()?,
        option.total_vega()?,
    ])
}

/// side (0 call, 1 put), forward, strike, price, years.
fn implied(x: &[Fx]) -> Result<Vec<Fx>, ImpliedVolError> {
    let side = if x[0] == Fx::ZERO {
        Side::Call
    } else {
        Side::Put
    };
    let found = match x.get(4) {
        Some(years) => implied_vol(side, x[1], x[2], x[3], *years)?,
        None => implied_total_vol(side, x[1], x[2], x[3])?,
    };
    Ok(vec![found.vol])
}

fn row(function: &str, x: &[Fx]) -> Row {
    match function {
        "black76" => black76(x).map_err(|e| code(&e)),
        "black76_all" => black76_all(x).map_err(|e| code(&e)),
        "digital_all" => digital_all(x).map_err(|e| code(&e)),
        "black76_total" => black76_total(x).map_err(|e| code(&e)),
        "implied_vol" | "implied_total_vol" => implied(x).map_err(|e| code(&e)),
        _ => Err("E_MATH_FUNCTION".to_owned()),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let function = std::env::args()
        .nth(1)
        .ok_or("usage: math_lines FUNCTION")?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let x: Vec<Fx> = line
            .split(',')
            .map(|cell| cell.trim().parse().map(Fx::from_bits))
            .collect::<Result<_, _>>()?;
        match row(&function, &x) {
            Ok(values) => {
                let cells: Vec<String> = values.iter().map(|v| v.to_bits().to_string()).collect();
                writeln!(out, "{}", cells.join(","))?;
            }
            Err(code) => writeln!(out, "error: {code}")?,
        }
    }
    Ok(())
}
