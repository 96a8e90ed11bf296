//! Weights on coins: a concave function of each coin's total, taken as the least of linear ones.
//!
//! `g(y) = w y` for `y > 0` and `y` for `y < 0` is `min(y, w y)`. So a weighted value is the least over
//! the choices of one or `w` per coin, each of them linear in the book; that keeps a sum over
//! expiries of minima exact when a coin settles legs of several expiries.

use crate::expiry::{SLOTS, Slots};
use crate::fine;
use crate::{CoinId, WEIGHT_ONE};

/// Weight and cash of a coin that settles inverse legs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SlotCoin {
    pub coin: CoinId,
    /// Units of `2^-16`.
    pub weight: u32,
    pub depeg: u32,
    /// Cash, fine USD at the unmoved spot price.
    pub cash: i128,
}

/// One weight per slot; slot 0 always has one.
pub(crate) type Weights = [u32; SLOTS];

/// All choices of one or `w` per coin.
pub(crate) fn choices(coins: &[SlotCoin]) -> Vec<Weights> {
    let mut all = vec![[WEIGHT_ONE; SLOTS]];
    for (index, coin) in coins.iter().enumerate() {
        if coin.weight == WEIGHT_ONE {
            continue;
        }
        let mut weighted = all.clone();
        for weights in &mut weighted {
            if let Some(entry) = weights.get_mut(index.saturating_add(1)) {
                *entry = coin.weight;
            }
        }
        all.append(&mut weighted);
    }
    all
}

/// The weighted sum of slots.
pub(crate) fn total(slots: &Slots, weights: &Weights) -> i128 {
    slots.iter().zip(weights).fold(0, |sum, (value, weight)| {
        fine::add(sum, fine::weigh(*value, *weight))
    })
}
