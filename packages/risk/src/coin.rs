//! Coins: what collateral is made of and markets settle in.

use crate::{RiskError, UnderlyingId};

/// Number of a coin. Coin 0 is the quote coin.
pub type CoinId = u16;
/// The quote coin, in whose base units every value is counted.
pub const QUOTE_COIN: CoinId = 0;
/// One, in the units of collateral weights and shares (`2^-16`).
pub const WEIGHT_ONE: u32 = 65_536;
/// Greatest scale of a coin: `10^18` base units per coin.
pub const MAX_SCALE: u64 = 1_000_000_000_000_000_000;

/// Where a coin's price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    /// Worth 1 USD.
    Quote,
    /// Worth the spot price of this underlying.
    Underlying(UnderlyingId),
}

/// A coin that accounts may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coin {
    /// The coin's number; 0 is the quote coin.
    pub id: CoinId,
    /// Where its price comes from.
    pub feed: Feed,
    /// Base units per 1.0 coin.
    pub scale: u64,
    /// Weight of positive value in the initial margin, units of `2^-16`.
    pub weight_initial: u32,
    /// Weight of positive value in the maintenance margin, units of `2^-16`; not below
    /// [`Self::weight_initial`], not above one.
    pub weight_maintenance: u32,
    /// Share of its value that a positive holding loses in the depeg pricing, units of `2^-16`.
    pub depeg: u32,
}

impl Coin {
    /// Checks the ranges of a coin; the quote coin has weight one, no depeg and its own feed.
    ///
    /// # Errors
    /// [`RiskError::Coin`].
    pub fn validate(&self) -> Result<(), RiskError> {
        let weights = self.weight_initial <= self.weight_maintenance
            && self.weight_maintenance <= WEIGHT_ONE
            && self.depeg <= WEIGHT_ONE;
        let scale = (1..=MAX_SCALE).contains(&self.scale);
        let quote = self.id != QUOTE_COIN
            || (self.feed == Feed::Quote && self.weight_initial == WEIGHT_ONE && self.depeg == 0);
        if weights && scale && quote {
            Ok(())
        } else {
            Err(RiskError::Coin { coin: self.id })
        }
    }
}
