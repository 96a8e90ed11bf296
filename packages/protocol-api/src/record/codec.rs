//! Bytes of the market record and of the fixing record.

use std::io::{Error, ErrorKind, Read, Result, Write};

use borsh::{BorshDeserialize, BorshSerialize};
use fixed_math::Fx;
use thiserror::Error as ThisError;

use super::packed::{read_uint, write_uint};
use super::{
    Ages, Evidence, FIXING_VERSION, FixingRecord, MAX_EXPIRIES, MAX_PENDING, MarketRecord,
    PackedBand, RECORD_VERSION,
};

/// Why bytes are not a record, or a record has no bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ThisError)]
pub enum RecordError {
    /// The first byte names another layout.
    #[error("E_RECORD_VERSION: layout {found}, expected {expected}")]
    Version {
        /// The layout found.
        found: u8,
        /// The layout the code reads.
        expected: u8,
    },
    /// Too short, too long, or a part out of range.
    #[error("E_RECORD_CORRUPT: not a record")]
    Corrupt,
    /// A value that does not fit its bytes.
    #[error("E_RECORD_RANGE: a value does not fit the record")]
    Range,
}

/// A record that other contracts read raw. `VERSION` is its first byte.
pub trait Layout: BorshSerialize + BorshDeserialize {
    /// Layout number; raise it whenever the bytes change their meaning.
    const VERSION: u8;
}

impl Layout for MarketRecord {
    const VERSION: u8 = RECORD_VERSION;
}

impl Layout for FixingRecord {
    const VERSION: u8 = FIXING_VERSION;
}

/// The stored bytes of a record.
///
/// # Errors
/// [`RecordError::Range`] when a value does not fit.
pub fn encode<T: Layout>(record: &T) -> std::result::Result<Vec<u8>, RecordError> {
    let mut bytes = Vec::with_capacity(768);
    bytes.push(T::VERSION);
    borsh::to_writer(&mut bytes, record).map_err(|_| RecordError::Range)?;
    Ok(bytes)
}

/// Reads stored bytes; every byte must be used.
///
/// # Errors
/// [`RecordError::Version`], [`RecordError::Corrupt`].
pub fn decode<T: Layout>(bytes: &[u8]) -> std::result::Result<T, RecordError> {
    match bytes.split_first() {
        Some((found, body)) if *found == T::VERSION => {
            borsh::from_slice(body).map_err(|_| RecordError::Corrupt)
        }
        Some((&found, _)) => Err(RecordError::Version {
            found,
            expected: T::VERSION,
        }),
        None => Err(RecordError::Corrupt),
    }
}

fn write_list<T: BorshSerialize, W: Write>(list: &[T], most: usize, writer: &mut W) -> Result<()> {
    if list.len() > most {
        return Err(Error::new(ErrorKind::InvalidData, "list too long"));
    }
    write_uint::<1, _>(list.len() as u64, writer)?;
    list.iter().try_for_each(|entry| entry.serialize(writer))
}

fn read_list<T: BorshDeserialize, R: Read>(most: usize, reader: &mut R) -> Result<Vec<T>> {
    let count = usize::from(u8::deserialize_reader(reader)?);
    if count > most {
        return Err(Error::new(ErrorKind::InvalidData, "list too long"));
    }
    (0..count).map(|_| T::deserialize_reader(reader)).collect()
}

impl BorshSerialize for Ages {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        [self.aging, self.stale, self.dead]
            .iter()
            .try_for_each(|age| age.serialize(writer))
    }
}

impl BorshDeserialize for Ages {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        Ok(Self {
            aging: u16::deserialize_reader(reader)?,
            stale: u16::deserialize_reader(reader)?,
            dead: u16::deserialize_reader(reader)?,
        })
    }
}

impl BorshSerialize for PackedBand {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        [self.low, self.mid, self.high]
            .iter()
            .try_for_each(|edge| write_uint::<7, _>(*edge, writer))
    }
}

impl BorshDeserialize for PackedBand {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        Ok(Self {
            low: read_uint::<7, _>(reader)?,
            mid: read_uint::<7, _>(reader)?,
            high: read_uint::<7, _>(reader)?,
        })
    }
}

impl BorshSerialize for Evidence {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        self.epoch.serialize(writer)?;
        self.signers.serialize(writer)?;
        writer.write_all(&self.digest)
    }
}

impl BorshDeserialize for Evidence {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        Ok(Self {
            epoch: u32::deserialize_reader(reader)?,
            signers: u32::deserialize_reader(reader)?,
            digest: <[u8; 32]>::deserialize_reader(reader)?,
        })
    }
}

impl BorshSerialize for MarketRecord {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        writer.write_all(&[self.price_bits, self.level])?;
        for time in [
            self.sequence,
            self.report_time,
            self.publish_time,
            self.live_since,
        ] {
            time.serialize(writer)?;
        }
        self.ages.serialize(writer)?;
        self.band.serialize(writer)?;
        write_uint::<7, _>(self.slow, writer)?;
        self.regime.serialize(writer)?;
        self.regime_maintenance.serialize(writer)?;
        writer.write_all(&[self.buckets, self.bucket_seconds])?;
        write_list(&self.expiries, MAX_EXPIRIES, writer)?;
        write_list(&self.pending, MAX_PENDING, writer)?;
        self.newest_bucket.serialize(writer)?;
        self.slice_jump.serialize(writer)?;
        self.evidence.serialize(writer)
    }
}

impl BorshDeserialize for MarketRecord {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        Ok(Self {
            price_bits: u8::deserialize_reader(reader)?,
            level: u8::deserialize_reader(reader)?,
            sequence: u32::deserialize_reader(reader)?,
            report_time: u32::deserialize_reader(reader)?,
            publish_time: u32::deserialize_reader(reader)?,
            live_since: u32::deserialize_reader(reader)?,
            ages: Ages::deserialize_reader(reader)?,
            band: PackedBand::deserialize_reader(reader)?,
            slow: read_uint::<7, _>(reader)?,
            regime: u32::deserialize_reader(reader)?,
            regime_maintenance: u32::deserialize_reader(reader)?,
            buckets: u8::deserialize_reader(reader)?,
            bucket_seconds: u8::deserialize_reader(reader)?,
            expiries: read_list(MAX_EXPIRIES, reader)?,
            pending: read_list(MAX_PENDING, reader)?,
            newest_bucket: u32::deserialize_reader(reader)?,
            slice_jump: u32::deserialize_reader(reader)?,
            evidence: Evidence::deserialize_reader(reader)?,
        })
    }
}

impl BorshSerialize for FixingRecord {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        writer.write_all(&[self.price_bits, self.rung, self.filled, self.confirmed])?;
        self.price.to_bits().serialize(writer)?;
        self.fixed_at.serialize(writer)?;
        writer.write_all(&self.evidence)
    }
}

impl BorshDeserialize for FixingRecord {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        Ok(Self {
            price_bits: u8::deserialize_reader(reader)?,
            rung: u8::deserialize_reader(reader)?,
            filled: u8::deserialize_reader(reader)?,
            confirmed: u8::deserialize_reader(reader)?,
            price: Fx::from_bits(i128::deserialize_reader(reader)?),
            fixed_at: u32::deserialize_reader(reader)?,
            evidence: <[u8; 32]>::deserialize_reader(reader)?,
        })
    }
}
