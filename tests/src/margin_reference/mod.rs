//! An independent model of the margin, written from `docs/spec/margin.md` to be read beside it: leg by leg without netting,
//! products of choices enumerated. It imports none of the crates it checks.
//!
//! It computes in any number that is a [`Real`]: in `f64` for many books, in `f256` for what is off by nothing that matters. What
//! the page defines on integers (spot factors, vol factors, weights, at-the-money vols, the nearest counterpart) is taken on the
//! same integers, and shares in basis points or `2^-16` are their quotients, to the number's last digit. So the contracts' margin
//! lies above its own by no more than what the kernel's bounds take off, and not below it; the test that uses it says by how much.
//!
//! In the order of the page:
//!
//! | section | file |
//! |---|---|
//! | 1 Surplus, equity, margin | `model` the data, `totals` the sum over coins and its minimum, `held` legs and cash |
//! | 2 The set | `scenarios` the rows, `units` spot and vol factors |
//! | Bumps, Forwards against each other | `smile` |
//! | `LastDay` | `last_day` |
//! | Pins | `pins` |
//! | Windows | `window` |
//! | Borrowed slices, Fixing window | `slice`; what a pricing does to a slice (`surface.md`, *Shocks*): `shock`, `black` |
//! | Between expiry and fixing | `expired` |
//! | Off peg | `totals` |
//! | 3 Several underlyings | `joint`, `phantoms` |
//! | the numbers | `real`, `wide` multiple precision, `normal` the distribution |
//!
//! This file takes the lowest of all. Left out: *Netting* and *Exact bound*, which change nothing where prices are exact; *Range*,
//! *Net vega*, the laws and *Covered*.

mod black;
mod expired;
mod held;
mod joint;
mod last_day;
mod model;
mod normal;
mod phantoms;
mod pins;
mod real;
mod scenarios;
mod shock;
mod slice;
mod smile;
mod totals;
mod units;
mod wide;
mod window;

pub use black::at_the_money;
pub use model::{
    Band, Book, Coin, Expiry, Fixing, ForwardMove, Leg, Lognormal, Market, Pays, Profile, Regime,
    Tail, Underlying, VolShock, World,
};
pub use normal::{Grid, Table, norm_cdf, norm_cdf_table};
pub use real::Real;
pub use scenarios::{PricingId, Row, Vol};

use held::Held;
use joint::{Set, apart, joint};
use phantoms::phantoms;
use totals::{Peg, weighted};

/// Surplus and equity in quote base units, not rounded. Margin is their difference.
#[derive(Clone, Copy, Debug)]
pub struct Margin<R> {
    /// Lowest weighted value.
    pub surplus: R,
    /// Value at mark, weights one.
    pub equity: R,
    /// What the surplus is the value in.
    pub worst: Worst,
}

/// The pricing that decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worst {
    /// None: the book holds nothing that a pricing moves.
    Cash,
    /// One underlying leads, the others follow.
    Joint {
        /// The leader, held or not.
        driver: u16,
        /// What it is in.
        pricing: PricingId,
    },
    /// Every underlying at its own lowest.
    Apart,
    /// Mark, coins off their peg.
    OffPeg,
}

/// A value of a whole book but its `fixed` cash, and where it has it.
#[derive(Clone, Copy, Debug)]
struct Candidate<R> {
    value: R,
    worst: Worst,
}

/// The margin of a book.
pub fn margin<R: Real>(book: &Book<R>, world: &World<R>) -> Margin<R> {
    let parts = world.underlyings.iter();
    let parts = parts.map(|underlying| Held::new(world, underlying, book));
    let held: Vec<Held<'_, R>> = parts.filter(Held::is_held).collect();
    let sets: Vec<Set<'_, R>> = held.iter().map(|part| Set::of(world, part)).collect();
    let cash = unpriced_cash(book, world);

    let fixed = |peg| R::sum(cash.iter().map(|(coin, y)| weighted(*y, coin, peg)));
    let lowest = lowest(&sets, world);
    let off_peg = R::sum(sets.iter().map(Set::off_peg));
    let moved = lowest.value + fixed(Peg::Kept);
    let pegless = off_peg + fixed(Peg::Lost);
    let equity = held.iter().map(Held::equity);
    Margin {
        surplus: moved.min(pegless),
        equity: R::sum(equity.chain(cash.iter().map(|(_, y)| *y))),
        worst: if pegless < moved {
            Worst::OffPeg
        } else {
            lowest.worst
        },
    }
}

/// `fixed`: cash that no pricing moves, per coin in quote base units.
fn unpriced_cash<'a, R: Real>(book: &Book<R>, world: &'a World<R>) -> Vec<(&'a Coin<R>, R)> {
    let coins = world.coins.iter().filter(|coin| coin.feed.is_none());
    let in_quote = |coin: &Coin<R>| book.cash_in(coin.id) * world.quote_scale() / coin.scale;
    coins.map(|coin| (coin, in_quote(coin))).collect()
}

/// The lowest of joint, phantoms and apart.
fn lowest<R: Real>(sets: &[Set<'_, R>], world: &World<R>) -> Candidate<R> {
    let mut all = joint(sets);
    if sets.len() > 1 {
        all.extend(phantoms(sets, world));
        all.push(apart(sets));
    }
    let nothing = Candidate {
        value: R::ZERO,
        worst: Worst::Cash,
    };
    all.into_iter()
        .min_by(|a, b| a.value.order(&b.value))
        .unwrap_or(nothing)
}
