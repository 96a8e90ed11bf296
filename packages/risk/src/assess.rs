//! Surplus of a book: the lowest price over the scenario set.

use crate::build::{self, Parts};
use crate::price::{Holding, Priced};
use crate::{Book, Context, RiskError, UnderlyingId, fine, is_covered, joint};

/// Which margin is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// What an account needs to trade and withdraw.
    Initial,
    /// What it needs to be left alone.
    Maintenance,
}

/// Which way the vol goes in a pricing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VolMove {
    /// The lower factor of the table.
    Down,
    /// As published.
    Flat,
    /// The upper factor of the table.
    Up,
}

/// The row of the scenario set that a pricing belongs to; moves in basis points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// As published.
    Mark,
    /// Spot x vol scan.
    Scan,
    /// A damped far tail.
    Tail,
    /// Every payoff at a price of zero, damped.
    Zero,
    /// Mark plus a share of the slope at infinity.
    Infinity,
    /// The sum over expiries of the lowest of the smile choices.
    Smile,
    /// A day passes.
    Theta,
    /// Spot moves of the nearest expiries' own size.
    LastDay,
    /// An expiry of the day settles at one price, the rest of the book between two moves of the scan.
    Pin,
    /// The scan's end plus half the oracle band (initial).
    Band,
    /// The published confidence widens the vol (initial).
    Confidence,
    /// The scan scaled by the volatility regime's maintenance multiplier.
    Regime,
    /// The scan scaled by the volatility regime's initial multiplier (initial).
    RegimeInitial,
}

/// The name of a pricing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PricingId {
    /// The row of the set.
    pub row: Row,
    /// Relative spot move, basis points to nearest; 0 where the row has none.
    pub spot_move: i32,
    /// The vol of the pricing.
    pub vol: VolMove,
}

impl PricingId {
    /// The mark.
    pub const MARK: Self = Self {
        row: Row::Mark,
        spot_move: 0,
        vol: VolMove::Flat,
    };
}

/// The pricing that decides a margin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Worst {
    /// One underlying moves by this pricing, the others follow by their betas.
    Joint {
        /// The underlying that moves first, held or not; [`crate::Beta::UNNAMED`]: one that no beta names.
        driver: UnderlyingId,
        /// Its pricing.
        pricing: PricingId,
    },
    /// Every underlying is at the worst of its own mixes of mark and pricing.
    Apart,
    /// Coins lose their peg.
    Depeg,
    /// No pricing: the book is covered in every coin.
    Covered,
    /// No pricing: the book holds nothing that has one, cash alone counts.
    Cash,
}

/// No account that is not covered trades, but to reduce, or withdraws at this gross or more, quote base units: `2^72`. Below it
/// no leg reaches the end of its type, where it would hide another, even when prices rise twenty-fold.
pub const MAX_GROSS: i128 = 1 << 72;

/// The margin of a book; amounts in quote-coin base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// Lowest weighted value over the set, rounded down; negative: too little.
    pub surplus: i128,
    /// Value at mark with every weight one.
    pub equity: i128,
    /// `equity - surplus`, never negative.
    pub margin: i128,
    /// Which pricing is the lowest.
    pub worst: Worst,
    /// Quantities times strike, spot price and digital payout, and the worth of coins, all counted positive, quote base units,
    /// rounded down: below [`MAX_GROSS`] no sum saturates, in any pricing.
    pub gross: i128,
}

/// Surplus, equity and margin of a book.
///
/// # Errors
/// Inputs that contradict each other or leave their stated ranges: a market, coin or underlying
/// that the context lacks ([`RiskError::UnknownMarket`] ...), too many legs, an underlying without
/// a usable price. For inputs the engine accepted there is none: every step is total.
pub fn assess(book: &Book, context: &Context, level: Level) -> Result<Assessment, RiskError> {
    let parts = build::parts(book, context, level)?;
    let priced = parts
        .holdings
        .iter()
        .map(Holding::price)
        .collect::<Result<Vec<_>, _>>()?;
    let (lowest, worst) = lowest(&parts, &priced, context);
    let equity = priced.iter().fold(parts.fixed.full, |sum, holding| {
        fine::add(sum, holding.equity)
    });
    let mut surplus = fine::to_units(fine::add(parts.fixed.weighted, lowest));
    let mut worst = worst;
    if surplus < 0 && is_covered(book, &context.markets)? {
        surplus = 0;
        worst = Worst::Covered;
    }
    let equity = fine::to_units(equity).max(surplus);
    Ok(Assessment {
        surplus,
        equity,
        margin: equity.saturating_sub(surplus),
        worst,
        gross: fine::to_units(parts.gross),
    })
}

/// The lowest of joint pricings, mixes apart and coins off their peg.
fn lowest(parts: &Parts, priced: &[Priced], context: &Context) -> (i128, Worst) {
    let (mut lowest, mut worst) = match joint::lowest(priced, &context.beta) {
        Some((value, driver, pricing)) => (value, Worst::Joint { driver, pricing }),
        None => (0, Worst::Cash),
    };
    if priced.len() > 1 {
        let apart = priced
            .iter()
            .fold(0, |sum, holding| fine::add(sum, holding.apart().0));
        if apart < lowest {
            (lowest, worst) = (apart, Worst::Apart);
        }
    }
    let depeg = priced.iter().fold(parts.fixed.depeg, |sum, holding| {
        fine::add(sum, holding.depeg)
    });
    if depeg < lowest {
        (lowest, worst) = (depeg, Worst::Depeg);
    }
    (lowest, worst)
}
