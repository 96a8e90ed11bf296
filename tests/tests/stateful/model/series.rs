//! The series of the random lives, what they pay, and whether a book is covered: docs/spec/payoffs.md in plain integers.

use std::collections::BTreeMap;

/// 1 January 2026, 00:00 UTC, a Thursday.
pub const START: u64 = 1_767_225_600;
/// 2, 3 and 4 January 2026, 08:00 UTC, in minutes. So near that no observation before them is forgotten while they wait
/// for the last rung.
pub const EXPIRIES: [u32; 3] = {
    let first = ((START + 32 * 3_600) / 60) as u32;
    [first, first + 1_440, first + 2 * 1_440]
};

/// The two markets, and the coin each settles in.
pub const MARKETS: [&str; 2] = ["BTC_USDC", "BTC"];
pub const LINEAR: usize = 0;
pub const INVERSE: usize = 1;

/// Base units of the settlement coin per quantity unit and 1.0 of price: 0.01 BTC in coins of 6 and 8 decimals.
pub const MULTIPLIER: [i128; 2] = [10_000, 1_000_000];
/// Base units per quantity unit and tick: 0.5 USD, and 0.0001 BTC.
pub const TICK: [i128; 2] = [5_000, 100];
/// 1,000 USD per BTC, in base units per quantity unit.
const DIGITAL: i128 = 10_000_000;

/// What a series pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pay {
    Call,
    Put,
    Above,
    Below,
    Future,
}

use Pay::{Above, Below, Call, Future, Put};

/// A series. The coin it settles in has the number of its market.
#[derive(Clone, Copy, Debug)]
pub struct Series {
    pub name: &'static str,
    pub market: usize,
    /// Its place among the expiries.
    pub date: usize,
    pub pay: Pay,
    /// Whole dollars; of a future its reference, the forward when it was listed.
    pub strike: i128,
}

const fn series(
    name: &'static str,
    market: usize,
    date: usize,
    (pay, strike): (Pay, i128),
) -> Series {
    Series {
        name,
        market,
        date,
        pay,
        strike,
    }
}

pub const SERIES: [Series; 13] = [
    series("BTC_USDC-2JAN26-90000-C", LINEAR, 0, (Call, 90_000)),
    series("BTC_USDC-2JAN26-88000-P", LINEAR, 0, (Put, 88_000)),
    series("BTC_USDC-2JAN26-91000-DP", LINEAR, 0, (Below, 91_000)),
    series("BTC_USDC-3JAN26-92000-C", LINEAR, 1, (Call, 92_000)),
    series("BTC_USDC-3JAN26-90000-DC", LINEAR, 1, (Above, 90_000)),
    series("BTC_USDC-4JAN26-80000-P", LINEAR, 2, (Put, 80_000)),
    series("BTC_USDC-4JAN26", LINEAR, 2, (Future, 90_000)),
    series("BTC-2JAN26-90000-C", INVERSE, 0, (Call, 90_000)),
    series("BTC-3JAN26-90000-P", INVERSE, 1, (Put, 90_000)),
    series("BTC-3JAN26-95000-C", INVERSE, 1, (Call, 95_000)),
    series("BTC-4JAN26-100000-C", INVERSE, 2, (Call, 100_000)),
    series("BTC-4JAN26-85000-P", INVERSE, 2, (Put, 85_000)),
    series("BTC-3JAN26", INVERSE, 1, (Future, 90_000)),
];

/// Well formed, on the grid, and listed by nobody.
pub const UNLISTED: &str = "BTC_USDC-3JAN26-77000-P";
/// Its place beside those of [`SERIES`].
pub const UNLISTED_PLACE: usize = SERIES.len();

/// When a date expires, unix seconds.
pub fn expires(date: usize) -> u64 {
    u64::from(EXPIRIES[date]) * 60
}

pub fn ceil(a: i128, b: i128) -> i128 {
    -(-a).div_euclid(b)
}

/// A settlement price in units of `2^-64` dollars.
pub type Price = i128;

/// Whole dollars as a settlement price.
fn dollars(whole: i128) -> Price {
    whole << 64
}

impl Series {
    /// Base units per quantity unit at a settlement price.
    pub fn payoff(&self, price: Price) -> i128 {
        let (multiplier, strike) = (MULTIPLIER[self.market], self.strike);
        if self.market == INVERSE {
            let cost = ceil((multiplier * strike) << 64, price);
            return match self.pay {
                Call => (multiplier - cost).max(0),
                Put => (cost - multiplier).max(0),
                Future => multiplier - cost,
                Above | Below => unreachable!("no digital in coin"),
            };
        }
        // `floor(m (S + 2^-65))`.
        let settled = (multiplier * (2 * price + 1)) >> 65;
        self.linear(settled)
    }

    /// What a linear series pays when a quantity unit of the underlying is worth so many base units.
    fn linear(&self, settled: i128) -> i128 {
        let strike = MULTIPLIER[LINEAR] * self.strike;
        match self.pay {
            Call => (settled - strike).max(0),
            Put => (strike - settled).max(0),
            Above => DIGITAL * i128::from(settled >= strike),
            Below => DIGITAL * i128::from(settled < strike),
            Future => settled - strike,
        }
    }
}

/// Signed quantity units by series.
pub type Legs = BTreeMap<usize, i64>;

/// Between which numbers the lowest payoff of some legs lies that a covered test may count on; none: unbounded loss.
pub fn lowest(legs: &Legs, market: usize, date: usize) -> Option<(i128, i128)> {
    let own = |place: &usize| (SERIES[*place].market, SERIES[*place].date) == (market, date);
    let legs: Vec<(Series, i128)> = legs
        .iter()
        .filter(|(place, _)| own(place))
        .map(|(place, quantity)| (SERIES[*place], i128::from(*quantity)))
        .collect();
    if market == LINEAR {
        lowest_linear(&legs)
    } else {
        lowest_inverse(&legs)
    }
}

fn total(legs: &[(Series, i128)], worth: impl Fn(&Series) -> i128) -> i128 {
    legs.iter()
        .map(|(series, quantity)| quantity * worth(series))
        .sum()
}

/// Exact: a book of straight lines between whole numbers is lowest at zero, at a strike or one below it.
fn lowest_linear(legs: &[(Series, i128)]) -> Option<(i128, i128)> {
    if total(legs, |series| {
        i128::from(matches!(series.pay, Call | Future))
    }) < 0
    {
        return None;
    }
    let mut points = vec![0];
    for (series, _) in legs {
        let strike = MULTIPLIER[LINEAR] * series.strike;
        points.extend([strike, strike - 1]);
    }
    let worth = |point: i128| total(legs, |series| series.linear(point));
    let lowest = points.into_iter().map(worth).min()?;
    Some((lowest, lowest))
}

/// In coin a price between strikes may cost the rounding of every unit more, and the test may be as far on the safe side.
fn lowest_inverse(legs: &[(Series, i128)]) -> Option<(i128, i128)> {
    let at_zero = total(legs, |series| match series.pay {
        Put => series.strike,
        Future => -series.strike,
        _ => 0,
    });
    if at_zero < 0 {
        return None;
    }
    let only_gains = |(series, quantity): &(Series, i128)| *quantity > 0 && series.pay != Future;
    if legs.iter().all(only_gains) {
        return Some((0, 0));
    }
    let at_infinity = total(legs, |series| match series.pay {
        Call | Future => MULTIPLIER[INVERSE],
        _ => 0,
    });
    let at_strikes = legs
        .iter()
        .map(|(at, _)| total(legs, |series| series.payoff(dollars(at.strike))));
    let lowest = at_strikes.chain([at_infinity]).min()?;
    let units: i128 = legs.iter().map(|(_, quantity)| quantity.abs()).sum();
    Some((lowest - 3 * units - 3, lowest + units))
}
