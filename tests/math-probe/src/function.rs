//! What can be run.

use crate::{baseline, grid};
use cosmwasm_schema::cw_serde;
use fixed_math::Fx;
use pricing::black76::{Black76, call_and_put};
use pricing::implied_vol::{Side, implied_vol};

/// A function of the probe.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Function {
    /// Gives the argument back: what the call itself costs.
    Identity,
    /// As `Identity`, four arguments to two results: the cost of a call with a price's arguments.
    Identity4,
    /// e^x.
    Exp,
    /// ln x.
    Ln,
    /// The square root.
    Sqrt,
    /// The normal distribution function.
    NormCdf,
    /// The normal density.
    NormPdf,
    /// The normal quantile.
    NormQuantile,
    /// Black-76 call and put (forward, strike, vol, years).
    CallPut,
    /// Black-76 in the columns of the reference vectors: call, put, call delta, gamma, vega, theta, vanna, volga.
    Black76,
    /// Black-76 call and put and the nine Greeks.
    PriceAndGreeks,
    /// The implied vol of a call with its bracket (forward, strike, price, years): vol, low, high.
    ImpliedVol,
    /// The grid kernel: 32 pricings of a slice of one lognormal, no leg (arguments as a price's).
    GridShocks,
    /// As `GridShocks` with one leg valued in every pricing.
    GridLeg,
    /// As `GridShocks` with three lognormals.
    GridShocks3,
    /// As `GridLeg` with three lognormals.
    GridLeg3,
    /// A margin's arithmetic: 128 legs x 60 pricings x 3 lognormals (arguments as a price's).
    GridMargin,
    /// Baseline: call and put of the textbook algorithm on the `fixed` crate's operators.
    NaiveCallPut,
    /// Baseline: call and put in double precision.
    FloatCallPut,
}

impl Function {
    /// Arguments per row.
    #[must_use]
    pub const fn arguments(self) -> usize {
        match self {
            Self::Identity4
            | Self::CallPut
            | Self::Black76
            | Self::PriceAndGreeks
            | Self::ImpliedVol
            | Self::GridShocks
            | Self::GridLeg
            | Self::GridShocks3
            | Self::GridLeg3
            | Self::GridMargin
            | Self::NaiveCallPut
            | Self::FloatCallPut => 4,
            _ => 1,
        }
    }
}

/// Runs a function on one row and appends its results.
///
/// # Errors
/// The code of the function's error; nothing is appended.
pub fn evaluate(
    function: Function,
    arguments: &[i128; 4],
    out: &mut Vec<u8>,
) -> Result<(), String> {
    let x = Fx::from_bits(arguments[0]);
    match function {
        Function::Identity => put(out, &[x]),
        Function::Identity4 => put(out, &[x, x]),
        Function::Exp => put(out, &[fixed_math::exp(x).map_err(code)?]),
        Function::Ln => put(out, &[fixed_math::ln(x).map_err(code)?]),
        Function::Sqrt => put(out, &[fixed_math::sqrt(x).map_err(code)?]),
        Function::NormCdf => put(out, &[fixed_math::norm_cdf(x).map_err(code)?]),
        Function::NormPdf => put(out, &[fixed_math::norm_pdf(x).map_err(code)?]),
        Function::NormQuantile => put(out, &[fixed_math::norm_quantile(x).map_err(code)?]),
        Function::CallPut => {
            let [forward, strike, vol, years] = arguments.map(Fx::from_bits);
            let prices = call_and_put(forward, strike, vol, years).map_err(code)?;
            put(out, &[prices.call, prices.put]);
        }
        Function::Black76 => black76(arguments, out)?,
        Function::PriceAndGreeks => price_and_greeks(arguments, out)?,
        Function::ImpliedVol => implied(arguments, out)?,
        Function::GridShocks => put(out, &[grid::run(arguments, 1, false).map_err(code)?]),
        Function::GridLeg => put(out, &[grid::run(arguments, 1, true).map_err(code)?]),
        Function::GridShocks3 => put(out, &[grid::run(arguments, 3, false).map_err(code)?]),
        Function::GridLeg3 => put(out, &[grid::run(arguments, 3, true).map_err(code)?]),
        Function::GridMargin => put(out, &[grid::margin(arguments).map_err(code)?]),
        Function::NaiveCallPut => {
            let (call, dear) = baseline::naive::call_put(arguments.map(Fx::from_bits));
            put(out, &[call, dear]);
        }
        Function::FloatCallPut => {
            let (call, dear) = baseline::float::call_put(arguments.map(Fx::from_bits));
            put(out, &[call, dear]);
        }
    }
    Ok(())
}

/// Appends the count of results and their bit patterns.
fn put(out: &mut Vec<u8>, values: &[Fx]) {
    out.push(u8::try_from(values.len()).unwrap_or(u8::MAX));
    for value in values {
        out.extend_from_slice(&value.to_bits().to_le_bytes());
    }
}

/// The price object of a row.
fn black(arguments: &[i128; 4]) -> Result<Black76, String> {
    let [forward, strike, vol, years] = arguments.map(Fx::from_bits);
    Black76::new(forward, strike, vol, years).map_err(code)
}

/// The columns of the reference vectors.
fn black76(arguments: &[i128; 4], out: &mut Vec<u8>) -> Result<(), String> {
    let option = black(arguments)?;
    let prices = option.prices().map_err(code)?;
    let delta = option.call_delta().map_err(code)?;
    let g = option.greeks().map_err(code)?;
    put(
        out,
        &[
            prices.call,
            prices.put,
            delta,
            g.gamma,
            g.vega,
            g.theta,
            g.vanna,
            g.volga,
        ],
    );
    Ok(())
}

/// Call and put and the nine Greeks, folded into two numbers: an answer's bytes cost more gas in JSON than
/// their computation, and this answer is as long as that of `Identity4`.
fn price_and_greeks(arguments: &[i128; 4], out: &mut Vec<u8>) -> Result<(), String> {
    let option = black(arguments)?;
    let prices = option.prices().map_err(code)?;
    let g = option.greeks().map_err(code)?;
    let fold = |values: [Fx; 6]| {
        values
            .iter()
            .fold(0, |sum: i128, x| sum.rotate_left(9) ^ x.to_bits())
    };
    let first = fold([
        prices.call,
        prices.put,
        g.call_delta,
        g.gamma,
        g.vega,
        g.theta,
    ]);
    let second = fold([g.call_rho, g.put_rho, g.vanna, g.volga, g.charm, Fx::ZERO]);
    put(out, &[Fx::from_bits(first), Fx::from_bits(second)]);
    Ok(())
}

/// Vol and bracket of a call's price.
fn implied(arguments: &[i128; 4], out: &mut Vec<u8>) -> Result<(), String> {
    let [forward, strike, price, years] = arguments.map(Fx::from_bits);
    let found = implied_vol(Side::Call, forward, strike, price, years).map_err(code)?;
    let width = found.high.wrapping_sub(found.low);
    put(out, &[found.vol, width]);
    Ok(())
}

/// The stable code that an error's message starts with.
fn code(error: impl ToString) -> String {
    let message = error.to_string();
    message
        .split_once(':')
        .map_or_else(|| message.clone(), |(code, _)| code.to_owned())
}
