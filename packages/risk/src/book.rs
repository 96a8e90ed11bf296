//! An account's cash and legs.

use crate::{CoinId, RiskError, SERIES_KEY_BYTES, SeriesKey};

/// Length of a packed [`Leg`].
pub const LEG_BYTES: usize = 16;
/// Most legs of one book.
pub const MAX_LEGS: usize = 128;
/// Greatest absolute quantity of one leg: it is stored in six bytes.
pub const MAX_QUANTITY: i64 = (1 << 47) - 1;

/// A signed count of quantity units of one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Leg {
    /// The series.
    pub key: SeriesKey,
    /// Signed count of the market's quantity units; positive when long.
    pub quantity: i64,
}

impl Leg {
    /// Sixteen bytes: the packed key, then the quantity as a 48-bit two's complement integer, big
    /// endian.
    ///
    /// # Errors
    /// [`RiskError::Quantity`] beyond [`MAX_QUANTITY`]; [`RiskError::Expiry`] as the key.
    pub fn pack(&self) -> Result<[u8; LEG_BYTES], RiskError> {
        if self.quantity < -MAX_QUANTITY || self.quantity > MAX_QUANTITY {
            return Err(RiskError::Quantity);
        }
        let [k0, k1, k2, k3, k4, k5, k6, k7, k8, k9] = self.key.pack()?;
        let [_, _, q0, q1, q2, q3, q4, q5] = self.quantity.to_be_bytes();
        Ok([
            k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, q0, q1, q2, q3, q4, q5,
        ])
    }

    /// The leg that packed to these bytes.
    ///
    /// # Errors
    /// [`RiskError::Kind`] as [`SeriesKey::unpack`].
    pub fn unpack(bytes: &[u8; LEG_BYTES]) -> Result<Self, RiskError> {
        let [key @ .., q0, q1, q2, q3, q4, q5] = *bytes;
        let key: [u8; SERIES_KEY_BYTES] = key;
        let sign = if q0 & 0x80 == 0 { 0 } else { 0xff };
        Ok(Self {
            key: SeriesKey::unpack(&key)?,
            quantity: i64::from_be_bytes([sign, sign, q0, q1, q2, q3, q4, q5]),
        })
    }
}

/// An account as margin sees it: cash per coin and legs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// Signed cash in base units, each coin at most once, in any order.
    pub cash: Vec<(CoinId, i128)>,
    /// Legs, each series at most once, in any order.
    pub legs: Vec<Leg>,
}
