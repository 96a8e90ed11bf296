//! Section 1, `g_k` and the minimum over the choices; section 2, *Off peg*.

use std::collections::BTreeMap;

use super::model::{Coin, World};
use super::real::Real;
use super::units::WEIGHT_ONE;

/// `P_V(k) cash_k + V(legs settled in k)` of every coin k, in quote base units.
pub(super) type Totals<R> = BTreeMap<u16, R>;

/// Whether coins are off their peg.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Peg {
    Kept,
    Lost,
}

/// `g_k(y) = min(y, w_k y)`; off peg `w_k (1 - depeg)`, rounded down to `2^-16`, is the weight.
pub(super) fn weighted<R: Real>(y: R, coin: &Coin<R>, peg: Peg) -> R {
    let kept = match peg {
        Peg::Kept => R::ONE,
        Peg::Lost => R::ONE - R::ratio(coin.depeg, WEIGHT_ONE),
    };
    let weight = (R::of(coin.weight) * kept).floor() / R::of(WEIGHT_ONE);
    y.min(y * weight)
}

/// The least sum over coins of any of the alternatives.
pub(super) fn least<R: Real>(alternatives: &[Totals<R>], world: &World<R>, peg: Peg) -> R {
    let value = |totals: &Totals<R>| -> R {
        let coins = totals.iter();
        R::sum(coins.map(|(id, y)| weighted(*y, world.coin(*id), peg)))
    };
    R::least(alternatives.iter().map(value))
}

pub(super) fn scaled<R: Real>(totals: &Totals<R>, by: R) -> Totals<R> {
    totals.iter().map(|(coin, y)| (*coin, *y * by)).collect()
}

pub(super) fn sum<R: Real>(a: &Totals<R>, b: &Totals<R>) -> Totals<R> {
    let mut total = a.clone();
    for (coin, y) in b {
        *total.entry(*coin).or_insert(R::ZERO) += *y;
    }
    total
}

/// `(1 - share) a + share b`
pub(super) fn mix<R: Real>(a: &Totals<R>, b: &Totals<R>, share: R) -> Totals<R> {
    sum(&scaled(a, R::ONE - share), &scaled(b, share))
}

/// The mix of every alternative of `a` with every one of `b`.
pub(super) fn mixes<R: Real>(a: &[Totals<R>], b: &[Totals<R>], share: R) -> Vec<Totals<R>> {
    let pairs = a.iter().flat_map(|x| b.iter().map(move |y| (x, y)));
    pairs.map(|(x, y)| mix(x, y, share)).collect()
}

/// Every sum of one of `a` and one of `b`, but those that another undercuts in every coin: `g_k` never falls where its argument
/// grows, so they never are the lowest, whatever is added.
pub(super) fn product<R: Real>(a: Vec<Totals<R>>, b: &[Totals<R>]) -> Vec<Totals<R>> {
    let mut low: Vec<Totals<R>> = Vec::new();
    for next in a.iter().flat_map(|x| b.iter().map(|y| sum(x, y))) {
        if low.iter().any(|other| undercuts(other, &next)) {
            continue;
        }
        low.retain(|other| !undercuts(&next, other));
        low.push(next);
    }
    low
}

fn undercuts<R: Real>(a: &Totals<R>, b: &Totals<R>) -> bool {
    let of = |totals: &Totals<R>, coin: &u16| totals.get(coin).copied().unwrap_or(R::ZERO);
    let mut coins = a.keys().chain(b.keys());
    coins.all(|coin| of(a, coin) <= of(b, coin))
}
