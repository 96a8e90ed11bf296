//! What can be run.

use crate::baseline;
use crate::rows::MOST_RESULTS;
use cosmwasm_schema::cw_serde;
use fixed_math::{Fx, MathError};
use pricing::black76::Black76;

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
    /// Baseline: call and put of the textbook algorithm on the `fixed` crate's operators.
    NaiveCallPut,
    /// Baseline: call and put in double precision.
    FloatCallPut,
}

/// How many of the results count, and the results.
pub type Results = (usize, [i128; MOST_RESULTS]);

impl Function {
    /// Arguments per row.
    #[must_use]
    pub const fn arguments(self) -> usize {
        match self {
            Self::Identity4
            | Self::CallPut
            | Self::Black76
            | Self::PriceAndGreeks
            | Self::NaiveCallPut
            | Self::FloatCallPut => 4,
            _ => 1,
        }
    }
}

/// Runs a function on one row.
///
/// # Errors
/// The code of the function's error.
pub fn evaluate(function: Function, arguments: &[i128; 4]) -> Result<Results, String> {
    let [x, ..] = *arguments;
    let one = |f: fn(Fx) -> Result<Fx, MathError>| f(Fx::from_bits(x)).map(single).map_err(code);
    match function {
        Function::Identity => Ok(single(Fx::from_bits(x))),
        Function::Identity4 => Ok(pair(Fx::from_bits(x), Fx::from_bits(x))),
        Function::Exp => one(fixed_math::exp),
        Function::Ln => one(fixed_math::ln),
        Function::Sqrt => one(fixed_math::sqrt),
        Function::NormCdf => one(fixed_math::norm_cdf),
        Function::NormPdf => one(fixed_math::norm_pdf),
        Function::NormQuantile => one(fixed_math::norm_quantile),
        Function::CallPut => {
            let prices = black(arguments)?.prices().map_err(code)?;
            Ok(pair(prices.call, prices.put))
        }
        Function::Black76 => black76(arguments),
        Function::PriceAndGreeks => price_and_greeks(arguments),
        Function::NaiveCallPut => {
            let [forward, strike, vol, years] = arguments.map(Fx::from_bits);
            let (call, put) = baseline::naive::call_put(forward, strike, vol, years);
            Ok(pair(call, put))
        }
        Function::FloatCallPut => {
            let [forward, strike, vol, years] = arguments.map(Fx::from_bits);
            let (call, put) = baseline::float::call_put(forward, strike, vol, years);
            Ok(pair(call, put))
        }
    }
}

/// The price object of a row.
fn black(arguments: &[i128; 4]) -> Result<Black76, String> {
    let [forward, strike, vol, years] = arguments.map(Fx::from_bits);
    Black76::new(forward, strike, vol, years).map_err(code)
}

/// The columns of the reference vectors.
fn black76(arguments: &[i128; 4]) -> Result<Results, String> {
    let option = black(arguments)?;
    let prices = option.prices().map_err(code)?;
    let delta = option.call_delta().map_err(code)?;
    let g = option.greeks().map_err(code)?;
    let all = [
        prices.call,
        prices.put,
        delta,
        g.gamma,
        g.vega,
        g.theta,
        g.vanna,
        g.volga,
    ];
    Ok(several(&all))
}

/// Call and put, then the nine Greeks.
fn price_and_greeks(arguments: &[i128; 4]) -> Result<Results, String> {
    let option = black(arguments)?;
    let prices = option.prices().map_err(code)?;
    let g = option.greeks().map_err(code)?;
    Ok(several(&[
        prices.call,
        prices.put,
        g.call_delta,
        g.gamma,
        g.vega,
        g.theta,
        g.call_rho,
        g.put_rho,
        g.vanna,
        g.volga,
        g.charm,
    ]))
}

/// Several results.
fn several(values: &[Fx]) -> Results {
    let mut out = [0; MOST_RESULTS];
    for (slot, value) in out.iter_mut().zip(values) {
        *slot = value.to_bits();
    }
    (values.len().min(MOST_RESULTS), out)
}

/// One result.
fn single(value: Fx) -> Results {
    let mut out = [0; MOST_RESULTS];
    out[0] = value.to_bits();
    (1, out)
}

/// Two results.
fn pair(first: Fx, second: Fx) -> Results {
    let mut out = [0; MOST_RESULTS];
    out[0] = first.to_bits();
    out[1] = second.to_bits();
    (2, out)
}

/// The stable code that an error's message starts with.
fn code(error: impl ToString) -> String {
    let message = error.to_string();
    message
        .split_once(':')
        .map_or_else(|| message.clone(), |(code, _)| code.to_owned())
}
