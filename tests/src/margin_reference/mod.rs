//! An independent model of the margin, written from `docs/spec/margin.md` to be read beside it: in floating point, leg by leg
//! without netting, products of choices enumerated. It imports none of the crates it checks.
//!
//! What the page defines on integers (spot factors, vol factors, weights, at-the-money vols, the nearest counterpart) is taken
//! on the same integers; prices are `f64`. So the contracts' margin lies above its own by no more than what the kernel's bounds
//! take off, and not below it; the test that uses it says by how much.
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
//!
//! This file takes the lowest of all. Left out: *Netting* and *Exact bound*, which change nothing where prices are exact; *Range*,
//! *Net vega*, the laws and *Covered*.

mod black;
mod expired;
mod held;
mod joint;
mod last_day;
mod model;
mod phantoms;
mod pins;
mod scenarios;
mod shock;
mod slice;
mod smile;
mod totals;
mod units;
mod window;

pub use black::{at_the_money, norm_cdf, norm_cdf_table};
pub use model::{
    Band, Book, Coin, Expiry, Fixing, ForwardMove, Leg, Lognormal, Market, Pays, Profile, Regime,
    Tail, Underlying, VolShock, World,
};
pub use scenarios::{PricingId, Row, Vol};

use held::Held;
use joint::{Set, apart, joint};
use phantoms::phantoms;
use totals::{Peg, weighted};

/// Surplus and equity in quote base units, not rounded. Margin is their difference.
#[derive(Clone, Copy, Debug)]
pub struct Margin {
    /// Lowest weighted value.
    pub surplus: f64,
    /// Value at mark, weights one.
    pub equity: f64,
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
struct Candidate {
    value: f64,
    worst: Worst,
}

/// The margin of a book.
pub fn margin(book: &Book, world: &World) -> Margin {
    let parts = world.underlyings.iter();
    let parts = parts.map(|underlying| Held::new(world, underlying, book));
    let held: Vec<Held<'_>> = parts.filter(Held::is_held).collect();
    let sets: Vec<Set<'_>> = held.iter().map(|part| Set::of(world, part)).collect();
    let cash = unpriced_cash(book, world);

    let fixed = |peg| -> f64 { cash.iter().map(|(coin, y)| weighted(*y, coin, peg)).sum() };
    let lowest = lowest(&sets, world);
    let off_peg: f64 = sets.iter().map(Set::off_peg).sum();
    let moved = lowest.value + fixed(Peg::Kept);
    let pegless = off_peg + fixed(Peg::Lost);
    let equity = held.iter().map(Held::equity);
    Margin {
        surplus: moved.min(pegless),
        equity: equity.chain(cash.iter().map(|(_, y)| *y)).sum(),
        worst: if pegless < moved {
            Worst::OffPeg
        } else {
            lowest.worst
        },
    }
}

/// `fixed`: cash that no pricing moves, per coin in quote base units.
fn unpriced_cash<'a>(book: &Book, world: &'a World) -> Vec<(&'a Coin, f64)> {
    let coins = world.coins.iter().filter(|coin| coin.feed.is_none());
    let in_quote = |coin: &Coin| book.cash_in(coin.id) * world.quote_scale() / coin.scale;
    coins.map(|coin| (coin, in_quote(coin))).collect()
}

/// The lowest of joint, phantoms and apart.
fn lowest(sets: &[Set<'_>], world: &World) -> Candidate {
    let mut all = joint(sets);
    if sets.len() > 1 {
        all.extend(phantoms(sets, world));
        all.push(apart(sets));
    }
    let nothing = Candidate {
        value: 0.0,
        worst: Worst::Cash,
    };
    all.into_iter()
        .min_by(|a, b| a.value.total_cmp(&b.value))
        .unwrap_or(nothing)
}
