//! Covered accounts: healthy under any price, by integer inequalities alone.

use pricing::payoff::{BookLeg, lowest_payoff};

use crate::{Book, CoinId, Leg, MarketTerms, RiskError, UnderlyingId};

/// The running cash of one settlement coin, expiries in time order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveredPath {
    /// The coin.
    pub coin: CoinId,
    /// Cash held, base units.
    pub cash: i128,
    /// `(expiry in unix minutes, cash + L_1 + ... + L_e)`, base units; `None` once a payoff is unbounded below.
    pub after: Vec<(u32, Option<i128>)>,
}

impl CoveredPath {
    /// The lowest point of the path, cash included; `None` when unbounded below.
    #[must_use]
    pub fn lowest(&self) -> Option<i128> {
        self.after
            .iter()
            .try_fold(self.cash, |low, (_, value)| Some(low.min((*value)?)))
    }

    /// Whether no expiry of the coin's legs can cost anything, the others aside.
    #[must_use]
    pub fn never_falls(&self) -> bool {
        let mut last = self.cash;
        self.after.iter().all(|(_, value)| {
            let rises = value.is_some_and(|value| value >= last);
            last = value.unwrap_or(last);
            rises
        })
    }

    /// Whether cash and every later point are at least zero.
    #[must_use]
    pub fn is_covered(&self) -> bool {
        self.lowest().is_some_and(|low| low >= 0)
    }
}

/// Whether a book is covered in every coin: healthy under any price.
///
/// # Errors
/// As [`covered`].
pub fn is_covered(book: &Book, markets: &[MarketTerms]) -> Result<bool, RiskError> {
    Ok(covered(book, markets)?.iter().all(CoveredPath::is_covered))
}

/// One path for every coin that the book holds or settles in, ascending by coin. No price is read.
///
/// # Errors
/// [`RiskError::UnknownMarket`], [`RiskError::Strike`] and payoff range errors.
pub fn covered(book: &Book, markets: &[MarketTerms]) -> Result<Vec<CoveredPath>, RiskError> {
    let mut legs = Vec::with_capacity(book.legs.len());
    for leg in &book.legs {
        let market = markets
            .iter()
            .find(|market| market.id == leg.key.market)
            .ok_or(RiskError::UnknownMarket {
                market: leg.key.market,
            })?;
        legs.push((market, *leg));
    }
    let mut coins: Vec<CoinId> = book.cash.iter().map(|(coin, _)| *coin).collect();
    coins.extend(legs.iter().map(|(market, _)| market.settle_coin));
    coins.sort_unstable();
    coins.dedup();
    coins
        .into_iter()
        .map(|coin| path(coin, book, &legs))
        .collect()
}

fn path(coin: CoinId, book: &Book, legs: &[(&MarketTerms, Leg)]) -> Result<CoveredPath, RiskError> {
    let own: Vec<&(&MarketTerms, Leg)> = legs
        .iter()
        .filter(|(market, _)| market.settle_coin == coin)
        .collect();
    let mut dates: Vec<u32> = own.iter().map(|(_, leg)| leg.key.expiry).collect();
    dates.sort_unstable();
    dates.dedup();
    let cash = book
        .cash
        .iter()
        .filter(|(id, _)| *id == coin)
        .fold(0_i128, |sum, (_, amount)| sum.saturating_add(*amount));
    let mut running = Some(cash);
    let mut after = Vec::with_capacity(dates.len());
    for date in dates {
        let low = expiry_low(date, &own)?;
        running = match (running, low) {
            (Some(sum), Some(low)) => Some(sum.saturating_add(low)),
            _ => None,
        };
        after.push((date, running));
    }
    Ok(CoveredPath { coin, cash, after })
}

/// Lowest payoff of one expiry: the sum over underlyings, which move on their own.
fn expiry_low(date: u32, legs: &[&(&MarketTerms, Leg)]) -> Result<Option<i128>, RiskError> {
    let own = || legs.iter().filter(move |(_, leg)| leg.key.expiry == date);
    let mut underlyings: Vec<UnderlyingId> = own().map(|(market, _)| market.underlying).collect();
    underlyings.sort_unstable();
    underlyings.dedup();
    let mut total = 0_i128;
    for underlying in underlyings {
        let book = own()
            .filter(|(market, _)| market.underlying == underlying)
            .map(|(market, leg)| {
                Ok(BookLeg {
                    payoff: market.payoff(&leg.key)?,
                    terms: market.settlement(),
                    quantity: leg.quantity,
                })
            })
            .collect::<Result<Vec<_>, RiskError>>()?;
        match lowest_payoff(&book)? {
            Some(low) => total = total.saturating_add(low),
            None => return Ok(None),
        }
    }
    Ok(Some(total))
}
