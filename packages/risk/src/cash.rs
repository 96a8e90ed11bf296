//! Coins held, in fine USD at mark.

use fixed_math::Fx;

use crate::assess::Level;
use crate::coin::Feed;
use crate::fine::{self, Factor};
use crate::price::cut_weight;
use crate::{Book, Coin, CoinId, Context, QUOTE_COIN, RiskError, Underlying, UnderlyingId};

/// Fine USD per base unit of a coin.
pub(crate) fn coin_price(
    coin: &Coin,
    quote: &Coin,
    context: &Context,
) -> Result<Factor, RiskError> {
    let price = match coin.feed {
        Feed::Quote => Fx::ONE,
        Feed::Underlying(id) => spot(context.underlying(id)?)?,
    };
    Ok(Factor::price(price).times(quote.scale).over(coin.scale))
}

pub(crate) fn spot(underlying: &Underlying) -> Result<Fx, RiskError> {
    let mid = underlying.state.spot.mid;
    if mid > Fx::ZERO {
        Ok(mid)
    } else {
        Err(no_price(underlying))
    }
}

pub(crate) const fn no_price(underlying: &Underlying) -> RiskError {
    RiskError::NoPrice {
        underlying: underlying.state.underlying,
    }
}

/// Cash of one coin in fine USD at mark.
pub(crate) struct Cash {
    pub coin: CoinId,
    pub underlying: Option<UnderlyingId>,
    pub value: i128,
    weight: u32,
    depeg: u32,
}

impl Cash {
    pub(crate) fn weighted(&self) -> i128 {
        if self.value > 0 {
            fine::weigh(self.value, self.weight)
        } else {
            self.value
        }
    }

    pub(crate) fn depeg_loss(&self) -> i128 {
        if self.value <= 0 {
            return 0;
        }
        let cut = fine::weigh(self.value, cut_weight(self.weight, self.depeg));
        cut.saturating_sub(self.weighted())
    }
}

/// Sums over coins, fine USD.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CashSum {
    /// Weighted.
    pub weighted: i128,
    /// With every weight one.
    pub full: i128,
    /// What the coins lose when they lose their peg, `<= 0`.
    pub depeg: i128,
}

impl CashSum {
    pub(crate) fn add(&mut self, item: &Cash) {
        self.weighted = fine::add(self.weighted, item.weighted());
        self.full = fine::add(self.full, item.value);
        self.depeg = fine::add(self.depeg, item.depeg_loss());
    }
}

#[inline(never)] // The VM allows 100 locals a function.
pub(crate) fn valued_cash(
    book: &Book,
    context: &Context,
    level: Level,
) -> Result<Vec<Cash>, RiskError> {
    let quote = context.coin(QUOTE_COIN)?;
    let mut cash: Vec<Cash> = Vec::with_capacity(book.cash.len());
    for (id, amount) in &book.cash {
        let coin = context.coin(*id)?;
        if cash.iter().any(|other| other.coin == *id) {
            return Err(RiskError::Duplicate);
        }
        let underlying = match coin.feed {
            Feed::Quote => None,
            Feed::Underlying(_) if *amount == 0 => continue,
            Feed::Underlying(id) => Some(id),
        };
        let value = if *id == QUOTE_COIN {
            fine::from_units(*amount)
        } else {
            coin_price(coin, quote, context)?.apply(*amount, 0)
        };
        cash.push(Cash {
            coin: *id,
            underlying,
            value,
            weight: weight(coin, level),
            depeg: coin.depeg,
        });
    }
    Ok(cash)
}

pub(crate) const fn weight(coin: &Coin, level: Level) -> u32 {
    match level {
        Level::Initial => coin.weight_initial,
        Level::Maintenance => coin.weight_maintenance,
    }
}
