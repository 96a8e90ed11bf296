//! Stored form of insurance funds, deficits and the addresses of the liquidation contracts there have been.

use std::io::{Read, Result, Write};

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_std::binary::Record;
use risk::liquidation::Fund;

use super::codec::{read_small, read_uint, write_count, write_uint};

/// Addresses.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(super) struct Addresses(pub Vec<String>);
impl Record for Addresses {
    const VERSION: u8 = 1;
}

/// An amount in quote base units.
#[derive(Clone, Debug)]
pub(super) struct Amount(pub u128);
impl Record for Amount {
    const VERSION: u8 = 1;
}

impl BorshSerialize for Amount {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        write_uint(self.0, writer)
    }
}

impl BorshDeserialize for Amount {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        read_uint(reader).map(Self)
    }
}

/// A deficit: per market, quote base units.
#[derive(Clone, Debug)]
pub(super) struct Deficit(pub Vec<(u16, u128)>);
impl Record for Deficit {
    const VERSION: u8 = 1;
}

impl BorshSerialize for Deficit {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        write_count(self.0.len(), writer)?;
        for (market, part) in &self.0 {
            write_uint((*market).into(), writer)?;
            write_uint(*part, writer)?;
        }
        Ok(())
    }
}

impl BorshDeserialize for Deficit {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        let mut parts = Vec::new();
        for _ in 0..read_small::<u8, _>(reader)? {
            parts.push((read_small(reader)?, read_uint(reader)?));
        }
        Ok(Self(parts))
    }
}

/// A market's insurance.
#[derive(Clone, Debug)]
pub(super) struct FundRecord(pub Fund);
impl Record for FundRecord {
    const VERSION: u8 = 1;
}

impl BorshSerialize for FundRecord {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        let fund = &self.0;
        let parts = [
            fund.balance,
            fund.hour.into(),
            fund.base,
            fund.paid,
            fund.shortfall,
        ];
        parts.iter().try_for_each(|part| write_uint(*part, writer))
    }
}

impl BorshDeserialize for FundRecord {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        Ok(Self(Fund {
            balance: read_uint(reader)?,
            hour: read_small(reader)?,
            base: read_uint(reader)?,
            paid: read_uint(reader)?,
            shortfall: read_uint(reader)?,
            in_message: 0,
        }))
    }
}
