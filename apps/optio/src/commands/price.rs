//! `optio price`: one European option under Black-76, with its Greeks.

use clap::{Args, ValueEnum};
use fixed_math::Fx;
use fixed_math::int::mul_div_nearest;
use pricing::black76::Black76;
use pricing::implied_vol::{Side, implied_vol};
use serde_json::json;

use crate::decimal::{parse, show};
use crate::error::{CliError, Result};
use crate::output::Format;
use crate::table::Table;

/// What the option pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// max(S - K, 0)
    Call,
    /// max(K - S, 0)
    Put,
    /// 1 if S >= K
    DigitalCall,
    /// 1 if S < K
    DigitalPut,
}

/// Prices one option. Vega is per 1.00 of vol; theta and charm are per year at a fixed forward;
/// rho is -years x value; a digital pays 1.
#[derive(Debug, Args)]
pub struct PriceArgs {
    /// What the option pays.
    #[arg(long, value_enum)]
    pub kind: Kind,
    /// Forward price.
    #[arg(long, value_parser = parse, allow_negative_numbers = true)]
    pub forward: Fx,
    /// Strike.
    #[arg(long, value_parser = parse, allow_negative_numbers = true)]
    pub strike: Fx,
    /// Annual volatility, 0.5 is 50 %.
    #[arg(long, value_parser = parse, allow_negative_numbers = true)]
    pub vol: Fx,
    /// Years to expiry.
    #[arg(long, value_parser = parse, allow_negative_numbers = true)]
    pub years: Fx,
    /// Discount factor in (0, 1].
    #[arg(long, value_parser = parse, default_value = "1", allow_negative_numbers = true)]
    pub discount: Fx,
    /// How the answer is shown.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Undiscounted value and Greeks in the order of [`KEYS`].
struct Numbers {
    value: Fx,
    greeks: [Fx; 8],
    implied_vol: Option<Fx>,
}

const KEYS: [&str; 8] = [
    "delta", "gamma", "vega", "theta", "rho", "vanna", "volga", "charm",
];

/// Runs the command.
///
/// # Errors
/// On inputs outside the domain.
pub fn run(args: &PriceArgs) -> Result<()> {
    if args.discount <= Fx::ZERO || args.discount > Fx::ONE {
        return Err(CliError::input("the discount must lie in (0, 1]"));
    }
    let option = Black76::new(args.forward, args.strike, args.vol, args.years)
        .map_err(|e| CliError::of(&e))?;
    let numbers = match args.kind {
        Kind::Call | Kind::Put => vanilla(args, &option)?,
        Kind::DigitalCall | Kind::DigitalPut => digital(args, &option)?,
    };
    let scaled = |x: Fx| {
        mul_div_nearest(x.to_bits(), args.discount.to_bits(), Fx::ONE.to_bits())
            .map(Fx::from_bits)
            .map_err(|e| CliError::of(&e))
    };
    let mut pairs = vec![("value", Some(scaled(numbers.value)?))];
    for (key, number) in KEYS.iter().zip(numbers.greeks) {
        pairs.push((key, Some(scaled(number)?)));
    }
    pairs.push(("implied_vol", numbers.implied_vol));
    match args.format {
        Format::Json => {
            let entry = |(key, x): &(&str, Option<Fx>)| ((*key).to_owned(), json!(x.map(show)));
            crate::output::json(&serde_json::Value::Object(
                pairs.iter().map(entry).collect(),
            ))
        }
        Format::Table => {
            let mut table = Table::new(&["", "per 1 of the underlying"]);
            for (key, number) in pairs {
                let text = number.map_or_else(|| "-".to_owned(), show);
                table.row(vec![key.to_owned(), text]);
            }
            println!("{}", table.plain());
            Ok(())
        }
    }
}

fn vanilla(args: &PriceArgs, option: &Black76) -> Result<Numbers> {
    let fail = |e: pricing::black76::BlackError| CliError::of(&e);
    let prices = option.prices().map_err(fail)?;
    let g = option.greeks().map_err(fail)?;
    let (value, delta, rho, side) = if args.kind == Kind::Call {
        (
            prices.call,
            option.call_delta().map_err(fail)?,
            g.call_rho,
            Side::Call,
        )
    } else {
        (
            prices.put,
            option.put_delta().map_err(fail)?,
            g.put_rho,
            Side::Put,
        )
    };
    let implied = implied_vol(side, args.forward, args.strike, value, args.years).ok();
    Ok(Numbers {
        value,
        greeks: [
            delta, g.gamma, g.vega, g.theta, rho, g.vanna, g.volga, g.charm,
        ],
        implied_vol: implied.map(|i| i.vol),
    })
}

/// A digital's value is correctly rounded; its Greeks are computed in floating point.
fn digital(args: &PriceArgs, option: &Black76) -> Result<Numbers> {
    let call = args.kind == Kind::DigitalCall;
    let value = if call {
        option.digital_call()
    } else {
        option.digital_put()
    };
    let value = value.map_err(|e| CliError::of(&e))?;
    let number = |x: Fx| x.to_num::<f64>();
    let (f, k, vol, t) = (
        number(args.forward),
        number(args.strike),
        number(args.vol),
        number(args.years),
    );
    let s = vol * t.sqrt();
    let d1 = (f / k).ln() / s + 0.5 * s;
    let d2 = d1 - s;
    let density = calibrate::normal::pdf(d2) * if call { 1.0 } else { -1.0 };
    let cross = d1 * d2 - 1.0;
    let greeks = [
        density / (f * s),
        -density * d1 / (f * f * s * s),
        -density * d1 / vol,
        density * d1 / (2.0 * t),
        -t * number(value),
        density * cross / (f * s * vol),
        density * (d1 + d2 - d1 * d1 * d2) / (vol * vol),
        -density * cross / (2.0 * t * f * s),
    ];
    let range = || CliError::new("E_BLACK_RANGE", "a Greek does not fit the number type");
    let mut out = [Fx::ZERO; 8];
    for (slot, greek) in out.iter_mut().zip(greeks) {
        *slot = Fx::checked_from_num(greek).ok_or_else(range)?;
    }
    Ok(Numbers {
        value,
        greeks: out,
        implied_vol: None,
    })
}
