//! Storage keys, read back.

use risk::SeriesKey;

use super::{ACCOUNTS, EXPIRIES, FUNDS, MARKETS, SERIES};

/// Which record a storage key is of, as far as the invariants of a message speak of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// An account.
    Account(u64),
    /// A market.
    Market(u16),
    /// An expiry (unix minutes) of a market.
    Expiry(u16, u32),
    /// A series.
    Series(SeriesKey),
    /// The insurance of a market.
    Fund(u16),
}

impl Key {
    /// Reads a storage key; `None` for one of another record.
    pub fn read(raw: &[u8]) -> Option<Self> {
        let account = ACCOUNTS.read_key(raw).map(Self::Account);
        let market = || MARKETS.read_key(raw).map(Self::Market);
        let expiry = || EXPIRIES.read_key(raw).map(|(id, at)| Self::Expiry(id, at));
        let series = || {
            Some(Self::Series(
                SeriesKey::unpack(&SERIES.read_key(raw)?).ok()?,
            ))
        };
        let fund = || FUNDS.read_key(raw).map(Self::Fund);
        let found = account.or_else(market).or_else(expiry).or_else(series);
        found.or_else(fund)
    }
}
