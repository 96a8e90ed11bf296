//! Stored form of insurance funds, deficits and the liquidation contract's address.

use std::io::{Error, ErrorKind, Read, Result, Write};

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_std::binary::Record;
use risk::liquidation::Fund;

use super::codec::{read_uint, write_uint};

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

/// A market's insurance.
#[derive(Clone, Debug)]
pub(super) struct FundRecord(pub Fund);
impl Record for FundRecord {
    const VERSION: u8 = 1;
}

impl BorshSerialize for FundRecord {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        let fund = &self.0;
        let parts = [fund.balance, fund.hour.into(), fund.base, fund.paid];
        parts.iter().try_for_each(|part| write_uint(*part, writer))
    }
}

impl BorshDeserialize for FundRecord {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        let invalid = |_| Error::new(ErrorKind::InvalidData, "malformed record");
        Ok(Self(Fund {
            balance: read_uint(reader)?,
            hour: u64::try_from(read_uint(reader)?).map_err(invalid)?,
            base: read_uint(reader)?,
            paid: read_uint(reader)?,
            event: 0,
        }))
    }
}
