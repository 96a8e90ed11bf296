//! Trades that only lower a book's risk.

use crate::assess::{Level, assess};
use crate::{Book, Context, CoveredPath, Leg, MarketTerms, RiskError, covered};

/// Whether no leg grows or flips: every leg of `after` lies between zero and its quantity in
/// `before`.
#[must_use]
pub fn only_shrinks(before: &[Leg], after: &[Leg]) -> bool {
    after.iter().all(|leg| {
        let held = before
            .iter()
            .find(|other| other.key == leg.key)
            .map_or(0, |other| other.quantity);
        let within = leg.quantity.unsigned_abs() <= held.unsigned_abs();
        within && (leg.quantity == 0 || (leg.quantity < 0) == (held < 0))
    })
}

/// Whether a change is reducing at a valid price: no leg grows or flips and the initial surplus,
/// premium and fees included, does not fall.
///
/// # Errors
/// As [`assess`].
pub fn reducing(before: &Book, after: &Book, context: &Context) -> Result<bool, RiskError> {
    if !only_shrinks(&before.legs, &after.legs) {
        return Ok(false);
    }
    let old = assess(before, context, Level::Initial)?.surplus;
    let new = assess(after, context, Level::Initial)?.surplus;
    Ok(new >= old)
}

/// Whether a change is reducing without any price: no leg grows or flips, and in no coin does the
/// covered surplus (the lowest point of cash and payoffs in time order) fall. Where it was unbounded, the
/// coin is covered afterwards or its cash does not fall: else a naked short could be closed at an absurd premium.
///
/// # Errors
/// As [`covered`].
pub fn reducing_without_price(
    before: &Book,
    after: &Book,
    markets: &[MarketTerms],
) -> Result<bool, RiskError> {
    if !only_shrinks(&before.legs, &after.legs) {
        return Ok(false);
    }
    let old = covered(before, markets)?;
    let new = covered(after, markets)?;
    let none = |coin| CoveredPath {
        coin,
        cash: 0,
        after: Vec::new(),
    };
    let find = |paths: &[CoveredPath], coin| {
        let path = paths.iter().find(|path| path.coin == coin);
        path.cloned().unwrap_or_else(|| none(coin))
    };
    let coins = old.iter().chain(&new).map(|path| path.coin);
    Ok(coins.into_iter().all(|coin| {
        let (old, new) = (find(&old, coin), find(&new, coin));
        match (old.lowest(), new.lowest()) {
            (Some(old), Some(new)) => new >= old,
            (None, Some(low)) => low >= 0 || new.cash >= old.cash,
            (Some(_), None) => false,
            (None, None) => new.cash >= old.cash,
        }
    }))
}
