//! What legs are worth market by market: for sharing a loss and for booking what changes hands.

use fixed_math::Fx;
use fixed_math::int::mul_div_floor;

use crate::assess::Level;
use crate::build::{Grouping, grouped};
use crate::explain::group_marks;
use crate::fine;
use crate::scenario::SPOT_ONE;
use crate::{Book, Coin, Context, Feed, QUOTE_COIN, RiskError};

/// Per market of the legs, ascending, their value at mark in base units of the market's settlement coin, rounded down.
///
/// # Errors
/// As [`crate::assess`].
pub fn market_marks(book: &Book, context: &Context) -> Result<Vec<(u16, i128)>, RiskError> {
    let mut sums: Vec<(u16, i128)> = Vec::new();
    let mut add = |market: u16, value: i128| match sums.iter_mut().find(|sum| sum.0 == market) {
        Some(sum) => sum.1 = fine::add(sum.1, value),
        None => sums.push((market, value)),
    };
    let legs = Book {
        cash: Vec::new(),
        legs: book.legs.clone(),
    };
    for holding in grouped(&legs, context, Level::Maintenance, Grouping::Apart)?.holdings {
        for live in &holding.live {
            for (part, value) in live.groups.iter().zip(group_marks(live)?) {
                add(part.first.key.market, value);
            }
        }
        for expired in &holding.expired {
            let values = expired.value(0, SPOT_ONE);
            if let Some(first) = expired.first {
                let value = values.iter().copied().fold(0, fine::add);
                add(first.key.market, value);
            }
        }
    }
    sums.sort_unstable_by_key(|sum| sum.0);
    for (market, value) in &mut sums {
        let coin = context.coin(context.market(*market)?.settle_coin)?;
        *value = fine::to_units(*value);
        if let Feed::Underlying(underlying) = coin.feed {
            let spot = context.underlying(underlying)?.state.spot.mid;
            let (one, worth) = rate(coin, context.coin(QUOTE_COIN)?, spot);
            *value = mul_div_floor(*value, one, worth).unwrap_or(0);
        }
    }
    Ok(sums)
}

/// An amount of a coin in quote base units at a spot price, rounded down.
#[must_use]
pub fn quote_value(amount: i128, coin: &Coin, quote: &Coin, spot: Fx) -> i128 {
    if coin.feed == Feed::Quote {
        return amount;
    }
    let (one, worth) = rate(coin, quote, spot);
    mul_div_floor(amount, worth, one).unwrap_or(0)
}

/// Most bits of a price that count.
const PRICE_BITS: u32 = 84;

/// The first of these base units of a coin is worth the second of the quote coin.
fn rate(coin: &Coin, quote: &Coin, spot: Fx) -> (i128, i128) {
    let price = spot.to_bits().max(1);
    let used = i128::BITS.saturating_sub(price.leading_zeros());
    let cut = used.saturating_sub(PRICE_BITS);
    (
        i128::from(coin.scale) << Fx::FRAC_NBITS.saturating_sub(cut),
        (price >> cut).saturating_mul(quote.scale.into()),
    )
}
