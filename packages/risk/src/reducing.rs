//! Trades that only lower a book's risk.

use crate::{Book, Leg, MarketTerms, RiskError, is_covered};

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

/// Whether a change that only shrinks legs ([`only_shrinks`], which the caller has tested) is reducing without any
/// price: the book ends covered, or the change by itself (cash and legs received less those given) is covered: then by
/// laws 1 and 4 the book is no worse at any price. Anything else could give value away at a price that nobody can judge.
///
/// # Errors
/// As [`crate::covered`].
pub fn reducing_without_price(
    before: &Book,
    after: &Book,
    markets: &[MarketTerms],
) -> Result<bool, RiskError> {
    Ok(is_covered(after, markets)? || is_covered(&change(before, after), markets)?)
}

/// What was received less what was given; no leg of `after` is new.
fn change(before: &Book, after: &Book) -> Book {
    // A coin may be named twice: `covered` adds up.
    let given = before.cash.iter();
    let given = given.map(|(coin, amount)| (*coin, amount.saturating_neg()));
    let legs = before.legs.iter().map(|leg| {
        let mut same = after.legs.iter().filter(|other| other.key == leg.key);
        let left = same.next().map_or(0, |other| other.quantity);
        Leg {
            key: leg.key,
            quantity: left.saturating_sub(leg.quantity),
        }
    });
    Book {
        cash: given.chain(after.cash.iter().copied()).collect(),
        legs: legs.filter(|leg| leg.quantity != 0).collect(),
    }
}
