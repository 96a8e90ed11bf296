//! What names a series: ten bytes that carry market, expiry, strike and kind.

use pricing::payoff::Kind;

use crate::RiskError;

/// Length of a packed [`SeriesKey`].
pub const SERIES_KEY_BYTES: usize = 10;
/// Greatest expiry that packs, in unix minutes: `2^29 - 1`, the year 2990.
pub const MAX_EXPIRY_MINUTES: u32 = (1 << 29) - 1;

const EXPIRY_SHIFT: u32 = 35;
const STRIKE_SHIFT: u32 = 3;

/// One series: a market's contract of one kind, strike and expiry.
///
/// The order of keys is market, expiry, strike, kind, and packing keeps it, so that a sorted
/// book has the contracts of one strike side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesKey {
    /// The market's number.
    pub market: u16,
    /// Expiry in unix minutes.
    pub expiry: u32,
    /// Strike (or a future's reference price) as a count of the market's strike step.
    pub strike: u32,
    /// What the contract pays.
    pub kind: Kind,
}

impl SeriesKey {
    /// Expiry in unix seconds.
    #[must_use]
    pub const fn expiry_seconds(&self) -> u64 {
        (self.expiry as u64).saturating_mul(60)
    }

    /// Ten bytes, big endian, that sort like the keys: 16 bits market, 29 bits expiry, 32 bits
    /// strike, 3 bits kind.
    ///
    /// # Errors
    /// [`RiskError::Expiry`] for an expiry after [`MAX_EXPIRY_MINUTES`].
    pub fn pack(&self) -> Result<[u8; SERIES_KEY_BYTES], RiskError> {
        if self.expiry > MAX_EXPIRY_MINUTES {
            return Err(RiskError::Expiry {
                minutes: self.expiry,
            });
        }
        let tail = (u64::from(self.expiry) << EXPIRY_SHIFT)
            | (u64::from(self.strike) << STRIKE_SHIFT)
            | u64::from(self.kind.code());
        let [m0, m1] = self.market.to_be_bytes();
        let [t0, t1, t2, t3, t4, t5, t6, t7] = tail.to_be_bytes();
        Ok([m0, m1, t0, t1, t2, t3, t4, t5, t6, t7])
    }

    /// The key that packed to these bytes.
    ///
    /// # Errors
    /// [`RiskError::Kind`] when the last three bits name no kind.
    pub fn unpack(bytes: &[u8; SERIES_KEY_BYTES]) -> Result<Self, RiskError> {
        let [m0, m1, t0, t1, t2, t3, t4, t5, t6, t7] = *bytes;
        let tail = u64::from_be_bytes([t0, t1, t2, t3, t4, t5, t6, t7]);
        let strike = u32::try_from((tail >> STRIKE_SHIFT) & u64::from(u32::MAX)).unwrap_or(0);
        let expiry = u32::try_from(tail >> EXPIRY_SHIFT).unwrap_or(0);
        let code = t7 & 7;
        let kind = Kind::from_code(code).map_err(|_| RiskError::Kind { code })?;
        Ok(Self {
            market: u16::from_be_bytes([m0, m1]),
            expiry,
            strike,
            kind,
        })
    }
}
