//! Everything but the book that a margin depends on.

use crate::{Coin, CoinId, MarketTerms, Profile, RiskError, UnderlyingId, UnderlyingState};

/// An underlying: its market record and the profile of its scenario set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Underlying {
    /// The market record.
    pub state: UnderlyingState,
    /// The scenario set as data.
    pub profile: Profile,
}

/// How the joint scenarios of several underlyings are built: every driver leads every book of several, held or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beta {
    /// Entries; a pair that is not named has [`Self::DEFAULT`].
    pub entries: Vec<BetaEntry>,
}

/// When the driver moves by `x`, the follower moves by `beta x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BetaEntry {
    /// The underlying that moves first.
    pub driver: UnderlyingId,
    /// The underlying that follows.
    pub follower: UnderlyingId,
    /// Relative move per relative move, units of `2^-16`, absolute value at most 4.
    pub beta: i32,
}

impl Beta {
    /// Beta of a pair that no entry names: 1.
    pub const DEFAULT: i32 = 65_536;
    /// Stands for all drivers that no entry names, and is named by none.
    pub const UNNAMED: UnderlyingId = UnderlyingId::MAX;

    /// Beta of a pair, units of `2^-16`; 1 for an underlying with itself.
    #[must_use]
    pub fn get(&self, driver: UnderlyingId, follower: UnderlyingId) -> i32 {
        if driver == follower {
            return Self::DEFAULT;
        }
        self.entries
            .iter()
            .find(|entry| entry.driver == driver && entry.follower == follower)
            .map_or(Self::DEFAULT, |entry| entry.beta)
    }
}

/// What a book is priced in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Block time, unix seconds.
    pub now: u64,
    /// Markets that the book's legs name (more are allowed).
    pub markets: Vec<MarketTerms>,
    /// Coins that the book's cash and markets name, the quote coin among them.
    pub coins: Vec<Coin>,
    /// Underlyings that markets and coins of the book name.
    pub underlyings: Vec<Underlying>,
    /// How underlyings move together.
    pub beta: Beta,
}

impl Context {
    /// The terms of a market.
    ///
    /// # Errors
    /// [`RiskError::UnknownMarket`].
    pub fn market(&self, id: u16) -> Result<&MarketTerms, RiskError> {
        self.markets
            .iter()
            .find(|market| market.id == id)
            .ok_or(RiskError::UnknownMarket { market: id })
    }

    /// A coin.
    ///
    /// # Errors
    /// [`RiskError::UnknownCoin`].
    pub fn coin(&self, id: CoinId) -> Result<&Coin, RiskError> {
        self.coins
            .iter()
            .find(|coin| coin.id == id)
            .ok_or(RiskError::UnknownCoin { coin: id })
    }

    /// An underlying.
    ///
    /// # Errors
    /// [`RiskError::UnknownUnderlying`].
    pub fn underlying(&self, id: UnderlyingId) -> Result<&Underlying, RiskError> {
        self.underlyings
            .iter()
            .find(|underlying| underlying.state.underlying == id)
            .ok_or(RiskError::UnknownUnderlying { underlying: id })
    }
}
