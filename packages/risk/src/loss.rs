//! The most a book can lose.

use crate::assess::Level;
use crate::build::parts;
use crate::fine;
use crate::net::Side;
use crate::scenario::{SPOT_ONE, Scenario};
use crate::{Book, Context, RiskError};

/// Mark of the legs less their lowest payoff, quote-coin base units rounded up, never negative;
/// `None` when a payoff is unbounded below.
///
/// Lowest payoffs are exact per expiry and settlement coin, discounted, inverse coins at the spot
/// price; expired legs are at the lowest of what their fixing can still return.
///
/// # Errors
/// As [`crate::assess`].
pub fn max_loss(book: &Book, context: &Context) -> Result<Option<i128>, RiskError> {
    let legs = Book {
        cash: Vec::new(),
        legs: book.legs.clone(),
    };
    let mut loss = 0;
    for holding in parts(&legs, context, Level::Maintenance)?.holdings {
        for live in &holding.live {
            let shock = live.shock(&Scenario::MARK);
            let mark = live.value(&shock, SPOT_ONE, Side::For)?;
            for (slot, value) in mark.iter().enumerate() {
                if !live.groups.iter().any(|group| group.slot == slot) {
                    continue;
                }
                let Some(Some(floor)) = live.floors.get(slot) else {
                    return Ok(None);
                };
                loss = fine::add(loss, value.saturating_sub(floor.value).max(0));
            }
        }
        for expired in &holding.expired {
            let worth = |choice: usize| {
                let values = expired.value(choice, SPOT_ONE);
                values.iter().copied().fold(0, fine::add)
            };
            let low = (0..expired.choices.len()).map(worth).min().unwrap_or(0);
            loss = fine::add(loss, worth(0).saturating_sub(low));
        }
    }
    let up = (1_i128 << fine::FINE_BITS).saturating_sub(1);
    Ok(Some(fine::to_units(loss.saturating_add(up))))
}
