//! Section 1, `g_k` and the minimum over the choices; section 2, *Off peg*.

use std::collections::BTreeMap;

use super::model::{Coin, World};

/// `P_V(k) cash_k + V(legs settled in k)` of every coin k, in quote base units.
pub(super) type Totals = BTreeMap<u16, f64>;

/// Whether coins are off their peg.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Peg {
    Kept,
    Lost,
}

/// `g_k(y) = min(y, w_k y)`; off peg `w_k (1 - depeg)`, rounded down to `2^-16`, is the weight.
pub(super) fn weighted(y: f64, coin: &Coin, peg: Peg) -> f64 {
    let kept = match peg {
        Peg::Kept => 1.0,
        Peg::Lost => 1.0 - f64::from(coin.depeg) / 65_536.0,
    };
    let weight = (f64::from(coin.weight) * kept).floor() / 65_536.0;
    y.min(y * weight)
}

/// The least sum over coins of any of the alternatives.
pub(super) fn least(alternatives: &[Totals], world: &World, peg: Peg) -> f64 {
    let value = |totals: &Totals| -> f64 {
        let coins = totals.iter();
        coins
            .map(|(id, y)| weighted(*y, world.coin(*id), peg))
            .sum()
    };
    alternatives.iter().map(value).fold(f64::INFINITY, f64::min)
}

pub(super) fn scaled(totals: &Totals, by: f64) -> Totals {
    totals.iter().map(|(coin, y)| (*coin, y * by)).collect()
}

pub(super) fn sum(a: &Totals, b: &Totals) -> Totals {
    let mut total = a.clone();
    for (coin, y) in b {
        *total.entry(*coin).or_insert(0.0) += y;
    }
    total
}

/// `(1 - share) a + share b`
pub(super) fn mix(a: &Totals, b: &Totals, share: f64) -> Totals {
    sum(&scaled(a, 1.0 - share), &scaled(b, share))
}

/// The mix of every alternative of `a` with every one of `b`.
pub(super) fn mixes(a: &[Totals], b: &[Totals], share: f64) -> Vec<Totals> {
    let pairs = a.iter().flat_map(|x| b.iter().map(move |y| (x, y)));
    pairs.map(|(x, y)| mix(x, y, share)).collect()
}

/// Every sum of one of `a` and one of `b`, but those that another undercuts in every coin: `g_k` never falls where its argument
/// grows, so they never are the lowest, whatever is added.
pub(super) fn product(a: Vec<Totals>, b: &[Totals]) -> Vec<Totals> {
    let mut low: Vec<Totals> = Vec::new();
    for next in a.iter().flat_map(|x| b.iter().map(|y| sum(x, y))) {
        if low.iter().any(|other| undercuts(other, &next)) {
            continue;
        }
        low.retain(|other| !undercuts(&next, other));
        low.push(next);
    }
    low
}

fn undercuts(a: &Totals, b: &Totals) -> bool {
    let of = |totals: &Totals, coin: &u16| totals.get(coin).copied().unwrap_or(0.0);
    let mut coins = a.keys().chain(b.keys());
    coins.all(|coin| of(a, coin) <= of(b, coin))
}
