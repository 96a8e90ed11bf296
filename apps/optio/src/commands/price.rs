//! `optio price`: one European option under Black-76, with its Greeks.

use clap::{Args, ValueEnum};
use fixed_math::Fx;
use fixed_math::int::mul_div_nearest;
use pricing::black76::{Black76, BlackError};
use pricing::implied_vol::{Side, implied_vol};
use serde_json::json;

use crate::decimal::{parse, show, significant};
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

/// Price one option under Black-76, with its Greeks.
///
/// Value and Greeks are discounted, per 1 of the underlying; a digital pays 1. Delta and gamma are against the forward; vega, vanna and volga are
/// per 1.00 of vol (a point of 1 % is a hundredth of that); theta and charm are per year at a fixed forward; rho, per 1.00 of the interest rate at a
/// fixed forward, is -years x value. All are right within the last digit shown; implied_vol is that of the value as
/// rounded, and absent (null) for digitals and where no vol has that value.
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
    /// Annual volatility as a fraction: 0.55 is 55 %.
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

/// Units in the order of [`KEYS`], for the table.
const UNITS: [&str; 8] = [
    "USD per USD of the forward",
    "delta per USD of the forward",
    "USD per 1.00 of vol",
    "USD per year",
    "USD per 1.00 of the rate",
    "delta per 1.00 of vol",
    "vega per 1.00 of vol",
    "delta per year",
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
        .map_err(|e| named(e, args))?;
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
            println!("{}", table(&pairs).plain());
            Ok(())
        }
    }
}

/// An error of the inputs; of a total vol with its value and, where it is too large, what is usually wrong.
fn named(error: BlackError, args: &PriceArgs) -> CliError {
    if error != BlackError::TotalVol {
        return CliError::of(&error);
    }
    let number = |x: Fx| x.to_num::<f64>();
    let total = number(args.vol) * number(args.years).sqrt();
    let hint = if total > 1.0 {
        "; --vol is a fraction: 0.55 is 55 %"
    } else {
        ""
    };
    let total = significant(total, 6);
    CliError::of(&format!("{error}, and vol x sqrt(years) is {total}{hint}"))
}

/// Names, numbers and units.
fn table(pairs: &[(&str, Option<Fx>)]) -> Table {
    let width = UNITS.iter().map(|unit| unit.len()).max().unwrap_or(0);
    let left = |unit: &str| format!("{unit:<width$}");
    let mut table = Table::new(&["", "number", &left("unit")]);
    for (at, (key, number)) in pairs.iter().enumerate() {
        let text = number.map(show);
        let unit = match *key {
            "value" => "USD",
            "implied_vol" => "per year, 1.00 is 100 %",
            _ => at
                .checked_sub(1)
                .and_then(|at| UNITS.get(at))
                .unwrap_or(&""),
        };
        let text = text.unwrap_or_else(|| "-".to_owned());
        table.row(vec![(*key).to_owned(), text, left(unit)]);
    }
    table
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

fn digital(args: &PriceArgs, option: &Black76) -> Result<Numbers> {
    let fail = |e: BlackError| CliError::of(&e);
    let g = option.digital_greeks().map_err(fail)?;
    let call = [
        g.delta, g.gamma, g.vega, g.theta, g.call_rho, g.vanna, g.volga, g.charm,
    ];
    let (value, greeks) = if args.kind == Kind::DigitalCall {
        (option.digital_call().map_err(fail)?, call)
    } else {
        let [delta, gamma, vega, theta, _, vanna, volga, charm] = call.map(|greek| -greek);
        let put = [delta, gamma, vega, theta, g.put_rho, vanna, volga, charm];
        (option.digital_put().map_err(fail)?, put)
    };
    Ok(Numbers {
        value,
        greeks,
        implied_vol: None,
    })
}
