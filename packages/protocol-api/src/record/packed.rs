//! The parts of a market record that repeat: slices, expiries, pending fixings.

use std::io::{Error, ErrorKind, Read, Result, Write};

use borsh::{BorshDeserialize, BorshSerialize};
use pricing::slice::{Component, MAX_COMPONENTS, Slice, SliceError, WEIGHT_ONE};

/// `sum of weight * forward`, in units of `2^-48`.
const FORWARD_SUM: u64 = 1 << 48;

/// A slice in its packed form: `n`, then `n - 1` components, then the last total vol. Weights are below `2^16` but for a
/// single one, forwards and total vols below `2^40`.
///
/// The last weight and forward are not written: they follow from `sum w = 1` and `sum w f = 1`, which
/// therefore hold for whatever can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedSlice(pub Vec<Component>);

/// One expiry of the surface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedExpiry {
    /// Expiry, unix minutes.
    pub expiry: u32,
    /// Forward in stored price units, below `2^56`.
    pub forward: u64,
    /// `1 - discount`, in units of `2^-32`.
    pub discount_deficit: u32,
    /// Relative uncertainty of the vol, `2^-8`.
    pub confidence: u8,
    /// The slice.
    pub slice: PackedSlice,
}

/// What has been observed so far of a fixing that is not final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackedPending {
    /// Expiry, unix minutes.
    pub expiry: u32,
    /// Buckets with an observation.
    pub filled: u8,
    /// Buckets confirmed by a second source family.
    pub confirmed: u8,
    /// Sum of the bucket prices, stored units.
    pub sum: u64,
    /// Lowest bucket; 0 when none is filled.
    pub lowest: u64,
    /// Highest bucket; 0 when none is filled.
    pub highest: u64,
    /// The last valid price before the window.
    pub before: u64,
}

fn invalid(reason: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, reason)
}

/// Writes the low `N` bytes of `value`, little endian; refuses a value that does not fit.
pub(super) fn write_uint<const N: usize, W: Write>(value: u64, writer: &mut W) -> Result<()> {
    let bytes = value.to_le_bytes();
    let (low, high) = bytes
        .split_at_checked(N)
        .ok_or_else(|| invalid("integer width"))?;
    if high.iter().any(|byte| *byte != 0) {
        return Err(invalid("integer does not fit"));
    }
    writer.write_all(low)
}

/// Reads `N` bytes, little endian.
pub(super) fn read_uint<const N: usize, R: Read>(reader: &mut R) -> Result<u64> {
    let mut bytes = [0_u8; 8];
    let low = bytes.get_mut(..N).ok_or_else(|| invalid("integer width"))?;
    reader.read_exact(low)?;
    Ok(u64::from_le_bytes(bytes))
}

impl PackedSlice {
    /// The slice that margin computes with.
    ///
    /// # Errors
    /// [`SliceError`]: what a slice must not be.
    pub fn checked(&self) -> std::result::Result<Slice, SliceError> {
        Slice::new(self.0.clone())
    }

    /// The remaining weight and forward after the given components, as the last one must have them.
    fn last(first: &[Component]) -> Result<(u32, u64)> {
        let mut weight = WEIGHT_ONE;
        let mut moment = FORWARD_SUM;
        for part in first {
            weight = weight
                .checked_sub(part.weight)
                .ok_or_else(|| invalid("weights"))?;
            moment = u64::from(part.weight)
                .checked_mul(part.forward)
                .and_then(|used| moment.checked_sub(used))
                .ok_or_else(|| invalid("forwards"))?;
        }
        let whole = u64::from(weight);
        let exact = moment.checked_rem(whole) == Some(0);
        let forward = moment.checked_div(whole).filter(|_| exact);
        Ok((
            weight,
            forward.ok_or_else(|| invalid("forward sum is not exact"))?,
        ))
    }
}

impl BorshSerialize for PackedSlice {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        let (last, first) = self.0.split_last().ok_or_else(|| invalid("empty slice"))?;
        if self.0.len() > MAX_COMPONENTS || Self::last(first)? != (last.weight, last.forward) {
            return Err(invalid("slice sums"));
        }
        write_uint::<1, _>(self.0.len() as u64, writer)?;
        for part in first {
            write_uint::<2, _>(part.weight.into(), writer)?;
            write_uint::<5, _>(part.forward, writer)?;
            write_uint::<5, _>(part.total_vol, writer)?;
        }
        write_uint::<5, _>(last.total_vol, writer)
    }
}

impl BorshDeserialize for PackedSlice {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        let count = usize::from(u8::deserialize_reader(reader)?);
        if count == 0 || count > MAX_COMPONENTS {
            return Err(invalid("number of components"));
        }
        let mut parts = Vec::with_capacity(count);
        for _ in 1..count {
            let weight = u32::from(u16::deserialize_reader(reader)?);
            let forward = read_uint::<5, _>(reader)?;
            parts.push(Component {
                weight,
                forward,
                total_vol: read_uint::<5, _>(reader)?,
            });
        }
        let (weight, forward) = Self::last(&parts)?;
        parts.push(Component {
            weight,
            forward,
            total_vol: read_uint::<5, _>(reader)?,
        });
        Ok(Self(parts))
    }
}

impl BorshSerialize for PackedExpiry {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        self.expiry.serialize(writer)?;
        write_uint::<7, _>(self.forward, writer)?;
        self.discount_deficit.serialize(writer)?;
        self.confidence.serialize(writer)?;
        self.slice.serialize(writer)
    }
}

impl BorshDeserialize for PackedExpiry {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        Ok(Self {
            expiry: u32::deserialize_reader(reader)?,
            forward: read_uint::<7, _>(reader)?,
            discount_deficit: u32::deserialize_reader(reader)?,
            confidence: u8::deserialize_reader(reader)?,
            slice: PackedSlice::deserialize_reader(reader)?,
        })
    }
}

impl BorshSerialize for PackedPending {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        self.expiry.serialize(writer)?;
        self.filled.serialize(writer)?;
        self.confirmed.serialize(writer)?;
        self.sum.serialize(writer)?;
        write_uint::<7, _>(self.lowest, writer)?;
        write_uint::<7, _>(self.highest, writer)?;
        write_uint::<7, _>(self.before, writer)
    }
}

impl BorshDeserialize for PackedPending {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        Ok(Self {
            expiry: u32::deserialize_reader(reader)?,
            filled: u8::deserialize_reader(reader)?,
            confirmed: u8::deserialize_reader(reader)?,
            sum: u64::deserialize_reader(reader)?,
            lowest: read_uint::<7, _>(reader)?,
            highest: read_uint::<7, _>(reader)?,
            before: read_uint::<7, _>(reader)?,
        })
    }
}
