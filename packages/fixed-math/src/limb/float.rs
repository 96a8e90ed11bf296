//! A limb number with an exponent of two.

use super::Limbs;
use crate::Fx;

/// `mantissa * 2^exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Float {
    /// Canonical, in [1/2, 1] unless a function says otherwise.
    pub mantissa: Limbs,
    /// The power of two.
    pub exponent: i64,
}

impl Float {
    /// A positive `Fx` with a mantissa in [1/2, 1), rounded down to 112 bits (relative error below
    /// 2 u, none when the bit pattern is below 2^112). Zero and below give a mantissa of no meaning.
    #[inline(always)]
    #[must_use]
    pub const fn from_fx(x: Fx) -> Self {
        let (high, low, exponent) = normalise(x.to_bits() as u128);
        Self {
            mantissa: Limbs {
                l0: ((low >> 16) & 0xFFF_FFFF) as i64,
                l1: ((low >> 44) | ((high & 0xFF) << 20)) as i64,
                l2: ((high >> 8) & 0xFFF_FFFF) as i64,
                l3: (high >> 36) as i64,
            },
            exponent,
        }
    }

    /// The number with its exponent applied, rounded down to a multiple of u. Needs a result
    /// below 2^34 in magnitude.
    #[inline(always)]
    #[must_use]
    pub const fn to_limbs(self) -> Limbs {
        if self.exponent > 0 {
            // At most 34: two shifts of at most 27.
            let first = if self.exponent > 17 {
                17
            } else {
                self.exponent as u32
            };
            self.mantissa.shl(first).shl(self.exponent as u32 - first)
        } else {
            self.mantissa.shr(-self.exponent as u32)
        }
    }
}

/// Splits a positive I64F64 bit pattern into `(high, low, e)`: 128 bits with the top one set that
/// stand for a mantissa in [1/2, 1), and the exponent with value = mantissa * 2^e.
#[inline(always)]
pub(super) const fn normalise(bits: u128) -> (u64, u64, i64) {
    let (high, low) = ((bits >> 64) as u64, bits as u64);
    let (high, low, exponent) = if high == 0 {
        (low, 0, 0)
    } else {
        (high, low, 64)
    };
    let shift = high.leading_zeros() & 63;
    let spill = (low >> 1) >> (63 - shift);
    (
        (high << shift) | spill,
        low << shift,
        exponent - shift as i64,
    )
}
